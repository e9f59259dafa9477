//! Classes of targets: those that a lock's reader cannot tell apart.
//!
//! A lock selects by markers alone, and python_version, implementation_name, sys_platform and
//! platform_machine are the only ones a lock may stand on. Targets equal in these (manylinux and
//! musllinux of one machine, macOS floors, cp313 and cp313t, win32 and win_amd64) form a class and
//! are resolved as one.

use pep508_rs::MarkerTree;

use crate::target::Target;

/// Targets that are resolved as one; never empty.
#[derive(Debug, Clone)]
pub struct TargetClass {
    /// The members, in the order given.
    pub members: Vec<Target>,
    /// The marker that a lock writes for the class.
    pub marker: MarkerTree,
}

impl TargetClass {
    /// The names of its members.
    pub fn names(&self) -> Vec<String> {
        self.members
            .iter()
            .map(|target| target.name.clone())
            .collect()
    }
}

/// Sorts targets into classes, keeping the order of first appearance; equal targets are merged.
pub fn classes(targets: Vec<Target>) -> Vec<TargetClass> {
    let _ = targets;
    todo!()
}
