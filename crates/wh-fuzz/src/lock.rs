//! `pylock.toml`.

use std::path::{Component, Path};

use wh_packaging::Lock;

use crate::meaning::TARGETS;

/// What was read is written as a lock that reads and selects as the same; no path leads out.
pub fn lock(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(lock) = Lock::parse(text) else {
        return;
    };
    let files = lock.packages.iter().flat_map(|package| package.files());
    for path in files.filter_map(|file| file.path.as_deref()) {
        assert!(stays(path), "{path:?} leads out");
    }
    if lock
        .packages
        .iter()
        .any(|package| package.unsupported.is_some())
    {
        // wh writes no such package
        for target in TARGETS.iter() {
            let _ = lock.select(target);
        }
        return;
    }
    let written = lock.to_toml();
    let again = Lock::parse(&written).unwrap_or_else(|e| panic!("{e}\n{written}"));
    assert_eq!(again.to_toml(), written);
    for target in TARGETS.iter() {
        let selected = lock.select(target).map(|selected| selected.len());
        let selected_again = again.select(target).map(|selected| selected.len());
        assert_eq!(selected.ok(), selected_again.ok(), "{written}");
    }
    if let Some(tool) = &lock.tool {
        for target in &tool.targets {
            let _ = target.to_target();
        }
    }
}

fn stays(path: &str) -> bool {
    let mut depth = 0usize;
    Path::new(path).components().all(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir if depth > 0 => {
            depth -= 1;
            true
        }
        _ => false,
    })
}
