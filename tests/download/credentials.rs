//! Credentials go to the index they are for, and nowhere else: not into words, locks or logs.

use std::path::Path;

use wh_testing::sandbox::{Run, tree};
use wh_testing::{Fault, IndexFile, TestIndex};

use crate::bench::{Bench, LINUX, module, says};

const USER: &str = "keeper";
const PASSWORD: &str = "s3cr3t-w0rd";

/// An index that only the keeper may read.
fn guarded() -> Bench {
    let bench = Bench::app_and_lib();
    bench.index.misbehave("*", Fault::auth(USER, PASSWORD));
    bench
}

fn with_credentials(url: &str, password: &str) -> String {
    url.replace("http://", &format!("http://{USER}:{password}@"))
}

/// No output and no file below the folder (the cache among them) has the word.
#[track_caller]
fn assert_secret(bench: &Bench, run: &Run, word: &str) {
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(word), "{text}");
    }
    for folder in [bench.sandbox.work(), bench.sandbox.home()] {
        for path in tree(&folder) {
            if path.ends_with('/') || path.ends_with('@') || path == ".netrc" {
                continue;
            }
            let bytes = std::fs::read(folder.join(&path)).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(word), "{path} has the password");
        }
    }
}

fn run(bench: &Bench, index: &str, more: &[&str]) -> Run {
    let words = [
        "download",
        "app",
        "-i",
        index,
        "--target",
        LINUX,
        "--retries",
        "0",
        "-v",
    ];
    bench.sandbox.run([&words, more].concat())
}

#[test]
fn those_of_the_url_are_used_and_never_told() {
    let bench = guarded();
    let url = with_credentials(&bench.index.url(), PASSWORD);
    let run = run(&bench, &url, &["--report", "r.json", "--log", "log.txt"]).expect(0);
    assert!(bench.sandbox.path("log.txt").exists() && bench.sandbox.path("r.json").exists());
    assert_secret(&bench, &run, PASSWORD);
    assert_secret(&bench, &run, USER);
    assert_eq!(
        bench.lock().package("app")["index"].as_str(),
        Some(&*bench.index.url())
    );
}

#[test]
fn those_of_netrc_are_used_and_never_told() {
    let bench = guarded();
    let netrc = format!("machine 127.0.0.1\nlogin {USER}\npassword {PASSWORD}\n");
    std::fs::write(bench.sandbox.home().join(".netrc"), netrc).unwrap();
    let run = run(
        &bench,
        &bench.index.url(),
        &["--report", "r.json", "--log", "log.txt"],
    );
    assert_secret(&bench, &run.expect(0), PASSWORD);
}

#[test]
fn netrc_names_another_file() {
    let mut bench = guarded();
    let netrc = format!("machine 127.0.0.1 login {USER} password {PASSWORD}\n");
    let path = bench.sandbox.home().join("mine");
    std::fs::write(&path, netrc).unwrap();
    bench.sandbox.variable("NETRC", Path::new(&path));
    run(&bench, &bench.index.url(), &[]).expect(0);
}

/// `keyring get URL USER`, as pip asks it: a script in its place keeps what it was asked.
#[cfg(unix)]
#[test]
fn those_of_a_keyring_are_used_and_never_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut bench = guarded();
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> asked\n[ \"$1 $2 $3\" = \"get {} {USER}\" ] && echo {PASSWORD} && exit 0\n\
         echo nothing >&2; exit 1\n",
        bench.index.url()
    );
    let bin = bench.sandbox.home().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let command = bin.join("keyring");
    std::fs::write(&command, script).unwrap();
    std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o755)).unwrap();
    bench.sandbox.variable("PATH", &bin);
    let url = bench
        .index
        .url()
        .replace("http://", &format!("http://{USER}@"));
    run(&bench, &url, &[]).expect(3);
    assert!(!bench.sandbox.path("asked").exists(), "nobody asked for it");
    let more = [
        "--keyring-provider",
        "subprocess",
        "--log",
        "log.txt",
        "--json",
    ];
    let run = run(&bench, &url, &more).expect(0);
    assert_eq!(
        bench.sandbox.read("asked"),
        format!("get {} {USER}\n", bench.index.url())
    );
    std::fs::remove_file(&command).unwrap();
    assert_secret(&bench, &run, PASSWORD);
    let words = ["--keyring-provider", "subprocess"];
    let run = self::run(&bench, &url, &words).expect(2);
    says(&run, &["no `keyring` command", "hint:"]);
}

#[test]
fn wrong_ones_are_not_told_in_errors() {
    let bench = guarded();
    let url = with_credentials(&bench.index.url(), "wr0ng-w0rd");
    for more in [&["--log", "log.txt"][..], &["--json"], &["-vv"]] {
        let run = run(&bench, &url, more).expect(3);
        assert_secret(&bench, &run, "wr0ng-w0rd");
        assert!(run.stderr.contains("401") && run.stderr.contains("does not accept"));
    }
}

#[test]
fn none_at_all_says_where_to_put_them() {
    let bench = guarded();
    let run = run(&bench, &bench.index.url(), &[]).expect(3);
    says(&run, &["401", "wants credentials", "netrc"]);
}

#[test]
fn an_address_that_cannot_be_used_is_told_without_its_password() {
    let mut bench = Bench::new();
    for url in [
        format!("ftp://{USER}:{PASSWORD}@packages.example/simple/"),
        format!("http://{USER}:{PASSWORD}@[bad/simple/"),
        format!("http://{USER}:{PASSWORD}@packages.example:99999/"),
        // not encoded as it should be
        format!("http://{USER}:a/{PASSWORD}@packages.example/simple/"),
        format!("http://{USER}:a#{PASSWORD}@packages.example/simple/"),
        format!("http://{USER}:a b/{PASSWORD}'@packages.example/simple/"),
        format!("{USER}:{PASSWORD}@packages.example/simple/"),
    ] {
        let run = run(&bench, &url, &[]).expect(2);
        assert_secret(&bench, &run, PASSWORD);
    }
    // by git itself, where there is one: nobody listens there
    let git = format!("git+http://{USER}:{PASSWORD}@127.0.0.1:1/x.git");
    for path in ["/nowhere".to_owned(), std::env::var("PATH").unwrap()] {
        bench.sandbox.variable("PATH", path);
        let refused = bench.download(&[&git]).expect(3);
        assert_secret(&bench, &refused, PASSWORD);
    }
    let proxy = format!("http://{USER}:{PASSWORD}@[bad");
    let run = run(&bench, &bench.index.url(), &["--proxy", &proxy]).expect(2);
    assert_secret(&bench, &run, PASSWORD);
}

#[test]
fn those_of_a_direct_url_do_not_reach_the_lock() {
    let bench = Bench::new();
    bench.index.serve(
        "/d/lib-1.0-py3-none-any.whl",
        "application/zip",
        module("lib", "1.0").build(),
    );
    bench.index.misbehave("/d/*", Fault::auth(USER, PASSWORD));
    let url = with_credentials(&bench.index.url_of("/d/lib-1.0-py3-none-any.whl"), PASSWORD);
    let run = bench.download(&[
        &format!("lib @ {url}"),
        "--report",
        "r.json",
        "--log",
        "log.txt",
    ]);
    assert_secret(&bench, &run.expect(0), PASSWORD);
}

#[test]
fn those_in_a_requirements_file_are_not_told() {
    let bench = guarded();
    let url = with_credentials(&bench.index.url(), PASSWORD);
    let text = format!("--index-url {url}\napp\nnope\n");
    std::fs::write(bench.sandbox.home().join(".netrc"), "").unwrap();
    let input = bench.sandbox.write("r.txt", text);
    let words = ["download", "-r", "r.txt", "--target", LINUX, "-v"];
    let run = bench.sandbox.run(words).expect(1);
    std::fs::remove_file(input).unwrap();
    assert_secret(&bench, &run, PASSWORD);
}

/// An index that links to files elsewhere, or sends on, does not give the credentials away.
#[test]
fn another_host_does_not_get_them() {
    let files = TestIndex::start();
    files.serve(
        "/lib-1.0-py3-none-any.whl",
        "application/zip",
        module("lib", "1.0").build(),
    );
    let bench = Bench::new();
    // the same machine by another name is another host
    let elsewhere = files
        .url_of("/lib-1.0-py3-none-any.whl")
        .replace("127.0.0.1", "localhost");
    bench.index.add(
        IndexFile::wheel(&module("lib", "1.0"))
            .url(&elsewhere)
            .without_metadata(),
    );
    bench
        .index
        .misbehave("/simple/*", Fault::auth(USER, PASSWORD));
    let url = with_credentials(&bench.index.url(), PASSWORD);
    let words = ["download", "lib", "-i", &url, "--target", LINUX];
    bench.sandbox.run(words).expect(0);
    assert!(!files.requests().is_empty());
    for request in files.requests() {
        assert_eq!(request.header("authorization"), None);
    }

    let redirecting = Bench::new();
    redirecting.index.misbehave("*", Fault::redirect(elsewhere));
    let url = with_credentials(&redirecting.index.url(), PASSWORD);
    files.clear_log();
    let words = [
        "download",
        "lib",
        "-i",
        &url,
        "--target",
        LINUX,
        "--retries",
        "0",
    ];
    assert_ne!(redirecting.sandbox.run(words).status, Some(0));
    assert!(!files.requests().is_empty());
    for request in files.requests() {
        assert_eq!(request.header("authorization"), None);
    }
}
