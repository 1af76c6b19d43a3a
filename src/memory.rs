//! The program's allocator.
//!
//! Every step of a training allocates the same large arrays. The system's allocator gives such memory back each time, and to fill
//! new pages takes as long as many an operation on them.

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which the binding does not name: after how many milliseconds unused pages go back to
/// the system.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Keeps what the program has had until it ends. To be called before there are threads.
pub fn keep() {
    // SAFETY: setting an option is not safe while other threads do, and there are none.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}
