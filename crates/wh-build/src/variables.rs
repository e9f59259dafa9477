//! What a backend sees of the caller's environment: what builds are known to be steered by, and
//! nothing that may be a credential.
//!
//! Names are let through by a list, not kept out by one: nobody can list all that holds a secret. Of
//! those on the list, the ones whose name speaks of a secret stay out, and values with a password in a URL.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Whole names: the machine's, then those of compilers and linkers.
const NAMES: &[&str] = &[
    "PATH",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "NO_COLOR",
    "SOURCE_DATE_EPOCH",
    "SHELL",
    "USER",
    "LOGNAME",
    "USERNAME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "ARCHFLAGS",
    "CC",
    "CXX",
    "CPP",
    "FC",
    "F77",
    "F90",
    "LD",
    "AR",
    "AS",
    "NM",
    "RANLIB",
    "STRIP",
    "OBJCOPY",
    "LDSHARED",
    "LDCXXSHARED",
    "CFLAGS",
    "CPPFLAGS",
    "CXXFLAGS",
    "FFLAGS",
    "FCFLAGS",
    "LDFLAGS",
    "LIBS",
    "OPT",
    "BASECFLAGS",
    "SDKROOT",
    "DEVELOPER_DIR",
    "MACOSX_DEPLOYMENT_TARGET",
    "IPHONEOS_DEPLOYMENT_TARGET",
    "LIBRARY_PATH",
    "LD_LIBRARY_PATH",
    "LD_RUN_PATH",
    "DYLD_LIBRARY_PATH",
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "INCLUDE",
    "LIB",
    "LIBPATH",
    "MAKE",
    "MAKEFLAGS",
    "NINJA",
    "NINJAFLAGS",
    "NINJA_STATUS",
    "JAVA_HOME",
    "CUDA_HOME",
    "CUDA_PATH",
    "ROCM_HOME",
    "ROCM_PATH",
    "GOROOT",
    "GOPATH",
    "GOFLAGS",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "PROGRAMW6432",
    "PROGRAMDATA",
    "COMMONPROGRAMFILES",
    "COMMONPROGRAMFILES(X86)",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
    "PROCESSOR_IDENTIFIER",
    "OS",
    "DISTUTILS_USE_SDK",
    "MSSDK",
    "NPY_NUM_BUILD_JOBS",
    "LIBCLANG_PATH",
    "FORCE_COLOR",
    "CYTHONIZE",
    "DEBIAN_FRONTEND",
];

/// Beginnings of names: those of build systems and of backends.
const BEGINNINGS: &[&str] = &[
    "LC_",
    "PKG_CONFIG",
    "CMAKE",
    "SKBUILD",
    "MESON",
    "MESONPY",
    "SETUPTOOLS_",
    "DISTUTILS_",
    "SCM_",
    "VCS_VERSIONING_",
    "PBR_",
    "CYTHON_",
    "HATCH_",
    "PDM_BUILD_",
    "POETRY_DYNAMIC_VERSIONING_",
    "FLIT_",
    "MATURIN_",
    "PYO3_",
    "CARGO",
    "RUST",
    "CCACHE",
    "SCCACHE",
    "DISTCC",
    "NPY_",
    "NUMPY_",
    "OPENBLAS",
    "BLAS",
    "LAPACK",
    "MKL",
    "CUDA",
    "TORCH_CUDA",
    "HDF5_",
    "NETCDF",
    "GDAL_",
    "GEOS_",
    "PROJ_",
    "OPENSSL_",
    "CRYPTOGRAPHY_",
    "CFFI_",
    "PYZMQ_",
    "ZMQ_",
    "GRPC_PYTHON_",
    "LLVM_",
    "LLVMLITE_",
    "VS",
    "VC",
    "WINDOWSSDK",
    "UCRT",
    "CONDA_BUILD",
    "NIX_",
    "AUDITWHEEL_",
    "WHEEL_",
    "PYTHON_BUILD_",
];

/// Parts of names that speak of secrets.
const SECRETS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSW",
    "PASSPHRASE",
    "CREDENTIAL",
    "AUTH",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "PRIVATE",
    "COOKIE",
    "LOGIN",
];

/// The variables that a backend gets from those of the caller.
pub(crate) fn admitted(all: &BTreeMap<OsString, OsString>) -> Vec<(OsString, OsString)> {
    all.iter()
        .filter(|(name, value)| {
            name.to_str().is_some_and(is_admitted) && !has_password(&value.to_string_lossy())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn is_admitted(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let known = NAMES.contains(&&*name) || BEGINNINGS.iter().any(|start| name.starts_with(start));
    known && !SECRETS.iter().any(|part| name.contains(part))
}

/// Whether a URL in it has something before `@`.
fn has_password(value: &str) -> bool {
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
    /// That environment, where it was made for the build.
    pub(crate) environment: Option<&'a Path>,
}

/// All variables of a backend.
pub(crate) fn of_backend(
    all: &BTreeMap<OsString, OsString>,
    places: &Places<'_>,
) -> Vec<(OsString, OsString)> {
    let mut found = admitted(all);
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
    let path = all.iter().find(|(name, _)| same(name, "PATH"));
    let folders = path
        .into_iter()
        .flat_map(|(_, path)| std::env::split_paths(path));
    let folders = std::iter::once(places.commands.to_owned()).chain(folders);
    // one with a separator in its name cannot have come from `PATH`, and the first was looked at
    if let Ok(path) = std::env::join_paths(folders) {
        set("PATH", &path);
    }
    if let Some(environment) = places.environment {
        set("VIRTUAL_ENV", environment.as_os_str());
    }
    set("PYTHONNOUSERSITE", OsStr::new("1"));
    if let Some(toolchains) = toolchains(all) {
        set("RUSTUP_HOME", toolchains.as_os_str());
    }
    found
}

/// Where rustup keeps compilers: it would look for them in the backend's own home.
fn toolchains(all: &BTreeMap<OsString, OsString>) -> Option<PathBuf> {
    let find = |wanted: &str| all.iter().find(|(name, _)| same(name, wanted));
    if find("RUSTUP_HOME").is_some() {
        return None;
    }
    let home = find("HOME").or_else(|| find("USERPROFILE"))?;
    Some(Path::new(home.1).join(".rustup")).filter(|folder| folder.is_dir())
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
    use super::*;

    fn check(name: &str, value: &str, expected: bool) {
        let all = BTreeMap::from([(name.into(), value.into())]);
        assert_eq!(!admitted(&all).is_empty(), expected, "{name}={value}");
    }

    #[test]
    fn what_steers_builds_is_let_through_and_no_secret_is() {
        check("CFLAGS", "-O2", true);
        check("SOURCE_DATE_EPOCH", "0", true);
        check("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A", "1.0", true);
        check("CMAKE_ARGS", "-DA=1", true);
        check("https_proxy", "http://proxy:3128", true);
        check("https_proxy", "http://me:word@proxy:3128", false);
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
    fn home_and_temporary_folder_are_those_of_the_build() {
        let all = BTreeMap::from([
            ("PATH".into(), std::env::join_paths(["/usr/bin"]).unwrap()),
            ("HOME".into(), "/home/me".into()),
            ("TMPDIR".into(), "/tmp/mine".into()),
        ]);
        let places = Places {
            home: Path::new("/b/home"),
            temporary: Path::new("/b/tmp"),
            commands: Path::new("/b/env/bin"),
            environment: None,
        };
        let found: BTreeMap<_, _> = of_backend(&all, &places).into_iter().collect();
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
