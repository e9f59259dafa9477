//! What building an sdist needs, as far as it is known without running anything (PEP 517, 518).

use crate::Requirement;

/// How an sdist is built.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildSystem {
    /// `build-backend`, or setuptools' for projects that name none.
    pub backend: String,
    /// `backend-path`: folders of the project that the backend is imported from, as written.
    pub backend_path: Vec<String>,
    /// `requires`, or setuptools where there is none.
    pub requires: Vec<Requirement>,
    /// What the backend asks for when it is run (`get_requires_for_build_wheel`), as far as that
    /// is known of it.
    pub known: Vec<Requirement>,
    /// Why it may ask for more.
    pub unsure: Option<Unsure>,
    /// What the machine that builds must most likely have besides, in words.
    pub compilers: Vec<&'static str>,
}

/// Why more may be asked for when an sdist is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsure {
    /// Its setup.py speaks of `setup_requires`.
    SetupRequires,
    /// Its backend is none of those that are known here.
    Backend,
}
