//! Writes that no request waits for, and the end of a run does.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// The writes that are open: each holds a sender, and when all of them are gone the channel says so.
#[derive(Debug)]
pub(super) struct Writes(Mutex<Channel>);

type Channel = (Sender<Infallible>, Receiver<Infallible>);

/// A write, at work or about to be; over when it is dropped, also where it never began.
#[derive(Debug)]
pub(super) struct OpenWrite(
    #[expect(dead_code, reason = "it only has to live")] Sender<Infallible>,
);

impl Default for Writes {
    fn default() -> Self {
        Self(Mutex::new(channel()))
    }
}

impl Writes {
    /// One more.
    pub(super) fn open(&self) -> OpenWrite {
        let channel = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        OpenWrite(channel.0.clone())
    }

    /// Waits for all that are open now, and not for those that others open meanwhile.
    pub(super) fn wait(&self) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (own, open) = std::mem::replace(&mut *current, channel());
        drop((own, current));
        // nothing is ever sent: this ends with the last sender
        let _ = open.recv();
    }
}
