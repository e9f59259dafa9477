//! A folder without a lock: every project that has a fitting file is an unpinned root, and all are
//! resolved together.

use wh_packaging::class::classes;
use wh_packaging::requirement::Root;
use wh_packaging::{Event, ProjectName, Warning};
use wh_resolver::{Provider, candidates};

use super::{Pick, Run, from_requirements};
use crate::failure::Failure;

/// What the folder holds for this environment.
pub fn picks(run: &Run<'_>) -> Result<Vec<Pick>, Failure> {
    let mut roots = Vec::new();
    for project in run.house.projects() {
        match fitting(run, project)? {
            true => roots.push(root(project)),
            false => left_out(run, project),
        }
    }
    if roots.is_empty() {
        let folders: Vec<String> = run
            .house
            .folders()
            .iter()
            .map(|folder| folder.display().to_string())
            .collect();
        return Err(Failure::No {
            message: format!(
                "no wheel for {} in {}",
                run.place.target.name,
                folders.join(", ")
            ),
            details: Vec::new(),
            hint: Some("name the folder that `wh download` filled for this target".to_owned()),
        });
    }
    from_requirements::resolved(run, &run.house, &roots)
}

fn fitting(run: &Run<'_>, project: &ProjectName) -> Result<bool, Failure> {
    let files = run
        .house
        .files(project)
        .map_err(wh_resolver::ResolveError::from)?;
    let class = classes(vec![run.place.target.clone()]);
    Ok(class
        .first()
        .is_some_and(|class| !candidates(&files, class, false).is_empty()))
}

fn root(project: &ProjectName) -> Root {
    Root {
        requirement: wh_packaging::Requirement {
            name: project.clone(),
            extras: Vec::new(),
            version_or_url: None,
            marker: wh_packaging::MarkerTree::TRUE,
            origin: None,
        },
        origin: "the folder".to_owned(),
        hashes: Vec::new(),
    }
}

fn left_out(run: &Run<'_>, project: &ProjectName) {
    let warning = Warning::LeftOut {
        project: project.to_string(),
        reason: format!(
            "the folder has no wheel of it for {}",
            run.place.target.name
        ),
    };
    run.context.terminal.event(Event::Warning { warning });
}
