//! The resolver's scenarios over HTTP, in JSON and in HTML by turns.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use wh_testing::index::Format;
use wh_testing::scenario::{Scenario, files};
use wh_testing::{Sandbox, TestIndex};

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
        let found: BTreeMap<&str, &str> = report["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                (
                    row["project"].as_str().unwrap(),
                    row["version"].as_str().unwrap(),
                )
            })
            .collect();
        let versions = scenario.versions();
        return if found == versions {
            Ok(())
        } else {
            Err(format!("{found:?}, not {versions:?}"))
        };
    }
    if run.status == Some(0) {
        return Err("it must not succeed".to_owned());
    }
    explained(&expected.explanation, &run.stderr)
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
    let mut wrong = Vec::new();
    let formats = [Format::Json, Format::Html].into_iter().cycle();
    let all = files(&folder);
    assert!(all.len() > 30);
    for (path, format) in all.iter().zip(formats) {
        if let Err(why) = run(path, format) {
            wrong.push(format!("--- {} ({format:?}): {why}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
