//! `wh target`: what a machine is, for every interpreter on it, and back as `--target FILE`.

use wh_testing::sandbox::{pythons, skipped};
use wh_testing::{IndexFile, Sandbox, WheelBuilder, Workbench, tools};

use crate::{WH, bench};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Tags and markers as `packaging` of this moment has them, asked in that very interpreter.
#[test]
fn every_interpreter_is_as_packaging_says() {
    let Some(tools) = tools() else { return };
    let sandbox = Sandbox::new(WH);
    let find = "import packaging, os; print(os.path.dirname(os.path.dirname(packaging.__file__)))";
    let output = std::process::Command::new(tools.python())
        .args(["-c", find])
        .output()
        .unwrap();
    let site = String::from_utf8(output.stdout).unwrap();
    let mut asked = 0;
    for python in pythons() {
        let code = format!(
            "import sys, json; sys.path.append({:?})\n\
             from packaging.tags import sys_tags\nfrom packaging.markers import default_environment\n\
             print(json.dumps([[str(tag) for tag in sys_tags()], default_environment()]))",
            site.trim()
        );
        let output = std::process::Command::new(&python.path)
            .args(["-I", "-c", &code])
            .output()
            .unwrap();
        if !output.status.success() {
            continue; // older than this packaging can be
        }
        let theirs = json(&String::from_utf8_lossy(&output.stdout));
        let path = python.path.display().to_string();
        let ours = json(&sandbox.run(["target", "--python", &path]).expect(0).stdout);
        assert_eq!(
            ours["compatible_tags"]
                .as_array()
                .or(ours["tags"].as_array()),
            theirs[0].as_array(),
            "{path}"
        );
        let markers = ours["marker_environment"]
            .as_object()
            .or(ours["markers"].as_object())
            .unwrap();
        for (name, value) in theirs[1].as_object().unwrap() {
            assert_eq!(markers.get(name), Some(value), "{path} {name}");
        }
        asked += 1;
    }
    if asked == 0 {
        skipped("no interpreter can run packaging");
    }
}

#[test]
fn a_named_target_needs_no_interpreter() {
    let sandbox = Sandbox::new(WH);
    let run = sandbox.run(["target", "cp312-windows"]).expect(0);
    assert!(
        run.stdout.contains("cp312-cp312-win_amd64"),
        "{}",
        run.stdout
    );
    let run = sandbox.run(["target", "cp312-windwos"]).expect(2);
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    sandbox.run(["target"]).expect(1);
}

/// Described on one machine, downloaded for on another.
#[test]
fn download_takes_the_file() {
    let Some(bench) = bench() else { return };
    let python = bench.python.path.display().to_string();
    let described = bench
        .sandbox
        .run(["target", "--python", &python])
        .expect(0)
        .stdout;
    bench.sandbox.write("plant.json", described);
    let (major, minor) = bench.python.version;
    let native = WheelBuilder::new("lib", "1").tag(format!("cp{major}{minor}-none-any"));
    bench.index.add(IndexFile::wheel(&native));
    bench.download(&["lib", "--target", "plant.json"]).expect(0);
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1"]);
    check_refused(&bench, "{}", "broken.json");
    check_refused(&bench, "no json", "broken.json");
    bench
        .download(&["lib", "--target", "missing.json"])
        .expect(2);
}

fn check_refused(bench: &Workbench, text: &str, name: &str) {
    bench.sandbox.write(name, text);
    let run = bench.download(&["lib", "--target", name]).expect(2);
    assert!(run.stderr.contains(name), "{}", run.stderr);
}
