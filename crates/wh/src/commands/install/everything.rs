//! A folder without a lock: every project that has a fitting file is an unpinned root, and all are
//! resolved together.

use wh_packaging::class::classes;
use wh_packaging::requirement::Root;
use wh_packaging::{Event, ProjectName, Warning};
use wh_resolver::{Formats, Options, Provider, candidates};

use super::Run;
use super::from_requirements::{self, Resolving};
use super::unbuilt::Choice;
use crate::commands::building::Building;
use crate::failure::Failure;

/// What the folder holds for this environment.
pub fn picks(run: &Run<'_>, building: Option<&Building<'_>>) -> Result<Vec<Choice>, Failure> {
    let sdists = match run.build {
        true => run.house.lone_sdists(),
        false => Vec::new(),
    };
    let is_built = |file: &&str| sdists.iter().any(|sdist| sdist.name == **file);
    let left_aside = run.house.left_aside();
    for file in left_aside.into_iter().filter(|file| !is_built(file)) {
        let reason = match file.ends_with(".whl") {
            true => "it is not a wheel that is known here by its name",
            false => "only wheels are installed",
        };
        warn_left_out(run, file, reason.to_owned());
    }
    let mut roots = Vec::new();
    let mut projects = run.house.projects();
    projects.extend(sdists.iter().map(|sdist| sdist.filename.project().clone()));
    for project in &projects {
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
    let all = Resolving {
        provider: &run.house,
        roots: &roots,
        building,
    };
    from_requirements::resolved(run, &all, &|_, _| None)
}

fn fitting(run: &Run<'_>, project: &ProjectName) -> Result<bool, Failure> {
    let files = run
        .house
        .files(project)
        .map_err(wh_resolver::ResolveError::from)?;
    let class = classes(vec![run.place.target.clone()]);
    // what would have to be built is no reason to refuse the rest
    let wheels = Options {
        formats: match run.build {
            true => Formats::default(),
            false => Formats::only_binary(),
        },
        ..Options::default()
    };
    Ok(class
        .first()
        .is_some_and(|class| !candidates(project, &files, class, &wheels).is_empty()))
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
    let target = &run.place.target.name;
    let reason = format!("the folder has no wheel of it for {target}");
    warn_left_out(run, project.as_ref(), reason);
}

fn warn_left_out(run: &Run<'_>, what: &str, reason: String) {
    let project = what.to_owned();
    let warning = Warning::LeftOut { project, reason };
    run.context.terminal.event(Event::Warning { warning });
}
