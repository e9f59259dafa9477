//! Two distributions with one file: refused before any change, unless the user insists; with the same
//! bytes it is of both.

use wh_testing::{WheelBuilder, Workbench};

use crate::{bench, wheel};

fn with_file(name: &str, text: &str) -> WheelBuilder {
    wheel(name, "1.0").file("shared/__init__.py", text)
}

fn shared(bench: &Workbench) -> Option<String> {
    std::fs::read_to_string(bench.site_packages("env").join("shared/__init__.py")).ok()
}

#[test]
fn other_bytes_are_refused_unless_the_user_insists() {
    let Some(bench) = bench() else { return };
    bench.folder(&[with_file("one", "1\n"), with_file("two", "2\n")]);
    let run = bench.install(&["one", "two"]).expect(1);
    for word in [
        "one-1.0",
        "two-1.0",
        "shared/__init__.py",
        "--allow-conflicts",
    ] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    bench.install(&["one"]).expect(0);
    let run = bench.install(&["two"]).expect(1);
    for word in ["installed one 1.0", "two-1.0", "--allow-conflicts"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!(bench.freeze("env"), ["one==1.0"]);
    bench.install(&["two", "--allow-conflicts"]).expect(0);
    assert_eq!(bench.freeze("env"), ["one==1.0", "two==1.0"]);
    assert_eq!(shared(&bench).as_deref(), Some("2\n"));
    bench.environment("both");
    bench
        .install_into("both", &["one", "two", "--allow-conflicts"])
        .expect(0);
}

#[test]
fn what_two_list_stays_until_the_last_of_them_goes() {
    let Some(bench) = bench() else { return };
    bench.folder(&[
        with_file("one", ""),
        with_file("two", ""),
        wheel("two", "2.0"),
    ]);
    bench.install(&["one", "two==1.0"]).expect(0);
    // an upgrade that has it no more
    bench.install(&["-U", "two"]).expect(0);
    assert!(shared(&bench).is_some());
    bench.install(&["two==1.0"]).expect(0);
    let python = bench.interpreter("env").display().to_string();
    let uninstall = |name| ["uninstall", "--python", &python, name];
    bench.sandbox.run(uninstall("one")).expect(0);
    assert!(shared(&bench).is_some());
    bench.sandbox.run(uninstall("two")).expect(0);
    assert!(!bench.site_packages("env").join("shared").exists());
}
