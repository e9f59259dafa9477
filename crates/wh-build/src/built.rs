//! The wheel that a backend gave: is it one, and is it what was asked for?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use wh_packaging::requirement::display;
use wh_packaging::{Metadata, Tags, WheelFilename};
use wh_wheel::{Algorithm, Checked, Contents, Wheel, check};

use crate::error::{BuildFault, Field};
use crate::source::Expected;

/// A wheel that was built.
#[derive(Debug, Clone)]
pub struct BuiltWheel {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name.
    pub filename: WheelFilename,
    /// Its sha256, in hexadecimal.
    pub sha256: String,
    /// Its METADATA.
    pub metadata: Metadata,
}

impl BuiltWheel {
    /// Whether it runs on every machine: nothing in it is for one ABI or platform.
    pub fn is_pure(&self) -> bool {
        self.filename.is_pure()
    }
}

/// Checks a wheel as one that was downloaded, compares it with what was asked for, and gives it its
/// name in a folder, last.
pub(crate) fn accept(
    file: &Path,
    filename: WheelFilename,
    expected: &Expected,
    tags: Option<&Tags>,
    into: &Path,
) -> Result<BuiltWheel, BuildFault> {
    let wheel = Wheel::open(file).map_err(BuildFault::Refused)?;
    let Checked { metadata, .. } =
        check(&wheel, &filename, Contents::Verify).map_err(BuildFault::Refused)?;
    compare(&filename, &metadata, expected, tags)?;
    let hashes = wheel
        .hash(&[Algorithm::Sha256])
        .map_err(BuildFault::Refused)?;
    drop(wheel);
    let path = place(file, &filename, into)?;
    Ok(BuiltWheel {
        path,
        filename,
        sha256: hashes.sha256().unwrap_or_default().to_owned(),
        metadata,
    })
}

/// The name that a hook answered with.
pub(crate) fn filename(answer: &str) -> Result<WheelFilename, String> {
    WheelFilename::from_str(answer).map_err(|error| error.to_string())
}

fn compare(
    filename: &WheelFilename,
    metadata: &Metadata,
    expected: &Expected,
    tags: Option<&Tags>,
) -> Result<(), BuildFault> {
    let differs = |field, expected: String, found: String| {
        Err(BuildFault::Differs {
            field,
            expected,
            found,
        })
    };
    if let Some(project) = &expected.project
        && *project != filename.project
    {
        return differs(
            Field::Name,
            project.to_string(),
            filename.project.to_string(),
        );
    }
    if let Some(version) = &expected.version
        && *version != filename.version
    {
        return differs(
            Field::Version,
            version.to_string(),
            filename.version.to_string(),
        );
    }
    if let Some(tags) = tags
        && filename.rank(tags).is_none()
    {
        let best = tags.iter().next().map(ToString::to_string);
        return differs(Field::Tags, best.unwrap_or_default(), filename.to_string());
    }
    let Some(told) = &expected.metadata else {
        return Ok(());
    };
    let (expected, found) = (requires(told), requires(metadata));
    if expected != found {
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
            let lines: Vec<&str> = one.difference(other).map(String::as_str).collect();
            if lines.is_empty() {
                "nothing".to_owned()
            } else {
                lines.join(", ")
            }
        };
        return differs(
            Field::RequiresDist,
            only(&expected, &found),
            only(&found, &expected),
        );
    }
    let python = |metadata: &Metadata| {
        let specifiers = metadata.requires_python.as_ref();
        specifiers.map_or_else(
            || "none".to_owned(),
            |specifiers| sorted(&specifiers.to_string()),
        )
    };
    if python(told) != python(metadata) {
        return differs(Field::RequiresPython, python(told), python(metadata));
    }
    Ok(())
}

/// Requirements as they are compared: by what they mean, in no order.
fn requires(metadata: &Metadata) -> BTreeSet<String> {
    metadata.requires_dist.iter().map(display).collect()
}

fn sorted(specifiers: &str) -> String {
    let mut parts: Vec<&str> = specifiers.split(',').map(str::trim).collect();
    parts.sort_unstable();
    parts.join(",")
}

/// Moves a file into a folder under its name: what has that name is there whole, or not at all.
fn place(file: &Path, filename: &WheelFilename, into: &Path) -> Result<PathBuf, BuildFault> {
    fs_err::create_dir_all(into).map_err(BuildFault::io("create", into))?;
    let path = into.join(filename.as_str());
    readable(file);
    // a folder on another file system takes a copy first
    if wh_wheel::rename(file, &path).is_err() {
        let part = into.join(format!(".{}.part", filename.as_str()));
        let placed = fs_err::copy(file, &part).and_then(|_| wh_wheel::rename(&part, &path));
        if let Err(source) = placed {
            let _ = std::fs::remove_file(&part);
            return Err(BuildFault::io("write", &path)(source));
        }
    }
    Ok(path)
}

/// Backends that write to a temporary file first leave wheels that nobody else may read.
fn readable(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = file;
}
