//! Tests of wheelhouses.

use std::fs;

use wh_packaging::Hashes;
use wh_testing::WheelBuilder;

use super::*;

fn write(folder: &Path, names: &[&str]) {
    for name in names {
        fs::write(
            folder.join(name),
            "lock-version = \"1.0\"\ncreated-by = \"me\"\npackages = []\n",
        )
        .unwrap();
    }
}

#[test]
fn which_lock_counts() {
    fn check(names: &[&str], expected: Result<Option<&str>, usize>) {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), names);
        let house = Wheelhouse::open(&[folder.path().to_owned()]).unwrap();
        match (house.lock(), expected) {
            (Ok(found), Ok(expected)) => {
                let name = found.map(|found| found.path.file_name().unwrap().to_owned());
                assert_eq!(name.as_deref().and_then(|name| name.to_str()), expected);
            }
            (Err(WheelhouseError::SeveralLocks(paths)), Err(count)) => {
                assert_eq!(paths.len(), count);
            }
            (found, _) => panic!("{names:?}: {found:?}"),
        }
    }
    check(&["notes.toml", "pylock.a.b.toml", "pylock..toml"], Ok(None));
    check(&["pylock.toml"], Ok(Some("pylock.toml")));
    check(&["pylock.toml", "pylock.gpu.toml"], Ok(Some("pylock.toml")));
    check(&["pylock.gpu.toml"], Ok(Some("pylock.gpu.toml")));
    check(&["pylock.gpu.toml", "pylock.cpu.toml"], Err(2));
}

#[test]
fn two_folders_with_a_lock_each_are_too_many() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let paths: Vec<PathBuf> = folders.iter().map(|f| f.path().to_owned()).collect();
    paths.iter().for_each(|path| write(path, &["pylock.toml"]));
    let house = Wheelhouse::open(&paths).unwrap();
    assert!(matches!(
        house.lock(),
        Err(WheelhouseError::SeveralLocks(found)) if found.len() == 2
    ));
}

#[test]
fn a_locked_file_is_found_by_path_then_by_name_and_digest() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("deep/er")).unwrap();
    let other = WheelBuilder::new("a", "1").file("a.py", "other").build();
    fs::write(root.join("deep/a-1-py3-none-any.whl"), other).unwrap();
    let right = WheelBuilder::new("a", "1").write_to(root.join("deep/er"));
    let house = Wheelhouse::open(&[root.to_owned()]).unwrap();
    let digest = wh_testing::sha256_hex(&fs::read(&right).unwrap());
    let locked = |path: &str, digest: &str| LockedFile {
        name: "a-1-py3-none-any.whl".into(),
        path: Some(path.into()),
        hashes: Hashes::sha256_only(digest),
        ..LockedFile::default()
    };
    let beside = root.join("deep/a-1-py3-none-any.whl");
    let gone = "a-1-py3-none-any.whl";
    assert_eq!(
        house.find(&root.join("deep"), &locked(gone, &digest)),
        Some(beside)
    );
    assert_eq!(house.find(root, &locked(gone, &digest)), Some(right));
    assert_eq!(house.find(root, &locked(gone, &"0".repeat(64))), None);
}

#[test]
fn metadata_comes_from_the_wheels() {
    let folder = tempfile::tempdir().unwrap();
    WheelBuilder::new("a", "1")
        .requires("b>=2")
        .write_to(folder.path());
    fs::write(folder.path().join("a-2-py3-none-any.whl"), "no zip").unwrap();
    let house = Wheelhouse::open(&[folder.path().to_owned()]).unwrap();
    let files = house.files(&"a".parse().unwrap()).unwrap();
    assert!(files.known);
    let metadata = house.metadata(&files.files[0]).unwrap();
    assert_eq!(metadata.requires_dist[0].to_string(), "b>=2");
    assert!(matches!(
        house.metadata(&files.files[1]),
        Err(ProviderError::Unusable { .. })
    ));
    assert!(!house.files(&"b".parse().unwrap()).unwrap().known);
}
