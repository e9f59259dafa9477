//! What counts as installed, on made-up trees.

use std::sync::Mutex;

use super::*;

/// Keeps warnings.
#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Reporter for Heard {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning { warning } = event {
            self.0.lock().unwrap().push(warning);
        }
    }
}

struct Tree {
    root: tempfile::TempDir,
    folders: Vec<PathBuf>,
}

/// Site folders `0`, `1`, ... as the files name them.
fn tree(files: &[(&str, &str)]) -> Tree {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let folders = ["0", "1"].map(|name| root.path().join(name));
    Tree {
        folders: folders.to_vec(),
        root,
    }
}

/// Lists `name version` and the number of warnings.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str], warnings: usize) {
    let tree = tree(files);
    let environment = Environment::of_folders(tree.folders.clone(), (3, 12));
    let heard = Heard::default();
    let listed = installed(&environment, &InstalledFilter::default(), &heard).unwrap();
    let mut listed: Vec<String> = listed
        .iter()
        .map(|this| format!("{} {}", this.name, this.version))
        .collect();
    listed.sort();
    assert_eq!(listed, expected);
    let heard = heard.0.into_inner().unwrap();
    assert_eq!(heard.len(), warnings, "{heard:?}");
}

#[test]
fn the_name_of_metadata_is_shown_and_the_version_of_the_folder() {
    check(
        &[(
            "0/foo_bar-1.0.dist-info/METADATA",
            "Name: Foo.Bar\nVersion: 1.0.0\n",
        )],
        &["Foo.Bar 1.0"],
        0,
    );
    check(
        &[("0/foo_bar-1.0.dist-info/RECORD", "")],
        &["foo-bar 1.0"],
        0,
    );
}

#[test]
fn every_kind_is_found() {
    check(
        &[
            ("0/a-1.dist-info/METADATA", "Name: A\n"),
            ("0/b.egg-info/PKG-INFO", "Name: b\nVersion: 2\n"),
            ("0/c-3-py3.8.egg-info", "Name: c\nVersion: 3\n"),
            ("1/d.egg-link", "../project\n../\n"),
            ("project/d.egg-info/PKG-INFO", "Name: d\nVersion: 4\n"),
        ],
        &["A 1", "b 2", "c 3", "d 4"],
        0,
    );
}

#[test]
fn zipped_eggs_are_read() {
    use std::io::Write;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("e-5-py3.8.egg");
    let mut zip = zip::ZipWriter::new(fs_err::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("EGG-INFO/PKG-INFO", options).unwrap();
    zip.write_all(b"Name: E\nVersion: 5.0\n\n").unwrap();
    zip.finish().unwrap();
    let environment = Environment::of_folders(vec![path], (3, 8));
    let silent = wh_packaging::report::Silent;
    let listed = installed(&environment, &InstalledFilter::default(), &silent).unwrap();
    assert_eq!((&*listed[0].name, &*listed[0].version), ("E", "5.0"));
}

#[test]
fn the_first_folder_hides_the_second() {
    check(
        &[
            ("0/Foo_Bar-1.dist-info/METADATA", "Name: foo-bar\n"),
            ("1/foo.bar-2.dist-info/METADATA", "Name: foo-bar\n"),
        ],
        &["foo-bar 1"],
        0,
    );
}

#[test]
fn what_cannot_be_read_is_a_warning() {
    check(
        &[
            ("0/~oo-1.dist-info/METADATA", "Name: foo\n"),
            ("0/-.dist-info/METADATA", "Name: foo\n"),
            ("0/x.egg-info/PKG-INFO", "Name: x\n"),
            ("0/y-1.dist-info/METADATA", "Name: ../y\n"),
            ("0/z-1.dist-info/METADATA", "Name: z\n"),
            ("0/z-1.dist-info/direct_url.json", "{"),
            ("0/.dist-info/METADATA", ""),
        ],
        &["z 1"],
        6,
    );
}

#[test]
fn an_editable_install_of_long_ago_lies_where_its_link_lies() {
    let tree = tree(&[
        ("1/d.egg-link", "../project\n.\n"),
        ("project/d.egg-info/PKG-INFO", "Name: d\nVersion: 4\n"),
    ]);
    let environment = Environment::of_folders(tree.folders.clone(), (3, 12));
    let silent = wh_packaging::report::Silent;
    let listed = installed(&environment, &InstalledFilter::default(), &silent).unwrap();
    assert_eq!(listed[0].location, tree.root.path().join("project"));
    assert_eq!(listed[0].installed_location(), tree.root.path().join("1"));
}
