//! Finds the environment that a command means, from its own files where they tell.
//!
//! The order is: what was named, the active environment, `.venv` here or above, `python3` or
//! `python` on `PATH`. A virtual environment is read from `pyvenv.cfg` and its folders (PEP 405)
//! and its interpreter is never started. An interpreter on `PATH` is read the same way where its
//! file name tells the version and its standard library is one that is known not to move
//! site-packages about ([`crate::layout`]); a shim, an Apple or a Fedora build has to be run.

use std::path::{Path, PathBuf};

use crate::layout::Layout;
use crate::probe::{Probe, ProbeError, probe};
use crate::pyvenv_cfg::PyvenvCfg;
use crate::search_path::{SearchPath, normalise};

mod interpreter;

/// What a command knows of where to look. `wh` fills it; nothing is read from the process.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// `--python`: the path of an interpreter or of an environment's folder, a version (`3.12`),
    /// or a command on `PATH` (`pypy3`).
    pub python: Option<String>,
    /// `VIRTUAL_ENV`
    pub virtual_env: Option<PathBuf>,
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// The folders of `PYTHONPATH`: they count for the active environment only, which is the one
    /// of `VIRTUAL_ENV`, else the one that is found on `PATH`.
    pub pythonpath: Vec<PathBuf>,
    /// The home folder of the user.
    pub home: Option<PathBuf>,
    /// `PYTHONUSERBASE`
    pub user_base: Option<PathBuf>,
    /// `PYTHONNOUSERSITE` is set.
    pub no_user_site: bool,
}

/// One environment on disk.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its folder: `sys.prefix`.
    pub prefix: PathBuf,
    /// The interpreter that serves it.
    pub interpreter: PathBuf,
    /// Major and minor version.
    pub version: (u32, u32),
    /// Whether it is a virtual environment (PEP 405).
    pub is_virtual: bool,
    /// Whether a virtual environment sees the distributions of the interpreter it was made from.
    pub system_site_packages: bool,
    /// Its own site-packages folders, in the order of `sys.path`.
    pub site_packages: Vec<PathBuf>,
    /// The user's site-packages folder, where it exists and counts.
    pub user_site: Option<PathBuf>,
    /// Where distributions are looked for, in the order of `sys.path`, `.pth` lines followed.
    pub search_path: Vec<PathBuf>,
    /// What the interpreter said, where it had to be run to find the environment.
    pub probe: Option<Box<Probe>>,
}

/// Why no environment was found.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// There is none in any of the places.
    #[error("no Python environment found")]
    NotFound,
    /// The path that was named holds no Python environment.
    #[error("`{}` is not a Python environment: {reason}", path.display())]
    NotPython {
        /// What was looked at.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// No interpreter of the version, or of the name, is on `PATH`.
    #[error("no interpreter `{name}` found")]
    NoSuchInterpreter {
        /// As asked for.
        name: String,
    },
    /// The interpreter had to be run and did not answer.
    #[error(transparent)]
    Probe(#[from] ProbeError),
}

impl Environment {
    /// Finds the environment.
    ///
    /// # Errors
    /// Nothing is there, what was named is no environment, or an interpreter that had to be run
    /// did not answer.
    pub fn discover(discovery: &Discovery) -> Result<Self, DiscoverError> {
        if let Some(python) = &discovery.python {
            return named(discovery, python);
        }
        if let Some(folder) = &discovery.virtual_env {
            let folder = normalise(&discovery.cwd.join(folder));
            return at_folder(discovery, &folder, true);
        }
        for folder in discovery.cwd.ancestors() {
            let folder = folder.join(".venv");
            if folder.join("pyvenv.cfg").is_file() {
                return at_folder(discovery, &folder, false);
            }
        }
        on_path(discovery)
    }

    /// The facts of the interpreter: runs it, unless it had to be run to find the environment.
    ///
    /// # Errors
    /// It does not answer.
    pub fn probe(&self) -> Result<Probe, ProbeError> {
        match &self.probe {
            Some(known) => Ok((**known).clone()),
            None => probe(&self.interpreter),
        }
    }

    /// An environment whose folders are these alone, as for `--path`: nothing is looked up.
    pub fn of_folders(folders: Vec<PathBuf>, version: (u32, u32)) -> Self {
        Self {
            prefix: PathBuf::new(),
            interpreter: PathBuf::new(),
            version,
            is_virtual: false,
            system_site_packages: false,
            site_packages: folders.clone(),
            user_site: None,
            search_path: folders,
            probe: None,
        }
    }
}

/// `--python`
fn named(discovery: &Discovery, python: &str) -> Result<Environment, DiscoverError> {
    let path = normalise(&discovery.cwd.join(python));
    let is_path = python.contains('/') || (cfg!(windows) && python.contains('\\'));
    if path.is_dir() {
        return at_folder(discovery, &path, is_active(discovery, &path));
    }
    if path.is_file() {
        return at_interpreter(discovery, &path, false);
    }
    if is_path {
        return Err(DiscoverError::NotPython {
            path,
            reason: "it does not exist".to_owned(),
        });
    }
    let missing = || DiscoverError::NoSuchInterpreter {
        name: python.to_owned(),
    };
    if python.starts_with(|c: char| c.is_ascii_digit()) {
        let wanted = interpreter::Wanted::parse(python).ok_or_else(missing)?;
        let found = interpreter::of_version(discovery, &wanted);
        return found.ok_or_else(missing);
    }
    let command = interpreter::commands(&discovery.path, python)
        .next()
        .ok_or_else(missing)?;
    at_interpreter(discovery, &command, false)
}

fn is_active(discovery: &Discovery, folder: &Path) -> bool {
    let active = discovery.virtual_env.as_deref();
    active.is_some_and(|active| normalise(&discovery.cwd.join(active)) == folder)
}

/// A folder: of a virtual environment, or the prefix of an interpreter.
fn at_folder(
    discovery: &Discovery,
    folder: &Path,
    active: bool,
) -> Result<Environment, DiscoverError> {
    if let Some(cfg) = PyvenvCfg::read(folder) {
        return virtual_environment(discovery, folder, &cfg, active);
    }
    match interpreter::of_prefix(folder) {
        Some(command) => at_interpreter(discovery, &command, active),
        None => Err(DiscoverError::NotPython {
            path: folder.to_path_buf(),
            reason: if folder.is_dir() {
                "it has neither pyvenv.cfg nor an interpreter".to_owned()
            } else {
                "it does not exist".to_owned()
            },
        }),
    }
}

/// The first `python3` on `PATH` that answers, else the first `python`. On Windows it is the other
/// way round: there a `python3` is a rare thing, of some other system that was brought along.
fn on_path(discovery: &Discovery) -> Result<Environment, DiscoverError> {
    let mut failure = None;
    let mut names = ["python3", "python"];
    if cfg!(windows) {
        names.reverse();
    }
    for name in names {
        for command in interpreter::commands(&discovery.path, name) {
            match at_interpreter(discovery, &command, true) {
                Ok(environment) => return Ok(environment),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
    }
    Err(failure.unwrap_or(DiscoverError::NotFound))
}

/// The environment that an interpreter serves.
fn at_interpreter(
    discovery: &Discovery,
    command: &Path,
    active: bool,
) -> Result<Environment, DiscoverError> {
    if let Some((prefix, cfg)) = interpreter::virtual_prefix(command) {
        let mut environment = virtual_environment(discovery, &prefix, &cfg, active)?;
        environment.interpreter = command.to_path_buf();
        return Ok(environment);
    }
    if let Some((prefix, layout)) = interpreter::layout(command) {
        return Ok(assemble(discovery, active, |search, user| {
            let user_site = user.of(&prefix, &layout);
            add_all(search, user_site.as_deref(), &layout.site_packages);
            Environment {
                interpreter: command.to_path_buf(),
                version: layout.version,
                is_virtual: false,
                system_site_packages: false,
                site_packages: layout.site_packages,
                user_site,
                search_path: Vec::new(),
                probe: None,
                prefix,
            }
        }));
    }
    let probe = probe(command)?;
    if probe.is_virtual()
        && let Some(cfg) = PyvenvCfg::read(&probe.prefix)
    {
        let mut environment = virtual_environment(discovery, &probe.prefix, &cfg, active)?;
        environment.interpreter.clone_from(&probe.executable);
        environment.probe = Some(Box::new(probe));
        return Ok(environment);
    }
    Ok(from_probe(discovery, probe, active))
}

fn virtual_environment(
    discovery: &Discovery,
    prefix: &Path,
    cfg: &PyvenvCfg,
    active: bool,
) -> Result<Environment, DiscoverError> {
    let not_python = |reason: &str| DiscoverError::NotPython {
        path: prefix.to_path_buf(),
        reason: reason.to_owned(),
    };
    let layout = Layout::of_virtual(prefix, cfg.version)
        .ok_or_else(|| not_python("it has no site-packages folder"))?;
    Ok(assemble(discovery, active, |search, user| {
        add_all(search, None, &layout.site_packages);
        let mut user_site = None;
        if cfg.system_site_packages
            && let Some(base) = cfg
                .home
                .as_deref()
                .and_then(|home| interpreter::base(home, &layout))
        {
            user_site = user.of(&base.0, &base.1);
            add_all(search, user_site.as_deref(), &base.1.site_packages);
        }
        Environment {
            prefix: prefix.to_path_buf(),
            interpreter: interpreter::of_virtual(prefix),
            version: layout.version,
            is_virtual: true,
            system_site_packages: cfg.system_site_packages,
            site_packages: layout.site_packages,
            user_site,
            search_path: Vec::new(),
            probe: None,
        }
    }))
}

/// `-I` hides the user's folder: it is put where `site.py` would have put it, before the first
/// site-packages folder.
fn from_probe(discovery: &Discovery, probe: Probe, active: bool) -> Environment {
    assemble(discovery, active, |search, user| {
        let user_site = probe.user_site.clone().filter(|_| !user.disabled);
        let user_site = user_site.filter(|folder| folder.is_dir());
        let mut user_folder = user_site.as_deref();
        for folder in &probe.sys_path {
            if probe.site_packages.contains(folder)
                && let Some(user_folder) = user_folder.take()
            {
                search.add_site(user_folder);
            }
            search.add(folder);
        }
        if let Some(user_folder) = user_folder {
            search.add_site(user_folder);
        }
        Environment {
            prefix: probe.prefix.clone(),
            interpreter: probe.executable.clone(),
            version: (probe.version.0, probe.version.1),
            is_virtual: probe.is_virtual(),
            system_site_packages: probe.system_site_packages,
            site_packages: probe.site_packages.clone(),
            user_site,
            search_path: Vec::new(),
            probe: Some(Box::new(probe)),
        }
    })
}

fn add_all(search: &mut SearchPath, user_site: Option<&Path>, folders: &[PathBuf]) {
    for folder in user_site
        .into_iter()
        .chain(folders.iter().map(PathBuf::as_path))
    {
        search.add_site(folder);
    }
}

/// Puts `PYTHONPATH` first, where it counts, and the search path in its place.
fn assemble(
    discovery: &Discovery,
    active: bool,
    environment: impl FnOnce(&mut SearchPath, &interpreter::UserSite<'_>) -> Environment,
) -> Environment {
    let mut search = SearchPath::default();
    if active {
        for folder in &discovery.pythonpath {
            search.add(&discovery.cwd.join(folder));
        }
    }
    let user = interpreter::UserSite {
        home: discovery.home.as_deref(),
        base: discovery.user_base.as_deref(),
        disabled: discovery.no_user_site,
    };
    let mut environment = environment(&mut search, &user);
    environment.search_path = search.into_folders();
    environment
}

#[cfg(test)]
#[path = "discover/tests.rs"]
mod tests;
