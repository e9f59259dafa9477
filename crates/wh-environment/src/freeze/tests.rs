//! Freezing made-up trees: what is printed, and what is warned of.

use std::sync::Mutex;

use super::*;

#[derive(Default)]
struct Heard(Mutex<Vec<Warning>>);

impl Reporter for Heard {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning { warning } = event {
            self.0.lock().unwrap().push(warning);
        }
    }
}

/// Freezes distributions given as `Name version` and the text of `direct_url.json`.
fn run(
    distributions: &[(&str, &str)],
    request: &FreezeRequest,
) -> (Result<Freeze, FreezeError>, Vec<Warning>) {
    let root = tempfile::tempdir().unwrap();
    for (index, (name, direct_url)) in distributions.iter().enumerate() {
        let (name, version) = name.split_once(' ').unwrap();
        let folder = name.replace(['-', '.'], "_").to_lowercase();
        let folder = root.path().join(format!("{folder}-{version}.dist-info"));
        fs_err::create_dir(&folder).unwrap();
        let text = format!("Name: {name}\nVersion: {version}\nX: {index}\n\n");
        fs_err::write(folder.join("METADATA"), text).unwrap();
        if !direct_url.is_empty() {
            fs_err::write(folder.join("direct_url.json"), direct_url).unwrap();
        }
    }
    let environment = Environment::of_folders(vec![root.path().to_path_buf()], (3, 11));
    let heard = Heard::default();
    let answer = freeze(&environment, request, &heard);
    (answer, heard.0.into_inner().unwrap())
}

#[track_caller]
fn check(distributions: &[(&str, &str)], request: &FreezeRequest, expected: &[&str]) {
    assert_eq!(run(distributions, request).0.unwrap().lines, expected);
}

#[test]
fn pins_are_sorted_and_normalised() {
    check(
        &[
            ("b 1.0.0", ""),
            ("A.x 2020.01.02", ""),
            ("C 1_weird_2", ""),
            ("_bad 1", ""),
        ],
        &FreezeRequest::default(),
        &["A.x==2020.1.2", "b==1.0.0", "C===1_weird_2"],
    );
}

#[test]
fn direct_urls() {
    let vcs = r#"{"url":"https://x.example/r","vcs_info":{"vcs":"git","commit_id":"ab"},"subdirectory":"s"}"#;
    let archive = r#"{"url":"https://x.example/a.zip","archive_info":{"hash":"sha256=cd"}}"#;
    let bare = r#"{"url":"https://x.example/b.zip","archive_info":{}}"#;
    check(
        &[("v 1", vcs), ("a 1", archive), ("b 1", bare), ("c 1", "{}")],
        &FreezeRequest::default(),
        &[
            "a @ https://x.example/a.zip#sha256=cd",
            "b @ https://x.example/b.zip",
            "c==1",
            "v @ git+https://x.example/r@ab#subdirectory=s",
        ],
    );
}

#[test]
fn credentials_and_dead_paths_are_warned_of() {
    let secret = r#"{"url":"https://me:pw@x.example/a.zip","archive_info":{}}"#;
    let dead = r#"{"url":"file:///nowhere/at/all","dir_info":{}}"#;
    let editable = r#"{"url":"file:///nowhere/e","dir_info":{"editable":true}}"#;
    let all = [
        ("a 1", secret),
        ("d 2", dead),
        ("e 3+x", editable),
        ("f 4+cu1", ""),
    ];
    let (freeze, warnings) = run(&all, &FreezeRequest::default());
    let lines = freeze.unwrap().lines;
    assert_eq!(
        lines,
        ["a @ https://x.example/a.zip", "d==2", "e==3+x", "f==4+cu1"]
    );
    let of = |project: &str| project.to_owned();
    let expected = [
        Warning::CredentialsRemoved { project: of("a") },
        Warning::DeadLocalPath {
            project: of("d"),
            path: of("/nowhere/at/all"),
        },
        Warning::DeadLocalPath {
            project: of("e"),
            path: of("/nowhere/e"),
        },
        Warning::LocalVersion {
            project: of("f"),
            version: of("4+cu1"),
        },
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn what_installs_is_left_out_unless_asked_for() {
    let all = [
        ("pip 1", ""),
        ("setuptools 1", ""),
        ("wheel 1", ""),
        ("wsgiref 1", ""),
    ];
    check(&all, &FreezeRequest::default(), &[]);
    let request = FreezeRequest {
        all: true,
        exclude: vec!["Wheel".parse().unwrap()],
        ..FreezeRequest::default()
    };
    check(&all, &request, &["pip==1", "setuptools==1"]);
}

fn with_file(text: &str) -> FreezeRequest {
    FreezeRequest {
        requirements: vec![RequirementsText {
            file: "r.txt".to_owned(),
            text: text.to_owned(),
        }],
        ..FreezeRequest::default()
    }
}

#[test]
fn the_order_of_a_file_is_kept() {
    let text = "# top\n\nB>=1  # why\n\n# top\n-r other.txt\nmissing\nb\npip\n";
    let request = with_file(text);
    let all = [("a 1", ""), ("B 2", ""), ("pip 3", "")];
    check(
        &all,
        &request,
        &[
            "# top",
            "",
            "B==2",
            "-r other.txt",
            "pip==3",
            "## The following requirements were added by pip freeze:",
            "a==1",
        ],
    );
    let warnings = run(&all, &request).1;
    assert!(
        matches!(&warnings[0], Warning::NotInstalled { requirement, .. } if requirement == "missing")
    );
}

#[test]
fn a_line_that_is_no_requirement_is_an_error() {
    match run(&[], &with_file("\nwhat is this\n")).0 {
        Err(FreezeError::Requirement { line, file, .. }) => {
            assert_eq!((line, file.as_str()), (2, "r.txt"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_undeclared_pkg_resources_is_warned_of() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = root.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    };
    write(
        "setuptools-1.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: setuptools\nVersion: 1\n",
    );
    write("pkg_resources/__init__.py", "");
    for (name, requires, module) in [
        ("bare", "", "import os\nimport pkg_resources\n"),
        (
            "said",
            "Requires-Dist: setuptools\n",
            "import pkg_resources\n",
        ),
        ("late", "", "def f():\n    import pkg_resources\n"),
    ] {
        let head = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{requires}\n");
        write(&format!("{name}-1.dist-info/METADATA"), &head);
        write(&format!("{name}-1.dist-info/top_level.txt"), name);
        write(&format!("{name}.py"), module);
    }
    let warnings = |version| {
        let environment = Environment::of_folders(vec![root.path().to_path_buf()], version);
        let heard = Heard::default();
        freeze(&environment, &FreezeRequest::default(), &heard).unwrap();
        heard.0.into_inner().unwrap()
    };
    let project = "bare".to_owned();
    assert_eq!(
        warnings((3, 11)),
        [Warning::UndeclaredPkgResources { project }]
    );
    assert_eq!(warnings((3, 12)), [], "setuptools is printed there");
}
