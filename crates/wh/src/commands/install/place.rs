//! Where to install: an environment, or one of the places that pip's flags name.

use std::path::PathBuf;

use wh_environment::installed::{InstalledFilter, installed};
use wh_environment::{
    Destination, Environment, InstalledDistribution, Probe, SchemePaths, Transaction,
};
use wh_packaging::Target;

use crate::arguments::PlaceArgs;
use crate::context::Context;
use crate::failure::Failure;

/// A place to install to, and what is there.
pub struct Place {
    /// What its interpreter says of itself.
    pub probe: Probe,
    /// What it is as a target.
    pub target: Target,
    /// Where files go.
    pub scheme: SchemePaths,
    /// What is installed there.
    pub installed: Vec<InstalledDistribution>,
    /// How it is called in messages.
    pub name: String,
    /// Whether it is a folder of its own, that sees nothing of the environment.
    pub apart: bool,
    /// The right to change it, held since before it was read; `None`: it is only looked at.
    pub transaction: Option<Transaction>,
}

impl Place {
    /// The place that the options mean. Who is going to write there first waits for others that do,
    /// and puts right what a killed run left.
    pub fn find(args: &PlaceArgs, writes: bool, context: &Context) -> Result<Self, Failure> {
        let environment = context.environment(args.python.as_deref())?;
        let probe = environment.told()?;
        refuse_externally_managed(args, &probe)?;
        let target = probe.target();
        let scheme = scheme(args, &probe, context)?;
        let transaction = if writes {
            let destination = Destination::new(scheme.clone(), &probe);
            let reporter = context.reporter();
            Some(Transaction::begin(
                &destination,
                &context.command,
                &*reporter,
            )?)
        } else {
            None
        };
        let installed = installed_there(args, &environment, &scheme, context)?;
        let name = match &args.target {
            Some(folder) => folder.display().to_string(),
            None => probe.prefix.display().to_string(),
        };
        Ok(Self {
            probe,
            target,
            scheme,
            installed,
            name,
            apart: apart(args),
            transaction,
        })
    }
}

fn scheme(args: &PlaceArgs, probe: &Probe, context: &Context) -> Result<SchemePaths, Failure> {
    let scheme = if let Some(folder) = &args.target {
        probe.target_scheme(&context.absolute(folder))
    } else if let Some(prefix) = &args.prefix {
        probe.prefix_scheme(&context.absolute(prefix))
    } else if args.user {
        probe.user_scheme.clone().ok_or_else(|| Failure::No {
            message: format!("{} has no user site-packages", probe.prefix.display()),
            details: Vec::new(),
            hint: Some("a virtual environment hides them: install without --user".to_owned()),
        })?
    } else {
        probe.scheme.clone()
    };
    Ok(match &args.root {
        Some(root) => scheme.below(&context.absolute(root)),
        None => scheme,
    })
}

/// Whether a folder of its own was named.
fn apart(args: &PlaceArgs) -> bool {
    args.target.is_some() || args.prefix.is_some() || args.root.is_some()
}

/// What counts as there: in a folder of its own only what that folder holds.
fn installed_there(
    args: &PlaceArgs,
    environment: &Environment,
    scheme: &SchemePaths,
    context: &Context,
) -> Result<Vec<InstalledDistribution>, Failure> {
    let mut paths: Vec<PathBuf> = Vec::new();
    if apart(args) {
        paths = vec![scheme.purelib.clone(), scheme.platlib.clone()];
        paths.dedup();
        paths.retain(|path| path.is_dir());
        if paths.is_empty() {
            return Ok(Vec::new());
        }
    }
    let filter = InstalledFilter {
        paths,
        local: false,
        user: false,
    };
    Ok(installed(environment, &filter, &*context.reporter())?)
}

/// PEP 668: what belongs to the system's package manager is left alone unless the user insists.
fn refuse_externally_managed(args: &PlaceArgs, probe: &Probe) -> Result<(), Failure> {
    let Some(message) = &probe.externally_managed else {
        return Ok(());
    };
    if apart(args) || args.break_system_packages {
        return Ok(());
    }
    Err(Failure::No {
        message: format!("{} is managed by its system's package manager", probe.prefix.display()),
        details: message.lines().map(str::to_owned).collect(),
        hint: Some(
            "install into a virtual environment (`wh venv .venv`), or insist with --break-system-packages"
                .to_owned(),
        ),
    })
}
