//! Where an installation goes: the scheme paths of an environment, of `--target`, `--prefix`,
//! `--root` or `--user`, and the interpreter that will run what is put there.

use std::path::PathBuf;

use wh_wheel::WindowsMachine;

use crate::probe::Probe;
use crate::scheme::SchemePaths;

/// A place to install into.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The roots; all absolute, existing or not.
    pub paths: SchemePaths,
    /// The interpreter, as the first lines of scripts name it.
    pub python: PathBuf,
    /// Its major and minor version.
    pub python_version: (u32, u32),
    /// What a Python for Windows is built for; `None` for all others.
    pub windows: Option<WindowsMachine>,
}

impl Destination {
    /// The given roots, for the interpreter that was probed.
    ///
    /// The roots are [`Probe::scheme`], `user_scheme`, [`Probe::prefix_scheme`] or
    /// [`Probe::target_scheme`]; for `--root` those, taken [`below`](SchemePaths::below) it. The
    /// interpreter stays where it is: with `--root` scripts name the path that will count later.
    pub fn new(paths: SchemePaths, probe: &Probe) -> Self {
        Self {
            paths,
            python: probe.executable.clone(),
            python_version: (probe.version.0, probe.version.1),
            windows: probe.windows_machine(),
        }
    }

    /// The same, as the wheel crate knows it.
    pub(crate) fn layout(&self) -> wh_wheel::Layout {
        let paths = self.paths.clone();
        let (major, minor) = self.python_version;
        wh_wheel::Layout {
            purelib: paths.purelib,
            platlib: paths.platlib,
            scripts: paths.scripts,
            headers: paths.headers,
            data: paths.data,
            python: self.python.clone(),
            python_version: (major.into(), minor.into()),
            windows: self.windows,
        }
    }
}
