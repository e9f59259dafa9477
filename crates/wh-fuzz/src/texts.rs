//! The texts of a dist-info.

use wh_packaging::entry_points::EntryPoints;
use wh_packaging::metadata::fields;
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{Metadata, record as record_file};

use crate::meaning::comes_back;

/// METADATA: a requirement that was understood means the same when it is written again.
pub fn metadata(bytes: &[u8]) {
    let _ = fields(bytes);
    let Ok(metadata) = Metadata::parse(bytes) else {
        return;
    };
    for found in &metadata.requires_dist {
        comes_back(found);
    }
    // the name is one that nobody can take for a path
    let name = metadata.name.as_ref();
    assert!(
        !name.is_empty() && !name.contains(['/', '\\', '.', '\0']),
        "{name}"
    );
}

/// RECORD: what is written again reads as the same rows.
pub fn record(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(rows) = record_file::parse(text) else {
        return;
    };
    let written = record_file::write(&rows);
    // a byte order mark at the very start is taken for one, not for a name
    if !written.starts_with('\u{feff}') {
        assert_eq!(
            record_file::parse(&written).as_ref(),
            Ok(&rows),
            "{written}"
        );
    }
}

/// WHEEL.
pub fn wheel_file(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(found) = WheelFile::parse(text)
    {
        assert!(found.tags.iter().all(|tag| !tag.contains('\n')));
    }
}

/// entry_points.txt: no two scripts of one name.
pub fn entry_points(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(found) = EntryPoints::parse(text) else {
        return;
    };
    for scripts in [&found.console, &found.gui] {
        let mut names: Vec<_> = scripts.iter().map(|script| &script.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
