//! `wh show`.

use super::{both, pip, wh, wheel, with};
use wh_testing::Workbench;

#[test]
fn fields_and_files_as_pip_shows_them() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("Top_Level", "1.0")
                .header("Summary", "On top")
                .header("Home-page", "https://top.example/")
                .header("Author", "A. Uthor")
                .header("Author-email", "a@top.example")
                .header("License", "MIT")
                .requires("low>=1")
                .requires("low<9; python_version > '3'")
                .requires("absent; extra == 'x'")
                .requires("Gone"),
            wheel("low", "1.0")
                .metadata_version("2.4")
                .header("License-Expression", "Apache-2.0")
                .header("Project-URL", "Docs, https://docs.example")
                .header("Project-URL", "Home Page, https://low.example"),
        ],
    );
    // pip shows names as a requirement writes them; wh as the project or, unknown, normalised
    let tops = pip(&bench, &tools, &["show", "-f", "top-level"])
        .expect(0)
        .stdout;
    let ours = wh(&bench, &["show", "-f", "top-level"]).expect(0).stdout;
    let trimmed: String = tops
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    assert_eq!(ours, trimmed.replace("Gone", "gone"));
    assert!(
        ours.contains("Requires: gone, low\nRequired-by:\n"),
        "{ours}"
    );
    let theirs = pip(&bench, &tools, &["show", "low", "top-level"])
        .expect(0)
        .stdout;
    let trimmed: String = theirs
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    let ours = wh(&bench, &["show", "low", "top-level"]).expect(0).stdout;
    assert_eq!(ours, trimmed.replace("Gone", "gone"));
    assert!(ours.contains("Home-page: https://low.example\n"), "{ours}");
}

#[test]
fn names_that_are_not_installed() {
    let Some(bench) = Workbench::new(super::WH) else {
        return;
    };
    with(&bench, &[wheel("numbers", "1.0"), wheel("low", "1.0")]);
    let run = wh(&bench, &["show", "nunbers", "low"]).expect(0);
    assert!(run.stdout.starts_with("Name: low\n"), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("`nunbers` is not installed; did you mean `numbers`?"),
        "{}",
        run.stderr
    );
    let run = wh(&bench, &["show", "nunbers"]).expect(1);
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.contains("hint: did you mean `numbers`?"),
        "{}",
        run.stderr
    );
    let run = wh(&bench, &["show", "quite-something-else"]).expect(1);
    assert!(run.stderr.contains("hint: `wh list`"), "{}", run.stderr);
    wh(&bench, &["show", "not a name"]).expect(2);
}
