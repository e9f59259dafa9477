//! Bytecode of what is staged: made before the swap, so that it comes and goes with its modules, and
//! listed in RECORD without digest, as pip lists it.

use std::collections::{BTreeSet, HashSet};
use std::fs;

use wh_packaging::{Event, Reporter, Warning};

use super::change::{ApplyError, io_error};
use super::prepare::Placed;
use super::roots::{Place, Roots};
use super::source::Prepared;
use super::staging::Staging;
use crate::bytecode::{Compiled, Module, compile};
use wh_wheel::Layout;

/// Compiles all modules that are staged, and adds their bytecode to what is to be placed and to the
/// RECORDs.
pub(super) fn compile_staged(
    wheels: &[Prepared],
    placed: &mut Vec<Placed>,
    staging: &Staging,
    (layout, roots): (&Layout, &Roots),
    reporter: &dyn Reporter,
) -> Result<(), ApplyError> {
    let sources: Vec<Placed> = placed
        .iter()
        .filter(|placed| placed.place.path.ends_with(".py"))
        .cloned()
        .collect();
    if sources.is_empty() {
        return Ok(());
    }
    let modules = sources
        .iter()
        .map(|source| {
            Ok(Module {
                source: staging.get(source.place.root)?.new_path(&source.place.path),
                finally: roots.path(&source.place),
            })
        })
        .collect::<Result<Vec<Module>, ApplyError>>()?;
    let compiled = compile(&layout.python, &modules).map_err(|error| ApplyError::Compile {
        interpreter: layout.python.clone(),
        reason: error.0,
    })?;
    warn_of_others(&compiled, &modules, reporter);
    let mut bytecode: HashSet<Place> = HashSet::new();
    for position in compiled.done {
        let source = &sources[position];
        let place = Place {
            root: source.place.root,
            path: in_cache(&source.place.path, &compiled.tag).into(),
        };
        bytecode.insert(place.clone());
        placed.push(Placed {
            place,
            from: source.from,
            size: 0,
            link: None,
        });
    }
    unique(placed);
    for wheel in wheels {
        list(wheel, &bytecode, &compiled.tag, staging, roots)?;
    }
    Ok(())
}

/// A wheel may have brought bytecode of that name itself.
fn unique(placed: &mut Vec<Placed>) {
    let mut seen: HashSet<Place> = HashSet::new();
    placed.retain(|placed| seen.insert(placed.place.clone()));
}

/// Writes the RECORD of a wheel anew, with the bytecode of its modules.
fn list(
    wheel: &Prepared,
    bytecode: &HashSet<Place>,
    tag: &str,
    staging: &Staging,
    roots: &Roots,
) -> Result<(), ApplyError> {
    let mut made = BTreeSet::new();
    for file in wheel
        .plan
        .files
        .iter()
        .filter(|file| file.path.ends_with(".py"))
    {
        let place = roots.place(file.scheme, &in_cache(&file.path, tag));
        if bytecode.contains(&place) {
            made.insert(in_cache(file.record_path(), tag));
        }
    }
    let Some((record, text)) = wheel.plan.record_with(&made) else {
        return Ok(());
    };
    let place = roots.place(wheel.plan.library, record);
    let path = staging.get(place.root)?.new_path(&place.path);
    fs::write(&path, text).map_err(io_error("write", &path))
}

/// Where the bytecode of a module lies (PEP 3147), by a path with `/`.
fn in_cache(source: &str, tag: &str) -> String {
    let (folder, name) = match source.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), source),
    };
    let stem = name.strip_suffix(".py").unwrap_or(name);
    format!("{folder}__pycache__/{stem}.{tag}.pyc")
}

/// Says what stays without bytecode: templates and code for another Python, most often.
fn warn_of_others(compiled: &Compiled, modules: &[Module], reporter: &dyn Reporter) {
    if compiled.not.is_empty() {
        return;
    }
    let files = compiled.not.iter();
    let files = files.map(|(position, why)| {
        let path = modules[*position].finally.display();
        format!("{path} ({why})")
    });
    let warning = Warning::NotCompiled {
        files: files.collect(),
    };
    reporter.event(Event::Warning { warning });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytecode_lies_beside_its_module() {
        for (source, expected) in [
            ("a/b.py", "a/__pycache__/b.cpython-312.pyc"),
            ("b.py", "__pycache__/b.cpython-312.pyc"),
            (
                "../../../bin/x.y.py",
                "../../../bin/__pycache__/x.y.cpython-312.pyc",
            ),
        ] {
            assert_eq!(in_cache(source, "cpython-312"), expected);
        }
    }
}
