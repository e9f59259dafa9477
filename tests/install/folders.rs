//! `--target` over what is there: the new distribution and nothing of the old one (pip leaves the old
//! dist-info and the old files: pip#8063, pip#13763).

use wh_testing::{WheelBuilder, Workbench, tools};

use crate::{bench, wheel};

fn old() -> WheelBuilder {
    wheel("lib", "1.0")
        .file("lib/gone/__init__.py", "")
        .file("old_top.py", "")
        .entry_point("console_scripts", "old-command", "lib:main")
        .data("data", "share/lib/old.txt", "old")
}

fn new() -> WheelBuilder {
    wheel("lib", "2.0").entry_point("console_scripts", "new-command", "lib:main")
}

fn into(bench: &Workbench, folder: &str, arguments: &[&str]) -> wh_testing::sandbox::Run {
    let python = bench.python.path.display().to_string();
    let all = [
        "install", "-f", "wheels", "--python", &python, "--target", folder,
    ];
    bench.sandbox.run(all.iter().chain(arguments))
}

/// The folder has what a fresh one has, and no more.
fn is_as_fresh(bench: &Workbench) {
    into(bench, "fresh", &["lib==2.0"]).expect(0);
    let marks = |path: &str| path.ends_with("/REQUESTED") || path.ends_with("/RECORD");
    let [layer, fresh] = ["layer", "fresh"].map(|name| bench.snapshot(name).without(marks));
    assert_eq!(layer.differences(&fresh), [""; 0]);
}

#[test]
fn an_upgrade_leaves_nothing_behind() {
    let Some(bench) = bench() else { return };
    bench.folder(&[old()]);
    into(&bench, "layer", &["lib"]).expect(0);
    bench.folder(&[new()]);
    // what will do is kept, and that is said
    let run = into(&bench, "layer", &["lib"]).expect(0);
    for word in ["Kept 1 distribution", "layer", "--upgrade"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert!(bench.path("layer/old_top.py").exists());
    into(&bench, "layer", &["lib", "--upgrade"]).expect(0);
    is_as_fresh(&bench);
}

/// pip writes another RECORD there, with scripts outside of the folder; it leaves two dist-infos
/// behind where it upgrades.
#[test]
fn nothing_stays_of_what_pip_put_there() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    bench.folder(&[old(), wheel("lib", "1.5")]);
    let pip = |requirement: &str| {
        let mut pip = tools.pip(&bench.python.path);
        pip.args([
            "install",
            "--no-index",
            "--find-links",
            "wheels",
            "--target",
            "layer",
            "-U",
        ]);
        pip.arg(requirement);
        bench.finish(pip).expect(0);
    };
    pip("lib==1.0");
    assert!(bench.path("layer/bin/old-command").exists());
    pip("lib==1.5");
    bench.folder(&[new()]);
    into(&bench, "layer", &["lib", "--upgrade"]).expect(0);
    // both dist-infos are gone; files that pip itself had orphaned are nobody's any more
    let listed = ["freeze", "--path", "layer"];
    assert_eq!(bench.sandbox.run(listed).expect(0).stdout, "lib==2.0\n");
    std::fs::remove_dir_all(bench.path("layer")).unwrap();
    pip("lib==1.0");
    into(&bench, "layer", &["lib", "--upgrade"]).expect(0);
    is_as_fresh(&bench);
}
