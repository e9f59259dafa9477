//! What `--build` builds with: the interpreter, and a folder for what comes out of it.

use wh_build::Transient;
use wh_environment::Probe;
use wh_packaging::class::TargetClass;
use wh_packaging::{Root, Target};

use super::builds::more_to_build;
use crate::arguments::DownloadArgs;
use crate::commands::building::{Means, Stock, folder_for_wheels};
use crate::commands::requirements::Wanted;
use crate::context::Context;
use crate::failure::Failure;

/// An interpreter of this machine, and where its wheels lie until they are in the folder.
pub struct Workshop {
    probe: Probe,
    /// The interpreter as a target.
    pub target: Target,
    into: Transient,
}

impl Workshop {
    /// The interpreter that `--python` names, else that of the environment `wh freeze` would take;
    /// where all targets are of another Python, one of that version, if it is here.
    pub fn open(
        args: &DownloadArgs,
        classes: &[TargetClass],
        context: &Context,
    ) -> Result<Self, Failure> {
        let named = args.targets.python.as_deref();
        let own = interpreter(named, context);
        let wanted = only_python(classes).filter(|python| {
            let is_other = |(_, target): &(Probe, Target)| target.markers.python_version != *python;
            named.is_none() && own.as_ref().map_or(true, is_other)
        });
        let other = wanted.and_then(|python| interpreter(Some(&python), context).ok());
        let (probe, target) = match other {
            Some(other) => other,
            None => own?,
        };
        let into = folder_for_wheels(context)?;
        Ok(Self {
            probe,
            target,
            into,
        })
    }

    /// What builds are done with.
    pub fn means<'m>(
        &'m self,
        args: &'m DownloadArgs,
        (wanted, constraints): (&Wanted, &[Root]),
        stock: &'m dyn Stock,
        context: &Context,
    ) -> Means<'m> {
        Means {
            args: &args.building,
            stock,
            probe: &self.probe,
            target: &self.target,
            constraints: constraints.to_vec(),
            pre: args.choosing.pre || wanted.options.pre,
            sdists: true,
            into: self.into.path(),
            more: more_to_build(context),
            settings: wanted.settings.clone(),
        }
    }
}

/// An interpreter, and what it is as a target.
fn interpreter(named: Option<&str>, context: &Context) -> Result<(Probe, Target), Failure> {
    let probe = context.environment(named)?.probe()?;
    let target = probe.target();
    Ok((probe, target))
}

/// The Python of all targets, `3.12`, where it is one.
fn only_python(classes: &[TargetClass]) -> Option<String> {
    let mut members = classes.iter().flat_map(|class| &class.members);
    let first = members.next()?.markers.python_version.clone();
    members
        .all(|target| target.markers.python_version == first)
        .then_some(first)
}
