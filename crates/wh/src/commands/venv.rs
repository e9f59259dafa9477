//! `wh venv`.

use wh_environment::{VenvRequest, venv};

use crate::arguments::VenvArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};

/// Makes the environment.
pub fn run(args: &VenvArgs, context: &Context) -> Result<Status, Failure> {
    // the environment in use is not the base of a new one, but its interpreter leads to it
    let probe = context.environment(args.python.as_deref())?.probe()?;
    let folder = context.absolute(&args.dir);
    let request = VenvRequest {
        folder,
        probe: &probe,
        prompt: args.prompt.clone(),
        system_site_packages: args.system_site_packages,
        clear: args.clear,
    };
    venv::create(&request)?;
    let (major, minor, patch) = probe.version;
    context.terminal.note(&format!(
        "{} {} with Python {major}.{minor}.{patch}",
        context.terminal.style.verb("Made"),
        args.dir.display()
    ));
    Ok(Status::Done)
}
