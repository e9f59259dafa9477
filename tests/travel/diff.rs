//! `wh diff`: what was added, removed and changed, and what new wheels bring.

use super::{bench, wheel};
use wh_testing::{WheelBuilder, Workbench};

fn folder(bench: &Workbench, name: &str, wheels: &[WheelBuilder]) {
    std::fs::create_dir_all(bench.path(name)).unwrap();
    for wheel in wheels {
        wheel.write_to(bench.path(name));
    }
}

/// The lines of `wh diff`, sizes left out.
fn lines(bench: &Workbench, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["diff"];
    all.extend(arguments);
    let run = bench.sandbox.run(all).expect(0);
    let cut = |line: &str| {
        if line.starts_with("    ") {
            return line.to_owned();
        }
        let words: Vec<&str> = line.split("  ").map(str::trim).collect();
        let words = words.into_iter().filter(|word| !word.is_empty());
        let words: Vec<&str> = words.collect();
        words[..words.len() - 1].join(" ")
    };
    run.stdout.lines().map(cut).collect()
}

fn old() -> Vec<WheelBuilder> {
    vec![
        wheel("gone", "1"),
        wheel("same", "1"),
        wheel("moved", "1")
            .header("License", "MIT")
            .tag("cp312-cp312-linux_x86_64")
            .file("moved/_fast.cpython-312-x86_64-linux-gnu.so", "1")
            .file("moved.libs/libz-0123abcd.so.1", "1")
            .file("moved.pth", "import moved\n")
            .entry_point("console_scripts", "move", "moved:main"),
        wheel("rebuilt", "1"),
    ]
}

fn new() -> Vec<WheelBuilder> {
    vec![
        wheel("same", "1"),
        wheel("moved", "2")
            .header("License-Expression", "Apache-2.0")
            .tag("cp313-cp313-linux_x86_64")
            .file("moved/_fast.cpython-313-x86_64-linux-gnu.so", "2")
            .file("moved/_new.cpython-313-x86_64-linux-gnu.so", "2")
            .file("moved.libs/libz-fedcba98.so.1", "2")
            .file("moved.pth", "import moved.more\n")
            .data("purelib", "late.start", "late:start\n")
            .file("moved/data.pth", "no start\n")
            .script("mover", "#!python\n")
            .entry_point("console_scripts", "move", "moved:main")
            .entry_point("gui_scripts", "move-w", "moved:main"),
        wheel("rebuilt", "1").file("more.py", "x = 1\n"),
        wheel("come", "3")
            .header("License", "BSD")
            .file("come/_c.pyd", "c")
            .entry_point("console_scripts", "come", "come:main"),
    ]
}

const EXPECTED: [&str; 12] = [
    "+ come 3",
    "    new native code: come/_c.pyd",
    "    new commands: come",
    "    licence: BSD",
    "- gone 1",
    "~ moved 1 -> 2",
    "    new native code: moved/_new.cpython-313-x86_64-linux-gnu.so",
    "    runs when Python starts: late.start, moved.pth",
    "    new commands: move-w, mover",
    "    licence: MIT -> Apache-2.0",
    "= rebuilt 1",
    "    same name, other bytes: rebuilt-1-py3-none-any.whl",
];

#[test]
fn folders_without_locks() {
    let Some(bench) = bench() else { return };
    folder(&bench, "old", &old());
    folder(&bench, "new", &new());
    let before = bench.sandbox.tree();
    assert_eq!(lines(&bench, &["old", "new"]), EXPECTED);
    assert_eq!(lines(&bench, &["old", "old"]), [""; 0]);
    assert_eq!(bench.sandbox.tree(), before);

    let run = bench.sandbox.run(["diff", "old", "new"]).expect(0);
    assert!(
        run.stderr
            .starts_with("1 added, 1 removed, 1 changed, 1 with other files; "),
        "{}",
        run.stderr
    );
    bench
        .sandbox
        .run(["diff", "old", "new", "--exit-code"])
        .expect(1);
    bench
        .sandbox
        .run(["diff", "old", "old", "--exit-code"])
        .expect(0);
}

#[test]
fn locks_and_folders_with_locks() {
    let Some(bench) = bench() else { return };
    let pure = |version: &str| wheel("pure", version).header("License", "MIT");
    bench.lock(&[pure("1"), wheel("kept", "1")], &["pure", "kept"]);
    std::fs::rename(bench.path("wheels"), bench.path("old")).unwrap();
    bench.lock(
        &[pure("2").file("pure_start.pth", "import pure\n")],
        &["pure", "kept"],
    );
    // a file that no lock names is not part of the wheelhouse
    wheel("stray", "1").write_to(bench.path("wheels"));
    let expected = [
        "~ pure 1 -> 2",
        "    runs when Python starts: pure_start.pth",
    ];
    assert_eq!(lines(&bench, &["old", "wheels"]), expected);
    let locks = ["old/pylock.toml", "wheels/pylock.toml"];
    assert_eq!(lines(&bench, &locks), expected);

    // without the wheels nobody knows what is new
    std::fs::remove_file(bench.path("old/pure-1-py3-none-any.whl")).unwrap();
    assert_eq!(lines(&bench, &locks), expected[..1]);
    let run = bench.sandbox.run(["diff", "old", "wheels"]).expect(0);
    assert!(
        run.stderr.contains("1 wheel cannot be read")
            && run.stderr.contains("pure-1-py3-none-any.whl"),
        "{}",
        run.stderr
    );
}

#[test]
fn json() {
    let Some(bench) = bench() else { return };
    folder(&bench, "old", &old());
    folder(&bench, "new", &new());
    let run = bench
        .sandbox
        .run(["diff", "old", "new", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.expect(0).stdout).unwrap();
    let size = |path: &str| std::fs::metadata(bench.path(path)).unwrap().len();
    let moved = &answer["projects"][2];
    assert_eq!(moved["project"], "moved");
    assert_eq!(moved["change"], "changed");
    assert_eq!(moved["old_versions"], serde_json::json!(["1"]));
    let file = "moved-2-cp313-cp313-linux_x86_64.whl";
    assert_eq!(moved["added_files"], serde_json::json!([file]));
    assert_eq!(moved["new_bytes"], size(&format!("new/{file}")));
    assert_eq!(
        moved["brings"]["licence"],
        serde_json::json!({"old": "MIT", "new": "Apache-2.0"})
    );
    assert_eq!(answer["projects"][3]["change"], "files");
    assert_eq!(answer["version"], 1);
}

#[test]
fn what_is_not_there_or_not_a_lock_is_said() {
    let Some(bench) = bench() else { return };
    folder(&bench, "old", &[]);
    let run = bench.sandbox.run(["diff", "old", "nowhere"]).expect(1);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
    bench.sandbox.write("old/pylock.toml", "x = ");
    let run = bench.sandbox.run(["diff", "old", "old"]).expect(2);
    assert!(
        run.stderr.contains("pylock.toml is not a lock"),
        "{}",
        run.stderr
    );
    // a damaged wheel is no reason to say nothing of the others
    folder(&bench, "a", &[wheel("x", "1")]);
    folder(&bench, "b", &[wheel("x", "1"), wheel("y", "1")]);
    bench.sandbox.write("b/x-1-py3-none-any.whl", "no zip");
    assert_eq!(
        lines(&bench, &["a", "b"]),
        [
            "= x 1",
            "    same name, other bytes: x-1-py3-none-any.whl",
            "+ y 1"
        ]
    );
}

/// A project may have nothing but an sdist.
#[test]
fn folders_without_locks_have_sdists_too() {
    let Some(bench) = bench() else { return };
    folder(&bench, "a", &[wheel("x", "1")]);
    folder(&bench, "b", &[wheel("x", "1")]);
    bench.sandbox.write("a/lone-1.0.tar.gz", "one");
    bench.sandbox.write("b/lone-2.0.tar.gz", "another");
    bench.sandbox.write("b/new_one-1.zip", "new");
    bench.sandbox.write("b/notes.tar.gz", "no sdist");
    assert_eq!(
        lines(&bench, &["a", "b"]),
        ["~ lone 1.0 -> 2.0", "+ new-one 1"]
    );
}
