//! What a build needs and cannot be had.

use wh_resolver::ResolveError;

use super::Building;
use crate::failure::Failure;

impl Building<'_> {
    /// Why what `wanted_by` needs to be built cannot be had: a build that failed for it; else that nothing
    /// has it.
    pub(super) fn lacking(&self, wanted_by: &str, error: ResolveError) -> Failure {
        if let Some(failed) = self.failure() {
            return failed;
        }
        match (self.means.stock.folders(), error) {
            (Some(folders), ResolveError::NoSolution(no)) => {
                let folders: Vec<String> = folders
                    .iter()
                    .map(|folder| folder.display().to_string())
                    .collect();
                let place = match folders.is_empty() {
                    true => "not there: no wheelhouse was named".to_owned(),
                    false => format!("not in {}", folders.join(", ")),
                };
                Failure::No {
                    message: format!("what building {wanted_by} needs is {place}"),
                    details: no.explanation,
                    hint: Some(
                        "on the other side, `wh download` brings what source distributions need along; what a backend asks for only when it is run is named there in [build-requires] of wh.toml"
                            .to_owned(),
                    ),
                }
            }
            (_, error) => error.into(),
        }
    }
}
