//! Files that say what is needed: pyproject.toml, scripts, locks of other tools, uv.lock.

use wh_testing::IndexFile;

use crate::bench::{Bench, LINUX, module, says};

const PROJECT: &str = r#"
[project]
name = "own"
version = "1"
requires-python = ">=3.10"
dependencies = ["app"]
[project.optional-dependencies]
plot = ["plotter"]
all = ["own[plot]", "more"]
[dependency-groups]
dev = ["tool", {include-group = "lint"}]
lint = ["linter"]
ring = [{include-group = "ring"}]
"#;

/// A version or two of each project that these files name.
fn bench() -> Bench {
    let bench = Bench::app_and_lib();
    for name in ["plotter", "more", "tool", "linter"] {
        bench.index.add_wheel(&module(name, "1.0"));
    }
    bench
}

fn check(bench: &Bench, args: &[&str], expected: &[&str]) {
    bench.download(args).expect(0);
    let found = bench.lock().versions();
    let names: Vec<&str> = found
        .iter()
        .filter_map(|one| one.split(' ').next())
        .collect();
    assert_eq!(names, expected, "{args:?}");
}

#[test]
fn a_project_with_its_extras_and_groups() {
    let bench = bench();
    bench.sandbox.write("pyproject.toml", PROJECT);
    let project = ["-r", "pyproject.toml"];
    let with = |more: &[&'static str]| [&project[..], more].concat();
    check(&bench, &project, &["app", "lib"]);
    check(
        &bench,
        &with(&["--extra", "Plot"]),
        &["app", "lib", "plotter"],
    );
    check(
        &bench,
        &with(&["--all-extras"]),
        &["app", "lib", "more", "plotter"],
    );
    check(
        &bench,
        &with(&["--group", "dev"]),
        &["app", "lib", "linter", "tool"],
    );
    // groups alone are those of ./pyproject.toml, without the project
    check(&bench, &["--group", "lint"], &["linter"]);
    bench
        .sandbox
        .write("sub/pyproject.toml", "[dependency-groups]\nx = ['more']\n");
    check(
        &bench,
        &["--group", "sub/pyproject.toml:x", "--group", "lint"],
        &["linter", "more"],
    );
}

#[test]
fn what_a_project_does_not_have_or_tell() {
    let bench = bench();
    bench.sandbox.write("pyproject.toml", PROJECT);
    for (args, status, words) in [
        (
            &["-r", "pyproject.toml", "--extra", "gone"][..],
            2,
            &["extra `gone`", "all, plot"][..],
        ),
        (
            &["-r", "pyproject.toml", "--group", "gone"],
            2,
            &["group `gone`", "dev, lint, ring"],
        ),
        (&["--group", "ring"], 2, &["without end: ring > ring"]),
        (
            &["app", "--extra", "plot"],
            2,
            &["no file that could have it"],
        ),
        (
            &["--group", "x.toml:a"],
            2,
            &["not the path of a pyproject.toml"],
        ),
    ] {
        says(&bench.download(args).expect(status), words);
    }
    let old = ["download", "-r", "pyproject.toml", "--target", "cp39-linux"];
    says(
        &bench.sandbox.run(old).expect(1),
        &["pyproject.toml requires Python >=3.10", "cp39"],
    );
    let dynamic = "[project]\nname='own'\nversion='1'\ndynamic=['dependencies']\n";
    bench.sandbox.write("pyproject.toml", dynamic);
    let run = bench.download(&["-r", "pyproject.toml"]).expect(1);
    says(&run, &["`dependencies` are dynamic", "hint:", "--build"]);
    bench.sandbox.write(
        "pyproject.toml",
        "[project]\nname='own'\ndependencies=['a>>1']\n",
    );
    says(
        &bench.download(&["-r", "pyproject.toml"]).expect(2),
        &["pyproject.toml:3: `project.dependencies[0]`"],
    );
    bench.sandbox.write("poetry.lock", "");
    says(
        &bench.download(&["-r", "poetry.lock"]).expect(1),
        &["poetry.lock is of a tool"],
    );
}

#[test]
fn a_script_says_what_it_requires() {
    let bench = bench();
    let script = "#!/usr/bin/env python\n# /// script\n# requires-python = '>=3.11'\n# dependencies = ['app', 'lib<2']\n# ///\nprint()\n";
    bench.sandbox.write("tool.py", script);
    bench.download(&["-r", "tool.py"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
    let run = bench
        .download_for(&[LINUX, "cp310-windows"], &["-r", "tool.py"])
        .expect(1);
    says(&run, &["tool.py requires Python >=3.11", "cp310"]);
    bench.sandbox.write("plain.py", "print()\n");
    says(
        &bench.download(&["-r", "plain.py"]).expect(2),
        &["no `# /// script` block"],
    );
}

/// A lock as another tool writes it, with the digest that `lib` 1.0 really has.
fn foreign_lock(bench: &Bench) -> String {
    let digest = |pin: &str| {
        bench.download(&[pin, "-d", pin]).expect(0);
        let lock = bench.sandbox.read(&format!("{pin}/pylock.toml"));
        let at = lock.find("sha256 = \"").unwrap() + 10;
        lock[at..at + 64].to_owned()
    };
    let (lib, plotter) = (digest("lib==1.0"), digest("plotter==1.0"));
    format!(
        r#"lock-version = "1.0"
created-by = "another"
extras = ["plot"]
dependency-groups = ["dev"]

[[packages]]
name = "lib"
version = "1.0"
wheels = [{{ url = "https://gone.example/lib-1.0-py3-none-any.whl", hashes = {{ sha256 = "{lib}" }} }}]

[[packages]]
name = "plotter"
version = "1.0"
marker = "'plot' in extras"
wheels = [{{ url = "https://gone.example/plotter-1.0-py3-none-any.whl", hashes = {{ sha256 = "{plotter}" }} }}]

[[packages]]
name = "own"
marker = "'dev' in dependency_groups"
directory = {{ path = ".", editable = true }}
"#
    )
}

#[test]
fn a_lock_of_another_tool_counts_by_names_versions_and_hashes() {
    let bench = bench();
    let lock = foreign_lock(&bench);
    bench.sandbox.write("pylock.toml", &lock);
    check(&bench, &["-r", "pylock.toml"], &["lib"]);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
    let with_extra = ["-r", "pylock.toml", "--extra", "plot"];
    check(&bench, &with_extra, &["lib", "plotter"]);
    let run = bench
        .download(&["-r", "pylock.toml", "--group", "dev"])
        .expect(1);
    says(
        &run,
        &[
            "own @ file:",
            "pylock.toml",
            "no pyproject.toml or setup.py",
        ],
    );
    let other = lock.replace("sha256 = \"", "sha256 = \"00");
    bench.sandbox.write("pylock.other.toml", other);
    bench.download(&["-r", "pylock.other.toml"]).expect(1);
}

#[test]
fn a_lock_finds_the_files_beside_it() {
    let bench = bench();
    bench.download(&["app", "-d", "first"]).expect(0);
    let words = [
        "download",
        "-r",
        "first/pylock.toml",
        "--no-index",
        "--target",
        LINUX,
    ];
    bench.sandbox.run(words).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
}

#[test]
fn uv_lock_pins_for_each_target_its_own_fork() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("lib"),
        module("app", "2.0").requires("lib"),
        module("lib", "1.0"),
        module("lib", "2.0"),
        module("lib", "3.0"),
        module("plotter", "1.0"),
    ]);
    bench.sandbox.write(
        "uv.lock",
        r#"
version = 1
requires-python = ">=3.9"
[[package]]
name = "own"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "app" }]
[package.optional-dependencies]
plot = [{ name = "plotter" }]
[[package]]
name = "app"
version = "1.0"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "lib", version = "1.0", marker = "python_full_version < '3.12'" }, { name = "lib", version = "2.0", marker = "python_full_version >= '3.12'" }]
[[package]]
name = "lib"
version = "1.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version < '3.12'"]
[[package]]
name = "lib"
version = "2.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version >= '3.12'"]
[[package]]
name = "plotter"
version = "1.0"
source = { registry = "https://index.example/simple" }
"#,
    );
    let lock = ["-r", "uv.lock"];
    bench.download_for(&[LINUX, "cp311-linux"], &lock).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0", "lib 2.0"]);
    bench
        .download(&[&lock[..], &["--extra", "plot"]].concat())
        .expect(0);
    assert_eq!(
        bench.lock().versions(),
        ["app 1.0", "lib 2.0", "plotter 1.0"]
    );
    let words = ["download", "-r", "uv.lock", "--target", "cp38-linux"];
    says(
        &bench.sandbox.run(words).expect(1),
        &["uv.lock requires Python >=3.9"],
    );
}

#[test]
fn digests_of_constraints_are_digests() {
    let bench = bench();
    bench.sandbox.write("r.txt", "lib\n");
    bench.sandbox.write(
        "c.txt",
        format!("lib==1.0 --hash=sha256:{}\n", "0".repeat(64)),
    );
    let run = bench.download(&["-r", "r.txt", "-c", "c.txt"]).expect(1);
    says(&run, &["digests"]);
    bench.assert_nothing_kept();
}

#[test]
fn find_links_of_a_file_start_beside_it() {
    let bench = Bench::new();
    bench.index.add(IndexFile::wheel(&module("other", "1.0")));
    bench.sandbox.write(
        "sub/vendor/lib-1.0-py3-none-any.whl",
        module("lib", "1.0").build(),
    );
    bench.sandbox.write("sub/r.txt", "-f vendor\nlib\n");
    check(&bench, &["-r", "sub/r.txt"], &["lib"]);
}
