//! What is looked at before a wheelhouse travels: `wh diff` and `wh prune`, from outside.

mod diff;
mod prune;

use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn bench() -> Option<Workbench> {
    Workbench::new(WH)
}

/// A wheel with a module and nothing else.
fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version).file(format!("{name}.py"), "")
}
