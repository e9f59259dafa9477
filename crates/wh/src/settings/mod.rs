//! Settings that stand in files: `wh.toml`, found upwards from the working folder, and pip's own.
//!
//! What was typed comes first, a `WH_*` variable second, `wh.toml` third, and pip's `PIP_*`
//! variables and `pip.conf` last. The settings that are options become the defaults of these
//! options, so that one rule decides for all of them; the others ([`SettingsFile`]) are asked for by
//! the commands. Only commands that go to an index read any of it.

mod file;
mod ini;
mod keys;
mod onto;
mod pip;

use std::path::{Path, PathBuf};

use clap::Command;

use crate::failure::Failure;

pub use file::{IndexCutOff, NamedIndex, SettingsFile, variable_part};
pub use keys::goes_to_an_index;
pub use onto::{culprit, effective, onto};

/// The name of the file of settings.
pub const FILE_NAME: &str = "wh.toml";

/// What files say.
#[derive(Debug, Default)]
pub struct Settings {
    /// The `wh.toml` that counts.
    pub file: Option<SettingsFile>,
    /// The values of options, at most one entry an option, the strongest.
    pub given: Vec<Given>,
    /// pip's index of last resort: an index that a requirements file names comes before it.
    pub pip_index_url: Option<Given>,
}

/// The values that a file or a variable of pip gives to an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The option's long name.
    pub option: String,
    /// Its values; `true` for one that takes none.
    pub values: Vec<String>,
    /// Where they stand: `wh.toml:3`, `PIP_INDEX_URL`, `/etc/pip.conf`.
    pub place: String,
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "--{} {} ({})",
            self.option,
            self.values.join(" "),
            self.place
        )
    }
}

/// Where settings are looked for.
pub struct Surroundings<'a> {
    /// The working folder.
    pub cwd: &'a Path,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Looks up a variable of the process.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// All variables of the process that begin with `PIP_`.
    pub pip_variables: Vec<(String, String)>,
}

impl Settings {
    /// The settings for a command that goes to an index. `root` defines them all.
    pub fn read(root: &Command, around: &Surroundings<'_>) -> Result<Self, Failure> {
        let known = keys::options(root);
        let file = SettingsFile::find(around.cwd, &known)?;
        let mut given = file
            .as_ref()
            .map(|file| file.options.clone())
            .unwrap_or_default();
        let mut pip_index_url = None;
        for one in pip::given(around)? {
            if given.iter().any(|stronger| stronger.option == one.option) {
                continue;
            }
            if one.option == "index-url" {
                pip_index_url = Some(one);
            } else {
                given.push(one);
            }
        }
        Ok(Self {
            file,
            given,
            pip_index_url,
        })
    }
}
