//! What the resolver answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wh_packaging::{DistributionFile, ExtraName, ProjectName, Version, VersionSpecifiers, Warning};

/// The distributions chosen for a class of targets.
#[derive(Debug, Clone, Default)]
pub struct Resolution {
    /// By project.
    pub chosen: BTreeMap<ProjectName, Chosen>,
    /// What was chosen and is on the other side already, in these versions: it does not travel.
    pub baseline: BTreeMap<ProjectName, Version>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

impl Resolution {
    /// Takes out what is there already, in the very version that was chosen.
    pub fn leave_out(&mut self, there: &BTreeMap<ProjectName, Version>) {
        for (name, version) in there {
            let same = |chosen: &Chosen| chosen.version == *version && chosen.direct.is_none();
            if self.chosen.get(name).is_some_and(same) {
                self.chosen.remove(name);
                self.baseline.insert(name.clone(), version.clone());
            }
        }
    }
}

/// One chosen distribution.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Its version.
    pub version: Version,
    /// The extras that somebody asks for.
    pub extras: BTreeSet<ExtraName>,
    /// The file for each member of the class, in the members' order: its best wheel, else the sdist.
    pub files: Vec<Arc<DistributionFile>>,
    /// The URL, where a requirement `name @ url` chose it.
    pub direct: Option<url::Url>,
    /// What it requires for this class, extras expanded.
    pub dependencies: BTreeSet<ProjectName>,
    /// Requires-Python of its metadata.
    pub requires_python: Option<VersionSpecifiers>,
    /// Where nothing requires it at `X.Y.0` but something does at later patch releases of a target
    /// that stands for all of them: these, as a marker.
    pub later_patches: Option<String>,
    /// Whether a root names it.
    pub root: bool,
    /// Who asks for it: the shortest chain, root first, ties by name; each `name==version` but
    /// the root, which stands as it was asked for.
    pub requested_by: Vec<String>,
}
