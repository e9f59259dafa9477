//! Chosen source distributions become wheels (`--build`), and wheels get their place.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use wh_packaging::DistributionFile;
use wh_wheel::{Algorithm, hash_file};

use super::Run;
use super::matrix::{Matrix, Served};
use super::missing::Missing;
use super::way_in::{WayIn, wheel_of};
use crate::commands::few_at_a_time;
use crate::failure::{Failure, with_causes};

/// A source distribution and who asks for it.
type Asked = (Arc<DistributionFile>, Vec<String>);

/// By the name of the source distribution.
type Wheels = BTreeMap<String, Result<Arc<DistributionFile>, String>>;

impl Run<'_> {
    /// Puts wheels in the place of all source distributions that were chosen. What cannot be built,
    /// or does not run on the target that it was built for, is missing there.
    pub(super) fn build_chosen(&self, way_in: &WayIn<'_>, matrix: &mut Matrix) {
        let mut wheels = Wheels::new();
        for (sdist, built) in self.built(way_in, &asked(matrix)) {
            let wheel = built.map_err(|failure| {
                let reason = with_causes(&failure);
                matrix.failures.push(failure);
                reason
            });
            wheels.insert(sdist, wheel);
        }
        let mut foreign: Vec<String> = Vec::new();
        for served in &mut matrix.served {
            put(served, &wheels);
            foreign.extend(foreign_wheels(served, way_in));
        }
        if !foreign.is_empty() {
            matrix.failures.push(not_elsewhere(foreign));
        }
    }

    /// The wheel of each, by the source's name: all in the order that they need, or, where the run
    /// goes on after a failure, each by itself.
    fn built(
        &self,
        way_in: &WayIn<'_>,
        asked: &[Asked],
    ) -> Vec<(String, Result<Arc<DistributionFile>, Failure>)> {
        let names = asked.iter().map(|(sdist, _)| sdist.name.clone());
        if self.args.keep_going {
            let each = few_at_a_time(asked, |one| {
                way_in.compare(&one.0)?;
                let built = way_in.building.sdists(std::slice::from_ref(one))?;
                wheel_of(&one.0, &built[0])
            });
            return names.zip(each).collect();
        }
        let compared = asked.iter().try_for_each(|one| way_in.compare(&one.0));
        match compared.and_then(|()| way_in.building.sdists(asked)) {
            Ok(built) => {
                let wheels = asked.iter().zip(&built);
                let wheels = wheels.map(|((sdist, _), built)| wheel_of(sdist, built));
                names.zip(wheels).collect()
            }
            // which one it was, the failure says
            Err(failure) => vec![(String::new(), Err(failure))],
        }
    }
}

/// All source distributions that were chosen, each once.
fn asked(matrix: &Matrix) -> Vec<Asked> {
    let mut all: BTreeMap<&str, Asked> = BTreeMap::new();
    let chosen = matrix.resolutions().flat_map(|one| &one.chosen);
    for (project, chosen) in chosen {
        for file in chosen.files.iter().filter(|file| is_source(file)) {
            let mut chain = chosen.requested_by.clone();
            if !chosen.root {
                chain.push(format!("{project}=={}", chosen.version));
            }
            let one = || (Arc::clone(file), chain);
            all.entry(&file.name).or_insert_with(one);
        }
    }
    all.into_values().collect()
}

fn is_source(file: &DistributionFile) -> bool {
    file.filename.as_wheel().is_none()
}

fn put(served: &mut Served, wheels: &Wheels) {
    for (project, chosen) in &mut served.resolution.chosen {
        for (member, file) in chosen.files.iter_mut().enumerate() {
            match wheels.get(&file.name) {
                Some(Ok(wheel)) => *file = Arc::clone(wheel),
                Some(Err(reason)) => served.missing.push(Missing {
                    requirement: format!("{project}=={}", chosen.version),
                    requested_by: chosen.requested_by.clone(),
                    reason: reason.clone(),
                    member: Some(member),
                }),
                None => {}
            }
        }
    }
}

/// Wheels that were built here, for members that do not run them.
fn foreign_wheels(served: &mut Served, way_in: &WayIn<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (project, chosen) in &served.resolution.chosen {
        for (member, file) in chosen.files.iter().enumerate() {
            let target = &served.class.members[member];
            let wheel = file
                .filename
                .as_wheel()
                .filter(|_| file.made_from.is_some());
            if wheel.is_none_or(|wheel| way_in.serves(wheel, target)) {
                continue;
            }
            lines.push(format!("{} for {}", file.name, target.name));
            served.missing.push(Missing {
                requirement: format!("{project}=={}", chosen.version),
                requested_by: chosen.requested_by.clone(),
                reason: format!("{} was built here and has native parts", file.name),
                member: Some(member),
            });
        }
    }
    lines
}

fn not_elsewhere(mut foreign: Vec<String>) -> Failure {
    foreign.sort();
    foreign.dedup();
    Failure::No {
        message: "these were built on this machine, and are not sure to run on others:".to_owned(),
        details: foreign,
        hint: Some(
            "for other machines only wheels without native parts are built: build these on such a machine (`wh wheel` there, --find-links here), or take versions that have wheels (--only-binary NAME); for this very machine name no target"
                .to_owned(),
        ),
    }
}

/// What was built anew takes the place of what was built before: no lock says here what the folder
/// should hold.
pub(super) fn make_room(files: &[Arc<DistributionFile>], folder: &Path) -> Result<(), Failure> {
    for file in files.iter().filter(|file| file.made_from.is_some()) {
        let (place, Some(built)) = (folder.join(&file.name), &file.path) else {
            continue;
        };
        if !place.is_file() {
            continue;
        }
        let hash = |path: &Path| hash_file(path, &[Algorithm::Sha256]).map_err(Failure::file);
        if hash(&place)? != hash(built)? {
            let part = folder.join(format!(".{}.part", file.name));
            fs_err::copy(built, &part).map_err(Failure::file)?;
            wh_wheel::rename(&part, &place).map_err(Failure::file)?;
        }
    }
    Ok(())
}
