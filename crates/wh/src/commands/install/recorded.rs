//! What a lock recorded for the builds of its sdists beyond what they say themselves: what the user who
//! wrote it knew (`[build-requires]` of wh.toml).

use std::collections::BTreeMap;

use wh_index::wheelhouse::FolderLock;
use wh_packaging::lock::{LockBuild, LockTool};
use wh_packaging::requirement::parse;
use wh_packaging::{Lock, ProjectName, Root, Target};

/// What building each project requires here.
pub fn requirements(from: &FolderLock, target: &Target) -> BTreeMap<ProjectName, Vec<Root>> {
    let mut all: BTreeMap<ProjectName, Vec<Root>> = BTreeMap::new();
    let Some(tool) = &from.lock.tool else {
        return all;
    };
    for build in tool.builds.iter().filter(|one| is_for(one, tool, target)) {
        let Some(project) = project_of(&from.lock, &build.sdist) else {
            continue;
        };
        let parsed = build.requires.iter().filter_map(|text| parse(text).ok());
        all.entry(project.clone())
            .or_default()
            .extend(parsed.map(|requirement| Root {
                requirement,
                origin: from.path.display().to_string(),
                hashes: Vec::new(),
            }));
    }
    all
}

fn project_of<'l>(lock: &'l Lock, sdist: &str) -> Option<&'l ProjectName> {
    let mut packages = lock.all_packages();
    let named = packages.find(|package| package.files().any(|file| file.name == sdist));
    named.map(|package| &package.name)
}

/// Whether a build was recorded for a target such as this one: with the same Python, on the same kind
/// of machine.
fn is_for(build: &LockBuild, tool: &LockTool, target: &Target) -> bool {
    let named = |name: &String| tool.targets.iter().find(|one| one.name == *name);
    let targets = build.targets.iter().filter_map(named);
    let mut targets = targets.filter_map(|one| one.to_target().ok());
    targets.any(|other| {
        let (a, b) = (&other.markers, &target.markers);
        a.python_version == b.python_version
            && a.implementation_name == b.implementation_name
            && a.sys_platform == b.sys_platform
            && a.platform_machine == b.platform_machine
    })
}
