//! Local projects: `wh install PATH` and `-e PATH`, with and without a wheelhouse, as pip does it.

use serde_json::Value;
use wh_testing::sandbox::{Run, skipped};
use wh_testing::{SdistBuilder, Workbench, tools};

use crate::{bench, wheel};

fn app() -> SdistBuilder {
    SdistBuilder::new("app", "1.0")
        .builds_itself()
        .requires("lib")
        .header("Provides-Extra", "fast")
        .requires("speed; extra == 'fast'")
        .file("src/app.py", "version = 1\n")
}

/// The folder `app-1.0` of a project that requires `lib`, and a wheelhouse that has that.
fn with_app() -> Option<Workbench> {
    let bench = bench()?;
    bench.folder(&[wheel("lib", "1.0"), wheel("speed", "1.0")]);
    app().unpacked(&bench.sandbox.work());
    Some(bench)
}

fn install(bench: &Workbench, arguments: &[&str]) -> Run {
    let python = bench.environment("env").display().to_string();
    let all = [&["install", "--python", &python], arguments].concat();
    bench.sandbox.run(all)
}

fn direct_url(bench: &Workbench, environment: &str) -> String {
    let folder = bench.site_packages(environment).join("app-1.0.dist-info");
    std::fs::read_to_string(folder.join("direct_url.json")).unwrap()
}

/// What Python imports in the environment.
fn imported(bench: &Workbench) -> String {
    let code = "import app; print(app.version, app.__file__)";
    let run = bench.run(bench.interpreter("env"), ["-c", code]).expect(0);
    run.stdout.trim().to_owned()
}

/// The same by pip, into an environment of its own; `None`, in words, where there is no pip.
fn by_pip(bench: &Workbench, arguments: &[&str]) -> Option<()> {
    let tools = tools()?;
    let mut pip = tools.pip(&bench.environment("by-pip"));
    pip.args(["install", "--quiet", "--no-index", "--find-links", "wheels"]);
    pip.args(arguments);
    bench.finish(pip).expect(0);
    Some(())
}

#[test]
fn a_folder_is_built_in_the_gap() {
    let Some(bench) = with_app() else { return };
    let python = bench.environment("env").display().to_string();
    let arguments = [
        "install",
        "--find-links",
        "wheels",
        "--python",
        &python,
        "./app-1.0",
    ];
    let run = match bench.sandbox.run_in_gap(arguments) {
        Ok(run) => run.expect(0),
        Err(why) => return skipped(&why),
    };
    assert!(
        run.stderr.contains("which runs their code"),
        "{}",
        run.stderr
    );
    let folder = bench.path("app-1.0").display().to_string();
    let app = format!("app @ file://{folder}");
    assert_eq!(bench.freeze("env"), [&app, "lib==1.0"]);
    assert!(imported(&bench).starts_with("1 "));
    if by_pip(&bench, &["./app-1.0"]).is_some() {
        assert_eq!(direct_url(&bench, "env"), direct_url(&bench, "by-pip"));
    }
    // what changed in the folder is installed anew
    bench.sandbox.write("app-1.0/src/app.py", "version = 2\n");
    install(&bench, &["./app-1.0"]).expect(0);
    assert!(imported(&bench).starts_with("2 "));
}

#[test]
fn an_editable_is_imported_from_where_it_lies() {
    let Some(bench) = with_app() else { return };
    let arguments = [
        "-e",
        "app-1.0",
        "--find-links",
        "wheels",
        "--report",
        "report.json",
    ];
    install(&bench, &arguments).expect(0);
    let place = bench.path("app-1.0/src/app.py").display().to_string();
    assert_eq!(imported(&bench), format!("1 {place}"));
    // of another length: Python compares times by the second
    bench
        .sandbox
        .write("app-1.0/src/app.py", "version = 2 # now\n");
    assert_eq!(imported(&bench), format!("2 {place}"));
    let report: Value = serde_json::from_str(&bench.sandbox.read("report.json")).unwrap();
    assert_eq!(report["files"][0]["action"], "build");
    assert_eq!(report["files"][0]["built_from"], "app-1.0");
    if by_pip(&bench, &["-e", "./app-1.0"]).is_some() {
        assert_eq!(direct_url(&bench, "env"), direct_url(&bench, "by-pip"));
        assert_eq!(bench.freeze("env"), bench.freeze("by-pip"));
        let tools = tools().unwrap();
        let mut freeze = tools.pip(&bench.interpreter("env"));
        freeze.arg("freeze");
        let lines = bench.finish(freeze).expect(0).stdout;
        assert_eq!(lines.lines().collect::<Vec<_>>(), bench.freeze("env"));
    }
    let frozen = bench.freeze("env");
    assert!(
        frozen.contains(&format!("-e {}", bench.path("app-1.0").display())),
        "{frozen:?}"
    );
    // a plain install takes its place, and it goes like any other
    install(&bench, &["./app-1.0"]).expect(0);
    assert_ne!(imported(&bench), format!("2 {place}"));
    let python = bench.interpreter("env").display().to_string();
    bench
        .sandbox
        .run(["uninstall", "-y", "app", "--python", &python])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.0"]);
}

#[test]
fn without_a_wheelhouse_what_is_installed_has_to_do() {
    let Some(bench) = with_app() else { return };
    let run = install(&bench, &["./app-1.0"]).expect(1);
    assert!(
        run.stderr.contains("no wheelhouse was named"),
        "{}",
        run.stderr
    );
    assert!(bench.freeze("env").is_empty());
    bench.install(&["lib"]).expect(0);
    install(&bench, &["./app-1.0"]).expect(0);
    let run = install(&bench, &[]).expect(2);
    assert!(
        run.stderr.contains("no wheelhouse was named"),
        "{}",
        run.stderr
    );
}

#[test]
fn extras_and_markers_and_constraints() {
    let Some(bench) = with_app() else { return };
    bench.install(&["./app-1.0[fast]"]).expect(0);
    let frozen = bench.freeze("env");
    assert_eq!(frozen[1..], ["lib==1.0", "speed==1.0"]);
    bench.install(&["./nothing ; os_name == 'never'"]).expect(0);
    bench.sandbox.write("constraints.txt", "app>=2\n");
    let run = bench
        .install(&["./app-1.0", "-c", "constraints.txt"])
        .expect(1);
    assert!(run.stderr.contains("app"), "{}", run.stderr);
    let twice = bench.install(&["./app-1.0", "-e", "./app-1.0"]).expect(2);
    assert!(twice.stderr.contains("asked for twice"), "{}", twice.stderr);
}

#[test]
fn a_source_distribution_by_its_path() {
    let Some(bench) = with_app() else { return };
    bench.sandbox.write("app-1.0.tar.gz", app().build());
    bench.install(&["./app-1.0.tar.gz"]).expect(0);
    if by_pip(&bench, &["./app-1.0.tar.gz"]).is_some() {
        assert_eq!(direct_url(&bench, "env"), direct_url(&bench, "by-pip"));
    }
    let wrong = "0".repeat(64);
    let text = format!("./app-1.0.tar.gz --hash=sha256:{wrong}\nlib --hash=sha256:{wrong}\n");
    bench.sandbox.write("requirements.txt", text);
    let run = bench
        .install(&["-r", "requirements.txt", "--build"])
        .expect(1);
    assert!(run.stderr.contains("none of the digests"), "{}", run.stderr);
    assert!(!run.stderr.contains("Building ./app"), "{}", run.stderr);
}

/// A file's line is nobody's word that code may be run.
#[test]
fn lines_of_files_need_build() {
    let Some(bench) = with_app() else { return };
    for line in ["./app-1.0", "-e ./app-1.0", "app @ ./app-1.0"] {
        bench.sandbox.write("requirements.txt", format!("{line}\n"));
        let run = bench.install(&["-r", "requirements.txt"]).expect(1);
        for words in ["requirements.txt:1", "a file asks for them", "`--build`"] {
            assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        }
        assert!(!run.stderr.contains("Building"), "{}", run.stderr);
        bench
            .install(&["-r", "requirements.txt", "--build"])
            .expect(0);
        assert_eq!(
            bench.freeze("env").len(),
            if line.starts_with("-e") { 3 } else { 2 }
        );
    }
    let python = bench.interpreter("env").display().to_string();
    bench.sandbox.write("requirements.txt", "-e ./app-1.0\n");
    let sync = [
        "sync",
        "-r",
        "requirements.txt",
        "-f",
        "wheels",
        "--python",
        &python,
        "--build",
    ];
    bench.sandbox.run(sync).expect(0);
    assert!(direct_url(&bench, "env").contains("\"editable\": true"));
}

#[test]
fn a_dry_run_asks_for_metadata_alone() {
    let Some(bench) = with_app() else { return };
    let run = bench.install(&["./app-1.0", "--dry-run"]).expect(0);
    let lines = "install app==1.0, built from ./app-1.0\ninstall lib==1.0\n";
    assert_eq!(run.stdout, lines);
    assert!(bench.freeze("env").is_empty());
}

#[test]
fn what_is_no_project() {
    let Some(bench) = with_app() else { return };
    let run = bench.install(&["./wheels"]).expect(2);
    assert!(
        run.stderr.contains("neither pyproject.toml nor setup.py"),
        "{}",
        run.stderr
    );
    let run = bench.install(&["./gone"]).expect(2);
    assert!(
        run.stderr.contains("`./gone` is not there"),
        "{}",
        run.stderr
    );
    let run = bench
        .install(&["git+https://git.example/app.git"])
        .expect(1);
    assert!(
        run.stderr.contains("nothing is fetched here"),
        "{}",
        run.stderr
    );
}

/// What building a project needs comes from the wheelhouse; sdists among it are not built unasked.
#[test]
fn what_a_project_needs_to_be_built() {
    let Some(bench) = bench() else { return };
    let tool = SdistBuilder::new("tool", "1.0").builds_itself();
    bench.folder(&[]);
    bench.sandbox.write("wheels/tool-1.0.tar.gz", tool.build());
    let text =
        "[build-system]\nrequires = [\"tool\"]\nbuild-backend = \"tiny\"\nbackend-path = [\".\"]\n";
    SdistBuilder::new("app", "1.0")
        .builds_itself()
        .unpacked(&bench.sandbox.work());
    bench.sandbox.write("app-1.0/pyproject.toml", text);
    let run = bench.install(&["./app-1.0"]).expect(1);
    assert!(
        run.stderr
            .contains("tool-1.0.tar.gz would have to be built itself"),
        "{}",
        run.stderr
    );
    bench.install(&["./app-1.0", "--build"]).expect(0);
    assert_eq!(bench.freeze("env").len(), 1);
}
