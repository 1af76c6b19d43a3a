//! An allocator that ends the process where a reader asks for more than its input deserves.
//!
//! libFuzzer's own limit looks at the whole process once a second. This one counts every byte that Rust allocates, so that
//! the same input is refused each time and 4 TB that are never touched are seen, too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts on top of the system's allocator.
pub struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that are allocated.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// Bytes that may be.
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Runs something that may allocate so many bytes beyond what is there.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    MOST.store(LIVE.load(Relaxed).saturating_add(bytes), Relaxed);
    let value = work();
    MOST.store(usize::MAX, Relaxed);
    value
}

fn more(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Relaxed).saturating_add(bytes);
    let most = MOST.load(Relaxed);
    if live > most {
        MOST.store(usize::MAX, Relaxed);
        eprintln!("an allocation of {bytes} bytes makes {live}, {most} is the most");
        eprintln!("{}", std::backtrace::Backtrace::force_capture());
        std::process::abort();
    }
}

// SAFETY: every call is handed to the system's allocator as it came; nothing but counting is added.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        more(size);
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
