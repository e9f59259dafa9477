//! `wh tree`: arguments -> environment -> graph of requirements -> lines with branches.
//!
//! Every subtree is drawn once, so that the tree is no larger than the graph; what stands above
//! already is marked, and so are cycles cut.

use std::collections::{BTreeMap, BTreeSet};

use wh_environment::Graph;
use wh_environment::graph::Edge;
use wh_packaging::ProjectName;
use wh_packaging::requirement::{VersionOrUrl, display_marker};

use super::reading::Reading;
use crate::arguments::TreeArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal;

/// Prints the tree.
pub fn run(args: &TreeArgs, context: &Context) -> Result<Status, Failure> {
    let reading = Reading::of(args.python.as_deref(), context)?;
    reading.warn_of_faults(context);
    let graph = &reading.graph;
    let known = |project: &ProjectName| {
        let missing = args.invert && graph.requiring(project).next().is_some();
        graph.position(project).is_some() || missing
    };
    let mut tree = Tree::new(graph, args);
    if args.names.is_empty() {
        tree.draw_all();
    } else {
        for project in reading.named(&args.names, context, known)? {
            tree.root(&project);
        }
    }
    terminal::print(&tree.text).map_err(Failure::file)?;
    Ok(Status::Done)
}

/// A tree under way.
struct Tree<'a> {
    graph: &'a Graph,
    depth: usize,
    /// What each project leads to, with the requirement that does.
    below: BTreeMap<&'a ProjectName, Vec<(&'a ProjectName, &'a Edge)>>,
    /// All projects, those that are missing too where the tree is inverted.
    projects: BTreeSet<&'a ProjectName>,
    /// With how many levels below each project was drawn.
    drawn: BTreeMap<&'a ProjectName, usize>,
    text: String,
}

impl<'a> Tree<'a> {
    fn new(graph: &'a Graph, args: &TreeArgs) -> Self {
        let mut below: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut projects: BTreeSet<&ProjectName> = BTreeSet::new();
        for (node, edges) in graph.nodes.iter().zip(&graph.edges) {
            projects.insert(&node.project);
            for edge in edges {
                let required = &edge.requirement.name;
                if *required == node.project {
                    continue; // an extra made of extras
                }
                if args.invert {
                    projects.insert(required);
                    below
                        .entry(required)
                        .or_default()
                        .push((&node.project, edge));
                } else {
                    below
                        .entry(&node.project)
                        .or_default()
                        .push((required, edge));
                }
            }
        }
        for next in below.values_mut() {
            // several requirements of one project (by extras) stand side by side
            next.sort_by(|a, b| a.0.cmp(b.0));
        }
        Self {
            graph,
            depth: args.depth.unwrap_or(usize::MAX),
            below,
            projects,
            drawn: BTreeMap::new(),
            text: String::new(),
        }
    }

    /// From what nothing leads to, by name; then from the first of each cycle that is left.
    fn draw_all(&mut self) {
        let led_to: BTreeSet<&ProjectName> = self
            .below
            .values()
            .flat_map(|next| next.iter().map(|(project, _)| *project))
            .collect();
        let mut reached = BTreeSet::new();
        let projects: Vec<&'a ProjectName> = self.projects.iter().copied().collect();
        let roots = projects.iter().filter(|project| !led_to.contains(*project));
        for project in roots.chain(&projects) {
            if reached.contains(project) {
                continue;
            }
            self.reach(project, &mut reached);
            self.root(project);
        }
    }

    fn reach(&self, from: &'a ProjectName, reached: &mut BTreeSet<&'a ProjectName>) {
        let mut waiting = vec![from];
        while let Some(project) = waiting.pop() {
            if reached.insert(project) {
                let next = self.below.get(project).into_iter().flatten();
                waiting.extend(next.map(|(project, _)| *project));
            }
        }
    }

    fn root(&mut self, project: &ProjectName) {
        let Some(project) = self.projects.get(project).copied() else {
            return;
        };
        let (again, name) = (self.again(project, self.depth), self.name(project));
        self.text += &format!("{name}{}\n", if again { " (*)" } else { "" });
        if !again {
            self.branches(project);
        }
    }

    /// All below one project. Chains may be as long as the environment is large: no recursion.
    fn branches(&mut self, root: &'a ProjectName) {
        let mut waiting: Vec<(Branch<'a>, usize, String)> = Vec::new();
        self.push_below(root, 1, "", &mut waiting);
        while let Some((branch, level, indent)) = waiting.pop() {
            let (corner, side) = match branch.last {
                true => ("└── ", "    "),
                false => ("├── ", "│   "),
            };
            let rest = match self.depth {
                usize::MAX => usize::MAX, // the whole of it, wherever it stands
                depth => depth - level,
            };
            let again = self.again(branch.project, rest);
            let mark = if again { " (*)" } else { "" };
            let line = self.line(&branch);
            self.text += &format!("{indent}{corner}{line}{mark}\n");
            if !again {
                let indent = format!("{indent}{side}");
                self.push_below(branch.project, level + 1, &indent, &mut waiting);
            }
        }
    }

    fn push_below(
        &self,
        project: &ProjectName,
        level: usize,
        indent: &str,
        waiting: &mut Vec<(Branch<'a>, usize, String)>,
    ) {
        if level > self.depth {
            return;
        }
        let next = self.below.get(project).into_iter().flatten().rev();
        for (number, (project, edge)) in next.enumerate() {
            let branch = Branch {
                project,
                edge,
                last: number == 0,
            };
            waiting.push((branch, level, indent.to_owned()));
        }
    }

    /// Whether all that is to stand below a project stands above already; notes that it does now.
    /// Where nothing stands below there is nothing to point at.
    fn again(&mut self, project: &'a ProjectName, levels: usize) -> bool {
        if levels == 0 || !self.below.contains_key(project) {
            return false;
        }
        let before = self.drawn.get(project).copied().unwrap_or(0);
        self.drawn.insert(project, levels.max(before));
        before >= levels
    }

    /// `Flask 3.0.3`
    fn name(&self, project: &ProjectName) -> String {
        match self.graph.position(project) {
            Some(position) => {
                let node = &self.graph.nodes[position];
                format!("{} {}", node.name, node.version)
            }
            None => format!("{project}: not installed"),
        }
    }

    /// A project with the requirement that leads to it: `click 8.1.7 (>=8.1.3)`; inverted, with
    /// the requirement that it has: `Flask 3.0.3 (click>=8.1.3)`.
    fn line(&self, branch: &Branch<'_>) -> String {
        let requirement = &branch.edge.requirement;
        let inverted = requirement.name != *branch.project;
        let mut asked = String::new();
        if inverted {
            asked += requirement.name.as_ref();
        }
        if !requirement.extras.is_empty() {
            let extras: Vec<&str> = requirement.extras.iter().map(AsRef::as_ref).collect();
            asked += &format!("[{}]", extras.join(","));
        }
        match &requirement.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
                let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
                asked += &parts.join(",");
            }
            Some(VersionOrUrl::Url(url)) => asked += &format!("@ {url}"),
            None => {}
        }
        if branch.edge.by_extra
            && let Some(marker) = display_marker(&requirement.marker)
        {
            asked += &format!("; {marker}");
        }
        let asked = match asked.trim() {
            "" => String::new(),
            asked => format!(" ({asked})"),
        };
        let state = match (branch.edge.to, branch.edge.met) {
            (None, _) if inverted => "",
            (None, _) => return format!("{}{asked}: not installed", branch.project),
            (Some(_), false) => ": in conflict",
            (Some(_), true) => "",
        };
        format!("{}{asked}{state}", self.name(branch.project))
    }
}

/// A line below another.
struct Branch<'a> {
    project: &'a ProjectName,
    edge: &'a Edge,
    last: bool,
}
