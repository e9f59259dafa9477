//! What is read of pyproject.toml.

use super::*;

const TEXT: &str = r#"
[project]
name = "My.App"
requires-python = ">=3.10"
dependencies = ["httpx>=0.27"]

[project.optional-dependencies]
Test_x = ["pytest"]
all = ["my-app[test-x]", "rich"]

[dependency-groups]
Dev = ["first", {include-group = "lint"}, "last"]
lint = ["ruff"]
one = [{include-group = "two"}]
two = [{include-group = "one"}]
broken = [{include-group = "gone"}]
"#;

fn check(extras: Option<&[&str]>, all: bool, groups: &[&str], expected: &[&str]) {
    let names = |all: &[&str]| -> Vec<ExtraName> {
        all.iter().map(|name| extra_name(name).unwrap()).collect()
    };
    let extras = extras.map(names);
    let wanted = Wanted {
        project: extras.as_deref(),
        all_extras: all,
        groups: &names(groups),
    };
    let found = PyProject::parse(TEXT).unwrap().requirements(&wanted);
    let found: Vec<String> = match found {
        Ok(lines) => lines
            .iter()
            .map(|line| format!("{}:{}", line.line, line.requirement))
            .collect(),
        Err(error) => vec![error.to_string()],
    };
    assert_eq!(found, expected);
}

#[test]
fn the_project_its_extras_and_groups() {
    check(Some(&[]), false, &[], &["5:httpx>=0.27"]);
    check(
        Some(&["test.x"]),
        false,
        &[],
        &["5:httpx>=0.27", "8:pytest"],
    );
    check(
        Some(&["all"]),
        false,
        &[],
        &["5:httpx>=0.27", "8:pytest", "9:rich"],
    );
    check(
        Some(&[]),
        true,
        &[],
        &["5:httpx>=0.27", "8:pytest", "9:rich"],
    );
    check(None, false, &["dev"], &["12:first", "13:ruff", "12:last"]);
}

#[test]
fn what_is_not_there_or_without_end() {
    check(Some(&["gone"]), false, &[], &["it has no extra `gone`"]);
    check(
        None,
        false,
        &["gone"],
        &["it has no dependency group `gone`"],
    );
    check(
        None,
        false,
        &["broken"],
        &["it has no dependency group `gone`, which `broken` includes"],
    );
    check(
        None,
        false,
        &["one"],
        &["its dependency groups include each other without end: one > two > one"],
    );
}

#[test]
fn what_only_a_backend_knows_is_refused() {
    let text = "[project]\nname='a'\ndynamic=['dependencies']\n";
    let found = PyProject::parse(text).unwrap();
    let project = Wanted {
        project: Some(&[]),
        ..Wanted::default()
    };
    let error = found.requirements(&project).unwrap_err();
    assert_eq!(error, PyProjectError::Dynamic("dependencies"));
    let none = PyProject::parse("[tool.poetry]\nname = 'a'\n").unwrap();
    let error = none.requirements(&project).unwrap_err();
    assert_eq!(error, PyProjectError::NoProject);
}

#[test]
fn faults_name_their_line() {
    for (text, expected) in [
        (
            "[project]\nname='a'\ndependencies=['b>>1']\n",
            "line 3: project.dependencies[0]",
        ),
        (
            "[dependency-groups]\na=[{include='b'}]\n",
            "line 2: dependency-groups.a[0].include",
        ),
        (
            "[dependency-groups]\na-b=[]\na_b=[]\n",
            "line 3: dependency-groups",
        ),
        (
            "[dependency-groups]\na=[1]\n",
            "line 2: dependency-groups.a[0]",
        ),
    ] {
        let error = PyProject::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
