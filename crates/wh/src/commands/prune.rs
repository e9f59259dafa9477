//! `wh prune`: arguments -> what no lock names -> removed, and listed on standard output.

use wh_index::prune;
use wh_index::wheelhouse::Wheelhouse;
use wh_packaging::{Event, Warning};

use crate::arguments::PruneArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal::{self, bytes, plural};

/// Removes what no lock names, or lists it.
pub fn run(args: &PruneArgs, context: &Context) -> Result<Status, Failure> {
    let folder = context.absolute(&args.dir);
    let files = if args.dry_run {
        prune::unnamed(&folder)?
    } else {
        prune::prune(&folder, &*context.reporter())?
    };
    let house = Wheelhouse::open(std::slice::from_ref(&folder))?;
    let variants: Vec<String> = house.variants().into_iter().map(str::to_owned).collect();
    if !variants.is_empty() {
        let warning = Warning::VariantsLeftAside { files: variants };
        context.terminal.event(Event::Warning { warning });
    }
    let lines: String = files
        .iter()
        .map(|file| format!("{:>10}  {}\n", bytes(file.size), file.name))
        .collect();
    terminal::print(&lines).map_err(Failure::file)?;
    let verb = if args.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    let sum = files.iter().map(|file| file.size).sum();
    context.terminal.note(&match files.len() {
        0 => "nothing to remove: every file is named by a lock".to_owned(),
        count => format!("{}, {}: {verb}", plural(count, "file"), bytes(sum)),
    });
    Ok(Status::Done)
}
