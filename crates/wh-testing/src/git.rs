//! Git repositories to be asked for, made by the git of this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A repository in a folder.
#[derive(Debug)]
pub struct Repository {
    folder: PathBuf,
}

impl Repository {
    /// An empty one, on the branch `main`; `None` where the machine has no git.
    ///
    /// # Panics
    /// git fails.
    pub fn new(folder: impl Into<PathBuf>) -> Option<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder).expect("the sandbox is ours");
        if Command::new("git").arg("--version").output().is_err() {
            crate::sandbox::skipped("there is no git on this machine");
            return None;
        }
        let this = Self { folder };
        this.git(&["init", "--quiet", "--initial-branch=main"]);
        Some(this)
    }

    /// Writes files and commits them; the commit.
    ///
    /// # Panics
    /// A file cannot be written, or git fails.
    pub fn commit(&self, files: &[(&str, &str)]) -> String {
        for (name, text) in files {
            let path = self.folder.join(name);
            let parent = path.parent().expect("it is below the folder");
            std::fs::create_dir_all(parent).expect("the sandbox is ours");
            std::fs::write(&path, text).expect("the sandbox is ours");
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", "one more"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs git there; what it writes.
    ///
    /// # Panics
    /// It fails.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.com"])
            .args([
                "-c",
                "commit.gpgSign=false",
                "-c",
                "core.hooksPath=/dev/null",
            ])
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
            .output()
            .expect("git runs");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Its URL, as a requirement has it.
    pub fn url(&self) -> String {
        format!("git+file://{}", self.folder.display())
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
