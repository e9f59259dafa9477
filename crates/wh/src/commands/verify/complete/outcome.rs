//! What verifying found out: rows, words, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use wh_packaging::{ProjectName, Target, Version};
use wh_resolver::closure::Unmet;

use crate::commands::report::{Action, FileRow, MissingRow, TargetRow, missing_lines};
use crate::commands::verify::files::Files;

/// What was found out, of all targets.
#[derive(Default)]
pub struct Outcome {
    pub rows: Vec<TargetRow>,
    /// By row: what is said of it if it is complete.
    pub words: Vec<String>,
    pub missing: Vec<MissingRow>,
    pub notes: Vec<String>,
    // by file name
    chosen: BTreeMap<String, Chosen>,
}

/// A file that was chosen.
struct Chosen {
    project: ProjectName,
    version: Version,
    targets: BTreeSet<String>,
    requested_by: Vec<String>,
}

impl Outcome {
    /// A line for each missing requirement, targets that miss the same together.
    pub fn lines(&self) -> Vec<String> {
        missing_lines(&self.missing)
    }

    /// The rows of the report.
    pub fn file_rows(&self, files: &Files) -> Vec<FileRow> {
        let row = |(name, chosen): (&String, &Chosen)| {
            let file = files.checks.iter().find(|file| file.name == *name)?;
            Some(FileRow {
                project: chosen.project.to_string(),
                version: chosen.version.to_string(),
                filename: name.clone(),
                url: None,
                size: file.size,
                sha256: file.sha256.clone(),
                action: match file.path {
                    Some(_) => Action::Keep,
                    None => Action::Fetch,
                },
                built_from: None,
                targets: chosen.targets.iter().cloned().collect(),
                requested_by: chosen.requested_by.clone(),
            })
        };
        self.chosen.iter().filter_map(row).collect()
    }

    pub fn add(&mut self, target: &Target, found: Found, files: &Files) {
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
        for (project, (version, name)) in &found.chosen {
            let chain = found.chains.get(project).cloned().unwrap_or_default();
            let entry = self.chosen.entry(name.clone());
            let chosen = entry.or_insert_with(|| Chosen {
                project: project.clone(),
                version: version.clone(),
                targets: BTreeSet::new(),
                requested_by: Vec::new(),
            });
            let known = &mut chosen.requested_by;
            if known.is_empty() || (chain.len(), &chain) < (known.len(), known) {
                *known = chain;
            }
            chosen.targets.insert(target.name.clone());
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
pub struct Found {
    // version and file name
    pub chosen: BTreeMap<ProjectName, (Version, String)>,
    pub chains: BTreeMap<ProjectName, Vec<String>>,
    pub unmet: Vec<Unmet<String>>,
}
