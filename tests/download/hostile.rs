//! Every hostile wheel is refused, and leaves nothing behind.

use wh_testing::sandbox::{Run, tree};
use wh_testing::{Hostile, IndexFile, hostile};

use crate::bench::{Bench, in_parallel};

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
    let faults = in_parallel(&hostile(), |wheel| {
        let bench = Bench::new();
        serve(&bench, wheel);
        let run = bench.download(&["hostile"]);
        let fault = fault(&bench, wheel, &run)?;
        Some(format!("--- {}: {fault}\n{}", wheel.kind, run.stderr))
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(!std::path::Path::new("/tmp/wh-escaped.py").exists());
    assert!(!std::path::Path::new("/tmp/wh-escaped").exists());
}

/// One that lies in the folder of links is refused too, and stays where it is.
#[test]
fn hostile_wheels_of_a_folder_are_refused() {
    let mut some = hostile();
    some.retain(|wheel| wheel.from_outside);
    let some: Vec<Hostile> = some.into_iter().step_by(4).collect();
    let accepted = in_parallel(&some, |wheel| {
        let bench = Bench::new();
        bench
            .sandbox
            .write(&format!("vendor/{}", wheel.filename), &wheel.bytes);
        let run = bench.download(&["hostile", "--no-index", "-f", "vendor"]);
        let vendor = tree(&bench.sandbox.path("vendor"));
        let wheels = bench.wheels();
        let refused = run.status == Some(1) && vendor.len() == 1;
        let clean = wheels.iter().all(String::is_empty);
        (!refused || !clean).then(|| format!("{}: {wheels:?}\n{}", wheel.kind, run.stderr))
    });
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}
