//! Whole folders as links: what they are, and that nobody reaches through them.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

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

/// Whether a link leads to the store from there.
fn is_link(bench: &Workbench, environment: &str, path: &str) -> bool {
    let path = bench.site_packages(environment).join(path);
    path.symlink_metadata().unwrap().is_symlink()
}

/// Root can write wherever it likes; the next environment does not get it.
#[test]
fn what_was_edited_behind_a_link_does_not_spread() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let edited = bench.site_packages("one").join("app/inner/data.txt");
    let mut permissions = edited.metadata().unwrap().permissions();
    permissions.set_mode(0o644);
    fs::set_permissions(&edited, permissions).unwrap();
    fs::write(&edited, "edited\n").unwrap();
    for folder in ["app", "app/inner"] {
        // so that every user, not only root, is compared with what was stored
        let folder = bench.site_packages("one").join(folder);
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    link(&bench, "two");
    let data = bench.site_packages("two").join("app/inner/data.txt");
    assert_eq!(fs::read_to_string(data).unwrap(), "data\n");
    assert!(!is_link(&bench, "two", "app") && is_link(&bench, "two", "lib"));
    assert_eq!(
        fs::read_to_string(edited).unwrap(),
        "edited\n",
        "it is not taken away"
    );
}

/// What installing adds to each dist-info alike is linked, too, as long as it says just that.
#[test]
fn marks_are_links_that_do_not_spread_an_edit() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let dist_info = bench.site_packages("one").join("app-1.0.dist-info");
    let stored = store_of(&bench, "app").join("files/app-1.0.dist-info");
    for (file, text) in [("INSTALLER", "wh\n"), ("REQUESTED", "")] {
        let file_of = |folder: &PathBuf| folder.join(file).metadata().unwrap().ino();
        assert_eq!(fs::read_to_string(dist_info.join(file)).unwrap(), text);
        assert_eq!(file_of(&dist_info), file_of(&stored), "{file} is linked");
    }
    let lib = bench.site_packages("one").join("lib-1.5.dist-info");
    assert!(!lib.join("REQUESTED").exists(), "nobody asked for lib");
    let edited = dist_info.join("INSTALLER");
    for path in [&edited, &stored] {
        // so that every user, not only root, is compared with what was stored
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(&edited, "somebody\n").unwrap();
    link(&bench, "two");
    let other = bench.site_packages("two").join("app-1.0.dist-info");
    assert_eq!(fs::read_to_string(other.join("INSTALLER")).unwrap(), "wh\n");
}

/// The folder in the store whose package of this name is linked.
fn store_of(bench: &Workbench, package: &str) -> PathBuf {
    let mut linked = store(bench).1.into_iter();
    let linked = linked.find(|folder| folder.join("files").join(package).is_dir());
    linked.expect("it is linked")
}

/// A user who is not root: in a user namespace of its own, where permissions bind.
#[test]
fn a_user_cannot_write_behind_a_link() {
    let Some(bench) = bench() else { return };
    link(&bench, "one");
    let before = contents(&bench);
    let script = "for path in app/__init__.py app/inner/new.py app-1.0.dist-info/METADATA; do
            echo edited 2>/dev/null > \"$1/$path\" && exit 3
        done
        rm -f \"$1/app/__init__.py\" 2>/dev/null && exit 4
        exit 0";
    let site = bench.site_packages("one").display().to_string();
    let run = bench.run("unshare", ["-U", "sh", "-c", script, "sh", &site]);
    if run.stderr.contains("unshare") {
        return wh_testing::sandbox::skipped("this machine has no user namespaces");
    }
    run.expect(0);
    unchanged(&before, &contents(&bench));
    // nor does that user need anything compared
    let python = bench.interpreter("two").display().to_string();
    let more = [
        "-U",
        super::WH,
        "install",
        "--find-links",
        "wheels",
        "--python",
        &python,
    ];
    let linked = ["--link-mode", "symlink"];
    bench.run("unshare", more.iter().chain(&linked)).expect(0);
    assert!(is_link(&bench, "two", "app"));
}

#[test]
fn links_and_hard_links_share_no_file() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    link(&bench, "two");
    let file = |name: &str| bench.site_packages(name).join("app/inner/data.txt");
    fs::write(file("one"), "edited\n").unwrap();
    assert_eq!(fs::read_to_string(file("two")).unwrap(), "data\n");
}
