//! Many targets in one run: what each gets, what it goes without, and the locks.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::{Value, json};
use wh_testing::tools;
use wh_testing::{Fault, WheelBuilder};

use crate::bench::{Bench, Lock, module, says};

const GLIBC: &str = "cp312-manylinux_2_28_x86_64";
const MUSL: &str = "cp312-musllinux_1_2_x86_64";
const WINDOWS: &str = "cp312-win_amd64";
const BUILT_FOR_GLIBC: &str = "cp312-cp312-manylinux_2_17_x86_64";

fn native(name: &str, version: &str, tag: &str) -> WheelBuilder {
    module(name, version).tag(tag)
}

fn missing(report: &Value) -> Vec<[String; 3]> {
    let rows = report["missing"].as_array().unwrap().iter();
    rows.map(|row| {
        let chain: Vec<&str> = row["requested_by"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap())
            .collect();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        [text("requirement"), text("target"), chain.join(" > ")]
    })
    .collect()
}

fn row(requirement: &str, target: &str, chain: &str) -> [String; 3] {
    [requirement, target, chain].map(str::to_owned)
}

fn locks(bench: &Bench) -> Vec<String> {
    let mut names = bench.wheels();
    names.retain(|name| name.starts_with("pylock."));
    names
}

/// `app` asks for `middle`, which asks for `fast`, which is built for glibc alone.
fn chain() -> Bench {
    Bench::with(&[
        module("app", "1.0").requires("middle>=1"),
        module("middle", "1.0").requires("fast>=1"),
        native("fast", "1.0", BUILT_FOR_GLIBC),
        module("other", "1.0"),
    ])
}

#[test]
fn what_a_target_cannot_get_is_named_with_target_and_chain() {
    let bench = chain();
    let run = bench
        .download_for(&[GLIBC, MUSL, WINDOWS], &["app", "other", "--report", "r"])
        .expect(1);
    // each that goes without, and not the one that could be served
    says(
        &run,
        &["no solution for cp312-musl", "no solution for cp312-win"],
    );
    assert!(
        !run.stderr.contains(&format!("no solution for {GLIBC}")),
        "{}",
        run.stderr
    );
    let report = bench.report("r");
    let chain = "app > middle==1.0";
    assert_eq!(
        missing(&report),
        [row("fast>=1", MUSL, chain), row("fast>=1", WINDOWS, chain)]
    );
    let rows = report["targets"].as_array().unwrap().iter();
    let complete: Vec<_> = rows.map(|row| row["complete"].clone()).collect();
    assert_eq!(complete, [json!(true), json!(false), json!(false)]);
    bench.assert_nothing_kept();
}

#[test]
fn keep_going_fetches_what_can_be_had_and_ends_with_the_table() {
    let bench = chain();
    let args = ["app", "nowhere", "other", "--keep-going", "--report", "r"];
    let run = bench.download_for(&[GLIBC, MUSL, WINDOWS], &args).expect(1);
    says(
        &run,
        &[
            "missing: fast>=1 for cp312-musllinux_1_2_x86_64, cp312-win_amd64, asked for by app > middle==1.0: fast 1.0 has no wheel for it",
            "missing: nowhere for cp312-manylinux_2_28_x86_64, cp312-musllinux_1_2_x86_64, cp312-win_amd64: no index or folder knows nowhere",
            "lacks nowhere, fast>=1",
            "error: 3 of 3 targets are incomplete, and no lock was written",
        ],
    );
    let wheels: Vec<String> = bench.wheels();
    assert_eq!(
        wheels,
        [
            "app-1.0-py3-none-any.whl",
            "fast-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
            "middle-1.0-py3-none-any.whl",
            "other-1.0-py3-none-any.whl",
        ]
    );
    let report = bench.report("r");
    let rows = report["targets"].as_array().unwrap();
    let counts: Vec<_> = rows
        .iter()
        .map(|row| row["distributions"].clone())
        .collect();
    assert_eq!(counts, [json!(4), json!(1), json!(1)]);
    assert_eq!(missing(&report).len(), 5);
}

#[test]
fn keep_going_collects_files_and_could_not_find_out_outranks_no() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("gone").requires("broken"),
        module("gone", "1.0"),
        module("broken", "1.0"),
        module("whole", "1.0"),
    ]);
    bench
        .index
        .misbehave("/files/gone*.whl", Fault::status(404));
    bench
        .index
        .misbehave("/files/broken*.whl", Fault::status(500));
    let args = ["app", "whole", "--keep-going", "--report", "r"];
    let run = bench.download(&args).expect(3);
    says(
        &run,
        &["missing: gone==1.0", "missing: broken==1.0", "404", "500"],
    );
    assert_eq!(
        bench.wheels(),
        ["app-1.0-py3-none-any.whl", "whole-1.0-py3-none-any.whl"]
    );
    assert_eq!(
        missing(&bench.report("r")),
        [
            row("broken==1.0", GLIBC, "app"),
            row("gone==1.0", GLIBC, "app")
        ]
    );
    // what is all there gets its lock, and nothing is fetched twice
    bench.index.behave();
    bench.index.clear_log();
    bench.download(&args).expect(0);
    assert_eq!(bench.lock().versions().len(), 4);
    assert_eq!(bench.index.count("/files/whole-1.0-py3-none-any.whl"), 0);
}

#[test]
fn targets_that_need_different_choices_get_a_lock_each() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp312-cp312-musllinux_1_2_x86_64"),
        native("fast", "2.0", BUILT_FOR_GLIBC),
    ]);
    let run = bench.download_for(&[GLIBC, MUSL], &["fast"]).expect(1);
    says(
        &run,
        &[&format!("no solution for {GLIBC}, {MUSL}"), "--split-locks"],
    );
    // the files of both may come, but no lock stands for them
    let run = bench
        .download_for(&[GLIBC, MUSL], &["fast", "--keep-going"])
        .expect(1);
    says(&run, &["which one lock cannot tell apart", "--split-locks"]);
    assert_eq!(locks(&bench), [""; 0]);

    bench
        .download_for(&[GLIBC, MUSL], &["fast", "--split-locks"])
        .expect(0);
    let names = [
        format!("pylock.{GLIBC}.toml"),
        format!("pylock.{MUSL}.toml"),
    ];
    assert_eq!(locks(&bench), names);
    let versions = names.map(|name| {
        let lock = Lock::read(&bench.sandbox.path("wheels").join(name));
        assert_eq!(lock.wheels("fast").len(), 1);
        lock.versions()
    });
    assert_eq!(versions, [["fast 2.0"], ["fast 1.0"]]);
    bench.sandbox.run(["verify", "wheels"]).expect(0);
    bench.sandbox.run(["prune", "wheels"]).expect(0);
    assert_eq!(bench.wheels().len(), 4);
}

#[test]
fn a_lock_of_its_own_is_written_for_each_target_that_gets_everything() {
    let bench = chain();
    let args = [
        "app",
        "--split-locks",
        "--keep-going",
        "--lock-name",
        "prod",
    ];
    let run = bench.download_for(&[GLIBC, MUSL, WINDOWS], &args).expect(1);
    says(&run, &["error: 2 of 3 targets are incomplete"]);
    assert_eq!(locks(&bench), [format!("pylock.prod-{GLIBC}.toml")]);
}

#[test]
fn the_lock_of_this_machine_is_installed_from_several() {
    let Some(python) = wh_testing::sandbox::python(None) else {
        return;
    };
    let (major, minor) = (python.version.0, python.version.1);
    let tag = format!("cp{major}{minor}");
    let built =
        |version: &str, platform: &str| native("fast", version, &format!("{tag}-{tag}-{platform}"));
    let bench = Bench::with(&[
        built("1.0", "musllinux_1_2_x86_64"),
        built("2.0", "manylinux_2_17_x86_64"),
        built("3.0", "manylinux_2_99_x86_64"),
    ]);
    let platforms = ["musllinux_1_2", "manylinux_2_17", "manylinux_2_99"];
    let targets = platforms.map(|platform| format!("{tag}-{platform}_x86_64"));
    let targets = targets.each_ref().map(String::as_str);
    bench
        .download_for(&targets, &["fast", "--split-locks"])
        .expect(0);
    let path = python.path.display().to_string();
    let install = |house: &str| {
        let words = ["install", "--find-links", house, "--target", "./out"];
        bench
            .sandbox
            .run([&words[..], &["--python", &path]].concat())
    };
    install("wheels").expect(0);
    assert!(bench.sandbox.path("out/fast-2.0.dist-info").exists());
    // where none is for this machine, that is said
    bench
        .download_for(
            &["cp312-win32", "cp312-win_arm64"],
            &["fast", "-d", "w2", "--keep-going", "--split-locks"],
        )
        .expect(1);
    bench.index.add_wheel(&module("pure", "1.0"));
    bench
        .download_for(
            &["cp312-win32", "cp312-win_arm64"],
            &["pure", "-d", "w2", "--split-locks"],
        )
        .expect(0);
    let run = install("w2").expect(1);
    says(
        &run,
        &[
            "no lock in the folder was made for",
            "cp312-win_arm64",
            "hint:",
        ],
    );
}

#[test]
fn targets_agree_on_versions_that_they_share() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp311-cp311-win_amd64"),
        native("fast", "1.0", "cp312-cp312-win_amd64"),
        native("fast", "2.0", "cp312-cp312-win_amd64"),
        native("fast", "2.0", "cp313-cp313-win_amd64"),
        module("app", "1.0").requires("fast"),
    ]);
    let versions = |targets: &[&str], args: &[&str]| {
        let args = [&["app"], args].concat();
        bench.download_for(targets, &args).expect(0);
        (bench.lock().versions(), bench.lock().text)
    };
    let two = ["cp311-win_amd64", "cp312-win_amd64"];
    let (highest, _) = versions(&two, &[]);
    assert_eq!(highest, ["app 1.0", "fast 1.0", "fast 2.0"]);
    let (shared, one_way) = versions(&two, &["--agree"]);
    assert_eq!(shared, ["app 1.0", "fast 1.0"]);
    let (_, other_way) = versions(&[two[1], two[0]], &["--agree"]);
    assert_eq!(one_way, other_way);
    // where no version serves all, the highest of those that serve the most
    let three = ["cp311-win_amd64", "cp312-win_amd64", "cp313-win_amd64"];
    let (shared, _) = versions(&three, &["--agree"]);
    assert_eq!(shared, ["app 1.0", "fast 1.0", "fast 2.0"]);
}

/// `packaging.pylock` selects for each target what `wh` resolved.
#[test]
fn packaging_selects_what_was_resolved() {
    let Some(tools) = tools() else { return };
    let bench = Bench::with(&[
        module("click", "8.0").requires("colorama; sys_platform == 'win32'"),
        module("colorama", "0.4"),
        native("fast", "1.0", "cp311-cp311-manylinux_2_17_x86_64"),
        native("fast", "1.0", "cp311-cp311-musllinux_1_1_x86_64"),
        native("fast", "2.0", "cp312-abi3-manylinux_2_17_x86_64"),
        native("fast", "2.0", "cp312-cp312-musllinux_1_2_x86_64"),
        native("fast", "2.0", "cp311-abi3-win_amd64"),
        native("fast", "2.0", "cp311-abi3-win32"),
        native("fast", "2.0", "cp312-cp312-macosx_11_0_universal2"),
        native("fast", "1.5", "pp311-pypy311_pp73-manylinux_2_17_x86_64"),
        native("fast", "2.0", "cp312-cp312-android_21_arm64_v8a"),
        module("late", "1.0"),
    ]);
    let targets = [
        "cp311-linux",
        "cp311-musllinux_1_2_x86_64",
        "cp312-linux",
        "cp312-musllinux_1_2_x86_64",
        "cp312-windows",
        "cp312-win32",
        "cp312-macos",
        "pp311-linux",
        "cp312-android_24_arm64_v8a",
    ];
    let args = [
        "click",
        "fast",
        "late; python_version >= '3.12'",
        "--report",
        "r",
    ];
    bench.download_for(&targets, &args).expect(0);
    let mut command = Command::new(tools.python());
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/oracle/selected.py"
    );
    command
        .arg(script)
        .arg(bench.sandbox.path("wheels/pylock.toml"));
    for target in targets {
        let text = bench.sandbox.run(["target", target]).expect(0).stdout;
        bench.sandbox.write(&format!("{target}.json"), text);
        command.arg(bench.sandbox.path(format!("{target}.json")));
    }
    let answer = command.output().unwrap();
    let answer: BTreeMap<String, Value> = serde_json::from_slice(&answer.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&answer.stderr)));
    let mut resolved: BTreeMap<String, Value> = BTreeMap::new();
    for file in bench.report("r")["files"].as_array().unwrap() {
        for target in file["targets"].as_array().unwrap() {
            let all = resolved.entry(target.as_str().unwrap().to_owned());
            let project = file["project"].as_str().unwrap();
            all.or_insert_with(|| json!({}))[project] = json!([file["version"], file["filename"]]);
        }
    }
    assert_eq!(answer, resolved);
    assert_eq!(resolved.len(), targets.len());
}
