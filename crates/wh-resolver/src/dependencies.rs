//! What a candidate requires for a class of targets: the union over the members, each with its own
//! marker values and the METADATA of its own wheel.

use std::sync::Arc;

use wh_packaging::marker::{evaluate, evaluate_every_patch};
use wh_packaging::{ExtraName, MarkerTree, Metadata, Requirement, Target, TargetClass, Truth};

use crate::patches::Patches;

/// A requirement that holds for some member of the class.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) requirement: Requirement,
    /// The members whose open marker values decide it.
    pub(crate) undecided: Vec<String>,
    /// The patch releases at which it holds.
    pub(crate) patches: Patches,
}

/// Whether a requirement with this marker counts for a target, with these extras.
///
/// A target whose patch release nobody named carries what is true at later patches only, too.
pub(crate) fn applies(target: &Target, marker: &MarkerTree, extras: &[ExtraName]) -> Truth {
    let truth = evaluate(marker, &target.markers, extras);
    if truth == Truth::False
        && !target.exact
        && evaluate_every_patch(marker, &target.markers, extras) != Truth::False
    {
        return Truth::True;
    }
    truth
}

/// The patch releases at which a requirement that counts for a target holds.
pub(crate) fn patches(target: &Target, marker: &MarkerTree, extras: &[ExtraName]) -> Patches {
    if target.exact || evaluate(marker, &target.markers, extras) != Truth::False {
        return Patches::ALL;
    }
    Patches::where_true(marker, target, extras)
}

/// What the distribution requires: of itself (no extra), or because of one extra besides.
pub(crate) fn edges(
    class: &TargetClass,
    metadata: &[Arc<Metadata>],
    extra: Option<&ExtraName>,
) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for (member, metadata) in class.members.iter().zip(metadata) {
        for requirement in &metadata.requires_dist {
            let truth = truth(member, &requirement.marker, extra);
            if truth == Truth::False {
                continue;
            }
            let place = edges
                .iter()
                .position(|edge| same(&edge.requirement, requirement));
            let edge = match place {
                Some(place) => &mut edges[place],
                None => {
                    edges.push(Edge {
                        requirement: requirement.clone(),
                        undecided: Vec::new(),
                        patches: Patches::NONE,
                    });
                    edges.last_mut().expect("just pushed")
                }
            };
            let extras = extra.map_or(&[][..], std::slice::from_ref);
            let patches = patches(member, &requirement.marker, extras);
            edge.patches = edge.patches.or(patches);
            if truth == Truth::Undecided && !edge.undecided.contains(&member.name) {
                edge.undecided.push(member.name.clone());
            }
        }
    }
    edges
}

fn truth(member: &Target, marker: &MarkerTree, extra: Option<&ExtraName>) -> Truth {
    let plain = applies(member, marker, &[]);
    match extra {
        None => plain,
        // already required without the extra
        Some(_) if plain != Truth::False && patches(member, marker, &[]) == Patches::ALL => {
            Truth::False
        }
        Some(extra) => applies(member, marker, std::slice::from_ref(extra)),
    }
}

/// Equal but for the marker.
fn same(one: &Requirement, two: &Requirement) -> bool {
    one.name == two.name && one.extras == two.extras && one.version_or_url == two.version_or_url
}
