//! Source distributions: when they count, what comes along with them, what is said, and that nothing
//! of them is run.

use std::process::Command;

use wh_testing::sandbox::{finish, skipped};
use wh_testing::{SdistBuilder, WheelBuilder};

use crate::bench::{Bench, module, says};

const GLIBC: &str = "cp312-manylinux_2_28_x86_64";
const MUSL: &str = "cp312-musllinux_1_2_x86_64";

fn sdist(name: &str, version: &str) -> SdistBuilder {
    SdistBuilder::new(name, version).builds_with("hatchling.build", ["hatchling>=1"])
}

/// `app` is an sdist that requires `lib`, and is built by hatchling, which requires `pluggy`.
fn app() -> Bench {
    let bench = Bench::with(&[
        module("lib", "1.0"),
        module("hatchling", "1.9").requires("pluggy"),
        module("pluggy", "1.5"),
    ]);
    bench
        .index
        .add(sdist("app", "1.0").requires("lib").on_index());
    bench
}

fn names(value: &toml::Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .filter_map(toml::Value::as_str)
        .collect()
}

#[test]
fn an_sdist_comes_with_what_building_it_needs() {
    let bench = app();
    let run = bench.download(&["app", "--report", "r"]).expect(0);
    says(
        &run,
        &[
            "nothing of it was run",
            "app-1.0.tar.gz: hatchling.build, with hatchling>=1",
        ],
    );
    let all = [
        "app-1.0.tar.gz",
        "hatchling-1.9-py3-none-any.whl",
        "lib-1.0-py3-none-any.whl",
        "pluggy-1.5-py3-none-any.whl",
        "pylock.toml",
    ];
    assert_eq!(bench.wheels(), all);
    // what builds is not what is installed
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["app 1.0", "lib 1.0"]);
    let locked = &lock.package("app")["sdist"];
    assert_eq!(locked["name"].as_str(), Some("app-1.0.tar.gz"));
    assert!(locked["hashes"].get("sha256").is_some(), "{}", lock.text);
    let tool = &lock.table["tool"]["wh"];
    let build = &tool["builds"][0];
    assert_eq!(names(&build["files"]), [all[1], all[3]]);
    assert_eq!(names(&build["requires"]), ["hatchling>=1"]);
    assert_eq!(names(&build["targets"]), [GLIBC]);
    assert_eq!(tool["build-packages"].as_array().unwrap().len(), 2);
    // fetched once, though its metadata was needed first
    assert_eq!(bench.index.count("/files/app-*"), 1);
    let report = bench.report("r");
    assert_eq!(report["builds"][0]["sdist"], "app-1.0.tar.gz");
    let row = report["files"].as_array().unwrap().iter();
    let mut row = row.filter(|row| row["project"] == "pluggy");
    let chain = &row.next().unwrap()["requested_by"];
    assert_eq!(*chain, serde_json::json!(["app", "hatchling>=1"]));
    // again: nothing to fetch, nothing to look into
    bench.index.clear_log();
    bench.download(&["app"]).expect(0);
    assert_eq!(bench.index.count("/files/*"), 0);
}

#[test]
fn setuptools_builds_what_names_no_backend() {
    let bench = Bench::with(&[module("setuptools", "68.0"), module("wheel", "0.45")]);
    let legacy = SdistBuilder::new("old", "1.0").file("setup.py", "setup(setup_requires=['x'])");
    bench.index.add(legacy.file("src/fast.c", "").on_index());
    let run = bench.download(&["old"]).expect(0);
    says(&run, &["setup_requires", "a C compiler"]);
    let tool = &bench.lock().table["tool"]["wh"];
    let expected = ["setuptools>=40.8.0", "wheel"];
    assert_eq!(names(&tool["builds"][0]["requires"]), expected);
}

#[test]
fn wh_toml_says_what_a_backend_only_tells_when_run() {
    let bench = app();
    bench.index.add_wheel(&module("numpy", "2.0"));
    bench
        .sandbox
        .write("wh.toml", "[build-requires]\napp = [\"numpy>=2\"]\n");
    bench.download(&["app"]).expect(0);
    let wheel = "numpy-2.0-py3-none-any.whl".to_owned();
    assert!(bench.wheels().contains(&wheel), "{:?}", bench.wheels());
}

#[test]
fn what_an_sdist_requires_must_be_known_without_building_it() {
    let bench = app();
    bench.index.add_wheel(&module("old", "1.0"));
    let dynamic = sdist("old", "2.0").header("Dynamic", "Requires-Dist");
    bench.index.add(dynamic.on_index());
    let run = bench.download(&["old>=2"]).expect(1);
    says(
        &run,
        &[
            "only building old 2.0 tells what it requires",
            "`requires-dist` is dynamic",
            "old 1.0, the newest with wheels",
            "--only-binary old",
        ],
    );
    bench.assert_nothing_kept();
    // what no wheel is newer than is passed over, and that is said
    let run = bench.download(&["old", "--no-prefer-binary"]).expect(0);
    says(
        &run,
        &["old", "2.0", "only building it tells what it requires"],
    );
}

#[test]
fn a_project_table_tells_it_where_pkg_info_does_not() {
    let bench = app();
    let table = "[project]\nname = 'old'\ndynamic = ['version']\ndependencies = ['lib']\n\
        [build-system]\nrequires = []\nbuild-backend = 'own'\n";
    let old = SdistBuilder::new("old", "2.0")
        .metadata_version("2.1")
        .file("pyproject.toml", table);
    bench.index.add(old.on_index());
    let run = bench.download(&["old"]).expect(0);
    says(&run, &["its backend may ask for more when it is run"]);
    assert_eq!(bench.lock().versions(), ["lib 1.0", "old 2.0"]);
}

#[test]
fn what_building_needs_and_is_nowhere_is_an_error() {
    let bench = Bench::with(&[module("hatchling", "1.9").requires("pluggy")]);
    let outer = module("outer", "1.0").requires("app");
    bench.index.add_wheel(&outer);
    bench.index.add(sdist("app", "1.0").on_index());
    let run = bench.download(&["outer", "--report", "r"]).expect(1);
    says(
        &run,
        &[
            "what building app-1.0.tar.gz needs cannot be had for cp312",
            "to build app-1.0.tar.gz",
            "pluggy",
            "--only-binary app",
        ],
    );
    bench.assert_nothing_kept();
    let missing = &bench.report("r")["missing"][0];
    assert_eq!(
        missing["requested_by"],
        serde_json::json!(["outer", "app==1.0"])
    );
}

#[test]
fn sdists_that_need_each_other_are_named() {
    let bench = Bench::new();
    let of = |name: &str, needs: &str| SdistBuilder::new(name, "1").builds_with("own", [needs]);
    bench.index.add(of("one", "two").on_index());
    bench.index.add(of("two", "one").on_index());
    let run = bench.download(&["one"]).expect(1);
    says(&run, &["one-1.tar.gz > two-1.tar.gz > one-1.tar.gz"]);
}

#[test]
fn a_target_without_a_wheel_builds_what_others_load() {
    let bench = app();
    bench
        .index
        .add_wheel(&module("app", "1.0").tag("cp312-cp312-manylinux_2_17_x86_64"));
    bench.download_for(&[GLIBC, MUSL], &["app"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.wheels("app").len(), 1);
    assert!(lock.package("app").get("sdist").is_some(), "{}", lock.text);
    let build = &lock.table["tool"]["wh"]["builds"][0];
    assert_eq!(names(&build["targets"]), [MUSL]);
}

#[test]
fn files_say_which_kinds_count() {
    let bench = app();
    bench.index.add_wheel(&module("app", "1.0"));
    bench.sandbox.write("r.txt", "--no-binary app\napp\n");
    bench.download(&["-r", "r.txt", "-d", "source"]).expect(0);
    assert!(bench.sandbox.path("source/app-1.0.tar.gz").exists());
    let run = ["-r", "r.txt", "--no-binary", ":none:"];
    bench.download(&run).expect(0);
    assert!(!bench.sandbox.path("wheels/app-1.0.tar.gz").exists());
    let both = bench.download(&["app", "--no-binary=app", "--only-binary=app"]);
    says(&both.expect(2), &["--only-binary and in --no-binary"]);
}

#[test]
fn a_hostile_sdist_is_refused_before_it_has_a_name() {
    let bench = app();
    let evil = sdist("evil", "1.0").file("../../evil.py", "import os");
    bench.index.add(evil.on_index());
    let run = bench.download(&["evil"]).expect(1);
    says(
        &run,
        &["evil-1.0.tar.gz is refused", "../../evil.py` escapes"],
    );
    bench.assert_nothing_kept();
}

#[test]
fn prune_and_verify_know_what_building_needs() {
    let bench = app();
    bench.download(&["app"]).expect(0);
    bench.sandbox.run(["prune", "wheels"]).expect(0);
    assert_eq!(bench.wheels().len(), 5);
    let verify = || bench.sandbox.run(["verify", "wheels"]);
    verify().expect(0);
    std::fs::remove_file(bench.sandbox.path("wheels/pluggy-1.5-py3-none-any.whl")).unwrap();
    let told = verify().expect(1).stdout;
    assert!(told.contains("app-1.0.tar.gz > hatchling>=1"), "{told}");
    // from the folder alone
    std::fs::remove_file(bench.sandbox.path("wheels/pylock.toml")).unwrap();
    bench.sandbox.write("r.txt", "app\n");
    let alone = ["verify", "wheels", "-r", "r.txt", "--target", GLIBC];
    let told = bench.sandbox.run(alone).expect(1).stdout;
    assert!(
        told.contains("app-1.0.tar.gz") && told.contains("pluggy"),
        "{told}"
    );
}

#[test]
fn without_dependencies_it_need_not_say_what_it_requires() {
    let bench = Bench::with(&[module("setuptools", "99"), module("wheel", "99")]);
    let old = SdistBuilder::new("old", "1").file("setup.py", "raise SystemExit('I was run')");
    bench.index.add(old.metadata_version("2.1").on_index());
    let run = bench.download(&["old"]).expect(1);
    says(
        &run,
        &[
            "only building old 1 tells what it requires",
            "--no-deps takes it",
        ],
    );
    bench.download(&["old", "--no-deps"]).expect(0);
    let all = [
        "old-1.tar.gz",
        "pylock.toml",
        "setuptools-99-py3-none-any.whl",
        "wheel-99-py3-none-any.whl",
    ];
    assert_eq!(bench.wheels(), all);
    bench.sandbox.run(["verify", "wheels"]).expect(0);
}

/// strace sees every program that is started, and every process.
#[test]
fn nothing_is_ever_run() {
    let bench = app();
    let old = SdistBuilder::new("old", "1").file("setup.py", "raise SystemExit('I was run')");
    bench.index.add(old.on_index());
    for name in ["setuptools", "wheel"] {
        bench.index.add_wheel(&WheelBuilder::new(name, "99"));
    }
    let words = bench.words(&[GLIBC], &["app", "old"]);
    let plain = bench.sandbox.command(words);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=execve,execveat", "-o", "calls"]);
    strace.arg(plain.get_program()).args(plain.get_args());
    bench.sandbox.prepare(&mut strace);
    if Command::new("strace").arg("-V").output().is_err() {
        return skipped("there is no strace");
    }
    let run = finish(strace);
    if run.status != Some(0) && run.stderr.contains("ptrace") {
        return skipped("strace may not trace here");
    }
    run.expect(0);
    let calls = bench.sandbox.read("calls");
    assert_eq!(calls.matches("exec").count(), 1, "{calls}");
}

/// What travels for builds obeys their own constraints, and no others.
#[test]
fn constraints_of_builds_hold_for_what_comes_along() {
    let bench = app();
    bench.index.add_wheel(&module("hatchling", "1.5"));
    bench.sandbox.write("builds.txt", "hatchling<1.9\n");
    bench
        .download(&["app", "--build-constraint", "builds.txt"])
        .expect(0);
    let wheel = |version: &str| format!("hatchling-{version}-py3-none-any.whl");
    assert!(
        bench.wheels().contains(&wheel("1.5")),
        "{:?}",
        bench.wheels()
    );
    bench.download(&["app", "-c", "builds.txt"]).expect(0);
    assert!(
        bench.wheels().contains(&wheel("1.9")),
        "{:?}",
        bench.wheels()
    );
}
