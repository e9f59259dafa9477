//! Whole folders as links: what they are, and that nobody reaches through them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use wh_testing::snapshot::Snapshot;
use wh_testing::{Workbench, tools};

use super::{bench, store, wheel};

fn link(bench: &Workbench, name: &str) {
    bench
        .install_into(name, &["--link-mode", "symlink"])
        .expect(0);
}

/// What the store holds, as long as nobody reaches into it.
fn contents(bench: &Workbench) -> Vec<(String, Snapshot)> {
    let (_, distributions) = store(bench);
    let named = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, wh_testing::snapshot(&path.join("files")))
    };
    let linked = distributions.into_iter().map(named);
    linked
        .filter(|(name, _)| name.ends_with("-linked"))
        .collect()
}

fn unchanged(before: &[(String, Snapshot)], after: &[(String, Snapshot)]) {
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before.1.differences(&after.1), [""; 0], "{}", before.0);
    }
}

#[test]
fn folders_are_links_and_the_dist_info_is_real() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let site = bench.site_packages("one");
    let target = fs::read_link(site.join("app")).expect("the package is a link");
    assert!(target.starts_with(store(&bench).0));
    for folder in [
        target.clone(),
        target.join("inner"),
        target.join("__init__.py"),
    ] {
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o222, 0, "{folder:?} must not be written to");
    }
    let dist_info = site.join("app-1.0.dist-info");
    assert!(dist_info.symlink_metadata().unwrap().is_dir());
    let record = fs::read_to_string(dist_info.join("RECORD")).unwrap();
    assert!(record.lines().any(|line| line == "app,,"), "{record}");
    assert!(
        !record.contains("app/"),
        "who removes these would reach into the store: {record}"
    );
    assert_eq!(bench.freeze("one"), ["app==1.0", "lib==1.5"]);
    let said = bench.run(
        bench.interpreter("one"),
        ["-c", "import app.inner; print(app.version)"],
    );
    assert_eq!(said.expect(0).stdout, "1.0\n");
    let python = bench.interpreter("one").display().to_string();
    bench
        .sandbox
        .run(["verify", "--env", "--python", &python])
        .expect(0);
}

#[test]
fn wh_removes_links_and_nothing_behind_them() {
    let Some(bench) = bench() else { return };
    let empty = bench.snapshot("one");
    link(&bench, "one");
    let before = contents(&bench);
    let python = bench.interpreter("one").display().to_string();
    bench
        .sandbox
        .run(["uninstall", "-y", "--python", &python, "app", "lib"])
        .expect(0);
    assert_eq!(empty.differences(&bench.snapshot("one")), [""; 0]);
    unchanged(&before, &contents(&bench));
}

#[test]
fn pip_removes_links_and_nothing_behind_them() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    link(&bench, "one");
    link(&bench, "two");
    let before = contents(&bench);
    for name in ["app", "lib"] {
        let mut pip = tools.pip(&bench.interpreter("one"));
        pip.args(["uninstall", "-y", name]);
        bench.finish(pip).expect(0);
    }
    let site = bench.site_packages("one");
    assert!(site.join("app").symlink_metadata().is_err());
    assert!(
        bench
            .site_packages("two")
            .join("app/inner/data.txt")
            .exists()
    );
    unchanged(&before, &contents(&bench));
}

#[test]
fn other_ways_take_the_place_of_links() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let before = contents(&bench);
    bench.install_into("one", &["--force-reinstall"]).expect(0);
    let app = bench.site_packages("one").join("app");
    assert!(app.symlink_metadata().unwrap().is_dir());
    assert!(app.join("inner/data.txt").exists());
    unchanged(&before, &contents(&bench));
}

#[test]
fn a_file_for_a_linked_folder_is_refused() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let before = contents(&bench);
    let plugin = wheel("plugin", "1").file("app/plugin.py", "");
    fs::create_dir(bench.path("more")).unwrap();
    plugin.write_to(bench.path("more"));
    let python = bench.interpreter("one").display().to_string();
    let more = [
        "install",
        "--find-links",
        "more",
        "--python",
        &python,
        "plugin",
    ];
    let run = bench.sandbox.run(more).expect(1);
    assert!(
        run.stderr.contains("site-packages/app` is in the way"),
        "{}",
        run.stderr
    );
    unchanged(&before, &contents(&bench));
}

#[test]
fn what_several_share_is_a_folder() {
    let Some(bench) = Workbench::new(super::WH) else {
        return;
    };
    let part = |name: &str| {
        wheel(name, "1")
            .file(format!("space/{name}/__init__.py"), "")
            .file(format!("shared/{name}.py"), "")
            .file("shared/__init__.py", "")
    };
    bench.lock(&[part("a"), part("b")], &["a", "b"]);
    bench.environment("one");
    link(&bench, "one");
    let site = bench.site_packages("one");
    let is_link = |path: &str| site.join(path).symlink_metadata().unwrap().is_symlink();
    for (path, expected) in [
        ("a", true),
        ("space", false),
        ("space/a", true),
        ("space/b", true),
        ("shared", false),
    ] {
        assert_eq!(is_link(path), expected, "{path}");
    }
}
