//! `wh freeze`: arguments -> environment -> installed distributions -> lines on standard output.

use wh_environment::freeze::RequirementsText;
use wh_environment::installed::InstalledFilter;
use wh_environment::{Environment, Freeze, FreezeRequest, freeze};

use super::requirements::{project_names, read_text};
use crate::arguments::{FreezeArgs, FreezeFormat};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// Prints what is installed.
pub fn run(args: &FreezeArgs, context: &Context) -> Result<Status, Failure> {
    let environment = environment(args, context)?;
    let mut requirements = Vec::new();
    for file in &args.requirement {
        let name = file.to_string_lossy().into_owned();
        let text = read_text(&name, context)?;
        requirements.push(RequirementsText { file: name, text });
    }
    let request = FreezeRequest {
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
    let frozen = freeze::freeze(&environment, &request, &*context.reporter())?;
    terminal::print(&written(&frozen, args.format)).map_err(Failure::file)?;
    Ok(Status::Done)
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

fn written(frozen: &Freeze, format: FreezeFormat) -> String {
    match format {
        FreezeFormat::Requirements => frozen
            .lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect(),
        FreezeFormat::Json => {
            // plain values with text keys always serialise
            serde_json::to_string_pretty(&frozen.distributions).unwrap_or_default() + "\n"
        }
    }
}
