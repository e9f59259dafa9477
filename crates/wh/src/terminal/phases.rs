//! How far a run is: targets resolved, files fetched. Both faces count by it, so that they end a
//! phase with the same line.

use std::time::Instant;

use wh_packaging::Event;

use super::{Style, quantity};

/// The resolution of all classes of targets.
#[derive(Default)]
pub(super) struct Resolving {
    started: Option<Instant>,
    targets: usize,
    classes: usize,
    /// Classes that came to an end, with or without a solution.
    ended: usize,
    /// Targets that came to an end.
    pub(super) done: usize,
    failed: usize,
    /// The fewest and the most distributions of a target.
    range: Option<(usize, usize)>,
    /// The name of the only target there is.
    only: Option<String>,
}

impl Resolving {
    /// Counts an event; the line that ends the phase, when it has ended.
    pub(super) fn note(&mut self, style: Style, event: &Event<'_>) -> Option<String> {
        match event {
            Event::ResolvePlanned { targets, classes } => {
                *self = Self {
                    started: Some(Instant::now()),
                    targets: *targets,
                    classes: *classes,
                    ..Self::default()
                };
                return None;
            }
            Event::ResolveFinished {
                targets,
                distributions: count,
            } => {
                let (least, most) = self.range.unwrap_or((*count, *count));
                self.range = Some((least.min(*count), most.max(*count)));
                self.only = Some(targets.join(", "));
                self.done += targets.len();
            }
            Event::ResolveFailed { targets } => {
                self.failed += targets.len();
                self.done += targets.len();
            }
            _ => return None,
        }
        self.ended += 1;
        (self.ended == self.classes).then(|| self.line(style))?
    }

    /// Whether some class is still to be resolved.
    pub(super) fn is_running(&self) -> bool {
        self.ended < self.classes
    }

    /// `12 of 25 targets`
    pub(super) fn so_far(&self) -> String {
        match self.targets {
            1 => "1 target".to_owned(),
            all => format!("{} of {all} targets", self.done),
        }
    }

    /// `None` where nothing was resolved: the errors say it.
    fn line(&self, style: Style) -> Option<String> {
        let (least, most) = self.range?;
        let verb = style.verb("Resolved");
        if self.classes == 1 {
            let only = self.only.as_deref().unwrap_or_default();
            let count = quantity::plural(least, "distribution");
            return Some(format!("{verb} {count} for {only}"));
        }
        let served = self.targets - self.failed;
        let of = match self.failed {
            0 => String::new(),
            _ => format!(" of {}", self.targets),
        };
        let each = match least == most {
            true => quantity::plural(least, "distribution"),
            false => format!("{least} to {most} distributions"),
        };
        let time = self.started.map(|started| started.elapsed());
        let time = quantity::seconds(time.unwrap_or_default());
        Some(format!(
            "{verb} {served}{of} targets, {each} each, in {time}"
        ))
    }
}

/// The files of a download.
#[derive(Default)]
pub(super) struct Fetching {
    started: Option<Instant>,
    /// So many are to come; 0 while that is not known.
    pub(super) planned: usize,
    /// So many have ended, with or without success.
    pub(super) ended: usize,
    fetched: usize,
    bytes: u64,
}

impl Fetching {
    /// Counts an event; the line that ends the phase, when it has ended.
    pub(super) fn note(&mut self, style: Style, event: &Event<'_>) -> Option<String> {
        match event {
            Event::FetchPlanned { files, .. } => {
                self.planned = *files;
                self.started.get_or_insert_with(Instant::now);
            }
            Event::FileStarted { .. } => {
                self.started.get_or_insert_with(Instant::now);
            }
            Event::FileFinished { bytes, .. } => {
                self.ended += 1;
                self.fetched += 1;
                self.bytes += bytes;
            }
            Event::FileFailed { .. } => self.ended += 1,
            _ => return None,
        }
        if self.planned == 0 || self.ended < self.planned {
            return None;
        }
        let time = self.started.map(|started| started.elapsed());
        let line = format!(
            "{} {}, {} in {}",
            style.verb("Fetched"),
            quantity::plural(self.fetched, "file"),
            quantity::bytes(self.bytes),
            quantity::seconds(time.unwrap_or_default())
        );
        *self = Self::default();
        Some(line)
    }
}

impl Fetching {
    /// `312/1022 files`, or how many there are so far while nobody knows how many come.
    pub(super) fn so_far(&self) -> String {
        match self.planned {
            0 => quantity::plural(self.ended, "file"),
            planned => format!("{}/{planned} files", self.ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn check(events: &[(&[&str], Option<usize>)], expected: Option<&str>) {
        let mut resolving = Resolving::default();
        let style = Style::new(false);
        let targets = events.iter().map(|(targets, _)| targets.len()).sum();
        let planned = Event::ResolvePlanned {
            targets,
            classes: events.len(),
        };
        assert_eq!(resolving.note(style, &planned), None);
        let mut last = None;
        for (targets, distributions) in events {
            assert_eq!(last, None, "one line ends the phase");
            let targets = names(targets);
            last = resolving.note(
                style,
                &match distributions {
                    Some(distributions) => Event::ResolveFinished {
                        targets: &targets,
                        distributions: *distributions,
                    },
                    None => Event::ResolveFailed { targets: &targets },
                },
            );
        }
        match (last, expected) {
            (Some(line), Some(start)) => assert!(line.starts_with(start), "{line}"),
            (line, expected) => assert_eq!(line.as_deref(), expected),
        }
    }

    #[test]
    fn one_line_ends_the_resolution() {
        check(
            &[(&["a", "b"], Some(3))],
            Some("Resolved 3 distributions for a, b"),
        );
        check(
            &[(&["a", "b"], Some(3)), (&["c"], Some(5))],
            Some("Resolved 3 targets, 3 to 5 distributions each, in "),
        );
        check(
            &[(&["a", "b"], Some(3)), (&["c"], None)],
            Some("Resolved 2 of 3 targets, 3 distributions each, in "),
        );
        check(&[(&["a"], None)], None);
    }

    #[test]
    fn what_fails_ends_too() {
        let mut fetching = Fetching::default();
        let style = Style::new(false);
        let planned = Event::FetchPlanned {
            files: 2,
            bytes: None,
        };
        assert_eq!(fetching.note(style, &planned), None);
        let (file, reason) = ("a", "gone");
        let failed = Event::FileFailed { file, reason };
        assert_eq!(fetching.note(style, &failed), None);
        let finished = Event::FileFinished { file, bytes: 1_000 };
        let line = fetching.note(style, &finished).unwrap();
        assert!(line.starts_with("Fetched 1 file, 1.0 kB in "), "{line}");
    }
}
