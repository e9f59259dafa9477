//! The tools that tests compare with: pip, uv, packaging and installer of the newest versions.
//!
//! They lie in the folder that `WH_TEST_TOOLS` names (`.ci/run` fetches them), else in
//! `target/tools/bin`. A machine without them skips those tests, in words.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sandbox::skipped;

/// The folder of the tools.
#[derive(Debug, Clone)]
pub struct Tools {
    bin: PathBuf,
}

/// The tools of this machine; where there are none, the words for it go to standard error.
pub fn tools() -> Option<Tools> {
    let bin = match std::env::var_os("WH_TEST_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/bin"),
    };
    if bin.join("python").exists() {
        return Some(Tools { bin });
    }
    skipped(&format!(
        "pip and uv to compare with are not in {} (.ci/run fetches them)",
        bin.display()
    ));
    None
}

impl Tools {
    /// The interpreter that has `packaging` and `installer`.
    pub fn python(&self) -> PathBuf {
        self.bin.join("python")
    }

    /// pip, at work on another environment.
    pub fn pip(&self, python: &Path) -> Command {
        let mut command = Command::new(self.python());
        command
            .args(["-m", "pip", "--python"])
            .arg(python)
            .arg("--disable-pip-version-check");
        command
    }

    /// uv.
    pub fn uv(&self) -> PathBuf {
        self.bin.join("uv")
    }
}
