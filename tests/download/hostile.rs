//! Every hostile wheel is refused, and leaves nothing behind.

use std::collections::BTreeMap;

use wh_testing::sandbox::{Run, tree};
use wh_testing::{Hostile, IndexFile, hostile};

use crate::bench::Bench;

/// What the index says of it does not help: METADATA beside it is that of a good wheel.
fn serve(bench: &Bench, wheel: &Hostile) {
    let metadata = "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n";
    let file = IndexFile::new(&*wheel.filename, &*wheel.bytes).project("hostile");
    bench
        .index
        .add(file.metadata(metadata).without_requires_python());
}

/// What is wrong with the answer, if anything.
fn fault(bench: &Bench, wheel: &Hostile, run: &Run) -> Option<String> {
    if run.status != Some(1) {
        return Some(format!("status {:?}", run.status));
    }
    let said = run.stderr.to_lowercase();
    for word in wheel.says {
        if !said.contains(&word.to_lowercase()) {
            return Some(format!("{word:?} is not said"));
        }
    }
    if !said.contains("hint:") || !said.contains(&wheel.filename) {
        return Some("no hint, or the file is not named".to_owned());
    }
    let left = bench.sandbox.tree();
    let left: Vec<_> = left.iter().filter(|path| *path != "wheels/").collect();
    (!left.is_empty()).then(|| format!("left behind: {left:?}"))
}

#[test]
fn hostile_wheels_are_refused() {
    let mut faults = BTreeMap::new();
    for wheel in hostile() {
        let bench = Bench::new();
        serve(&bench, &wheel);
        let run = bench.download(&["hostile"]);
        if let Some(fault) = fault(&bench, &wheel, &run) {
            faults.insert(wheel.kind, format!("{fault}\n{}", run.stderr));
        }
    }
    for (kind, fault) in &faults {
        println!("--- {kind}: {fault}");
    }
    assert!(faults.is_empty(), "{:?}", faults.keys());
    assert!(!std::path::Path::new("/tmp/wh-escaped.py").exists());
    assert!(!std::path::Path::new("/tmp/wh-escaped").exists());
}

/// One that lies in the folder of links is refused too, and stays where it is.
#[test]
fn hostile_wheels_of_a_folder_are_refused() {
    let mut accepted = Vec::new();
    for wheel in hostile()
        .into_iter()
        .filter(|wheel| wheel.from_outside)
        .step_by(4)
    {
        let bench = Bench::new();
        bench
            .sandbox
            .write(&format!("vendor/{}", wheel.filename), &wheel.bytes);
        let run = bench.download(&["hostile", "--no-index", "-f", "vendor"]);
        let vendor = tree(&bench.sandbox.path("vendor"));
        let wheels = bench.wheels();
        if run.status != Some(1) || vendor.len() != 1 || !wheels.iter().all(String::is_empty) {
            accepted.push((wheel.kind, run.status, wheels, run.stderr));
        }
    }
    assert!(accepted.is_empty(), "{accepted:#?}");
}
