//! What a user sees while `wh` works, and the few ways to print.
//!
//! Results go to standard output; progress, warnings and errors to standard error. Libraries hand
//! over events; one of three faces shows them: bars on a terminal, plain lines in a pipe, JSON
//! lines on request. `--log` writes all of them down besides.

mod bars;
mod json;
mod lines;
mod log;
mod phases;
mod quantity;
mod secrets;
mod style;
mod words;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use wh_packaging::{Event, Reporter};

use crate::arguments::{Color, GlobalArgs};

pub use quantity::{bytes, plural};
pub use secrets::{json_without_secrets, url_without_secrets, without_secrets};
pub use style::Style;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// Errors only (`-qq`).
    Errors,
    /// Errors and warnings (`-q`).
    Quiet,
    /// Phases, too.
    Normal,
    /// Every page, file and retry (`-v`).
    Verbose,
}

impl Loudness {
    fn of(global: &GlobalArgs) -> Self {
        match (global.quiet, global.verbose) {
            (0, 0) => Loudness::Normal,
            (0, _) => Loudness::Verbose,
            (1, _) => Loudness::Quiet,
            (_, _) => Loudness::Errors,
        }
    }
}

/// Where words go: made once, from the global options.
#[derive(Clone)]
pub struct Terminal {
    /// Colours for standard error.
    pub style: Style,
    /// Whether errors are to be JSON lines.
    pub json: bool,
    loudness: Loudness,
    reporter: Arc<dyn Reporter>,
}

impl Terminal {
    /// As the options ask.
    ///
    /// # Errors
    /// The log file cannot be opened.
    pub fn new(global: &GlobalArgs, no_color: bool) -> io::Result<Self> {
        let terminal = io::stderr().is_terminal();
        let coloured = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !no_color,
        };
        // what was decided here counts for the streams too, which would strip colours off a pipe
        let choice = match coloured {
            true => anstream::ColorChoice::Always,
            false => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let style = Style::new(coloured);
        let loudness = Loudness::of(global);
        let face: Arc<dyn Reporter> = if global.json {
            Arc::new(json::JsonLines::default())
        } else if terminal && !global.no_progress && loudness >= Loudness::Normal {
            Arc::new(bars::Bars::new(style, loudness))
        } else {
            Arc::new(lines::Lines::new(style, loudness))
        };
        let reporter: Arc<dyn Reporter> = match &global.log {
            Some(path) => Arc::new(log::Logged::open(path, face)?),
            None => face,
        };
        Ok(Self {
            style,
            json: global.json,
            loudness,
            reporter,
        })
    }

    /// The reporter to hand to libraries.
    pub fn reporter(&self) -> Arc<dyn Reporter> {
        self.reporter.clone()
    }

    /// Hands over one event.
    pub fn event(&self, event: Event<'_>) {
        self.reporter.event(event);
    }

    /// One line on standard error about what was done, unless told to be quiet.
    pub fn note(&self, text: &str) {
        if self.loudness >= Loudness::Normal && !self.json {
            say(&format!("{text}\n"));
        }
    }

    /// One line on standard error about how a run was understood, where more is to be said.
    pub fn detail(&self, text: &str) {
        if self.loudness >= Loudness::Verbose && !self.json {
            anstream::eprintln!("{}", without_secrets(text));
        }
    }
}

/// Writes words to standard error. Where that is closed, or lies on a full disk, nobody is left to
/// tell, and the work goes on.
pub fn say(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Writes a result to standard output. A reader that closed the pipe is no error.
///
/// # Errors
/// Writing failed for another reason.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
