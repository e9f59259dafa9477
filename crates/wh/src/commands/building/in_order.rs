//! Which sdist is built when: as soon as what it needs is there, and as many at the same time as
//! the machine has processors.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use wh_build::{Order, in_parallel};
use wh_packaging::DistributionFile;
use wh_resolver::builds::BuildTree;

/// One build.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) sdist: Arc<DistributionFile>,
    /// The steps before it that have to be done.
    needs: BTreeSet<usize>,
}

/// The steps of trees that come in order: what is needed before what needs it.
pub(super) fn of_trees(trees: &[BuildTree]) -> Vec<Step> {
    let place = |name: &str| trees.iter().position(|tree| tree.sdist.name == *name);
    let step = |tree: &BuildTree| Step {
        sdist: Arc::clone(&tree.sdist),
        needs: tree.files().filter_map(|file| place(&file.name)).collect(),
    };
    trees.iter().map(step).collect()
}

/// Sdists that need nothing of each other.
pub(super) fn alone(sdists: &[(Arc<DistributionFile>, Vec<String>)]) -> Vec<Step> {
    let step = |(sdist, _): &(Arc<DistributionFile>, Vec<String>)| Step {
        sdist: Arc::clone(sdist),
        needs: BTreeSet::new(),
    };
    sdists.iter().map(step).collect()
}

/// Does the work of all steps. After a failure none begins any more; of several the first of the
/// order is given.
///
/// # Errors
/// The work of a step failed.
pub(super) fn run<E: Send>(
    steps: &[Step],
    work: impl Fn(&DistributionFile) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let needs: Vec<BTreeSet<usize>> = steps.iter().map(|step| step.needs.clone()).collect();
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    in_parallel(Order::new(&needs), processors, |step| {
        work(&steps[step].sdist)
    })
    .map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use url::Url;
    use wh_packaging::sdist_filename::SdistFilename;
    use wh_packaging::{Filename, Origin};

    use super::*;

    fn step(name: &str, needs: &[usize]) -> Step {
        let filename = SdistFilename::of_unknown_project(name).unwrap();
        let url = Url::parse("file:///x").unwrap();
        let file = DistributionFile::new(Filename::Sdist(filename), name, url, Origin::FindLinks);
        Step {
            sdist: Arc::new(file),
            needs: needs.iter().copied().collect(),
        }
    }

    #[test]
    fn what_is_needed_is_done_before() {
        let steps = [
            step("c-1.tar.gz", &[]),
            step("d-1.tar.gz", &[]),
            step("b-1.tar.gz", &[0]),
            step("a-1.tar.gz", &[0, 1, 2]),
        ];
        let done = Mutex::new(Vec::new());
        let outcome: Result<(), ()> = run(&steps, |file| {
            done.lock().unwrap().push(file.name.clone());
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        let done = done.into_inner().unwrap();
        let at = |name: &str| done.iter().position(|one| one == name).unwrap();
        assert!(at("c-1.tar.gz") < at("b-1.tar.gz"));
        assert!(at("d-1.tar.gz") < at("a-1.tar.gz"));
        assert_eq!(at("a-1.tar.gz"), 3);
    }

    #[test]
    fn nothing_begins_after_a_failure() {
        let steps = [step("b-1.tar.gz", &[]), step("a-1.tar.gz", &[0])];
        let outcome = run(&steps, |file| Err(file.name.clone()));
        assert_eq!(outcome, Err("b-1.tar.gz".to_owned()));
        assert_eq!(run(&[], |_| Err(())), Ok(()));
    }
}
