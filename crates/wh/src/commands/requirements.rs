//! What is asked for: the command line, requirements files and constraints as one list.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::Path;

use url::Url;
use wh_index::source::shown;
use wh_packaging::requirement::{
    Input, Root, UrlKind, VersionOrUrl, classify_url, display, parse_input,
};
use wh_packaging::requirements_file::{
    Entry, Loader, RequirementsFile, RequirementsFileError, decode,
};
use wh_packaging::{ProjectName, Requirement};

use super::formats::Formats;
use super::remote::{self, Remote};
use crate::arguments::RequirementArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::settings::SettingsFile;
use crate::terminal;

mod wanted;

pub use wanted::{Settings, UnnamedRoot, Wanted};

/// Where a requirement stands that was typed.
const COMMAND_LINE: &str = "command line";

/// Gathers what the command line and the files ask for; `None`: no file may come from elsewhere.
pub fn gather(
    asked: &RequirementArgs,
    remote: Option<&Remote>,
    context: &Context,
) -> Result<Wanted, Failure> {
    let mut wanted = Wanted::default();
    for asked in texts(asked, context) {
        match parse_input(&asked.text, asked.base) {
            Ok(Input::Named(requirement)) => wanted.roots.push(Root {
                requirement,
                origin: asked.origin.to_owned(),
                hashes: Vec::new(),
            }),
            Ok(Input::Unnamed(input)) => wanted.unnamed.push(UnnamedRoot {
                input,
                origin: asked.origin.to_owned(),
                hashes: Vec::new(),
            }),
            Err(error) => return Err(bad_requirement(&asked, error.column, &error.message)),
        }
    }
    let mut formats = Formats::new(asked, of_settings(asked, context), remote, context)?;
    for file in files(asked, context) {
        if formats.take(file, &mut wanted)? {
            continue;
        }
        let found = load(file, false, remote, context)?;
        take(&found.requirements, &mut wanted)?;
        named(&found.constraints, "a constraint", &mut wanted.constraints)?;
        wanted.options.add(found.options, &context.cwd)?;
    }
    formats.finish(&mut wanted)?;
    for file in &asked.constraint {
        let found = load(file, true, remote, context)?;
        named(&found.constraints, "a constraint", &mut wanted.constraints)?;
        wanted.options.add(found.options, &context.cwd)?;
    }
    refuse_extras(&wanted.constraints)?;
    wanted.asked = wanted.roots.clone();
    Ok(wanted)
}

/// Constraints alone: those of builds.
pub fn constraints(
    files: &[String],
    remote: Option<&Remote>,
    context: &Context,
) -> Result<Vec<Root>, Failure> {
    let mut roots = Vec::new();
    for file in files {
        let found = load(file, true, remote, context)?;
        named(&found.constraints, "a constraint", &mut roots)?;
    }
    refuse_extras(&roots)?;
    Ok(roots)
}

/// The requirements of a file that says what is there, each with its place. What is no requirement
/// (an editable, a folder), or names what was built, says nothing that counts.
pub fn pinned_lines(file: &str, context: &Context) -> Result<Vec<(Requirement, String)>, Failure> {
    let found = load(file, false, None, context)?;
    let entries = found.requirements.into_iter();
    let named = entries.filter_map(|entry| {
        let place = entry.place.to_string();
        let requirement = entry.requirement().filter(|one| !is_source(one))?;
        Some((requirement.clone(), place))
    });
    Ok(named.collect())
}

/// A requirement that is no file's.
struct Text<'a> {
    text: Cow<'a, str>,
    origin: &'a str,
    /// The folder that relative paths start from.
    base: &'a Path,
}

/// The settings that say what is asked for: those of `wh.toml`, where nothing else does.
fn of_settings<'a>(asked: &RequirementArgs, context: &'a Context) -> Option<&'a SettingsFile> {
    let typed = [
        &asked.requirements,
        &asked.editable,
        &asked.requirement,
        &asked.group,
    ];
    let nothing = typed.iter().all(|values| values.is_empty());
    context.settings.file.as_ref().filter(|_| nothing)
}

fn texts<'a>(asked: &'a RequirementArgs, context: &'a Context) -> Vec<Text<'a>> {
    let requirements = asked.requirements.iter();
    let requirements = requirements.map(|text| Cow::Borrowed(text.as_str()));
    let editables = asked.editable.iter();
    let editables = editables.map(|path| Cow::Owned(format!("--editable={path}")));
    let typed = requirements.chain(editables).map(|text| Text {
        text,
        origin: COMMAND_LINE,
        base: &context.cwd,
    });
    let settings = of_settings(asked, context).into_iter();
    let set = settings.flat_map(|file| {
        file.requirements.iter().map(|(text, place)| Text {
            text: Cow::Borrowed(text),
            origin: place,
            base: file.path.parent().unwrap_or(&context.cwd),
        })
    });
    typed.chain(set).collect()
}

fn files<'a>(asked: &'a RequirementArgs, context: &'a Context) -> impl Iterator<Item = &'a String> {
    let settings = of_settings(asked, context).into_iter();
    let set = settings.flat_map(|file| &file.requirement_files);
    asked.requirement.iter().chain(set)
}

/// A constraint asks for nothing, and so for no extra: as in pip.
fn refuse_extras(constraints: &[Root]) -> Result<(), Failure> {
    let with_extra = |root: &&Root| !root.requirement.extras.is_empty();
    match constraints.iter().find(with_extra) {
        None => Ok(()),
        Some(root) => Err(Failure::malformed_because(
            format!(
                "{}: a constraint cannot have extras: `{}`",
                root.origin,
                display(&root.requirement)
            ),
            "a constraint limits the versions of what others ask for; leave the extra out, or write a requirement",
        )),
    }
}

fn take(entries: &[Entry], wanted: &mut Wanted) -> Result<(), Failure> {
    for entry in entries {
        let what = match &entry.input {
            Input::Named(requirement) => requirement.name.to_string(),
            Input::Unnamed(input) => shown(&input.url),
        };
        for setting in &entry.config_settings {
            let (key, value) = setting.split_once('=').ok_or_else(|| {
                Failure::malformed(format!("{}: `{setting}` is not KEY=VALUE", entry.place))
            })?;
            let settings = wanted.settings.entry(what.clone()).or_default();
            settings.push((key.to_owned(), value.to_owned()));
        }
        match &entry.input {
            Input::Named(_) => wanted.roots.extend(entry.root()),
            Input::Unnamed(input) => wanted.unnamed.push(UnnamedRoot {
                input: input.clone(),
                origin: entry.place.to_string(),
                hashes: entry.hashes.clone(),
            }),
        }
    }
    Ok(())
}

/// Takes entries that only make sense with a name.
fn named(entries: &[Entry], what: &str, roots: &mut Vec<Root>) -> Result<(), Failure> {
    for entry in entries {
        match &entry.input {
            Input::Named(_) => roots.extend(entry.root()),
            Input::Unnamed(input) => {
                return Err(Failure::malformed_because(
                    format!("{}: {what} needs a name: `{}`", entry.place, input.text),
                    "write it as `name @ URL`",
                ));
            }
        }
    }
    Ok(())
}

fn load(
    file: &str,
    constraint: bool,
    remote: Option<&Remote>,
    context: &Context,
) -> Result<RequirementsFile, Failure> {
    let mut read = |name: &str| text_of(name, remote, context);
    let mut loader = Loader {
        read: &mut read,
        variable: &|name| context.variable(name),
        base: &context.cwd,
    };
    let found = if constraint {
        loader.constraints(file)
    } else {
        loader.requirements(file)
    };
    Ok(found?)
}

/// The text of a file by its path or URL.
pub fn text_of(name: &str, remote: Option<&Remote>, context: &Context) -> io::Result<String> {
    let bytes = match remote::url(name) {
        Some(url) => read_url(&url, remote),
        None => read_bytes(name, context),
    }?;
    decode(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
}

pub fn unreadable(file: &str, error: io::Error) -> Failure {
    Failure::RequirementsFile(RequirementsFileError::Read {
        file: file.to_owned(),
        included: None,
        error,
    })
}

fn read_url(url: &Url, remote: Option<&Remote>) -> io::Result<Vec<u8>> {
    if url.scheme() == "file" {
        let path = url
            .to_file_path()
            .map_err(|()| io::Error::from(io::ErrorKind::NotFound))?;
        return fs_err::read(path);
    }
    match remote {
        Some(remote) => remote.read(url),
        None => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this command makes no request",
        )),
    }
}

/// Whether something was typed, by its origin.
pub fn is_typed(origin: &str) -> bool {
    origin == COMMAND_LINE
}

/// Whether a requirement asks for a URL that is no wheel's.
pub fn is_source(requirement: &Requirement) -> bool {
    match &requirement.version_or_url {
        Some(VersionOrUrl::Url(url)) => classify_url(url) != UrlKind::Wheel,
        _ => false,
    }
}

/// What to do about what a wheelhouse cannot have: it would be fetched or built over here.
pub const BRING_FIRST: &str = "where there is a network, `wh download` with these lines brings what they need; over here name the projects as `name==version`, or give none and all of the lock is installed";

/// What has no name is refused, all of it at once, where a command does not look into it.
pub fn refuse_unnamed(wanted: &Wanted) -> Result<(), Failure> {
    if wanted.unnamed.is_empty() {
        return Ok(());
    }
    let unnamed = wanted.unnamed.iter();
    Err(Failure::No {
        message: "these would have to be built, and nothing is built here:".to_owned(),
        details: unnamed
            .map(|one| format!("{} ({})", one.input.text, one.origin))
            .collect(),
        hint: Some(BRING_FIRST.to_owned()),
    })
}

/// A requirement that cannot be read, with the place marked.
fn bad_requirement(asked: &Text<'_>, column: usize, message: &str) -> Failure {
    let Text { text, origin, .. } = asked;
    let place = match *origin {
        COMMAND_LINE => String::new(),
        other => format!("{other}: "),
    };
    Failure::malformed_because(
        format!(
            "{place}`{text}` is not a requirement: {message}\n  {text}\n  {}^",
            " ".repeat(column)
        ),
        "a requirement is a name and what versions will do, as in `pandas>=2,<3` or `fastapi[standard]`",
    )
}

/// Names of projects as typed, several in one value separated by commas.
pub fn project_names(given: &[String]) -> Result<Vec<ProjectName>, Failure> {
    given
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(project_name)
        .collect()
}

/// The name of a project as typed.
pub fn project_name(name: &str) -> Result<ProjectName, Failure> {
    name.parse()
        .map_err(|_| Failure::malformed(format!("`{name}` is not the name of a project")))
}

/// The text of a file that a user named; `-` is standard input.
pub fn read_text(name: &str, context: &Context) -> Result<String, Failure> {
    let bytes = read_bytes(name, context).map_err(Failure::file)?;
    String::from_utf8(bytes).map_err(|_| Failure::malformed(format!("{name} is not UTF-8 text")))
}

fn read_bytes(name: &str, context: &Context) -> io::Result<Vec<u8>> {
    if name == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs_err::read(context.cwd.join(name))
}

/// Writes a result to a file that a user named; `-` is standard output.
pub fn write_result(to: &str, text: &str, context: &Context) -> Result<(), Failure> {
    if to == "-" {
        return terminal::print(text).map_err(Failure::file);
    }
    let path = context.absolute(Path::new(to));
    fs_err::write(path, text)
        .map_err(|error| Failure::File(error.to_string(), None, Status::Unknown))
}
