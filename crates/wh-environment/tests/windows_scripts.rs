//! Scripts of a Python for Windows, installed on whatever machine this is.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use wh_environment::{
    ApplyError, ApplyOptions, Change, Destination, SchemePaths, Transaction, WheelToInstall,
};
use wh_packaging::Hashes;
use wh_packaging::report::Silent;
use wh_testing::WheelBuilder;
use wh_wheel::WindowsMachine;

fn install(wheel: &WheelBuilder, machine: WindowsMachine, top: &Path) -> Result<(), ApplyError> {
    let library = top.join("v/Lib/site-packages");
    let destination = Destination {
        paths: SchemePaths {
            purelib: library.clone(),
            platlib: library,
            scripts: top.join("v/Scripts"),
            headers: top.join("v/include/site/python3.11"),
            data: top.join("v"),
        },
        python: PathBuf::from(r"C:\Program Files\Python\python.exe"),
        python_version: (3, 11),
        windows: Some(machine),
    };
    let wheel = WheelToInstall {
        path: wheel.write_to(top),
        filename: wheel.filename().parse().unwrap(),
        expected: Hashes::none(),
        vouched: false,
        requested: false,
        direct_url: None,
    };
    let change = Change {
        install: vec![wheel],
        remove: Vec::new(),
    };
    let transaction = Transaction::begin(&destination, "wh install", &Silent)?;
    let applied = transaction.apply(&change, &ApplyOptions::default(), &Silent);
    applied.map(drop)
}

/// The `#!` line of a launcher, and the text of its `__main__.py`.
fn parts(launcher: &[u8]) -> (String, String) {
    assert!(launcher.starts_with(b"MZ"));
    let mut archive = zip::ZipArchive::new(Cursor::new(launcher)).unwrap();
    let mut text = String::new();
    let mut main = archive.by_name("__main__.py").unwrap();
    main.read_to_string(&mut text).unwrap();
    drop(main);
    let start = archive.offset() as usize;
    let line = launcher[..start]
        .windows(2)
        .rposition(|two| two == b"#!")
        .unwrap();
    let line = String::from_utf8(launcher[line..start].to_vec()).unwrap();
    (line, text)
}

#[test]
fn entry_points_become_programs() {
    use WindowsMachine::{Amd64, Arm64, X86};
    let wheel = WheelBuilder::new("demo", "1.0")
        .file("demo.py", "def main(): pass\n")
        .entry_point("console_scripts", "demo.py", "demo:main")
        .entry_point("gui_scripts", "demo-gui", "demo:main")
        .script("old.py", "#!python\nprint()\n");
    for machine in [Amd64, Arm64, X86] {
        let top = tempfile::tempdir().unwrap();
        install(&wheel, machine, top.path()).unwrap();
        let scripts = top.path().join("v/Scripts");
        let mut names: Vec<_> = fs::read_dir(&scripts)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["demo-gui.exe", "demo.exe", "old.py"]);

        let text = "import sys\nfrom demo import main\nif __name__ == '__main__':\n    \
                    if sys.argv[0].endswith('.exe'):\n        sys.argv[0] = sys.argv[0][:-4]\n    \
                    sys.exit(main())\n";
        let check = |file: &str, python: &str| {
            let line = format!("#!\"C:\\Program Files\\Python\\{python}\"\n");
            let found = parts(&fs::read(scripts.join(file)).unwrap());
            assert_eq!(found, (line, text.to_owned()), "{file}");
        };
        check("demo.exe", "python.exe");
        check("demo-gui.exe", "pythonw.exe");
        let old = fs::read_to_string(scripts.join("old.py")).unwrap();
        let line = "#!\"C:\\Program Files\\Python\\python.exe\"\nprint()\n";
        assert_eq!(old, line);

        let record = top
            .path()
            .join("v/Lib/site-packages/demo-1.0.dist-info/RECORD");
        let record = fs::read_to_string(record).unwrap();
        assert!(
            record.contains("\n../../Scripts/demo.exe,sha256="),
            "{record}"
        );
    }
}

#[test]
fn names_that_windows_cannot_hold_are_refused() {
    for name in ["nul", "what?", "com1.tool"] {
        let wheel = WheelBuilder::new("demo", "1.0").entry_point("console_scripts", name, "a:b");
        let top = tempfile::tempdir().unwrap();
        let refused = install(&wheel, WindowsMachine::Amd64, top.path());
        assert!(refused.is_err(), "{name}");
        assert!(!top.path().join("v/Scripts").exists(), "{name}");
    }
}
