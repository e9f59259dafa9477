//! Ctrl-C: `wh` ends at once, with status 130.
//!
//! Nothing has to be undone for that. A download has its final name only once it is whole and
//! checked; what is on its way lies in a hidden `.part` file, which the next run writes anew. An
//! install that is cut off is rolled back, or forward, by the next command, as after a kill.

use std::thread;
use std::time::Duration;

/// Commands that look at an environment are done before this, and a handler is a twentieth of their time.
const SOON: Duration = Duration::from_millis(20);

/// 128 and the number of SIGINT, as shells have it.
const STATUS: i32 = 130;

/// Waits for Ctrl-C beside the work. Where no handler can be set, and before it is, the signal ends the process as
/// it always would.
pub fn watch() {
    thread::spawn(|| {
        thread::sleep(SOON);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else { return };
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            // on a terminal the line has `^C` in it
            crate::terminal::say("\ninterrupted\n");
            std::process::exit(STATUS);
        }
    });
}
