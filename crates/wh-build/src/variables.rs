//! What a backend sees of the caller's environment: what builds are known to be steered by, and
//! nothing that may be a credential.
//!
//! Names are let through by a list, not kept out by one: nobody can list all that holds a secret. Of
//! those on the list, the ones whose name speaks of a secret stay out, and values with a password in a URL.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::cargo;
use crate::options::BuildOptions;

/// Whole names: the machine's, then those of compilers and linkers.
const NAMES: &str = "
    PATH LANG LANGUAGE TZ TERM NO_COLOR SOURCE_DATE_EPOCH SHELL USER LOGNAME USERNAME HTTP_PROXY
    HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
    ARCHFLAGS CC CXX CPP FC F77 F90 LD AR AS NM RANLIB STRIP OBJCOPY LDSHARED LDCXXSHARED CFLAGS
    CPPFLAGS CXXFLAGS FFLAGS FCFLAGS LDFLAGS LIBS OPT BASECFLAGS SDKROOT DEVELOPER_DIR
    MACOSX_DEPLOYMENT_TARGET IPHONEOS_DEPLOYMENT_TARGET LIBRARY_PATH LD_LIBRARY_PATH LD_RUN_PATH
    DYLD_LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH INCLUDE LIB LIBPATH MAKE MAKEFLAGS
    NINJA NINJAFLAGS NINJA_STATUS JAVA_HOME CUDA_HOME CUDA_PATH ROCM_HOME ROCM_PATH GOROOT
    GOPATH GOFLAGS SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMFILES PROGRAMFILES(X86)
    PROGRAMW6432 PROGRAMDATA COMMONPROGRAMFILES COMMONPROGRAMFILES(X86) NUMBER_OF_PROCESSORS
    PROCESSOR_ARCHITECTURE PROCESSOR_IDENTIFIER OS DISTUTILS_USE_SDK MSSDK NPY_NUM_BUILD_JOBS
    CONDA_PREFIX _PYTHON_SYSCONFIGDATA_NAME _CONDA_PYTHON_SYSCONFIGDATA_NAME LIBCLANG_PATH
    FORCE_COLOR CYTHONIZE DEBIAN_FRONTEND
";

/// Beginnings of names: those of build systems and of backends.
const BEGINNINGS: &str = "
    LC_ PKG_CONFIG CMAKE SKBUILD MESON MESONPY SETUPTOOLS_ DISTUTILS_ SCM_ VCS_VERSIONING_ PBR_
    CYTHON_ HATCH_ PDM_BUILD_ POETRY_DYNAMIC_VERSIONING_ FLIT_ MATURIN_ PYO3_ CARGO RUST CCACHE
    SCCACHE DISTCC NPY_ NUMPY_ OPENBLAS BLAS LAPACK MKL CUDA TORCH_CUDA HDF5_ NETCDF GDAL_ GEOS_
    PROJ_ OPENSSL_ CRYPTOGRAPHY_ CFFI_ PYZMQ_ ZMQ_ GRPC_PYTHON_ LLVM_ LLVMLITE_ VS VC WINDOWSSDK
    UCRT CONDA_BUILD NIX_ AUDITWHEEL_ WHEEL_ PYTHON_BUILD_
";

/// Parts of names that speak of secrets.
const SECRETS: &str = "
    TOKEN SECRET PASSW PASSPHRASE CREDENTIAL AUTH APIKEY API_KEY ACCESS_KEY PRIVATE COOKIE LOGIN
";

/// Names that would pass and do not: places where a backend may not write, and helpers that go on behind
/// it.
const KEPT_BACK: &str = "
    CARGO_HOME CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_BUILD_DIR CARGO_INSTALL_ROOT CCACHE_DIR
    CCACHE_TEMPDIR SCCACHE_DIR RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER
    CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER
";

/// The variables that a backend gets from those of the caller. What a user names goes, whatever it holds.
pub(crate) fn admitted(options: &BuildOptions) -> Vec<(OsString, OsString)> {
    let is_let_through = |(name, value): &(&OsString, &OsString)| {
        let Some(name) = name.to_str() else {
            return false;
        };
        let is_named = options.handed_over.contains(name);
        is_named || (is_admitted(name) && !has_password(&value.to_string_lossy()))
    };
    let found = options.variables.iter().filter(is_let_through);
    found
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn is_admitted(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let has = |words: &'static str, is: &dyn Fn(&str) -> bool| words.split_whitespace().any(is);
    let known = has(NAMES, &|word| word == name) || has(BEGINNINGS, &|word| name.starts_with(word));
    let kept_back =
        has(KEPT_BACK, &|word| word == name) || has(SECRETS, &|word| name.contains(word));
    known && !kept_back
}

/// Whether a URL in it has something before `@`.
pub(crate) fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        rest.split(['/', '?', '#'])
            .next()
            .is_some_and(|host| host.contains('@'))
    })
}

/// Where things are for a backend.
pub(crate) struct Places<'a> {
    /// Its home.
    pub(crate) home: &'a Path,
    /// For what it needs for a while.
    pub(crate) temporary: &'a Path,
    /// The folder with the commands of the environment that it runs in.
    pub(crate) commands: &'a Path,
    /// That environment, where it is a virtual one.
    pub(crate) environment: Option<&'a Path>,
}

/// All variables of a backend.
pub(crate) fn of_backend(options: &BuildOptions, places: &Places<'_>) -> Vec<(OsString, OsString)> {
    let all = &options.variables;
    let mut found = admitted(options);
    let mut set = |name: &str, value: &OsStr| {
        found.retain(|(other, _)| !same(other, name));
        found.push((name.into(), value.to_owned()));
    };
    for name in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"] {
        let windows = name != "HOME";
        if windows == cfg!(windows) {
            set(name, places.home.as_os_str());
        }
    }
    for name in ["TMPDIR", "TEMP", "TMP"] {
        set(name, places.temporary.as_os_str());
    }
    let path = variable(all, "PATH").into_iter();
    let folders = path.flat_map(std::env::split_paths);
    let folders = std::iter::once(places.commands.to_owned()).chain(folders);
    // one with a separator in its name cannot have come from `PATH`, and the first was looked at
    if let Ok(path) = std::env::join_paths(folders) {
        set("PATH", &path);
    }
    if let Some(environment) = places.environment {
        set("VIRTUAL_ENV", environment.as_os_str());
    }
    set("PYTHONNOUSERSITE", OsStr::new("1"));
    // the last words of one that is stopped are in the log, too
    set("PYTHONUNBUFFERED", OsStr::new("1"));
    // the settings that make git trust a checkout of another user's lie in the user's own home; versions are
    // read from checkouts, and what could run there runs as the backend does
    for (name, value) in [
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "safe.directory"),
        ("GIT_CONFIG_VALUE_0", "*"),
    ] {
        set(name, OsStr::new(value));
    }
    if !options.handed_over.contains("CARGO_HOME") {
        set("CARGO_HOME", cargo::home(places.home).as_os_str());
    }
    if let Some(toolchains) = cargo::toolchains(all) {
        set("RUSTUP_HOME", toolchains.as_os_str());
    }
    found
}

/// The value of a variable.
pub(crate) fn variable<'a>(
    all: &'a BTreeMap<OsString, OsString>,
    wanted: &str,
) -> Option<&'a OsString> {
    let found = all.iter().find(|(name, _)| same(name, wanted));
    found.map(|(_, value)| value)
}

fn same(name: &OsStr, other: &str) -> bool {
    if cfg!(windows) {
        name.eq_ignore_ascii_case(other)
    } else {
        name == other
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn options<const N: usize>(variables: [(&str, &str); N]) -> BuildOptions {
        BuildOptions {
            isolation: true,
            config_settings: BTreeMap::new(),
            time_limit: None,
            logs: PathBuf::new(),
            scratch: PathBuf::new(),
            kept: None,
            variables: variables
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            handed_over: std::collections::BTreeSet::new(),
        }
    }

    fn check(name: &str, value: &str, expected: bool) {
        let options = options([(name, value)]);
        assert_eq!(!admitted(&options).is_empty(), expected, "{name}={value}");
    }

    #[test]
    fn what_steers_builds_is_let_through_and_no_secret_is() {
        check("CFLAGS", "-O2", true);
        check("SOURCE_DATE_EPOCH", "0", true);
        check("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A", "1.0", true);
        check("CMAKE_ARGS", "-DA=1", true);
        check("https_proxy", "http://proxy:3128", true);
        check("https_proxy", "http://me:word@proxy:3128", false);
        check("CARGO_NET_OFFLINE", "true", true);
        check("CARGO_TARGET_DIR", "/mine", false);
        check("CARGO_REGISTRY_TOKEN", "x", false);
        check("HATCH_INDEX_AUTH", "x", false);
        check("FLIT_PASSWORD", "x", false);
        check("WH_INDEX_CORP_PASSWORD", "x", false);
        check("AWS_SECRET_ACCESS_KEY", "x", false);
        check("GITHUB_TOKEN", "x", false);
        check("SSH_AUTH_SOCK", "x", false);
        check("PYTHONPATH", "/x", false);
        check("PIP_INDEX_URL", "x", false);
    }

    #[test]
    fn what_a_user_names_is_handed_over() {
        let mut options = options([("APP_SSL", "openssl"), ("APP_TOKEN", "x")]);
        assert!(admitted(&options).is_empty());
        options.handed_over.insert("APP_TOKEN".to_owned());
        assert_eq!(admitted(&options), [("APP_TOKEN".into(), "x".into())]);
    }

    #[test]
    fn home_and_temporary_folder_are_those_of_the_build() {
        let all = [
            ("PATH", "/usr/bin"),
            ("HOME", "/home/me"),
            ("TMPDIR", "/tmp/mine"),
        ];
        let places = Places {
            home: Path::new("/b/home"),
            temporary: Path::new("/b/tmp"),
            commands: Path::new("/b/env/bin"),
            environment: None,
        };
        let found: BTreeMap<_, _> = of_backend(&options(all), &places).into_iter().collect();
        assert_eq!(found[OsStr::new("TMPDIR")], "/b/tmp");
        let path = &found[OsStr::new("PATH")];
        let folders: Vec<PathBuf> = std::env::split_paths(path).collect();
        assert_eq!(folders, [Path::new("/b/env/bin"), Path::new("/usr/bin")]);
        assert!(!found.contains_key(OsStr::new("VIRTUAL_ENV")));
        if cfg!(unix) {
            assert_eq!(found[OsStr::new("HOME")], "/b/home");
        }
    }
}
