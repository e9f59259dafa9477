//! Colours, or none.

use anstyle::{AnsiColor, Style as Ansi};

/// Paints words where colours are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    coloured: bool,
}

impl Style {
    /// With or without colours.
    pub fn new(coloured: bool) -> Self {
        Self { coloured }
    }

    fn paint(self, style: Ansi, text: &str) -> String {
        if self.coloured {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// What a line is about: `Resolved`.
    pub fn verb(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default().bold(), text)
    }

    /// `warning:`
    pub fn warning(self, text: &str) -> String {
        self.paint(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// `error:`
    pub fn error(self, text: &str) -> String {
        self.paint(AnsiColor::Red.on_default().bold(), text)
    }

    /// `hint:`
    pub fn hint(self, text: &str) -> String {
        self.paint(AnsiColor::Cyan.on_default().bold(), text)
    }
}
