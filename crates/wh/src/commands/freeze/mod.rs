//! `wh freeze`: arguments -> environment -> installed distributions -> lines on standard output.

mod locked;
mod matching;
mod top_level;

use wh_environment::freeze::RequirementsText;
use wh_environment::installed::InstalledFilter;
use wh_environment::{Environment, Freeze, FreezeRequest, freeze};
use wh_index::wheelhouse::Wheelhouse;

use super::requirements::{project_names, read_text};
use crate::arguments::{FreezeArgs, FreezeFormat};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// Prints what is installed.
pub fn run(args: &FreezeArgs, context: &Context) -> Result<Status, Failure> {
    consistent(args)?;
    let environment = environment(args, context)?;
    let mut requirements = Vec::new();
    for file in &args.requirement {
        let name = file.to_string_lossy().into_owned();
        let text = read_text(&name, context)?;
        requirements.push(RequirementsText { file: name, text });
    }
    let mut request = FreezeRequest {
        filter: InstalledFilter {
            paths: args
                .path
                .iter()
                .map(|path| context.absolute(path))
                .collect(),
            local: args.local,
            user: args.user,
        },
        all: args.all,
        exclude: project_names(&args.exclude)?,
        exclude_editable: args.exclude_editable,
        requirements,
        path: context.path(),
    };
    if args.top_level {
        let required = top_level::required(&environment, &request.filter, context)?;
        request.exclude.extend(required);
    }
    let frozen = freeze::freeze(&environment, &request, &*context.reporter())?;
    let text = written(&frozen, args, &environment, context)?;
    terminal::print(&text).map_err(Failure::file)?;
    Ok(Status::Done)
}

/// Refuses options that say nothing together.
fn consistent(args: &FreezeArgs) -> Result<(), Failure> {
    let pylock = args.format == FreezeFormat::Pylock;
    let wrong = if pylock && args.find_links.len() != 1 {
        "--format pylock needs one --find-links: the folder that the lock will lie in"
    } else if pylock && !(args.requirement.is_empty() && args.path.is_empty()) {
        "--format pylock locks an environment: -r and --path do not go with it"
    } else if pylock && args.top_level {
        "--format pylock locks all that is installed: --top-level does not go with it"
    } else if args.hashes && args.format == FreezeFormat::Json {
        "--hashes does not go with --format json"
    } else {
        return Ok(());
    };
    Err(Failure::malformed(wrong))
}

/// The environment; with `--path` none is needed, and the newest Python's rules hold.
fn environment(args: &FreezeArgs, context: &Context) -> Result<Environment, Failure> {
    if args.path.is_empty() {
        return context.environment(args.python.as_deref());
    }
    let folders = args
        .path
        .iter()
        .map(|path| context.absolute(path))
        .collect();
    Ok(Environment::of_folders(folders, (3, u32::MAX)))
}

fn written(
    frozen: &Freeze,
    args: &FreezeArgs,
    environment: &Environment,
    context: &Context,
) -> Result<String, Failure> {
    match args.format {
        // plain values with text keys always serialise
        FreezeFormat::Json => {
            return Ok(
                serde_json::to_string_pretty(&frozen.distributions).unwrap_or_default() + "\n",
            );
        }
        FreezeFormat::Requirements if !args.hashes => {
            let lines = frozen.lines.iter();
            return Ok(lines.flat_map(|line| [line.as_str(), "\n"]).collect());
        }
        FreezeFormat::Requirements | FreezeFormat::Pylock => {}
    }
    let folders = matching::folders(&args.find_links, context)?;
    let house = Wheelhouse::open(&folders)?;
    let matches = matching::matches(frozen, &house)?;
    match (args.format, folders.as_slice()) {
        (FreezeFormat::Pylock, [folder, ..]) => {
            let folder = context.absolute(folder);
            locked::text(environment, frozen, (&house, &matches), &folder, context)
        }
        _ => Ok(matching::lines_with_hashes(frozen, &matches)),
    }
}
