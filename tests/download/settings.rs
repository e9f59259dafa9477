//! `wh.toml`, pip's own settings, and which of them comes first.

use wh_testing::{Fault, Sandbox, TestIndex};

use crate::bench::{Bench, Lock, module};

/// A bench whose `wh.toml` asks `app`, with an index that has what `app` needs; more lines besides.
fn with_settings(more: &str) -> Bench {
    let bench = Bench::app_and_lib();
    let text = format!(
        "requirements = ['app']\ntargets = ['cp312-linux']\nfolder = 'out'\nretries = 0\nindex-url = '{}'\n{more}",
        bench.index.url()
    );
    bench.sandbox.write("wh.toml", text);
    bench
}

fn lock(bench: &Bench, path: &str) -> Vec<String> {
    Lock::read(&bench.sandbox.path(path)).versions()
}

#[test]
fn a_download_with_nothing_said_takes_what_the_file_says() {
    let bench = with_settings("");
    let run = bench.sandbox.run(["download", "-v"]).expect(0);
    assert_eq!(lock(&bench, "out/pylock.toml"), ["app 1.0", "lib 2.0"]);
    let place = format!("({}:3)", bench.sandbox.path("wh.toml").display());
    let told = run.stderr.lines().find(|line| line.contains("--dest"));
    assert!(told.unwrap().ends_with(&place), "{}", run.stderr);
}

#[test]
fn the_file_is_found_upwards_and_paths_are_its_own() {
    let bench = with_settings("requirement-files = ['r/more.txt']\n");
    bench.sandbox.write("r/more.txt", "lib<2\n");
    bench.sandbox.write("deep/down/x", "");
    let mut command = bench.sandbox.command(["download"]);
    command.current_dir(bench.sandbox.path("deep/down"));
    wh_testing::sandbox::finish(command).expect(0);
    assert_eq!(lock(&bench, "out/pylock.toml"), ["app 1.0", "lib 1.0"]);
}

#[test]
fn what_is_typed_comes_first_then_variables_then_the_file_then_pip() {
    let mut bench = with_settings("");
    bench
        .sandbox
        .run(["download", "lib<2", "-d", "typed"])
        .expect(0);
    assert_eq!(lock(&bench, "typed/pylock.toml"), ["lib 1.0"]);
    bench.sandbox.variable("WH_DEST", "variable");
    bench
        .sandbox
        .variable("PIP_INDEX_URL", "http://127.0.0.1:9/");
    bench.sandbox.run(["download"]).expect(0);
    assert_eq!(lock(&bench, "variable/pylock.toml"), ["app 1.0", "lib 2.0"]);
    let run = bench.sandbox.run(["download", "-i", "http://127.0.0.1:9/"]);
    run.expect(3);
}

#[test]
fn pip_says_where_from_where_nothing_else_does() {
    let bench = Bench::app_and_lib();
    let conf = format!(
        "[global]\nindex-url = {}\n\n[download]\nretries = 0\n",
        bench.index.url()
    );
    bench.sandbox.write("pip.conf", conf);
    let download = |words: &[&str]| {
        let all = [&["download", "--target", "cp312-linux"], words].concat();
        let mut command = bench.sandbox.command(all);
        command.env("PIP_CONFIG_FILE", bench.sandbox.path("pip.conf"));
        wh_testing::sandbox::finish(command)
    };
    download(&["app"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
    // a requirements file that names an index was told more
    bench
        .sandbox
        .write("r.txt", "-i http://127.0.0.1:9/\nlib\n");
    download(&["-r", "r.txt"]).expect(3);
}

#[test]
fn a_key_that_nobody_knows_is_an_error_with_its_place() {
    let bench = with_settings("\nfind-link = ['vendor']\n");
    let run = bench.sandbox.run(["download"]).expect(2);
    let place = format!(
        "{}:7: there is no key `find-link`",
        bench.sandbox.path("wh.toml").display()
    );
    assert!(run.stderr.contains(&place), "{}", run.stderr);
    assert!(
        run.stderr.contains("hint: did you mean `find-links`?"),
        "{}",
        run.stderr
    );
    // other commands are not held up by it
    bench.sandbox.run(["target", "cp312-linux"]).expect(0);
    bench.sandbox.run(["freeze", "--path", "."]).expect(0);
}

#[test]
fn a_value_that_no_option_takes_is_an_error_with_its_place() {
    let bench = with_settings("jobs = 'many'\n");
    let run = bench.sandbox.run(["download"]).expect(2);
    let place = format!(
        "{}:6: invalid value 'many'",
        bench.sandbox.path("wh.toml").display()
    );
    assert!(run.stderr.contains(&place), "{}", run.stderr);
}

/// A public index that has `corp-lib` 99 of a stranger, and an own one with 1.0.
fn confusion(projects: &str) -> (Bench, TestIndex) {
    let bench = Bench::with(&[
        module("corp-lib", "99.0"),
        module("app", "1.0").requires("corp-lib"),
    ]);
    let own = TestIndex::start();
    let text = format!(
        "requirements = ['app']\ntargets = ['cp312-linux']\nretries = 0\nindex-url = '{}'\n\n[[index]]\nname = 'corp'\nurl = '{}'\nprojects = {projects}\n",
        bench.index.url(),
        own.url(),
    );
    bench.sandbox.write("wh.toml", text);
    (bench, own)
}

#[test]
fn a_project_of_one_index_comes_from_nowhere_else() {
    let (bench, own) = confusion("['corp-*']");
    own.add_wheel(&module("corp-lib", "1.0"));
    own.add_wheel(&module("app", "7.0"));
    for strategy in ["first-index", "best-match"] {
        bench
            .sandbox
            .run(["download", "--index-strategy", strategy])
            .expect(0);
        assert_eq!(bench.lock().versions(), ["app 1.0", "corp-lib 1.0"]);
    }
    let page = |project: &str| format!("/simple/{project}/");
    assert_eq!(
        bench.index.count(&page("corp-lib")),
        0,
        "nobody else is told the name"
    );
    assert_eq!(own.count(&page("app")), 0, "it has no other project");
}

#[test]
fn a_project_that_its_index_lacks_is_not_looked_for_elsewhere() {
    let (bench, _own) = confusion("['corp-lib']");
    let run = bench.sandbox.run(["download"]).expect(1);
    assert!(run.stderr.contains("corp-lib"), "{}", run.stderr);
    bench.assert_nothing_kept();
}

#[test]
fn credentials_of_a_named_index_come_from_variables() {
    let (mut bench, own) = confusion("['corp-lib']");
    own.add_wheel(&module("corp-lib", "1.0"));
    own.misbehave("*", Fault::auth("me", "s3cret"));
    let run = bench.sandbox.run(["download"]).expect(3);
    assert!(run.stderr.contains("401"), "{}", run.stderr);
    bench.sandbox.variable("WH_INDEX_CORP_USERNAME", "me");
    bench.sandbox.variable("WH_INDEX_CORP_PASSWORD", "s3cret");
    let run = bench.sandbox.run(["download", "-v"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "corp-lib 1.0"]);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    assert!(!bench.sandbox.read("wheels/pylock.toml").contains("s3cret"));
}

#[test]
fn init_writes_down_what_it_sees_and_never_over_a_file() {
    let bench = Bench::app_and_lib();
    bench.sandbox.write("requirements.txt", "app\n");
    bench
        .sandbox
        .run(["init", "--target", "cp312-linux"])
        .expect(0);
    let text = bench.sandbox.read("wh.toml");
    assert!(
        text.contains("\nrequirement-files = [\"requirements.txt\"]\n"),
        "{text}"
    );
    assert!(text.contains("\ntargets = [\"cp312-linux\"]\n"), "{text}");
    bench
        .sandbox
        .run(["download", "-i", &bench.index.url()])
        .expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
    let run = bench.sandbox.run(["init"]).expect(1);
    assert!(run.stderr.contains("is there already"), "{}", run.stderr);
    assert_eq!(bench.sandbox.read("wh.toml"), text);
}

#[test]
fn what_init_only_mentions_is_understood_too() {
    let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_wh"));
    sandbox
        .run(["init", "app", "--target", "cp312-linux"])
        .expect(0);
    // each setting that is a comment, as if it were none
    let text = sandbox.read("wh.toml");
    let mentioned: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix("# ").unwrap_or(line))
        .filter(|line| line.starts_with('[') || line.split(' ').nth(1) == Some("="))
        // these ask for files that are not there
        .filter(|line| {
            !["find-links", "extras", "groups"]
                .iter()
                .any(|key| line.starts_with(key))
        })
        .collect();
    assert!(mentioned.len() > 8, "{text}");
    sandbox.write("wh.toml", mentioned.join("\n") + "\n");
    let run = sandbox.run(["download", "--no-index"]).expect(1);
    assert!(
        run.stderr.contains("you require app (wh.toml:1)"),
        "{}",
        run.stderr
    );
}
