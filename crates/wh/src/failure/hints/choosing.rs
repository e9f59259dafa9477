//! Hints where no choice was found, or none can be made.

use wh_index::find_links::FindLinksError;
use wh_index::source::SourceError;
use wh_index::{ClientError, IndexError};
use wh_packaging::lock::SelectError;
use wh_packaging::requirement::display_marker;
use wh_packaging::target::TargetError;
use wh_packaging::{ProjectName, Version, VersionSpecifiers};
use wh_resolver::builds::BuildError;
use wh_resolver::{NeedsBuild, NoSolution, OtherPython, ProviderError, ResolveError, UrlFault};

use super::sources::{NOT_STATIC, of_client, of_find_links, of_index, of_source};
use super::{Hints, one, other_targets};

pub(super) fn of_target(error: &TargetError) -> Hints {
    let forms = "targets are named like cp312-manylinux_2_28_x86_64, cp313-win_amd64 or cp312-linux; `wh target` run on a machine describes it";
    match error {
        TargetError::UnknownPython {
            nearest: Some(nearest),
            ..
        }
        | TargetError::UnknownPlatform {
            nearest: Some(nearest),
            ..
        } => one(format!("did you mean `{nearest}`?")),
        TargetError::NotAName { .. }
        | TargetError::UnknownPython { nearest: None, .. }
        | TargetError::UnknownPlatform { nearest: None, .. }
        | TargetError::UnknownTag { .. } => one(forms),
        TargetError::Missing { .. } => {
            one("give --python-version and --platform, or --target NAME")
        }
        TargetError::File { .. } => one("`wh target > FILE` on that machine writes one"),
    }
}

pub(super) fn of_resolve(error: &ResolveError) -> Hints {
    match error {
        ResolveError::NoSolution(no) => of_no_solution(no),
        ResolveError::ConflictingUrls { .. } => one("ask for one of them only"),
        ResolveError::UnusableUrl { reason, .. } => of_url(reason),
        ResolveError::Provider(error) => of_provider(error),
    }
}

fn of_url(fault: &UrlFault) -> Hints {
    match fault {
        UrlFault::VersionControl | UrlFault::Folder | UrlFault::Source => one(
            "what was built of it stands in the lock under the revision or the commit that was asked for: ask for just that, or by `name==version`",
        ),
        UrlFault::NeedsBuild(_) => one(NOT_STATIC),
        UrlFault::OtherProject(name) => one(format!("write `{name} @ URL`")),
        UrlFault::NotAWheel(_) | UrlFault::Unusable(_) => Vec::new(),
    }
}

fn of_provider(error: &ProviderError) -> Hints {
    match error {
        ProviderError::Unusable { .. } | ProviderError::NeedsBuild { .. } => Vec::new(),
        ProviderError::Failed(error) => {
            if let Some(error) = error.downcast_ref::<IndexError>() {
                return of_index(error);
            }
            if let Some(error) = error.downcast_ref::<FindLinksError>() {
                return of_find_links(error);
            }
            if let Some(error) = error.downcast_ref::<SourceError>() {
                return of_source(error);
            }
            error
                .downcast_ref::<ClientError>()
                .map(of_client)
                .unwrap_or_default()
        }
    }
}

pub(super) fn of_build(error: &BuildError) -> Hints {
    match error {
        BuildError::Unknown { source, .. } => of_provider(source),
        BuildError::NoTree {
            project, source, ..
        } => {
            let mut hints = of_resolve(source);
            hints.push(format!(
                "{project} is needed as a source distribution, and this as what builds it: `--only-binary {project}` takes a version with a wheel, where there is one"
            ));
            hints
        }
        BuildError::Circle { .. } => one(
            "take a wheel of one of them: name it in --only-binary, or leave it out of --no-binary",
        ),
    }
}

/// A source distribution whose requirements nobody knows before it is built.
fn of_needs_build(build: &NeedsBuild) -> String {
    let (project, version) = (&build.project, &build.version);
    let other = match &build.with_wheel {
        Some(wheel) => format!(
            "allow {project} {wheel}, the newest with wheels for this target (`--only-binary {project}` takes nothing else)"
        ),
        None => "allow another version".to_owned(),
    };
    format!(
        "{other}; or add --build, which runs its code here; or build it once into a wheel where its code may run (`wh wheel --no-deps -w vendor {project}=={version}`), and add --find-links vendor; where all that it requires is asked for besides, as in a freeze, --no-deps takes it as it is"
    )
}

fn of_no_solution(no: &NoSolution) -> Hints {
    let mut hints = Vec::new();
    for unknown in &no.unknown {
        hints.push(format!(
            "nothing that was asked has `{}`: check the spelling and the addresses, or name the place that has it (--extra-index-url, --find-links)",
            unknown.project
        ));
    }
    hints.extend(no.no_wheel.iter().map(other_targets::hint));
    let has_wheels =
        |project: &ProjectName| no.no_wheel.iter().any(|none| none.project == *project);
    for project in no.only_sdists.iter().filter(|project| !has_wheels(project)) {
        hints.push(format!(
            "{project} has source distributions only, and these do not count (--only-binary, or archives that are neither .tar.gz nor .zip): build it once into a wheel (`wh wheel --no-deps -w vendor {project}`) and add --find-links vendor"
        ));
    }
    hints.extend(no.needs_build.iter().map(of_needs_build));
    for project in &no.only_pre_releases {
        hints.push(format!("only pre-releases of {project} would do: --pre allows them, or name one (`{project}>=1.0a1`)"));
    }
    for project in &no.no_local {
        hints.push(format!(
            "local versions of {project} (with a `+`) are mostly on an index of their own: name it with --extra-index-url, or its page with --find-links"
        ));
    }
    for project in &no.too_new {
        hints.push(format!(
            "later files of {project} would count with another --exclude-newer, or with `--exclude-newer-package {project}=false`"
        ));
    }
    for project in &no.other_digests {
        hints.push(format!(
            "the digests given for {project} are those of other files: add that of the file for this target (`--hash=sha256:...`), if you trust it"
        ));
    }
    for other in &no.requires_python {
        let subject = format!(
            "{} {} needs Python {}",
            other.project, other.version, other.requires_python
        );
        hints.push(match no.targets.first().and_then(|target| later_patch(target, other)) {
            Some(named) => format!("{subject}: if the machine has a later patch release, name it (`--target {named}`)"),
            None => format!("{subject}: choose a target with such a Python, or allow another version"),
        });
    }
    if hints.is_empty() {
        hints.push(
            "one of the requirements or constraints above must change: allow other versions, or leave it out"
                .to_owned(),
        );
    }
    hints
}

/// The folder is all there is: what is missing must be brought along.
pub(super) fn of_folder(error: &ResolveError, locked: bool) -> Hints {
    let mut hints = match error {
        ResolveError::NoSolution(no) => no.no_wheel.iter().map(other_targets::hint).collect(),
        other => of_resolve(other),
    };
    hints.push(if locked {
        "beside a lock only its files count; on the other side, `wh download` with these requirements brings what is missing".to_owned()
    } else {
        "on the other side, `wh download` with these requirements and this target brings what is missing".to_owned()
    });
    hints
}

pub(super) fn of_select(error: &SelectError) -> Hints {
    match error {
        SelectError::NotForThisEnvironment { environments } => {
            let those: Vec<String> = environments
                .iter()
                .map(|marker| display_marker(marker).unwrap_or_default())
                .collect();
            one(format!(
                "it was made for {}; choose such an interpreter with --python, or download for this one (`wh target` describes it)",
                those.join(" or for ")
            ))
        }
        SelectError::RequiresPython { .. } => one("choose another interpreter with --python"),
        SelectError::Undecided { .. }
        | SelectError::BadMarker { .. }
        | SelectError::Ambiguous { .. } => one("write the lock again with `wh download`"),
        SelectError::NoFile { .. } => one(
            "download for this environment too: `wh target > here.json` here, `--target here.json` there",
        ),
        SelectError::Unsupported { .. } => {
            one("only wheels are supported yet: lock a wheel of it with `wh download`")
        }
    }
}

/// The target with the first patch release that would do, where its name leaves that open.
fn later_patch(target: &str, other: &OtherPython) -> Option<String> {
    let (python, platform) = target.split_once('-')?;
    let digits = python.strip_prefix("cp3")?;
    let minor: u64 = digits.parse().ok()?;
    let required: VersionSpecifiers = other.requires_python.parse().ok()?;
    let patch = (1..30).find(|patch| required.contains(&Version::new([3, minor, *patch])))?;
    Some(format!("3.{minor}.{patch}-{platform}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, requires_python: &str, expected: Option<&str>) {
        let other = OtherPython {
            project: "soupsieve".parse().unwrap(),
            version: Version::new([4, 1]),
            requires_python: requires_python.to_owned(),
        };
        assert_eq!(later_patch(target, &other).as_deref(), expected);
    }

    #[test]
    fn a_later_patch_release_is_named_where_one_would_do() {
        check("cp311-win_amd64", ">=3.11.5", Some("3.11.5-win_amd64"));
        check("cp311-win_amd64", ">=3.12", None);
        check("3.11.4-win_amd64", ">=3.11.5", None);
    }
}
