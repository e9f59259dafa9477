//! `--compile`: the bytecode that pip would make, listed as pip lists it, gone with its modules, and
//! made without running any of them.

use std::collections::BTreeMap;

use wh_testing::snapshot::{Snapshot, Thing};
use wh_testing::{WheelBuilder, Workbench, tools};

use crate::{bench, wheel};

fn wheels() -> Vec<WheelBuilder> {
    let app = wheel("app", "1.0")
        .file("app/more/deep.py", "def f():\n    return 1\n")
        .file("app/old.py", "print 'another Python'\n")
        .file("app/zero.py", "a = '\\0\0'\n")
        .file("app/data.txt", "text")
        .file("top_module.py", "x = 1\n")
        .file("ns/app.py", "")
        .data("purelib", "app/pure.py", "")
        .data("data", "share/app/tool.py", "y = 2\n")
        .script("tool.py", "#!python\nprint(1)\n")
        .script("plain", "#!python\nprint(1)\n")
        .entry_point("console_scripts", "app", "app:main");
    vec![app, wheel("lib", "1.5").file("ns/lib.py", "import app\n")]
}

/// The heads of the bytecode of an environment: how it is known to be up to date, and of what.
fn heads(tree: &Snapshot, with_time: bool) -> BTreeMap<String, Vec<u8>> {
    let compiled = tree.0.iter().filter_map(|(path, thing)| match thing {
        Thing::File(_, bytes) if path.ends_with(".pyc") && !path.contains("/pip") => {
            let mut head = bytes[..16].to_vec();
            // of a script the shebang tells the environments apart
            if !with_time || path.starts_with("bin/") {
                head[8..16].fill(0);
            }
            Some((path.clone(), head))
        }
        _ => None,
    });
    compiled.collect()
}

/// Each bytecode with the path of its source in it, as a traceback shows it; pip writes some of them
/// with `..` inside.
fn sources(bench: &Workbench, name: &str) -> Vec<String> {
    let code = "import glob, marshal, os, sys\n\
        for path in sorted(glob.glob(sys.argv[1] + '/**/*.pyc', recursive=True)):\n\
        \x20   code = marshal.loads(open(path, 'rb').read()[16:])\n\
        \x20   print(path, os.path.normpath(code.co_filename))";
    let folder = bench.path(name).display().to_string();
    let run = bench
        .run(&bench.python.path, ["-c", code, &folder])
        .expect(0);
    let lines = run.stdout.lines().filter(|line| !line.contains("/pip"));
    lines.map(|line| line.replace(&folder, "ENV")).collect()
}

/// The rows of all RECORDs that are about bytecode.
fn rows(tree: &Snapshot) -> Vec<String> {
    let records = tree
        .0
        .keys()
        .filter(|path| path.ends_with("/RECORD") && !path.contains("/pip-"));
    let mut rows: Vec<String> = records
        .flat_map(|path| {
            let text = tree.text(path).unwrap_or_default();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .filter(|row| row.contains(".pyc"))
        .collect();
    rows.sort();
    rows
}

fn with_pip(bench: &Workbench, name: &str) -> Option<()> {
    let tools = tools()?;
    bench.environment(name);
    let mut pip = tools.pip(&bench.interpreter(name));
    pip.args([
        "install",
        "--compile",
        "--no-index",
        "-f",
        "wheels",
        "app",
        "lib",
    ]);
    bench.finish(pip).expect(0);
    Some(())
}

#[test]
fn it_equals_that_of_pip() {
    let Some(mut bench) = bench() else { return };
    bench.folder(&wheels());
    for (ours, theirs, by_hash) in [("a", "b", false), ("c", "d", true)] {
        if by_hash {
            bench.sandbox.variable("SOURCE_DATE_EPOCH", "1700000000");
        }
        bench.environment(ours);
        let run = bench
            .install_into(ours, &["--compile", "app", "lib"])
            .expect(0);
        let warning = "warning: no bytecode was made of ";
        let warned = run.stderr.lines().find(|line| line.starts_with(warning));
        let warned = warned.unwrap_or_else(|| panic!("{}", run.stderr));
        for word in ["app/old.py (SyntaxError", "app/zero.py ("] {
            assert!(warned.contains(word), "{word}: {warned}");
        }
        if with_pip(&bench, theirs).is_none() {
            return;
        }
        let trees = [ours, theirs].map(|name| bench.snapshot(name));
        let [one, other] = [0, 1].map(|side| heads(&trees[side], by_hash));
        assert_eq!(one.len(), 9, "{:?}", one.keys());
        assert_eq!(one, other);
        assert_eq!(sources(&bench, ours), sources(&bench, theirs));
        assert_eq!(rows(&trees[0]), rows(&trees[1]));
        assert_eq!(rows(&trees[0]).len(), 9);
    }
    // and Python takes it as it is
    let before = bench.snapshot("a");
    let code = "import app.more.deep, ns.lib, top_module";
    bench.run(bench.interpreter("a"), ["-c", code]).expect(0);
    assert_eq!(before.differences(&bench.snapshot("a")), [""; 0]);
}

#[test]
fn it_goes_with_its_modules() {
    let Some(bench) = bench() else { return };
    bench.folder(&wheels());
    bench.install(&["lib", "--compile"]).expect(0);
    let before = bench.snapshot("env");
    bench.install(&["app", "--compile"]).expect(0);
    let python = bench.interpreter("env").display().to_string();
    let uninstall = ["uninstall", "--python", &python, "app"];
    bench.sandbox.run(uninstall).expect(0);
    assert_eq!(before.differences(&bench.snapshot("env")), [""; 0]);
    // a new version beside a namespace: its own bytecode in place of the old
    bench.install(&["app", "--compile"]).expect(0);
    bench.folder(&[wheel("app", "2.0").file("ns/app2.py", "")]);
    bench.install(&["app", "-U", "--compile"]).expect(0);
    bench.environment("fresh");
    bench
        .install_into("fresh", &["app", "lib", "--compile"])
        .expect(0);
    let names = |name| {
        Vec::from_iter(
            wh_testing::snapshot(&bench.site_packages(name))
                .0
                .into_keys(),
        )
    };
    assert_eq!(names("env"), names("fresh"));
    // without the option none is made, and the last word counts
    bench.environment("none");
    bench
        .install_into("none", &["--compile", "--no-compile"])
        .expect(0);
    assert!(
        names("none")
            .iter()
            .all(|path| !path.contains("__pycache__"))
    );
}

/// What runs when Python starts would run as often as there are interpreters.
#[test]
fn it_runs_no_code() {
    let Some(bench) = bench() else { return };
    let log = bench.path("log");
    let line = format!(
        "import os; open({:?}, 'a').write('x')\n",
        log.display().to_string()
    );
    let evil = wheel("evil", "1")
        .file("evil.pth", line.as_str())
        .file("sitecustomize.py", line.as_str());
    bench.folder(&[evil]).install(&[]).expect(0);
    let runs = |arguments: &[&str]| {
        let _ = std::fs::remove_file(&log);
        bench.install(arguments).expect(0);
        std::fs::read(&log).unwrap_or_default().len()
    };
    let plain = runs(&["--force-reinstall"]);
    assert_eq!(runs(&["--force-reinstall", "--compile"]), plain);
    let cache = bench.site_packages("env").join("evil/__pycache__");
    assert!(cache.is_dir());
}
