//! Whether a selection is closed: every requirement in force is met by something selected, and
//! where one is not, who asks for it.
//!
//! Walks from the roots over Requires-Dist, breadth first, so that the first chain to a project is
//! the shortest. What a requirement is met by, the caller says: a lock's selection, or the best
//! file of a folder.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use wh_packaging::requirement::display;
use wh_packaging::{ExtraName, Metadata, ProjectName, Requirement, Root, Target, Truth, Version};

use crate::dependencies::applies;
use crate::overrides::override_metadata;
use crate::request::Options;

/// What is walked.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    /// For whom.
    pub target: &'a Target,
    /// Where it begins.
    pub requirements: &'a [Root],
    /// What is left out.
    pub options: &'a Options,
}

/// What meets a requirement.
#[derive(Debug, Clone)]
pub struct Met {
    /// The version.
    pub version: Version,
    /// What it requires itself.
    pub metadata: Arc<Metadata>,
}

/// A requirement that nothing meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet<W> {
    /// The requirement, without its marker.
    pub requirement: String,
    /// Who asks, root first, as [`crate::Chosen::requested_by`]; a root asks for itself.
    pub requested_by: Vec<String>,
    /// Why not.
    pub why: W,
}

/// What a walk found.
#[derive(Debug, Clone)]
pub struct Walked<W> {
    /// Who asks for each project that was reached.
    pub chains: BTreeMap<ProjectName, Vec<String>>,
    /// What is not met.
    pub unmet: Vec<Unmet<W>>,
}

/// Walks; `meet` says what meets a requirement, or why nothing does.
pub fn walk<W>(walk: Walk<'_>, meet: &dyn Fn(&Requirement) -> Result<Met, W>) -> Walked<W> {
    let mut walker = Walker {
        walk,
        meet,
        next: VecDeque::new(),
        seen: BTreeSet::new(),
        said: BTreeSet::new(),
        walked: Walked {
            chains: BTreeMap::new(),
            unmet: Vec::new(),
        },
    };
    for root in walk.requirements {
        if applies(walk.target, &root.requirement.marker, &[]) != Truth::False {
            walker.ask(&root.requirement, &[], &[text(&root.requirement)]);
        }
    }
    while let Some(step) = walker.next.pop_front() {
        walker.follow(&step);
    }
    walker.walked
}

fn text(requirement: &Requirement) -> String {
    let mut plain = requirement.clone();
    plain.marker = wh_packaging::MarkerTree::TRUE;
    display(&plain)
}

/// A distribution whose requirements are to be followed: its own, or those of one extra.
struct Step {
    project: ProjectName,
    extra: Option<ExtraName>,
    met: Met,
    /// With itself at the end.
    chain: Vec<String>,
}

struct Walker<'a, W> {
    walk: Walk<'a>,
    meet: &'a dyn Fn(&Requirement) -> Result<Met, W>,
    next: VecDeque<Step>,
    seen: BTreeSet<(ProjectName, Option<ExtraName>)>,
    said: BTreeSet<String>,
    walked: Walked<W>,
}

impl<W> Walker<'_, W> {
    /// `by` asks for a requirement; a root has nobody before it and `own` for its chain.
    fn ask(&mut self, requirement: &Requirement, by: &[String], own: &[String]) {
        let options = self.walk.options;
        if options.exclude.contains(&requirement.name) {
            return;
        }
        let asking = if by.is_empty() { own } else { by };
        let met = match (self.meet)(requirement) {
            Ok(met) => met,
            Err(why) => {
                let requirement = text(requirement);
                if self.said.insert(requirement.clone()) {
                    self.walked.unmet.push(Unmet {
                        requirement,
                        requested_by: asking.to_vec(),
                        why,
                    });
                }
                return;
            }
        };
        let project = &requirement.name;
        let known = self.walked.chains.entry(project.clone());
        known.or_insert_with(|| asking.to_vec());
        if options.no_deps {
            return;
        }
        let chain = if by.is_empty() {
            own.to_vec()
        } else {
            let this = format!("{project}=={}", met.version);
            by.iter().cloned().chain([this]).collect()
        };
        let extras = requirement.extras.iter().cloned().map(Some);
        for extra in [None].into_iter().chain(extras) {
            if self.seen.insert((project.clone(), extra.clone())) {
                self.next.push_back(Step {
                    project: project.clone(),
                    extra,
                    met: met.clone(),
                    chain: chain.clone(),
                });
            }
        }
    }

    fn follow(&mut self, step: &Step) {
        let metadata = override_metadata(&step.met.metadata, &self.walk.options.overrides);
        for requirement in &metadata.requires_dist {
            if !self.in_force(requirement, step.extra.as_ref()) {
                continue;
            }
            if requirement.name != step.project {
                self.ask(requirement, &step.chain, &[]);
                continue;
            }
            // its own extras
            for extra in &requirement.extras {
                let key = (step.project.clone(), Some(extra.clone()));
                if self.seen.insert(key) {
                    self.next.push_back(Step {
                        project: step.project.clone(),
                        extra: Some(extra.clone()),
                        met: step.met.clone(),
                        chain: step.chain.clone(),
                    });
                }
            }
        }
    }

    fn in_force(&self, requirement: &Requirement, extra: Option<&ExtraName>) -> bool {
        let extras = extra.map_or(&[][..], std::slice::from_ref);
        applies(self.walk.target, &requirement.marker, extras) != Truth::False
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wh_packaging::requirement::parse;

    /// `name version: requirement, ...` a line; what is unmet for a Windows target, with its chain.
    fn check(
        selection: &[(&str, &str, &[&str])],
        roots: &[&str],
        options: &Options,
        expected: &[&str],
    ) {
        let target = Target::from_name("cp312-windows").unwrap();
        let roots: Vec<Root> = roots
            .iter()
            .map(|text| Root {
                requirement: parse(text).unwrap(),
                origin: "command line".to_owned(),
                hashes: Vec::new(),
            })
            .collect();
        let meet = |requirement: &Requirement| {
            let name = requirement.name.to_string();
            let found = selection.iter().find(|(project, _, _)| *project == name);
            let Some((name, version, requires)) = found else {
                return Err("nothing");
            };
            let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
            for requirement in *requires {
                text += &format!("Requires-Dist: {requirement}\n");
            }
            Ok(Met {
                version: version.parse().unwrap(),
                metadata: Arc::new(Metadata::parse(text.as_bytes()).unwrap()),
            })
        };
        let asked = Walk {
            target: &target,
            requirements: &roots,
            options,
        };
        let found: Vec<String> = walk(asked, &meet)
            .unmet
            .iter()
            .map(|unmet| format!("{} < {}", unmet.requirement, unmet.requested_by.join(" > ")))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_shortest_chain_is_told() {
        let app: (&str, &str, &[&str]) = ("app", "1", &["middle", "far; sys_platform == 'linux'"]);
        let middle: (&str, &str, &[&str]) = ("middle", "2", &["lib>=1; sys_platform == 'win32'"]);
        let other: (&str, &str, &[&str]) = ("other", "3", &["app"]);
        let plain = Options::default();
        check(
            &[app, middle, other],
            &["other", "app>0"],
            &plain,
            &["lib>=1 < app>0 > middle==2"],
        );
        check(
            &[app],
            &["app", "gone"],
            &plain,
            &["gone < gone", "middle < app"],
        );
        let no_deps = Options {
            no_deps: true,
            ..Options::default()
        };
        check(&[app], &["app"], &no_deps, &[]);
        let excluded = Options {
            exclude: ["lib".parse().unwrap()].into(),
            ..Options::default()
        };
        check(&[app, middle], &["app"], &excluded, &[]);
    }

    #[test]
    fn extras_are_followed_through_their_own_project() {
        let app: (&str, &str, &[&str]) = (
            "app",
            "1",
            &[
                "app[one]; extra == 'all'",
                "lib; extra == 'one'",
                "far; extra == 'two'",
            ],
        );
        let plain = Options::default();
        check(&[app], &["app"], &plain, &[]);
        check(&[app], &["app[all]"], &plain, &["lib < app[all]"]);
        // a ring ends
        let ring: (&str, &str, &[&str]) = ("ring", "1", &["ring[x]; extra == 'x'", "ring"]);
        check(&[ring], &["ring[x]"], &plain, &[]);
    }
}
