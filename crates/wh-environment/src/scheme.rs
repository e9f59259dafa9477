//! Scheme paths: the folders that the parts of a distribution are installed into.
//!
//! The keys are those of the wheel specification's `.data` folder. What they are for an
//! interpreter is asked of the interpreter itself ([`crate::probe`]), never guessed, because
//! distributors change them (Debian's `posix_local`, Apple's framework builds).

use std::path::{Path, PathBuf};

/// The five folders of one installation scheme, all absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let rebase = |path: &Path| {
            let mut out = root.to_path_buf();
            out.extend(path.components().filter(|part| {
                matches!(part, std::path::Component::Normal(_) | std::path::Component::ParentDir)
            }));
            out
        };
        Self {
            purelib: rebase(&self.purelib),
            platlib: rebase(&self.platlib),
            scripts: rebase(&self.scripts),
            headers: rebase(&self.headers),
            data: rebase(&self.data),
        }
    }
}
