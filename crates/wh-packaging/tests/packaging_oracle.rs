//! Tags and markers compared with what `packaging` 26.3 answers (see tests/oracle).

use std::collections::BTreeMap;

use serde::Deserialize;
use wh_packaging::marker::evaluate;
use wh_packaging::requirement::parse_marker;
use wh_packaging::target::InterpreterFacts;
use wh_packaging::{ExtraName, MarkerValues, Target, Truth};

#[derive(Deserialize)]
struct TagTable {
    targets: BTreeMap<String, CompactTags>,
    interpreters: Vec<Interpreter>,
    marker_texts: Vec<String>,
    /// By target, in the order of the texts; null where values that the name leaves open decide.
    markers: BTreeMap<String, Vec<Option<bool>>>,
}

#[derive(Deserialize)]
struct CompactTags {
    platforms: Vec<String>,
    tags: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Interpreter {
    facts: InterpreterFacts,
    #[serde(flatten)]
    tags: CompactTags,
}

impl CompactTags {
    fn expand(&self) -> Vec<String> {
        let mut all = Vec::new();
        for row in &self.tags {
            if row.len() == 3 {
                all.push(row.join("-"));
            } else {
                let start = row.join("-");
                all.extend(self.platforms.iter().map(|name| format!("{start}-{name}")));
            }
        }
        all
    }
}

fn ordered(target: &Target) -> Vec<String> {
    target.tags.iter().map(ToString::to_string).collect()
}

fn tag_table() -> TagTable {
    serde_json::from_str(include_str!("../../../tests/oracle/tags.json")).unwrap()
}

#[test]
fn named_targets_load_what_packaging_says() {
    let table = tag_table();
    assert!(table.targets.len() >= 60);
    for (name, expected) in &table.targets {
        let target = Target::from_name(name).unwrap();
        assert_eq!(ordered(&target), expected.expand(), "{name}");
        assert!(target.is_named(), "{name}");
    }
}

#[test]
fn markers_of_named_targets_answer_what_packaging_says() {
    let table = tag_table();
    assert!(table.markers.len() >= 60 && table.marker_texts.len() >= 20);
    let mut wrong = Vec::new();
    for (name, answers) in &table.markers {
        let target = Target::from_name(name).unwrap();
        for (text, answer) in table.marker_texts.iter().zip(answers) {
            let expected = match answer {
                Some(true) => Truth::True,
                Some(false) => Truth::False,
                None => Truth::Undecided,
            };
            let found = evaluate(&parse_marker(text).unwrap(), &target.markers, &[]);
            if found != expected {
                wrong.push(format!("{text} for {name}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}

#[test]
fn interpreters_load_what_packaging_says() {
    let table = tag_table();
    assert!(table.interpreters.len() >= 6);
    for interpreter in &table.interpreters {
        let target = interpreter.facts.target();
        assert_eq!(
            ordered(&target),
            interpreter.tags.expand(),
            "{}",
            target.name
        );
        assert!(target.exact && !target.names_patch(), "{}", target.name);
        // its name is that of a target with the same tags
        let named = Target::from_name(&target.name).unwrap();
        assert_eq!(named.tags, target.tags);
        // and the file that describes it gives it again
        let file = target.to_json();
        assert_eq!(Target::from_json(&file, "x.json").unwrap(), target);
    }
}

#[derive(Deserialize)]
struct MarkerTable {
    environments: BTreeMap<String, MarkerValues>,
    answers: Vec<(String, String, Option<String>, bool)>,
}

#[test]
fn markers_answer_what_packaging_says() {
    let table: MarkerTable =
        serde_json::from_str(include_str!("../../../tests/oracle/markers.json")).unwrap();
    assert!(table.answers.len() >= 150);
    let mut wrong = Vec::new();
    for (text, environment, extra, expected) in &table.answers {
        let marker = parse_marker(text).unwrap();
        let extras: Vec<ExtraName> = extra.iter().map(|name| name.parse().unwrap()).collect();
        let answer = evaluate(&marker, &table.environments[environment], &extras);
        let expected = if *expected { Truth::True } else { Truth::False };
        if answer != expected {
            wrong.push(format!("{text} in {environment}, {extra:?}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}
