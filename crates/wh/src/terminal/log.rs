//! `--log FILE`: every event with its time, besides what the terminal shows.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use fs_err::{File, OpenOptions};
use wh_packaging::{Event, Reporter};

/// A face, and a file that remembers.
pub struct Logged {
    file: Mutex<File>,
    face: Arc<dyn Reporter>,
}

impl Logged {
    pub(super) fn open(path: &Path, face: Arc<dyn Reporter>) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            file: Mutex::new(file),
            face,
        })
    }
}

impl Reporter for Logged {
    fn event(&self, event: Event<'_>) {
        if !matches!(event, Event::FileProgress { .. })
            && let Ok(json) = serde_json::to_string(&event)
        {
            let json = super::json_without_secrets(&json);
            let time = jiff::Timestamp::try_from(SystemTime::now()).unwrap_or_default();
            let mut file = self
                .file
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            // a full disk must not end the run for the sake of its log
            let _ = writeln!(file, "{time:.3} {json}");
        }
        self.face.event(event);
    }
}
