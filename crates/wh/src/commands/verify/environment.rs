//! `wh verify --env`: an installed environment against its RECORDs.

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
        let owner = fault.owner.as_deref().unwrap_or_default();
        let of = owner.strip_suffix(".dist-info").unwrap_or(owner);
        let of = if of.is_empty() {
            String::new()
        } else {
            format!(" (of {of})")
        };
        lines += &format!("{}: {}{of}\n", fault.kind, fault.path.display());
    }
    terminal::print(&lines).map_err(Failure::file)?;
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
