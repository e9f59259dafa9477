//! `wh freeze --top-level`: only what nothing else that is installed requires, as
//! `pip list --not-required` has it, with extras followed too.
//!
//! Of projects that require each other in a circle, which nothing outside requires, the first by
//! name stays: else all of them would be lost. What --exclude leaves out still requires what it
//! does, as with pip.

use wh_environment::installed::InstalledFilter;
use wh_environment::{Environment, Graph};
use wh_packaging::ProjectName;

use crate::commands::reading::Reading;
use crate::context::Context;
use crate::failure::Failure;

/// The projects to leave out: what others require.
pub fn required(
    environment: &Environment,
    filter: &InstalledFilter,
    context: &Context,
) -> Result<Vec<ProjectName>, Failure> {
    let reading = Reading::filtered(environment, filter, context)?;
    reading.warn_of_faults(context);
    let top = top(&reading.graph);
    let nodes = reading.graph.nodes.iter().zip(top);
    Ok(nodes
        .filter(|(_, top)| !top)
        .map(|(node, _)| node.project.clone())
        .collect())
}

/// Which nodes stay.
fn top(graph: &Graph) -> Vec<bool> {
    let targets = |from: usize| {
        let edges = graph.edges[from].iter();
        edges.filter_map(move |edge| edge.to.filter(|to| *to != from))
    };
    let mut is_top = vec![true; graph.nodes.len()];
    for from in 0..graph.nodes.len() {
        targets(from).for_each(|to| is_top[to] = false);
    }
    let mut reached = vec![false; graph.nodes.len()];
    let reach = |start: usize, reached: &mut Vec<bool>| {
        let mut waiting = vec![start];
        while let Some(node) = waiting.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                waiting.extend(targets(node));
            }
        }
    };
    for node in (0..is_top.len()).filter(|node| is_top[*node]) {
        reach(node, &mut reached);
    }
    for node in 0..is_top.len() {
        if !reached[node] {
            is_top[node] = true;
            reach(node, &mut reached);
        }
    }
    is_top
}
