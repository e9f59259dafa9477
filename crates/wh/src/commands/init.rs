//! `wh init`: what is seen in the folder -> a commented `wh.toml`, never over one that is there.

use std::io::Write as _;
use std::path::Path;

use wh_packaging::Target;
use wh_packaging::requirement::parse_input;

use crate::arguments::InitArgs;
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::settings::FILE_NAME;

/// Files that say what is asked for, the surest first; the first that is there is taken.
const SEEN: [&str; 4] = [
    "pylock.toml",
    "uv.lock",
    "requirements.txt",
    "pyproject.toml",
];

/// Writes the file.
pub fn run(args: &InitArgs, context: &Context) -> Result<Status, Failure> {
    for text in &args.requirements {
        parse_input(text, &context.cwd).map_err(|error| {
            Failure::malformed(format!("`{text}` is not a requirement: {}", error.message))
        })?;
    }
    for name in args.target.iter().filter(|name| is_name(name)) {
        Target::from_name(name)?;
    }
    let path = context.cwd.join(FILE_NAME);
    let text = text(args, context);
    let mut file = match fs_err::File::create_new(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::No {
                message: format!("{} is there already", path.display()),
                details: Vec::new(),
                hint: Some("nothing was written: change it by hand, or move it away".to_owned()),
            });
        }
        Err(error) => return Err(Failure::file(error)),
    };
    file.write_all(text.as_bytes()).map_err(Failure::file)?;
    context.terminal.note(&format!(
        "Wrote {}; `wh download` reads it.",
        path.display()
    ));
    Ok(Status::Done)
}

fn is_name(target: &str) -> bool {
    !target.contains(['/', '\\']) && !target.ends_with(".json")
}

fn text(args: &InitArgs, context: &Context) -> String {
    let asked = asked(args, &context.cwd);
    let targets = targets(args, context);
    format!(
        r#"# What `wh download` does here where its command line does not say otherwise. Order: command
# line, WH_* variables, this file, pip's own settings. Paths are relative to this file. A key is
# the name of an option (`wh download --help`), or one of those below.

# What is asked for: requirements, or files of them (requirements.txt, pyproject.toml, a script,
# pylock.toml, uv.lock), with the extras and dependency groups to take from them.
{asked}
# extras = ["test"]
# groups = ["dev"]

# The machines that it is for: names, or files from `wh target`.
{targets}

# Where the wheels go.
folder = "wheels"

# Folders, pages or files of wheels that count besides the indexes.
# find-links = ["vendor"]

# Files that were uploaded later do not count: a date, or an age.
# exclude-newer = "P7D"

# Indexes in order; the last resort is index-url, which is PyPI where nothing is said. With
# `projects`, these come from there and from nowhere else. Credentials: the variables
# WH_INDEX_CORP_USERNAME and WH_INDEX_CORP_PASSWORD, or netrc.
# index-url = "https://packages.example/simple/"
#
# [[index]]
# name = "corp"
# url = "https://packages.corp.example/simple/"
# projects = ["corp-*"]
# exclude-newer = false    # this index gives no upload times

# What building a project requires that only its backend could tell.
# [build-requires]
# some-project = ["numpy>=2"]
"#
    )
}

fn asked(args: &InitArgs, folder: &Path) -> String {
    if !args.requirements.is_empty() {
        return format!("requirements = {}", array(&args.requirements));
    }
    let seen = SEEN.iter().find(|name| folder.join(name).is_file());
    match seen {
        Some(name) => format!("requirement-files = [\"{name}\"]"),
        None => "# requirements = [\"pandas>=2\", \"fastapi[standard]\"]".to_owned(),
    }
}

fn targets(args: &InitArgs, context: &Context) -> String {
    if !args.target.is_empty() {
        return format!("targets = {}", array(&args.target));
    }
    let here = context.environment(None).ok();
    let here = here.and_then(|environment| environment.target().ok());
    match here.as_ref().and_then(name_of) {
        Some(name) => format!(
            "targets = {}    # the Python that was found here",
            array(&[name])
        ),
        None => "# targets = [\"cp312-linux\", \"cp312-windows\"]".to_owned(),
    }
}

/// A target's name, where it expands to the target's own tags.
fn name_of(target: &Target) -> Option<String> {
    let named = Target::from_name(&target.name).ok()?;
    Some(named.name)
}

/// An array of strings in TOML.
fn array(texts: &[String]) -> String {
    let quoted: Vec<String> = texts
        .iter()
        .map(|text| {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\"")
        })
        .collect();
    format!("[{}]", quoted.join(", "))
}
