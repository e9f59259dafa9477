//! The threads that work: one a processor, and the first of them is the one that runs the command.
//!
//! Where a command hands its work to other threads and waits, each piece of work costs it two changes of threads; 281
//! distributions became folder links in 33 ms in place of 34. A command that waits on its thread for what others do (an
//! index, a build) is better off with threads that all work: with one processor there would be none for these others.

/// Makes the thread that calls one of the threads that work, before any other one is there. From then on no thread
/// but these may ask for them.
pub fn take_part() {
    let pool = rayon::ThreadPoolBuilder::new().use_current_thread();
    // where threads cannot be had, whoever asks for them first says so
    let _ = pool.build_global();
}
