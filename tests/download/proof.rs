//! What a download ends with: each target resolved again from the folder alone, by what the wheels
//! say of themselves.

use wh_testing::{IndexFile, WheelBuilder};

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
