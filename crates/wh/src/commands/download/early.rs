//! Files that are sure before the solution stands: those of roots pinned by `==` or by hash.

use wh_index::Index;
use wh_index::download::Downloads;
use wh_packaging::class::TargetClass;
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{Operator, VersionSpecifiers};
use wh_resolver::{Options, Provider, admits, candidates};

use super::concerns;

/// Starts their downloads, as fast as their pages come. What goes wrong here, the resolver meets
/// too, and says so.
pub fn start(
    roots: &[Root],
    classes: &[TargetClass],
    options: &Options,
    index: &Index,
    downloads: &Downloads,
) {
    for root in roots {
        let Some(specifiers) = pinned(root) else {
            continue;
        };
        for class in classes.iter().filter(|class| concerns(root, class)) {
            let Ok(files) = index.files(&root.requirement.name) else {
                continue;
            };
            let candidate = candidates(&root.requirement.name, &files, class, options)
                .into_iter()
                .find(|candidate| {
                    candidate.yanked.is_none() && admits(specifiers, &candidate.version)
                });
            let Some(candidate) = candidate else { continue };
            let allowed = |hashes: &wh_packaging::Hashes| {
                root.hashes.is_empty()
                    || root
                        .hashes
                        .iter()
                        .any(|wanted| !wanted.disagrees_with(hashes))
            };
            // an sdist comes with its metadata
            let files = candidate.files.iter();
            let wheels = files.filter(|file| file.filename.as_wheel().is_some());
            for wheel in wheels.filter(|wheel| allowed(&wheel.hashes)) {
                downloads.start(wheel);
            }
        }
    }
}

/// What a root says of versions, where it pins one. A public version admits its local ones, of
/// which the resolver takes the highest.
fn pinned(root: &Root) -> Option<&VersionSpecifiers> {
    let Some(VersionOrUrl::VersionSpecifier(specifiers)) = &root.requirement.version_or_url else {
        return None;
    };
    let mut all = specifiers.iter();
    let (only, more) = (all.next()?, all.next());
    let exact = matches!(only.operator(), Operator::Equal | Operator::ExactEqual);
    (exact && more.is_none()).then_some(specifiers)
}
