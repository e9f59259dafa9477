//! JSON lines: every event as one object, for programs.

use std::io::Write;
use std::sync::Mutex;

use wh_packaging::{Event, Reporter};

/// Writes each event as a line of JSON to standard error.
#[derive(Default)]
pub struct JsonLines {
    // one event, one line, whatever thread it comes from
    turn: Mutex<()>,
}

impl Reporter for JsonLines {
    fn event(&self, event: Event<'_>) {
        let Ok(line) = serde_json::to_string(&event) else {
            return;
        };
        let line = super::json_without_secrets(&line);
        let _turn = self
            .turn
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // nobody is left to tell where standard error is closed
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
