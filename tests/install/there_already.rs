//! What is installed already: kept, replaced when asked, never broken.

use wh_testing::Workbench;

use crate::{bench, three, wheel};

/// An environment with `lib` 1.2 and a folder with 1.2 and 1.5.
fn with_older(bench: &Workbench) {
    bench.folder(&[wheel("lib", "1.2")]);
    bench.install(&[]).expect(0);
    bench.folder(&[wheel("lib", "1.5"), wheel("app", "1.0").requires("lib>=1")]);
}

#[test]
fn a_satisfying_version_is_kept_unless_an_upgrade_is_asked_for() {
    let Some(bench) = bench() else { return };
    with_older(&bench);
    bench.install(&["lib"]).expect(0);
    bench.install(&["app"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    // what is not named is upgraded only if it must be
    bench.install(&["-U", "app"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    bench.install(&["-U", "lib"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
    bench.install(&["lib<1.5"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
}

/// As `pip install -U --upgrade-strategy eager`.
#[test]
fn an_eager_upgrade_takes_what_is_required_along() {
    let Some(bench) = bench() else { return };
    with_older(&bench);
    bench.install(&["app"]).expect(0);
    let eager = ["--upgrade-strategy", "eager", "app"];
    // pip gives the strategy no meaning without --upgrade
    bench.install(&eager).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    let run = bench.install(&[&["-U"], &eager[..]].concat()).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
    assert!(
        run.stderr.contains("Kept 1 distribution: there already"),
        "{}",
        run.stderr
    );
    bench
        .install(&["-U", "--upgrade-strategy", "never", "app"])
        .expect(2);
}

#[test]
fn a_lock_wants_its_exact_versions() {
    let Some(bench) = bench() else { return };
    with_older(&bench);
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    bench.lock(&three(), &["app"]);
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
    let site = wh_testing::snapshot(&bench.site_packages("env"));
    assert!(
        site.0.keys().all(|path| !path.starts_with("lib-1.2")),
        "the old one is gone"
    );
}

#[test]
fn the_same_version_is_installed_again_only_by_force() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    bench.install(&[]).expect(0);
    let module = bench.site_packages("env").join("lib/__init__.py");
    std::fs::write(&module, "spoilt").unwrap();
    std::fs::create_dir(bench.site_packages("env").join("lib/__pycache__")).unwrap();
    let name = "lib/__pycache__/__init__.cpython-311.pyc";
    std::fs::write(bench.site_packages("env").join(name), "old").unwrap();
    bench.install(&[]).expect(0);
    assert_eq!(std::fs::read_to_string(&module).unwrap(), "spoilt");
    bench.install(&["--force-reinstall"]).expect(0);
    assert_ne!(std::fs::read_to_string(&module).unwrap(), "spoilt");
    assert!(
        !bench.site_packages("env").join(name).exists(),
        "bytecode of the old one stayed"
    );
    std::fs::write(&module, "spoilt").unwrap();
    bench.install(&["--force-reinstall", "app"]).expect(0);
    assert_ne!(std::fs::read_to_string(&module).unwrap(), "spoilt");
}

/// Files that the new version does not have go with the old one.
#[test]
fn an_upgrade_leaves_nothing_behind() {
    let Some(bench) = bench() else { return };
    let old = wheel("lib", "1.0")
        .file("lib/sub/gone.py", "")
        .entry_point("console_scripts", "old-command", "lib:main")
        .data("data", "share/lib/old.txt", "old");
    bench.folder(&[old]);
    bench.install(&[]).expect(0);
    assert!(bench.path("env/share/lib/old.txt").exists());
    bench.folder(&[wheel("lib", "2.0")]);
    bench.install(&["-U", "lib"]).expect(0);
    bench.environment("fresh");
    bench.install_into("fresh", &["lib==2.0"]).expect(0);
    let left = bench.snapshot("env").differences(&bench.snapshot("fresh"));
    let left: Vec<_> = left
        .iter()
        .filter(|line| !line.contains("activate") && !line.contains("pyvenv.cfg"))
        .collect();
    assert!(
        left.iter().all(|line| line.contains("Activate.ps1")),
        "{left:#?}"
    );
}

#[test]
fn breaking_another_distribution_is_refused_before_any_change() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("app", "1.0").requires("lib<2"), wheel("lib", "1.5")]);
    bench.install(&[]).expect(0);
    bench.folder(&[wheel("lib", "2.0"), wheel("other", "1.0")]);
    let before = bench.snapshot("env");
    let run = bench.install(&["lib>=2", "other"]).expect(1);
    for word in ["app", "lib<2", "2.0", "hint:"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
    let run = bench.install(&["lib>=2", "--no-deps"]).expect(0);
    assert!(
        run.stderr.contains("warning") && run.stderr.contains("app"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==2.0"]);
    // it was broken before: nobody is to blame for it now
    bench.install(&["other"]).expect(0);
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_it_would() {
    let Some(bench) = bench() else { return };
    with_older(&bench);
    let before = bench.snapshot("env");
    let run = bench.install(&["-U", "lib", "app", "--dry-run"]).expect(0);
    assert_eq!(run.stdout, "install app==1.0\nreplace lib==1.2 by 1.5\n");
    let run = bench.install(&["lib", "--dry-run"]).expect(0);
    assert_eq!(run.stdout, "keep    lib==1.2\n");
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn the_report_is_the_plan() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let run = bench.install(&["--dry-run", "--report", "-"]).expect(0);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["targets"][0]["complete"], true);
    assert_eq!(report["targets"][0]["distributions"], 2);
    assert_eq!(report["missing"], serde_json::json!([]));
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    let lib = &files[1];
    assert_eq!(lib["project"], "lib");
    assert_eq!(lib["action"], "fetch");
    // as the report of a download says it: who asks, not what is asked for
    assert_eq!(lib["requested_by"], serde_json::json!(["app"]));
    assert_eq!(
        lib["sha256"],
        wh_testing::sha256_hex(&wheel("lib", "1.5").build())
    );
    bench.install(&["--report", "report.json"]).expect(0);
    let report: serde_json::Value =
        serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    assert_eq!(report["files"][0]["action"], "fetch");
    bench.install(&["--report", "report.json"]).expect(0);
    let report: serde_json::Value =
        serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    assert_eq!(report["files"][0]["action"], "keep");
}
