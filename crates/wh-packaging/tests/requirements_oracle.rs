//! Requirements files against pip's own parser: see tests/oracle.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use wh_packaging::requirements_file::{Entry, Loader, decode};

#[derive(Deserialize)]
struct Case {
    files: BTreeMap<String, String>,
    lines: Option<Vec<Line>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    constraint: bool,
    place: String,
    text: String,
    hashes: usize,
}

fn line(entry: &Entry, constraint: bool) -> Line {
    Line {
        constraint,
        place: entry.place.to_string(),
        text: entry.text.replace("${SET_VAR}", "1.0"),
        hashes: entry.hashes.len(),
    }
}

fn read(files: &BTreeMap<String, String>) -> Option<Vec<Line>> {
    let mut read = |name: &str| {
        let bytes = files.get(name).ok_or(())?.as_bytes();
        decode(bytes).map_err(drop)
    };
    let variable = |name: &str| (name == "SET_VAR").then(|| "1.0".to_owned());
    let mut loader = Loader {
        read: &mut read,
        variable: &variable,
        base: Path::new(if cfg!(windows) { "C:\\base" } else { "/base" }),
    };
    let found = loader.requirements("main.txt").ok()?;
    let requirements = found.requirements.iter().map(|entry| line(entry, false));
    let constraints = found.constraints.iter().map(|entry| line(entry, true));
    Some(requirements.chain(constraints).collect())
}

#[test]
fn reads_what_pip_reads() {
    let cases: Vec<Case> = serde_json::from_str(include_str!(
        "../../../tests/oracle/requirements_files.json"
    ))
    .unwrap();
    assert!(cases.len() > 50);
    for case in cases {
        let mut expected = case.lines;
        if let Some(lines) = &mut expected {
            // pip gives them in one row; the order within each kind is what counts
            lines.sort_by_key(|line| line.constraint);
        }
        assert_eq!(read(&case.files), expected, "{:?}", case.files);
    }
}
