//! A folder without a lock: everything that fits, or what requirements name.

use wh_testing::WheelBuilder;

use crate::{bench, three, wheel};

#[test]
fn everything_that_fits_is_installed() {
    let Some(bench) = bench() else { return };
    let foreign = WheelBuilder::new("foreign", "1").tag("cp27-cp27mu-win32");
    bench
        .folder(&three())
        .folder(&[foreign, wheel("lib", "1.2")]);
    let run = bench.install(&[]).expect(0);
    assert!(run.stderr.contains("foreign"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5", "other==3.0"]);
    // all of them are roots
    let site = wh_testing::snapshot(&bench.site_packages("env"));
    assert!(site.text("lib-1.5.dist-info/REQUESTED").is_some());
}

#[test]
fn all_are_resolved_together() {
    let Some(bench) = bench() else { return };
    let app = wheel("app", "1.0").requires("lib<2");
    bench.folder(&[app, wheel("lib", "1.5"), wheel("lib", "2.0")]);
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
}

#[test]
fn what_is_missing_is_named_with_who_asks_for_it() {
    let Some(bench) = bench() else { return };
    bench.folder(&[
        wheel("app", "1.0").requires("lib>=2"),
        wheel("lib", "1.5"),
        wheel("other", "1"),
    ]);
    let run = bench.install(&["app"]).expect(1);
    for word in ["app", "lib>=2", "1.5", "hint:"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    bench.install(&["nothing-like-it"]).expect(1);
    assert_eq!(bench.freeze("env"), [""; 0]);
}

#[test]
fn requirements_extras_and_constraints() {
    let Some(bench) = bench() else { return };
    let app = wheel("app", "1.0").extra("more", ["lib"]);
    bench.folder(&[
        app,
        wheel("lib", "1.5"),
        wheel("lib", "1.2"),
        wheel("other", "3.0"),
    ]);
    bench
        .sandbox
        .write("constraints.txt", "lib<1.3\nother==1\n");
    bench
        .install(&["app[more]", "-c", "constraints.txt"])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    bench.install(&["other", "-c", "constraints.txt"]).expect(1);
    bench.sandbox.write(
        "requirements.txt",
        "app[more]  # both\nother ; python_version < '3'\n",
    );
    bench.environment("second");
    bench
        .install_into("second", &["-r", "requirements.txt"])
        .expect(0);
    assert_eq!(bench.freeze("second"), ["app==1.0", "lib==1.5"]);
    bench.environment("third");
    bench
        .install_into("third", &["app[more]", "--no-deps"])
        .expect(0);
    assert_eq!(bench.freeze("third"), ["app==1.0"]);
}

#[test]
fn the_best_wheel_of_the_folder_is_taken() {
    let Some(bench) = bench() else { return };
    let (major, minor) = bench.python.version;
    let native = format!("cp{major}{minor}-none-any");
    bench.folder(&[
        WheelBuilder::new("lib", "1.0").file("pure.py", ""),
        WheelBuilder::new("lib", "1.0")
            .tag(native)
            .file("native.py", ""),
        WheelBuilder::new("lib", "2.0a1").file("pre.py", ""),
    ]);
    bench.install(&["lib"]).expect(0);
    assert!(bench.site_packages("env").join("native.py").exists());
    bench.install(&["lib", "-U", "--pre"]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==2.0a1"]);
    assert!(!bench.site_packages("env").join("native.py").exists());
}

#[test]
fn an_empty_folder_and_no_folder() {
    let Some(bench) = bench() else { return };
    bench.folder(&[]);
    bench.install(&[]).expect(1);
    std::fs::remove_dir(bench.path("wheels")).unwrap();
    let run = bench.install(&[]).expect(1);
    assert!(run.stderr.contains("wheels"), "{}", run.stderr);
}

#[test]
fn what_no_wheel_serves_is_named_and_left_out() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("app", "1.0")]);
    for name in ["app-1.0.tar.gz", "lib-2.0.tar.gz", "odd-1.0-what.whl"] {
        std::fs::write(bench.path("wheels").join(name), "").unwrap();
    }
    let run = bench.install(&[]).expect(0);
    for (name, named) in [("app-1.0", false), ("lib-2.0", true), ("odd-1.0", true)] {
        assert_eq!(run.stderr.contains(name), named, "{}", run.stderr);
    }
    let run = bench.install(&["lib; python_version < '3'"]).expect(0);
    assert!(run.stderr.contains("Ignored lib"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["app==1.0"]);
}

/// A wheel that is named by its path is taken from there, and what it requires from the folder.
#[test]
fn a_wheel_may_be_named_by_its_path() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("lib", "1.5")]);
    let app = wheel("app", "1.0").requires("lib>=1");
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    let path = app.write_to(bench.path("elsewhere"));
    let given = path.to_str().unwrap();
    bench.install(&[given]).expect(0);
    let site = wh_testing::snapshot(&bench.site_packages("env"));
    let direct_url = site.text("app-1.0.dist-info/direct_url.json").unwrap();
    let digest = wh_testing::sha256_hex(&std::fs::read(&path).unwrap());
    assert!(direct_url.contains(&digest), "{direct_url}");
    assert!(site.text("lib-1.5.dist-info/direct_url.json").is_none());
    let run = bench
        .sandbox
        .run(["install", "--python", "env", "--find-links", given, "app"]);
    assert!(
        run.expect(2).stderr.contains("hint:"),
        "a file is no folder"
    );
}

#[test]
fn two_folders_that_disagree_about_a_file_are_refused_by_name() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("app", "1.0")]);
    std::fs::create_dir(bench.path("wheels/other")).unwrap();
    wheel("app", "1.0")
        .file("app/more.py", "")
        .write_to(bench.path("wheels/other"));
    let run = bench.install(&["app"]).expect(1);
    for word in ["app-1.0-py3-none-any.whl", "other", "hint:"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}
