//! Launchers for Windows: a small program, a `#!` line, and a zip archive with `__main__.py`.

use wh_packaging::entry_points::EntryPoint;

use super::Launcher;
use crate::error::Fault;
use crate::plan::Layout;

/// No program is built in yet, for any machine type.
pub(super) fn launcher(
    point: &EntryPoint,
    _gui: bool,
    _layout: &Layout,
    _program: &str,
) -> Result<Launcher, Fault> {
    Err(Fault::NoLauncher {
        script: point.name.clone(),
    })
}
