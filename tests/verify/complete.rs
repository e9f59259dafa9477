//! Completeness: what is missing is named, with who asks for it and for which targets; with it
//! back, nothing is.

use serde_json::Value;
use wh_testing::Workbench;

use crate::{BOTH, bench, chain, faults, remove, verify, wheel};

const LINUX: &str = "cp312-manylinux_2_28_x86_64";
const WINDOWS: &str = "cp312-win_amd64";

/// Takes the `[[packages]]` entry of a project out of the lock.
fn forget(bench: &Workbench, project: &str) -> String {
    let text = bench.sandbox.read("wheels/pylock.toml");
    let begin = format!("[[packages]]\nname = \"{project}\"\n");
    let at = text.find(&begin).unwrap();
    let rest = &text[at + 1..];
    let end = rest.find("\n[").unwrap() + 1;
    let without = format!("{}{}", &text[..at], &rest[end..]);
    bench.sandbox.write("wheels/pylock.toml", without);
    text
}

/// Verify names exactly this.
#[track_caller]
fn check(bench: &Workbench, arguments: &[&str], expected: &[&str]) {
    let run = verify(bench, arguments, i32::from(!expected.is_empty()));
    let told = faults(&run);
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.starts_with(expected), "{told:#?}");
    }
}

#[test]
fn a_file_that_is_gone() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let name = "lib-1.5-py3-none-any.whl";
    let bytes = remove(&bench, name);
    let missing = format!(
        "missing: lib>=1 for {LINUX}, {WINDOWS}, asked for by app > middle==2.0: {name} is not in the folder"
    );
    let wrong = format!("wrong: {name}: it is not there, and pylock.toml names it");
    check(&bench, &[], &[&wrong, &missing]);
    bench.sandbox.write(&format!("wheels/{name}"), bytes);
    check(&bench, &[], &[]);
}

#[test]
fn a_file_that_is_gone_with_its_entry() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let bytes = remove(&bench, "lib-1.5-py3-none-any.whl");
    let lock = forget(&bench, "lib");
    let missing = format!(
        "missing: lib>=1 for {LINUX}, {WINDOWS}, asked for by app > middle==2.0: pylock.toml selects none; the folder has no file of lib"
    );
    check(&bench, &[], &[&missing]);
    // the file alone does not do: the lock is what is installed
    bench
        .sandbox
        .write("wheels/lib-1.5-py3-none-any.whl", bytes);
    let missing = format!(
        "missing: lib>=1 for {LINUX}, {WINDOWS}, asked for by app > middle==2.0: pylock.toml selects none; the folder has lib-1.5-py3-none-any.whl"
    );
    check(&bench, &[], &[&missing]);
    bench.sandbox.write("wheels/pylock.toml", lock);
    check(&bench, &[], &[]);
}

#[test]
fn what_only_windows_needs() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    let name = "winlib-3.0-cp312-cp312-win_amd64.whl";
    let bytes = remove(&bench, name);
    let missing = format!(
        "missing: winlib for {WINDOWS}, asked for by app > middle==2.0: {name} is not in the folder"
    );
    let wrong = format!("wrong: {name}: it is not there");
    check(&bench, &[], &[&wrong, &missing]);
    let run = verify(&bench, &["--report", "verified.json"], 1);
    let row = run.stdout.lines().find(|line| line.contains(LINUX));
    assert!(row.unwrap().ends_with(" complete"), "{}", run.stdout);
    let report: Value = serde_json::from_str(&bench.sandbox.read("verified.json")).unwrap();
    assert_eq!(report["missing"].as_array().unwrap().len(), 1);
    assert_eq!(
        report["missing"][0],
        serde_json::json!({
            "requirement": "winlib", "target": WINDOWS, "requested_by": ["app", "middle==2.0"],
            "reason": format!("{name} is not in the folder"),
        })
    );
    let complete = |at: usize| report["targets"][at]["complete"].as_bool().unwrap();
    assert_eq!((complete(0), complete(1)), (true, false));

    // the entry is gone, too
    forget(&bench, "winlib");
    let missing = format!("missing: winlib for {WINDOWS}, asked for by app > middle==2.0: ");
    check(&bench, &[], &[&missing]);
    check(&bench, &["--target", "cp312-linux"], &[]);

    // no lock at all
    remove(&bench, "pylock.toml");
    let targets = BOTH[1..].to_vec();
    let missing = format!("missing: winlib for {WINDOWS}, asked for by middle: ");
    check(&bench, &targets, &[&missing]);
    bench.sandbox.write(&format!("wheels/{name}"), bytes);
    check(&bench, &targets, &[]);
}

#[test]
fn no_lock_and_this_machine() {
    let Some(bench) = bench() else { return };
    bench.folder(&chain()[..3]);
    let python = bench.python.path.display().to_string();
    check(&bench, &["--python", &python], &[]);
    remove(&bench, "lib-1.5-py3-none-any.whl");
    let run = verify(&bench, &["--python", &python], 1);
    let told = faults(&run);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("missing: lib>=1 for "), "{told:?}");
    assert!(told[0].contains("asked for by middle"), "{told:?}");
}

#[test]
fn requirements_in_place_of_those_of_the_lock() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    bench.sandbox.write("more.txt", "app\nlib<1.5\n");
    let run = verify(&bench, &["-r", "more.txt"], 1);
    let told = faults(&run);
    assert!(
        told[0].starts_with(&format!("missing: lib<1.5 for {LINUX}, {WINDOWS}: ")),
        "{told:?}"
    );
    bench.sandbox.write("more.txt", "middle\n");
    check(&bench, &["-r", "more.txt"], &[]);
    bench.sandbox.write("limit.txt", "lib<1\n");
    let run = verify(&bench, &["-r", "more.txt", "-c", "limit.txt"], 1);
    assert!(faults(&run)[0].contains("lib"), "{}", run.stdout);
}

/// The lock is what `wh install` takes; that the folder alone would say something else is said.
#[test]
fn resolving_from_the_folder_may_choose_otherwise() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH).folder(&[wheel("lib", "2.0")]);
    let run = verify(&bench, &[], 0);
    let note = format!(
        "{LINUX}: resolving from the folder without pylock.toml chooses lib-2.0-py3-none-any.whl in place of lib-1.5-py3-none-any.whl"
    );
    assert!(run.stderr.contains(&note), "{}", run.stderr);
}

/// A lock that was made with --pre is resolved again with it.
#[test]
fn pre_releases_count_where_the_lock_was_made_with_them() {
    let Some(bench) = bench() else { return };
    let both = [wheel("lib", "1.0"), wheel("lib", "2.0a1")];
    bench.folder(&both).lock(&both, &["lib", "--pre"]);
    let run = verify(&bench, &[], 0);
    assert!(!run.stderr.contains("resolving"), "{}", run.stderr);
    assert!(run.stderr.contains("made with --pre"), "{}", run.stderr);
    // a lock of before says nothing of it
    let lock = bench.sandbox.read("wheels/pylock.toml");
    let before = lock.replace("\npre = true\n", "\n");
    assert_ne!(before, lock);
    bench.sandbox.write("wheels/pylock.toml", before);
    let run = verify(&bench, &[], 0);
    let note = "chooses lib-1.0-py3-none-any.whl in place of lib-2.0a1-py3-none-any.whl";
    assert!(run.stderr.contains(note), "{}", run.stderr);
}

#[test]
fn what_was_left_out_on_purpose_is_not_missed() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &["app", "--no-deps"]);
    let run = verify(&bench, &[], 0);
    assert!(run.stderr.contains("--no-deps"), "{}", run.stderr);
    let excluded = ["app", "--exclude", "middle"];
    bench.download(&excluded).expect(0);
    let run = verify(&bench, &[], 0);
    assert!(
        run.stderr.contains("left out (--exclude): middle"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_target_that_the_lock_was_not_made_for() {
    let Some(bench) = bench() else { return };
    bench.lock(&chain(), &BOTH);
    check(
        &bench,
        &["--target", "cp311-macos"],
        &["missing: a selection for cp311-macosx_14_0_arm64"],
    );
}

#[test]
fn direct_urls_are_answered_from_the_lock() {
    let Some(bench) = bench() else { return };
    for wheel in chain() {
        bench.index.add(wh_testing::IndexFile::wheel(&wheel));
    }
    let direct = format!("lib @ {}", bench.index.file_url("lib-1.5-py3-none-any.whl"));
    bench.download(&[&direct]).expect(0);
    let run = verify(&bench, &[], 0);
    assert!(!run.stderr.contains("resolving"), "{}", run.stderr);
}

/// Several locks share a folder: each is held to its own targets.
#[test]
fn each_lock_is_verified() {
    let Some(bench) = bench() else { return };
    let one = [&BOTH[..], &["--lock-name", "one"]].concat();
    bench.lock(&chain(), &one);
    bench.download(&["lib", "--lock-name", "two"]).expect(0);
    let run = verify(&bench, &[], 0);
    assert!(
        run.stderr.contains("complete for 3 targets"),
        "{}",
        run.stderr
    );
    remove(&bench, "app-1.0-py3-none-any.whl");
    let run = verify(&bench, &[], 1);
    assert!(
        run.stderr.contains("2 of 3 targets incomplete"),
        "{}",
        run.stderr
    );
    verify(&bench, &["-r", "wheels/pylock.two.toml"], 0);
}
