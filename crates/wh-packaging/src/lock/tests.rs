//! Locks as a whole: read, written, selected from.

use super::*;
use crate::requirement::parse_marker;
use crate::target::Target;

const FULL: &str = r#"lock-version = "1.0"
environments = [
    "python_version == '3.12' and sys_platform == 'linux'",
    "python_version == '3.12' and sys_platform == 'win32'",
]
requires-python = ">=3.12"
created-by = "wh"

[[packages]]
name = "colorama"
version = "0.4.6"
marker = "sys_platform == 'win32'"
index = "https://index.example/simple/"
wheels = [
    { name = "colorama-0.4.6-py3-none-any.whl", upload-time = 2022-10-25T02:36:20.5Z, url = "https://index.example/c.whl", path = "colorama-0.4.6-py3-none-any.whl", size = 25335, hashes = { sha256 = "4f" } },
]

[[packages]]
name = "foo"
version = "1.0+cpu"
dependencies = [
    { name = "bar" },
    { name = "colorama", version = "0.4.6" },
]
archive = { path = "foo-1.0+cpu-py3-none-any.whl", hashes = { sha256 = "aa" } }

[[packages]]
name = "numpy"
version = "2.0"
requires-python = ">=3.9"
sdist = { name = "numpy-2.0.tar.gz", url = "https://index.example/numpy-2.0.tar.gz", hashes = { md5 = "11", sha256 = "22" } }
wheels = [
    { name = "numpy-2.0-cp312-cp312-manylinux_2_17_x86_64.whl", path = "w/numpy.whl", hashes = { sha256 = "33" } },
    { name = "numpy-2.0-cp312-cp312-win_amd64.whl", path = "w/numpy-win.whl", hashes = { sha256 = "44" } },
]

[tool.wh]
requirements = [
    "foo @ ./foo.whl",
    'numpy>=1 ; python_version < "4"',
]
no-deps = true

[[tool.wh.targets]]
name = "cp312-manylinux_2_28_x86_64"

[tool.wh.files]
"numpy-2.0-cp312-cp312-win_amd64.whl" = { yanked = "bad", record-verified = true }
"#;

#[test]
fn what_is_written_is_what_was_read() {
    let lock = Lock::parse(FULL).unwrap();
    assert_eq!(lock.to_toml(), FULL);
    assert_eq!(lock.packages[0].wheels[0].size, Some(25335));
    assert_eq!(
        lock.packages[1].archive.as_ref().unwrap().name,
        "foo-1.0+cpu-py3-none-any.whl"
    );
    assert_eq!(
        lock.tool.unwrap().targets[0].to_target().unwrap().name,
        "cp312-manylinux_2_28_x86_64"
    );
}

#[test]
fn targets_come_back_in_full() {
    let mut target = Target::from_name("cp312-win_amd64").unwrap();
    target.name = "the \"plant\"".to_owned();
    target.markers.platform_release = Some("10".to_owned());
    target.exact = true;
    let mut lock = Lock::new("wh");
    lock.tool = Some(LockTool {
        targets: vec![LockTarget::of(&target)],
        ..LockTool::default()
    });
    let read = Lock::parse(&lock.to_toml()).unwrap();
    assert_eq!(read, lock);
    assert_eq!(read.tool.unwrap().targets[0].to_target().unwrap(), target);
}

fn with_package(body: &str) -> String {
    format!("lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'foo'\n{body}")
}

#[test]
fn faults_are_named_with_their_place() {
    let check = |text: &str, expected: &str| {
        let error = Lock::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    let wheel = "name = 'foo-1-py3-none-any.whl'";
    check("x = ", "line 1: ");
    check("created-by = 'x'", "`lock-version` is missing");
    check("lock-version = '2.0'", "lock-version 2.0 is not supported");
    check(
        "lock-version = '1.0'\ncreated-by = 1",
        "line 2: created-by: is integer",
    );
    check(
        "lock-version = '1.0'\ncreated-by = 'x'",
        "`packages` is missing",
    );
    check(&with_package(""), "line 3: packages[0]: none of wheels");
    check(
        &with_package("version = '?'"),
        "line 5: packages[0].version",
    );
    check(&with_package("marker = 'what'"), "packages[0].marker");
    check(
        &with_package("name2 = 1\n").replace("'foo'", "'Foo'"),
        "line 4: packages[0].name",
    );
    check(
        &with_package(&format!("wheels = [{{{wheel}}}]")),
        "packages[0].wheels[0]: neither",
    );
    check(
        &with_package(&format!("wheels = [{{{wheel}, path = 'x'}}]")),
        "`hashes` is missing",
    );
    check(
        &with_package(&format!(
            "wheels = [{{{wheel}, path = 'x', hashes = {{}}}}]"
        )),
        "no hash",
    );
    let full = "path = 'x', hashes = {sha256 = 'aa'}";
    check(
        &with_package(&format!("version = '2'\nwheels = [{{{wheel}, {full}}}]")),
        "not a wheel of this project and version",
    );
    check(
        &with_package(&format!(
            "directory = {{path = '.'}}\nwheels = [{{{wheel}, {full}}}]"
        )),
        "more than one kind of source",
    );
    check(
        &with_package(&format!("sdist = {{name = 'bar-1.tar.gz', {full}}}")),
        "not an sdist",
    );
    check(
        &with_package("archive = {path = 'a', size = -1, hashes = {sha256 = 'aa'}}"),
        "size: is integer",
    );
}

#[test]
fn paths_stay_below_the_lock() {
    for path in [
        "",
        "/etc/x.whl",
        "../x.whl",
        "a/../x.whl",
        "a/..",
        "C:x.whl",
        "a\\x.whl",
        "x.whl:s",
    ] {
        let body = format!("archive = {{path = '{path}', hashes = {{sha256 = 'aa'}}}}");
        let error = Lock::parse(&with_package(&body)).unwrap_err().to_string();
        assert!(error.contains("below the folder"), "{path}: {error}");
    }
    let body = "archive = {url = 'https://h/..', hashes = {sha256 = 'aa'}}";
    let error = Lock::parse(&with_package(body)).unwrap_err().to_string();
    assert!(error.contains("not the name of a file"), "{error}");
}

fn selected(lock: &Lock, target: &str) -> Result<Vec<String>, SelectError> {
    let target = Target::from_name(target).unwrap();
    let selected = lock.select(&target)?;
    Ok(selected.iter().map(|s| s.file.name.clone()).collect())
}

#[test]
fn selects_by_marker_and_tag() {
    let lock = Lock::parse(FULL).unwrap();
    assert_eq!(
        selected(&lock, "cp312-linux").unwrap(),
        [
            "foo-1.0+cpu-py3-none-any.whl",
            "numpy-2.0-cp312-cp312-manylinux_2_17_x86_64.whl"
        ]
    );
    assert_eq!(
        selected(&lock, "cp312-windows").unwrap(),
        [
            "colorama-0.4.6-py3-none-any.whl",
            "foo-1.0+cpu-py3-none-any.whl",
            "numpy-2.0-cp312-cp312-win_amd64.whl"
        ]
    );
    // no wheel loads there: the sdist
    assert_eq!(
        selected(&lock, "cp312-musllinux_1_2_x86_64").unwrap()[1],
        "numpy-2.0.tar.gz"
    );
    let target = Target::from_name("cp312-musllinux_1_2_x86_64").unwrap();
    assert_eq!(lock.select(&target).unwrap()[1].kind, SelectedKind::Sdist);
}

#[test]
fn a_target_without_patch_release_carries_what_later_ones_take() {
    let wheel = |version: &str| {
        format!(
            "[[packages]]\nname = 'a'\nversion = '{version}'\nmarker = \"MARKER\"\n\
             wheels = [{{name = 'a-{version}-py3-none-any.whl', path = \"a\", \
             hashes = {{sha256 = 'aa'}}}}]\n"
        )
    };
    let check = |markers: [&str; 2], target: &str, expected: &[&str]| {
        let mut text = "lock-version = '1.0'\ncreated-by = 'x'\n".to_owned();
        for (version, marker) in ["1", "2"].into_iter().zip(markers) {
            text.push_str(&wheel(version).replace("MARKER", marker));
        }
        let lock = Lock::parse(&text).unwrap();
        let expected: Vec<String> = expected
            .iter()
            .map(|version| format!("a-{version}-py3-none-any.whl"))
            .collect();
        assert_eq!(selected(&lock, target).unwrap(), expected, "{target}");
    };
    let (early, late) = (
        "python_full_version < '3.12.4'",
        "python_full_version >= '3.12.4'",
    );
    check([late, "os_name == 'x'"], "cp312-windows", &["1"]);
    check([late, "os_name == 'x'"], "3.12.3-win_amd64", &[]);
    check([late, "os_name == 'x'"], "cp311-windows", &[]);
    // of two entries of a project the one for X.Y.0
    check([late, early], "cp312-windows", &["2"]);
    check([late, early], "3.12.4-win_amd64", &["1"]);
}

#[test]
fn says_why_it_has_nothing() {
    let mut lock = Lock::parse(FULL).unwrap();
    match selected(&lock, "cp312-macos").unwrap_err() {
        SelectError::NotForThisEnvironment { environments } => {
            assert_eq!(environments, lock.environments);
        }
        other => panic!("{other}"),
    }
    lock.environments.clear();
    assert!(matches!(
        selected(&lock, "cp311-linux").unwrap_err(),
        SelectError::RequiresPython { name: None, .. }
    ));
    lock.packages[2].sdist = None;
    match selected(&lock, "cp312-macos").unwrap_err() {
        SelectError::NoFile { name, files, .. } => {
            assert_eq!((name.as_ref(), files.len()), ("numpy", 2));
        }
        other => panic!("{other}"),
    }
    lock.packages[2].marker = Some("platform_release >= '5'".to_owned());
    assert!(matches!(
        selected(&lock, "cp312-linux").unwrap_err(),
        SelectError::Undecided { name: Some(name), .. } if name.as_ref() == "numpy"
    ));
    lock.packages[2] = lock.packages[1].clone();
    assert!(matches!(
        selected(&lock, "cp312-linux").unwrap_err(),
        SelectError::Ambiguous { name } if name.as_ref() == "foo"
    ));
    lock.packages[1].marker = Some("'x' in extras".to_owned());
    assert_eq!(selected(&lock, "cp312-linux").unwrap().len(), 1);
    lock.environments = vec![parse_marker("platform_version == 'x'").unwrap()];
    assert!(matches!(
        selected(&lock, "cp312-linux").unwrap_err(),
        SelectError::Undecided { name: None, .. }
    ));
}

#[test]
fn groups_are_the_default_ones() {
    let body = "marker = \"'dev' in dependency_groups\"\n\
        archive = {path = 'a.whl', hashes = {sha256 = 'aa'}}";
    let text = with_package(body);
    assert!(
        selected(&Lock::parse(&text).unwrap(), "cp312-linux")
            .unwrap()
            .is_empty()
    );
    let text = format!("default-groups = ['Dev']\n{text}");
    assert_eq!(
        selected(&Lock::parse(&text).unwrap(), "cp312-linux").unwrap(),
        ["a.whl"]
    );
}
