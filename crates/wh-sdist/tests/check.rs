//! Which sdists are refused, and what is read out of those that are not.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};
use wh_packaging::sdist_filename::SdistFilename;
use wh_sdist::{Fault, Language, Sdist, check_named};

const PKG_INFO: &str = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n\nwords\n";

/// An entry of a tar archive: its raw name, its kind, where a link leads, its content.
struct Entry<'a>(&'a str, EntryType, &'a str, &'a [u8]);

fn file<'a>(name: &'a str, content: &'a str) -> Entry<'a> {
    Entry(name, EntryType::Regular, "", content.as_bytes())
}

fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for Entry(name, kind, target, content) in entries {
        let mut header = Header::new_gnu();
        // raw: the crate would refuse to write what must be refused
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        old.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn look(name: &str, bytes: &[u8]) -> Result<Sdist, Fault> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part");
    std::fs::write(&path, bytes).unwrap();
    let filename = SdistFilename::parse("demo-1.0.tar.gz", &"demo".parse().unwrap()).unwrap();
    check_named(&path, name, &filename).map_err(|error| error.fault)
}

#[track_caller]
fn refused(entries: &[Entry<'_>], part: &str) {
    let mut all = vec![file("demo-1.0/PKG-INFO", PKG_INFO)];
    all.extend(entries.iter().map(|e| Entry(e.0, e.1, e.2, e.3)));
    let error = look("demo-1.0.tar.gz", &gz(&tar(&all))).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(part), "{text}");
}

#[test]
fn what_it_says_of_itself_is_read_from_every_form() {
    let files = [
        ("demo-1.0/PKG-INFO", PKG_INFO),
        ("demo-1.0/pyproject.toml", "[project]\nname = 'demo'\n"),
        ("demo-1.0/setup.py", "setup(setup_requires=['x'])"),
        ("demo-1.0/src/fast.c", "int x;"),
        ("demo-1.0/tests/slow.f90", ""),
        ("demo-1.0/deep/pyproject.toml", "not read"),
    ];
    let mut entries = vec![
        Entry("./", EntryType::Directory, "", b""),
        Entry("demo-1.0/", EntryType::Directory, "", b""),
        Entry("demo-1.0/l", EntryType::Symlink, "src/fast.c", b""),
    ];
    entries.extend(files.iter().map(|(name, content)| file(name, content)));
    let plain = tar(&entries);
    for (name, bytes) in [
        ("demo-1.0.tar.gz", gz(&plain)),
        ("demo-1.0.tgz", gz(&plain)),
        ("demo-1.0.tar", plain.clone()),
        ("demo-1.0.zip", zip(&files)),
    ] {
        let sdist = look(name, &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let fields = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n";
        assert_eq!(sdist.pkg_info.as_deref(), Some(fields), "{name}");
        assert_eq!(sdist.pyproject.as_deref(), Some(files[1].1), "{name}");
        assert_eq!(sdist.setup_py, Some(true), "{name}");
        assert_eq!(sdist.languages, [Language::C].into(), "{name}");
    }
    let error = look("demo-1.0.tar.bz2", &plain).unwrap_err();
    assert!(matches!(error, Fault::Form));
}

#[test]
fn what_leads_out_is_refused() {
    refused(&[file("../evil", "")], "escapes");
    refused(&[file("/etc/evil", "")], "escapes");
    refused(&[file("demo-1.0/../../evil", "")], "escapes");
    refused(&[file("other/evil", "")], "below one folder");
    let link = |target| Entry("demo-1.0/l", EntryType::Symlink, target, b"");
    refused(&[link("../../etc")], "is a link to `../../etc`");
    refused(&[link("/etc/passwd")], "is a link to `/etc/passwd`");
    refused(&[link("x"), file("demo-1.0/l/y", "")], "and a folder");
    let hard = Entry("demo-1.0/h", EntryType::Link, "/etc/passwd", b"");
    refused(&[hard], "is a link to");
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        refused(&[Entry("demo-1.0/d", kind, "", b"")], "is a device");
    }
    refused(&[file("demo-1.0/PKG-INFO", "Name: x")], "occurs twice");
}

#[test]
fn another_project_or_none_is_refused() {
    let other = gz(&tar(&[file(
        "demo-1.0/PKG-INFO",
        "Metadata-Version: 2.4\nName: other\nVersion: 1.0\n",
    )]));
    let error = look("demo-1.0.tar.gz", &other).unwrap_err();
    assert!(matches!(error, Fault::Mismatch { .. }), "{error}");
    let photos = gz(&tar(&[file("photos/1.jpg", "x")]));
    let error = look("demo-1.0.tar.gz", &photos).unwrap_err();
    assert!(matches!(error, Fault::NotAnSdist), "{error}");
}

#[test]
fn what_unpacks_without_end_is_refused() {
    let nothing = vec![0; 300 << 20];
    let bytes = gz(&tar(&[
        file("demo-1.0/PKG-INFO", PKG_INFO),
        Entry("demo-1.0/zeros", EntryType::Regular, "", &nothing),
    ]));
    let error = look("demo-1.0.tar.gz", &bytes).unwrap_err();
    assert!(matches!(error, Fault::Bomb { .. }), "{error}");
    // a name that would fill the memory
    let name = vec![b'a'; 4 << 20];
    let bytes = gz(&tar(&[
        Entry("././@LongLink", EntryType::GNULongName, "", &name),
        file("demo-1.0/PKG-INFO", PKG_INFO),
    ]));
    let error = look("demo-1.0.tar.gz", &bytes).unwrap_err();
    assert!(matches!(error, Fault::LongName { .. }), "{error}");
}

#[test]
fn what_is_cut_or_changed_is_refused() {
    let whole = gz(&tar(&[
        file("demo-1.0/PKG-INFO", PKG_INFO),
        file("demo-1.0/a.py", "print('all of it')"),
    ]));
    assert!(look("demo-1.0.tar.gz", &whole).is_ok());
    for length in (0..whole.len()).step_by(7) {
        let cut = &whole[..length];
        assert!(look("demo-1.0.tar.gz", cut).is_err(), "{length} bytes");
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 0x55;
        // an error or the same, never a panic
        let _ = look("demo-1.0.tar.gz", &changed);
    }
}
