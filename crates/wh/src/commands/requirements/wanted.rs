//! All that is asked for, as one value.

use std::collections::BTreeMap;

use wh_packaging::requirement::{Root, Unnamed};
use wh_packaging::{Hashes, Target, VersionSpecifiers};
use wh_resolver::override_roots;

use super::{is_source, load, named};
use crate::commands::file_options::FileOptions;
use crate::commands::remote::Remote;
use crate::context::Context;
use crate::failure::Failure;

/// Settings for build backends (`--config-settings` of a requirement), by the name of the project, or,
/// where that is not given, by how its place is shown.
pub type Settings = BTreeMap<String, Vec<(String, String)>>;

/// Everything asked for.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Requirements, in order, overrides in the place of those they concern.
    pub roots: Vec<Root>,
    /// The requirements as they were asked for.
    pub asked: Vec<Root>,
    /// Paths and URLs that only tell their names when they are looked into.
    pub unnamed: Vec<UnnamedRoot>,
    /// Locks that were taken: their digests count, and ask for none of what stands beside them.
    pub locks: Vec<String>,
    /// The Pythons that projects and scripts ask for, and which do.
    pub pythons: Vec<(String, VersionSpecifiers)>,
    /// What requirements say of how they are built.
    pub settings: Settings,
    /// Requirements in the place of all others on their projects.
    pub overrides: Vec<Root>,
    /// Constraints, in order.
    pub constraints: Vec<Root>,
    /// What the files say besides.
    pub options: FileOptions,
}

/// Something asked for that has no name yet.
#[derive(Debug)]
pub struct UnnamedRoot {
    /// What.
    pub input: Unnamed,
    /// Where it is asked for.
    pub origin: String,
    /// The digests of `--hash`.
    pub hashes: Vec<Hashes>,
}

impl Wanted {
    /// Puts the requirements of these files in the place of those they concern.
    pub fn put_overrides(
        &mut self,
        files: &[String],
        remote: Option<&Remote>,
        context: &Context,
    ) -> Result<(), Failure> {
        for file in files {
            let found = load(file, false, remote, context)?;
            named(&found.requirements, "an override", &mut self.overrides)?;
        }
        self.roots = override_roots(&self.asked, &self.overrides);
        Ok(())
    }

    /// Whether anything is asked for by a URL or path that is no wheel's.
    pub fn has_sources(&self) -> bool {
        let mut all = self.roots.iter().chain(&self.constraints);
        !self.unnamed.is_empty() || all.any(|root| is_source(&root.requirement))
    }

    /// A target with a Python that a project or script does not run on is of no use to it.
    pub fn refuse_other_pythons<'t>(
        &self,
        targets: impl Iterator<Item = &'t Target> + Clone,
    ) -> Result<(), Failure> {
        let mut details = Vec::new();
        for (file, required) in &self.pythons {
            for target in targets.clone().filter(|one| !one.satisfies(required)) {
                details.push(format!(
                    "{file} requires Python {required}, {} has {}",
                    target.name, target.python
                ));
            }
        }
        if details.is_empty() {
            return Ok(());
        }
        Err(Failure::No {
            message: "these targets have a Python that is not asked for:".to_owned(),
            details,
            hint: Some(
                "name other targets; `wh download --ignore-requires-python` passes over it"
                    .to_owned(),
            ),
        })
    }

    /// Whether every file needs a digest: by the option, by a file's, or, as in pip, as soon as one
    /// requirement or constraint has one.
    pub fn requires_hashes(&self, option: bool) -> bool {
        option
            || self.options.require_hashes
            || self
                .roots
                .iter()
                .chain(&self.constraints)
                .any(|root| !root.hashes.is_empty() && !self.locks.contains(&root.origin))
    }
}
