//! Which kinds of file count for a project: wheels, source distributions, or both.

use std::collections::BTreeMap;

use wh_packaging::{Filename, ProjectName};

/// A kind of file that may be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// A wheel; an sdist where no wheel fits.
    #[default]
    Any,
    /// Wheels alone (`--only-binary`).
    Binary,
    /// Sdists alone (`--no-binary`).
    Source,
}

/// The kinds of file that count, by project.
#[derive(Debug, Clone, Default)]
pub struct Formats {
    /// Of every project that is not named.
    pub otherwise: Format,
    /// Of single projects.
    pub projects: BTreeMap<ProjectName, Format>,
    /// A higher version counts although it has only an sdist (`--no-prefer-binary`).
    pub sdists_equal: bool,
}

impl Formats {
    /// Wheels alone, of every project.
    pub fn only_binary() -> Self {
        Self {
            otherwise: Format::Binary,
            ..Self::default()
        }
    }

    /// The same once sdists were built: what had to be one is a wheel by then.
    pub fn once_built(&self) -> Self {
        let built = |format: Format| match format {
            Format::Source => Format::Any,
            other => other,
        };
        let projects = self.projects.iter();
        Self {
            otherwise: built(self.otherwise),
            projects: projects
                .map(|(project, format)| (project.clone(), built(*format)))
                .collect(),
            sdists_equal: self.sdists_equal,
        }
    }

    /// The projects of which this alone counts, by name; `:all:` stands for those that are not named.
    pub fn named(&self, format: Format) -> Vec<String> {
        let all = (self.otherwise == format).then(|| ":all:".to_owned());
        let named = self.projects.iter().filter(|(_, one)| **one == format);
        all.into_iter()
            .chain(named.map(|(project, _)| project.to_string()))
            .collect()
    }

    /// What counts of a project.
    pub fn of(&self, project: &ProjectName) -> Format {
        self.projects
            .get(project)
            .copied()
            .unwrap_or(self.otherwise)
    }
}

/// Endings of sdists whose content can be read, the best first.
const READABLE: [&str; 4] = [".tar.gz", ".tgz", ".zip", ".tar"];

impl Format {
    /// The place of an sdist among those of a version; `None` where it does not count.
    pub(crate) fn sdist_rank(self, name: &str) -> Option<usize> {
        if self == Format::Binary {
            return None;
        }
        READABLE.iter().position(|ending| name.ends_with(ending))
    }

    /// Whether wheels count.
    pub(crate) fn takes_wheels(self) -> bool {
        self != Format::Source
    }
}

/// Whether a file must be built before it can be installed.
pub(crate) fn is_source(filename: &Filename) -> bool {
    filename.as_wheel().is_none()
}
