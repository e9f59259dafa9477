//! `wh freeze --top-level`: what `pip list --not-required` has, and no circle is lost.

use super::{bench, wheel};
use wh_testing::{Workbench, tools};

fn top(bench: &Workbench, arguments: &[&str]) -> Vec<String> {
    let python = bench.interpreter("env").display().to_string();
    let mut all = vec!["freeze", "--top-level", "--python", &python];
    all.extend(arguments);
    let run = bench.sandbox.run(all).expect(0);
    run.stdout.lines().map(str::to_owned).collect()
}

fn fill(bench: &Workbench) {
    bench.folder(&[
        wheel("app", "1")
            .requires("Lib_One>=1")
            .requires("win; sys_platform == 'win32'"),
        wheel("lib-one", "1")
            .requires("deep")
            .extra("more", ["by-extra"]),
        wheel("deep", "1"),
        wheel("win", "1"),
        wheel("by-extra", "1"),
        wheel("other", "2"),
    ]);
    bench.install(&[]).expect(0);
}

#[test]
fn as_pip_list_not_required() {
    let (Some(bench), Some(tools)) = (bench(), tools()) else {
        return;
    };
    fill(&bench);
    for arguments in [&[][..], &["--exclude", "app"], &["--exclude", "lib_one"]] {
        let mut pip = tools.pip(&bench.interpreter("env"));
        pip.args(["list", "--not-required", "--format", "freeze"]);
        pip.args(arguments);
        let theirs = bench.finish(pip).expect(0).stdout;
        let theirs: Vec<&str> = theirs.lines().collect();
        assert_eq!(top(&bench, arguments), theirs, "{arguments:?}");
    }
    if cfg!(not(windows)) {
        let expected = ["app==1", "by-extra==1", "other==2", "win==1"];
        assert_eq!(top(&bench, &[]), expected);
    }
}

#[test]
fn extras_are_followed_and_circles_are_kept() {
    let Some(bench) = bench() else { return };
    fill(&bench);
    bench.folder(&[
        wheel("asks", "1").requires("lib-one[more]"),
        wheel("b-circle", "1").requires("a-circle"),
        wheel("a-circle", "1")
            .requires("b-circle")
            .requires("below"),
        wheel("below", "1"),
        wheel("self", "1").requires("self"),
    ]);
    bench.install(&[]).expect(0);
    let mut expected = vec![
        "a-circle==1",
        "app==1",
        "asks==1",
        "other==2",
        "self==1",
        "win==1",
    ];
    if cfg!(windows) {
        expected.pop();
    }
    assert_eq!(top(&bench, &[]), expected);
}

#[test]
fn what_does_not_go_with_it() {
    let Some(bench) = bench() else { return };
    bench.folder(&[]);
    for arguments in [
        &["--path", "wheels"][..],
        &["--hashes", "--find-links", "wheels"],
        &["--format", "pylock", "--find-links", "wheels"],
    ] {
        let all = ["freeze", "--top-level"].iter().chain(arguments);
        bench.sandbox.run(all).expect(2);
    }
}
