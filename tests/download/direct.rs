//! Requirements that no index has: repositories, folders and archives of source, by URL and path.
//! What they are is told without running any of it, and the lock says where each came from.

use std::process::Command;

use wh_testing::sandbox::{finish, skipped};
use wh_testing::{Repository, SdistBuilder};

use crate::bench::{Bench, LINUX, module, says};

/// A project whose metadata is static, and whose backend must not be run.
fn project(name: &str, version: &str, more: &str) -> String {
    format!(
        "[project]\nname = '{name}'\nversion = '{version}'\n{more}\n\
         [build-system]\nrequires = []\nbuild-backend = 'own'\nbackend-path = ['.']\n"
    )
}

const BACKEND: &str = "raise SystemExit('I was run')\n";

/// A bench where git is found.
fn bench() -> Bench {
    let mut bench = Bench::with(&[module("lib", "1.0")]);
    let path = std::env::var("PATH").unwrap_or_default();
    bench.sandbox.variable("PATH", path);
    bench
}

fn repository(bench: &Bench) -> Option<(Repository, String)> {
    let repository = Repository::new(bench.sandbox.home().join("repo"))?;
    let text = project("app", "1.0", "dependencies = ['lib']");
    let commit = repository.commit(&[
        ("below/pyproject.toml", &text),
        ("below/own.py", BACKEND),
        ("top.txt", "x"),
    ]);
    repository.git(&["tag", "-a", "-m", "one", "v1"]);
    let two = project("app", "2.0", "");
    repository.commit(&[("below/pyproject.toml", &two)]);
    Some((repository, commit))
}

#[test]
fn a_repository_is_pinned_to_its_commit_and_what_travels_is_an_archive() {
    let bench = bench();
    let Some((repository, commit)) = repository(&bench) else {
        return;
    };
    let asked = format!("app @ {}@v1#subdirectory=below", repository.url());
    let run = bench.download(&[&asked]).expect(0);
    says(&run, &["Cloning", "own, it needs nothing besides"]);
    let all = ["app-1.0.tar.gz", "lib-1.0-py3-none-any.whl", "pylock.toml"];
    assert_eq!(bench.wheels(), all);
    let lock = bench.lock();
    let app = lock.package("app");
    assert_eq!(app["archive"]["path"].as_str(), Some("app-1.0.tar.gz"));
    assert_eq!(app["archive"]["subdirectory"].as_str(), Some("below"));
    assert!(app["archive"].get("url").is_none(), "{}", lock.text);
    let vcs = &app["tool"]["wh"]["vcs"];
    assert_eq!(vcs["type"].as_str(), Some("git"));
    assert_eq!(vcs["commit-id"].as_str(), Some(commit.as_str()));
    assert_eq!(vcs["requested-revision"].as_str(), Some("v1"));
    assert!(vcs["url"].as_str().unwrap().ends_with("/repo"));
    bench.sandbox.run(["verify", "wheels"]).expect(0);
    // nothing of git's own is in the archive, and the same commit gives the same bytes
    let bytes = std::fs::read(bench.sandbox.path("wheels/app-1.0.tar.gz")).unwrap();
    bench.download(&[&asked, "-d", "again"]).expect(0);
    let again = std::fs::read(bench.sandbox.path("again/app-1.0.tar.gz")).unwrap();
    assert_eq!(bytes, again);
    // the lock repeats it at that commit, wherever the branch is
    repository.git(&["tag", "-f", "v1"]);
    bench
        .download(&["-r", "wheels/pylock.toml", "-d", "repeated"])
        .expect(0);
    assert!(bench.sandbox.path("repeated/app-1.0.tar.gz").exists());
}

#[test]
fn branches_tags_commits_and_nothing_at_all_name_a_commit() {
    let bench = bench();
    let Some((repository, commit)) = repository(&bench) else {
        return;
    };
    let url = repository.url();
    let hidden = repository.git(&["commit-tree", "-m", "x", "main^{tree}"]);
    repository.git(&["update-ref", "refs/pull/1/head", &hidden]);
    for (revision, version) in [
        ("", "2.0"),
        ("@main", "2.0"),
        ("@v1", "1.0"),
        (&format!("@{commit}"), "1.0"),
        (&format!("@{}", &commit[..9]), "1.0"),
        ("@refs/pull/1/head", "2.0"),
    ] {
        // as of old, without a name before it
        let asked = format!("{url}{revision}#egg=app&subdirectory=below");
        bench.download(&[&asked]).expect(0);
        let file = format!("wheels/app-{version}.tar.gz");
        assert!(bench.sandbox.path(&file).exists(), "{revision}");
        std::fs::remove_dir_all(bench.sandbox.path("wheels")).unwrap();
    }
    let run = bench.download(&[&format!("{url}@gone#subdirectory=below")]);
    says(&run.expect(1), &["no commit `gone`", "git ls-remote"]);
    let run = bench.download(&[&format!("{url}#subdirectory=other")]);
    says(
        &run.expect(1),
        &["no pyproject.toml or setup.py", "#subdirectory="],
    );
    let run = bench.download(&[&format!("other @ {url}#subdirectory=below")]);
    says(&run.expect(1), &["this is the project `app`"]);
    let run = bench.download(&["git+file:///nowhere/at-all"]).expect(3);
    says(
        &run,
        &["git cannot clone", "not appear to be a git repository"],
    );
    bench.assert_nothing_kept();
}

#[test]
fn folders_and_archives_by_path_and_url() {
    let bench = bench();
    let text = project("local", "0.1", "dependencies = ['lib']");
    bench.sandbox.write("local/pyproject.toml", &text);
    bench.sandbox.write("local/own.py", BACKEND);
    bench.sandbox.write("local/.git/config", "secret");
    let named = project("Other_Name", "3", "");
    bench.sandbox.write("other/pyproject.toml", &named);
    bench.sandbox.write("other/own.py", BACKEND);
    let sdist = |name: &str| SdistBuilder::new(name, "1.0").builds_with("own", []);
    std::fs::write(
        bench.sandbox.path("by-path-1.0.tar.gz"),
        sdist("by-path").build(),
    )
    .unwrap();
    let bytes = sdist("by-url").requires("lib").build();
    let sha256 = wh_testing::sha256_hex(&bytes);
    bench
        .index
        .serve("/tarball/main", "application/gzip", bytes);
    let url = bench.index.url_of("/tarball/main");
    let lines = format!(
        "-e ./local\nother-name @ ./other\n./by-path-1.0.tar.gz\nby-url @ {url}#sha256={sha256}\n"
    );
    bench.sandbox.write("r.txt", lines);
    bench.download(&["-r", "r.txt"]).expect(0);
    let all = [
        "by-path-1.0.tar.gz",
        "by_url-1.0.tar.gz",
        "lib-1.0-py3-none-any.whl",
        "local-0.1.tar.gz",
        "other_name-3.tar.gz",
        "pylock.toml",
    ];
    assert_eq!(bench.wheels(), all);
    let lock = bench.lock();
    let of = |name: &str| lock.package(name);
    let path = |name: &str| of(name)["tool"]["wh"]["directory"]["path"].clone();
    assert_eq!(path("local").as_str(), Some("../local"));
    assert_eq!(path("other-name").as_str(), Some("../other"));
    assert_eq!(of("by-url")["archive"]["url"].as_str(), Some(url.as_str()));
    let digest = &of("by-url")["archive"]["hashes"]["sha256"];
    assert_eq!(digest.as_str(), Some(sha256.as_str()));
    assert!(of("by-path")["archive"].get("url").is_none());
    // what was asked for by path is asked for by version elsewhere
    let asked = lock.table["tool"]["wh"]["requirements"].as_array().unwrap();
    let asked: Vec<&str> = asked.iter().filter_map(toml::Value::as_str).collect();
    assert!(asked.contains(&"local==0.1"), "{asked:?}");
    bench.sandbox.run(["verify", "wheels"]).expect(0);
    // a folder that is filled below the project is no part of it
    let before = std::fs::read(bench.sandbox.path("wheels/local-0.1.tar.gz")).unwrap();
    bench.download(&["./local", "-d", "local/wheels"]).expect(0);
    let within = bench.sandbox.path("local/wheels/local-0.1.tar.gz");
    assert_eq!(before, std::fs::read(within).unwrap());
    // another digest is another file
    let wrong = format!("by-url @ {url}#sha256={}", "0".repeat(64));
    bench.download(&[&wrong, "-d", "wrong"]).expect(1);
}

/// Locks of other tools have repositories and folders as entries of their own.
#[test]
fn a_lock_of_another_tool_with_a_repository_and_a_folder() {
    let bench = bench();
    let Some((repository, commit)) = repository(&bench) else {
        return;
    };
    bench
        .sandbox
        .write("local/pyproject.toml", project("local", "0.1", ""));
    let url = repository.url();
    let url = url.strip_prefix("git+").unwrap();
    let lock = format!(
        "lock-version = '1.0'\ncreated-by = 'other'\n\
         [[packages]]\nname = 'app'\nversion = '1.0'\n\
         vcs = {{ type = 'git', url = '{url}', commit-id = '{commit}', subdirectory = 'below' }}\n\
         [[packages]]\nname = 'local'\ndirectory = {{ path = 'local', editable = true }}\n\
         [[packages]]\nname = 'lib'\nversion = '1.0'\n\
         wheels = [{{ name = 'lib-1.0-py3-none-any.whl', url = '{}', hashes = {{ sha256 = '{}' }} }}]\n",
        bench.index.file_url("lib-1.0-py3-none-any.whl"),
        wh_testing::sha256_hex(&module("lib", "1.0").build())
    );
    bench.sandbox.write("pylock.toml", lock);
    bench.download(&["-r", "pylock.toml"]).expect(0);
    let all = [
        "app-1.0.tar.gz",
        "lib-1.0-py3-none-any.whl",
        "local-0.1.tar.gz",
        "pylock.toml",
    ];
    assert_eq!(bench.wheels(), all);
    let vcs = bench.lock().package("app")["tool"]["wh"]["vcs"].clone();
    assert_eq!(vcs["commit-id"].as_str(), Some(commit.as_str()));
}

/// What is asked for by URL may ask for URLs itself; what an index has may not.
#[test]
fn a_project_may_ask_for_a_repository() {
    let bench = bench();
    let Some((repository, _)) = repository(&bench) else {
        return;
    };
    let asks = format!("app @ {}@v1#subdirectory=below", repository.url());
    let text = project("local", "0.1", &format!("dependencies = ['{asks}']"));
    bench.sandbox.write("local/pyproject.toml", text);
    bench.download(&["./local"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0", "local 0.1"]);
    bench.sandbox.run(["verify", "wheels"]).expect(0);
    bench
        .index
        .add_wheel(&module("other", "1.0").requires(&*asks));
    let run = bench.download(&["other", "-d", "other"]).expect(1);
    says(&run, &["a URL that you do not require yourself"]);
}

#[test]
fn what_only_a_build_tells_is_said_with_what_to_do() {
    let bench = bench();
    let dynamic = "[project]\nname = 'app'\ndynamic = ['version']\n";
    bench.sandbox.write("app/pyproject.toml", dynamic);
    bench
        .sandbox
        .write("old/setup.py", "raise SystemExit('I was run')");
    let late = "[project]\nname = 'late'\nversion = '1'\ndynamic = ['dependencies']\n";
    bench.sandbox.write("late/pyproject.toml", late);
    let run = bench.download(&["./app"]).expect(1);
    says(&run, &["app", "`version` is dynamic", "hint:"]);
    let run = bench.download(&["./old", "./none"]).expect(1);
    says(
        &run,
        &["only building", "old", "there is nothing at", "none"],
    );
    let run = bench.download(&["./late"]).expect(1);
    says(&run, &["late 1", "`dependencies` is dynamic"]);
    bench.assert_nothing_kept();
}

#[test]
fn what_cannot_be_had_says_why() {
    let bench = bench();
    let run = bench.download(&["hg+https://h.example/r"]).expect(1);
    says(&run, &["`hg`", "only git", "check it out"]);
    let asked = "x @ git+https://user:secret@h.example/r";
    let run = bench.download(&["--offline", asked]).expect(3);
    says(&run, &["no request may be made", "git+https://h.example/r"]);
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    let mut without = Bench::new();
    without.sandbox.variable("PATH", "/nowhere");
    let run = without.download(&["git+file:///r"]).expect(3);
    says(&run, &["no `git` command", "install git"]);
    bench.sandbox.write("c.txt", "./app\n");
    let run = bench.download(&["lib", "-c", "c.txt"]).expect(2);
    says(&run, &["c.txt:1", "needs a name"]);
}

/// Without --build nothing runs but git, and that only for repositories.
#[test]
fn nothing_but_git_is_run() {
    let bench = bench();
    let Some((repository, _)) = repository(&bench) else {
        return;
    };
    if Command::new("strace").arg("-V").output().is_err() {
        return skipped("there is no strace");
    }
    bench
        .sandbox
        .write("local/pyproject.toml", project("local", "0.1", ""));
    bench.sandbox.write("local/own.py", BACKEND);
    let hook = repository.folder().join(".git/hooks/post-checkout");
    std::fs::write(&hook, "#!/bin/sh\ntouch ran\n").unwrap();
    let git = format!("app @ {}#subdirectory=below", repository.url());
    for (asked, is_git) in [("./local", false), (git.as_str(), true)] {
        let plain = bench.sandbox.command(bench.words(&[LINUX], &[asked]));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=execve,execveat", "-o", "calls"]);
        strace.arg(plain.get_program()).args(plain.get_args());
        bench.sandbox.prepare(&mut strace);
        let run = finish(strace);
        if run.status != Some(0) && run.stderr.contains("ptrace") {
            return skipped("strace may not trace here");
        }
        run.expect(0);
        let calls = bench.sandbox.read("calls");
        let started: Vec<&str> = calls
            .lines()
            // with a path: not the second half of a call that another one came between
            .filter(|line| line.contains("exec") && line.contains("(\"") && !line.contains(" = -1"))
            .filter(|line| !line.contains("/wh\""))
            .collect();
        // git starts its own parts, for a repository of this machine through a shell
        let own = |line: &&str| {
            let parts = ["/git\"", "git-core/", "git-upload-pack '"];
            parts.iter().any(|part| line.contains(part))
        };
        assert!(started.iter().all(own), "{started:?}");
        assert_eq!(started.is_empty(), !is_git, "{started:?}");
    }
}
