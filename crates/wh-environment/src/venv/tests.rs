//! Making virtual environments, and what is refused.

use super::*;

fn python() -> Option<Probe> {
    let found = [
        "/usr/bin/python3",
        "/usr/local/bin/python3",
        "/opt/homebrew/bin/python3",
    ];
    found
        .iter()
        .find_map(|path| crate::probe(Path::new(path)).ok())
}

fn request<'a>(probe: &'a Probe, folder: PathBuf) -> VenvRequest<'a> {
    VenvRequest {
        folder,
        probe,
        prompt: None,
        system_site_packages: false,
        clear: false,
    }
}

#[cfg(unix)]
#[test]
fn python_takes_it_for_an_environment() {
    let Some(probe) = python() else {
        eprintln!("skipped: no python3 on this machine");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().canonicalize().unwrap().join("it's $HOME `x`");
    let interpreter = create(&request(&probe, folder.clone())).unwrap();
    let inside = crate::probe(&interpreter).unwrap();
    assert_eq!(inside.prefix, folder);
    assert_eq!(inside.base_prefix, probe.base_prefix);
    assert_eq!(inside.target().tags, probe.target().tags);
    assert_eq!(inside.externally_managed, None);
    assert!(inside.scheme.purelib.is_dir());
    assert_eq!(inside.sys_path.last(), Some(&inside.scheme.purelib));

    let script = ". \"$1/bin/activate\" && command -v python && echo \"$VIRTUAL_ENV\" \
                  && deactivate && echo \"${VIRTUAL_ENV-none}\"";
    let output = std::process::Command::new("/bin/sh")
        .args(["-euc", script, "sh"])
        .arg(&folder)
        .output()
        .unwrap();
    let text = folder.display();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{text}/bin/python\n{text}\nnone\n"),
        "{output:?}"
    );
    // an environment made from an environment stands on the same interpreter
    let second = root.path().join("second");
    create(&request(&inside, second.clone())).unwrap();
    let home = |folder: &Path| crate::pyvenv_cfg::PyvenvCfg::read(folder).unwrap().home;
    assert_eq!(home(&second), home(&folder));
}

#[cfg(unix)]
#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let Some(probe) = python() else {
        eprintln!("skipped: no python3 on this machine");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("v");
    fs_err::create_dir(&folder).unwrap();
    fs_err::write(folder.join("mine"), "").unwrap();
    let mut request = request(&probe, folder.clone());
    assert!(matches!(create(&request), Err(VenvError::NotEmpty { .. })));
    assert!(!folder.join("bin").exists());
    request.clear = true;
    assert!(matches!(create(&request), Err(VenvError::NotEmpty { .. })));
    assert!(folder.join("mine").exists());
}

#[cfg(unix)]
#[test]
fn an_environment_is_emptied_only_on_request() {
    let Some(probe) = python() else {
        eprintln!("skipped: no python3 on this machine");
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("v");
    let mut request = request(&probe, folder.clone());
    create(&request).unwrap();
    fs_err::write(folder.join("mine"), "").unwrap();
    create(&request).unwrap();
    assert!(folder.join("mine").exists());
    request.clear = true;
    create(&request).unwrap();
    assert!(!folder.join("mine").exists());
}

#[test]
fn paths_that_cannot_be_used() {
    for path in [
        "relative",
        "/with\nline",
        if cfg!(windows) { "/a;b" } else { "/a:b" },
    ] {
        let result = usable(Path::new(path));
        assert!(matches!(result, Err(VenvError::BadPath { .. })), "{path}");
    }
}
