//! What every command gets from outside: the terminal, the process environment, the cache folder.
//!
//! The process environment is read here and nowhere else (`WH_*` variables of options aside,
//! which [`crate::arguments`] gives to their options).

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use clap::Command;
use etcetera::BaseStrategy;
use wh_environment::{Discovery, Environment};
use wh_packaging::Reporter;

use crate::arguments::GlobalArgs;
use crate::failure::Failure;
use crate::settings::{Settings, Surroundings};
use crate::terminal::Terminal;

mod builds;

/// Handed to every command.
pub struct Context {
    /// What runs, without its arguments: `wh install`.
    pub command: String,
    /// Where words go.
    pub terminal: Terminal,
    /// The working folder.
    pub cwd: PathBuf,
    /// Where pages and metadata are kept; `None`: nowhere.
    pub cache: Option<PathBuf>,
    /// No request may be made.
    pub offline: bool,
    /// When the run began: what an age is reckoned from.
    pub now: SystemTime,
    /// What files of settings say, for commands that go to an index.
    pub settings: Settings,
    builds: OnceLock<PathBuf>,
}

/// Reads the settings for a command that goes to an index; `root` defines all commands.
pub fn settings(root: &Command) -> Result<Settings, Failure> {
    let cwd = env::current_dir().map_err(Failure::file)?;
    let of_pip = |(name, value): (OsString, OsString)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        name.starts_with("PIP_").then_some((name, value))
    };
    let around = Surroundings {
        cwd: &cwd,
        home: home(),
        variable: &variable,
        pip_variables: env::vars_os().filter_map(of_pip).collect(),
    };
    Settings::read(root, &around)
}

impl Context {
    /// From the name of the command, the global options, the settings and the process.
    pub fn new(command: &str, global: &GlobalArgs, settings: Settings) -> Result<Self, Failure> {
        let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = Terminal::new(global, no_color).map_err(Failure::file)?;
        let cwd = env::current_dir().map_err(Failure::file)?;
        let cache = match (&global.cache_dir, global.no_cache) {
            (_, true) => None,
            (Some(given), false) => Some(absolute(&cwd, given)),
            (None, false) => etcetera::choose_base_strategy()
                .ok()
                .map(|dirs| dirs.cache_dir().join("wh")),
        };
        Ok(Self {
            command: format!("wh {command}"),
            terminal,
            cwd,
            cache,
            offline: global.offline,
            now: SystemTime::now(),
            settings,
            builds: OnceLock::new(),
        })
    }

    /// The reporter to hand to libraries.
    pub fn reporter(&self) -> Arc<dyn Reporter> {
        self.terminal.reporter()
    }

    /// A variable of the process, where it is set, not empty and text.
    pub fn variable(&self, name: &str) -> Option<String> {
        variable(name)
    }

    /// All variables of the process, for programs that are run.
    pub fn variables(&self) -> BTreeMap<OsString, OsString> {
        env::vars_os().collect()
    }

    /// The folder that builds may use, looked for once a run.
    pub fn builds(&self) -> &Path {
        let find = || builds::folder(self.cache.as_deref(), &env::temp_dir());
        self.builds.get_or_init(find)
    }

    /// The home folder.
    pub fn home(&self) -> Option<PathBuf> {
        home()
    }

    /// The folders of PATH.
    pub fn path(&self) -> Vec<PathBuf> {
        folders("PATH")
    }

    /// An absolute path for one that a user typed.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        absolute(&self.cwd, path)
    }

    /// Where to look for the environment that `--python` (or nothing) means.
    pub fn discovery(&self, python: Option<&str>) -> Discovery {
        Discovery {
            python: python.map(str::to_owned),
            virtual_env: self.variable("VIRTUAL_ENV").map(PathBuf::from),
            cwd: self.cwd.clone(),
            path: self.path(),
            pythonpath: folders("PYTHONPATH"),
            home: self.home(),
            user_base: self.user_base(),
            no_user_site: self.variable("PYTHONNOUSERSITE").is_some(),
        }
    }

    /// Where Python looks for the user's own distributions, where a variable tells.
    fn user_base(&self) -> Option<PathBuf> {
        let given = self.variable("PYTHONUSERBASE").map(PathBuf::from);
        let roaming = || Some(Path::new(&self.variable("APPDATA")?).join("Python"));
        given.or_else(|| cfg!(windows).then(roaming).flatten())
    }

    /// The environment that `--python` (or nothing) means.
    pub fn environment(&self, python: Option<&str>) -> Result<Environment, Failure> {
        Ok(Environment::discover(&self.discovery(python))?)
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| !home.as_os_str().is_empty())
}

fn absolute(cwd: &Path, path: &Path) -> PathBuf {
    std::path::absolute(cwd.join(path)).unwrap_or_else(|_| cwd.join(path))
}

fn folders(variable: &str) -> Vec<PathBuf> {
    let Some(value) = env::var_os(variable) else {
        return Vec::new();
    };
    env::split_paths(&value)
        .filter(|folder| !folder.as_os_str().is_empty())
        .collect()
}
