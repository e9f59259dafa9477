//! Plain lines: one a phase, for pipes and logs.

use std::sync::Mutex;
use std::time::Instant;

use wh_packaging::{Event, Reporter};

use super::{Loudness, Style, quantity, words};

/// Says one line a phase on standard error.
pub struct Lines {
    style: Style,
    loudness: Loudness,
    fetch: Mutex<Fetch>,
    /// Whose line it is: lines come in the order in which they were decided.
    turn: Mutex<()>,
}

/// What was fetched so far.
#[derive(Default)]
struct Fetch {
    started: Option<Instant>,
    planned: usize,
    done: usize,
    bytes: u64,
}

impl Lines {
    pub(super) fn new(style: Style, loudness: Loudness) -> Self {
        Self {
            style,
            loudness,
            fetch: Mutex::default(),
            turn: Mutex::default(),
        }
    }

    /// The line for an event, if one is due at this loudness.
    fn line(&self, event: &Event<'_>) -> Option<String> {
        if let Event::Warning { warning } = event {
            return (self.loudness > Loudness::Errors).then(|| {
                format!(
                    "{} {}",
                    self.style.warning("warning:"),
                    super::without_secrets(&words::warning(warning))
                )
            });
        }
        if self.loudness < Loudness::Normal {
            return None;
        }
        let verbose = self.loudness == Loudness::Verbose;
        let detail = verbose.then(|| detail(event)).flatten();
        // the last file of all is a detail, too, and comes before the sum
        match (
            detail,
            phase(self.style, event).or_else(|| self.fetched(event)),
        ) {
            (Some(detail), Some(phase)) => Some(format!("{detail}\n{phase}")),
            (detail, phase) => detail.or(phase),
        }
    }

    fn fetched(&self, event: &Event<'_>) -> Option<String> {
        let mut fetch = self
            .fetch
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match event {
            Event::FetchPlanned { files, .. } => {
                fetch.planned = *files;
                fetch.started.get_or_insert_with(Instant::now);
            }
            Event::FileStarted { .. } => {
                fetch.started.get_or_insert_with(Instant::now);
            }
            Event::FileFinished { bytes, .. } => {
                fetch.done += 1;
                fetch.bytes += bytes;
            }
            _ => return None,
        }
        if fetch.planned == 0 || fetch.done != fetch.planned {
            return None;
        }
        let time = fetch
            .started
            .map(|started| started.elapsed())
            .unwrap_or_default();
        let (files, bytes) = (
            quantity::plural(fetch.done, "file"),
            quantity::bytes(fetch.bytes),
        );
        *fetch = Fetch::default();
        Some(format!(
            "{} {files}, {bytes} in {}",
            self.style.verb("Fetched"),
            quantity::seconds(time)
        ))
    }
}

impl Reporter for Lines {
    fn event(&self, event: Event<'_>) {
        let _turn = self
            .turn
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(line) = self.line(&event) {
            super::say(&format!("{line}\n"));
        }
    }
}

/// The line of an event that ends a phase.
pub(super) fn phase(style: Style, event: &Event<'_>) -> Option<String> {
    match event {
        Event::ResolveFinished {
            targets,
            distributions,
        } => Some(format!(
            "{} {} for {}",
            style.verb("Resolved"),
            quantity::plural(*distributions, "distribution"),
            targets.join(", ")
        )),
        Event::InstallFinished {
            installed: 0,
            removed,
        } => Some(format!(
            "{} {}",
            style.verb("Removed"),
            quantity::plural(*removed, "distribution")
        )),
        Event::InstallFinished {
            installed,
            removed: 0,
        } => Some(format!(
            "{} {}",
            style.verb("Installed"),
            quantity::plural(*installed, "distribution")
        )),
        Event::InstallFinished { installed, removed } => Some(format!(
            "{} {}, removed {removed}",
            style.verb("Installed"),
            quantity::plural(*installed, "distribution")
        )),
        Event::Waiting { what, holder } => {
            let whom = holder.as_ref().map_or_else(
                || "another wh".to_owned(),
                |holder| format!("`{}` (process {})", holder.command, holder.process),
            );
            Some(format!("{} for {whom}: {what}", style.verb("Waiting")))
        }
        _ => None,
    }
}

/// The line of an event that only `-v` shows.
pub(super) fn detail(event: &Event<'_>) -> Option<String> {
    let cached = |from_cache: bool| if from_cache { " (cached)" } else { "" };
    match event {
        Event::PageRead {
            project,
            from_cache,
        } => Some(format!("  page {project}{}", cached(*from_cache))),
        Event::MetadataRead { file, from_cache } => {
            Some(format!("  metadata {file}{}", cached(*from_cache)))
        }
        Event::FileFinished { file, bytes } => {
            Some(format!("  fetched {file} ({})", quantity::bytes(*bytes)))
        }
        Event::FileResumed { file, bytes } => Some(format!(
            "  goes on: {file} (from {})",
            quantity::bytes(*bytes)
        )),
        Event::FileKept { file } => Some(format!("  kept {file}")),
        Event::FileRetried { file, reason, .. } => Some(format!("  again: {file} ({reason})")),
        Event::RequestRetried { url, reason } => Some(format!("  again: {url} ({reason})")),
        Event::WheelStaged { project, version } => Some(format!("  staged {project} {version}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loudness: Loudness, event: Event<'_>, expected: Option<&str>) {
        let lines = Lines::new(Style::new(false), loudness);
        assert_eq!(lines.line(&event).as_deref(), expected);
    }

    #[test]
    fn quiet_keeps_warnings_and_very_quiet_does_not() {
        let warning = || Event::Warning {
            warning: wh_packaging::Warning::Other {
                message: "careful".to_owned(),
            },
        };
        check(Loudness::Quiet, warning(), Some("warning: careful"));
        check(Loudness::Errors, warning(), None);
    }

    #[test]
    fn details_are_for_the_verbose() {
        let page = || Event::PageRead {
            project: "click",
            from_cache: true,
        };
        check(Loudness::Normal, page(), None);
        check(Loudness::Verbose, page(), Some("  page click (cached)"));
    }

    #[test]
    fn fetched_is_said_once_all_is_there() {
        let lines = Lines::new(Style::new(false), Loudness::Normal);
        assert_eq!(
            lines.line(&Event::FetchPlanned {
                files: 2,
                bytes: None
            }),
            None
        );
        assert_eq!(
            lines.line(&Event::FileFinished {
                file: "a",
                bytes: 1_000
            }),
            None
        );
        let last = lines
            .line(&Event::FileFinished {
                file: "b",
                bytes: 2_000,
            })
            .unwrap();
        assert!(last.starts_with("Fetched 2 files, 3.0 kB in "), "{last}");
    }

    #[test]
    fn the_last_file_is_a_detail_too() {
        let lines = Lines::new(Style::new(false), Loudness::Verbose);
        lines.line(&Event::FetchPlanned {
            files: 1,
            bytes: None,
        });
        let last = lines.line(&Event::FileFinished {
            file: "a",
            bytes: 1_000,
        });
        let last = last.unwrap();
        assert!(
            last.starts_with("  fetched a (1.0 kB)\nFetched 1 file"),
            "{last}"
        );
    }
}
