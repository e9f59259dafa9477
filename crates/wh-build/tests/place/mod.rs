//! A place to build in, and sdists that bring their backend along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wh_build::{BuildError, BuildFault, BuildOptions, Builder, BuiltWheel, HookFault, Source};
use wh_build::{SuppliedWheel, Supply, SupplyError};
use wh_environment::Probe;
use wh_packaging::report::Silent;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Hashes, Requirement};
use wh_testing::SdistBuilder;
use wh_testing::sandbox::python;

/// Wheels of a folder, by the names of projects alone.
pub struct Folder(pub PathBuf);

impl Supply for Folder {
    fn wheels(
        &self,
        requirements: &[Requirement],
        _: &str,
    ) -> Result<Vec<SuppliedWheel>, SupplyError> {
        requirements
            .iter()
            .map(|requirement| {
                let files = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
                let mut wheels = files.filter_map(|file| {
                    let name = file.file_name().into_string().ok()?;
                    Some((
                        file.path(),
                        name.parse::<wh_packaging::WheelFilename>().ok()?,
                    ))
                });
                let found = wheels.find(|(_, name)| name.project == requirement.name);
                let (path, filename) = found.ok_or_else(|| {
                    SupplyError(format!("no wheel of {}", requirement.name).into())
                })?;
                Ok(SuppliedWheel {
                    path,
                    filename,
                    expected: Hashes::none(),
                    vouched: false,
                })
            })
            .collect()
    }
}

/// A place to build in.
pub struct Place {
    pub root: tempfile::TempDir,
    pub probe: Probe,
    pub options: BuildOptions,
}

impl Place {
    /// `None` where there is no Python, which is said.
    pub fn new() -> Option<Self> {
        Self::of(None)
    }

    /// One with the Python of a version.
    pub fn of(version: Option<(u32, u32)>) -> Option<Self> {
        let python = python(version)?;
        let root = tempfile::tempdir().unwrap();
        let options = BuildOptions {
            isolation: true,
            config_settings: BTreeMap::new(),
            time_limit: Some(Duration::from_secs(60)),
            logs: root.path().join("logs"),
            scratch: root.path().join("scratch"),
            kept: None,
            variables: std::env::vars_os().collect(),
            handed_over: std::collections::BTreeSet::new(),
        };
        Some(Self {
            probe: wh_environment::probe(&python.path).unwrap(),
            root,
            options,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn builder<'a>(&'a self, supply: &'a Folder) -> Builder<'a> {
        Builder {
            probe: &self.probe,
            tags: None,
            supply,
            options: &self.options,
            reporter: &Silent,
        }
    }

    pub fn sdist(&self, sdist: &SdistBuilder) -> Source {
        let path = self.path(&sdist.filename());
        fs_err::write(&path, sdist.build()).unwrap();
        let filename = SdistFilename::of_unknown_project(&sdist.filename()).unwrap();
        Source::archive(path, filename)
    }

    pub fn wheel(&self, sdist: &SdistBuilder) -> Result<BuiltWheel, BuildError> {
        let supply = Folder(self.path("supply"));
        let source = self.sdist(sdist);
        self.builder(&supply).wheel(&source, &self.path("out"))
    }

    /// Nothing is left of a build but its log.
    #[track_caller]
    pub fn assert_tidy(&self) {
        assert_eq!(names(&self.path("scratch")), [""; 0]);
        let mark = self.path("scratch").to_string_lossy().into_owned();
        let running: Vec<_> = running(&mark);
        assert!(running.is_empty(), "{running:?}");
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Command lines of processes, the dead ones aside, that speak of a path, in argument or variable.
fn running(path: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name() != std::process::id().to_string().as_str())
        .filter_map(|entry| {
            let read = |name: &str| std::fs::read(entry.path().join(name)).ok();
            let command = String::from_utf8_lossy(&read("cmdline")?).replace('\0', " ");
            let environment = String::from_utf8_lossy(&read("environ")?).into_owned();
            (command.contains(path) || environment.contains(path)).then_some(command)
        })
        .collect()
}

/// An sdist with a backend of its own, some of whose hooks are other ones.
pub fn odd(hooks: &str) -> SdistBuilder {
    SdistBuilder::new("odd", "1.0")
        .builds_itself()
        .file("src/odd.py", "one = 1\n")
        .file("hook.py", hooks)
}

#[track_caller]
pub fn hook_fault(result: Result<BuiltWheel, BuildError>) -> (HookFault, Vec<String>) {
    match *result.unwrap_err().fault {
        BuildFault::Hook(error) => (error.fault, error.output.last),
        other => panic!("{other:?}"),
    }
}
