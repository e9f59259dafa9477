//! Progress bars: a total, and the files in flight, on a terminal.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use wh_packaging::{Event, Reporter};

use super::lines::{detail, phase};
use super::phases::{Fetching, Resolving};
use super::{Loudness, Style, quantity, words};

/// Bars a user can take in at once; further files count in the total only.
const SHOWN: usize = 8;

/// Shows events as bars on standard error.
pub struct Bars {
    multi: MultiProgress,
    style: Style,
    loudness: Loudness,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Resolution: a spinner with counts.
    spinner: Option<ProgressBar>,
    resolving: Resolving,
    pages: usize,
    metadata: usize,
    /// Downloads or wheels to install.
    total: Option<ProgressBar>,
    fetching: Fetching,
    files: HashMap<String, Flight>,
}

/// A file in flight; without a bar where there are more than can be shown.
struct Flight {
    bar: Option<ProgressBar>,
    size: u64,
    bytes: u64,
}

impl Bars {
    pub(super) fn new(style: Style, loudness: Loudness) -> Self {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        Self {
            multi,
            style,
            loudness,
            state: Mutex::default(),
        }
    }

    fn say(&self, line: &str) {
        self.multi.suspend(|| super::say(&format!("{line}\n")));
    }

    fn resolving(&self, state: &mut State, event: &Event<'_>) -> Option<String> {
        let line = state.resolving.note(self.style, event);
        match event {
            Event::ResolveStarted { .. } => {
                state.spinner.get_or_insert_with(|| {
                    let bar = self.multi.add(ProgressBar::new_spinner());
                    bar.set_style(template("{spinner} {wide_msg}"));
                    bar.enable_steady_tick(Duration::from_millis(100));
                    bar
                });
            }
            Event::PageRead { .. } => state.pages += 1,
            Event::MetadataRead { .. } => state.metadata += 1,
            Event::ResolveFinished { .. } | Event::ResolveFailed { .. } => {}
            _ => return line,
        }
        if !state.resolving.is_running()
            && let Some(bar) = state.spinner.take()
        {
            bar.finish_and_clear();
        }
        if let Some(bar) = &state.spinner {
            bar.set_message(format!(
                "Resolving {}: {}, {} of metadata",
                state.resolving.so_far(),
                quantity::plural(state.pages, "page"),
                quantity::plural(state.metadata, "file")
            ));
        }
        line
    }

    fn fetching(&self, state: &mut State, event: &Event<'_>) -> Option<String> {
        let line = state.fetching.note(self.style, event);
        match event {
            Event::FetchPlanned { bytes, .. } => {
                self.total(state).set_length(bytes.unwrap_or(0));
            }
            Event::FileStarted { file, size } => {
                let before_the_plan = state.fetching.planned == 0;
                let size = size.unwrap_or(0);
                let total = self.total(state);
                if before_the_plan {
                    total.inc_length(size);
                }
                self.take_off(state, file, size);
            }
            Event::FileProgress { file, bytes } => {
                self.total(state).inc(*bytes);
                if let Some(flight) = state.files.get_mut(*file) {
                    flight.bytes += bytes;
                    flight.show();
                    flight.say_checking(file);
                }
            }
            Event::FileRetried {
                file, discarded, ..
            } => {
                let total = self.total(state);
                total.set_position(total.position().saturating_sub(*discarded));
                if let Some(flight) = state.files.get_mut(*file) {
                    flight.bytes = flight.bytes.saturating_sub(*discarded);
                    flight.show();
                }
            }
            Event::FileFinished { file, .. } | Event::FileFailed { file, .. } => {
                self.land(state, file);
            }
            _ => return line,
        }
        if line.is_some() {
            state.files.clear();
            if let Some(bar) = state.total.take() {
                bar.finish_and_clear();
            }
        } else if let Some(bar) = &state.total {
            bar.set_message(state.fetching.so_far());
        }
        line
    }

    /// A file is in flight; it is shown as long as there is room.
    fn take_off(&self, state: &mut State, file: &str, size: u64) {
        if let Some(known) = state.files.get_mut(file) {
            known.size = size;
            return;
        }
        let shown = state.files.values().filter(|one| one.bar.is_some());
        let bar = (shown.count() < SHOWN).then(|| self.file_bar(file, size));
        let flight = Flight {
            bar,
            size,
            bytes: 0,
        };
        state.files.insert(file.to_owned(), flight);
    }

    /// A file is there; one that had no room takes its place.
    fn land(&self, state: &mut State, file: &str) {
        let landed = state.files.remove(file).and_then(|flight| flight.bar);
        let Some(bar) = landed else { return };
        bar.finish_and_clear();
        self.multi.remove(&bar);
        let next = state.files.iter_mut().find(|(_, one)| one.bar.is_none());
        if let Some((name, flight)) = next {
            flight.bar = Some(self.file_bar(name, flight.size));
            flight.show();
        }
    }

    fn file_bar(&self, file: &str, size: u64) -> ProgressBar {
        let bar = self.multi.add(ProgressBar::new(size));
        bar.set_style(template(
            "  {bar:16.green/dim} {decimal_bytes:>10} {wide_msg}",
        ));
        bar.set_message(file.to_owned());
        bar
    }

    fn total<'a>(&self, state: &'a mut State) -> &'a ProgressBar {
        state.total.get_or_insert_with(|| {
            let bar = self.multi.insert(0, ProgressBar::new(0));
            // 80 columns hold it with four digits of files and of bytes
            bar.set_style(template(
                "Fetching {bar:12.green/dim} {decimal_bytes}/{decimal_total_bytes} {msg} {decimal_bytes_per_sec} {eta} left",
            ));
            bar
        })
    }

    fn installing(&self, state: &mut State, event: &Event<'_>) {
        match event {
            Event::InstallPlanned { distributions } => {
                let bar = self.multi.add(ProgressBar::new(*distributions as u64));
                bar.set_style(template(
                    "Installing {bar:30.green/dim} {pos}/{len} {wide_msg}",
                ));
                state.total = Some(bar);
            }
            Event::WheelStaged { project, .. } => {
                if let Some(bar) = &state.total {
                    bar.set_message((*project).to_owned());
                    bar.inc(1);
                }
            }
            Event::InstallFinished { .. } => {
                if let Some(bar) = state.total.take() {
                    bar.finish_and_clear();
                }
            }
            _ => {}
        }
    }
}

impl Flight {
    /// All is here: it is hashed, and checked as an install would.
    fn say_checking(&self, file: &str) {
        if self.size > 0
            && self.bytes >= self.size
            && let Some(bar) = &self.bar
        {
            bar.set_message(format!("checking {file}"));
        }
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_position(self.bytes);
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        // an error must not leave half a bar above its words
        let _ = self.multi.clear();
    }
}

impl Reporter for Bars {
    fn event(&self, event: Event<'_>) {
        let ended = {
            let mut state = self
                .state
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            self.installing(&mut state, &event);
            let resolved = self.resolving(&mut state, &event);
            resolved.or_else(|| self.fetching(&mut state, &event))
        };
        if let Some(line) = ended.or_else(|| phase(self.style, &event)) {
            self.say(&line);
        }
        match &event {
            Event::Warning { warning } => {
                self.say(&format!(
                    "{} {}",
                    self.style.warning("warning:"),
                    super::without_secrets(&words::warning(warning))
                ));
            }
            other if self.loudness == Loudness::Verbose => {
                if let Some(line) = detail(other) {
                    self.say(&line);
                }
            }
            _ => {}
        }
    }
}

/// A template that this file wrote and that is therefore right.
fn template(text: &str) -> ProgressStyle {
    ProgressStyle::with_template(text).unwrap_or_else(|_| ProgressStyle::default_bar())
}
