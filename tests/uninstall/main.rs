//! `wh uninstall`, from outside: what goes, what stays, and what is said.

use wh_testing::sandbox::Run;
use wh_testing::{WheelBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

fn wheel(name: &str, version: &str) -> WheelBuilder {
    WheelBuilder::new(name, version).file(format!("{name}/__init__.py"), "")
}

/// An environment with `lib`, `app` that requires it, and `other`.
fn bench() -> Option<Workbench> {
    let bench = Workbench::new(WH)?;
    let app = wheel("app", "1.0")
        .requires("lib>=1")
        .file("ns/app/__init__.py", "")
        .entry_point("console_scripts", "app", "app:main");
    bench.folder(&[
        app,
        wheel("lib", "1.5").file("ns/lib.py", ""),
        wheel("other", "3.0"),
    ]);
    Some(bench)
}

fn uninstall(bench: &Workbench, arguments: &[&str]) -> Run {
    let python = bench.interpreter("env").display().to_string();
    let all = ["uninstall", "--python", &python];
    bench.sandbox.run(all.iter().chain(arguments))
}

#[test]
fn all_of_a_distribution_goes_and_nothing_else() {
    let Some(bench) = bench() else { return };
    bench.install(&["lib", "other"]).expect(0);
    let before = bench.snapshot("env");
    bench.install(&["app"]).expect(0);
    let caches = [
        "app/__pycache__/__init__.cpython-311.pyc",
        "ns/__pycache__/x.cpython-311.pyc",
    ];
    let site = bench.site_packages("env");
    std::fs::create_dir(site.join("app/__pycache__")).unwrap();
    std::fs::write(site.join(caches[0]), "").unwrap();
    let run = uninstall(&bench, &["--dry-run", "App"]).expect(0);
    assert_eq!(run.stdout, "remove app 1.0\n");
    let run = uninstall(&bench, &["-y", "App==7"]).expect(0);
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("", "Removed 1 distribution\n  app 1.0\n")
    );
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn files_name_what_goes_and_who_is_broken_is_said() {
    let Some(bench) = bench() else { return };
    bench.install(&["app", "other"]).expect(0);
    bench
        .sandbox
        .write("gone.txt", "# what goes\nlib==1.5\nother\n");
    let run = uninstall(&bench, &["-r", "gone.txt"]).expect(0);
    let warning = "warning: app requires lib>=1, which is not there\n";
    assert!(run.stderr.ends_with(warning), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
    let run = uninstall(&bench, &["app"]).expect(0);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
}

/// Editables among them: by `#egg=`, as in pip, and by what a project says of itself.
#[test]
fn files_name_what_goes_by_its_place() {
    let Some(bench) = bench() else { return };
    bench.install(&["app", "other"]).expect(0);
    let sandbox = &bench.sandbox;
    sandbox.write("app/pyproject.toml", "[project]\nname = \"App\"\n");
    sandbox.write("app/setup.py", "raise SystemExit('it was run')\n");
    let git = "git+https://git.example/o.git#egg=other";
    sandbox.write("gone.txt", format!("-e ./app\n-e {git}\n"));
    uninstall(&bench, &["-r", "gone.txt"]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.5"]);
}

#[test]
fn what_only_a_build_would_name_is_refused() {
    let Some(bench) = bench() else { return };
    bench.install(&["other"]).expect(0);
    bench
        .sandbox
        .write("old/setup.py", "raise SystemExit('it was run')\n");
    for (line, why) in [
        ("-e ./old", "has no [project] table"),
        ("-e git+https://git.example/o.git", "has no `#egg=`"),
        ("https://files.example/other-3.0.tar.gz", "has no `#egg=`"),
        ("./gone", "it is not there"),
    ] {
        bench.sandbox.write("gone.txt", format!("other\n{line}\n"));
        let run = uninstall(&bench, &["-r", "gone.txt"]).expect(1);
        let hint = "hint: nothing was removed; give these projects by their names";
        for words in ["gone.txt", why, hint] {
            assert!(run.stderr.contains(words), "{line}: {}", run.stderr);
        }
    }
    assert_eq!(bench.freeze("env"), ["other==3.0"]);
}

#[test]
fn what_is_not_there_stops_all_of_it() {
    let Some(bench) = bench() else { return };
    bench.install(&["app", "other"]).expect(0);
    let before = bench.snapshot("env");
    let run = uninstall(&bench, &["lib", "othr"]).expect(1);
    assert!(
        run.stderr.starts_with("error: othr is not installed in "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("did you mean `other`?"),
        "{}",
        run.stderr
    );
    let run = uninstall(&bench, &["qqq"]).expect(1);
    assert!(run.stderr.contains("`wh freeze`"), "{}", run.stderr);
    for arguments in [&[][..], &["./app"], &["?"]] {
        let run = uninstall(&bench, arguments).expect(2);
        assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn what_has_no_list_of_files_stays() {
    let Some(bench) = bench() else { return };
    bench.install(&["app", "other"]).expect(0);
    let site = bench.site_packages("env");
    std::fs::remove_file(site.join("other-3.0.dist-info/RECORD")).unwrap();
    std::fs::write(site.join("old-1.egg-info"), "Name: old\nVersion: 1\n").unwrap();
    let before = bench.snapshot("env");
    for name in ["other", "old"] {
        let run = uninstall(&bench, &["app", name]).expect(1);
        assert!(
            run.stderr.contains("has no list of its files"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

#[test]
fn what_the_system_manages_is_left_alone() {
    let Some(bench) = bench() else { return };
    let Some(real) = bench.python.path.parent().and_then(|bin| bin.parent()) else {
        return;
    };
    let (major, minor) = bench.python.version;
    let standard = format!("lib/python{major}.{minor}");
    if !real.join(&standard).is_dir() {
        return wh_testing::sandbox::skipped("this Python cannot be copied");
    }
    // an interpreter of our own, with the marker
    let code = format!(
        "cp -a {0}/bin/python{major}.{minor} bin/ && ln -s {0}/{standard}/* {standard}/ && \
         rm {standard}/site-packages && mkdir {standard}/site-packages && \
         printf '[externally-managed]\\nError=ask apt\\n' > {standard}/EXTERNALLY-MANAGED",
        real.display()
    );
    std::fs::create_dir_all(bench.path("system").join(&standard)).unwrap();
    std::fs::create_dir_all(bench.path("system/bin")).unwrap();
    let code = format!("PATH=/usr/bin:/bin; cd system && {code}");
    if bench.run("/bin/sh", ["-c", &code]).status != Some(0) {
        return wh_testing::sandbox::skipped("this Python cannot be copied");
    }
    let python = bench.path(format!("system/bin/python{major}.{minor}"));
    let python = python.display().to_string();
    let insist = "--break-system-packages";
    let place = ["--python", &python];
    let install = ["install", "--find-links", "wheels", insist, "other"];
    let run = bench.sandbox.run(install.iter().chain(&place));
    if run.status != Some(0) {
        return wh_testing::sandbox::skipped(&run.stderr);
    }
    let run = bench
        .sandbox
        .run(["uninstall", "other"].iter().chain(&place))
        .expect(1);
    assert!(run.stderr.contains("ask apt"), "{}", run.stderr);
    bench
        .sandbox
        .run(["uninstall", "other", insist].iter().chain(&place))
        .expect(0);
}
