//! Source distributions among what was chosen: built where that was asked for; else they are named,
//! and nothing is changed.

use std::sync::Arc;

use wh_packaging::{DirectUrl, DistributionFile, Hashes, ProjectName, Version};

use super::chains::asked_for;
use super::{BuiltFrom, Pick, PickedWheel, Run};
use crate::commands::building::{Building, Built};
use crate::failure::Failure;
use crate::terminal::plural;

/// What was chosen of a project.
#[allow(clippy::large_enum_variant)] // almost all are wheels
pub enum Choice {
    Wheel(Pick),
    Source(Unbuilt),
}

/// A source distribution that was chosen.
#[derive(Debug, Clone)]
pub struct Unbuilt {
    pub project: ProjectName,
    pub version: Version,
    /// The file's name.
    pub file: String,
    /// The file; `None` where its name is no source distribution's.
    pub sdist: Option<Arc<DistributionFile>>,
    pub direct_url: Option<DirectUrl>,
    pub requested: bool,
    /// Who asks for it.
    pub requested_by: Vec<String>,
}

impl Unbuilt {
    /// Who asks for it, and itself.
    fn chain(&self) -> Vec<String> {
        let mut chain = self.requested_by.clone();
        if !self.requested {
            chain.push(format!("{}=={}", self.project, self.version));
        }
        chain
    }

    fn pick(&self, wheel: Option<PickedWheel>) -> Pick {
        Pick {
            project: self.project.clone(),
            version: self.version.clone(),
            to_build: wheel.is_none().then(|| self.built_from()),
            wheel,
            requested: self.requested,
            requested_by: self.requested_by.clone(),
        }
    }

    fn built_from(&self) -> BuiltFrom {
        let sdist = self.sdist.as_ref();
        BuiltFrom {
            name: self.file.clone(),
            size: sdist.and_then(|sdist| sdist.size),
            hashes: sdist.map_or_else(Hashes::none, |sdist| sdist.hashes.clone()),
        }
    }
}

/// Builds what has to be built, where that was asked for.
pub fn settle(
    run: &Run<'_>,
    choices: Vec<Choice>,
    building: Option<&Building<'_>>,
) -> Result<Vec<Pick>, Failure> {
    let unbuilt: Vec<&Unbuilt> = choices.iter().filter_map(Choice::source).collect();
    if unbuilt.is_empty() {
        return Ok(choices.into_iter().filter_map(Choice::wheel).collect());
    }
    let Some(building) = building.filter(|_| run.build) else {
        return Err(refusal(run, &unbuilt));
    };
    let mut sdists = Vec::new();
    for one in &unbuilt {
        sdists.push((sdist(one)?, one.chain()));
    }
    let picks: Vec<Pick> = match run.change.dry_run {
        true => unbuilt.iter().map(|one| one.pick(None)).collect(),
        false => {
            say(run, sdists.len());
            let built = building.sdists(&sdists)?;
            let both = unbuilt.iter().zip(&built);
            both.map(|(one, built)| one.pick(Some(wheel_of(built, one))))
                .collect()
        }
    };
    let mut picks = picks.into_iter();
    let all = choices.into_iter().filter_map(|choice| match choice {
        Choice::Wheel(pick) => Some(pick),
        Choice::Source(_) => picks.next(),
    });
    Ok(all.collect())
}

impl Choice {
    fn source(&self) -> Option<&Unbuilt> {
        match self {
            Choice::Wheel(_) => None,
            Choice::Source(unbuilt) => Some(unbuilt),
        }
    }

    fn wheel(self) -> Option<Pick> {
        match self {
            Choice::Wheel(pick) => Some(pick),
            Choice::Source(_) => None,
        }
    }
}

fn sdist(one: &Unbuilt) -> Result<Arc<DistributionFile>, Failure> {
    one.sdist.clone().ok_or_else(|| Failure::No {
        message: format!("{} is not the name of a source distribution", one.file),
        details: Vec::new(),
        hint: None,
    })
}

/// Says that other people's code is about to run.
fn say(run: &Run<'_>, sdists: usize) {
    let terminal = &run.context.terminal;
    let verb = terminal.style.verb("Building");
    let what = plural(sdists, "source distribution");
    terminal.note(&format!("{verb} {what}, which runs their code"));
}

fn wheel_of(built: &Built, one: &Unbuilt) -> PickedWheel {
    PickedWheel {
        direct_url: one.direct_url.clone(),
        ..PickedWheel::of_built(built, one.built_from())
    }
}

/// What to do about source distributions that nobody asked to build.
fn refusal(run: &Run<'_>, unbuilt: &[&Unbuilt]) -> Failure {
    let line = |one: &&Unbuilt| format!("{}{}", one.file, asked_for(&one.requested_by));
    let came_along = match run.lock.as_ref().and_then(|from| from.lock.tool.as_ref()) {
        Some(tool) if !tool.builds.is_empty() => "what that needs came along",
        _ => "if the folder has what that needs",
    };
    Failure::No {
        message:
            "these are source distributions: they have to be built first, and nothing was changed"
                .to_owned(),
        details: unbuilt.iter().map(line).collect(),
        hint: Some(format!(
            "`--build` builds them here, which runs their code ({came_along})"
        )),
    }
}
