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
