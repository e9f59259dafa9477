//! `wh install --build` with backends that ask for more, misbehave or are stopped, and with what other
//! commands and other sources make of it.

use wh_testing::{Repository, SdistBuilder};

use crate::build::{folder, in_gap, locked, nothing_is_left, says, sdist};
use crate::{bench, wheel};

/// A backend that asks for more when it is run gets it from the folder, or that is an error.
#[test]
fn what_is_asked_for_when_it_is_run() {
    let asks = "def get_requires_for_build_wheel(config=None): return ['more>=1']";
    let app = SdistBuilder::new("app", "1.0")
        .builds_itself()
        .file("hook.py", asks);
    let Some(bench) = folder(&[app], &[]) else {
        return;
    };
    let run = bench.install(&["app", "--build"]).expect(1);
    let words = [
        "app-1.0.tar.gz cannot be built",
        "Because you require more>=1 (to build app-1.0.tar.gz)",
        "what building app-1.0.tar.gz needs is not in ",
        "[build-requires] of wh.toml",
    ];
    says(&run, &words);
    assert!(!run.stderr.contains("index-url"), "{}", run.stderr);
    wheel("more", "1.0").write_to(bench.path("wheels"));
    bench.install(&["app", "--build"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

/// What the user said that a build needs was written into the lock, and holds here.
#[test]
fn what_wh_toml_said_over_there() {
    let Some(bench) = bench() else { return };
    bench.index.add_wheel(&wheel("more", "1.0"));
    let hook = "import more\n";
    let app = SdistBuilder::new("app", "1.0")
        .builds_itself()
        .file("hook.py", hook);
    bench.index.add(app.on_index());
    bench.download(&["app"]).expect(0);
    let run = bench.install(&["--build"]).expect(1);
    says(&run, &["needs the module `more`", "[build-requires]"]);
    let more = "[build-requires]\napp = [\"more\"]\n";
    bench.sandbox.write("wh.toml", more);
    bench.download(&["app"]).expect(0);
    std::fs::remove_file(bench.path("wh.toml")).unwrap();
    bench.install(&["--build"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

/// Backends that misbehave: project, hook and reason are named, nothing is changed, nothing is left.
#[test]
fn backends_that_misbehave() {
    let check = |hook: &str, arguments: &[&str], status: i32, words: &[&str]| {
        let app = SdistBuilder::new("app", "1.0")
            .builds_itself()
            .file("hook.py", hook);
        let Some(bench) = folder(&[app], &[wheel("lib", "1.0")]) else {
            return;
        };
        let all = [&["app", "lib", "--build"], arguments].concat();
        let run = bench.install(&all).expect(status);
        says(&run, &["error: app-1.0.tar.gz cannot be built"]);
        says(&run, words);
        assert!(run.stderr.len() < 20_000, "{}", run.stderr.len());
        assert!(bench.freeze("env").is_empty());
        nothing_is_left(&bench);
    };
    let build = "def build_wheel(folder, config=None, metadata=None):\n    ";
    let fails = format!("{build}print('the compiler says no'); raise ValueError('no luck')");
    let words = ["build_wheel", "no luck", "the compiler says no", ".log"];
    check(&fails, &[], 1, &words);
    let hangs = format!("{build}import time; print('begun', flush=True); time.sleep(60)");
    let words = [
        "build_wheel",
        "was stopped after 1 s",
        "begun",
        "--build-timeout",
    ];
    check(&hangs, &["--build-timeout", "1"], 1, &words);
    let talks = format!("{build}[print('y' * 79) for _ in range(50000)]; 1/0");
    check(&talks, &[], 1, &["ZeroDivisionError", "yyy"]);
    let forks = format!(
        "{build}import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True); return _wheel(folder, {{}}, 'py3-none-any')"
    );
    check(&forks, &[], 1, &["left processes running", "python"]);
    let imports = format!("{build}import undeclared");
    check(&imports, &[], 1, &["needs the module `undeclared`"]);
    let other =
        "def _fields(): return 'Metadata-Version: 2.1\\nName: app\\nVersion: 2.0\\n', 'app', '2.0'";
    check(other, &[], 1, &["another version: 2.0 instead of 1.0"]);
}

#[test]
fn sync_builds_too() {
    let Some(bench) = locked(&[sdist("app")]) else {
        return;
    };
    let python = bench.environment("env").display().to_string();
    let sync = |more: &[&str]| {
        let all = [&["sync", "wheels", "--python", &python], more].concat();
        bench.sandbox.run(all)
    };
    says(&sync(&[]).expect(1), &["app-1.0.tar.gz", "--build"]);
    sync(&["--build"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "other==1.0"]);
    let again = sync(&["--build"]).expect(0);
    assert!(!again.stderr.contains("Building"), "{}", again.stderr);
}

/// Ctrl-C in a build: nothing of it goes on, and the next one clears up.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_stops_what_is_built() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let hook = "def build_wheel(folder, config=None, metadata=None):\n    import subprocess, sys, time\n    \
        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n    \
        open('begun', 'w').close(); time.sleep(60)\n";
    let app = SdistBuilder::new("app", "1.0").builds_itself();
    let Some(bench) = folder(&[], &[]) else {
        return;
    };
    app.file("hook.py", hook).unpacked(&bench.sandbox.work());
    let python = bench.environment("env").display().to_string();
    let arguments = ["install", "./app-1.0", "--python", &python];
    let mut command = bench.sandbox.command(arguments);
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    let wait = |what: &str, done: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !done() {
            assert!(started.elapsed() < Duration::from_secs(20), "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait("it does not begin", &|| {
        bench.path("app-1.0/begun").exists()
    });
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let place = bench.sandbox.home().display().to_string();
    let runs = |process: std::fs::DirEntry| {
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(&place)
    };
    let all = || std::fs::read_dir("/proc").unwrap().flatten();
    wait("something goes on", &|| !all().any(runs));
    assert!(bench.freeze("env").is_empty());
    std::fs::remove_file(bench.path("app-1.0/hook.py")).unwrap();
    bench.install(&["./app-1.0"]).expect(0);
    nothing_is_left(&bench);
}

/// What git had over there is built here, from its archive; the environment knows where it came from.
#[test]
fn a_repository_that_came_as_an_archive() {
    let Some(mut bench) = bench() else { return };
    let path = std::env::var("PATH").unwrap_or_default();
    bench.sandbox.variable("PATH", path);
    let Some(repository) = Repository::new(bench.sandbox.home().join("repo")) else {
        return;
    };
    let project = SdistBuilder::new("app", "1.0").builds_itself();
    let folder = project.unpacked(&bench.sandbox.work());
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let files = ["PKG-INFO", "tiny.py"].map(|name| (format!("below/{name}"), text(name)));
    let mut files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (&**a, &**b)).collect();
    let table = text("pyproject.toml") + "[project]\nname = 'app'\nversion = '1.0'\n";
    files.push(("below/pyproject.toml", &table));
    let commit = repository.commit(&files);
    let asked = format!("app @ {}@main#subdirectory=below", repository.url());
    bench.download(&[&asked]).expect(0);
    for arguments in [&["--build"][..], &["--build", &asked, "--force-reinstall"]] {
        in_gap(&bench, arguments).expect(0);
        let frozen = bench.freeze("env");
        let url = repository.url().to_string();
        assert_eq!(frozen, [format!("app @ {url}@{commit}#subdirectory=below")]);
    }
}
