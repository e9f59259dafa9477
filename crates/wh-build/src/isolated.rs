//! The environment of one build: a virtual environment with what the project requires to be built, made
//! without pip.
//!
//! Its wheels are unpacked, never linked from the store: a backend may write to its environment, and
//! what others install must not change by that.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wh_environment::{
    ApplyOptions, Change, Destination, Probe, SchemePaths, Transaction, VenvRequest,
    WheelToInstall, venv,
};
use wh_packaging::ProjectName;
use wh_packaging::report::Silent;

use crate::error::BuildFault;
use crate::supply::SuppliedWheel;

/// An environment that a backend runs in.
#[derive(Debug)]
pub(crate) struct Isolated<'a> {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Its interpreter.
    pub(crate) python: PathBuf,
    probe: &'a Probe,
    /// What it holds: file names by project.
    installed: BTreeMap<ProjectName, String>,
}

impl<'a> Isolated<'a> {
    /// Makes one that holds nothing yet.
    pub(crate) fn make(folder: PathBuf, probe: &'a Probe) -> Result<Self, BuildFault> {
        let request = VenvRequest {
            folder: folder.clone(),
            probe,
            prompt: None,
            system_site_packages: false,
            clear: true,
        };
        let python = venv::create(&request).map_err(BuildFault::Environment)?;
        Ok(Self {
            folder,
            python,
            probe,
            installed: BTreeMap::new(),
        })
    }

    /// Brings what is not there yet. Where another version is there, all is made anew: nothing has run in
    /// there that had to last.
    pub(crate) fn provide(&mut self, wheels: &[SuppliedWheel]) -> Result<(), BuildFault> {
        let differs = |wheel: &SuppliedWheel| {
            let there = self.installed.get(&wheel.filename.project);
            there.is_some_and(|name| name != wheel.filename.as_str())
        };
        if wheels.iter().any(differs) {
            *self = Self::make(self.folder.clone(), self.probe)?;
        }
        let is_new = |wheel: &&SuppliedWheel| !self.installed.contains_key(&wheel.filename.project);
        let new: Vec<&SuppliedWheel> = wheels.iter().filter(is_new).collect();
        self.install(&new).map_err(BuildFault::Install)?;
        self.installed.extend(new.into_iter().map(|wheel| {
            let name = wheel.filename.as_str().to_owned();
            (wheel.filename.project.clone(), name)
        }));
        Ok(())
    }

    fn install(&self, wheels: &[&SuppliedWheel]) -> Result<(), wh_environment::ApplyError> {
        if wheels.is_empty() {
            return Ok(());
        }
        let change = Change {
            install: wheels.iter().copied().map(to_install).collect(),
            remove: Vec::new(),
        };
        let destination = self.destination();
        let transaction = Transaction::begin(&destination, "a build", &Silent)?;
        let options = ApplyOptions {
            // as pip does it: build requirements are not chosen for each other
            allow_conflicts: true,
            ..ApplyOptions::default()
        };
        transaction.apply(&change, &options, &Silent).map(drop)
    }

    /// The folder with its commands.
    pub(crate) fn commands(&self) -> PathBuf {
        self.scheme().scripts
    }

    /// The projects that it holds.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &ProjectName> {
        self.installed.keys()
    }

    fn scheme(&self) -> SchemePaths {
        venv::scheme(self.probe, &self.folder)
    }

    fn destination(&self) -> Destination {
        Destination {
            paths: self.scheme(),
            python: self.python.clone(),
            ..Destination::new(self.scheme(), self.probe)
        }
    }
}

fn to_install(wheel: &SuppliedWheel) -> WheelToInstall {
    WheelToInstall {
        path: wheel.path.clone(),
        filename: wheel.filename.clone(),
        expected: wheel.expected.clone(),
        vouched: wheel.vouched,
        requested: false,
        direct_url: None,
    }
}
