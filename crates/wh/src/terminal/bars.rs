//! Progress bars: a total, and the files in flight, on a terminal.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use wh_packaging::{Event, Reporter};

use super::lines::{detail, phase};
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
    pages: usize,
    metadata: usize,
    resolving: usize,
    /// Downloads or wheels to install.
    total: Option<ProgressBar>,
    files: HashMap<String, ProgressBar>,
    fetched: usize,
    planned: usize,
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

    fn resolving(&self, state: &mut State, event: &Event<'_>) {
        match event {
            Event::ResolveStarted { .. } => {
                state.resolving += 1;
                state.spinner.get_or_insert_with(|| {
                    let bar = self.multi.add(ProgressBar::new_spinner());
                    bar.set_style(template("{spinner} {msg}"));
                    bar.enable_steady_tick(Duration::from_millis(100));
                    bar
                });
            }
            Event::ResolveFinished { .. } => {
                state.resolving = state.resolving.saturating_sub(1);
                if state.resolving == 0
                    && let Some(bar) = state.spinner.take()
                {
                    bar.finish_and_clear();
                }
            }
            Event::PageRead { .. } => state.pages += 1,
            Event::MetadataRead { .. } => state.metadata += 1,
            _ => return,
        }
        if let Some(bar) = &state.spinner {
            bar.set_message(format!(
                "Resolving: {}, {} of metadata",
                quantity::plural(state.pages, "page"),
                quantity::plural(state.metadata, "file")
            ));
        }
    }

    fn fetching(&self, state: &mut State, event: &Event<'_>) -> Option<String> {
        match event {
            Event::FetchPlanned { files, bytes } => {
                state.planned = *files;
                let total = self.total(state);
                total.set_length(bytes.unwrap_or(0));
            }
            Event::FileStarted { file, size } => {
                let before_the_plan = state.planned == 0;
                let total = self.total(state);
                if before_the_plan {
                    total.inc_length(size.unwrap_or(0));
                }
                if state.files.len() < SHOWN {
                    let bar = self.multi.add(ProgressBar::new(size.unwrap_or(0)));
                    bar.set_style(template(
                        "  {bar:24.green/dim} {decimal_bytes:>10} {wide_msg}",
                    ));
                    bar.set_message((*file).to_owned());
                    state.files.insert((*file).to_owned(), bar);
                }
            }
            Event::FileProgress { file, bytes } | Event::FileResumed { file, bytes } => {
                self.total(state).inc(*bytes);
                if let Some(bar) = state.files.get(*file) {
                    bar.inc(*bytes);
                }
            }
            Event::FileRetried {
                file, discarded, ..
            } => {
                let total = self.total(state);
                total.set_position(total.position().saturating_sub(*discarded));
                if let Some(bar) = state.files.get(*file) {
                    bar.set_position(bar.position().saturating_sub(*discarded));
                }
            }
            Event::FileFinished { file, bytes } => {
                state.fetched += 1;
                state.bytes += bytes;
                if let Some(bar) = state.files.remove(*file) {
                    bar.finish_and_clear();
                }
            }
            _ => return None,
        }
        if state.planned == 0 || state.fetched < state.planned {
            return None;
        }
        let elapsed = state.total.take().map(|bar| {
            bar.finish_and_clear();
            bar.elapsed()
        });
        let line = format!(
            "{} {}, {} in {}",
            self.style.verb("Fetched"),
            quantity::plural(state.fetched, "file"),
            quantity::bytes(state.bytes),
            quantity::seconds(elapsed.unwrap_or_default())
        );
        (state.planned, state.fetched, state.bytes) = (0, 0, 0);
        Some(line)
    }

    fn total<'a>(&self, state: &'a mut State) -> &'a ProgressBar {
        state.total.get_or_insert_with(|| {
            let bar = self.multi.insert(0, ProgressBar::new(0));
            bar.set_style(template(
                "Fetching {bar:30.green/dim} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec}, {eta} left",
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

impl Drop for Bars {
    fn drop(&mut self) {
        // an error must not leave half a bar above its words
        let _ = self.multi.clear();
    }
}

impl Reporter for Bars {
    fn event(&self, event: Event<'_>) {
        let fetched = {
            let mut state = self
                .state
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            self.resolving(&mut state, &event);
            self.installing(&mut state, &event);
            self.fetching(&mut state, &event)
        };
        if let Some(line) = fetched.or_else(|| phase(self.style, &event)) {
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
