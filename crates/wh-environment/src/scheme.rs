//! Scheme paths: the folders that the parts of a distribution are installed into.
//!
//! The keys are those of the wheel specification's `.data` folder. What they are for an
//! interpreter is asked of the interpreter itself ([`crate::probe`]), never guessed, because
//! distributors change them (Debian's `posix_local`, Apple's framework builds).

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

/// The five folders of one installation scheme, all absolute.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SchemePaths {
    /// Pure Python modules.
    pub purelib: PathBuf,
    /// Modules with native parts.
    pub platlib: PathBuf,
    /// Commands.
    pub scripts: PathBuf,
    /// C headers; the distribution's name is appended by whoever installs it.
    pub headers: PathBuf,
    /// Everything else: the prefix.
    pub data: PathBuf,
}

impl SchemePaths {
    /// The same paths below another root (`--root`): each is taken as if it were relative.
    #[must_use]
    pub fn below(&self, root: &Path) -> Self {
        self.each(|path| {
            let mut out = root.to_path_buf();
            out.extend(
                path.components()
                    .filter(|part| matches!(part, Component::Normal(_))),
            );
            out
        })
    }

    /// The same paths with one prefix in place of another.
    pub(crate) fn moved(&self, from: &Path, to: &Path) -> Self {
        self.each(|path| match path.strip_prefix(from) {
            // `join("")` would leave a slash at the end
            Ok(rest) if rest.as_os_str().is_empty() => to.to_path_buf(),
            Ok(rest) => to.join(rest),
            Err(_) => path.to_path_buf(),
        })
    }

    fn each(&self, change: impl Fn(&Path) -> PathBuf) -> Self {
        Self {
            purelib: change(&self.purelib),
            platlib: change(&self.platlib),
            scripts: change(&self.scripts),
            headers: change(&self.headers),
            data: change(&self.data),
        }
    }
}
