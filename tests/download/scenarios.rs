//! The resolver's scenarios over HTTP, in JSON and in HTML by turns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use wh_testing::index::Format;
use wh_testing::scenario::{Scenario, files};
use wh_testing::{Sandbox, TestIndex};

use crate::bench::in_parallel;

/// Runs one scenario; gives back what is wrong.
fn run(path: &Path, format: Format) -> Result<(), String> {
    let index = TestIndex::start();
    index.format(format);
    let scenario = Scenario::serve(path, &index)?;
    let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_wh"));
    let arguments = scenario
        .arguments(&index, &sandbox.work())
        .map_err(|error| error.to_string())?;
    let Some(mut arguments) = arguments else {
        return Ok(()); // no flag gives preferences
    };
    arguments.extend(["--dry-run", "--report", "report.json", "--retries", "0"].map(Into::into));
    let run = sandbox.run(&arguments);
    let expected = &scenario.expect;
    if expected.explanation.is_empty() && expected.error.is_none() {
        if run.status != Some(0) {
            return Err(format!("status {:?}\n{}", run.status, run.stderr));
        }
        let report: Value = serde_json::from_str(&sandbox.read("report.json")).unwrap();
        return agrees(&scenario, &report);
    }
    if run.status == Some(0) {
        return Err("it must not succeed".to_owned());
    }
    explained(&expected.explanation, &run.stderr)
}

/// The report has the versions, the wheels and the chains that the scenario names.
fn agrees(scenario: &Scenario, report: &Value) -> Result<(), String> {
    let mut versions: BTreeMap<&str, &str> = BTreeMap::new();
    let mut wheels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in report["files"].as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap();
        versions.insert(text("project"), text("version"));
        wheels
            .entry(text("project"))
            .or_default()
            .insert(text("filename"));
        let chain: Vec<String> = serde_json::from_value(row["requested_by"].clone()).unwrap();
        let expected = scenario.expect.requested_by.get(text("project"));
        if expected.is_some_and(|expected| *expected != chain) {
            return Err(format!("{} is requested by {chain:?}", text("project")));
        }
    }
    if versions != scenario.versions() {
        return Err(format!("{versions:?}, not {:?}", scenario.versions()));
    }
    for (project, expected) in &scenario.expect.wheels {
        let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
        if wheels.get(project.as_str()) != Some(&expected) {
            return Err(format!("{project}: {wheels:?}, not {expected:?}"));
        }
    }
    Ok(())
}

/// The lines of an explanation stand there; one that ends in `...` may go on. Why METADATA cannot
/// be read is said in other words here than in memory.
fn explained(lines: &[String], stderr: &str) -> Result<(), String> {
    for line in lines {
        let begin = line.trim_end_matches("...");
        let begin = begin.split("(METADATA has").next().unwrap_or_default();
        if !stderr
            .lines()
            .any(|said| said.trim_start().starts_with(begin))
        {
            return Err(format!("{line:?} is missing in\n{stderr}"));
        }
    }
    Ok(())
}

#[test]
fn all_scenarios_come_out_over_http_as_in_memory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let formats = [Format::Json, Format::Html].into_iter().cycle();
    let all: Vec<_> = files(&folder).into_iter().zip(formats).collect();
    assert!(all.len() > 30);
    let wrong = in_parallel(&all, |(path, format)| {
        let why = run(path, *format).err()?;
        Some(format!("--- {} ({format:?}): {why}", path.display()))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
