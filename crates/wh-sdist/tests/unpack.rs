//! Sdists on disk: modes, times and links as they should be, and nothing outside.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tar::{Builder, EntryType, Header};
use wh_packaging::sdist_filename::SdistFilename;
use wh_sdist::{Fault, Unpacked, unpack};

const PKG_INFO: &str = "Metadata-Version: 2.2\nName: a\nVersion: 1\n";

/// An entry: its kind, name, content or target, and mode.
type Entry<'a> = (EntryType, &'a str, &'a str, u32);

fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (kind, name, content, mode) in entries {
        let mut header = Header::new_ustar();
        // as written: the library would refuse what is to be refused here
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        header.set_mtime(1_500_000_000);
        let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
        if is_link {
            header.as_old_mut().linkname[..content.len()].copy_from_slice(content.as_bytes());
        }
        let bytes = if is_link {
            &b""[..]
        } else {
            content.as_bytes()
        };
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn unpacked(below: &Path, entries: &[Entry<'_>]) -> Result<Unpacked, Fault> {
    let into = below.join("into");
    fs_err::create_dir(&into).unwrap();
    let path = below.join("a-1.tar");
    let all = [
        &[(EntryType::Regular, "a-1/PKG-INFO", PKG_INFO, 0o644)],
        entries,
    ]
    .concat();
    fs_err::write(&path, tar(&all)).unwrap();
    let filename = SdistFilename::of_unknown_project("a-1.tar").unwrap();
    unpack(&path, &filename, &into).map_err(|error| error.fault)
}

#[test]
fn programs_stay_programs_and_modes_are_tamed() {
    let below = tempfile::tempdir().unwrap();
    let entries: &[Entry<'_>] = &[
        (EntryType::Directory, "a-1/shut", "", 0o000),
        (EntryType::Regular, "a-1/shut/run", "x", 0o4777),
        (EntryType::Regular, "a-1/secret", "x", 0o400),
        (EntryType::Symlink, "a-1/link", "shut/run", 0o777),
        (EntryType::Link, "a-1/twin", "a-1/secret", 0o644),
    ];
    let unpacked = unpacked(below.path(), entries).unwrap();
    assert_eq!(unpacked.folder, below.path().join("into/a-1"));
    assert_eq!(unpacked.sdist.pkg_info.as_deref(), Some(PKG_INFO));
    let mode = |name: &str| {
        let file = unpacked.folder.join(name).symlink_metadata().unwrap();
        file.permissions().mode() & 0o7777
    };
    assert_eq!((mode("shut/run"), mode("secret")), (0o755, 0o644));
    assert_ne!(mode("shut") & 0o700, 0);
    let modified = unpacked
        .folder
        .join("secret")
        .metadata()
        .unwrap()
        .modified();
    let expected = SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000);
    assert_eq!(modified.unwrap(), expected);
    assert_eq!(
        fs_err::read_to_string(unpacked.folder.join("link")).unwrap(),
        "x"
    );
    // a file of its own
    fs_err::write(unpacked.folder.join("twin"), "other").unwrap();
    assert_eq!(
        fs_err::read_to_string(unpacked.folder.join("secret")).unwrap(),
        "x"
    );
}

#[test]
fn nothing_is_written_outside() {
    let cases: &[&[Entry<'_>]] = &[
        &[(EntryType::Regular, "../up", "x", 0o644)],
        &[(EntryType::Regular, "a-1/../../up", "x", 0o644)],
        &[(EntryType::Symlink, "a-1/link", "../../up", 0o777)],
        &[
            (EntryType::Symlink, "a-1/link", "..", 0o777),
            (EntryType::Regular, "a-1/link/up", "x", 0o644),
        ],
        &[(EntryType::Link, "a-1/link", "../secret", 0o644)],
        &[(EntryType::Char, "a-1/device", "", 0o644)],
        &[(EntryType::Fifo, "a-1/pipe", "", 0o644)],
    ];
    for entries in cases {
        let below = tempfile::tempdir().unwrap();
        fs_err::write(below.path().join("secret"), "mine").unwrap();
        assert!(unpacked(below.path(), entries).is_err(), "{entries:?}");
        let mut names: Vec<_> = fs_err::read_dir(below.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["a-1.tar", "into", "secret"], "{entries:?}");
    }
}
