//! Which wheels of a folder are those that are installed (`--find-links`): by name, version, tags
//! and the digests in RECORD. The wheel's own sha256 is what a pin then gets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wh_environment::Freeze;
use wh_environment::freeze::FrozenDistribution;
use wh_index::find_links::{FindLink, FindLinksError};
use wh_index::wheelhouse::Wheelhouse;
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{DistributionFile, Version, project_name, record};
use wh_wheel::identity::Traces;
use wh_wheel::{Algorithm, Wheel};

use crate::context::Context;
use crate::failure::Failure;

/// A wheel that is the installed one.
#[derive(Debug, Clone)]
pub struct Found {
    /// The file.
    pub file: Arc<DistributionFile>,
    /// Its digest, hexadecimal.
    pub sha256: String,
}

/// The wheels of each frozen distribution, in its order; of none an empty list.
pub type Matches = Vec<Vec<Found>>;

/// The folders that `--find-links` names.
pub fn folders(given: &[String], context: &Context) -> Result<Vec<PathBuf>, Failure> {
    let folder = |text: &String| match FindLink::parse(text, &context.cwd)? {
        FindLink::Folder(folder) => Ok(folder),
        FindLink::File(path) => Err(FindLinksError::Unusable(path).into()),
        FindLink::Url(_) => Err(Failure::malformed_because(
            format!("{text} is no folder"),
            "installed files are compared with wheels on this machine: fetch them with `wh download` first",
        )),
    };
    given.iter().map(folder).collect()
}

/// The wheels that are installed; every distribution has one.
///
/// # Errors
/// One has none: all of these are listed.
pub fn matches(frozen: &Freeze, house: &Wheelhouse) -> Result<Matches, Failure> {
    let mut matches = Matches::new();
    let mut missing = Vec::new();
    for distribution in &frozen.distributions {
        match of(distribution, house)? {
            Ok(found) => matches.push(found),
            Err(reason) => missing.push(format!(
                "{}=={}: {reason}",
                distribution.name, distribution.version
            )),
        }
    }
    if missing.is_empty() {
        return Ok(matches);
    }
    let folders: Vec<String> = house
        .folders()
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    Err(Failure::No {
        message: format!(
            "{} of {} distributions have no wheel in {} that is the installed one",
            missing.len(),
            frozen.distributions.len(),
            folders.join(", ")
        ),
        details: missing,
        hint: Some(
            "installers refuse a file in which some have hashes and some have not: fetch the wheels that are installed (`wh freeze > all.txt`, `wh download --no-deps -r all.txt -d DIR`), or leave projects out with --exclude and --exclude-editable"
                .to_owned(),
        ),
    })
}

/// The wheels that one distribution came from, or why there is none.
fn of(
    distribution: &FrozenDistribution,
    house: &Wheelhouse,
) -> Result<Result<Vec<Found>, String>, Failure> {
    if distribution.editable {
        return Ok(Err("it is installed in place".to_owned()));
    }
    let Some(traces) = traces(&distribution.metadata_path) else {
        return Ok(Err(
            "it was not installed from a wheel, or its RECORD is lost".to_owned(),
        ));
    };
    let candidates = candidates(distribution, house);
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for file in &candidates {
        let Some(path) = &file.path else { continue };
        match Wheel::open(path).and_then(|wheel| {
            let same = wheel.left(&traces)?;
            Ok((
                same,
                same.then(|| wheel.hash(&[Algorithm::Sha256])).transpose()?,
            ))
        }) {
            Ok((true, Some(hashes))) => {
                if let Some(sha256) = hashes.sha256() {
                    found.insert(
                        sha256.to_owned(),
                        Found {
                            file: Arc::clone(file),
                            sha256: sha256.to_owned(),
                        },
                    );
                }
            }
            Ok(_) => {}
            // another wheel may be the one
            Err(error) => unreadable.push(format!("{} is damaged ({})", file.name, error.fault)),
        }
    }
    if !found.is_empty() {
        return Ok(Ok(found.into_values().collect()));
    }
    let names: BTreeSet<&str> = candidates.iter().map(|file| &*file.name).collect();
    Ok(Err(if !unreadable.is_empty() {
        unreadable.join(", ")
    } else if names.is_empty() {
        "there is none of this version".to_owned()
    } else {
        let names: Vec<&str> = names.into_iter().collect();
        format!("its files are not those of {}", names.join(", "))
    }))
}

/// The wheels of its name and version.
fn candidates(distribution: &FrozenDistribution, house: &Wheelhouse) -> Vec<Arc<DistributionFile>> {
    let Some(project) = project_name(&distribution.name) else {
        return Vec::new();
    };
    let Ok(version) = distribution.version.parse::<Version>() else {
        return Vec::new();
    };
    let mut files = house.files_of(&project);
    files.retain(|file| file.filename.as_wheel().is_some() && *file.version() == version);
    files
}

/// What the dist-info keeps of the wheel; nothing where it keeps too little.
fn traces(dist_info: &Path) -> Option<Traces> {
    let text = |name: &str| fs_err::read_to_string(dist_info.join(name)).ok();
    let tags = WheelFile::parse(&text("WHEEL")?).ok()?.tags;
    let rows = record::parse(&text("RECORD")?).ok()?;
    Some(Traces::of(tags, rows, dist_info.parent()?))
}

/// The lines of a frozen environment, each pin with its digests below it.
pub fn lines_with_hashes(frozen: &Freeze, matches: &Matches) -> String {
    let mut hashes: BTreeMap<String, &Vec<Found>> = BTreeMap::new();
    for (distribution, found) in frozen.distributions.iter().zip(matches) {
        // comments above it are lines of their own
        if let Some(line) = distribution.lines().last() {
            hashes.insert(line, found);
        }
    }
    let mut text = String::new();
    for line in &frozen.lines {
        text += line;
        for found in hashes.get(line).into_iter().flat_map(|found| found.iter()) {
            text += &format!(" \\\n    --hash=sha256:{}", found.sha256);
        }
        text.push('\n');
    }
    text
}
