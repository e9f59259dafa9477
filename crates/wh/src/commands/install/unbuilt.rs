//! Source distributions among what was chosen: they are named, and nothing is changed.

use wh_packaging::{ProjectName, Version};

use super::Run;
use super::chains::asked_for;
use crate::failure::Failure;

/// A source distribution that was chosen.
#[derive(Debug, Clone)]
pub struct Unbuilt {
    pub project: ProjectName,
    pub version: Version,
    /// The file's name.
    pub file: String,
    /// Who asks for it.
    pub requested_by: Vec<String>,
}

/// Stops where there are any: what to do is building them with pip, from the same folder.
pub fn refuse(run: &Run<'_>, unbuilt: &[Unbuilt]) -> Result<(), Failure> {
    if unbuilt.is_empty() {
        return Ok(());
    }
    let details = unbuilt
        .iter()
        .map(|one| format!("{}{}", one.file, asked_for(&one.requested_by)))
        .collect();
    let pins: Vec<String> = unbuilt
        .iter()
        .map(|one| format!("{}=={}", one.project, one.version))
        .collect();
    let folders: Vec<String> = run
        .house
        .folders()
        .iter()
        .map(|folder| format!("--find-links {}", folder.display()))
        .collect();
    let came_along = match run.lock.as_ref().and_then(|from| from.lock.tool.as_ref()) {
        Some(tool) if !tool.builds.is_empty() => "what that needs came along",
        _ => "if the folder has what that needs",
    };
    Err(Failure::No {
        message:
            "these are source distributions: they have to be built first, and nothing was changed"
                .to_owned(),
        details,
        hint: Some(format!(
            "let pip build them here, which runs their code ({came_along}): `pip install --no-index {} {}`; then run the same `wh` command again",
            folders.join(" "),
            pins.join(" ")
        )),
    })
}
