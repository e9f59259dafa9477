//! What a download ends with: each target resolved again from the folder alone, by what the wheels
//! say of themselves.

use wh_testing::{IndexFile, SdistBuilder, WheelBuilder};

use crate::bench::{Bench, module, says};

/// The index says that nothing is required; the wheel says otherwise.
#[test]
fn an_index_that_hides_a_requirement() {
    let bench = Bench::new();
    let app = WheelBuilder::new("app", "1.0").requires("lib>=2");
    let file = IndexFile::wheel(&app);
    let metadata = "Metadata-Version: 2.1\nName: app\nVersion: 1.0\n";
    bench.index.add(file.metadata(metadata));
    bench.index.add(IndexFile::wheel(&module("lib", "2.0")));
    let run = bench.download(&["app"]).expect(1);
    says(
        &run,
        &[
            "missing: lib>=2 for cp312-manylinux_2_28_x86_64, asked for by app",
            "pylock.toml was not written",
            "hint: ",
        ],
    );
    assert!(!bench.sandbox.path("wheels/pylock.toml").exists());
    // asked for, it comes along, and all is well
    let run = bench.download(&["app", "lib"]).expect(0);
    says(&run, &["from the folder alone", "complete"]);
}

/// The lock is what is installed; that the folder alone would say something else is said.
#[test]
fn a_newer_file_in_the_folder() {
    let bench = Bench::app_and_lib();
    let newer = module("lib", "2.5");
    let place = format!("wheels/{}", newer.filename());
    bench.sandbox.write(&place, newer.build());
    let run = bench.download(&["app"]).expect(0);
    let note = "cp312-manylinux_2_28_x86_64: resolving from the folder without pylock.toml chooses \
                lib-2.5-py3-none-any.whl in place of lib-2.0-py3-none-any.whl";
    says(&run, &[note, "complete"]);
}

/// What was left out on purpose is no gap, and the table says so.
#[test]
fn what_is_left_out_is_said() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app", "--exclude", "lib"]).expect(0);
    says(&run, &["from the folder alone", "complete but for lib"]);
    let run = bench.download(&["app", "--no-deps"]).expect(0);
    says(&run, &["complete but for dependencies"]);
    // a plan proves nothing
    let run = bench.download(&["app", "--dry-run"]).expect(0);
    assert!(
        !run.stderr.contains("from the folder alone"),
        "{}",
        run.stderr
    );
}

/// A folder that holds both kinds of version is resolved again as it was asked for.
#[test]
fn pre_releases_count_in_the_proof_where_they_were_asked_for() {
    let check = |arguments: &[&str], requirements: &str, chosen: &str, pre: bool| {
        let bench = Bench::with(&[module("lib", "1.0"), module("lib", "2.0a1")]);
        for version in ["1.0", "2.0a1"] {
            let wheel = module("lib", version);
            let place = format!("wheels/{}", wheel.filename());
            bench.sandbox.write(&place, wheel.build());
        }
        bench.sandbox.write("requirements.txt", requirements);
        let all = [&["-r", "requirements.txt"], arguments].concat();
        let run = bench.download(&all).expect(0);
        assert!(!run.stderr.contains("resolving from"), "{}", run.stderr);
        assert_eq!(bench.lock().versions(), [chosen]);
        assert_eq!(bench.lock().text.contains("\npre = true\n"), pre);
    };
    check(&["--pre"], "lib\n", "lib 2.0a1", true);
    check(&[], "--pre\nlib\n", "lib 2.0a1", true);
    check(&[], "lib\n", "lib 1.0", false);
}

/// A folder that holds wheels and sdists is resolved again as it was asked for.
#[test]
fn the_kinds_of_file_that_counted_count_in_the_proof() {
    let check = |arguments: &[&str], requirements: &str, chosen: &str, recorded: (&str, &str)| {
        let bench = Bench::with(&[module("lib", "1.0"), module("lib", "3.0")]);
        let sdist = |version: &str| {
            SdistBuilder::new("lib", version).builds_with("own", std::iter::empty())
        };
        for version in ["1.0", "3.0"] {
            let wheel = module("lib", version);
            let place = format!("wheels/{}", wheel.filename());
            bench.sandbox.write(&place, wheel.build());
        }
        for version in ["1.0", "2.0"] {
            bench.index.add(sdist(version).on_index());
            let place = format!("wheels/lib-{version}.tar.gz");
            bench.sandbox.write(&place, sdist(version).build());
        }
        bench.sandbox.write("requirements.txt", requirements);
        let all = [&["-r", "requirements.txt"], arguments].concat();
        let run = bench.download(&all).expect(0);
        assert!(!run.stderr.contains("resolving from"), "{}", run.stderr);
        let lock = bench.lock();
        assert!(lock.text.contains(chosen), "{}", lock.text);
        let (key, value) = recorded;
        assert_eq!(lock.table["tool"]["wh"][key].to_string(), value);
        let run = bench.sandbox.run(["verify", "wheels"]).expect(0);
        assert!(!run.stderr.contains("resolving from"), "{}", run.stderr);
    };
    check(
        &["--no-binary", "lib"],
        "lib<3\n",
        "lib-2.0.tar.gz",
        ("no-binary", "[\"lib\"]"),
    );
    check(
        &[],
        "--no-binary :all:\nlib<2\n",
        "lib-1.0.tar.gz",
        ("no-binary", "[\":all:\"]"),
    );
    check(
        &["--no-prefer-binary"],
        "lib<3\n",
        "lib-2.0.tar.gz",
        ("no-prefer-binary", "true"),
    );
    check(
        &["--only-binary", ":all:", "--no-binary", "other"],
        "lib<3\n",
        "lib-1.0-py3-none-any.whl",
        ("only-binary", "[\":all:\"]"),
    );
}
