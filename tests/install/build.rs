//! `wh install --build`: the source distributions of a wheelhouse are built offline, with what came along
//! for that.

use std::path::Path;

use serde_json::Value;
use wh_testing::sandbox::{Run, skipped};
use wh_testing::{SdistBuilder, WheelBuilder, Workbench};

use crate::{bench, wheel};

/// A build backend in a module of its own: the wheel is PKG-INFO and a module that tells how it was
/// built. What a file `hook.py` of the project says comes before.
const BACKEND: &str = r#"
import base64, hashlib, os, zipfile

VERSION = 'unknown'

def build_wheel(folder, config=None, metadata=None):
    with open('PKG-INFO') as file:
        metadata = file.read()
    fields = dict(line.split(': ', 1) for line in metadata.splitlines() if ': ' in line)
    stem = fields['Name'] + '-' + fields['Version']
    name = stem + '-py3-none-any.whl'
    files = {
        fields['Name'] + '.py': 'config = %r\nbackend = %r\n' % (config, VERSION),
        stem + '.dist-info/METADATA': metadata,
        stem + '.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: own\nRoot-Is-Purelib: true\n'
                                   'Tag: py3-none-any\n',
    }
    record = ''
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:
        for path, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            record += '%s,sha256=%s,%d\n' % (path, digest.decode().rstrip('='), len(text))
            wheel.writestr(path, text)
        path = stem + '.dist-info/RECORD'
        wheel.writestr(path, record + path + ',,\n')
    return name
"#;

pub(super) fn backend(version: &str) -> WheelBuilder {
    let text = BACKEND.replace("unknown", version);
    wheel("backend", version).file("own_backend.py", text)
}

pub(super) fn sdist(name: &str) -> SdistBuilder {
    SdistBuilder::new(name, "1.0").builds_with("own_backend", ["backend>=2"])
}

/// A wheelhouse with a lock of these sdists, which are asked for by name.
pub(super) fn locked(sdists: &[SdistBuilder]) -> Option<Workbench> {
    let bench = bench()?;
    for wheel in [wheel("lib", "1.0"), wheel("other", "1.0"), backend("2.0")] {
        bench.index.add_wheel(&wheel);
    }
    let mut names = vec!["other".to_owned()];
    for sdist in sdists {
        bench.index.add(sdist.on_index());
        let name = sdist.filename();
        names.push(name.rsplit_once('-').unwrap().0.to_owned());
    }
    let arguments: Vec<&str> = names.iter().map(String::as_str).collect();
    bench.download(&arguments).expect(0);
    Some(bench)
}

/// A folder without a lock.
pub(super) fn folder(sdists: &[SdistBuilder], wheels: &[WheelBuilder]) -> Option<Workbench> {
    let bench = bench()?;
    bench.folder(wheels);
    for sdist in sdists {
        let place = format!("wheels/{}", sdist.filename());
        bench.sandbox.write(&place, sdist.build());
    }
    Some(bench)
}

pub(super) fn in_gap(bench: &Workbench, arguments: &[&str]) -> Run {
    let python = bench.environment("env").display().to_string();
    let mut all = vec!["install", "--find-links", "wheels", "--python", &python];
    all.extend(arguments);
    match bench.sandbox.run_in_gap(&all) {
        Ok(run) => run,
        Err(why) => {
            skipped(&why);
            bench.sandbox.run(&all)
        }
    }
}

pub(super) fn module(bench: &Workbench, name: &str) -> String {
    let path = bench.site_packages("env").join(format!("{name}.py"));
    std::fs::read_to_string(path).unwrap()
}

/// The run says all of this.
#[track_caller]
pub(super) fn says(run: &Run, all: &[&str]) {
    for words in all {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}

/// Nothing of a build is left but its log.
#[track_caller]
pub(super) fn nothing_is_left(bench: &Workbench) {
    let left = |folder: &Path| -> Vec<_> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name()).collect()
    };
    let home = bench.sandbox.home();
    assert!(left(&home.join(".cache/wh/builds/scratch")).is_empty());
    assert!(left(&home.parent().unwrap().join("tmp")).is_empty());
}

#[test]
fn a_locked_sdist_is_built_in_the_gap() {
    let Some(bench) = locked(&[sdist("app").requires("lib")]) else {
        return;
    };
    let run = in_gap(&bench, &["--build", "--report", "report.json"]).expect(0);
    says(&run, &["which runs their code", "Building app-1.0.tar.gz"]);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.0", "other==1.0"]);
    assert!(module(&bench, "app").contains("backend = '2.0'"));
    let report: Value = serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    let row = &report["files"][0];
    assert_eq!(row["action"], "build");
    assert_eq!(row["filename"], "app-1.0-py3-none-any.whl");
    assert_eq!(row["built_from"], "app-1.0.tar.gz");
    assert_eq!(row["sha256"].as_str().map(str::len), Some(64));
    assert!(report["files"][1].get("built_from").is_none());
    nothing_is_left(&bench);
    // what is there is not built again, and what was built for one environment serves the next
    let run = bench.install(&["--build"]).expect(0);
    assert!(!run.stderr.contains("Building"), "{}", run.stderr);
    for name in ["second", "third"] {
        bench.environment(name);
        let run = bench.install_into(name, &["--build"]).expect(0);
        assert!(!run.stderr.contains("Building app"), "{}", run.stderr);
        assert_eq!(bench.freeze(name), bench.freeze("env"));
    }
}

#[test]
fn a_dry_run_builds_nothing() {
    let Some(bench) = locked(&[sdist("app")]) else {
        return;
    };
    let arguments = ["--build", "--dry-run", "--report", "report.json"];
    let run = bench.install(&arguments).expect(0);
    assert!(!run.stderr.contains("Building"), "{}", run.stderr);
    let line = "install app==1.0, built from app-1.0.tar.gz\n";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    let report: Value = serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    let row = &report["files"][0];
    assert_eq!(row["action"], "build");
    assert_eq!(row["filename"], "app-1.0.tar.gz");
    assert!(bench.freeze("env").is_empty());
}

#[test]
fn requirements_and_folders_without_a_lock() {
    let Some(bench) = locked(&[sdist("app").requires("lib")]) else {
        return;
    };
    bench.install(&["--build", "app"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.0"]);
    let wheels = [wheel("lib", "1.0"), backend("2.0")];
    let Some(bench) = folder(&[sdist("app").requires("lib")], &wheels) else {
        return;
    };
    bench.install(&["--build", "app"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.0"]);
    // all that the folder holds
    bench.install(&["--build"]).expect(0);
    assert_eq!(
        bench.freeze("env"),
        ["app==1.0", "backend==2.0", "lib==1.0"]
    );
}

/// What an sdist requires only its backend tells: it is asked.
#[test]
fn what_only_building_tells() {
    let dynamic = sdist("app")
        .header("Dynamic", "Requires-Dist")
        .requires("lib");
    let wheels = [wheel("lib", "1.0"), backend("2.0")];
    let Some(bench) = folder(&[dynamic], &wheels) else {
        return;
    };
    bench.install(&["app"]).expect(1);
    bench.install(&["--build", "app"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.0"]);
}

#[test]
fn what_is_not_the_locked_file_is_never_run() {
    let Some(bench) = locked(&[sdist("app")]) else {
        return;
    };
    let other = sdist("app").file("more.txt", "x").build();
    let kept = std::fs::read(bench.path("wheels/app-1.0.tar.gz")).unwrap();
    bench.sandbox.write("wheels/app-1.0.tar.gz", other);
    let run = bench.install(&["--build"]).expect(1);
    says(
        &run,
        &["app-1.0.tar.gz", "wrong sha256", "nothing of it was run"],
    );
    assert!(!run.stderr.contains("Building app"), "{}", run.stderr);
    // a wheel that only builds is compared, too
    bench.sandbox.write("wheels/app-1.0.tar.gz", kept);
    let other = backend("2.0").file("more.txt", "x").build();
    bench
        .sandbox
        .write("wheels/backend-2.0-py3-none-any.whl", other);
    let run = bench.install(&["--build"]).expect(1);
    says(&run, &["backend-2.0-py3-none-any.whl", "wrong sha256"]);
    assert!(bench.freeze("env").is_empty());
    nothing_is_left(&bench);
}

/// Beside a lock only its files count for builds, too.
#[test]
fn what_the_lock_does_not_name_builds_nothing() {
    let Some(bench) = locked(&[sdist("app")]) else {
        return;
    };
    let path = backend("3.0").write_to(bench.path("wheels"));
    assert!(path.is_file());
    bench.install(&["--build"]).expect(0);
    assert!(module(&bench, "app").contains("backend = '2.0'"));
}

#[test]
fn sdists_that_build_sdists() {
    let app = SdistBuilder::new("app", "1.0").builds_with("own_backend", ["tool", "backend"]);
    let Some(bench) = bench() else { return };
    bench.index.add_wheel(&backend("2.0"));
    for sdist in [app, sdist("tool")] {
        bench.index.add(sdist.on_index());
    }
    bench.download(&["app"]).expect(0);
    let run = in_gap(&bench, &["--build"]).expect(0);
    let at = |words: &str| run.stderr.find(words).expect(words);
    assert!(at("Building tool-1.0.tar.gz") < at("Building app-1.0.tar.gz"));
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

#[test]
fn a_circle_is_named() {
    let a = SdistBuilder::new("a", "1.0").builds_with("own_backend", ["b", "backend"]);
    let b = SdistBuilder::new("b", "1.0").builds_with("own_backend", ["a", "backend"]);
    let Some(bench) = folder(&[a, b], &[backend("2.0")]) else {
        return;
    };
    let run = bench.install(&["--build", "a"]).expect(1);
    let circle = "these need each other to be built: a-1.0.tar.gz > b-1.0.tar.gz > a-1.0.tar.gz";
    says(&run, &[circle]);
}

#[test]
fn constraints_and_settings_of_builds() {
    let wheels = [backend("2.0"), backend("3.0")];
    let Some(bench) = folder(&[sdist("app")], &wheels) else {
        return;
    };
    bench.sandbox.write("builds.txt", "backend<3\n");
    let settings = ["-C", "a=1", "--config-settings", "b=x=y", "-C", "a=2"];
    let constrained = ["app", "--build", "--build-constraint", "builds.txt"];
    let all = [&constrained[..], &settings].concat();
    bench.install(&all).expect(0);
    let app = module(&bench, "app");
    assert!(
        app.contains("'a': ['1', '2']") && app.contains("'b': 'x=y'"),
        "{app}"
    );
    assert!(app.contains("backend = '2.0'"), "{app}");
    // constraints of what is installed do not hold for what builds
    let constrained = ["app", "--build", "--force-reinstall", "-c", "builds.txt"];
    bench.install(&constrained).expect(0);
    assert!(module(&bench, "app").contains("backend = '3.0'"));
    bench
        .install(&["app", "--build", "-C", "nothing"])
        .expect(2);
}

#[test]
fn without_isolation_what_is_installed_builds() {
    let Some(bench) = folder(&[sdist("app")], &[]) else {
        return;
    };
    let run = bench.install(&["app", "--build"]).expect(1);
    says(&run, &["app-1.0.tar.gz", "backend"]);
    let run = bench.install(&["app", "--build", "--no-build-isolation"]);
    says(&run.expect(1), &["No module named 'own_backend'"]);
    let path = bench.site_packages("env").join("own_backend.py");
    std::fs::write(path, BACKEND).unwrap();
    bench
        .install(&["app", "--build", "--no-build-isolation"])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

/// What came along for builds may be asked for by name, and then builds without isolation.
#[test]
fn what_builds_is_installed_from_the_lock() {
    let Some(bench) = locked(&[sdist("app")]) else {
        return;
    };
    bench.install(&["backend"]).expect(0);
    assert_eq!(bench.freeze("env"), ["backend==2.0"]);
    bench
        .install(&["app", "--build", "--no-build-isolation"])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "backend==2.0"]);
    // it is no part of what the lock installs
    bench.install_into("env", &["--build"]).expect(0);
    assert_eq!(
        bench.freeze("env"),
        ["app==1.0", "backend==2.0", "other==1.0"]
    );
}
