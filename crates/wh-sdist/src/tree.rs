//! A folder of source: a checkout, or a project on this machine. It is read as an sdist is, and
//! packed into an archive that [`check`](crate::check) admits.
//!
//! The archive of the same files is the same to the byte: sorted, without owners and times. What a
//! version-control system, an interpreter or a test runner keeps for itself stays out: it may name
//! credentials, and no build needs it that does not ask those tools.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use crate::contents::{Language, Sdist};
use crate::error::{Fault, SdistError};
use crate::names::{Kind, Tree, clean};

/// Seconds since 1970 of every packed file: the first day of 2000. zip archives, which builds make,
/// know no time before 1980.
const TIME: u64 = 946_684_800;
/// No project has so many files.
const MOST_ENTRIES: usize = 200_000;
/// No project has so many bytes.
const MOST_BYTES: u64 = 4 << 30;

/// Why a folder cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Something in it cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It holds what no sdist may hold.
    #[error(transparent)]
    Refused(Fault),
    /// It has more bytes than any project.
    #[error("it has more than {MOST_BYTES} bytes")]
    TooLarge,
    /// The archive cannot be written.
    #[error("the archive cannot be written")]
    Write(#[source] io::Error),
}

/// What a folder of source says of itself; the project may be in a folder below.
///
/// # Errors
/// It cannot be read, or is no project.
pub fn look_into(folder: &Path, subdirectory: Option<&str>) -> Result<Sdist, SdistError> {
    let place = subdirectory.map_or_else(|| folder.to_owned(), |below| folder.join(below));
    let mut sdist = Sdist::of_folder(&place)?;
    let walked = walk(folder, &[], &mut |entry| {
        if entry.kind == Kind::File {
            let language = Language::of(&format!("project/{}", entry.name));
            sdist.languages.extend(language);
        }
        Ok(())
    });
    match walked {
        Ok(()) => Ok(sdist),
        Err(error) => Err(SdistError::new(folder, fault_of(error))),
    }
}

fn fault_of(error: PackError) -> Fault {
    match error {
        PackError::Refused(fault) => fault,
        PackError::Read { source, .. } | PackError::Write(source) => Fault::Read(source),
        PackError::TooLarge => Fault::Bomb {
            file: 0,
            most: MOST_BYTES,
        },
    }
}

/// Packs a folder below one of the name `top`, as `.tar.gz`; what is at or below `skip` stays out.
///
/// # Errors
/// See [`PackError`].
pub fn pack(folder: &Path, top: &str, skip: &[PathBuf], out: impl Write) -> Result<(), PackError> {
    let gzip = GzBuilder::new().write(out, Compression::default());
    let mut archive = Builder::new(gzip);
    let mut tree = Tree::default();
    let mut bytes = 0;
    append(&mut archive, &format!("{top}/"), &Kind::Folder, None)?;
    walk(folder, skip, &mut |entry| {
        let name = format!("{top}/{}", entry.name);
        let name = clean(name.as_bytes()).map_err(PackError::Refused)?;
        tree.add(&name, &entry.kind).map_err(PackError::Refused)?;
        bytes += entry.size;
        if bytes > MOST_BYTES {
            return Err(PackError::TooLarge);
        }
        let file = (entry.kind == Kind::File).then_some(entry);
        append(&mut archive, &name, &entry.kind, file)
    })?;
    let gzip = archive.into_inner().map_err(PackError::Write)?;
    let mut out = gzip.finish().map_err(PackError::Write)?;
    out.flush().map_err(PackError::Write)
}

fn append(
    archive: &mut Builder<impl Write>,
    name: &str,
    kind: &Kind,
    file: Option<&Entry<'_>>,
) -> Result<(), PackError> {
    let mut header = Header::new_gnu();
    header.set_mtime(TIME);
    header.set_size(0);
    header.set_mode(0o755);
    let written = match (kind, file) {
        (Kind::Symlink(target), _) => {
            header.set_entry_type(EntryType::Symlink);
            archive.append_link(&mut header, name, target)
        }
        (Kind::File, Some(entry)) => {
            header.set_entry_type(EntryType::Regular);
            header.set_size(entry.size);
            header.set_mode(if entry.executable { 0o755 } else { 0o644 });
            let read = |source| PackError::Read {
                path: entry.path.to_owned(),
                source,
            };
            let content = File::open(entry.path).map_err(read)?;
            archive.append_data(&mut header, name, Exactly::new(content, entry.size))
        }
        _ => {
            header.set_entry_type(EntryType::Directory);
            archive.append_data(
                &mut header,
                format!("{}/", name.trim_end_matches('/')),
                io::empty(),
            )
        }
    };
    written.map_err(PackError::Write)
}

/// As many bytes as were announced, or an error: a file may change while it is read.
struct Exactly {
    file: BufReader<File>,
    left: u64,
}

impl Exactly {
    fn new(file: File, left: u64) -> Self {
        Self {
            file: BufReader::new(file),
            left,
        }
    }
}

impl io::Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.file.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::Error::other("a file has changed while it was read"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// One thing in a folder.
struct Entry<'a> {
    /// From the folder, `/` between the parts.
    name: String,
    path: &'a Path,
    kind: Kind,
    size: u64,
    executable: bool,
}

/// Everything below a folder but what is left aside, sorted, folders before what is in them.
fn walk(
    folder: &Path,
    skip: &[PathBuf],
    visit: &mut dyn FnMut(&Entry<'_>) -> Result<(), PackError>,
) -> Result<(), PackError> {
    let mut entries = 0;
    let mut waiting = vec![(folder.to_owned(), String::new())];
    while let Some((place, prefix)) = waiting.pop() {
        let failed = |source| PackError::Read {
            path: place.clone(),
            source,
        };
        let listed = fs_err::read_dir(&place).map_err(failed)?;
        let mut paths: Vec<PathBuf> = listed
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        paths.sort();
        let mut folders = Vec::new();
        for path in paths {
            if skip.contains(&path) || left_aside(&path) {
                continue;
            }
            entries += 1;
            if entries > MOST_ENTRIES {
                return Err(PackError::Refused(Fault::TooMany { most: MOST_ENTRIES }));
            }
            let entry = entry(&path, &prefix)?;
            visit(&entry)?;
            if entry.kind == Kind::Folder {
                folders.push((path.clone(), format!("{}/", entry.name)));
            }
        }
        waiting.extend(folders.into_iter().rev());
    }
    Ok(())
}

fn entry<'p>(path: &'p Path, prefix: &str) -> Result<Entry<'p>, PackError> {
    let failed = |source| PackError::Read {
        path: path.to_owned(),
        source,
    };
    let name = path.file_name().unwrap_or_default();
    let Some(name) = name.to_str() else {
        let entry = format!("{prefix}{}", name.to_string_lossy());
        return Err(PackError::Refused(Fault::NameNotUtf8 { entry }));
    };
    let name = format!("{prefix}{name}");
    let there = fs_err::symlink_metadata(path).map_err(failed)?;
    let kind = if there.is_dir() {
        Kind::Folder
    } else if there.is_file() {
        Kind::File
    } else if there.is_symlink() {
        let target = fs_err::read_link(path).map_err(failed)?;
        Kind::Symlink(target.to_string_lossy().into_owned())
    } else {
        return Err(PackError::Refused(Fault::NotRegular { entry: name }));
    };
    Ok(Entry {
        path,
        size: if kind == Kind::File { there.len() } else { 0 },
        executable: is_executable(&there),
        name,
        kind,
    })
}

/// What is no part of a project: what tools keep for themselves in its folder.
pub fn left_aside(path: &Path) -> bool {
    const NAMES: [&str; 9] = [
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        "__pycache__",
        ".tox",
        ".nox",
        ".pytest_cache",
        ".mypy_cache",
    ];
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| NAMES.contains(&name)) || path.join("pyvenv.cfg").is_file()
}

#[cfg(unix)]
fn is_executable(there: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    there.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::archive::look;

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn packed(folder: &Path, skip: &[PathBuf]) -> Result<Vec<u8>, PackError> {
        let mut bytes = Vec::new();
        pack(folder, "a-1", skip, &mut bytes)?;
        Ok(bytes)
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
        let entries = archive.entries().unwrap();
        entries
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn the_same_files_make_the_same_archive_and_it_is_read_as_the_folder_is() {
        let files = [
            (
                "below/pyproject.toml",
                "[project]\nname = 'a'\nversion = '1'\n",
            ),
            ("below/a.c", ""),
            ("z.txt", "z"),
            (".git/config", "secret"),
            ("venv/pyvenv.cfg", ""),
            ("below/__pycache__/x.pyc", ""),
            ("wheels/b.whl", ""),
        ];
        let (one, other) = (project(&files), project(&files));
        let skip = |folder: &tempfile::TempDir| vec![folder.path().join("wheels")];
        let bytes = packed(one.path(), &skip(&one)).unwrap();
        assert_eq!(bytes, packed(other.path(), &skip(&other)).unwrap());
        let expected = [
            "a-1/",
            "a-1/below/",
            "a-1/z.txt",
            "a-1/below/a.c",
            "a-1/below/pyproject.toml",
        ];
        assert_eq!(names(&bytes), expected);
        let path = one.path().join("a-1.tar.gz");
        std::fs::write(&path, &bytes).unwrap();
        let of_archive = look(&path, "a-1.tar.gz", Some("below")).unwrap();
        let of_folder = look_into(other.path(), Some("below")).unwrap();
        assert_eq!(of_archive, of_folder);
        assert!(of_folder.pyproject.is_some() && !of_folder.languages.is_empty());
        assert!(
            look(&path, "a-1.tar.gz", None).is_err(),
            "nothing at the top"
        );
    }

    #[test]
    fn links_stay_inside() {
        let folder = project(&[("pyproject.toml", ""), ("data/x", "x")]);
        symlink("data/x", folder.path().join("l")).unwrap();
        packed(folder.path(), &[]).unwrap();
        symlink("/etc/passwd", folder.path().join("out")).unwrap();
        assert!(matches!(
            packed(folder.path(), &[]),
            Err(PackError::Refused(Fault::LinkEscapes { .. }))
        ));
    }

    #[test]
    fn a_folder_with_nothing_to_build_is_no_project() {
        let folder = project(&[("readme.txt", "")]);
        assert!(matches!(
            look_into(folder.path(), None).unwrap_err().fault,
            Fault::NotAnSdist
        ));
    }
}
