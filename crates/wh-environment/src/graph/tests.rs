//! The graph of installed requirements, on made-up distributions.

use super::*;

fn graph(installed: &[(&str, &str, &[&str])]) -> Graph {
    let nodes = installed
        .iter()
        .map(|(name, version, requires)| Node {
            project: name.parse().unwrap(),
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            requires: requires
                .iter()
                .map(|text| wh_packaging::requirement::parse(text).unwrap())
                .collect(),
            fault: None,
        })
        .collect();
    let markers = MarkerValues {
        sys_platform: Some("linux".to_owned()),
        python_full_version: "3.12.1".to_owned(),
        python_version: "3.12".to_owned(),
        ..MarkerValues::default()
    };
    Graph::new(nodes, &markers, |specifiers, version| {
        specifiers.contains(version)
    })
}

/// Each requirement in force, as `a -> b`, `a -> b: missing`, `a -> b: conflict`.
#[track_caller]
fn check(installed: &[(&str, &str, &[&str])], expected: &[&str]) {
    let graph = graph(installed);
    let mut lines = Vec::new();
    for (node, edges) in graph.nodes.iter().zip(&graph.edges) {
        for edge in edges {
            let state = match (edge.to, edge.met) {
                (None, _) => ": missing",
                (Some(_), false) => ": conflict",
                (Some(_), true) => "",
            };
            lines.push(format!("{} -> {}{state}", node.name, edge.requirement.name));
        }
    }
    assert_eq!(lines, expected);
}

#[test]
fn requirements_are_met_missing_or_in_conflict() {
    check(
        &[
            ("a", "1", &["b>=1", "c", "d<2"]),
            ("b", "1", &[]),
            ("d", "2", &[]),
        ],
        &["a -> b", "a -> c: missing", "a -> d: conflict"],
    );
}

#[test]
fn markers_decide() {
    check(
        &[(
            "a",
            "1",
            &[
                "b; sys_platform == 'win32'",
                "c; python_version < '3.8'",
                "d; extra == 'x'",
                "e; sys_platform == 'linux'",
            ],
        )],
        &["a -> e: missing"],
    );
}

#[test]
fn extras_hold_where_others_require_them_to_the_end_of_the_chain() {
    check(
        &[
            ("c", "1", &["d; extra == 'y'", "e; extra == 'z'"]),
            ("b", "1", &["c[y]; extra == 'x'", "b[x]; extra == 'all'"]),
            ("a", "1", &["b[all]"]),
        ],
        &["c -> d: missing", "b -> c", "b -> b", "a -> b"],
    );
}

#[test]
fn a_version_of_old_meets_only_what_asks_for_none() {
    check(
        &[("a", "1", &["b", "b>=1"]), ("b", "2004d", &[])],
        &["a -> b", "a -> b: conflict"],
    );
}

#[test]
fn who_requires_what() {
    let graph = graph(&[
        ("a", "1", &["b", "a[x]"]),
        ("b", "1", &["a", "c"]),
        ("d", "1", &["c"]),
    ]);
    let requiring = |name: &str| -> Vec<usize> {
        let project = name.parse().unwrap();
        graph
            .requiring(&project)
            .map(|(position, _)| position)
            .collect()
    };
    assert_eq!(requiring("a"), [1], "not itself");
    assert_eq!(requiring("c"), [1, 2], "though it is not installed");
    assert!(requiring("d").is_empty());
}

#[test]
fn a_change_breaks_what_was_met() {
    let graph = graph(&[
        ("a", "1", &["c<2"]),
        ("b", "1", &["c<1"]),
        ("d", "1", &["c<2"]),
        ("c", "1", &[]),
    ]);
    let (c, d): (ProjectName, ProjectName) = ("c".parse().unwrap(), "d".parse().unwrap());
    let (two, one) = (Version::new([2]), Version::new([1]));
    let changed = BTreeMap::from([(&c, &two), (&d, &one)]);
    let broken = graph.broken_by(&changed);
    let names: Vec<&str> = broken.iter().map(|one| one.node.name.as_str()).collect();
    assert_eq!(names, ["a"], "b was broken before, d is changed itself");
}
