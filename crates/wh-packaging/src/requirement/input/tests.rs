use super::*;

fn check(text: &str, expected: &str) {
    let shown = match parse_input(text, Path::new("/base/dir")) {
        Ok(Input::Named(requirement)) => requirement.to_string(),
        Ok(Input::Unnamed(found)) => {
            let editable = if found.editable { "-e " } else { "" };
            let extras: Vec<&str> = found.extras.iter().map(AsRef::as_ref).collect();
            format!("{editable}? {} {}", found.url, extras.join(","))
        }
        Err(error) => format!("{}: {error}", error.column),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn wheels_without_a_name_get_theirs() {
    let wheel = "foo-1.0-py3-none-any.whl";
    check(wheel, "foo @ file:///base/dir/foo-1.0-py3-none-any.whl");
    check(
        &format!("./{wheel}[a,b] ; os_name == 'nt'"),
        "foo[a,b] @ file:///base/dir/foo-1.0-py3-none-any.whl ; os_name == 'nt'",
    );
    check(
        &format!("../x/{wheel};os_name == 'nt'"),
        "foo @ file:///base/x/foo-1.0-py3-none-any.whl ; os_name == 'nt'",
    );
    check(
        &format!("https://h.example/{wheel}#sha256=ab"),
        "foo @ https://h.example/foo-1.0-py3-none-any.whl#sha256=ab",
    );
    check(
        &format!("file:///d/{wheel}"),
        &format!("foo @ file:///d/{wheel}"),
    );
    check(
        &format!("foo @ ./{wheel}"),
        &format!("foo @ file:///base/dir/{wheel}"),
    );
    check(
        &format!("file:{wheel}"),
        &format!("foo @ file:///base/dir/{wheel}"),
    );
}

#[test]
fn what_is_no_wheel_may_have_no_name() {
    check(".", "? file:///base/dir ");
    check("./dir[extra]", "? file:///base/dir/dir extra");
    check("file:///some/dir", "? file:///some/dir ");
    check("foo-1.0.tar.gz", "? file:///base/dir/foo-1.0.tar.gz ");
    check("-e .", "-e ? file:///base/dir ");
    check("-e ./dir[a]", "-e ? file:///base/dir/dir a");
    check(
        "--editable=git+https://h.example/r.git#egg=foo",
        "-e ? git+https://h.example/r.git#egg=foo ",
    );
    check(
        "https://h.example/download/12",
        "? https://h.example/download/12 ",
    );
}

#[test]
fn what_is_no_wheel_and_has_a_name() {
    check("foo @ ./dir", "foo @ file:///base/dir/dir");
    check(
        "foo @ https://h.example/foo-1.0.zip",
        "foo @ https://h.example/foo-1.0.zip",
    );
    check(
        "git+https://h.example/r.git@main#egg=foo[x]",
        "foo[x] @ git+https://h.example/r.git@main#egg=foo",
    );
    check(
        "foo @ git+ssh://git@h.example/r.git ; os_name == 'nt'",
        "foo @ git+ssh://git@h.example/r.git ; os_name == 'nt'",
    );
}

#[test]
fn what_leads_nowhere_is_an_error() {
    check(
        "-e foo",
        "0: only a folder or a version-control URL can be editable",
    );
    check(
        "foo @ git+https://h.example/r.git@-x",
        "0: `-x` is not a revision",
    );
    check(
        "./dir#subdirectory=../x",
        "0: the subdirectory `../x` does not stay inside",
    );
}

#[test]
fn requirements_are_requirements() {
    check(
        "foo[x]>=1,<2; os_name == 'a/b'",
        "foo[x]>=1,<2 ; os_name == 'a/b'",
    );
    check(
        "foo>=1.0.*",
        "3: `>=1.0.*` is not a version specifier: Operator >= cannot be used with a wildcard version specifier",
    );
}
