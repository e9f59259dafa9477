//! What wheels bring into an environment that somebody should look at before it travels: native
//! code, files that run when Python starts, commands, and the licence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use wh_packaging::metadata;
use wh_wheel::{Wheel, WheelError};

use super::SideFile;

/// What is new.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Brings {
    /// Native code (`.so`, `.pyd`, `.dylib`, `.dll`) under a name that was not there, whatever ABI
    /// or digest the name ends with.
    pub native: Vec<String>,
    /// `.pth` and `.start` files at the top of site-packages that are new or have another content:
    /// they are read whenever Python starts.
    pub startup: Vec<String>,
    /// Commands (console and GUI entry points, scripts).
    pub commands: Vec<String>,
    /// The licence, if it is another one.
    pub licence: Option<LicenceChange>,
}

/// A licence that changed, in the words of the metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceChange {
    /// Before; `None` where none was given.
    pub old: Option<String>,
    /// Now.
    pub new: Option<String>,
}

/// What the wheels of a project hold.
#[derive(Debug, Default)]
pub(super) struct Contents {
    native: BTreeMap<String, String>,
    startup: BTreeMap<String, Arc<str>>,
    commands: BTreeSet<String>,
    licence: Option<Licence>,
    /// Wheels that are not there or cannot be read.
    pub(super) unread: Vec<String>,
}

/// What METADATA says of the licence (core metadata, PEP 639).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Licence {
    expression: Option<String>,
    text: Option<String>,
    classifiers: Vec<String>,
}

/// Reads all wheels of a project.
pub(super) fn read(files: &[SideFile]) -> Contents {
    let mut contents = Contents::default();
    for file in files.iter().filter(|file| file.name.ends_with(".whl")) {
        let added = file.path.as_deref().map(|path| contents.add(path));
        if !matches!(added, Some(Ok(()))) {
            contents.unread.push(file.name.clone());
        }
    }
    contents
}

/// What is in `new` and not in `old`; nothing can be said where one of them was not read whole.
pub(super) fn brings(old: &Contents, new: &Contents) -> Option<Brings> {
    if !old.unread.is_empty() || !new.unread.is_empty() {
        return None;
    }
    let native = new.native.iter();
    let startup = new.startup.iter();
    let licence = match (&old.licence, &new.licence) {
        (Some(was), Some(is)) if was.differs(is) => Some(LicenceChange {
            old: was.words(),
            new: is.words(),
        }),
        // of a project that is new, its licence is new
        (None, Some(is)) => is.words().map(|words| LicenceChange {
            old: None,
            new: Some(words),
        }),
        _ => None,
    };
    Some(Brings {
        native: native
            .filter(|(key, _)| !old.native.contains_key(*key))
            .map(|(_, path)| path.clone())
            .collect(),
        startup: startup
            .filter(|(name, hash)| old.startup.get(*name) != Some(hash))
            .map(|(name, _)| name.clone())
            .collect(),
        commands: new.commands.difference(&old.commands).cloned().collect(),
        licence,
    })
}

impl Contents {
    fn add(&mut self, path: &Path) -> Result<(), WheelError> {
        let wheel = Wheel::open(path)?;
        for row in wheel.record()? {
            let (scheme, path) = installed_path(&row.path);
            let name = path.rsplit('/').next().unwrap_or(path);
            if is_native(name) {
                self.native.insert(native_key(path), path.to_owned());
            }
            match scheme {
                "scripts" => {
                    self.commands.insert(path.to_owned());
                }
                "purelib" | "data" if is_startup(scheme, path) => {
                    let hash = row.hash.unwrap_or_default();
                    self.startup.insert(path.to_owned(), hash);
                }
                _ => {}
            }
        }
        let points = wheel.entry_points()?;
        let points = points.console.into_iter().chain(points.gui);
        self.commands.extend(points.map(|point| point.name));
        let fields = metadata::fields(&wheel.metadata_bytes()?);
        self.licence.get_or_insert_with(|| Licence::of(&fields));
        Ok(())
    }
}

/// The scheme that an entry goes to (both library ones are `purelib`) and its path in it.
fn installed_path(path: &str) -> (&str, &str) {
    let data = path
        .split_once('/')
        .filter(|(folder, _)| folder.ends_with(".data"))
        .and_then(|(_, rest)| rest.split_once('/'));
    match data {
        Some(("platlib", rest)) => ("purelib", rest),
        Some((scheme, rest)) => (scheme, rest),
        None => ("purelib", path),
    }
}

fn is_startup(scheme: &str, path: &str) -> bool {
    // `data` may lead into any site-packages
    (scheme == "data" || !path.contains('/'))
        && (path.ends_with(".pth") || path.ends_with(".start"))
}

fn is_native(name: &str) -> bool {
    [".so", ".pyd", ".dylib", ".dll"]
        .iter()
        .any(|end| name.ends_with(end))
        || name.contains(".so.")
}

/// The path without ABI (`x.cpython-312-x86_64-linux-gnu.so`) and without the digest that
/// bundling tools put into names (`libz-0123abcd.so.1`), so that the next build is not a new file.
fn native_key(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let stem = match stem.rsplit_once('-') {
        Some((stem, digest)) if digest.len() >= 8 && is_hex(digest) => stem,
        _ => stem,
    };
    format!("{folder}/{stem}")
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Licence {
    pub(super) fn of(fields: &[(String, String)]) -> Self {
        let given = |wanted: &str| {
            let mut all = fields
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
            let value = all.next().map(|(_, value)| value.trim())?;
            (!value.is_empty() && value != "UNKNOWN").then(|| value.to_owned())
        };
        let mut classifiers: Vec<String> = fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("Classifier"))
            .filter(|(_, value)| value.starts_with("License ::"))
            .filter_map(|(_, value)| Some(value.rsplit("::").next()?.trim().to_owned()))
            .collect();
        classifiers.sort();
        Self {
            expression: given("License-Expression"),
            text: given("License"),
            classifiers,
        }
    }

    /// Whether a field that both have differs; where they have none in common, whether their
    /// words do (a project that moves from one field to another says the same in both).
    pub(super) fn differs(&self, other: &Self) -> bool {
        let both = |one: &Option<String>, two: &Option<String>| match (one, two) {
            (Some(one), Some(two)) => Some(one != two),
            _ => None,
        };
        let classifiers = (!self.classifiers.is_empty() && !other.classifiers.is_empty())
            .then(|| self.classifiers != other.classifiers);
        let common = [
            both(&self.expression, &other.expression),
            both(&self.text, &other.text),
            classifiers,
        ];
        if common.iter().all(Option::is_none) {
            return self.words() != other.words();
        }
        common.contains(&Some(true))
    }

    /// What to show: the expression, else the text (its beginning: some write all of it), else the
    /// classifiers.
    pub(super) fn words(&self) -> Option<String> {
        const ENOUGH: usize = 60;
        let short = |text: &String| match text.char_indices().nth(ENOUGH) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text.clone(),
        };
        let classifiers = || (!self.classifiers.is_empty()).then(|| self.classifiers.join(", "));
        let given = self.expression.clone();
        given
            .or_else(|| self.text.as_ref().map(short))
            .or_else(classifiers)
    }
}
