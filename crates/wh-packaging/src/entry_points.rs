//! `entry_points.txt` (entry points specification): the parts that become launchers.
//!
//! Groups other than `console_scripts` and `gui_scripts` are not looked at. What is returned is
//! safe to write into a launcher: names are single file names, modules and objects are dotted
//! identifiers.

use std::collections::HashMap;

/// One entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPoint {
    /// The name (of the script).
    pub name: String,
    /// The module to import.
    pub module: String,
    /// The object in it, dotted; empty where only a module is named.
    pub object: String,
}

/// The launchers that a distribution asks for, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryPoints {
    /// `console_scripts`
    pub console: Vec<EntryPoint>,
    /// `gui_scripts`
    pub gui: Vec<EntryPoint>,
}

/// Why entry_points.txt could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry_points.txt line {line}: {reason}")]
pub struct EntryPointsError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

enum Group {
    None,
    Console,
    Gui,
    Other,
}

impl EntryPoints {
    /// Reads entry_points.txt as Python's `configparser` with case-sensitive keys and `=` alone.
    /// Where a name stands twice in a group the later one counts. Extras (`[x]`) are dropped: the
    /// specification no longer gives them a meaning.
    ///
    /// # Errors
    /// A line that is no section, entry, comment or continuation; a script name that is a path.
    pub fn parse(text: &str) -> Result<Self, EntryPointsError> {
        let mut this = Self::default();
        let mut group = Group::None;
        for (number, line, value) in logical_lines(text) {
            let fail = |reason: String| EntryPointsError {
                line: number,
                reason,
            };
            if let Some(section) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
                group = match section.0.trim() {
                    "console_scripts" => Group::Console,
                    "gui_scripts" => Group::Gui,
                    _ => Group::Other,
                };
                continue;
            }
            let entries = match group {
                Group::None => return Err(fail(format!("`{line}` stands before any section"))),
                Group::Other => continue,
                Group::Console => &mut this.console,
                Group::Gui => &mut this.gui,
            };
            let entry = entry(&value).map_err(fail)?;
            entries.push(entry);
        }
        for entries in [&mut this.console, &mut this.gui] {
            keep_last(entries);
        }
        Ok(this)
    }
}

/// Of entries with one name the last.
fn keep_last(entries: &mut Vec<EntryPoint>) {
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        places.insert(entry.name.clone(), place);
    }
    let mut place = 0..;
    entries.retain(|entry| places.get(&entry.name).copied() == place.next());
}

/// Lines with their number, without comments and empty ones; the third value has the lines that
/// continue an entry (indented deeper than it) joined to it.
fn logical_lines(text: &str) -> Vec<(usize, &str, String)> {
    let mut lines: Vec<(usize, &str, String)> = Vec::new();
    let mut entry_indent = None;
    for (index, raw) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let indent = raw.len() - raw.trim_start().len();
        if let (Some(before), Some(last)) = (entry_indent, lines.last_mut())
            && indent > before
            && !line.contains('=')
            && !line.starts_with('[')
        {
            last.2.push(' ');
            last.2.push_str(line);
            continue;
        }
        entry_indent = (!line.starts_with('[')).then_some(indent);
        lines.push((index + 1, line, line.to_owned()));
    }
    lines
}

fn entry(line: &str) -> Result<EntryPoint, String> {
    let (name, value) = line
        .split_once('=')
        .ok_or_else(|| format!("`{line}` is not of the form `name = module:object`"))?;
    let name = name.trim();
    check_name(name)?;
    let reference = match value.split_once('[') {
        Some((reference, extras)) if extras.trim_end().ends_with(']') => reference,
        Some(_) => return Err(format!("`{}`: the extras do not close", value.trim())),
        None => value,
    };
    let (module, object) = match reference.split_once(':') {
        Some((module, object)) => (module.trim(), Some(object.trim())),
        None => (reference.trim(), None),
    };
    for dotted in [Some(module), object].into_iter().flatten() {
        if !dotted.split('.').all(is_identifier) {
            return Err(format!(
                "`{name}`: `{}` is not an object reference",
                value.trim()
            ));
        }
    }
    Ok(EntryPoint {
        name: name.to_owned(),
        module: module.to_owned(),
        object: object.unwrap_or_default().to_owned(),
    })
}

/// A script's name becomes a file name, on Windows too.
fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name == "." || name == ".." {
        return Err(format!("`{name}` is not a name for a script"));
    }
    match name
        .chars()
        .find(|c| matches!(c, '/' | '\\' | ':') || c.is_control())
    {
        Some(bad) => Err(format!("the script name {name:?} holds {bad:?}")),
        None => Ok(()),
    }
}

fn is_identifier(part: &str) -> bool {
    let mut chars = part.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(entries: &[EntryPoint]) -> Vec<String> {
        entries
            .iter()
            .map(|e| format!("{}={}:{}", e.name, e.module, e.object))
            .collect()
    }

    fn check(text: &str, console: &[&str], gui: &[&str]) {
        let found = EntryPoints::parse(text).unwrap();
        assert_eq!(show(&found.console), console, "{text}");
        assert_eq!(show(&found.gui), gui, "{text}");
    }

    #[test]
    fn reads_scripts() {
        check(
            "[console_scripts]\nFoo-x = foo.bar:main.run\n# no\n; no\nb=b:c [extra, d]\n\
             [other]\nanything goes\n[ gui_scripts ]\n g = g : h\n",
            &["Foo-x=foo.bar:main.run", "b=b:c"],
            &["g=g:h"],
        );
        check("[console_scripts]\na = x:y\na = z:y\n", &["a=z:y"], &[]);
        check(
            "[console_scripts]\n  a = x:y\n  b = x:z\n",
            &["a=x:y", "b=x:z"],
            &[],
        );
        check("[console_scripts]\na =\n  x:y\n", &["a=x:y"], &[]);
        check("[console_scripts]\na = x\n", &["a=x:"], &[]);
        check("", &[], &[]);
    }

    #[test]
    fn refuses_what_no_launcher_may_hold() {
        for (text, line) in [
            ("a = b:c\n", 1),
            ("[console_scripts]\nno entry\n", 2),
            ("[console_scripts]\n../a = b:c\n", 2),
            ("[console_scripts]\n\n.. = b:c\n", 3),
            ("[gui_scripts]\na\\b = b:c\n", 2),
            ("[gui_scripts]\nC:x = b:c\n", 2),
            ("[gui_scripts]\n = b:c\n", 2),
            ("[console_scripts]\na = b;import os:c\n", 2),
            ("[console_scripts]\na = b:c()\n", 2),
            ("[console_scripts]\na = b.:c\n", 2),
            ("[console_scripts]\na = b:c [x\n", 2),
            ("[console_scripts]\na =\n", 2),
        ] {
            assert_eq!(EntryPoints::parse(text).unwrap_err().line, line, "{text:?}");
        }
    }
}
