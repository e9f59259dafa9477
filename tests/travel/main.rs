//! What is looked at before a wheelhouse travels: `wh diff` and `wh prune`, and
//! `wh freeze` with digests of the wheels that are installed or of what nothing requires, from
//! outside.

mod diff;
mod frozen;
mod prune;
mod top_level;

use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn bench() -> Option<Workbench> {
    Workbench::new(WH)
}

/// A wheel with a module and nothing else.
fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version)
        .file(format!("{}.py", wh_testing::wheel::escaped_name(name)), "")
}
