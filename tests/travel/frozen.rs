//! `wh freeze --hashes` and `--format pylock`: what is installed, by the wheels it came from. pip
//! and uv install it from there.

use super::{bench, wheel};
use wh_testing::{WheelBuilder, Workbench, sha256_hex, tools};

fn freeze(bench: &Workbench, name: &str, arguments: &[&str]) -> wh_testing::sandbox::Run {
    let python = bench.interpreter(name).display().to_string();
    let mut all = vec!["freeze", "--python", &python, "--find-links", "wheels"];
    all.extend(arguments);
    bench.sandbox.run(all)
}

/// An environment with these wheels, a pure one with a script, data, and a dependency.
fn filled(bench: &Workbench) -> Vec<WheelBuilder> {
    let wheels = vec![
        wheel("Foo.Bar", "1.0+cpu")
            .requires("leaf>=1")
            .script("hello", "#!python\nprint('hello')\n")
            .entry_point("console_scripts", "hi", "foo_bar:main")
            .data("purelib", "extra.py", "x = 1\n")
            .data("data", "share/x.txt", "x"),
        wheel("leaf", "1").requires("cycle"),
        wheel("cycle", "1").requires("leaf"),
    ];
    bench.folder(&wheels);
    bench.install(&[]).expect(0);
    wheels
}

#[test]
fn each_pin_gets_the_digest_of_the_wheel_that_is_installed() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    let wheels = filled(&bench);
    // of the same version: other bytes, other tags
    wheel("leaf", "1")
        .build_tag("1")
        .file("more.py", "")
        .write_to(bench.path("wheels"));
    wheel("leaf", "1")
        .build_tag("2")
        .requires("cycle")
        .data("purelib", "other.py", "changed = 1\n")
        .write_to(bench.path("wheels"));
    wheel("leaf", "1")
        .requires("cycle")
        .tag("py2.py3-none-any")
        .write_to(bench.path("wheels"));
    let run = freeze(&bench, "env", &["--hashes"]).expect(0);
    let line = |pin: &str, wheel: &WheelBuilder| {
        format!(
            "{pin} \\\n    --hash=sha256:{}\n",
            sha256_hex(&wheel.build())
        )
    };
    let expected = [
        line("cycle==1", &wheels[2]),
        line("Foo.Bar==1.0+cpu", &wheels[0]),
        line("leaf==1", &wheels[1]),
    ];
    assert_eq!(run.stdout, expected.concat());

    bench.sandbox.write("requirements.txt", &run.stdout);
    // of local files pip takes the one of the best tag and build, without a look at its digest
    for file in ["leaf-1-1-py3", "leaf-1-2-py3", "leaf-1-py2.py3"] {
        let file = format!("{file}-none-any.whl");
        std::fs::remove_file(bench.path("wheels").join(file)).unwrap();
    }
    bench.environment("by-pip");
    let mut pip = tools.pip(&bench.interpreter("by-pip"));
    pip.args(["install", "--no-index", "--find-links", "wheels"]);
    pip.args(["--require-hashes", "-r", "requirements.txt"]);
    bench.finish(pip).expect(0);
    assert_eq!(bench.freeze("by-pip"), bench.freeze("env"));
    // what pip installed is known by the same wheels
    let again = freeze(&bench, "by-pip", &["--hashes"]).expect(0);
    assert_eq!(again.stdout, run.stdout);
    // so is what uv installed
    let python = bench.environment("by-uv").display().to_string();
    bench
        .run(
            tools.uv(),
            [
                "pip",
                "install",
                "--offline",
                "--no-index",
                "--find-links",
                "wheels",
                "--python",
                &python,
            ]
            .into_iter()
            .chain(["--require-hashes", "-r", "requirements.txt"]),
        )
        .expect(0);
    assert_eq!(
        freeze(&bench, "by-uv", &["--hashes"]).expect(0).stdout,
        run.stdout
    );
}

#[test]
fn the_order_of_a_file_is_kept() {
    let Some(bench) = bench() else { return };
    filled(&bench);
    bench.sandbox.write("in.txt", "# mine\nleaf\n--no-index\n");
    let run = freeze(&bench, "env", &["--hashes", "-r", "in.txt"]).expect(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[..2], ["# mine", "leaf==1 \\"]);
    assert!(lines[2].starts_with("    --hash=sha256:"));
    assert_eq!(lines[3], "--no-index");
    assert_eq!(run.stdout.matches("--hash=").count(), 3);
}

#[test]
fn a_pin_without_its_wheel_is_a_no_with_the_list() {
    let Some(bench) = bench() else { return };
    filled(&bench);
    let leaf = bench.path("wheels/leaf-1-py3-none-any.whl");
    wheel("leaf", "1")
        .requires("cycle")
        .data("purelib", "other.py", "changed = 1\n")
        .write_to(bench.path("wheels"));
    std::fs::remove_file(bench.path("wheels/cycle-1-py3-none-any.whl")).unwrap();
    for arguments in [&["--hashes"][..], &["--format", "pylock"]] {
        let run = freeze(&bench, "env", arguments).expect(1);
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.contains("2 of 3 distributions have no wheel"),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr
                .contains("leaf==1: its files are not those of leaf-1-py3-none-any.whl")
                && run
                    .stderr
                    .contains("cycle==1: there is none of this version"),
            "{}",
            run.stderr
        );
    }
    std::fs::write(&leaf, "no zip").unwrap();
    let run = freeze(&bench, "env", &["--hashes"]).expect(1);
    assert!(
        run.stderr.contains("leaf-1-py3-none-any.whl is damaged"),
        "{}",
        run.stderr
    );
    freeze(
        &bench,
        "env",
        &["--hashes", "--exclude", "leaf", "--exclude", "cycle"],
    )
    .expect(0);
}

#[test]
fn a_lock_of_an_environment_installs_by_pip_uv_and_wh() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    filled(&bench);
    // a wheel of the folder may lie deeper
    std::fs::create_dir(bench.path("wheels/deep")).unwrap();
    let name = "leaf-1-py3-none-any.whl";
    let (from, to) = (format!("wheels/{name}"), format!("wheels/deep/{name}"));
    std::fs::rename(bench.path(from), bench.path(to)).unwrap();
    wheel("stray", "1").write_to(bench.path("wheels"));
    let run = freeze(&bench, "env", &["--format", "pylock"]).expect(0);
    bench.sandbox.write("wheels/pylock.toml", &run.stdout);
    let lock: toml::Table = run.stdout.parse().unwrap();
    let packages = lock["packages"].as_array().unwrap();
    let paths: Vec<&str> = packages
        .iter()
        .map(|package| package["wheels"][0]["path"].as_str().unwrap())
        .collect();
    let foo = "foo_bar-1.0+cpu-py3-none-any.whl";
    assert_eq!(
        paths,
        [
            "cycle-1-py3-none-any.whl",
            foo,
            "deep/leaf-1-py3-none-any.whl"
        ]
    );
    assert!(!run.stdout.contains("no-deps"), "{}", run.stdout);

    let installed = bench.freeze("env");
    bench.environment("by-pip");
    let mut pip = tools.pip(&bench.interpreter("by-pip"));
    pip.args(["install", "--no-index", "-r", "wheels/pylock.toml"]);
    bench.finish(pip).expect(0);
    assert_eq!(bench.freeze("by-pip"), installed);

    let python = bench.environment("by-uv").display().to_string();
    let sync = [
        "pip",
        "sync",
        "--offline",
        "--python",
        &python,
        "wheels/pylock.toml",
    ];
    bench.run(tools.uv(), sync).expect(0);
    assert_eq!(bench.freeze("by-uv"), installed);

    bench.environment("by-wh");
    bench.install_into("by-wh", &[]).expect(0);
    assert_eq!(bench.freeze("by-wh"), installed);
}

#[test]
fn a_broken_environment_is_locked_as_it_is() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("a", "1").requires("gone>=2")]);
    bench.install(&["--no-deps", "a"]).expect(0);
    let run = freeze(&bench, "env", &["--format", "pylock"]).expect(0);
    assert!(run.stdout.contains("no-deps = true"), "{}", run.stdout);
    assert!(
        run.stderr.contains("does not meet its own requirements"),
        "{}",
        run.stderr
    );
}

#[test]
fn options_that_say_nothing_together_are_refused() {
    let Some(bench) = bench() else { return };
    bench.folder(&[]);
    bench.environment("env");
    for arguments in [
        &["freeze", "--hashes"][..],
        &["freeze", "--format", "pylock"],
        &[
            "freeze",
            "--hashes",
            "--find-links",
            "wheels",
            "--format",
            "json",
        ],
        &[
            "freeze",
            "--format",
            "pylock",
            "--find-links",
            "wheels",
            "-r",
            "x",
        ],
    ] {
        bench.sandbox.run(arguments).expect(2);
    }
    freeze(&bench, "env", &[]).expect(0);
    assert_eq!(freeze(&bench, "env", &["--hashes"]).expect(0).stdout, "");
    bench
        .sandbox
        .run(["freeze", "--hashes", "--find-links", "nowhere"])
        .expect(1);
}
