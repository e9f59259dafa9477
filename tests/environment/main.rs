//! `wh venv`, `wh target` and `wh completion`, from outside.

mod completion;
mod target;
mod venv;

use wh_testing::Workbench;

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn bench() -> Option<Workbench> {
    Workbench::new(WH)
}
