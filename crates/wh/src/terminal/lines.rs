//! Plain lines: one a phase, for pipes and logs.

use std::sync::Mutex;

use wh_packaging::{Event, Reporter};

use super::phases::{Fetching, Resolving};
use super::{Loudness, Style, quantity, words};

/// Says one line a phase on standard error.
pub struct Lines {
    style: Style,
    loudness: Loudness,
    so_far: Mutex<(Resolving, Fetching)>,
    /// Whose line it is: lines come in the order in which they were decided.
    turn: Mutex<()>,
}

impl Lines {
    pub(super) fn new(style: Style, loudness: Loudness) -> Self {
        Self {
            style,
            loudness,
            so_far: Mutex::default(),
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
            phase(self.style, event).or_else(|| self.ended(event)),
        ) {
            (Some(detail), Some(phase)) => Some(format!("{detail}\n{phase}")),
            (detail, phase) => detail.or(phase),
        }
    }

    /// The line of a phase that has ended.
    fn ended(&self, event: &Event<'_>) -> Option<String> {
        let mut so_far = self
            .so_far
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let (resolving, fetching) = &mut *so_far;
        let resolved = resolving.note(self.style, event);
        resolved.or_else(|| fetching.note(self.style, event))
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
        Event::BuildStarted { source, wheel } => Some(match wheel {
            true => format!("{} {source}", style.verb("Building")),
            false => format!("{} {source} what it requires", style.verb("Asking")),
        }),
        Event::SourceStarted { place } => Some(format!("{} {place}", style.verb("Cloning"))),
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
        Event::BuildFinished {
            source,
            built: true,
        } => Some(format!("built {source}")),
        Event::BuildKept { source } => Some(format!("kept the wheel built of {source}")),
        Event::PageRead {
            project,
            from_cache,
        } => Some(format!("  page {project}{}", cached(*from_cache))),
        Event::ResolveFinished {
            targets,
            distributions,
        } => Some(format!(
            "  resolved {} for {}",
            quantity::plural(*distributions, "distribution"),
            targets.join(", ")
        )),
        Event::ResolveFailed { targets } => {
            Some(format!("  no solution for {}", targets.join(", ")))
        }
        Event::SourceReady { place, commit } => Some(match commit {
            Some(commit) => format!("  source {place} (commit {commit})"),
            None => format!("  source {place}"),
        }),
        Event::FileFailed { file, reason } => Some(format!("  failed {file} ({reason})")),
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
