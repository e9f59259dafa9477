//! `wh download --build`: what is source becomes a wheel before it travels.

use wh_testing::sandbox::{air_gap, skipped};
use wh_testing::{SdistBuilder, WheelBuilder, tools};

use crate::{NATIVE, bench, files, folder, project, read, repository, says, untold};

fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version).file(format!("{name}.py"), "")
}

fn lock(bench: &wh_testing::Workbench) -> toml::Table {
    bench.sandbox.read("wheels/pylock.toml").parse().unwrap()
}

fn package<'l>(lock: &'l toml::Table, name: &str) -> &'l toml::Value {
    let packages = lock["packages"].as_array().unwrap();
    let mut named = packages.iter();
    named
        .find(|package| package["name"].as_str() == Some(name))
        .unwrap()
}

/// The wheelhouse holds wheels alone, the lock says where each came from, and pip installs from it where
/// there is no network.
#[test]
fn git_url_path_and_sdist_requirements_install_with_pip_alone() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    let Some((repository, commit)) = repository(&bench, &untold("ofgit", "1.5", "lib")) else {
        return;
    };
    bench.index.add_wheel(&wheel("lib", "1.0"));
    let published = project("published", "2.0").header("Dynamic", "Requires-Dist");
    bench.index.add(published.requires("lib").on_index());
    folder(&bench, &untold("local", "0.1", "lib"), "local");
    bench
        .sandbox
        .write("by-path.tar.gz", project("bypath", "3").build());
    let archive = project("byurl", "4").build();
    bench
        .index
        .serve("/byurl-4.tar.gz", "application/gzip", archive);
    let url = bench.index.url_of("/byurl-4.tar.gz");
    let git = repository.url();
    bench.sandbox.write(
        "r.txt",
        format!("ofgit @ {git}@main\n-e ./local\n./by-path.tar.gz\nbyurl @ {url}\npublished\n"),
    );
    let run = bench
        .download(&["--build", "-r", "r.txt", "--report", "report.json"])
        .expect(0);
    says(&run, &["Building", "complete"]);
    let all = [
        "bypath-3-py3-none-any.whl",
        "byurl-4-py3-none-any.whl",
        "lib-1.0-py3-none-any.whl",
        "local-0.1-py3-none-any.whl",
        "ofgit-1.5-py3-none-any.whl",
        "published-2.0-py3-none-any.whl",
        "pylock.toml",
    ];
    assert_eq!(files(&bench, "wheels"), all);
    let written = lock(&bench);
    let source = |name: &str, kind: &str| package(&written, name)["tool"]["wh"][kind].clone();
    assert_eq!(source("ofgit", "vcs")["commit-id"].as_str(), Some(&*commit));
    assert_eq!(
        source("local", "directory")["path"].as_str(),
        Some("../local")
    );
    assert_eq!(source("byurl", "archive")["url"].as_str(), Some(&*url));
    assert_eq!(
        source("bypath", "archive")["name"].as_str(),
        Some("by-path.tar.gz")
    );
    let sdist = source("published", "sdist");
    assert_eq!(sdist["name"].as_str(), Some("published-2.0.tar.gz"));
    let report: serde_json::Value =
        serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    let built = report["files"].as_array().unwrap().iter();
    let built = built.filter(|row| row["action"] == "build").count();
    assert_eq!(built, 5);
    bench.sandbox.run(["verify", "wheels"]).expect(0);

    // nothing of where it came from is there any more; the repository is, so that it can be frozen
    std::fs::remove_dir_all(bench.path("local")).unwrap();
    std::fs::remove_dir_all(repository.folder().join(".git/objects")).unwrap();
    let python = bench.environment("by-pip");
    let mut pip = tools.pip(&python);
    pip.args(["install", "--quiet", "-r", "wheels/pylock.toml"]);
    let mut command = match air_gap(pip.get_program().as_ref()) {
        Ok(command) => command,
        Err(why) => return skipped(&why),
    };
    command.args(pip.get_args());
    bench.finish(command).expect(0);
    let names = |lines: &[String]| -> Vec<String> {
        let lines = lines.iter();
        lines
            .map(|line| line.split(['=', ' ']).next().unwrap_or_default().to_owned())
            .collect()
    };
    let expected = ["bypath", "byurl", "lib", "local", "ofgit", "published"];
    assert_eq!(names(&bench.freeze("by-pip")), expected);
    // by wh too, which remembers where it came from as PEP 610 has it
    bench.install(&[]).expect(0);
    let frozen = bench.freeze("env");
    assert_eq!(names(&frozen), expected);
    let of_git = format!("ofgit @ {git}@{commit}");
    assert!(frozen.contains(&of_git), "{frozen:?}");
    // and a requirement on just that commit is met by the wheel
    bench.environment("asked");
    bench.sandbox.write("asked.txt", format!("{of_git}\n"));
    bench.install_into("asked", &["-r", "asked.txt"]).expect(0);
    assert_eq!(bench.freeze("asked"), ["lib==1.0", &of_git]);
    bench
        .sandbox
        .write("asked.txt", format!("ofgit @ {git}@v9\n"));
    let run = bench.install_into("asked", &["-r", "asked.txt"]).expect(1);
    says(&run, &["ofgit", "version-control", "hint:"]);
}

#[test]
fn for_other_machines_only_what_is_pure_is_built() {
    let Some(bench) = bench() else { return };
    folder(&bench, &untold("pure", "1", "lib"), "pure");
    let native = untold("native", "1", "lib");
    let hook = format!(
        "def _fields(): return 'Metadata-Version: 2.4\\nName: native\\nVersion: 1\\n', 'native', '1'\n{NATIVE}"
    );
    folder(&bench, &native.file("hook.py", hook), "native");
    bench.index.add_wheel(&wheel("lib", "1.0"));
    let (major, minor) = bench.python.version;
    let foreign = format!("cp{major}{minor}-win_amd64");
    let older = format!("cp{major}{minor}-manylinux_2_17_x86_64");
    let download = |arguments: &[&str]| {
        let url = bench.index.url();
        let mut all = vec!["download", "--index-url", &url, "--build"];
        all.extend(arguments);
        bench.sandbox.run(all)
    };
    let targets = ["--target", &foreign, "--target", &older];
    download(&[&["./pure"], &targets[..]].concat()).expect(0);
    assert!(bench.path("wheels/pure-1-py3-none-any.whl").exists());
    for (target, words) in [
        // the tags fit, but what it is linked with may be newer there
        (&older, "not sure to run on others"),
        (&foreign, "native"),
    ] {
        let run = download(&["./native", "--target", target, "-d", "other"]).expect(1);
        says(&run, &[words, target, "hint:"]);
    }
    assert!(files(&bench, "other").is_empty());
    bench
        .download(&["--build", "./native", "-d", "here"])
        .expect(0);
    assert!(
        files(&bench, "here")
            .iter()
            .any(|name| name.starts_with("native-1-cp"))
    );
}

#[test]
fn a_backend_that_fails_is_named_and_nothing_is_kept() {
    let Some(bench) = bench() else { return };
    let fails = "def build_wheel(*args): raise RuntimeError('no luck')\n";
    bench
        .index
        .add(project("bad", "1").file("hook.py", fails).on_index());
    bench.index.add_wheel(&wheel("good", "1.0"));
    folder(
        &bench,
        &project("local", "1").file("hook.py", fails),
        "local",
    );
    let run = bench.download(&["--build", "bad", "good"]).expect(1);
    says(
        &run,
        &[
            "bad-1.tar.gz cannot be built",
            "RuntimeError: no luck",
            "build_wheel",
        ],
    );
    assert!(
        files(&bench, "wheels")
            .iter()
            .all(|name| !name.contains("pylock"))
    );
    let run = bench.download(&["--build", "./local"]).expect(1);
    says(&run, &["local cannot be built", "no luck"]);
    let run = bench
        .download(&["--build", "--keep-going", "bad", "good"])
        .expect(1);
    says(&run, &["missing: bad==1", "lacks bad==1"]);
    assert!(bench.path("wheels/good-1.0-py3-none-any.whl").exists());
    let run = bench
        .download(&[
            "--build",
            "--keep-going",
            "local @ ./local",
            "good",
            "-d",
            "other",
        ])
        .expect(1);
    says(&run, &["missing: local for", "no luck"]);
    assert!(bench.path("other/good-1.0-py3-none-any.whl").exists());
    assert!(!bench.path("wheels/pylock.toml").exists());
}

/// Build requirements come from the index; what was built is not built again, nor fetched.
#[test]
fn what_builds_comes_from_the_index_and_is_kept() {
    let Some(bench) = bench() else { return };
    let backend = include_str!("../../crates/wh-testing/src/backend.py")
        .replace("os.path.dirname(os.path.abspath(__file__))", "os.getcwd()");
    bench
        .index
        .add_wheel(&WheelBuilder::new("maker", "1.0").file("maker.py", backend));
    let app = SdistBuilder::new("app", "1.0").builds_with("maker", ["maker"]);
    bench.index.add(app.file("src/app.py", "").on_index());
    let run = bench.download(&["--build", "app"]).expect(0);
    says(&run, &["Building app-1.0.tar.gz"]);
    assert_eq!(
        files(&bench, "wheels"),
        ["app-1.0-py3-none-any.whl", "pylock.toml"]
    );
    let before = bench.sandbox.read("wheels/pylock.toml");
    bench.index.clear_log();
    let run = bench.download(&["--build", "app"]).expect(0);
    assert_eq!(bench.index.count("/files/*"), 0, "{}", run.stderr);
    assert_eq!(bench.sandbox.read("wheels/pylock.toml"), before);
    // an index that lies about what builds is found out
    let run = bench.download(&[
        "--build",
        "app",
        "--no-cache",
        "--build-constraint",
        "gone.txt",
    ]);
    run.expect(2);
}

#[test]
fn a_dry_run_says_what_would_be_built() {
    let Some(bench) = bench() else { return };
    bench.index.add(project("app", "1.0").on_index());
    let run = bench.download(&["--build", "--dry-run", "app"]).expect(0);
    assert!(run.stdout.contains("build"), "{}", run.stdout);
    assert!(!run.stderr.contains("Building"), "{}", run.stderr);
    assert!(files(&bench, "wheels").is_empty());
}

/// A backend is asked for the metadata, and only where source does not tell it.
#[test]
fn a_dry_run_builds_nothing_of_what_has_a_place() {
    let Some(bench) = bench() else { return };
    bench.index.add_wheel(&wheel("lib", "1.0"));
    let hooks = "
def _fields():
    text = 'Metadata-Version: 2.4\\nName: asked\\nVersion: 0.1\\nRequires-Dist: lib\\n'
    return text, 'asked', '0.1'

def prepare_metadata_for_build_wheel(folder, config=None):
    os.mkdir(os.path.join(folder, 'asked-0.1.dist-info'))
    with open(os.path.join(folder, 'asked-0.1.dist-info', 'METADATA'), 'w') as file:
        file.write(_fields()[0])
    return 'asked-0.1.dist-info'

def build_wheel(folder, config=None, metadata=None):
    raise SystemExit('it was built')
";
    folder(
        &bench,
        &project("asked", "0.1").file("hook.py", hooks),
        "asked",
    );
    let told = project("told", "2.0").requires("asked");
    let told = told.file("hook.py", "raise SystemExit('it was run')\n");
    bench.sandbox.write("by-path.tar.gz", told.build());
    let asked = ["--build", "--dry-run", "./asked", "./by-path.tar.gz"];
    let run = bench
        .download(&[&asked[..], &["--report", "report.json"]].concat())
        .expect(0);
    let plan: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(plan[0], ["build", "asked-0.1.tar.gz"]);
    assert_eq!(plan[1], ["build", "by-path.tar.gz"]);
    assert_eq!(
        (plan[2][0], plan[2].last()),
        ("fetch", Some(&"lib-1.0-py3-none-any.whl"))
    );
    let report: serde_json::Value =
        serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    assert_eq!(report["files"][0]["built_from"], "../asked");
    assert!(files(&bench, "wheels").is_empty());
    // what is not the file that was meant is not asked either
    let wrong = format!("./by-path.tar.gz#sha256={}", "0".repeat(64));
    bench
        .download(&["--build", "--dry-run", "./asked", &wrong])
        .expect(1);
}

/// Digests that are asked for are those of what is built, and compared before any of it is run.
#[test]
fn hashes_are_those_of_what_is_built() {
    let Some(bench) = bench() else { return };
    let spy = "open(os.path.join(os.environ['HOME'], 'ran'), 'w').close()\n";
    let app = project("app", "1.0").header("Dynamic", "Requires-Dist");
    let app = app.file("hook.py", spy);
    bench.index.add(app.on_index());
    bench.sandbox.write("path.tar.gz", app.build());
    let right = wh_testing::sha256_hex(&app.build());
    let wrong = "0".repeat(64);
    for (what, status) in [
        (format!("app==1.0 --hash=sha256:{right}"), 0),
        (format!("./path.tar.gz --hash=sha256:{right}"), 0),
        (format!("./path.tar.gz#sha256={right}"), 0),
        (format!("./path.tar.gz --hash=sha256:{wrong}"), 1),
        (format!("./path.tar.gz#sha256={wrong}"), 1),
        (format!("app==1.0 --hash=sha256:{wrong}"), 1),
    ] {
        bench.sandbox.write("r.txt", format!("{what}\n"));
        let run = bench.download(&["--build", "-r", "r.txt"]).expect(status);
        let built = run.stderr.contains("Building");
        assert!(status == 0 || !built, "{what}: {}", run.stderr);
        let _ = std::fs::remove_dir_all(bench.path("wheels"));
    }
}

/// What a backend can read of a checkout has no password.
#[test]
fn a_checkout_does_not_tell_who_fetched_it() {
    let Some(bench) = bench() else { return };
    let tells = "
def build_wheel(folder, config=None, metadata=None):
    with open('.git/config') as file:
        return _wheel(folder, {'config.txt': file.read()}, 'py3-none-any')
";
    let Some((repository, _)) = repository(&bench, &project("app", "1").file("hook.py", tells))
    else {
        return;
    };
    // git takes it from where its settings say
    let settings = format!(
        "[url \"file://{}\"]\n\tinsteadOf = https://me:secret@git.example/app.git\n",
        repository.folder().display()
    );
    std::fs::write(bench.sandbox.home().join(".gitconfig"), settings).unwrap();
    let asked = "app @ git+https://me:secret@git.example/app.git";
    bench.download(&["--build", asked]).expect(0);
    let config = read(&bench, "wheels/app-1-py3-none-any.whl", "config.txt");
    assert!(config.contains("https://git.example/app.git"), "{config}");
    assert!(!config.contains("secret"), "{config}");
    let written = bench.sandbox.read("wheels/pylock.toml");
    assert!(!written.contains("secret"), "{written}");
}
