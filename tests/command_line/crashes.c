/* Ends the program at one of the places where it changes a file: the CRASH_AT-th write, sync, rename, link, removal or new
 * folder. A write is half done first. Without CRASH_AT it counts them into the file CRASH_COUNT. Loaded by LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long seen;

static long wanted(void) {
    static long at = -1;
    if (at == -1) {
        const char *text = getenv("CRASH_AT");
        at = text ? atol(text) : 0;
    }
    return at;
}

static int is_here(void) { return atomic_fetch_add(&seen, 1) + 1 == wanted(); }

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define PLACE(result, name, parameters, arguments)                                                                     \
    result name parameters {                                                                                           \
        if (is_here()) die();                                                                                          \
        return NEXT(name) arguments;                                                                                   \
    }

PLACE(int, rename, (const char *a, const char *b), (a, b))
PLACE(int, renameat, (int d, const char *a, int e, const char *b), (d, a, e, b))
PLACE(int, link, (const char *a, const char *b), (a, b))
PLACE(int, linkat, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f))
PLACE(int, symlink, (const char *a, const char *b), (a, b))
PLACE(int, unlink, (const char *a), (a))
PLACE(int, unlinkat, (int d, const char *a, int f), (d, a, f))
PLACE(int, rmdir, (const char *a), (a))
PLACE(int, mkdir, (const char *a, mode_t m), (a, m))
PLACE(int, fsync, (int f), (f))
PLACE(int, fdatasync, (int f), (f))

ssize_t write(int f, const void *bytes, size_t n) {
    if (f > 2 && is_here()) {
        if (n > 1) NEXT(write)(f, bytes, n / 2);
        die();
    }
    return NEXT(write)(f, bytes, n);
}

__attribute__((destructor)) static void count(void) {
    const char *path = getenv("CRASH_COUNT");
    if (!path || wanted()) return;
    FILE *file = fopen(path, "w");
    if (file) {
        fprintf(file, "%ld", atomic_load(&seen));
        fclose(file);
    }
}
