//! `--baseline`: what is on the other side already, as a freeze or a lock tells it.
//!
//! Its versions are preferred, so that what travels fits what is there; what is chosen in just that
//! version does not travel, and the lock says so.

use std::collections::BTreeMap;

use wh_packaging::class::TargetClass;
use wh_packaging::lock::SelectError;
use wh_packaging::requirement::{VersionOrUrl, parse};
use wh_packaging::{Filename, Lock, Operator, ProjectName, Requirement, Target, Version};

use super::locked;
use super::requirements::{pinned_lines, text_of, unreadable};
use crate::context::Context;
use crate::failure::Failure;

/// Versions by project.
pub type Versions = BTreeMap<ProjectName, Version>;

/// What is there already.
#[derive(Debug, Default)]
pub struct Baseline {
    everywhere: Versions,
    locks: Vec<(String, Lock)>,
}

impl Baseline {
    /// Reads the files.
    pub fn read(files: &[String], context: &Context) -> Result<Self, Failure> {
        let mut baseline = Self::default();
        for file in files {
            if locked::is_lock(file) {
                let text = text_of(file, None, context).map_err(|error| unreadable(file, error))?;
                let lock = locked::parse(file, &text)?;
                baseline.take_pins(&lock);
                baseline.locks.push((file.clone(), lock));
                continue;
            }
            for (requirement, place) in pinned_lines(file, context)? {
                let version = pinned(&requirement).ok_or_else(|| {
                    Failure::malformed_because(
                        format!("{place}: `{requirement}` does not say which version is there"),
                        "--baseline takes what `wh freeze` prints over there, or a lock",
                    )
                })?;
                baseline.everywhere.insert(requirement.name, version);
            }
        }
        Ok(baseline)
    }

    /// What a lock itself took to be there.
    fn take_pins(&mut self, lock: &Lock) {
        for pin in lock.tool.iter().flat_map(|tool| &tool.baseline) {
            if let Ok(requirement) = parse(pin)
                && let Some(version) = pinned(&requirement)
            {
                self.everywhere.insert(requirement.name, version);
            }
        }
    }

    /// Whether its locks can be read for the targets; those that a lock was not made for have
    /// nothing of it.
    pub fn check(&self, classes: &[TargetClass], context: &Context) -> Result<(), Failure> {
        let members = || classes.iter().flat_map(|class| &class.members);
        for (file, lock) in &self.locks {
            for target in members() {
                match lock.select(target) {
                    Ok(_) => {}
                    Err(SelectError::NotForThisEnvironment { .. }) => {
                        context.terminal.note(&format!(
                            "{file} has nothing for {}: all of it travels there",
                            target.name
                        ));
                    }
                    Err(source) => {
                        return Err(Failure::Select {
                            file: file.clone(),
                            source,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// What every member of a class has.
    pub fn of(&self, class: &TargetClass) -> Versions {
        let mut found = self.everywhere.clone();
        for (_, lock) in &self.locks {
            let mut members = class.members.iter().map(|target| selected(lock, target));
            let Some(mut common) = members.next() else {
                continue;
            };
            for other in members {
                common.retain(|name, version| other.get(name) == Some(version));
            }
            found.extend(common);
        }
        found
    }
}

fn selected(lock: &Lock, target: &Target) -> Versions {
    let selected = lock.select(target).unwrap_or_default().into_iter();
    let versions =
        selected.filter_map(|one| Some((one.package.name.clone(), one.package.version.clone()?)));
    versions.collect()
}

/// The one version that a requirement admits.
fn pinned(requirement: &Requirement) -> Option<Version> {
    match requirement.version_or_url.as_ref()? {
        VersionOrUrl::VersionSpecifier(specifiers) => {
            let mut pins = specifiers
                .iter()
                .filter(|one| matches!(one.operator(), Operator::Equal | Operator::ExactEqual));
            pins.next().map(|one| one.version().clone())
        }
        VersionOrUrl::Url(url) => {
            let name = url.path().rsplit('/').next()?;
            let wheel: wh_packaging::WheelFilename = name.parse().ok()?;
            Some(Filename::Wheel(wheel).version().clone())
        }
    }
}
