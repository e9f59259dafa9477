//! Locks of one target each (`wh download --split-locks`): their names, and which one serves an
//! environment.
//!
//! Markers do not tell such locks apart, so their targets do: the environment must load what the
//! target's platform loads. Of several the one with the highest floor is taken, which is the one
//! nearest to the environment.

use std::path::PathBuf;

use wh_index::wheelhouse::{FolderLock, read_lock};
use wh_packaging::Target;

use crate::failure::Failure;

/// The file name of a target's lock: `pylock.cp312-win_amd64.toml`, or with a set's name before
/// the target's. A dot would end the name of a lock (PEP 751, "File name").
pub fn file_name(set: Option<&str>, target: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let target = target.replace(|c: char| !plain(c), "_");
    match set {
        Some(set) => format!("pylock.{set}-{target}.toml"),
        None => format!("pylock.{target}.toml"),
    }
}

/// The lock among these that was made for an environment; `None` where they are not all locks of
/// one target each.
///
/// # Errors
/// A lock cannot be read, or none of them is for this environment.
pub fn serving(locks: &[PathBuf], here: &Target) -> Result<Option<FolderLock>, Failure> {
    let mut best: Option<(usize, FolderLock)> = None;
    let mut targets = Vec::new();
    for path in locks {
        let lock = read_lock(path)?;
        let Some(target) = of_one_target(&lock) else {
            return Ok(None);
        };
        let fits = lock.lock.select(here).is_ok();
        if let Some(rank) = nearness(&target, here).filter(|_| fits)
            && best.as_ref().is_none_or(|(other, _)| rank < *other)
        {
            best = Some((rank, lock));
        }
        targets.push(target.name);
    }
    match best {
        Some((_, lock)) => Ok(Some(lock)),
        None => Err(Failure::No {
            message: format!("no lock in the folder was made for {}", here.name),
            details: vec![format!("there are locks for {}", targets.join(", "))],
            hint: Some(
                "choose such an interpreter with --python, or download for this one (`wh target` describes it)".to_owned(),
            ),
        }),
    }
}

/// The target of a lock that has the file name of a lock of that target.
fn of_one_target(lock: &FolderLock) -> Option<Target> {
    let [only] = lock.lock.tool.as_ref()?.targets.as_slice() else {
        return None;
    };
    let name = lock.path.file_name()?.to_str()?;
    let own = file_name(None, &only.name);
    let end = own.strip_prefix("pylock.")?;
    let is_its = name == own || name.strip_suffix(end).is_some_and(|set| set.ends_with('-'));
    is_its.then(|| only.to_target().ok()).flatten()
}

/// How far a target is below an environment: the place, among the tags of the environment, of the
/// best tag of the target that tells libc and floor; `None` where the environment does not load it.
fn nearness(target: &Target, here: &Target) -> Option<usize> {
    let telling = |tag: &&wh_packaging::Tag| !tag.platform.starts_with("linux_");
    let tag = target.tags.iter().find(telling)?;
    here.tags.rank(&tag.python, &tag.abi, &tag.platform)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_locks_have_no_dot_of_their_own() {
        let check = |set, target, expected: &str| assert_eq!(file_name(set, target), expected);
        check(None, "cp312-win_amd64", "pylock.cp312-win_amd64.toml");
        check(None, "3.12.4-win32", "pylock.3_12_4-win32.toml");
        check(Some("prod"), "plant/7", "pylock.prod-plant_7.toml");
    }

    #[test]
    fn nearness_tells_libc_floor_and_abi() {
        let target = |name| Target::from_name(name).unwrap();
        let here = target("cp312-manylinux_2_36_x86_64");
        let near = |name| nearness(&target(name), &here);
        assert!(near("cp312-manylinux_2_28_x86_64") < near("cp312-manylinux_2_17_x86_64"));
        assert_eq!(near("cp312-musllinux_1_2_x86_64"), None);
        assert_eq!(near("cp313-manylinux_2_28_x86_64"), None);
        assert_eq!(near("cp312-manylinux_2_39_x86_64"), None);
    }
}
