//! Whether a folder has all that a target needs, and where not, what is missing and who asks.
//!
//! A lock's target is complete where the lock's selection for it is there, sound and closed: that
//! is what `wh install` takes. Requirements without a lock are resolved from the folder alone. A
//! lock whose selection is closed is resolved again, too: where that chooses otherwise, a note says
//! how.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use wh_index::locked::LockedFiles;
use wh_index::wheelhouse::{FolderLock, Wheelhouse};
use wh_packaging::class::TargetClass;
use wh_packaging::lock::{SelectError, Selected, SelectedKind};
use wh_packaging::requirement::{Root, VersionOrUrl};
use wh_packaging::{
    DistributionFile, Metadata, Origin, ProjectFiles, ProjectName, Requirement, Target, Version,
};
use wh_resolver::closure::{Met, Unmet, Walk, Walked, walk};
use wh_resolver::{
    Options, Provider, ProviderError, Request, Resolution, ResolveError, admits, candidates,
    resolve,
};

use super::Run;
use super::files::{Files, short};
use super::targets::{all_selected, everything};
use crate::commands::report::{Action, FileRow, MissingRow, TargetRow, complete_but_for};
use crate::failure::Failure;

/// What has to be met, for whom.
pub struct Question<'a> {
    /// Whose selection has to be closed.
    pub lock: Option<&'a FolderLock>,
    /// `None`: all of the folder, or of the lock.
    pub roots: Option<Vec<Root>>,
    pub constraints: Vec<Root>,
    pub options: Options,
    pub classes: Vec<TargetClass>,
}

/// What was found out, of all targets.
#[derive(Default)]
pub struct Outcome {
    pub rows: Vec<TargetRow>,
    /// By row: what is said of it if it is complete.
    pub words: Vec<String>,
    pub missing: Vec<MissingRow>,
    pub notes: Vec<String>,
    // by file name: for whom, and who asks
    chosen: BTreeMap<String, (BTreeSet<String>, Vec<String>)>,
}

impl Outcome {
    /// A line for each missing requirement, targets that miss the same together.
    pub fn lines(&self) -> Vec<String> {
        let same = |a: &MissingRow, b: &MissingRow| {
            (&a.requirement, &a.requested_by, &a.reason)
                == (&b.requirement, &b.requested_by, &b.reason)
        };
        let mut lines: Vec<(&MissingRow, Vec<&str>)> = Vec::new();
        for row in &self.missing {
            match lines.iter_mut().find(|(known, _)| same(known, row)) {
                Some((_, targets)) => targets.push(&row.target),
                None => lines.push((row, vec![&row.target])),
            }
        }
        lines
            .into_iter()
            .map(|(row, targets)| {
                let (requirement, chain) = (&row.requirement, &row.requested_by);
                let itself = chain.len() == 1 && chain[0] == *requirement;
                let by = match itself || chain.is_empty() {
                    true => String::new(),
                    false => format!(", asked for by {}", chain.join(" > ")),
                };
                let (targets, reason) = (targets.join(", "), &row.reason);
                format!("missing: {requirement} for {targets}{by}: {reason}")
            })
            .collect()
    }

    /// The rows of the report.
    pub fn file_rows(&self, files: &Files) -> Vec<FileRow> {
        let row = |(name, (targets, chain)): (&String, &(BTreeSet<String>, Vec<String>))| {
            let filename: wh_packaging::WheelFilename = name.parse().ok()?;
            let file = files.checks.iter().find(|file| file.name == *name)?;
            Some(FileRow {
                project: filename.project.to_string(),
                version: filename.version.to_string(),
                filename: name.clone(),
                url: None,
                size: file.size,
                sha256: file.sha256.clone(),
                action: match file.path {
                    Some(_) => Action::Keep,
                    None => Action::Fetch,
                },
                targets: targets.iter().cloned().collect(),
                requested_by: chain.clone(),
            })
        };
        self.chosen.iter().filter_map(row).collect()
    }

    fn add(&mut self, target: &Target, found: Found, files: &Files) {
        let names: BTreeSet<&String> = found.chosen.values().map(|(_, name)| name).collect();
        let size = |name: &&String| files.sound(name).and_then(|file| file.size);
        self.rows.push(TargetRow {
            name: target.name.clone(),
            python: target.markers.python_version.clone(),
            platform: target.platform().to_owned(),
            complete: found.unmet.is_empty(),
            distributions: found.chosen.len(),
            files: names.len(),
            bytes: names.iter().map(size).sum(),
        });
        for (project, (_, name)) in &found.chosen {
            let chain = found.chains.get(project).cloned().unwrap_or_default();
            let (targets, known) = self.chosen.entry(name.clone()).or_default();
            if known.is_empty() || (chain.len(), &chain) < (known.len(), known) {
                *known = chain;
            }
            targets.insert(target.name.clone());
        }
        let rows = found.unmet.into_iter().map(|unmet| MissingRow {
            requirement: unmet.requirement,
            target: target.name.clone(),
            requested_by: unmet.requested_by,
            reason: unmet.why,
        });
        self.missing.extend(rows);
    }
}

/// What was found out, of one target.
#[derive(Default)]
struct Found {
    // version and file name
    chosen: BTreeMap<ProjectName, (Version, String)>,
    chains: BTreeMap<ProjectName, Vec<String>>,
    unmet: Vec<Unmet<String>>,
}

/// The files of the folder; direct URLs are answered from the lock, too.
pub struct FolderAlone<'a> {
    house: &'a Wheelhouse,
    locked: Option<LockedFiles<'a>>,
}

impl Provider for FolderAlone<'_> {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        self.house.files(project)
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        match &self.locked {
            Some(locked) if file.origin == Origin::Direct => locked.metadata(file),
            _ => self.house.metadata(file),
        }
    }
}

impl Question<'_> {
    /// Answers for every target.
    pub fn answer(
        &self,
        run: &Run<'_>,
        files: &Files,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        // requirements beside a lock may ask for its URLs
        let beside = self.lock.or(match run.locks.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let folder = FolderAlone {
            house: &run.house,
            locked: beside.map(|from| {
                let folder = from.path.parent().unwrap_or(Path::new(""));
                LockedFiles::new(&run.house, &from.lock, folder)
            }),
        };
        outcome.notes.extend(self.left_out());
        let before = outcome.rows.len();
        for class in &self.classes {
            match self.lock {
                Some(from) => self.of_lock(from, class, &folder, files, outcome),
                None => self.of_folder(run, class, &folder, files, outcome)?,
            }
        }
        let exclude: Vec<String> = self
            .options
            .exclude
            .iter()
            .map(ToString::to_string)
            .collect();
        let words = complete_but_for(self.options.no_deps, &exclude);
        let rows = outcome.rows.len() - before;
        outcome.words.extend(std::iter::repeat_n(words, rows));
        Ok(())
    }

    /// What the lock says was left out is not missed, and that is said.
    fn left_out(&self) -> Vec<String> {
        let Some((from, tool)) = self
            .lock
            .and_then(|from| Some((from, from.lock.tool.as_ref()?)))
        else {
            return Vec::new();
        };
        let lock = short(&from.path);
        let mut notes = Vec::new();
        if tool.no_deps {
            notes.push(format!(
                "{lock} was made with --no-deps: only what was named is looked for, not what it requires"
            ));
        }
        for (what, names) in [
            ("left out (--exclude)", &tool.exclude),
            ("taken to be there already (--baseline)", &tool.baseline),
            ("put in the place of others (--override)", &tool.overrides),
        ] {
            if !names.is_empty() {
                notes.push(format!("{lock}: {what}: {}", names.join(", ")));
            }
        }
        notes
    }

    fn resolved(
        &self,
        roots: &[Root],
        class: &TargetClass,
        folder: &FolderAlone<'_>,
    ) -> Result<Resolution, ResolveError> {
        let request = Request {
            class,
            requirements: roots,
            constraints: &self.constraints,
            options: &self.options,
        };
        resolve(&request, folder)
    }

    /// A class of the lock's targets.
    fn of_lock(
        &self,
        from: &FolderLock,
        class: &TargetClass,
        folder: &FolderAlone<'_>,
        files: &Files,
        outcome: &mut Outcome,
    ) {
        let resolution = self
            .roots
            .as_ref()
            .map(|roots| self.resolved(roots, class, folder));
        for (member, target) in class.members.iter().enumerate() {
            let all;
            let roots = match &self.roots {
                Some(roots) => roots,
                None => {
                    all = all_selected(&from.lock, target);
                    &all
                }
            };
            let found = match from.lock.select(target) {
                Ok(selected) => {
                    let selection = Selection {
                        from,
                        selected: &selected,
                        folder,
                        files,
                    };
                    let found = selection.found(&self.walk(target, roots));
                    if found.unmet.is_empty()
                        && let Some(resolution) = &resolution
                    {
                        let note = otherwise(&short(&from.path), &found, resolution, member);
                        outcome
                            .notes
                            .extend(note.map(|note| format!("{}: {note}", target.name)));
                    }
                    found
                }
                Err(error) => self.unselected(from, &error, target, roots, folder, files),
            };
            outcome.add(target, found, files);
        }
    }

    fn walk<'w>(&'w self, target: &'w Target, roots: &'w [Root]) -> Walk<'w> {
        Walk {
            target,
            requirements: roots,
            options: &self.options,
        }
    }

    /// The lock has nothing for the target: what the folder lacks for it, else just that.
    fn unselected(
        &self,
        from: &FolderLock,
        error: &SelectError,
        target: &Target,
        roots: &[Root],
        folder: &FolderAlone<'_>,
        files: &Files,
    ) -> Found {
        let mut unmet = self.greedy(target, roots, folder, files).unmet;
        if unmet.is_empty() {
            let requirement = match error {
                SelectError::NoFile {
                    name,
                    version: Some(version),
                    ..
                } => format!("{name}=={version}"),
                SelectError::NoFile { name, .. }
                | SelectError::Ambiguous { name }
                | SelectError::BadMarker { name, .. }
                | SelectError::Unsupported { name, .. } => name.to_string(),
                SelectError::NotForThisEnvironment { .. }
                | SelectError::RequiresPython { .. }
                | SelectError::Undecided { .. } => "a selection".to_owned(),
            };
            unmet.push(Unmet {
                requirement,
                requested_by: vec![short(&from.path)],
                why: error.to_string(),
            });
        }
        Found {
            unmet,
            ..Found::default()
        }
    }

    /// Requirements that no lock answers: the folder alone has to.
    fn of_folder(
        &self,
        run: &Run<'_>,
        class: &TargetClass,
        folder: &FolderAlone<'_>,
        files: &Files,
        outcome: &mut Outcome,
    ) -> Result<(), Failure> {
        let roots = match &self.roots {
            Some(roots) => roots.clone(),
            None => everything(run, folder, class)?,
        };
        let resolution = self.resolved(&roots, class, folder);
        for (member, target) in class.members.iter().enumerate() {
            let mut found = Found::default();
            match &resolution {
                Ok(resolution) => found = of_resolution(resolution, member, files),
                Err(ResolveError::Provider(ProviderError::Failed(_))) => {}
                Err(error) => {
                    found.unmet = self.greedy(target, &roots, folder, files).unmet;
                    if found.unmet.is_empty() {
                        found.unmet.push(conflict(&roots, error));
                    }
                }
            }
            if self.roots.is_none() && roots.is_empty() {
                found.unmet.push(Unmet {
                    requirement: "any wheel".to_owned(),
                    requested_by: Vec::new(),
                    why: "the folder has none for this target".to_owned(),
                });
            }
            outcome.add(target, found, files);
        }
        match resolution {
            Err(error @ ResolveError::Provider(ProviderError::Failed(_))) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// What is missing where each requirement takes the best file that the folder has for it.
    fn greedy(
        &self,
        target: &Target,
        roots: &[Root],
        folder: &FolderAlone<'_>,
        files: &Files,
    ) -> Walked<String> {
        let class = TargetClass {
            members: vec![target.clone()],
            marker: wh_packaging::MarkerTree::TRUE,
        };
        let meet = |requirement: &Requirement| {
            let known = folder
                .files(&requirement.name)
                .map_err(|error| error.to_string())?;
            let fitting = candidates(&known, &class, self.options.ignore_requires_python);
            let sound = |name: &str| files.sound(name).is_some();
            let candidate = fitting.iter().find(|one| {
                sound(&one.wheels[0].name)
                    && match &requirement.version_or_url {
                        Some(VersionOrUrl::VersionSpecifier(specifiers)) => {
                            admits(specifiers, &one.version)
                        }
                        Some(VersionOrUrl::Url(url)) => {
                            url.path().ends_with(&format!("/{}", one.wheels[0].name))
                        }
                        None => true,
                    }
            });
            let Some(candidate) = candidate else {
                return Err(there_is(&requirement.name, folder));
            };
            let metadata = folder
                .metadata(&candidate.wheels[0])
                .map_err(|error| error.to_string())?;
            Ok(Met {
                version: candidate.version.clone(),
                metadata,
            })
        };
        walk(self.walk(target, roots), &meet)
    }
}

/// A lock's selection for one target.
struct Selection<'a> {
    from: &'a FolderLock,
    selected: &'a [Selected<'a>],
    folder: &'a FolderAlone<'a>,
    files: &'a Files,
}

impl Selection<'_> {
    fn found(&self, asked: &Walk<'_>) -> Found {
        let walked = walk(*asked, &|requirement| self.meet(requirement));
        let mut found = Found {
            chosen: BTreeMap::new(),
            chains: walked.chains,
            unmet: walked.unmet,
        };
        for one in self.selected {
            let (project, name) = (&one.package.name, one.file.name.clone());
            // what nothing asks for any more has to be there all the same
            if !found.chains.contains_key(project)
                && let Some(why) = self.files.why_not(&name)
                && !found.unmet.iter().any(|unmet| unmet.why.starts_with(&name))
            {
                found.unmet.push(Unmet {
                    requirement: version(one).map_or_else(
                        || project.to_string(),
                        |version| format!("{project}=={version}"),
                    ),
                    requested_by: vec![short(&self.from.path)],
                    why,
                });
            }
            if let Some(version) = version(one) {
                found.chosen.insert(project.clone(), (version, name));
            }
        }
        found
    }

    fn meet(&self, requirement: &Requirement) -> Result<Met, String> {
        let lock = short(&self.from.path);
        let name = &requirement.name;
        let one = self.selected.iter().find(|one| one.package.name == *name);
        let Some(one) = one else {
            let there = there_is(name, self.folder);
            return Err(format!("{lock} selects none; {there}"));
        };
        let Some(version) = version(one) else {
            return Err(format!("{} would have to be built", one.file.name));
        };
        let fits = match &requirement.version_or_url {
            None => true,
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => admits(specifiers, &version),
            Some(VersionOrUrl::Url(_)) => one.kind == SelectedKind::Archive,
        };
        if !fits {
            return Err(format!("{lock} selects {}", one.file.name));
        }
        if let Some(why) = self.files.why_not(&one.file.name) {
            return Err(why);
        }
        let unread = |error: ProviderError| error.to_string();
        let locked = self.folder.locked.as_ref().ok_or_else(|| lock.clone())?;
        let known = locked.files(name).map_err(unread)?;
        let mut wheels = known.files.iter();
        let file = wheels
            .find(|file| file.name == one.file.name)
            .ok_or_else(|| format!("{} would have to be built", one.file.name))?;
        let metadata = locked.metadata(file).map_err(unread)?;
        Ok(Met { version, metadata })
    }
}

/// The version that is selected; `None` where it would have to be built to be known.
fn version(selected: &Selected<'_>) -> Option<Version> {
    let filename: wh_packaging::WheelFilename = selected.file.name.parse().ok()?;
    Some(selected.package.version.clone().unwrap_or(filename.version))
}

/// What the folder has of a project.
fn there_is(project: &ProjectName, folder: &FolderAlone<'_>) -> String {
    let known = folder.files(project).unwrap_or_default();
    let names: Vec<&str> = known.files.iter().map(|file| file.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("the folder has no file of {project}"),
        names => format!("the folder has {}", names.join(", ")),
    }
}

fn of_resolution(resolution: &Resolution, member: usize, files: &Files) -> Found {
    let mut found = Found::default();
    for (project, chosen) in &resolution.chosen {
        let Some(file) = chosen.wheels.get(member) else {
            continue;
        };
        if let Some(why) = files.why_not(&file.name) {
            found.unmet.push(Unmet {
                requirement: format!("{project}=={}", chosen.version),
                requested_by: chosen.requested_by.clone(),
                why,
            });
        }
        let what = (chosen.version.clone(), file.name.clone());
        found.chosen.insert(project.clone(), what);
        found
            .chains
            .insert(project.clone(), chosen.requested_by.clone());
    }
    found
}

/// Everything that is asked for is there by itself, and does not go together.
fn conflict(roots: &[Root], error: &ResolveError) -> Unmet<String> {
    let names: Vec<String> = roots
        .iter()
        .map(|root| root.requirement.to_string())
        .collect();
    Unmet {
        requirement: names.join(", "),
        requested_by: Vec::new(),
        why: match error {
            ResolveError::NoSolution(no) => no.explanation.join(" "),
            other => other.to_string(),
        },
    }
}

/// How resolving from the folder alone chooses otherwise than the lock.
fn otherwise(
    lock: &str,
    found: &Found,
    resolution: &Result<Resolution, ResolveError>,
    member: usize,
) -> Option<String> {
    let resolution = match resolution {
        Ok(resolution) => resolution,
        Err(error) => {
            let why = conflict(&[], error).why;
            return Some(format!(
                "{lock} is closed, but resolving from the folder without it finds no choice: {why}"
            ));
        }
    };
    let mut differences = Vec::new();
    let all: BTreeSet<&ProjectName> = found
        .chosen
        .keys()
        .chain(resolution.chosen.keys())
        .collect();
    for project in all {
        let locked = found.chosen.get(project).map(|(_, name)| name.as_str());
        let resolved = resolution.chosen.get(project);
        let resolved = resolved
            .and_then(|chosen| chosen.wheels.get(member))
            .map(|file| file.name.as_str());
        if locked != resolved {
            let (resolved, locked) = (resolved.unwrap_or("nothing"), locked.unwrap_or("nothing"));
            differences.push(format!("{resolved} in place of {locked}"));
        }
    }
    (!differences.is_empty()).then(|| {
        format!(
            "resolving from the folder without {lock} chooses {}",
            differences.join(", ")
        )
    })
}
