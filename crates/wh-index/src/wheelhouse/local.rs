//! METADATA of wheels on this machine, kept between runs.
//!
//! A wheel is known by its path, size, time and inode; whatever differs makes it another wheel. The
//! head of METADATA is kept, without the description. What is kept only helps to choose: whoever
//! installs a wheel reads its own METADATA.

use std::fs::Metadata as FileMetadata;
use std::path::Path;

use wh_packaging::Metadata;
use wh_wheel::{WheelError, read_metadata_bytes_of};

use crate::cache::Cache;

/// METADATA of a wheel: as it was kept, else out of the wheel.
pub(super) fn metadata_of_wheel(path: &Path, cache: &Cache) -> Result<Metadata, WheelError> {
    let there = path.metadata().ok();
    let identity = there.and_then(|there| identity(path, &there));
    let kept = identity
        .as_ref()
        .and_then(|identity| cache.local_metadata(identity));
    if let Some(metadata) = kept.and_then(|bytes| Metadata::parse(&bytes).ok()) {
        return Ok(metadata);
    }
    let bytes = read_metadata_bytes_of(path)?;
    let metadata = Metadata::parse(&bytes).map_err(|fault| WheelError {
        path: path.to_owned(),
        fault: fault.into(),
    })?;
    if let Some(identity) = identity {
        cache.keep_local_metadata(&identity, &bytes);
    }
    Ok(metadata)
}

/// What tells a wheel from every other, on one line.
fn identity(path: &Path, metadata: &FileMetadata) -> Option<String> {
    let path = path.to_str().filter(|path| !path.contains('\n'))?;
    let time = metadata.modified().ok()?;
    let time = time.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    let (size, inode) = (metadata.len(), inode(metadata));
    Some(format!("{size} {time} {inode} {path}"))
}

#[cfg(unix)]
fn inode(metadata: &FileMetadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    format!("{}:{}", metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn inode(_: &FileMetadata) -> String {
    String::from("-")
}

#[cfg(test)]
mod tests {
    use wh_testing::WheelBuilder;

    use super::*;

    #[test]
    fn a_wheel_is_opened_once_and_again_when_it_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(Some(folder.path().join("cache")));
        let kept = |path: &Path| metadata_of_wheel(path, &cache);
        let wheels = folder.path().join("wheels");
        std::fs::create_dir(&wheels).unwrap();
        let wheel = |requires: &str| {
            let wheel = WheelBuilder::new("demo", "1.0").requires(requires);
            wheel.description("long\n\nand longer").write_to(&wheels)
        };
        let path = wheel("a");
        let requires = |metadata: Metadata| metadata.requires_dist[0].name.to_string();
        assert_eq!(requires(kept(&path).unwrap()), "a");
        let time = path.metadata().unwrap().modified().unwrap();
        let size = path.metadata().unwrap().len();
        // who opens it would fail; by size, time and inode it is the same
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(0).unwrap();
        file.set_len(size).unwrap();
        file.set_modified(time).unwrap();
        assert_eq!(requires(kept(&path).unwrap()), "a");
        assert!(metadata_of_wheel(&path, &Cache::new(None)).is_err());
        file.set_modified(time + std::time::Duration::from_secs(1))
            .unwrap();
        assert!(kept(&path).is_err(), "it was touched");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(requires(kept(&wheel("b")).unwrap()), "b");
    }
}
