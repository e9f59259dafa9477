//! Wheels: the zip directory, the entries, the one check, and where an install would write.

use std::path::{Component, Path};
use std::sync::OnceLock;

use tempfile::TempDir;
use wh_wheel::{Contents, Layout, Marks, Wheel, check, plan, read_metadata_of};

use crate::zip_parts;

/// The name that every wheel here is met under.
const NAME: &str = "hostile-1.0-py3-none-any.whl";

/// What is accepted is one archive for every zip reader, and is written below its roots alone.
pub fn archive(bytes: &[u8]) {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for one file"));
    // one folder a thread: tests run several
    let folder = folder
        .path()
        .join(format!("{:?}", std::thread::current().id()));
    std::fs::create_dir_all(&folder).expect("a folder for one file");
    let path = folder.join(NAME);
    std::fs::write(&path, bytes).expect("room for one file");
    let quick = read_metadata_of(&path);
    let Ok(wheel) = Wheel::open(&path) else {
        return;
    };
    zip_parts::same_for_all_readers(bytes, wheel.names());
    let Ok(checked) = check(&wheel, &NAME.parse().unwrap(), Contents::Verify) else {
        return;
    };
    assert_eq!(quick.as_ref().ok(), Some(&checked.metadata));
    for contents in [Contents::Verify, Contents::Vouched] {
        // what the check lets through can be installed, or is refused before a byte is written
        if let Ok(plan) = plan(&wheel, &checked, contents, &layout(), &Marks::default()) {
            for file in &plan.files {
                let plain = |part| matches!(part, Component::Normal(_));
                assert!(
                    Path::new(&*file.path).components().all(plain),
                    "{:?} leads out",
                    file.path
                );
            }
        }
    }
}

fn layout() -> Layout {
    let root = |folder: &str| Path::new("/root").join(folder);
    Layout {
        purelib: root("lib"),
        platlib: root("lib"),
        scripts: root("bin"),
        headers: root("include"),
        data: root(""),
        python: root("bin/python"),
        python_version: (3, 12),
        windows: None,
    }
}
