//! Files that are sure before the solution stands: those of roots pinned by `==` or by hash.

use wh_index::Index;
use wh_index::download::Downloads;
use wh_packaging::class::TargetClass;
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{Operator, Truth, Version, VersionSpecifiers, marker};
use wh_resolver::{Provider, candidates};

/// Starts their downloads, as fast as their pages come. What goes wrong here, the resolver meets
/// too, and says so.
pub fn start(roots: &[Root], classes: &[TargetClass], index: &Index, downloads: &Downloads) {
    for root in roots {
        let Some(version) = pinned(root) else {
            continue;
        };
        for class in classes.iter().filter(|class| wanted_by(root, class)) {
            let Ok(files) = index.files(&root.requirement.name) else {
                continue;
            };
            let candidate = candidates(&files, class, false)
                .into_iter()
                .find(|candidate| candidate.version == version && candidate.yanked.is_none());
            let Some(candidate) = candidate else { continue };
            let allowed = |hashes: &wh_packaging::Hashes| {
                root.hashes.is_empty()
                    || root
                        .hashes
                        .iter()
                        .any(|wanted| !wanted.disagrees_with(hashes))
            };
            for wheel in candidate
                .wheels
                .iter()
                .filter(|wheel| allowed(&wheel.hashes))
            {
                downloads.start(wheel);
            }
        }
    }
}

/// The only version that a root allows.
fn pinned(root: &Root) -> Option<Version> {
    let Some(VersionOrUrl::VersionSpecifier(specifiers)) = &root.requirement.version_or_url else {
        return None;
    };
    the_only(specifiers)
}

fn the_only(specifiers: &VersionSpecifiers) -> Option<Version> {
    let mut specifiers = specifiers.iter();
    let (only, more) = (specifiers.next()?, specifiers.next());
    let exact = matches!(only.operator(), Operator::Equal | Operator::ExactEqual);
    (exact && more.is_none()).then(|| only.version().clone())
}

fn wanted_by(root: &Root, class: &TargetClass) -> bool {
    class.members.iter().any(|target| {
        marker::evaluate(&root.requirement.marker, &target.markers, &[]) != Truth::False
    })
}
