//! The report: its keys are promised.

use serde_json::{Value, json};
use wh_testing::sha256_hex;

use crate::bench::{Bench, module};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_report_has_the_promised_keys() {
    let bench = Bench::app_and_lib();
    bench.download(&["app", "--report", "plan.json"]).expect(0);
    let report = bench.report("plan.json");
    assert_eq!(keys(&report), ["files", "missing", "targets", "version"]);
    assert_eq!(report["version"], 1);
    assert_eq!(report["missing"], json!([]));
    let sizes: Vec<u64> = ["app-1.0", "lib-2.0"]
        .map(|stem| {
            bench
                .sandbox
                .path(format!("wheels/{stem}-py3-none-any.whl"))
        })
        .map(|path| std::fs::metadata(path).unwrap().len())
        .into();
    let target = "cp312-manylinux_2_28_x86_64";
    assert_eq!(
        report["targets"],
        json!([{
            "name": target, "python": "3.12", "platform": "manylinux_2_28_x86_64",
            "complete": true, "distributions": 2, "files": 2, "bytes": sizes[0] + sizes[1],
        }])
    );
    let lib = std::fs::read(bench.sandbox.path("wheels/lib-2.0-py3-none-any.whl")).unwrap();
    assert_eq!(
        report["files"][1],
        json!({
            "project": "lib", "version": "2.0", "filename": "lib-2.0-py3-none-any.whl",
            "url": bench.index.file_url("lib-2.0-py3-none-any.whl"),
            "size": sizes[1], "sha256": sha256_hex(&lib), "action": "fetch",
            "targets": [target], "requested_by": ["app"],
        })
    );
}

#[test]
fn what_is_there_is_kept() {
    let bench = Bench::app_and_lib();
    bench.download(&["lib"]).expect(0);
    let run = bench
        .download(&["app", "--dry-run", "--report", "-"])
        .expect(0);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let actions: Vec<_> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["action"])
        .collect();
    assert_eq!(actions, ["fetch", "keep"]);
}

#[test]
fn unknown_values_are_null() {
    let bench = Bench::new();
    let file = wh_testing::IndexFile::wheel(&module("lib", "1.0"))
        .without_size()
        .without_hashes();
    bench.index.add(file);
    let run = bench
        .download(&["lib", "--dry-run", "--report", "-"])
        .expect(0);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let file = &report["files"][0];
    assert_eq!(file["sha256"], Value::Null);
    assert_eq!(file["size"], Value::Null);
    assert_eq!(report["targets"][0]["bytes"], Value::Null);
}

#[test]
fn the_shortest_chain_says_who_asks() {
    let bench = Bench::with(&[
        module("app", "1.0").requires("middle"),
        module("middle", "1.0").requires("lib"),
        module("lib", "1.0"),
        module("other", "1.0").requires("middle"),
    ]);
    bench
        .download(&["other", "app", "--report", "plan.json"])
        .expect(0);
    let report = bench.report("plan.json");
    let by = |file: &str| {
        let files = report["files"].as_array().unwrap();
        let row = files.iter().find(|row| row["project"] == file).unwrap();
        row["requested_by"].clone()
    };
    assert_eq!(by("app"), json!(["app"]));
    assert_eq!(by("middle"), json!(["app"]));
    assert_eq!(by("lib"), json!(["app", "middle==1.0"]));
}
