//! What a build's environment is filled from: the stock, with the sdists of it built first.

use wh_build::{SuppliedWheel, Supply, SupplyError};
use wh_packaging::{DistributionFile, Hashes, Requirement, Root};
use wh_resolver::{Chosen, ResolveError};

use super::{Building, Told};
use crate::commands::side_by_side;
use crate::failure::Failure;

/// The supply of one build.
pub(super) struct ForBuild<'a> {
    building: &'a Building<'a>,
    /// The sdists that are being built, one for the other, this one last.
    path: Vec<String>,
}

impl<'a> ForBuild<'a> {
    pub(super) fn new(building: &'a Building<'a>, path: Vec<String>) -> Self {
        Self { building, path }
    }

    fn chosen(
        &self,
        requirements: &[Requirement],
        wanted_by: &str,
    ) -> Result<Vec<SuppliedWheel>, Failure> {
        let Building { means, class, .. } = self.building;
        let root = |requirement: &Requirement| Root {
            requirement: requirement.clone(),
            origin: format!("to build {wanted_by}"),
            hashes: Vec::new(),
        };
        let mut roots: Vec<Root> = requirements.iter().map(root).collect();
        roots.extend(means.besides(wanted_by).cloned());
        let provider = Told::within(means.stock.provider(), self.building, &self.path);
        let choosing = self.building.choosing();
        let resolution = choosing
            .resolve(class, &roots, &provider)
            .map_err(|error| self.building.lacking(wanted_by, error))?;
        let chosen: Vec<&Chosen> = resolution.chosen.values().collect();
        // they may have to be fetched, or built first
        let all = side_by_side(&chosen, |one| self.supplied(&one.files[0]));
        all.into_iter().collect()
    }

    fn supplied(&self, file: &DistributionFile) -> Result<SuppliedWheel, Failure> {
        let stock = self.building.means.stock;
        let Some(filename) = file.filename.as_wheel() else {
            if !self.building.means.sdists {
                return Err(not_asked(file));
            }
            let built = self.building.sdist(file, &self.path)?;
            return Ok(SuppliedWheel {
                path: built.wheel.path.clone(),
                filename: built.wheel.filename.clone(),
                expected: Hashes::sha256_only(&built.wheel.sha256),
                vouched: false,
            });
        };
        Ok(SuppliedWheel {
            path: stock.on_disk(file).map_err(ResolveError::from)?,
            filename: filename.clone(),
            expected: file.hashes.clone(),
            vouched: stock.vouched(file),
        })
    }
}

impl Supply for ForBuild<'_> {
    fn wheels(
        &self,
        requirements: &[Requirement],
        wanted_by: &str,
    ) -> Result<Vec<SuppliedWheel>, SupplyError> {
        self.chosen(requirements, wanted_by)
            .map_err(|error| SupplyError(Box::new(error)))
    }
}

/// A build needs what would have to be built itself.
fn not_asked(file: &DistributionFile) -> Failure {
    Failure::No {
        message: format!("{} would have to be built itself", file.name),
        details: Vec::new(),
        hint: Some("`--build` builds that, too, which runs its code".to_owned()),
    }
}
