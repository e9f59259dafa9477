//! `wh venv`: environments that Python, shells and pip take for their own.

use std::process::Command;

use wh_testing::sandbox::skipped;
use wh_testing::{Sandbox, tools};

use crate::{WH, bench};

#[test]
fn an_environment_runs() {
    let Some(bench) = bench() else { return };
    let python = bench.environment("env");
    let cfg = bench.sandbox.read("env/pyvenv.cfg");
    for line in ["home = ", "include-system-site-packages = false", "version"] {
        assert!(cfg.contains(line), "{line}: {cfg}");
    }
    let code = "import sys, site; print(sys.prefix); print(sys.prefix != sys.base_prefix); print(site.getsitepackages()[0])";
    let run = bench.run(&python, ["-c", code]).expect(0);
    let expected = format!(
        "{}\nTrue\n{}\n",
        bench.path("env").display(),
        bench.site_packages("env").display()
    );
    assert_eq!(run.stdout, expected);
    // from inside one, the next has the same base
    let inside = python.display().to_string();
    bench
        .sandbox
        .run(["venv", "second", "--python", &inside])
        .expect(0);
    let code = "import sys; print(sys.base_prefix)";
    assert_eq!(
        bench.run(bench.interpreter("second"), ["-c", code]).stdout,
        bench.run(&python, ["-c", code]).stdout
    );
}

/// As Python's own `venv` has it, for every interpreter here.
#[test]
fn what_python_sees_equals_its_own_venv() {
    for python in wh_testing::sandbox::pythons() {
        if python.version < (3, 8) || python.implementation != "cpython" {
            continue;
        }
        let bench = wh_testing::Workbench::with(crate::WH, python);
        bench.environment("ours");
        let args = ["-m", "venv", "--without-pip", "theirs"];
        if bench.run(&bench.python.path, args).status != Some(0) {
            skipped(&format!("{:?} has no venv", bench.python));
            continue;
        }
        let code = "import sys, sysconfig, json; print(json.dumps([sys.path, sys.prefix, sys.base_prefix, \
            sys.exec_prefix, sys.executable, sysconfig.get_paths()]))";
        let [ours, theirs] = ["ours", "theirs"].map(|name| {
            let run = bench
                .run(bench.interpreter(name), ["-I", "-c", code])
                .expect(0);
            run.stdout
                .replace(&bench.path(name).display().to_string(), "PREFIX")
        });
        assert_eq!(ours, theirs, "{:?}", bench.python);
    }
}

#[cfg(unix)]
#[test]
fn shells_activate_odd_paths() {
    let Some(bench) = bench() else { return };
    for name in [
        "plain",
        "with space",
        "quote'd",
        "double\"d",
        "dollar$HOME",
        "back`tick",
        "ünïcode 漢",
    ] {
        let python = bench.environment(name);
        let code = "import sys; print(sys.prefix)";
        assert_eq!(
            bench.run(&python, ["-c", code]).expect(0).stdout.trim(),
            bench.path(name).display().to_string()
        );
        let script =
            "import sys,os;print(sys.prefix==os.environ['VIRTUAL_ENV'],sys.argv[1]==sys.prefix)";
        let bin = bench.path(name).join("bin");
        for (shell, file, run) in [
            (
                "bash",
                "activate",
                "source \"$1\" && python -c \"$2\" \"$3\" && deactivate && echo ${VIRTUAL_ENV-none}",
            ),
            (
                "zsh",
                "activate",
                "source \"$1\" && python -c \"$2\" \"$3\" && deactivate && echo ${VIRTUAL_ENV-none}",
            ),
            (
                "dash",
                "activate",
                ". \"$1\" && python -c \"$2\" \"$3\" && deactivate && echo ${VIRTUAL_ENV-none}",
            ),
        ] {
            let mut command = Command::new(shell);
            command
                .args(["-c", run, shell])
                .arg(bin.join(file))
                .arg(script)
                .arg(bench.path(name));
            bench.sandbox.prepare(&mut command);
            command.env("PATH", "/usr/bin:/bin");
            let Ok(output) = command.output() else {
                skipped(&format!("there is no {shell} here"));
                continue;
            };
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                "True True\nnone\n",
                "{shell} {name:?}: {output:?}"
            );
        }
        for (shell, run) in [
            (
                "fish",
                "source $argv[1]; and python -c $argv[2] $argv[3]; and deactivate",
            ),
            ("tcsh", "source \"$1:q\" && python -c \"$2:q\" \"$3:q\""),
        ] {
            let file = if shell == "fish" {
                "activate.fish"
            } else {
                "activate.csh"
            };
            let mut command = Command::new(shell);
            command
                .args(["-c", run])
                .arg(bin.join(file))
                .arg(script)
                .arg(bench.path(name));
            bench.sandbox.prepare(&mut command);
            command.env("PATH", "/usr/bin:/bin");
            match command.output() {
                Ok(output) => assert_eq!(
                    String::from_utf8_lossy(&output.stdout),
                    "True True\n",
                    "{shell} {name:?}: {output:?}"
                ),
                Err(_) => skipped(&format!("there is no {shell} here")),
            }
        }
    }
}

#[test]
fn what_is_there_is_not_overwritten() {
    let Some(bench) = bench() else { return };
    let python = bench.python.path.display().to_string();
    bench.sandbox.write("mine/thesis.txt", "years of work");
    let run = bench
        .sandbox
        .run(["venv", "mine", "--python", &python])
        .expect(1);
    assert!(
        run.stderr.contains("mine") && run.stderr.contains("hint:"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.sandbox.tree(), ["mine/thesis.txt"]);
    bench.environment("env");
    std::fs::write(bench.site_packages("env").join("kept.py"), "").unwrap();
    bench.environment("env");
    assert!(bench.site_packages("env").join("kept.py").exists());
    bench
        .sandbox
        .run(["venv", "env", "--clear", "--python", &python])
        .expect(0);
    assert!(!bench.site_packages("env").join("kept.py").exists());
    bench.sandbox.write("file", "");
    let run = bench.sandbox.run(["venv", "file", "--python", &python]);
    assert!(matches!(run.status, Some(1 | 3)), "{run:?}");
    assert_eq!(bench.sandbox.read("file"), "");
}

/// It would see nothing of what is in it.
#[test]
fn an_environment_of_another_python_is_left_alone() {
    let all = wh_testing::sandbox::pythons();
    let [one, .., other] = all.as_slice() else {
        return wh_testing::sandbox::skipped("only one Python");
    };
    let sandbox = Sandbox::new(WH);
    let [first, second] = [one, other].map(|python| python.path.display().to_string());
    sandbox.run(["venv", "env", "--python", &first]).expect(0);
    let before = wh_testing::snapshot(&sandbox.path("env"));
    let run = sandbox.run(["venv", "env", "--python", &second]).expect(1);
    for word in ["another Python", "--clear"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let after = wh_testing::snapshot(&sandbox.path("env"));
    assert_eq!(before.differences(&after), [""; 0]);
    let again = ["venv", "env", "--clear", "--python", &second];
    sandbox.run(again).expect(0);
    let lib: Vec<_> = std::fs::read_dir(sandbox.path("env/lib"))
        .unwrap()
        .collect();
    assert_eq!(lib.len(), 1);
}

#[test]
fn system_packages_and_prompt() {
    let Some(bench) = bench() else { return };
    let python = bench.python.path.display().to_string();
    let arguments = [
        "venv",
        "env",
        "--system-site-packages",
        "--prompt",
        "my plant",
        "--python",
        &python,
    ];
    bench.sandbox.run(arguments).expect(0);
    let cfg = bench.sandbox.read("env/pyvenv.cfg");
    assert!(cfg.contains("include-system-site-packages = true"), "{cfg}");
    let code = "import sys; print(sys.base_prefix in ''.join(p for p in sys.path if p.endswith('site-packages')))";
    assert_eq!(
        bench
            .run(bench.interpreter("env"), ["-c", code])
            .expect(0)
            .stdout,
        "True\n"
    );
    let activate = bench.sandbox.read("env/bin/activate");
    assert!(activate.contains("my plant"), "{activate}");
    bench
        .sandbox
        .run(["venv", "bad", "--prompt", "a\nb = c", "--python", &python])
        .expect(2);
    assert!(!bench.path("bad").exists());
}

/// Environments have no pip; that of another one serves.
#[test]
fn pip_of_another_environment_works_on_it() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    let python = bench.environment("env");
    bench.folder(&[wh_testing::WheelBuilder::new("lib", "1").file("lib.py", "")]);
    let mut pip = tools.pip(&python);
    pip.args([
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
        "wheels",
        "lib",
    ]);
    bench.finish(pip).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1"]);
    let mut pip = tools.pip(&python);
    pip.args(["uninstall", "--quiet", "--yes", "lib"]);
    bench.finish(pip).expect(0);
    assert_eq!(bench.freeze("env"), [""; 0]);
    // and pip takes away what `wh` installed, to the last file
    bench.environment("clean");
    bench.install(&[]).expect(0);
    let mut pip = tools.pip(&python);
    pip.args(["uninstall", "--quiet", "--yes", "lib"]);
    bench.finish(pip).expect(0);
    let left = wh_testing::snapshot(&bench.site_packages("env"))
        .differences(&wh_testing::snapshot(&bench.site_packages("clean")));
    assert_eq!(left, [""; 0]);
}
