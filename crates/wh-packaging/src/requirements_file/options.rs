//! Options on the lines of requirements files, read as pip's `shlex` and `optparse` read them:
//! `--name value`, `--name=value`, `-n value`, `-nvalue`, long names shortened where no other
//! begins alike.

use super::Place;
use crate::hashes::Hashes;

/// An option that concerns all of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOption {
    /// Which.
    pub name: OptionName,
    /// Its value; empty where it takes none. (A relative `--find-links` starts at the file's
    /// folder, where it exists there, else at the working folder.)
    pub value: String,
    /// Where it stands.
    pub place: Place,
}

/// The options that a requirements file may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is the option of that name
pub enum OptionName {
    IndexUrl,
    ExtraIndexUrl,
    NoIndex,
    FindLinks,
    NoBinary,
    OnlyBinary,
    PreferBinary,
    RequireHashes,
    NoRequireHashes,
    Pre,
    AllReleases,
    OnlyFinal,
    TrustedHost,
    UseFeature,
}

/// What the options of one line say.
#[derive(Debug, Default)]
pub(super) struct LineOptions {
    pub options: Vec<(OptionName, String)>,
    /// Nested files, and whether they hold constraints.
    pub files: Vec<(String, bool)>,
    pub editables: Vec<String>,
    pub hashes: Vec<Hashes>,
    pub config_settings: Vec<String>,
}

#[derive(Clone, Copy)]
enum Meaning {
    Option(OptionName),
    Switch(OptionName),
    File {
        constraint: bool,
    },
    Editable,
    Hash,
    ConfigSetting,
    /// Known, and of no meaning where nothing is built.
    Passed,
}

const NAMES: &[(&str, Meaning)] = &[
    ("--index-url", Meaning::Option(OptionName::IndexUrl)),
    ("--pypi-url", Meaning::Option(OptionName::IndexUrl)),
    ("-i", Meaning::Option(OptionName::IndexUrl)),
    (
        "--extra-index-url",
        Meaning::Option(OptionName::ExtraIndexUrl),
    ),
    ("--no-index", Meaning::Switch(OptionName::NoIndex)),
    ("--find-links", Meaning::Option(OptionName::FindLinks)),
    ("-f", Meaning::Option(OptionName::FindLinks)),
    ("--no-binary", Meaning::Option(OptionName::NoBinary)),
    ("--only-binary", Meaning::Option(OptionName::OnlyBinary)),
    ("--prefer-binary", Meaning::Switch(OptionName::PreferBinary)),
    (
        "--require-hashes",
        Meaning::Switch(OptionName::RequireHashes),
    ),
    (
        "--no-require-hashes",
        Meaning::Switch(OptionName::NoRequireHashes),
    ),
    ("--pre", Meaning::Switch(OptionName::Pre)),
    ("--all-releases", Meaning::Option(OptionName::AllReleases)),
    ("--only-final", Meaning::Option(OptionName::OnlyFinal)),
    ("--trusted-host", Meaning::Option(OptionName::TrustedHost)),
    ("--use-feature", Meaning::Option(OptionName::UseFeature)),
    ("--requirement", Meaning::File { constraint: false }),
    ("-r", Meaning::File { constraint: false }),
    ("--constraint", Meaning::File { constraint: true }),
    ("-c", Meaning::File { constraint: true }),
    ("--editable", Meaning::Editable),
    ("-e", Meaning::Editable),
    ("--hash", Meaning::Hash),
    ("--config-settings", Meaning::ConfigSetting),
    ("--config-setting", Meaning::ConfigSetting),
    ("-C", Meaning::ConfigSetting),
    ("--global-option", Meaning::Passed),
];

/// Splits a line into what it asks for and its options: those begin at the first word with a dash.
pub(super) fn split(line: &str) -> (&str, &str) {
    let mut at = 0;
    for word in line.split(' ') {
        if word.starts_with('-') {
            return (line[..at].trim_end_matches(' '), &line[at..]);
        }
        at += word.len() + 1;
    }
    (line, "")
}

/// Reads options; an error is what is wrong.
pub(super) fn parse(text: &str) -> Result<LineOptions, String> {
    let mut words = words(text)?.into_iter();
    let mut found = LineOptions::default();
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let (name, given) = if word.starts_with("--") {
            match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            }
        } else if word.starts_with('-') && word.len() > 1 {
            let end = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
            let value = &word[end..];
            (&word[..end], (!value.is_empty()).then(|| value.to_owned()))
        } else {
            // words that belong to no option are passed over, as in pip
            continue;
        };
        let meaning = meaning(name)?;
        if let Meaning::Switch(option) = meaning {
            match given {
                Some(_) => return Err(format!("{name} takes no value")),
                None => found.options.push((option, String::new())),
            }
            continue;
        }
        let value = given.or_else(|| words.next());
        let value = value.ok_or_else(|| format!("{name} needs a value"))?;
        match meaning {
            Meaning::Option(option) | Meaning::Switch(option) => {
                found.options.push((option, value))
            }
            Meaning::File { constraint } => found.files.push((value, constraint)),
            Meaning::Editable => found.editables.push(value),
            Meaning::Hash => found.hashes.push(hash(&value)?),
            Meaning::ConfigSetting => found.config_settings.push(value),
            Meaning::Passed => {}
        }
    }
    Ok(found)
}

/// By the whole name, or by a beginning that only one option has.
fn meaning(name: &str) -> Result<Meaning, String> {
    if let Some((_, meaning)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(*meaning);
    }
    let mut alike = NAMES
        .iter()
        .filter(|(known, _)| name.starts_with("--") && known.starts_with(name));
    match (alike.next(), alike.next()) {
        (Some((_, meaning)), None) => Ok(*meaning),
        (None, _) => Err(format!("there is no option {name} for requirements files")),
        (Some((one, _)), Some((other, _))) => Err(format!("{name} may mean {one} or {other}")),
    }
}

/// `sha256:hex`; only algorithms that prove something, as in pip.
fn hash(value: &str) -> Result<Hashes, String> {
    let strong = matches!(
        value.split_once(':'),
        Some(("sha256" | "sha384" | "sha512", _))
    );
    Hashes::parse_one(value)
        .filter(|_| strong)
        .ok_or_else(|| format!("--hash={value} is not of the form sha256:HEX (or sha384, sha512)"))
}

/// Words as a POSIX shell has them: quotes and backslashes.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let next = chars.next().ok_or("nothing follows the last backslash")?;
                word.get_or_insert_default().push(next);
            }
            '\'' | '"' => quoted(c, &mut chars, word.get_or_insert_default())?,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

fn quoted(quote: char, chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), String> {
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => return Ok(()),
            '\\' if quote == '"' => match chars.next() {
                Some(next @ ('"' | '\\')) => word.push(next),
                Some(next) => word.extend(['\\', next]),
                None => break,
            },
            other => word.push(other),
        }
    }
    Err("a quote is opened and not closed".to_owned())
}
