//! Warnings as sentences.

use wh_packaging::Warning;
use wh_packaging::report::Recovery;

/// What a user reads behind `warning:`.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::UnreadableDistribution { path, reason } => {
            format!("{path} cannot be read and is left out: {reason}")
        }
        Warning::CredentialsRemoved { project } => {
            format!(
                "credentials were removed from the URL of {project}; give them to the index client over there"
            )
        }
        Warning::DeadLocalPath { project, path } => {
            format!(
                "{project} was installed from {path}, which is gone; its version was pinned in place of the path"
            )
        }
        Warning::InstalledByConda { project } => {
            format!(
                "{project} was installed by conda; an index may not have it, or not this build of it"
            )
        }
        Warning::LocalVersion { project, version } => {
            format!(
                "{project}=={version} is a local version, which PyPI does not have; name the index that does with --index-url or --extra-index-url"
            )
        }
        Warning::UndeclaredPkgResources { project } => {
            format!(
                "{project} imports pkg_resources and nothing here requires setuptools; add `setuptools<81` if it fails over there"
            )
        }
        Warning::VcsUnknown {
            project,
            path,
            reason,
        } => {
            format!("the commit of {project} in {path} cannot be told: {reason}")
        }
        Warning::NotInstalled { requirement, file } => {
            format!("{file} lists {requirement}, which is not installed")
        }
        Warning::ListedTwice { project, files } => {
            format!("{project} is listed more than once: {}", files.join(", "))
        }
        Warning::NoHash { file, sha256 } => {
            format!(
                "nobody gives a hash for {file}; the computed one was recorded: sha256:{sha256}"
            )
        }
        Warning::Yanked {
            project,
            version,
            reason,
        } if reason.is_empty() => {
            format!("{project} {version} is yanked")
        }
        Warning::Yanked {
            project,
            version,
            reason,
        } => {
            format!("{project} {version} is yanked: {reason}")
        }
        Warning::ProjectStatus {
            project,
            status,
            reason,
        } => match reason {
            Some(reason) => format!("{project} is {status}: {reason}"),
            None => format!("{project} is {status}"),
        },
        Warning::UndecidedMarker {
            requirement,
            target,
        } => {
            format!(
                "whether {target} needs `{requirement}` depends on what its name does not say; it comes along (`wh target` run there gives a file that says it)"
            )
        }
        Warning::PassedOver {
            project,
            version,
            chosen,
            reason,
        } => {
            format!("{project} {version} was passed over for {chosen}: {reason}")
        }
        Warning::UnknownExtra {
            project,
            version,
            extra,
        } => {
            format!("{project} {version} has no extra `{extra}`")
        }
        Warning::BrokenRequirement {
            project,
            requirement,
            found: Some(found),
        } => {
            format!("{project} requires {requirement}, and {found} is there")
        }
        Warning::BrokenRequirement {
            project,
            requirement,
            found: None,
        } => {
            format!("{project} requires {requirement}, which is not there")
        }
        Warning::IgnoredOption { file, line, option } => {
            format!("{file}:{line}: `{option}` does not count here")
        }
        Warning::KilledInstall { path, outcome } => {
            let what = match outcome {
                Recovery::RolledBack => "what it had moved was moved back",
                Recovery::Committed => "it was done, and what it had put aside was removed",
                Recovery::Staged => {
                    "it had changed nothing yet, and what it had unpacked was removed"
                }
            };
            format!("an earlier run was killed while it changed {path}: {what}")
        }
        Warning::LeftOut { project, reason } => format!("{project} is left out: {reason}"),
        Warning::NotCompiled { files } => {
            format!("no bytecode was made of {}", some_of(files))
        }
        Warning::VariantsLeftAside { files } => format!(
            "wheel variants (PEP 825) are left aside: {}",
            some_of(files)
        ),
        Warning::UnlockedFiles { files } => {
            format!("no lock in the folder names {}", some_of(files))
        }
        Warning::Other { message } => message.clone(),
        other => format!("{other:?}"),
    }
}

/// How many files are named; the rest is counted.
const NAMED: usize = 5;

fn some_of(files: &[String]) -> String {
    let named = files[..files.len().min(NAMED)].join(", ");
    let more = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{named}{more}")
}
