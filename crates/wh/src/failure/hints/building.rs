//! Hints for builds that failed.

use wh_build::{BuildError, BuildFault, HookFault, Output};

use super::{Hints, of_apply, of_venv, of_write, one};
use crate::failure::Failure;

const ANOTHER: &str =
    "allow another version of it, or one with a wheel (`--only-binary NAME` takes nothing else)";

pub(super) fn of_building(error: &BuildError) -> Hints {
    match &*error.fault {
        BuildFault::Source(_) => one(format!("fetch it again; or {ANOTHER}")),
        BuildFault::Pyproject(_) | BuildFault::BackendPath { .. } => {
            one(format!("mend its pyproject.toml; or {ANOTHER}"))
        }
        BuildFault::Supply { source, .. } => match source.0.downcast_ref::<Failure>() {
            Some(failure) => failure.hints(),
            None => one(
                "`wh download` brings along what builds require; what a backend asks for only when it is run can be named in [build-requires] of wh.toml",
            ),
        },
        BuildFault::Environment(error) => of_venv(error),
        BuildFault::Install(error) => of_apply(error),
        BuildFault::Start { .. } => {
            one("run it by hand to see what is wrong, or name another with --python")
        }
        BuildFault::Hook(error) => of_hook(&error.fault, &error.output),
        BuildFault::Refused(_) | BuildFault::Differs { .. } => one(ANOTHER),
        BuildFault::Io { source, .. } => of_write(source),
    }
}

fn of_hook(fault: &HookFault, output: &Output) -> Hints {
    let log = format!("all that it printed is in {}", output.log.display());
    let what = match fault {
        HookFault::NoModule { module } => format!(
            "what has `{module}` is not among its build requirements: name it in [build-requires] of wh.toml, or build in an environment that has it, with --no-build-isolation"
        ),
        HookFault::NoBackend { .. } | HookFault::BackendElsewhere { .. } => {
            format!(
                "its [build-system] does not fit: mend its pyproject.toml; or {ANOTHER}; with --no-build-isolation, what it requires to be built has to be installed first"
            )
        }
        HookFault::NoHook => {
            "its backend makes no editable wheels: install it without --editable".to_owned()
        }
        HookFault::TimeLimit(_) => {
            "--build-timeout SECONDS allows it more time, if it was at work".to_owned()
        }
        HookFault::LeftProcesses(_) => {
            "a build that is done must not go on: have it stop what it starts".to_owned()
        }
        HookFault::Raised { .. } | HookFault::Died { .. } | HookFault::BadAnswer { .. } => {
            format!(
                "have the compilers and libraries that it speaks of (--build-env NAME hands over a variable that it looks for); or {ANOTHER}"
            )
        }
    };
    vec![log, what]
}
