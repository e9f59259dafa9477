//! How much is said, and to whom: results on standard output, everything else beside it.

use serde_json::Value;

use crate::bench::{Bench, says};

#[test]
fn quiet_says_nothing_when_all_is_well() {
    for quiet in ["-q", "-qq"] {
        let bench = Bench::app_and_lib();
        let run = bench.download(&["app", quiet]).expect(0);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    }
}

#[test]
fn even_the_very_quiet_say_errors() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["nope", "-qq"]).expect(1);
    says(&run, &["error:", "nope", "hint:"]);
}

#[test]
fn the_verbose_name_pages_and_files() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app", "-v"]).expect(0);
    says(&run, &["page app", "metadata lib-2.0", "fetched lib-2.0"]);
    let run = bench.download(&["app", "-v"]).expect(0);
    says(&run, &["kept lib-2.0"]);
}

#[test]
fn events_are_json_lines_on_request() {
    let bench = Bench::app_and_lib();
    let run = bench
        .download(&["app", "--json", "--log", "log.txt"])
        .expect(0);
    let events: Vec<Value> = run
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert!(
        kinds.iter().any(|kind| kind.contains("finished")),
        "{kinds:?}"
    );
    for line in bench.sandbox.read("log.txt").lines() {
        let (_, json) = line.split_once(' ').unwrap();
        serde_json::from_str::<Value>(json).unwrap();
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    let bench = Bench::app_and_lib();
    let plain = bench.download(&["nope"]).expect(1);
    assert!(!plain.stderr.contains('\u{1b}'), "{}", plain.stderr);
    let coloured = bench.download(&["nope", "--color", "always"]).expect(1);
    assert!(coloured.stderr.contains('\u{1b}'), "{}", coloured.stderr);
}

#[test]
fn files_that_no_lock_names_are_named() {
    let bench = Bench::app_and_lib();
    bench.download(&["lib==1.0"]).expect(0);
    let named = bench
        .download(&["lib==1.0", "--lock-name", "old"])
        .expect(0);
    assert!(!named.stderr.contains("warning:"), "{}", named.stderr);
    // another lock still names lib 1.0
    let run = bench.download(&["lib"]).expect(0);
    assert!(!run.stderr.contains("warning:"), "{}", run.stderr);
    std::fs::remove_file(bench.sandbox.path("wheels/pylock.old.toml")).unwrap();
    let run = bench.download(&["lib"]).expect(0);
    says(
        &run,
        &["warning: no lock in the folder names lib-1.0-py3-none-any.whl"],
    );
}

#[test]
fn what_no_target_needs_is_named() {
    let bench = Bench::app_and_lib();
    let run = bench
        .download(&["lib", "app; sys_platform == 'win32'"])
        .expect(0);
    says(&run, &["hold for no target: app (command line)"]);
    assert_eq!(bench.lock().versions(), ["lib 2.0"]);
    // a later patch release of the target would need it
    let run = bench
        .download(&["lib", "app; python_full_version >= '3.12.4'"])
        .expect(0);
    assert!(!run.stderr.contains("no target"), "{}", run.stderr);
}

#[test]
fn other_formats_than_requirements_files_are_refused_in_words() {
    let bench = Bench::app_and_lib();
    for file in ["Pipfile", "poetry.lock", "pixi.toml"] {
        bench.sandbox.write(file, "[packages]\nlib = '*'\n");
        let run = bench.download(&["-r", file]).expect(1);
        let refused = format!("{file} is of a tool whose files are not read");
        says(&run, &[&refused, "hint: read are requirements files"]);
    }
}

#[test]
fn the_table_is_honest_about_what_was_left_out() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app", "--no-deps"]).expect(0);
    says(&run, &["complete but for dependencies"]);
    let run = bench.download(&["app", "--exclude", "lib"]).expect(0);
    says(&run, &["complete but for lib"]);
}
