//! What a user reads of a file that does not say what is needed.

use wh_packaging::pyproject::PyProjectError;
use wh_packaging::toml_walk::TomlError;
use wh_packaging::uv_lock::UvLockError;

use crate::failure::Failure;

pub(super) fn no_file(what: &str) -> Failure {
    Failure::malformed_because(
        format!("{what} is asked for, and no file that could have it"),
        "extras are those of a pyproject.toml, a pylock.toml or a uv.lock: give it with -r; of a project by name they stand in brackets, `fastapi[standard]`",
    )
}

/// A file that is not what its format asks for.
pub(super) fn malformed(file: &str, error: &TomlError) -> Failure {
    Failure::malformed(match error {
        TomlError::Syntax { line, message } => format!("{file}:{line}: {message}"),
        TomlError::Value { line, key, message } => format!("{file}:{line}: `{key}`: {message}"),
    })
}

pub(super) fn of_pyproject(file: &str, error: &PyProjectError) -> Failure {
    let message = format!("{file} does not say what is required: {error}");
    match error {
        PyProjectError::Dynamic(_) => Failure::No {
            message,
            details: Vec::new(),
            hint: Some("wh does not run it: write what it requires into a requirements file (`uv pip compile pyproject.toml`, `pip-compile`), or ask for the project itself and let it be built: `wh download --build .`".to_owned()),
        },
        PyProjectError::NoProject => Failure::malformed_because(
            message,
            "only what the standards have is read: [project] (PEP 621) and [dependency-groups] (`--group NAME`, PEP 735); other tools can export a requirements file or a pylock.toml",
        ),
        PyProjectError::NoExtra { known, .. } | PyProjectError::NoGroup { known, .. } => {
            Failure::malformed_because(message, format!("there are {}", known.join(", ")))
        }
        PyProjectError::Cycle(_) => Failure::malformed_because(message, "take one of the includes out"),
    }
}

pub(super) fn of_uv_lock(file: &str, error: &UvLockError) -> Failure {
    let export = "let uv export it for what you need, and give that: `uv export --format pylock.toml --no-emit-project -o pylock.toml`";
    match error {
        UvLockError::Toml(error) => malformed(file, error),
        UvLockError::Version(_) => Failure::malformed_because(format!("{file}: {error}"), export),
        UvLockError::Conflicts | UvLockError::Ambiguous(_) => Failure::No {
            message: format!("{file}: {error}"),
            details: Vec::new(),
            hint: Some(export.to_owned()),
        },
        UvLockError::NotPublished { .. } => Failure::No {
            message: format!("{file}: {error}, and only published files are read of it"),
            details: Vec::new(),
            hint: Some(format!(
                "{export}; repositories, folders and archives in that are taken"
            )),
        },
    }
}

/// Other formats that say what is needed would read as requirements files full of faults.
pub(super) fn other_format(file: &str) -> Failure {
    Failure::No {
        message: format!("{file} is of a tool whose files are not read"),
        details: Vec::new(),
        hint: Some("read are requirements files, pyproject.toml, scripts (PEP 723), pylock.toml and uv.lock; poetry and pdm can export a requirements file or a pylock.toml".to_owned()),
    }
}
