//! What is asked for by path, and whether it may be built.

use url::Url;
use wh_packaging::requirement::{VersionOrUrl, display};
use wh_packaging::{Hashes, MarkerTree, ProjectName, Target, Truth, marker};

use crate::commands::requirements::{BRING_FIRST, Wanted, is_source, is_typed};
use crate::failure::Failure;

/// A path that is asked for.
pub(super) struct Asked {
    pub(super) url: Url,
    /// As it was written.
    pub(super) text: String,
    pub(super) origin: String,
    pub(super) editable: bool,
    /// `name @ file:///path`
    pub(super) name: Option<ProjectName>,
    pub(super) hashes: Vec<Hashes>,
    marker: MarkerTree,
}

impl Asked {
    /// Whether its marker leaves it in.
    pub(super) fn is_for(&self, target: &Target) -> bool {
        marker::evaluate(&self.marker, &target.markers, &[]) != Truth::False
    }
}

/// What is asked for by path.
pub(super) fn asked(wanted: &Wanted) -> impl Iterator<Item = Asked> {
    let named = wanted.roots.iter().filter_map(|root| {
        let requirement = &root.requirement;
        let Some(VersionOrUrl::Url(url)) = &requirement.version_or_url else {
            return None;
        };
        // beside a lock, a path may be one of another machine
        let here = is_source(requirement) && url.to_file_path().is_ok_and(|path| path.exists());
        here.then(|| Asked {
            url: url.clone(),
            text: display(requirement),
            origin: root.origin.clone(),
            editable: false,
            name: Some(requirement.name.clone()),
            hashes: root.hashes.clone(),
            marker: requirement.marker.clone(),
        })
    });
    let unnamed = wanted.unnamed.iter().map(|one| Asked {
        url: one.input.url.clone(),
        text: one.input.text.clone(),
        origin: one.origin.clone(),
        editable: one.input.editable,
        name: None,
        hashes: one.hashes.clone(),
        marker: one.input.marker.clone(),
    });
    named.chain(unnamed)
}

/// Refuses what is not on this machine, and what a file asks to build and the user does not.
pub fn refuse(wanted: &Wanted, build: bool) -> Result<(), Failure> {
    let all: Vec<Asked> = asked(wanted).collect();
    let lines = |which: &dyn Fn(&Asked) -> bool| -> Vec<String> {
        let these = all.iter().filter(|one| which(one));
        these
            .map(|one| format!("{} ({})", one.text, one.origin))
            .collect()
    };
    let details = lines(&|one| one.url.scheme() != "file");
    if !details.is_empty() {
        return Err(Failure::No {
            message: "these are not on this machine, and nothing is fetched here:".to_owned(),
            details,
            hint: Some(BRING_FIRST.to_owned()),
        });
    }
    let details = lines(&|one| !build && !is_typed(&one.origin));
    if details.is_empty() {
        return Ok(());
    }
    Err(Failure::No {
        message: "these would have to be built, and a file asks for them, not you:".to_owned(),
        details,
        hint: Some(
            "`--build` builds what files name by a path, too, which runs its code; `wh freeze --exclude-editable` leaves editables out"
                .to_owned(),
        ),
    })
}
