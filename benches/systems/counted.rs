//! An allocator with counts: bytes asked for and not given back, their peak, and what they were asked for by.

use std::alloc::{GlobalAlloc, Layout};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// An allocator, counted.
pub struct Counted<A>(pub A);

/// Bytes that are there.
pub static LIVE: AtomicUsize = AtomicUsize::new(0);
/// The most that there were.
pub static PEAK: AtomicUsize = AtomicUsize::new(0);

static TRACING: AtomicBool = AtomicBool::new(false);
static THRESHOLD: AtomicUsize = AtomicUsize::new(usize::MAX);
static HELD: Mutex<BTreeMap<usize, (usize, Backtrace)>> = Mutex::new(BTreeMap::new());
static FOUND: Mutex<Option<BTreeMap<usize, (usize, Backtrace)>>> = Mutex::new(None);

/// Arrays as they come (their address and size) and go (their address and 0), where they are logged.
static LOG: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());
static LOGGING: AtomicBool = AtomicBool::new(false);

/// Logs arrays from here on.
pub fn log() {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).reserve(1 << 22);
    LOGGING.store(true, Ordering::Relaxed);
}

/// What was logged.
pub fn logged() -> Vec<(usize, usize)> {
    LOGGING.store(false, Ordering::Relaxed);
    std::mem::take(&mut LOG.lock().unwrap_or_else(PoisonError::into_inner))
}

fn note(at: usize, came: usize, size: usize) {
    if size >= 4096 && LOGGING.load(Ordering::Relaxed) && !INSIDE.replace(true) {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).push((at, came));
        INSIDE.set(false);
    }
}

/// Smaller arrays are counted and not traced.
const TRACED: usize = 256 << 10;

thread_local! {
    /// Whether this thread is inside of the trace, which allocates too.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Traces what is asked for from here on, until so many bytes are there.
pub fn trace_from(threshold: usize) {
    THRESHOLD.store(threshold, Ordering::Relaxed);
    TRACING.store(true, Ordering::Relaxed);
}

/// What was there when the threshold was first reached.
pub fn at_the_peak() -> Vec<(usize, Backtrace)> {
    TRACING.store(false, Ordering::Relaxed);
    let found = FOUND.lock().unwrap_or_else(PoisonError::into_inner).take();
    found.unwrap_or_default().into_values().collect()
}

fn came(at: *mut u8, size: usize) {
    note(at as usize, size, size);
    let live = LIVE.fetch_add(size, Ordering::Relaxed) + size;
    PEAK.fetch_max(live, Ordering::Relaxed);
    if size < TRACED || !TRACING.load(Ordering::Relaxed) || INSIDE.replace(true) {
        return;
    }
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.insert(at as usize, (size, Backtrace::force_capture()));
    if live >= THRESHOLD.load(Ordering::Relaxed) {
        TRACING.store(false, Ordering::Relaxed);
        *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some(std::mem::take(&mut held));
    }
    drop(held);
    INSIDE.set(false);
}

fn went(at: *mut u8, size: usize) {
    note(at as usize, 0, size);
    LIVE.fetch_sub(size, Ordering::Relaxed);
    if size < TRACED || !TRACING.load(Ordering::Relaxed) || INSIDE.replace(true) {
        return;
    }
    HELD.lock().unwrap_or_else(PoisonError::into_inner).remove(&(at as usize));
    INSIDE.set(false);
}

// SAFETY: everything is handed on as it came.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counted<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as of the caller.
        let at = unsafe { self.0.alloc(layout) };
        came(at, layout.size());
        at
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as of the caller.
        let at = unsafe { self.0.alloc_zeroed(layout) };
        came(at, layout.size());
        at
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        went(at, layout.size());
        // SAFETY: as of the caller.
        unsafe { self.0.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        went(at, layout.size());
        // SAFETY: as of the caller.
        let at = unsafe { self.0.realloc(at, layout, size) };
        came(at, size);
        at
    }
}
