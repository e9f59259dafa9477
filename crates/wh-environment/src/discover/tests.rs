//! Finding environments: made-up trees, and the interpreters of this machine.

use super::*;

/// A tree with these files; a path that ends with `/` is a folder.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        if name.ends_with('/') {
            fs_err::create_dir_all(path).unwrap();
            continue;
        }
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    root
}

const VENV: &[(&str, &str)] = &[
    ("v/pyvenv.cfg", "home = /nowhere/bin\nversion = 3.12.1\n"),
    ("v/lib/python3.12/site-packages/", ""),
    ("v/bin/python", "#!/bin/sh\nexit 9\n"),
    ("work/deep/", ""),
];

fn discovery(root: &tempfile::TempDir) -> Discovery {
    Discovery {
        cwd: root.path().join("work/deep"),
        ..Discovery::default()
    }
}

#[cfg(unix)]
#[test]
fn a_virtual_environment_is_found_in_each_way_and_not_run() {
    let root = tree(VENV);
    let folder = root.path().join("v");
    let check = |discovery: &Discovery| {
        let environment = Environment::discover(discovery).unwrap();
        assert_eq!(environment.prefix, folder);
        assert_eq!(environment.version, (3, 12));
        assert!(environment.is_virtual && environment.probe.is_none());
        assert_eq!(environment.search_path, environment.site_packages);
        assert_eq!(environment.interpreter, folder.join("bin/python"));
    };
    let base = discovery(&root);
    for python in ["../../v", "../../v/bin/python"] {
        check(&Discovery {
            python: Some(python.to_owned()),
            ..base.clone()
        });
    }
    check(&Discovery {
        virtual_env: Some(folder.clone()),
        ..base.clone()
    });
    check(&Discovery {
        path: vec![folder.join("bin")],
        ..base.clone()
    });
    for python in ["3.12", "3", "python"] {
        check(&Discovery {
            python: Some(python.to_owned()),
            path: vec![folder.join("bin")],
            ..base.clone()
        });
    }
}

#[test]
fn a_folder_dot_venv_above_is_found() {
    let root = tree(&[
        ("work/.venv/pyvenv.cfg", ""),
        ("work/.venv/lib/python3.9/site-packages/", ""),
        ("work/deep/.venv/", ""),
    ]);
    let environment = Environment::discover(&discovery(&root)).unwrap();
    assert_eq!(environment.version, (3, 9));
}

#[cfg(unix)]
#[test]
fn an_interpreter_tells_by_its_files_and_links_are_followed() {
    let root = tree(&[
        ("opt/bin/python3.11", "#!/bin/sh\nexit 9\n"),
        ("opt/lib/python3.11/os.py", ""),
        ("opt/lib/python3.11/site.py", ""),
        ("opt/lib/python3.11/site-packages/a.pth", "../../..\n"),
        ("home/.local/lib/python3.11/site-packages/", ""),
        ("extra/", ""),
        ("bin/", ""),
        ("work/deep/", ""),
    ]);
    let path = |name: &str| root.path().join(name);
    std::os::unix::fs::symlink(path("opt/bin/python3.11"), path("bin/python3")).unwrap();
    let mut discovery = Discovery {
        path: vec![path("bin")],
        pythonpath: vec![path("extra"), path("gone")],
        home: Some(path("home")),
        ..discovery(&root)
    };
    let environment = Environment::discover(&discovery).unwrap();
    let user = path("home/.local/lib/python3.11/site-packages");
    let own = path("opt/lib/python3.11/site-packages");
    let expected = [path("extra"), user.clone(), own.clone(), path("opt")];
    assert_eq!(environment.search_path, expected);
    assert_eq!(environment.user_site, Some(user));
    assert!(!environment.is_virtual);

    discovery.no_user_site = true;
    discovery.python = Some("3.11".to_owned());
    let environment = Environment::discover(&discovery).unwrap();
    assert_eq!(
        environment.search_path,
        [own, path("opt")],
        "not the active one"
    );
}

#[test]
fn what_is_not_there_is_said() {
    let root = tree(VENV);
    let named = |python: &str| {
        Environment::discover(&Discovery {
            python: Some(python.to_owned()),
            ..discovery(&root)
        })
    };
    assert!(matches!(
        named("3.7"),
        Err(DiscoverError::NoSuchInterpreter { .. })
    ));
    assert!(matches!(
        named("pypy3"),
        Err(DiscoverError::NoSuchInterpreter { .. })
    ));
    assert!(matches!(
        named("./gone"),
        Err(DiscoverError::NotPython { .. })
    ));
    assert!(matches!(named(".."), Err(DiscoverError::NotPython { .. })));
    let none = Discovery {
        virtual_env: Some(root.path().join("gone")),
        ..discovery(&root)
    };
    assert!(matches!(
        Environment::discover(&none),
        Err(DiscoverError::NotPython { .. })
    ));
    let nothing = Environment::discover(&discovery(&root));
    assert!(matches!(nothing, Err(DiscoverError::NotFound)));
}

#[cfg(unix)]
#[test]
fn an_environment_whose_base_is_gone_still_names_its_interpreter() {
    let root = tree(VENV);
    let python = root.path().join("v/bin/python");
    fs_err::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/nowhere/bin/python3.12", &python).unwrap();
    let named = Discovery {
        python: Some("../../v".to_owned()),
        ..discovery(&root)
    };
    let environment = Environment::discover(&named).unwrap();
    assert_eq!(environment.interpreter, python);
    assert!(matches!(
        environment.probe(),
        Err(ProbeError::Start { interpreter, .. }) if interpreter == python
    ));
}
