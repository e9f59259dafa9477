//! `wh download` from end to end: the built binary against an index on 127.0.0.1.
//!
//! A module a theme. Each test has a folder, a HOME, a cache and an index of its own.

mod bench;

mod age;
mod answers;
mod baseline;
mod choosing;
mod credentials;
mod direct;
mod disk;
mod faults;
mod hashes;
mod hostile;
mod inputs;
mod interrupt;
mod malformed;
mod matrix;
mod order;
mod pages;
mod proof;
mod proxy;
mod refusals;
mod report;
mod requests;
mod scenarios;
mod sdists;
mod secure;
mod settings;
mod sources;
mod targets;
mod words;
