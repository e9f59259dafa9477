//! What a lock installs into one environment: PEP 751, "Installing from a lock file".

use super::membership::{self, Asked};
use super::{Lock, LockedFile, LockedPackage};
use crate::marker::{self, Truth};
use crate::requirement::full_marker;
use crate::target::Target;
use crate::{MarkerTree, ProjectName, Version, VersionSpecifiers, WheelFilename};

/// One file that is to be installed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Selected<'a> {
    /// The entry.
    pub package: &'a LockedPackage,
    /// Its file for this environment.
    pub file: &'a LockedFile,
    /// What it is.
    pub kind: SelectedKind,
}

/// Kinds of file that a lock gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectedKind {
    /// One of `wheels`.
    Wheel,
    /// `sdist`: no wheel loads here.
    Sdist,
    /// `archive`: a direct URL, to a wheel or to anything else.
    Archive,
}

/// Why a lock has nothing for an environment.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SelectError {
    /// None of its `environments` holds.
    #[error("the lock was not made for this environment")]
    NotForThisEnvironment {
        /// Those that it was made for.
        environments: Vec<MarkerTree>,
    },
    /// Its `requires-python`, or that of an entry, shuts the environment out.
    #[error("Python {python} does not satisfy requires-python {required}")]
    RequiresPython {
        /// The entry; `None`: the lock as a whole.
        name: Option<ProjectName>,
        /// What is required.
        required: VersionSpecifiers,
        /// The Python there is.
        python: Version,
    },
    /// A marker asks for a value that the target leaves open.
    #[error("the marker `{marker}` cannot be decided for this target")]
    Undecided {
        /// The entry; `None`: one of `environments`.
        name: Option<ProjectName>,
        /// The marker.
        marker: String,
    },
    /// A marker is not one. (Not for locks that were read.)
    #[error("`{marker}` is not a marker: {message}")]
    BadMarker {
        /// The entry.
        name: ProjectName,
        /// The marker.
        marker: String,
        /// What is wrong with it.
        message: String,
    },
    /// More than one entry of a project is left.
    #[error("more than one entry of `{name}` is for this environment")]
    Ambiguous {
        /// The project.
        name: ProjectName,
    },
    /// No file of an entry loads here.
    #[error("`{name}` has no file for this environment")]
    NoFile {
        /// The project.
        name: ProjectName,
        /// Its version.
        version: Option<Version>,
        /// The names of the files it has.
        files: Vec<String>,
    },
    /// An entry is a repository or a folder.
    #[error("`{name}` is locked as {kind}")]
    Unsupported {
        /// The project.
        name: ProjectName,
        /// `vcs` or `directory`
        kind: String,
    },
}

impl Lock {
    /// What the lock installs for a target, sorted as the lock is: no extras, the default groups.
    ///
    /// The steps are the standard's, save that `environments` is looked at before
    /// `requires-python`: both refuse, and the former can say what would be right.
    ///
    /// # Errors
    /// See [`SelectError`].
    pub fn select(&self, target: &Target) -> Result<Vec<Selected<'_>>, SelectError> {
        let asked = Asked {
            extras: &[],
            groups: &self.default_groups,
        };
        self.check_environment(target)?;
        check_python(None, self.requires_python.as_ref(), target)?;
        let mut slated: Vec<&LockedPackage> = Vec::new();
        for package in &self.packages {
            if !applies(package, target, asked)? {
                continue;
            }
            check_python(
                Some(&package.name),
                package.requires_python.as_ref(),
                target,
            )?;
            slated.push(package);
        }
        self.carry(target, asked, &mut slated)?;
        let mut names: Vec<&ProjectName> = slated.iter().map(|package| &package.name).collect();
        names.sort();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(SelectError::Ambiguous {
                name: twice[0].clone(),
            });
        }
        slated.into_iter().map(|p| choose(p, target)).collect()
    }

    /// A target that names no patch release stands for all: what only later ones take, and no
    /// other entry of the project supplies, comes along.
    fn carry<'p>(
        &'p self,
        target: &Target,
        asked: Asked<'_>,
        slated: &mut Vec<&'p LockedPackage>,
    ) -> Result<(), SelectError> {
        if target.exact {
            return Ok(());
        }
        for package in self.packages.iter().filter(|one| one.marker.is_some()) {
            let later = marker_of(package, asked)?;
            if !slated.iter().any(|other| other.name == package.name)
                && marker::evaluate_every_patch(&later, &target.markers, &[]) != Truth::False
            {
                slated.push(package);
            }
        }
        Ok(())
    }

    /// At least one of `environments` holds, where there are any.
    fn check_environment(&self, target: &Target) -> Result<(), SelectError> {
        let mut undecided = None;
        for environment in &self.environments {
            match marker::evaluate(environment, &target.markers, &[]) {
                Truth::True => return Ok(()),
                Truth::False => {}
                Truth::Undecided => undecided = Some(environment),
            }
        }
        match undecided {
            Some(marker) => Err(SelectError::Undecided {
                name: None,
                marker: full_marker(marker).unwrap_or_default(),
            }),
            None if self.environments.is_empty() => Ok(()),
            None => Err(SelectError::NotForThisEnvironment {
                environments: self.environments.clone(),
            }),
        }
    }
}

fn applies(
    package: &LockedPackage,
    target: &Target,
    asked: Asked<'_>,
) -> Result<bool, SelectError> {
    let tree = marker_of(package, asked)?;
    match marker::evaluate(&tree, &target.markers, &[]) {
        Truth::True => Ok(true),
        Truth::False => Ok(false),
        Truth::Undecided => Err(SelectError::Undecided {
            name: Some(package.name.clone()),
            marker: package.marker.clone().unwrap_or_default(),
        }),
    }
}

/// A package's marker; without one it always holds.
fn marker_of(package: &LockedPackage, asked: Asked<'_>) -> Result<MarkerTree, SelectError> {
    let Some(text) = &package.marker else {
        return Ok(MarkerTree::TRUE);
    };
    membership::parse(text, asked).map_err(|error| SelectError::BadMarker {
        name: package.name.clone(),
        marker: text.clone(),
        message: error.message,
    })
}

fn check_python(
    name: Option<&ProjectName>,
    required: Option<&VersionSpecifiers>,
    target: &Target,
) -> Result<(), SelectError> {
    match required {
        Some(required) if !target.satisfies(required) => Err(SelectError::RequiresPython {
            name: name.cloned(),
            required: required.clone(),
            python: target.python.clone(),
        }),
        _ => Ok(()),
    }
}

/// The file of an entry: archive, else the best wheel, else the sdist.
fn choose<'a>(package: &'a LockedPackage, target: &Target) -> Result<Selected<'a>, SelectError> {
    if let Some(kind) = &package.unsupported {
        return Err(SelectError::Unsupported {
            name: package.name.clone(),
            kind: kind.clone(),
        });
    }
    let archive = package.archive.as_ref();
    let found = archive
        .map(|file| (file, SelectedKind::Archive))
        .or_else(|| best_wheel(package, target).map(|file| (file, SelectedKind::Wheel)))
        .or_else(|| {
            package
                .sdist
                .as_ref()
                .map(|file| (file, SelectedKind::Sdist))
        });
    match found {
        Some((file, kind)) => Ok(Selected {
            package,
            file,
            kind,
        }),
        None => Err(SelectError::NoFile {
            name: package.name.clone(),
            version: package.version.clone(),
            files: package.files().map(|file| file.name.clone()).collect(),
        }),
    }
}

/// The wheel with the best tag; of those, the one with the highest build number.
fn best_wheel<'a>(package: &'a LockedPackage, target: &Target) -> Option<&'a LockedFile> {
    let mut best: Option<(usize, WheelFilename, &LockedFile)> = None;
    for file in &package.wheels {
        let Ok(wheel) = file.name.parse::<WheelFilename>() else {
            continue;
        };
        let Some(rank) = wheel.rank(&target.tags) else {
            continue;
        };
        let better = best.as_ref().is_none_or(|(other_rank, other, _)| {
            rank.cmp(other_rank)
                .then_with(|| other.compare_build(&wheel))
                .is_lt()
        });
        if better {
            best = Some((rank, wheel, file));
        }
    }
    best.map(|(_, _, file)| file)
}
