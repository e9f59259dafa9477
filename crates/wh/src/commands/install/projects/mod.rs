//! Local projects: folders and source distributions of this machine that a user named by their paths.
//!
//! Whoever types a path asks for the project to be built, which runs its code; a line of a
//! requirements file does not, and needs `--build`. They are built first: only the wheel tells for
//! sure what project it is, and what that requires. pip and uv install what a path leads to anew each
//! time, and so do we.

mod asked;
mod provided;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;
use wh_build::BuiltWheel;
use wh_packaging::requirement::{Root, SourceUrl};
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{DirectUrl, DistributionFile, Filename, Metadata, Origin, ProjectName};
use wh_resolver::Chosen;

use super::{BuiltFrom, Pick, PickedWheel, Run};
use crate::commands::building::Building;
use crate::commands::requirements::Wanted;
use crate::failure::Failure;
use crate::terminal::plural;

pub use asked::refuse;
pub use provided::WithProjects;

use asked::{Asked, asked};
use source::Local;

/// Local projects that were built, or, in a dry run, asked for their metadata.
#[derive(Default)]
pub struct Projects(BTreeMap<ProjectName, Project>);

struct Project {
    /// As it was asked for.
    url: Url,
    /// The wheel as a candidate; in a dry run what it would be built from.
    file: Arc<DistributionFile>,
    metadata: Arc<Metadata>,
    direct_url: DirectUrl,
    /// `None` in a dry run.
    wheel: Option<PickedWheel>,
    from: BuiltFrom,
}

/// Whether anything is asked for by path.
pub fn any(wanted: &Wanted) -> bool {
    asked(wanted).next().is_some()
}

impl Projects {
    /// Builds what is asked for by path; in a dry run only their backends tell what they are.
    pub fn build(run: &Run<'_>, building: Option<&Building<'_>>) -> Result<Self, Failure> {
        let mut projects = Self::default();
        let all: Vec<Asked> = asked(&run.wanted)
            .filter(|one| one.is_for(&run.place.target))
            .collect();
        let Some(building) = building.filter(|_| !all.is_empty()) else {
            return Ok(projects);
        };
        let terminal = &run.context.terminal;
        let verb = terminal.style.verb("Building");
        let what = plural(all.len(), "local project");
        terminal.note(&format!("{verb} {what}, which runs their code"));
        for one in all {
            let local = Local::find(&one)?;
            let project = match run.change.dry_run {
                true => planned(&one, local, building)?,
                false => built(&one, local, building)?,
            };
            let name = project.file.filename.project().clone();
            if let Some(other) = projects.0.insert(name.clone(), project) {
                return Err(Failure::malformed(format!(
                    "{name} is asked for twice: as {} and as {}",
                    other.url, one.url
                )));
            }
        }
        Ok(projects)
    }

    /// What is asked for, all of it by name.
    pub fn roots(&self, wanted: &Wanted) -> Vec<Root> {
        let mut roots = wanted.roots.clone();
        for one in &wanted.unnamed {
            let mut projects = self.0.iter();
            // what its marker leaves out was not built
            if let Some((name, _)) = projects.find(|(_, project)| project.url == one.input.url) {
                roots.push(Root {
                    requirement: one.input.named(name.clone()),
                    origin: one.origin.clone(),
                    hashes: Vec::new(),
                });
            }
        }
        roots
    }

    /// What was built, where it was chosen.
    pub fn pick(&self, name: &ProjectName, chosen: &Chosen) -> Option<Pick> {
        let project = self.0.get(name)?;
        (project.file == chosen.files[0]).then(|| Pick {
            project: name.clone(),
            version: chosen.version.clone(),
            to_build: project.wheel.is_none().then(|| project.from.clone()),
            wheel: project.wheel.clone().map(|wheel| PickedWheel {
                direct_url: Some(project.direct_url.clone()),
                ..wheel
            }),
            requested: true,
            requested_by: chosen.requested_by.clone(),
        })
    }

    /// The file of a project, where this URL asks for it.
    fn file(&self, name: &ProjectName, url: &Url) -> Option<Arc<DistributionFile>> {
        let project = self.0.get(name)?;
        SourceUrl::same(&project.url, url).then(|| Arc::clone(&project.file))
    }

    /// What the wheel of a project says.
    fn metadata(&self, file: &DistributionFile) -> Option<Arc<Metadata>> {
        let project = self.0.get(file.filename.project())?;
        (*project.file == *file).then(|| Arc::clone(&project.metadata))
    }
}

fn built(one: &Asked, local: Local, building: &Building<'_>) -> Result<Project, Failure> {
    let built = building.source(&local.source, one.editable)?;
    let from = local.built_from(one);
    let BuiltWheel {
        filename, metadata, ..
    } = &built.wheel;
    let mut file = candidate(
        Filename::Wheel(filename.clone()),
        filename.as_str(),
        &one.url,
    );
    file.path = Some(built.wheel.path.clone());
    Ok(Project {
        url: one.url.clone(),
        file: Arc::new(file),
        metadata: Arc::new(metadata.clone()),
        direct_url: local.direct_url,
        wheel: Some(PickedWheel::of_built(&built, from.clone())),
        from,
    })
}

/// A dry run asks for the metadata alone; what the wheel will be called it does not tell.
fn planned(one: &Asked, local: Local, building: &Building<'_>) -> Result<Project, Failure> {
    let metadata = building.metadata_of(&local.source)?;
    let filename = SdistFilename {
        project: metadata.name.clone(),
        version: metadata.version.clone(),
    };
    let name = filename.to_string();
    Ok(Project {
        url: one.url.clone(),
        file: Arc::new(candidate(Filename::Sdist(filename), &name, &one.url)),
        metadata: Arc::new(metadata),
        from: local.built_from(one),
        direct_url: local.direct_url,
        wheel: None,
    })
}

fn candidate(filename: Filename, name: &str, url: &Url) -> DistributionFile {
    let mut place = url.clone();
    place.set_fragment(None);
    DistributionFile::new(filename, name, place, Origin::Direct)
}
