//! An unsolvable request in the user's own requirements.
//!
//! The solver proves that there is no solution; the leaves of its proof are facts: you require
//! this, that version requires this, no version is there. They are told in an order in which a
//! reader can follow them, from what was asked for down to where it goes wrong. What the solver
//! concluded in between is left out, and versions of which the same is true are told at once.

mod lack;
mod leaves;
mod shortage;
mod tags;
mod unmet;
mod words;

use std::collections::BTreeSet;

use pubgrub::DerivationTree;
use wh_packaging::ProjectName;

pub(crate) use tags::wheels_there_are;

use crate::error::{NeedsBuild, NoSolution};
use crate::knowledge::{Knowledge, Reason};
use crate::package::Package;
use crate::problem::{Problem, specifiers};
use crate::specifiers::{Set, set_of};
use leaves::{Leaves, Requires};

pub(crate) type Tree = DerivationTree<Package, Set, Reason>;

/// More reasons than these help nobody.
const MOST_LINES: usize = 12;

/// A reason that was found elsewhere is cut after so many characters.
const LONGEST_REASON: usize = 120;

/// A failure being told.
struct Explanation<'a> {
    problem: &'a Problem<'a>,
    knowledge: &'a Knowledge<'a>,
    leaves: Leaves,
    told: BTreeSet<ProjectName>,
    facts: Vec<String>,
    found: NoSolution,
}

/// Explains why there is no solution.
pub(crate) fn no_solution(
    problem: &Problem<'_>,
    knowledge: &Knowledge<'_>,
    tree: &Tree,
) -> NoSolution {
    let mut explanation = Explanation {
        problem,
        knowledge,
        leaves: Leaves::of(tree),
        told: BTreeSet::new(),
        facts: Vec::new(),
        found: NoSolution {
            targets: problem.class().names(),
            ..NoSolution::default()
        },
    };
    explanation.tell();
    let mut found = explanation.found;
    found.unmet = unmet::unmet(problem, knowledge, &explanation.leaves);
    found.explanation = sentence(explanation.facts);
    found
}

/// One sentence, a reason a line.
fn sentence(mut facts: Vec<String>) -> Vec<String> {
    let left_out = facts.len().saturating_sub(MOST_LINES);
    facts.truncate(MOST_LINES);
    if left_out > 0 {
        facts.push(format!("for {left_out} reasons more"));
    }
    let last = facts.len().saturating_sub(1);
    let mut lines: Vec<String> = facts
        .iter()
        .enumerate()
        .map(|(index, fact)| {
            let start = if index == 0 { "Because" } else { "and" };
            let end = if index == last { "," } else { "" };
            format!("{start} {fact}{end}")
        })
        .collect();
    lines.push("there is no solution.".to_owned());
    lines
}

impl Explanation<'_> {
    fn tell(&mut self) {
        let problem = self.problem;
        for ask in &problem.roots {
            let root = ask.root;
            let name = &root.requirement.name;
            if self.leaves.roots.contains(name) {
                let mut fact = format!("you require {} ({})", root.requirement, root.origin);
                if specifiers(root).is_some_and(|one| set_of(one) == Set::empty()) {
                    fact.push_str(", which no version can meet");
                }
                self.fact(fact);
            }
        }
        for ask in &problem.roots {
            if self.leaves.roots.contains(&ask.root.requirement.name) {
                self.follow(&ask.root.requirement.name);
            }
        }
        // what the chains do not lead to (a conflict learned on the way)
        for name in self.leaves.projects() {
            self.follow(&name);
        }
    }

    fn fact(&mut self, fact: String) {
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }

    /// Tells everything about a project, then about those that it requires.
    fn follow(&mut self, name: &ProjectName) {
        // the way down may be long, so it is walked with a list of its own
        let mut pending = vec![name.clone()];
        while let Some(name) = pending.pop() {
            if !self.told.insert(name.clone()) {
                continue;
            }
            let requires = self.leaves.requires(&name);
            for fact in words::requirements(self.knowledge, &name, &requires) {
                self.fact(fact);
            }
            let mut next: Vec<ProjectName> = Vec::new();
            for Requires { to, .. } in requires {
                if !next.contains(&to) {
                    next.push(to);
                }
            }
            self.refusals(&name);
            self.shortage(&name);
            pending.extend(next.into_iter().rev());
        }
    }

    /// Versions that are of no use for a reason of their own.
    fn refusals(&mut self, name: &ProjectName) {
        for (set, reason) in together(self.knowledge, name, self.leaves.refused(name)) {
            let subject = words::versions(self.knowledge, name, &set);
            let fact = match &reason {
                Reason::RequiresPython {
                    requires_python, ..
                } => {
                    self.found.requires_python.extend(shortage::other_python(
                        self.knowledge,
                        name,
                        &set,
                        requires_python,
                    ));
                    format!("{subject} requires Python {requires_python}")
                }
                Reason::Metadata(reason) => {
                    format!("{subject} cannot be used ({})", shortened(reason))
                }
                Reason::NeedsBuild(reason) => {
                    self.needs_build(name, &set);
                    format!(
                        "only building {subject} tells what it requires ({})",
                        shortened(reason)
                    )
                }
                Reason::NotLookedInto => {
                    format!("{subject}, a source distribution too, was not looked into")
                }
                Reason::DirectUrl(requirement) => format!(
                    "{subject} requires `{requirement}`, a URL that you do not require yourself"
                ),
                Reason::Itself(requirement) => {
                    format!("{subject} requires `{requirement}`, which it is not")
                }
            };
            self.fact(fact);
        }
    }

    /// Keeps what a hint is made of: the newest of these versions, and the newest that needs none.
    fn needs_build(&mut self, name: &ProjectName, set: &Set) {
        let Some(project) = self.knowledge.seen(name) else {
            return;
        };
        let newest = |candidate: &&crate::Candidate| !candidate.version.any_prerelease();
        let with_wheel = project.candidates.iter().filter(|one| !one.is_built());
        let with_wheel = with_wheel
            .filter(newest)
            .map(|one| one.version.clone())
            .next();
        if let Some(candidate) = project.within(set).next() {
            self.found.needs_build.push(NeedsBuild {
                project: name.clone(),
                version: candidate.version.clone(),
                with_wheel,
            });
        }
    }
}

/// What is wrong with METADATA, and that it needs a build, is told once, for the highest of the versions.
fn together(
    knowledge: &Knowledge<'_>,
    name: &ProjectName,
    refused: Vec<(Set, Reason)>,
) -> Vec<(Set, Reason)> {
    let (mut broken, mut others): (Vec<_>, Vec<_>) = refused
        .into_iter()
        .partition(|(_, reason)| matches!(reason, Reason::Metadata(_) | Reason::NeedsBuild(_)));
    broken.sort_by_cached_key(|(set, _)| words::highest(knowledge, name, set));
    let all = broken
        .iter()
        .fold(Set::empty(), |all, (set, _)| all.union(set));
    others.extend(broken.pop().map(|(_, reason)| (all, reason)));
    others
}

fn shortened(reason: &str) -> String {
    let mut kept: String = reason.chars().take(LONGEST_REASON).collect();
    if kept.len() < reason.len() {
        kept.push_str(" ...");
    }
    kept
}
