//! What the interpreter of a virtual environment would say, told from files: it is not started.
//!
//! `pyvenv.cfg` has the Python's version, the interpreter's file its processor and its loader, the
//! C library beside the loader its version, `/proc` the kernel's names. From these facts the
//! marker values and tags follow as from a probe, and the folders from the layout that `venv` gives
//! every environment. This is so for CPython on 64-bit Linux with glibc; anything out of the
//! ordinary (another implementation or system, a debug build, a `_manylinux` module, a Python of
//! `lib64`, an interpreter that changed since the environment was made) is not told, and the interpreter
//! has to be asked.

use std::path::Path;
use std::time::SystemTime;

use wh_packaging::MarkerValues;
use wh_packaging::Target;
use wh_packaging::target::InterpreterFacts;

use crate::discover::Environment;
use crate::layout::Layout;
use crate::probe::{PREFIX_MARK, Probe, ProbeError};
use crate::pyvenv_cfg::PyvenvCfg;
use crate::scheme::SchemePaths;
use crate::search_path::real;
use elf::{Elf, glibc_beside};

mod elf;

impl Environment {
    /// The environment as a target: by its files where they tell, else by its interpreter.
    ///
    /// # Errors
    /// The interpreter has to be asked and does not answer.
    pub fn target(&self) -> Result<Target, ProbeError> {
        Ok(self.told()?.target())
    }

    /// What [`probe`](Self::probe) answers: by the environment's files where they tell all of it,
    /// else by its interpreter.
    ///
    /// # Errors
    /// The interpreter has to be asked and does not answer.
    pub fn told(&self) -> Result<Probe, ProbeError> {
        match from_files(self) {
            Some(told) if self.probe.is_none() => Ok(told),
            _ => self.probe(),
        }
    }
}

/// What the files of a virtual environment tell.
fn from_files(environment: &Environment) -> Option<Probe> {
    let isolated = environment.is_virtual && !environment.system_site_packages;
    if !cfg!(target_os = "linux") || !isolated || environment.version < (3, 8) {
        return None;
    }
    let cfg = PyvenvCfg::read(&environment.prefix)?;
    let (major, minor) = environment.version;
    let patch = cfg.patch.filter(|_| cfg.version == Some((major, minor)))?;
    let command = real(&environment.interpreter).ok()?;
    let plain = format!("python{major}.{minor}");
    let threaded = format!("{plain}t");
    let name = command.file_name()?.to_str()?;
    let free_threaded = name == threaded;
    let known = free_threaded || name == plain;
    if !known || refuses_manylinux(environment) || changed_since(&command, &environment.prefix)? {
        return None;
    }
    let home = cfg.home?;
    let base = home.parent()?;
    if base.join("lib64").join(name).is_dir() && !base.join("lib64").is_symlink() {
        return None;
    }
    let elf = Elf::read(&command)?;
    let glibc = glibc_beside(&elf.loader)?;
    let full = format!("{major}.{minor}.{patch}");
    let facts = InterpreterFacts {
        markers: MarkerValues {
            implementation_name: Some("cpython".to_owned()),
            implementation_version: Some(full.clone()),
            os_name: Some("posix".to_owned()),
            platform_machine: Some(elf.machine.to_owned()),
            platform_python_implementation: Some("CPython".to_owned()),
            platform_release: Some(kernel("osrelease")?),
            platform_system: Some("Linux".to_owned()),
            platform_version: Some(kernel("version")?),
            python_full_version: full,
            python_version: format!("{major}.{minor}"),
            sys_platform: Some("linux".to_owned()),
        },
        version: (major.into(), minor.into()),
        nodot: None,
        ext_suffix: None,
        debug: false,
        free_threaded,
        pymalloc: true,
        bits: 64,
        platform: format!("linux-{}", elf.machine),
        glibc: Some(glibc),
        musl: None,
        elf: None,
        refused_manylinux: Vec::new(),
        macos: None,
        macos_arch: None,
        ios: None,
        ios_multiarch: None,
        android_api: None,
        pyemscripten: None,
    };
    let layout = Layout::of_virtual(&environment.prefix, cfg.version)?;
    Some(Probe {
        executable: environment.interpreter.clone(),
        base_executable: home.join(name),
        version: (major, minor, patch),
        implementation: "cpython".to_owned(),
        free_threaded,
        windows: false,
        platform: facts.platform.clone(),
        platlibdir: "lib".to_owned(),
        prefix: environment.prefix.clone(),
        base_prefix: base.to_path_buf(),
        sys_path: environment.search_path.clone(),
        site_packages: layout.site_packages.clone(),
        stdlib: base.join("lib").join(name),
        scheme: prefix_scheme(&layout, &environment.prefix),
        user_scheme: None,
        user_site: None,
        system_site_packages: false,
        externally_managed: None,
        prefix_scheme: prefix_scheme(&layout, Path::new(PREFIX_MARK)),
        home_scheme: home_scheme(&layout, Path::new(PREFIX_MARK)),
        facts,
    })
}

/// `posix_prefix` of `sysconfig`, with the headers where pip puts them in environments.
fn prefix_scheme(layout: &Layout, top: &Path) -> SchemePaths {
    let library = top.join("lib").join(&layout.folder).join("site-packages");
    SchemePaths {
        platlib: library.clone(),
        purelib: library,
        ..home_scheme(layout, top)
    }
}

/// `posix_home` of `sysconfig`, likewise.
fn home_scheme(layout: &Layout, top: &Path) -> SchemePaths {
    let (major, minor) = layout.version;
    let library = top.join("lib").join("python");
    SchemePaths {
        platlib: library.clone(),
        purelib: library,
        scripts: top.join("bin"),
        headers: top.join(format!("include/site/python{major}.{minor}")),
        data: top.to_path_buf(),
    }
}

/// Whether an interpreter was put in its place after an environment was made of it: then
/// `pyvenv.cfg` has the patch release of the one before.
fn changed_since(command: &Path, prefix: &Path) -> Option<bool> {
    let changed = |path: &Path| {
        let metadata = fs_err::metadata(path).ok()?;
        let times = [metadata.modified().ok(), changed_at(&metadata)];
        times.into_iter().flatten().max()
    };
    let made = fs_err::metadata(prefix.join("pyvenv.cfg")).ok()?;
    Some(changed(command)? > made.modified().ok()?)
}

/// A package keeps the times of the files it brings; when it brought them, this tells.
#[cfg(unix)]
fn changed_at(metadata: &std::fs::Metadata) -> Option<SystemTime> {
    use std::time::Duration;

    use std::os::unix::fs::MetadataExt as _;
    let since = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
    Some(SystemTime::UNIX_EPOCH + since)
}

#[cfg(not(unix))]
fn changed_at(_: &std::fs::Metadata) -> Option<SystemTime> {
    None
}

/// A `_manylinux` module decides in code what is compatible (PEP 600).
fn refuses_manylinux(environment: &Environment) -> bool {
    environment
        .search_path
        .iter()
        .any(|folder| folder.join("_manylinux.py").exists() || folder.join("_manylinux").exists())
}

fn kernel(name: &str) -> Option<String> {
    let text = fs_err::read_to_string(Path::new("/proc/sys/kernel").join(name)).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every Python of this machine: what the files tell is what the interpreter says.
    #[test]
    fn files_and_interpreters_say_the_same() {
        for python in wh_testing::sandbox::pythons() {
            let folder = tempfile::tempdir().unwrap();
            let prefix = folder.path().join("env");
            let made = std::process::Command::new(&python.path)
                .args(["-I", "-m", "venv", "--without-pip"])
                .arg(&prefix)
                .status();
            if !made.is_ok_and(|status| status.success()) {
                continue;
            }
            let environment = Environment::discover(&crate::Discovery {
                python: Some(prefix.display().to_string()),
                cwd: folder.path().to_path_buf(),
                ..crate::Discovery::default()
            })
            .unwrap();
            let mut asked = environment.probe().unwrap();
            if let Some(told) = from_files(&environment) {
                assert_eq!(told.target(), asked.target(), "{}", python.path.display());
                let base = |probe: &Probe| real(&probe.base_executable).unwrap();
                assert_eq!(base(&told), base(&asked));
                // what the target was made of; what `Environment::search_path` knows better; and what
                // older Pythons give as the link in the environment
                asked.facts.clone_from(&told.facts);
                asked.sys_path.clone_from(&told.sys_path);
                asked.base_executable.clone_from(&told.base_executable);
                assert_eq!(told, asked);
            } else {
                eprintln!("{}: its files do not tell", python.path.display());
            }
        }
    }
}
