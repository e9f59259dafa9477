//! Where memory comes from: the system's allocator, but in a static binary.
//!
//! That of glibc grows the memory of each thread but the first by a page and a call, and whoever touches a new page
//! meanwhile waits: it is told to take more at once. In that of musl all threads wait for each other. Another allocator for
//! both gains no more, and costs `wh freeze` 0.7 ms of 4.5 to begin and to end.

/// Static binaries bring an allocator of their own. It asks for no pages of 2 MB: an install waited longer for these than
/// they saved, where none were at hand.
#[cfg(all(target_os = "linux", target_env = "musl"))]
#[global_allocator]
static OF_STATIC_BINARIES: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bytes that the memory of a thread grows by.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const STEP: std::ffi::c_int = 1 << 20;
/// Blocks below this come from there, and go back there: each of those above it is new pages, and a call to free them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: std::ffi::c_int = 32 << 20;

/// Has the allocator take memory in larger steps, and keep it, where it is known to take small ones.
pub fn take_larger_steps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(unsafe_code)]
    // SAFETY: it sets numbers of the allocator, under the allocator's own lock
    unsafe {
        libc::mallopt(libc::M_TOP_PAD, STEP);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 2 * LARGE);
    }
}
