//! `wh verify --env`: an installed environment against its RECORDs.

use std::path::Path;

use wh_environment::installed::is_whole;
use wh_environment::verify::{FaultKind, verify};

use crate::arguments::VerifyArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal::{self, plural};

/// A line for each file that is missing, changed or foreign.
pub fn run(args: &VerifyArgs, context: &Context) -> Result<Status, Failure> {
    let environment = context.environment(args.targets.python.as_deref())?;
    is_whole(&environment, &*context.reporter())?;
    let check = verify(&environment).map_err(Failure::file)?;
    let name = environment.prefix.display();
    let mut lines = String::new();
    for fault in &check.faults {
        let of = match (&fault.owner, &fault.kind) {
            (Some(owner), _) => format!(" (of {owner})"),
            (None, FaultKind::Foreign) if is_read_at_start(&fault.path) => {
                " (Python reads it whenever it starts)".to_owned()
            }
            (None, _) => String::new(),
        };
        lines += &format!("{}: {}{of}\n", fault.kind, fault.path.display());
    }
    terminal::print(&lines).map_err(Failure::file)?;
    if check.unlisted > 0 {
        context.terminal.note(&format!(
            "{} in {name} without a list of files: not compared",
            plural(check.unlisted, "distribution")
        ));
    }
    if check.packaged > 0 {
        context.terminal.note(&format!(
            "{} of Debian's packages: only looked for; debsums compares them",
            plural(check.packaged, "file")
        ));
    }
    if check.faults.is_empty() {
        let verb = context.terminal.style.verb("Verified");
        context.terminal.note(&format!(
            "{verb} {} of {} in {name}",
            plural(check.files, "file"),
            plural(check.distributions, "distribution")
        ));
        return Ok(Status::Done);
    }
    let unread = |kind: &FaultKind| matches!(kind, FaultKind::Unreadable(_));
    Err(Failure::Faults {
        message: format!("{name}: {} not as recorded", plural(check.faults.len(), "file")),
        hint: "install those distributions again (`wh install --force-reinstall`), and look at what is foreign".to_owned(),
        status: match check.faults.iter().any(|fault| unread(&fault.kind)) {
            true => Status::Unknown,
            false => Status::No,
        },
    })
}

/// Whether a file has code run, or folders searched, in every run of Python: `.pth`, `.start` (PEP 829)
/// and the two modules that `site` imports.
fn is_read_at_start(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let start = |end: &str| name.ends_with(end);
    [".pth", ".start"].into_iter().any(start)
        || ["sitecustomize.py", "usercustomize.py"].contains(&&*name)
}
