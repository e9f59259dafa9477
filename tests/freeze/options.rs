//! Options that choose and order.

use crate::{both, equal, wheel, with};

#[test]
fn the_order_and_comments_of_a_file() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("one", "1"),
            wheel("two", "2"),
            wheel("three", "3"),
            wheel("Four.Four", "4"),
        ],
    );
    bench.sandbox.write(
        "a.txt",
        "# first the third\nthree>=1\n\n--index-url https://index.example/simple/\nfour_four[x]==1 # note\nnot-there==9\none ; python_version > '2'\n",
    );
    bench.sandbox.write("b.txt", "one\n# in b\ntwo\n");
    equal(&bench, &tools, &["-r", "a.txt"]);
    equal(&bench, &tools, &["-r", "a.txt", "-r", "b.txt"]);
    equal(&bench, &tools, &["-r", "b.txt", "--exclude", "two"]);
}

#[test]
fn folders_in_place_of_an_environment() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[wheel("one", "1"), wheel("two", "2")]);
    for name in ["a", "b"] {
        let python = bench.python.path.display().to_string();
        bench
            .sandbox
            .run([
                "install",
                "-f",
                "wheels",
                "--python",
                &python,
                "--target",
                name,
                if name == "a" { "one" } else { "two" },
            ])
            .expect(0);
    }
    let mut pip = tools.pip(&bench.interpreter("env"));
    pip.args(["freeze", "--path", "a", "--path", "b"]);
    let theirs = bench.finish(pip).expect(0).stdout;
    let ours = bench
        .sandbox
        .run(["freeze", "--path", "a", "--path", "b"])
        .expect(0)
        .stdout;
    assert_eq!(ours, theirs);
    assert_eq!(ours, "one==1\ntwo==2\n");
    bench
        .sandbox
        .run(["freeze", "--path", "a", "--local"])
        .expect(2);
}

#[test]
fn json() {
    let Some((bench, _)) = both() else { return };
    with(&bench, &[wheel("one", "1"), wheel("Two.Two", "2")]);
    let python = bench.interpreter("env").display().to_string();
    let run = bench
        .sandbox
        .run(["freeze", "--format", "json", "--python", &python])
        .expect(0);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let names: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str(), one["version"].as_str()))
        .collect();
    assert_eq!(
        names,
        [(Some("one"), Some("1")), (Some("Two.Two"), Some("2"))],
        "{found}"
    );
}

/// Where nothing is said, the environment is VIRTUAL_ENV, else `.venv` here or above.
#[test]
fn the_environment_that_is_meant() {
    let Some((mut bench, _)) = both() else { return };
    with(&bench, &[wheel("of-env", "1")]);
    bench.sandbox.run(["freeze"]).expect(1);
    bench.environment(".venv");
    bench.install_into(".venv", &["of-env"]).expect(0);
    let mut deeper = bench.sandbox.command(["freeze"]);
    std::fs::create_dir_all(bench.path("a/b")).unwrap();
    deeper.current_dir(bench.path("a/b"));
    assert_eq!(
        wh_testing::sandbox::finish(deeper).expect(0).stdout,
        "of-env==1\n"
    );
    bench.environment("empty");
    let empty = bench.path("empty");
    bench.sandbox.variable("VIRTUAL_ENV", &empty);
    assert_eq!(bench.sandbox.run(["freeze"]).expect(0).stdout, "");
    let run = bench.sandbox.run(["freeze", "--python", "env"]).expect(0);
    assert_eq!(run.stdout, "of-env==1\n");
}
