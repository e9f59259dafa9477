//! The whole walk: an environment is frozen here, downloaded, and comes to life where there is no
//! network at all; and what was downloaded serves pip and uv as it is.

use std::process::Command;

use wh_testing::sandbox::{Run, air_gap, skipped};
use wh_testing::tools::Tools;
use wh_testing::{IndexFile, WheelBuilder, Workbench, tools};

const WH: &str = env!("CARGO_BIN_EXE_wh");

/// A program in the gap.
fn in_gap(bench: &Workbench, program: &std::path::Path, arguments: &[&str]) -> Result<Run, String> {
    let mut command = air_gap(program)?;
    command.args(arguments);
    Ok(bench.finish(command))
}

/// The same as a command that is made already.
fn command_in_gap(bench: &Workbench, command: &Command) -> Result<Run, String> {
    let mut gap = air_gap(command.get_program().as_ref())?;
    gap.args(command.get_args());
    Ok(bench.finish(gap))
}

/// Projects that need each other in many ways, the foreign-platform ones left out here.
fn wheels() -> Vec<WheelBuilder> {
    let module = |name: &str| {
        (
            format!("{}/__init__.py", name.replace('-', "_")),
            "def main(): print('here')\n",
        )
    };
    let wheel = |name: &str, version: &str| {
        let (path, text) = module(name);
        WheelBuilder::new(name, version).file(path, text)
    };
    vec![
        wheel("app", "2.0")
            .requires("lib[fast]>=1")
            .requires("tool; python_version >= '3'")
            .requires("winonly; sys_platform == 'win32'")
            .entry_point("console_scripts", "app", "app:main"),
        wheel("lib", "1.5").extra("fast", ["speedup==1.0+local"]),
        wheel("lib", "2.0a1"),
        wheel("speedup", "1.0+local"),
        wheel("tool", "3")
            .requires("app")
            .data("data", "share/tool.txt", "x"),
        wheel("winonly", "1"),
        wheel("Dotted.Name", "1.0.post1"),
    ]
}

/// Freeze, download, install in the gap, and the two are equal; then pip and uv from the same lock.
fn walk(bench: &Workbench, tools: &Tools, index: Option<&str>) {
    let python = |name: &str| bench.interpreter(name).display().to_string();
    let frozen = bench.freeze("original");
    bench
        .sandbox
        .write("requirements.txt", frozen.join("\n") + "\n");
    let original = python("original");
    let mut download = vec![
        "download",
        "-r",
        "requirements.txt",
        "-d",
        "wheels",
        "--python",
        &original,
    ];
    download.extend(index.iter().flat_map(|url| ["--index-url", url]));
    bench.sandbox.run(download).expect(0);

    bench.environment("copy");
    let copy = python("copy");
    let run = in_gap(
        bench,
        WH.as_ref(),
        &["install", "--find-links", "wheels", "--python", &copy],
    );
    match run {
        Ok(run) => run.expect(0),
        Err(why) => return skipped(&why),
    };
    assert_eq!(bench.freeze("copy"), frozen);
    let mut check = tools.pip(&bench.interpreter("copy"));
    check.arg("check");
    bench.finish(check).expect(0);

    for name in ["by-pip", "by-uv"] {
        bench.environment(name);
    }
    let mut pip = tools.pip(&bench.interpreter("by-pip"));
    pip.args([
        "install",
        "--quiet",
        "--no-index",
        "-r",
        "wheels/pylock.toml",
    ]);
    command_in_gap(bench, &pip).unwrap().expect(0);
    assert_eq!(names(&bench.freeze("by-pip")), names(&frozen));
    let by_uv = python("by-uv");
    let sync = [
        "pip",
        "sync",
        "--offline",
        "--preview",
        "--python",
        &by_uv,
        "wheels/pylock.toml",
    ];
    in_gap(bench, &tools.uv(), &sync).unwrap().expect(0);
    assert_eq!(names(&bench.freeze("by-uv")), names(&frozen));
}

/// Lines without the places of direct URLs: of an archive, pip remembers the path it took.
fn names(frozen: &[String]) -> Vec<&str> {
    frozen
        .iter()
        .map(|line| line.split(" @ ").next().unwrap_or(line))
        .collect()
}

#[test]
fn made_up_wheels_walk_across() {
    let (Some(bench), Some(tools)) = (Workbench::new(WH), tools()) else {
        return;
    };
    for wheel in wheels() {
        bench.index.add(IndexFile::wheel(&wheel));
    }
    bench.environment("original");
    let mut pip = tools.pip(&bench.interpreter("original"));
    pip.args([
        "install",
        "--quiet",
        "--index-url",
        &bench.index.url(),
        "app",
        "dotted-name",
    ]);
    bench.finish(pip).expect(0);
    assert_eq!(bench.freeze("original").len(), 5);
    walk(&bench, &tools, Some(&bench.index.url()));
    let run = bench.run(bench.path("copy/bin/app"), [""; 0]).expect(0);
    assert_eq!(run.stdout, "here\n");
}

/// A wheel that was installed from a URL is fetched from there, and pip takes it from the lock.
#[test]
fn a_direct_url_walks_across() {
    let (Some(bench), Some(tools)) = (Workbench::new(WH), tools()) else {
        return;
    };
    bench.index.add(IndexFile::wheel(&wheels()[1]));
    bench.environment("original");
    let url = format!("lib @ {}", bench.index.file_url("lib-1.5-py3-none-any.whl"));
    let mut pip = tools.pip(&bench.interpreter("original"));
    pip.args(["install", "--quiet", "--no-index", &url]);
    bench.finish(pip).expect(0);
    let frozen = bench.freeze("original");
    assert!(frozen[0].starts_with(&url), "{frozen:?}");
    walk(&bench, &tools, Some(&bench.index.url()));
}

/// Two environments from one folder: each takes its own part of the lock.
#[test]
fn one_folder_serves_several_pythons() {
    let pythons = wh_testing::sandbox::pythons();
    let new: Vec<_> = pythons
        .into_iter()
        .filter(|python| python.version >= (3, 8) && python.implementation == "cpython")
        .collect();
    let ([first, .., last], Some(_)) = (&new[..], air_gap(WH.as_ref()).ok()) else {
        return skipped("two Pythons and a namespace are needed");
    };
    let bench = Workbench::with(WH, last.clone());
    let old = format!(
        "python_version == '{}.{}'",
        first.version.0, first.version.1
    );
    let app = WheelBuilder::new("app", "1").requires(format!("backport; {old}"));
    for wheel in [app, WheelBuilder::new("backport", "1")] {
        bench.index.add(IndexFile::wheel(&wheel));
    }
    let name = |python: &wh_testing::sandbox::Python| {
        format!("cp{}{}-linux", python.version.0, python.version.1)
    };
    bench
        .download(&["app", "--target", &name(first), "--target", &name(last)])
        .expect(0);
    let mut sets = Vec::new();
    for python in [first, last] {
        let path = python.path.display().to_string();
        bench
            .sandbox
            .run(["venv", "env", "--clear", "--python", &path])
            .expect(0);
        bench.install(&[]).expect(0);
        sets.push(bench.freeze("env"));
    }
    assert_eq!(sets, [vec!["app==1", "backport==1"], vec!["app==1"]]);
}

/// Real distributions, where PyPI can be reached.
#[test]
fn real_distributions_walk_across() {
    let (Some(bench), Some(tools)) = (Workbench::new(WH), tools()) else {
        return;
    };
    bench.environment("original");
    let mut pip = tools.pip(&bench.interpreter("original"));
    pip.args([
        "install",
        "--quiet",
        "--retries",
        "1",
        "--only-binary",
        ":all:",
    ]);
    pip.args(["requests", "click", "rich", "numpy", "fastapi[standard]"]);
    let run = bench.finish(pip);
    if run.status != Some(0) {
        return skipped(&format!("PyPI cannot be reached: {}", run.stderr));
    }
    walk(&bench, &tools, None);
    bench
        .run(
            bench.interpreter("copy"),
            ["-c", "import numpy, fastapi, rich, requests"],
        )
        .expect(0);
}
