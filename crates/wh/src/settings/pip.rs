//! What pip was told: `PIP_*` variables over `pip.conf`, as pip reads them.
//!
//! The files, the later over the earlier: of the machine, of the user, of the virtual environment,
//! and the one that `PIP_CONFIG_FILE` names. A section of a command comes before `[global]`,
//! whichever file it stands in. `PIP_CONFIG_FILE` set to the null device: no file counts.

use std::path::PathBuf;

use super::{Given, Surroundings, ini};
use crate::failure::Failure;

/// How the text of a setting becomes the values of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    One,
    Several,
    Seconds,
}

/// The settings that count for `wh`: the option, and the names that pip has for it.
const OPTIONS: [(&str, &[&str], Kind); 10] = [
    ("index-url", &["index-url", "pypi-url"], Kind::One),
    ("extra-index-url", &["extra-index-url"], Kind::Several),
    ("find-links", &["find-links"], Kind::Several),
    ("no-index", &["no-index"], Kind::Switch),
    ("cert", &["cert"], Kind::One),
    ("client-cert", &["client-cert"], Kind::One),
    ("proxy", &["proxy"], Kind::One),
    ("trusted-host", &["trusted-host"], Kind::Several),
    ("timeout", &["timeout", "default-timeout"], Kind::Seconds),
    ("retries", &["retries"], Kind::One),
];

/// Sections of pip.conf that count, the later over the earlier.
const SECTIONS: [&str; 3] = ["global", "install", "download"];

/// A setting as it stands.
struct Said {
    key: String,
    value: String,
    place: String,
}

/// What pip was told of the options that `wh` has too.
pub fn given(around: &Surroundings<'_>) -> Result<Vec<Given>, Failure> {
    let mut said = in_files(around)?;
    said.extend(in_variables(around));
    let found = OPTIONS.iter().filter_map(|(option, names, kind)| {
        let strongest = said
            .iter()
            .rev()
            .find(|one| names.contains(&one.key.as_str()) && !one.value.is_empty())?;
        let values = values(&strongest.value, *kind)?;
        Some(Given {
            option: (*option).to_owned(),
            values,
            place: strongest.place.clone(),
        })
    });
    Ok(found.collect())
}

/// `None`: it says no more than the default.
fn values(text: &str, kind: Kind) -> Option<Vec<String>> {
    match kind {
        Kind::One => Some(vec![text.to_owned()]),
        Kind::Several => Some(text.split_whitespace().map(str::to_owned).collect()),
        Kind::Switch => {
            let word = text.to_ascii_lowercase();
            let yes = matches!(word.as_str(), "1" | "true" | "t" | "yes" | "y" | "on");
            yes.then(|| vec!["true".to_owned()])
        }
        // pip takes parts of a second
        Kind::Seconds => Some(vec![match text.parse::<f64>() {
            Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => {
                format!("{:.0}", seconds.ceil().max(1.0))
            }
            _ => text.to_owned(),
        }]),
    }
}

fn in_variables(around: &Surroundings<'_>) -> Vec<Said> {
    let mut variables = around.pip_variables.clone();
    variables.sort();
    variables
        .into_iter()
        .filter_map(|(name, value)| {
            let key = name.strip_prefix("PIP_")?;
            Some(Said {
                key: key.to_ascii_lowercase().replace('_', "-"),
                value,
                place: name.clone(),
            })
        })
        .collect()
}

fn in_files(around: &Surroundings<'_>) -> Result<Vec<Said>, Failure> {
    let mut by_section: [Vec<Said>; SECTIONS.len()] = Default::default();
    for path in files(around) {
        // a file that is not there, or that pip could not read either
        let Ok(text) = fs_err::read_to_string(&path) else {
            continue;
        };
        let place = path.display().to_string();
        let entries = ini::entries(&text).map_err(|line| {
            Failure::malformed_because(
                format!("{place}:{line}: neither a section, nor a key with a value"),
                "pip stumbles over it too: mend the file, or set PIP_CONFIG_FILE to the null device",
            )
        })?;
        for entry in entries {
            let Some(rank) = SECTIONS.iter().position(|one| *one == entry.section) else {
                continue;
            };
            by_section[rank].push(Said {
                key: entry.key,
                value: entry.value,
                place: place.clone(),
            });
        }
    }
    Ok(by_section.into_iter().flatten().collect())
}

/// The files of pip's configuration, the weakest first.
fn files(around: &Surroundings<'_>) -> Vec<PathBuf> {
    let named = (around.variable)("PIP_CONFIG_FILE");
    let null = if cfg!(windows) { "nul" } else { "/dev/null" };
    if named.as_deref() == Some(null) {
        return Vec::new();
    }
    let name = if cfg!(windows) { "pip.ini" } else { "pip.conf" };
    let mut files = of_the_machine(around, name);
    let named = named.map(|path| around.cwd.join(path));
    // pip reads the user's own only where no other is named
    if !named.as_ref().is_some_and(|path| path.exists()) {
        files.extend(of_the_user(around, name));
    }
    if let Some(environment) = (around.variable)("VIRTUAL_ENV") {
        files.push(around.cwd.join(environment).join(name));
    }
    files.extend(named);
    files
}

fn of_the_machine(around: &Surroundings<'_>, name: &str) -> Vec<PathBuf> {
    if cfg!(windows) {
        let folder = (around.variable)("PROGRAMDATA").unwrap_or_else(|| "C:\\ProgramData".into());
        return vec![PathBuf::from(folder).join("pip").join(name)];
    }
    if cfg!(target_os = "macos") {
        return vec![PathBuf::from("/Library/Application Support/pip").join(name)];
    }
    let folders = (around.variable)("XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".into());
    let mut files: Vec<PathBuf> = std::env::split_paths(&folders)
        .map(|folder| folder.join("pip").join(name))
        .collect();
    files.push(PathBuf::from("/etc").join(name));
    files
}

fn of_the_user(around: &Surroundings<'_>, name: &str) -> Vec<PathBuf> {
    let Some(home) = &around.home else {
        return Vec::new();
    };
    let old = home
        .join(if cfg!(windows) { "pip" } else { ".pip" })
        .join(name);
    let folder = if cfg!(windows) {
        (around.variable)("APPDATA").map(PathBuf::from)
    } else {
        (around.variable)("XDG_CONFIG_HOME").map(PathBuf::from)
    };
    let mut folder = folder.unwrap_or_else(|| home.join(".config"));
    let library = home.join("Library/Application Support");
    if cfg!(target_os = "macos") && library.join("pip").is_dir() {
        folder = library;
    }
    vec![old, folder.join("pip").join(name)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The options that pip.conf in HOME and these variables give.
    fn check(conf: &str, variables: &[(&str, &str)], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_owned();
        fs_err::create_dir_all(home.join(".config/pip")).unwrap();
        fs_err::write(home.join(".config/pip/pip.conf"), conf).unwrap();
        let around = Surroundings {
            cwd: folder.path(),
            home: Some(home.clone()),
            variable: &|name| {
                let own = [("XDG_CONFIG_DIRS", "/none"), ("XDG_CONFIG_HOME", "")];
                let mut all = variables.iter().chain(&own);
                let found = all.find(|(key, _)| *key == name)?.1.to_owned();
                Some(found).filter(|value| !value.is_empty())
            },
            pip_variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        };
        let found: Vec<String> = given(&around)
            .unwrap()
            .iter()
            .filter(|one| !one.place.starts_with("/etc"))
            .map(|one| format!("{} {}", one.option, one.values.join(" ")))
            .collect();
        assert_eq!(found, expected);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_command_before_global_and_variables_before_files() {
        let conf = "[global]\nindex-url = https://g.example/\nretries = 1\n\n[download]\nindex-url = https://d.example/\nfind-links =\n  one\n  two\n[wheel]\nproxy = p\n";
        let files = [
            "index-url https://d.example/",
            "find-links one two",
            "retries 1",
        ];
        check(conf, &[], &files);
        check(
            conf,
            &[
                ("PIP_INDEX_URL", "https://v.example/"),
                ("PIP_FIND_LINKS", ""),
            ],
            &[
                "index-url https://v.example/",
                "find-links one two",
                "retries 1",
            ],
        );
        let none = [("PIP_CONFIG_FILE", "/dev/null"), ("PIP_NO_INDEX", "yes")];
        check(conf, &none, &["no-index true"]);
        check(
            "",
            &[("PIP_NO_INDEX", "0"), ("PIP_DEFAULT_TIMEOUT", "2.5")],
            &["timeout 3"],
        );
    }
}
