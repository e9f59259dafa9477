//! `wh install`, from outside: the built binary in a sandbox, with wheels made here.

mod at_once;
mod build;
mod build_backends;
mod build_killed;
mod bytecode;
mod conflicts;
mod folders;
mod hashes;
mod hostile;
mod lock;
mod no_lock;
mod not_allowed;
mod places;
mod projects;
mod refusals;
mod schemes;
mod sdist;
mod there_already;
mod tree;
mod undone;
mod upgraded;

use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn bench() -> Option<Workbench> {
    Workbench::new(WH)
}

/// A wheel with one module of the project's name.
fn wheel(name: &str, version: &str) -> WheelBuilder {
    let text = format!("version = {version:?}\n");
    WheelBuilder::new(name, version).file(format!("{name}/__init__.py"), text)
}

/// Three projects: `app` requires `lib`, and `other` stands alone.
fn three() -> Vec<WheelBuilder> {
    let app = wheel("app", "1.0").requires("lib>=1");
    vec![app, wheel("lib", "1.5"), wheel("other", "3.0")]
}
