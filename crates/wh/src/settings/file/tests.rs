//! What is read of wh.toml.

use super::*;

fn keys() -> Vec<Key> {
    let key = |name: &str, kind, path| Key {
        name: name.to_owned(),
        kind,
        path,
    };
    vec![
        key("folder", Kind::One, true),
        key("find-links", Kind::Several, true),
        key("retries", Kind::One, false),
        key("pre", Kind::Switch, false),
        key("exclude-newer", Kind::One, false),
    ]
}

fn read(text: &str) -> Result<SettingsFile, String> {
    let path = Path::new("/p/wh.toml");
    SettingsFile::parse(path, text, &keys()).map_err(|failure| {
        let hints = failure.hints();
        format!("{failure} | {}", hints.join(""))
    })
}

fn check_fault(text: &str, expected: &str) {
    let found = read(text).map(|_| ()).unwrap_err();
    assert!(found.contains(expected), "{found}");
}

#[test]
fn paths_are_relative_to_the_file() {
    let file = read("folder = 'w'\nfind-links = ['vendor', 'https://l.example/', '/abs']\ntargets = ['cp312-linux', 'plant.json']\nrequirement-files = 'a/r.txt'\npre = false\nretries = 3\n").unwrap();
    let given: Vec<String> = file.options.iter().map(ToString::to_string).collect();
    assert_eq!(
        given,
        [
            "--dest /p/w (/p/wh.toml:1)",
            "--find-links /p/vendor https://l.example/ /abs (/p/wh.toml:2)",
            "--retries 3 (/p/wh.toml:6)",
        ]
    );
    assert_eq!(file.targets, ["cp312-linux", "/p/plant.json"]);
    assert_eq!(file.requirement_files, ["/p/a/r.txt"]);
}

#[test]
fn indexes_in_order() {
    let file = read("[[index]]\nname = 'corp'\nurl = 'https://c.example/simple'\nprojects = ['corp-*', 'Other']\nexclude-newer = false\n[[index]]\nname='b'\nurl='https://b.example/'\n").unwrap();
    assert_eq!(file.indexes[0].url.as_str(), "https://c.example/simple/");
    assert_eq!(file.indexes[0].exclude_newer, IndexCutOff::Exempt);
    assert_eq!(file.indexes[0].projects, ["corp-*", "Other"]);
    assert_eq!(file.indexes[1].exclude_newer, IndexCutOff::AsTheRun);
}

#[test]
fn faults_name_line_and_key() {
    check_fault(
        "\nfoldr = 'x'\n",
        "/p/wh.toml:2: there is no key `foldr` | did you mean `folder`?",
    );
    check_fault("retries = []\n", "/p/wh.toml:1: `retries` is array");
    check_fault("a =\n", "/p/wh.toml:1: ");
    check_fault("[[index]]\nname = 'a'\nurl = 'x'\n", ":3: `index[0].url`");
    check_fault(
        "[[index]]\nname = 'a'\nurl = 'https://x'\nproject = 'b'\n",
        "did you mean `projects`?",
    );
    check_fault(
        "[[index]]\nname = 'a-b'\nurl = 'https://x'\n[[index]]\nname = 'A.b'\nurl = 'https://y'\n",
        ":4: `index[1]` is named `A.b`",
    );
    check_fault(
        "[build-requires]\nx = ['numpy>>2']\n",
        ":2: `build-requires.x[0]`",
    );
}
