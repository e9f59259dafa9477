//! What a command builds with: the interpreter, the stock, and what the user said.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use wh_build::{BuildOptions, ConfigSettings, Transient};
use wh_environment::Probe;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{ProjectName, Root, Target};

use super::stock::Stock;
use crate::arguments::BuildArgs;
use crate::commands::requirements::Settings;
use crate::context::Context;
use crate::failure::Failure;

/// What a command builds with.
pub struct Means<'a> {
    /// What the user said.
    pub args: &'a BuildArgs,
    /// Where files come from.
    pub stock: &'a dyn Stock,
    /// The interpreter that builds.
    pub probe: &'a Probe,
    /// That interpreter as a target.
    pub target: &'a Target,
    /// What must hold of all that builds.
    pub constraints: Vec<Root>,
    /// Pre-releases count.
    pub pre: bool,
    /// Whether sdists may be built that something else needs to be built.
    pub sdists: bool,
    /// The folder for wheels that are built, which is made where it is not there.
    pub into: &'a Path,
    /// What building a project needs besides what it says itself.
    pub more: BTreeMap<ProjectName, Vec<Root>>,
    /// Settings for backends that requirements give for themselves.
    pub settings: Settings,
}

impl Means<'_> {
    /// How what has settings of its own is built.
    pub(super) fn special(&self, context: &Context) -> BTreeMap<String, BuildOptions> {
        let settings = self.settings.iter();
        settings
            .map(|(what, own)| (what.clone(), self.options(own, context)))
            .collect()
    }

    /// How builds are done; `own`: settings of one source beside those for all.
    pub(super) fn options(&self, own: &[(String, String)], context: &Context) -> BuildOptions {
        let mut config_settings = ConfigSettings::new();
        for (key, value) in self.args.config_settings.iter().chain(own) {
            let values = config_settings.entry(key.clone()).or_default();
            values.push(value.clone());
        }
        let seconds = self.args.build_timeout;
        let place = context.builds();
        BuildOptions {
            isolation: !self.args.no_build_isolation,
            config_settings,
            time_limit: (seconds > 0).then(|| Duration::from_secs(seconds)),
            logs: place.join("logs"),
            scratch: place.join("scratch"),
            kept: context.cache.as_ref().map(|_| place.join("kept")),
            variables: context.variables(),
            handed_over: self.args.build_env.iter().cloned().collect(),
        }
    }

    /// What building an sdist of this name needs besides.
    pub(super) fn besides(&self, sdist: &str) -> impl Iterator<Item = &Root> {
        let is_of = move |project: &ProjectName| SdistFilename::parse(sdist, project).is_some();
        let of_it = self.more.iter().filter(move |(name, _)| is_of(name));
        of_it.flat_map(|(_, roots)| roots)
    }
}

/// A folder for wheels that are built; it goes with the run, also with one that is killed.
pub fn folder_for_wheels(context: &Context) -> Result<Transient, Failure> {
    Transient::make(&context.builds().join("scratch")).map_err(Failure::file)
}
