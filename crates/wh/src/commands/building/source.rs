//! What is built, once it is known to be what was meant.

use wh_build::{Place, Source};
use wh_packaging::{DistributionFile, Filename, Metadata};
use wh_resolver::ResolveError;
use wh_wheel::{Algorithm, hash_file};

use super::{Building, lock};
use crate::failure::Failure;

impl Building<'_> {
    /// An sdist of the stock, its digests compared: nothing of another one is ever run.
    pub(super) fn compared(&self, sdist: &DistributionFile) -> Result<Source, Failure> {
        let Filename::Sdist(filename) = &sdist.filename else {
            unreachable!("a wheel is not built: {}", sdist.name)
        };
        let path = self
            .means
            .stock
            .on_disk(sdist)
            .map_err(ResolveError::from)?;
        let given = sdist.hashes.iter();
        let mut algorithms: Vec<Algorithm> = given
            .filter_map(|(name, _)| Algorithm::from_name(name))
            .collect();
        if !sdist.hashes.is_empty() && algorithms.is_empty() {
            return Err(refused(format!(
                "only digests are given for {} that prove nothing (md5, sha1)",
                sdist.name
            )));
        }
        if !algorithms.contains(&Algorithm::Sha256) {
            algorithms.push(Algorithm::Sha256);
        }
        let found = hash_file(&path, &algorithms).map_err(Failure::file)?;
        for (algorithm, expected) in sdist.hashes.iter() {
            if let Some(found) = found.get(algorithm).filter(|found| *found != expected) {
                return Err(refused(format!(
                    "`{}` has the wrong {algorithm}: expected {expected}, found {found}",
                    path.display()
                )));
            }
        }
        let mut source = Source::archive(path, filename.clone());
        if let Place::Archive { subdirectory, .. } = &mut source.place {
            subdirectory.clone_from(&sdist.subdirectory);
        }
        source.called.clone_from(&sdist.name);
        let below = sdist.subdirectory.as_ref();
        let below = below.map_or_else(String::new, |below| format!(" {below}"));
        source.identity = found.sha256().map(|sha256| format!("{sha256}{below}"));
        let told = lock(&self.told).get(&sdist.name).cloned();
        source.expected.metadata = told.map(|metadata| Metadata::clone(&metadata));
        Ok(source)
    }
}

/// A file that is not the one that was meant.
fn refused(message: String) -> Failure {
    Failure::No {
        message,
        details: Vec::new(),
        hint: Some(
            "nothing of it was run; fetch the folder again with `wh download`: it replaces what does not match its lock"
                .to_owned(),
        ),
    }
}
