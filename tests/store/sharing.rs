//! Environments that share files through the store.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::{bench, store};

fn inode(path: &std::path::Path) -> u64 {
    path.symlink_metadata().unwrap().ino()
}

#[test]
fn a_lock_links_the_second_environment() {
    let Some(bench) = bench() else { return };
    bench.install_into("one", &[]).expect(0);
    assert_eq!(store(&bench).1.len(), 2);
    let wheels = fs::read_dir(bench.path("wheels"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    for wheel in wheels.filter(|path| path.extension().is_some_and(|end| end == "whl")) {
        fs::write(wheel, "nobody opens it").unwrap();
    }
    bench.install_into("two", &[]).expect(0);
    let files = ["one", "two"].map(|name| bench.site_packages(name).join("app/inner/data.txt"));
    assert_eq!(inode(&files[0]), inode(&files[1]));
    let records =
        ["one", "two"].map(|name| bench.site_packages(name).join("lib-1.5.dist-info/RECORD"));
    assert_eq!(
        fs::read(&records[0]).unwrap(),
        fs::read(&records[1]).unwrap()
    );
    assert_ne!(inode(&records[0]), inode(&records[1]));
    // removing from one leaves the other and the store alone
    let python = bench.interpreter("one").display().to_string();
    bench
        .sandbox
        .run(["uninstall", "-y", "--python", &python, "app", "lib"])
        .expect(0);
    assert_eq!(fs::read_to_string(&files[1]).unwrap(), "data\n");
    bench.install_into("one", &[]).expect(0);
}

/// What others could have written to is nobody's source of files, though they may not have.
#[test]
fn a_folder_that_others_can_write_to_is_not_used() {
    let Some(bench) = bench() else { return };
    let file = |environment| bench.site_packages(environment).join("app/inner/data.txt");
    for below in ["", "files"] {
        bench.install_into("one", &["--force-reinstall"]).expect(0);
        for distribution in store(&bench).1 {
            let writable = fs::Permissions::from_mode(0o777);
            fs::set_permissions(distribution.join(below), writable).unwrap();
        }
        bench.install_into("two", &["--force-reinstall"]).expect(0);
        assert_ne!(inode(&file("one")), inode(&file("two")), "`{below}`");
        bench.install_into("one", &["--force-reinstall"]).expect(0);
        assert_eq!(inode(&file("one")), inode(&file("two")), "it is made anew");
    }
}

#[test]
fn no_store_keeps_and_uses_nothing() {
    let Some(bench) = bench() else { return };
    for arguments in [["--no-store"], ["--no-cache"]] {
        bench
            .install_into("one", &[&arguments[..], &["--force-reinstall"]].concat())
            .expect(0);
        assert!(store(&bench).1.is_empty(), "{arguments:?}");
    }
    bench.install_into("two", &[]).expect(0);
    bench
        .install_into("one", &["--no-store", "--force-reinstall"])
        .expect(0);
    let files = ["one", "two"].map(|name| bench.site_packages(name).join("app/inner/data.txt"));
    assert_ne!(inode(&files[0]), inode(&files[1]));
}

#[test]
fn a_cache_that_cannot_be_written_is_no_reason_to_fail() {
    let Some(bench) = bench() else { return };
    fs::write(bench.path("cache"), "a file where a folder should be").unwrap();
    bench
        .install_into("one", &["--cache-dir", "cache"])
        .expect(0);
    assert_eq!(bench.freeze("one"), ["app==1.0", "lib==1.5"]);
}

/// A file system of its own, in which links are counted: the store has no room, the environment
/// has.
#[test]
fn a_full_disk_in_the_store_is_no_reason_to_fail() {
    let Some(bench) = bench() else { return };
    let disk = bench.path("disk");
    fs::create_dir(&disk).unwrap();
    let (disk, wheels) = (disk.display(), bench.path("wheels"));
    let (wh, wheels, python) = (super::WH, wheels.display(), bench.python.path.display());
    // enough for one copy of all files, not for a second name of each
    let script = format!(
        "mount -t tmpfs -o size=4m,nr_inodes=90 none {disk} || exit 77
         {wh} venv {disk}/env --python {python} && \
         before=$(df --output=iused {disk} | tail -1) && \
         {wh} install --no-store --target {disk}/plain --find-links {wheels} --python {python} && \
         needs=$(( $(df --output=iused {disk} | tail -1) - before )) && rm -r {disk}/plain && \
         mount -o remount,nr_inodes=$(( before + needs + 18 )) {disk} && \
         {wh} install --target {disk}/full --find-links {wheels} --python {python} \
             --cache-dir {disk}/cache && \
         ls {disk}/full {disk}/full/app/inner && ls -a {disk}/cache/store-v3"
    );
    let run = bench.run("unshare", ["-rm", "sh", "-c", &script]);
    if run.status == Some(77) || run.stderr.contains("unshare") {
        return eprintln!("skipped: no mount namespace here: {}", run.stderr);
    }
    let run = run.expect(0);
    assert!(run.stdout.contains("data.txt"), "{}", run.stdout);
    let half = run.stdout.lines().filter(|line| line.starts_with(".new-"));
    assert_eq!(half.count(), 0, "{}", run.stdout);
}
