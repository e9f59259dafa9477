//! Options that stand in requirements files, and what they mean for a run.

use std::path::Path;

use wh_packaging::requirements_file::{FileOption, OptionName};

use crate::failure::Failure;

/// Options that stood in requirements files.
#[derive(Debug, Default)]
pub struct FileOptions {
    pub index_url: Option<String>,
    pub extra_index_urls: Vec<String>,
    pub find_links: Vec<String>,
    pub trusted_hosts: Vec<String>,
    pub no_index: bool,
    pub pre: bool,
    pub require_hashes: bool,
    /// All of them as they stood, for who does not heed them.
    pub given: Vec<FileOption>,
}

impl FileOptions {
    /// Takes the options of one more file; of several for one thing, the last counts, as in pip.
    pub fn add(&mut self, options: Vec<FileOption>, cwd: &Path) -> Result<(), Failure> {
        for option in &options {
            let value = || option.value.clone();
            match option.name {
                OptionName::IndexUrl => self.index_url = Some(value()),
                OptionName::ExtraIndexUrl => self.extra_index_urls.push(value()),
                OptionName::NoIndex => self.no_index = true,
                OptionName::FindLinks => self.find_links.push(beside(option, cwd)),
                OptionName::TrustedHost => self.trusted_hosts.push(value()),
                OptionName::Pre => self.pre = true,
                OptionName::RequireHashes => self.require_hashes = true,
                OptionName::NoRequireHashes => self.require_hashes = false,
                OptionName::AllReleases => self.pre |= option.value == ":all:",
                // formats are read from `given`; features of pip are none of ours
                OptionName::NoBinary
                | OptionName::OnlyBinary
                | OptionName::PreferBinary
                | OptionName::OnlyFinal
                | OptionName::UseFeature => {}
            }
        }
        self.given.extend(options);
        Ok(())
    }
}

/// A relative place starts at the folder of the file that names it, where it is there, else at the
/// working folder: as in pip.
fn beside(option: &FileOption, cwd: &Path) -> String {
    let folder = Path::new(&option.place.file).parent();
    let there = folder.map(|folder| cwd.join(folder).join(&option.value));
    match there.filter(|path| path.exists()) {
        Some(path) => path.to_string_lossy().into_owned(),
        None => option.value.clone(),
    }
}

/// How an option of a requirements file is written.
pub fn flag(option: OptionName) -> &'static str {
    match option {
        OptionName::IndexUrl => "--index-url",
        OptionName::ExtraIndexUrl => "--extra-index-url",
        OptionName::NoIndex => "--no-index",
        OptionName::FindLinks => "--find-links",
        OptionName::NoBinary => "--no-binary",
        OptionName::OnlyBinary => "--only-binary",
        OptionName::PreferBinary => "--prefer-binary",
        OptionName::RequireHashes => "--require-hashes",
        OptionName::NoRequireHashes => "--no-require-hashes",
        OptionName::Pre => "--pre",
        OptionName::AllReleases => "--all-releases",
        OptionName::OnlyFinal => "--only-final",
        OptionName::TrustedHost => "--trusted-host",
        OptionName::UseFeature => "--use-feature",
    }
}
