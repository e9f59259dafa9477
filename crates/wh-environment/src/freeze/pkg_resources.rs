//! Distributions that import `pkg_resources` and require setuptools nowhere.
//!
//! They work here because setuptools happens to be installed; where the frozen requirements are
//! installed it may be missing. To stay cheap, only the top-level modules of distributions that
//! setuptools built are looked at (they have `top_level.txt`), only the first lines of those, only
//! for an import that stands at the start of a line, and only where `pkg_resources` is installed
//! but setuptools is not printed.

use std::io::Read;
use std::path::Path;

use rayon::prelude::*;
use wh_packaging::report::Warning;

use super::Freeze;
use crate::installed::InstalledDistribution;

/// Imports stand at the top of a module.
const MAX_MODULE_BYTES: u64 = 8 << 10;
const MAX_TOP_LEVEL: usize = 8;

/// Warns of each frozen distribution that does so.
pub(super) fn warn(
    distributions: &[InstalledDistribution],
    freeze: &Freeze,
    warn: &dyn Fn(Warning),
) {
    let is_printed = |name: &str| freeze.distributions.iter().any(|this| this.name == name);
    let Some(setuptools) = distributions
        .iter()
        .find(|this| this.project.as_ref() == "setuptools")
    else {
        return;
    };
    if is_printed(&setuptools.name) || !setuptools.location.join("pkg_resources").is_dir() {
        return;
    }
    let found: Vec<&InstalledDistribution> = distributions
        .par_iter()
        .with_min_len(32)
        .filter(|this| imports_it(this) && !declares_it(this))
        .collect();
    for distribution in found {
        if distribution.project != setuptools.project && is_printed(&distribution.name) {
            let project = distribution.name.clone();
            warn(Warning::UndeclaredPkgResources { project });
        }
    }
}

fn imports_it(distribution: &InstalledDistribution) -> bool {
    let path = distribution.metadata_path.join("top_level.txt");
    let Ok(listed) = std::fs::read_to_string(path) else {
        return false;
    };
    listed
        .lines()
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.contains(['/', '\\', '.']))
        .take(MAX_TOP_LEVEL)
        .any(|name| {
            let package = distribution.location.join(name).join("__init__.py");
            let module = || head(&distribution.location.join(format!("{name}.py")));
            head(&package)
                .or_else(module)
                .is_some_and(|text| imports(&text))
        })
}

/// The beginning of a module; `None` where there is none that can be read.
fn head(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(MAX_MODULE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn imports(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'\n').any(|line| {
        line.starts_with(b"import pkg_resources")
            || line.starts_with(b"from pkg_resources")
            || line.starts_with(b"__import__('pkg_resources')")
            || line.starts_with(b"__import__(\"pkg_resources\")")
    })
}

fn declares_it(distribution: &InstalledDistribution) -> bool {
    distribution.metadata().is_ok_and(|metadata| {
        metadata
            .requires_dist
            .iter()
            .any(|requirement| requirement.name.as_ref() == "setuptools")
    })
}
