//! Facts of a checkout, from the files of `.git` alone.

use super::*;

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

#[track_caller]
fn check_url(remote: &str, expected: Option<&str>) {
    assert_eq!(requirement_url(remote).as_deref(), expected, "{remote}");
}

#[test]
fn urls_of_remotes() {
    check_url("https://x.example/a.git", Some("https://x.example/a.git"));
    check_url("git@x.example:a/b.git", Some("ssh://git@x.example/a/b.git"));
    check_url("x.example:a", Some("ssh://x.example/a"));
    check_url("/nowhere/at/all", None);
    check_url("../up", None);
    check_url("", None);
}

/// A checkout made of files alone.
fn checkout(head: &str, files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let mut all = vec![
        (".git/HEAD", head),
        (
            ".git/config",
            "[remote \"origin\"]\n url = https://x.example/r\n",
        ),
        ("setup.py", ""),
        ("sub/pyproject.toml", ""),
        ("sub/src/x.py", ""),
    ];
    all.extend(files);
    for (name, text) in all {
        let path = root.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    root
}

#[track_caller]
fn check_commit(head: &str, files: &[(&str, &str)], expected: Option<&str>) {
    let root = checkout(head, files);
    let commit = match of(root.path(), &[]) {
        Checkout::Git(git) => Some(git.commit),
        Checkout::Unknown(_) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(commit.as_deref(), expected);
}

#[test]
fn commits_of_heads() {
    let main = "ref: refs/heads/main\n";
    let loose = format!("{ID}\n");
    let packed = format!("# pack-refs\n{ID} refs/heads/main\n^{ID}\n");
    check_commit(&loose, &[], Some(ID));
    check_commit(main, &[(".git/refs/heads/main", &loose)], Some(ID));
    check_commit(main, &[(".git/packed-refs", &packed)], Some(ID));
    check_commit(main, &[], None);
    check_commit("ref: refs/../../secret\n", &[], None);
    check_commit(
        "ref: refs/heads/a",
        &[(".git/refs/heads/a", "ref: refs/heads/a")],
        None,
    );
}

#[test]
fn subdirectories_are_told_from_the_root_of_the_checkout() {
    let root = checkout(ID, &[]);
    let subdirectory = |folder: &str| match of(&root.path().join(folder), &[]) {
        Checkout::Git(git) => git.subdirectory,
        other => panic!("{other:?}"),
    };
    assert_eq!(subdirectory("."), None);
    assert_eq!(subdirectory("sub").as_deref(), Some("sub"));
    assert_eq!(subdirectory("sub/src").as_deref(), Some("sub"));
}

#[test]
fn linked_worktrees_share_config_and_branches() {
    let main = checkout(ID, &[(".git/refs/heads/b", ID)]);
    let git_dir = main.path().join(".git/worktrees/w");
    fs_err::create_dir_all(&git_dir).unwrap();
    fs_err::write(git_dir.join("HEAD"), "ref: refs/heads/b\n").unwrap();
    fs_err::write(git_dir.join("commondir"), "../..\n").unwrap();
    let tree = tempfile::tempdir().unwrap();
    let text = format!("gitdir: {}\n", git_dir.display());
    fs_err::write(tree.path().join(".git"), text).unwrap();
    match of(tree.path(), &[]) {
        Checkout::Git(git) => assert_eq!((&*git.commit, &*git.remote), (ID, "https://x.example/r")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_git_checkout() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(of(root.path(), &[]), Checkout::None);
    fs_err::create_dir(root.path().join(".hg")).unwrap();
    assert!(matches!(of(root.path(), &[]), Checkout::Unknown(_)));
    let no_remote = checkout(ID, &[(".git/config", "")]);
    assert_eq!(of(no_remote.path(), &[]), Checkout::NoRemote);
    let bad = checkout(ID, &[(".git/config", "[remote \"o\"]\nurl = ../x")]);
    assert_eq!(of(bad.path(), &[]), Checkout::BadRemote("../x".to_owned()));
}
