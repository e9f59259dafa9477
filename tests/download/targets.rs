//! For which machines: classes, pip's flags, files of targets.

use wh_testing::WheelBuilder;

use crate::bench::{Bench, Lock, module, says};

fn native(name: &str, version: &str, tag: &str) -> WheelBuilder {
    module(name, version).tag(tag)
}

#[test]
fn markers_and_tags_are_those_of_the_target() {
    let bench = Bench::with(&[
        module("click", "8.0").requires("colorama; sys_platform == 'win32'"),
        module("colorama", "0.4"),
        native("fast", "1.0", "cp311-cp311-manylinux_2_17_x86_64"),
        native("fast", "1.0", "cp312-cp312-win_amd64"),
        native("fast", "1.0", "cp312-cp312-macosx_11_0_arm64"),
    ]);
    bench
        .download_for(
            &["cp311-linux", "cp312-windows"],
            &["click", "fast", "--report", "plan.json"],
        )
        .expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["click 8.0", "colorama 0.4", "fast 1.0"]);
    let marker = lock.package("colorama")["marker"].as_str().unwrap();
    assert!(
        marker.contains("3.12") && !marker.contains("3.11"),
        "{marker}"
    );
    assert!(lock.package("click").get("marker").is_none());
    let names: Vec<_> = lock
        .wheels("fast")
        .iter()
        .map(|wheel| wheel["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
            "fast-1.0-cp312-cp312-win_amd64.whl"
        ]
    );
    let rows = bench.report("plan.json")["targets"].clone();
    assert_eq!(rows[0]["distributions"], 2);
    assert_eq!(rows[1]["distributions"], 3);
    assert_eq!(
        bench.index.count("/simple/click/"),
        1,
        "a page is read once for all targets"
    );
}

#[test]
fn each_target_gets_its_highest_version() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp311-cp311-manylinux_2_17_x86_64"),
        native("fast", "2.0", "cp312-cp312-win_amd64"),
    ]);
    let targets = ["cp311-linux", "cp312-windows"];
    bench.download_for(&targets, &["fast"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["fast 1.0", "fast 2.0"]);
    for (package, word) in lock.packages().iter().zip(["3.11", "3.12"]) {
        assert!(
            package["marker"].as_str().unwrap().contains(word),
            "{}",
            lock.text
        );
    }
    // the order of flags changes nothing but the list of targets
    let other = Bench::with(&[
        native("fast", "1.0", "cp311-cp311-manylinux_2_17_x86_64"),
        native("fast", "2.0", "cp312-cp312-win_amd64"),
    ]);
    other
        .download_for(&[targets[1], targets[0]], &["fast"])
        .expect(0);
    assert_eq!(other.lock().versions(), lock.versions());
}

#[test]
fn one_class_takes_a_version_that_serves_all_members() {
    let glibc = "cp312-cp312-manylinux_2_17_x86_64";
    let musl = "cp312-cp312-musllinux_1_2_x86_64";
    let bench = Bench::with(&[
        native("fast", "1.0", glibc),
        native("fast", "1.0", musl),
        native("fast", "2.0", glibc),
    ]);
    let targets = ["cp312-manylinux_2_28_x86_64", "cp312-musllinux_1_2_x86_64"];
    bench.download_for(&targets, &["fast"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["fast 1.0"]);
    assert_eq!(lock.wheels("fast").len(), 2);
    assert_eq!(lock.table["environments"].as_array().unwrap().len(), 1);
}

#[test]
fn a_class_without_a_common_version_is_an_error() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp312-cp312-musllinux_1_2_x86_64"),
        native("fast", "2.0", "cp312-cp312-manylinux_2_17_x86_64"),
    ]);
    let targets = ["cp312-manylinux_2_28_x86_64", "cp312-musllinux_1_2_x86_64"];
    let run = bench.download_for(&targets, &["fast"]).expect(1);
    says(&run, &["fast", "musllinux", "hint:"]);
    bench.assert_nothing_kept();
}

#[test]
fn pips_flags_name_targets() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp310-cp310-manylinux_2_17_x86_64"),
        native("fast", "1.0", "cp310-cp310-win_amd64"),
    ]);
    let run = |dest: &str, flags: &[&str]| {
        let args = [&["fast", "-d", dest], flags].concat();
        bench.download_for(&[], &args).expect(0);
        let lock = Lock::read(&bench.sandbox.path(dest).join("pylock.toml"));
        let names = lock.wheels("fast");
        names
            .iter()
            .map(|wheel| wheel["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (linux, windows) = (
        "fast-1.0-cp310-cp310-manylinux_2_17_x86_64.whl",
        "fast-1.0-cp310-cp310-win_amd64.whl",
    );
    let version = ["--python-version", "3.10", "--only-binary=:all:"];
    // a platform is a floor; those of one machine are one target
    let one = [
        "--platform",
        "manylinux2014_x86_64",
        "--platform",
        "manylinux_2_28_x86_64",
        "--platform",
        "any",
    ];
    assert_eq!(run("a", &[&version[..], &one].concat()), [linux]);
    let two = [
        "--platform",
        "win_amd64",
        "--platform",
        "manylinux_2_28_x86_64",
    ];
    assert_eq!(run("b", &[&version[..], &two].concat()), [linux, windows]);
    let abi = [
        "--platform",
        "win_amd64",
        "--implementation",
        "cp",
        "--abi",
        "cp310",
    ];
    assert_eq!(run("c", &[&version[..], &abi].concat()), [windows]);
}

#[test]
fn the_file_of_a_target_is_the_target() {
    let bench = Bench::with(&[
        native("fast", "1.0", "cp310-cp310-win_amd64"),
        module("only", "1.0"),
    ]);
    let text = bench
        .sandbox
        .run(["target", "cp310-windows"])
        .expect(0)
        .stdout;
    bench.sandbox.write("plant.json", text);
    bench
        .download_for(&["plant.json"], &["fast", "only; os_name == 'nt'"])
        .expect(0);
    assert_eq!(bench.lock().versions(), ["fast 1.0", "only 1.0"]);
}

#[test]
fn the_environment_here_is_the_target_where_none_is_named() {
    let Some(python) = wh_testing::sandbox::python(None) else {
        return;
    };
    let bench = Bench::with(&[module("lib", "1.0")]);
    let path = python.path.display().to_string();
    bench
        .download_for(&[], &["lib", "--python", &path, "--report", "plan.json"])
        .expect(0);
    let version = format!("{}.{}", python.version.0, python.version.1);
    assert_eq!(bench.report("plan.json")["targets"][0]["python"], *version);
}

#[test]
fn without_an_environment_a_target_is_asked_for() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let run = bench.download_for(&[], &["lib"]).expect(1);
    says(&run, &["hint:", "--target"]);
}

#[test]
fn targets_that_do_not_exist_are_malformed() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let check = |target: &str, words: &[&str]| {
        let run = bench.download_for(&[target], &["lib"]).expect(2);
        says(&run, words);
        assert_eq!(bench.index.requests(), []);
    };
    check("cp312-linus", &["`linus`", "hint:", "`linux`"]);
    check("linux", &["linux", "hint:", "cp312-linux"]);
    check("missing.json", &["missing.json"]);
    bench.sandbox.write("bad.json", "{\"version\": 99}");
    check("bad.json", &["bad.json", "hint:"]);
}
