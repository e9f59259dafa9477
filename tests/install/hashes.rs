//! Digests that requirements give.

use wh_testing::{WheelBuilder, sha256_hex};

use crate::{bench, three, wheel};

fn line(wheel: &WheelBuilder, pin: &str) -> String {
    format!("{pin} --hash=sha256:{}\n", sha256_hex(&wheel.build()))
}

#[test]
fn a_requirement_says_which_file_it_means() {
    let Some(bench) = bench() else { return };
    let lib = wheel("lib", "1.5");
    bench.folder(std::slice::from_ref(&lib));
    let wrong = format!("lib==1.5 --hash=sha256:{}\n", "0".repeat(64));
    bench.sandbox.write("requirements.txt", wrong);
    bench.install(&["-r", "requirements.txt"]).expect(1);
    assert_eq!(bench.freeze("env"), [""; 0]);
    bench
        .sandbox
        .write("requirements.txt", line(&lib, "lib==1.5"));
    bench.install(&["-r", "requirements.txt"]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.5"]);
}

/// pip-compile writes a digest for each wheel and the sdist.
#[test]
fn any_of_several_digests_will_do_and_no_other() {
    let Some(bench) = bench() else { return };
    let lib = wheel("lib", "1.5");
    bench.folder(std::slice::from_ref(&lib));
    let zero = "0".repeat(64);
    let other = format!(
        "lib==1.5 --hash=sha256:{zero} --hash=sha256:{}\n",
        "1".repeat(64)
    );
    bench.sandbox.write("requirements.txt", other);
    bench.install(&["-r", "requirements.txt"]).expect(1);
    assert_eq!(bench.freeze("env"), [""; 0]);
    let either = format!(
        "{} --hash=sha256:{zero}\n",
        line(&lib, "lib==1.5").trim_end()
    );
    bench.sandbox.write("requirements.txt", either);
    bench.install(&["-r", "requirements.txt"]).expect(0);
}

/// Of two wheels of one version the one is taken whose digest is given.
#[test]
fn the_digest_chooses_among_wheels() {
    let Some(bench) = bench() else { return };
    let (major, minor) = bench.python.version;
    let pure = WheelBuilder::new("lib", "1.0").file("pure.py", "");
    let native = WheelBuilder::new("lib", "1.0")
        .tag(format!("cp{major}{minor}-none-any"))
        .file("native.py", "");
    bench.folder(&[pure.clone(), native]);
    bench
        .sandbox
        .write("requirements.txt", line(&pure, "lib==1.0"));
    bench.install(&["-r", "requirements.txt"]).expect(0);
    assert!(bench.site_packages("env").join("pure.py").exists());
}

#[test]
fn where_one_digest_is_required_all_are() {
    let Some(bench) = bench() else { return };
    let [app, lib, _] = <[WheelBuilder; 3]>::try_from(three()).unwrap();
    bench.folder(&[app.clone(), lib.clone()]);
    let run = bench.install(&["app", "--require-hashes"]).expect(1);
    assert!(
        run.stderr.contains("app") && run.stderr.contains("hash"),
        "{}",
        run.stderr
    );
    // the digest of a dependency is missing
    bench
        .sandbox
        .write("requirements.txt", line(&app, "app==1.0"));
    let run = bench.install(&["-r", "requirements.txt"]).expect(1);
    assert!(run.stderr.contains("lib"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), [""; 0]);
    let both = line(&app, "app==1.0") + &line(&lib, "lib==1.5");
    bench.sandbox.write("requirements.txt", both);
    bench
        .install(&["-r", "requirements.txt", "--require-hashes"])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
}

/// A lock has the digest of every file.
#[test]
fn a_lock_gives_the_digests() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    bench.install(&["--require-hashes"]).expect(0);
    bench.environment("named");
    bench
        .install_into("named", &["lib", "--require-hashes"])
        .expect(0);
    assert_eq!(bench.freeze("named"), ["lib==1.5"]);
}

#[test]
fn a_wheel_that_is_not_the_locked_one_is_refused() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let path = bench.path("wheels/lib-1.5-py3-none-any.whl");
    let other = WheelBuilder::new("lib", "1.5").file("lib/__init__.py", "import evil\n");
    std::fs::write(path, other.build()).unwrap();
    bench.environment("env");
    let before = bench.snapshot("env");
    let run = bench.install(&[]).expect(1);
    assert!(
        run.stderr.contains("lib-1.5-py3-none-any.whl"),
        "{}",
        run.stderr
    );
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
}

/// A constraints file with digests pins what requirements files and dependencies leave open.
#[test]
fn constraints_give_digests_too() {
    let Some(bench) = bench() else { return };
    let all = three();
    bench.folder(&all);
    let whole = line(&all[0], "app==1.0") + &line(&all[1], "lib==1.5");
    bench.sandbox.write("constraints.txt", whole);
    let zero = "0".repeat(64);
    let wrong = line(&all[0], "app==1.0") + &format!("lib==1.5 --hash=sha256:{zero}\n");
    bench.sandbox.write("wrong.txt", wrong);
    bench.sandbox.write("some.txt", line(&all[0], "app==1.0"));
    bench.install(&["app", "-c", "wrong.txt"]).expect(1);
    // one digest somewhere, and all need one, as in pip
    let run = bench.install(&["app", "-c", "some.txt"]).expect(1);
    assert!(
        run.stderr.contains("lib==1.5, asked for by app"),
        "{}",
        run.stderr
    );
    bench.install(&["app", "--require-hashes"]).expect(1);
    assert_eq!(bench.freeze("env"), [""; 0]);
    bench
        .install(&["app", "--require-hashes", "-c", "constraints.txt"])
        .expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
}

#[test]
fn constraints_have_all_forms_of_requirements() {
    let Some(bench) = bench() else { return };
    bench.folder(&[
        wheel("lib", "1.2"),
        wheel("lib", "1.5"),
        wheel("app", "1.0").requires("lib"),
    ]);
    let limits = "lib<1.5 # why\nlib!=1.0; python_version >= '3'\nlib==9; python_version < '3'\n";
    bench.sandbox.write("below/limits.txt", limits);
    bench
        .sandbox
        .write("requirements.txt", "-c below/limits.txt\napp\n");
    bench.install(&["-r", "requirements.txt"]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.2"]);
    // a file by its path, which nothing else may serve
    let other = wheel("lib", "1.3").write_to(bench.path("below"));
    let here = format!("lib @ file://{}\n", other.display());
    bench.sandbox.write("url.txt", here);
    bench.install(&["app", "-c", "url.txt"]).expect(0);
    assert_eq!(bench.freeze("env")[0], "app==1.0");
    let line = format!("lib @ file://{}", other.display());
    assert!(
        bench.freeze("env")[1].starts_with(&line),
        "{:?}",
        bench.freeze("env")
    );
    bench.sandbox.write("none.txt", "lib<1\n");
    let run = bench.install(&["app", "-c", "none.txt"]).expect(1);
    assert!(run.stderr.contains("none.txt"), "{}", run.stderr);
    bench.sandbox.write("extra.txt", "lib[more]\n");
    let run = bench.install(&["app", "-c", "extra.txt"]).expect(2);
    assert!(run.stderr.contains("lib[more]"), "{}", run.stderr);
}
