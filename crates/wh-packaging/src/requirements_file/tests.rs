//! Requirements files as a whole.

use std::collections::BTreeMap;

use super::*;

/// Loads `main.txt` of these files.
fn load(files: &[(&str, &str)]) -> Result<RequirementsFile, RequirementsFileError<String>> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut read = |name: &str| {
        let text = files.get(name).map(|text| (*text).to_owned());
        text.ok_or_else(|| format!("no {name}"))
    };
    let variable = |name: &str| (name == "TOKEN").then(|| "s3cret".to_owned());
    Loader {
        read: &mut read,
        variable: &variable,
        base: Path::new("/base"),
    }
    .requirements("main.txt")
}

fn shown(entries: &[Entry]) -> Vec<String> {
    entries
        .iter()
        .map(|entry| match &entry.input {
            Input::Named(requirement) => format!("{} {requirement}", entry.place),
            Input::Unnamed(found) => format!("{} ? {}", entry.place, found.url),
        })
        .collect()
}

#[test]
fn reads_requirements() {
    let text = "# comment\n\nfoo>=1 # why\nbar[x] \\\n  ==2 \\\n# inner\nbaz#no-comment.whl\n-e .\n\
        a-1-py3-none-any.whl\n";
    let error = load(&[("main.txt", text)]).unwrap_err();
    assert!(error.to_string().starts_with("main.txt:7:1: "), "{error}");
    let found = load(&[("main.txt", &text.replace("baz#no-comment.whl", "baz"))]).unwrap();
    assert_eq!(
        shown(&found.requirements),
        [
            "main.txt:3 foo>=1",
            "main.txt:4 bar[x]==2",
            "main.txt:7 baz",
            "main.txt:8 ? file:///base",
            "main.txt:9 a @ file:///base/a-1-py3-none-any.whl",
        ]
    );
    assert_eq!(found.requirements[0].root().unwrap().origin, "main.txt:3");
}

#[test]
fn keeps_secrets_out_of_the_text() {
    let text =
        "foo @ https://me:${TOKEN}@h.example/foo-1-py3-none-any.whl\nbar; os_name == '${NO}'";
    let found = load(&[("main.txt", text)]).unwrap();
    let first = &found.requirements[0];
    assert!(
        first
            .requirement()
            .unwrap()
            .to_string()
            .contains("me:s3cret@")
    );
    assert!(first.text.contains("${TOKEN}"));
    assert!(found.requirements[1].text.contains("${NO}"));
}

#[test]
fn reads_options() {
    let text = "-i https://a.example/ --extra-index-url=https://b.example/\n--no-index\n\
        -f./links\n--find-links 'a folder'\n--pre\n--only-bin :all:\n--trusted-host \"h:1\"\n\
        foo==1 --hash=sha256:AA --hash sha512:bb --config-settings k=v\n";
    let found = load(&[("main.txt", text)]).unwrap();
    let options: Vec<_> = found
        .options
        .iter()
        .map(|o| (o.name, o.value.as_str(), o.place.line))
        .collect();
    use OptionName::*;
    assert_eq!(
        options,
        [
            (IndexUrl, "https://a.example/", 1),
            (ExtraIndexUrl, "https://b.example/", 1),
            (NoIndex, "", 2),
            (FindLinks, "./links", 3),
            (FindLinks, "a folder", 4),
            (Pre, "", 5),
            (OnlyBinary, ":all:", 6),
            (TrustedHost, "h:1", 7),
        ]
    );
    let foo = &found.requirements[0];
    assert_eq!(foo.text, "foo==1");
    assert_eq!(foo.hashes[0], Hashes::sha256_only("aa"));
    assert_eq!(foo.hashes[1].get("sha512"), Some("bb"));
    assert_eq!(foo.config_settings, ["k=v"]);
}

#[test]
fn follows_nested_files() {
    let found = load(&[
        (
            "main.txt",
            "-r sub/a.txt\n-c limits.txt\nlast\n-r https://h.example/x/r.txt\n",
        ),
        ("sub/a.txt", "-r b.txt\n-r ../limits.txt\n"),
        ("sub/b.txt", "b"),
        ("limits.txt", "c<3\n"),
        ("https://h.example/x/r.txt", "-r ../y.txt"),
        ("https://h.example/y.txt", "y"),
    ])
    .unwrap();
    assert_eq!(
        shown(&found.requirements),
        [
            "sub/b.txt:1 b",
            "limits.txt:1 c<3",
            "main.txt:3 last",
            "https://h.example/y.txt:1 y"
        ]
    );
    assert_eq!(shown(&found.constraints), ["limits.txt:1 c<3"]);
}

#[test]
fn says_what_is_wrong_and_where() {
    let check = |files: &[(&str, &str)], expected: &str| {
        let error = load(files).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(&[("main.txt", "ok\n\nfoo>=x")], "main.txt:3:4: ");
    check(
        &[("main.txt", "foo --what")],
        "main.txt:1:5: there is no option --what",
    );
    check(
        &[("main.txt", "--no=x")],
        "main.txt:1:1: --no may mean --no-index or --no-binary",
    );
    check(
        &[("main.txt", "--hash=md5:aa")],
        "main.txt:1:1: --hash=md5:aa is not",
    );
    check(&[("main.txt", "-r")], "main.txt:1:1: -r needs a value");
    check(&[("main.txt", "-f 'x")], "main.txt:1:1: a quote");
    let missing = "main.txt:1: `none.txt` cannot be read";
    check(&[("main.txt", "-r none.txt")], missing);
    check(
        &[
            ("main.txt", "-r a.txt"),
            ("a.txt", "\n-r ./sub/../main.txt"),
        ],
        "a.txt:2: `main.txt` is included by itself",
    );
    let twice = "-r b.txt\n-r b.txt\n";
    let many: Vec<(String, String)> = (0..30)
        .map(|i| {
            (
                format!("f{i}.txt"),
                twice.replace('b', &format!("f{}", i + 1)),
            )
        })
        .chain([("main.txt".to_owned(), "-r f0.txt".to_owned())])
        .chain([("f30.txt".to_owned(), String::new())])
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let error = load(&many).unwrap_err().to_string();
    assert!(error.contains("too many files"), "{error}");
}

#[test]
fn decodes_what_editors_write() {
    let check = |bytes: &[u8], expected: &str| assert_eq!(decode(bytes).unwrap(), expected);
    check(b"foo", "foo");
    check(b"\xef\xbb\xbffoo", "foo");
    check(b"\xff\xfef\0o\0", "fo");
    check(b"\xfe\xff\0f\0o", "fo");
    check(b"\xff\xfe\0\0f\0\0\0", "f");
    check(
        b"# -*- coding: latin-1 -*-\n\xe9",
        "# -*- coding: latin-1 -*-\n\u{e9}",
    );
    for bytes in [&b"\xe9"[..], b"\xff\xfef", b"# coding=klingon"] {
        assert!(decode(bytes).is_err());
    }
}
