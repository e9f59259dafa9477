//! `wh sync`: as `wh install`, and what was not chosen goes in the same change.
//!
//! Only a lock or requirements say what an environment is to be exactly; what happens to lie in a
//! folder does not.

use std::path::PathBuf;

use super::install::{Asked, Run};
use crate::arguments::{RequirementArgs, SyncArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};

/// Makes an environment exactly what was asked for.
pub fn run(args: &SyncArgs, context: &Context) -> Result<Status, Failure> {
    let (find_links, requirement) = sources(args, context);
    let asked = Asked {
        wanted: RequirementArgs {
            requirements: Vec::new(),
            requirement,
            constraint: args.constraint.clone(),
            ..RequirementArgs::default()
        },
        find_links: &find_links,
        place: &args.place,
        change: &args.change,
        build: args.build,
        building: &args.building,
    };
    let files_given = !asked.wanted.requirement.is_empty();
    let run = Run {
        exact: true,
        ..Run::new(asked, context)?
    };
    if run.lock.is_none() && !files_given {
        return Err(Failure::malformed_because(
            "nothing says what is to be there: no lock in the folders, and no requirements",
            "name a lock (`wh sync wheels/pylock.toml`) or requirements (`-r requirements.txt`); `wh install` takes what a folder holds",
        ));
    }
    let picks = run.picks()?;
    if picks.is_empty() && !args.allow_empty_requirements {
        return Err(Failure::No {
            message: format!(
                "nothing is to be in {}, and all there is would go",
                run.place.name
            ),
            details: Vec::new(),
            hint: Some("if that is meant, say --allow-empty-requirements".to_owned()),
        });
    }
    run.apply(&picks)
}

/// Folders to take wheels from, and files that say what is wanted.
fn sources(args: &SyncArgs, context: &Context) -> (Vec<PathBuf>, Vec<String>) {
    let mut folders = args.find_links.clone();
    let mut files = args.requirement.clone();
    for source in &args.sources {
        match context.absolute(source.as_ref()).is_dir() {
            true => folders.push(source.into()),
            false => files.push(source.clone()),
        }
    }
    (folders, files)
}
