//! `wh check`.

use super::{both, dist_info, equal, wh, wheel, with};
use wh_testing::Workbench;

#[test]
fn nothing_is_broken() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("top", "1.0")
                .requires("low>=1,<3")
                .requires("absent; sys_platform == 'nowhere'")
                .requires("extra-only; extra == 'x'"),
            wheel("low", "2.0"),
        ],
    );
    let said = equal(&bench, &tools, &["check"]);
    assert_eq!(said, "No broken requirements found.\n");
}

#[test]
fn missing_conflicting_and_foreign_as_pip_says_it() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("Top.Level", "1.0")
                .requires("low>=3")
                .requires("gone>1"),
            wheel("low", "2.0.0"),
            wheel("other", "1.0").requires("low<1; python_version > '3'"),
        ],
    );
    let foreign = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp27-cp27m-win32\n";
    dist_info(&bench, "foreign", "1", &[("WHEEL", foreign)]);
    let native = "Wheel-Version: 1.0\nTag: cp27-none-any\nTag: py3-none-any\n";
    dist_info(&bench, "native", "1", &[("WHEEL", native)]);
    dist_info(&bench, "no-wheel", "1", &[]);
    let theirs = super::pip(&bench, &tools, &["check"]).expect(1);
    let ours = wh(&bench, &["check"]).expect(1);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        // pip adds the marker, which holds here
        for line in &mut lines {
            *line = line.replace("; python_version > \"3\"", "");
        }
        lines.sort();
        lines
    };
    assert_eq!(sorted(&ours.stdout), sorted(&theirs.stdout));
    assert_eq!(
        ours.stdout,
        "top-level 1.0 requires gone, which is not installed.\n\
         other 1.0 has requirement low<1, but you have low 2.0.0.\n\
         top-level 1.0 has requirement low>=3, but you have low 2.0.0.\n\
         foreign 1 is not supported on this platform\n"
    );
}

#[test]
fn an_egg_info_requires_what_its_requires_txt_says() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[wheel("low", "2.0")]);
    let folder = bench.site_packages("env").join("old-1.0.egg-info");
    std::fs::create_dir(&folder).unwrap();
    let metadata = "Metadata-Version: 1.2\nName: old\nVersion: 1.0\n";
    std::fs::write(folder.join("PKG-INFO"), metadata).unwrap();
    let requires = "low<1\n[x]\nno-matter\n[:python_version > '3']\ngone\n";
    std::fs::write(folder.join("requires.txt"), requires).unwrap();
    let said = equal(&bench, &tools, &["check"]);
    assert_eq!(
        said,
        "old 1.0 requires gone, which is not installed.\n\
         old 1.0 has requirement low<1, but you have low 2.0.\n"
    );
}

#[test]
fn extras_that_are_required_count() {
    let Some(bench) = Workbench::new(super::WH) else {
        return;
    };
    with(
        &bench,
        &[
            wheel("top", "1.0").requires("low[fast]"),
            wheel("low", "1.0")
                .extra("fast", ["engine"])
                .extra("slow", ["brake"]),
        ],
    );
    let said = wh(&bench, &["check"]).expect(1).stdout;
    assert_eq!(
        said,
        "low 1.0 requires engine, which is not installed (by an extra that is required).\n"
    );
    let json = wh(&bench, &["check", "--format", "json"]).expect(1).stdout;
    let faults: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(faults[0]["fault"], "missing");
    assert_eq!(faults[0]["project"], "low");
    assert_eq!(faults[0]["required"], "engine");
    assert_eq!(faults.as_array().unwrap().len(), 1);
}

#[test]
fn metadata_that_cannot_be_read_is_a_no() {
    let Some(bench) = Workbench::new(super::WH) else {
        return;
    };
    with(&bench, &[]);
    let metadata = "Name: odd\nVersion: 1\nRequires-Dist: what is this ==\n";
    dist_info(&bench, "odd", "1", &[("METADATA", metadata)]);
    let run = wh(&bench, &["check"]).expect(1);
    assert!(
        run.stdout
            .starts_with("odd 1 has metadata that cannot be read"),
        "{}",
        run.stdout
    );
}

/// The interpreter of a virtual environment is not started: it may be anybody's program.
#[test]
#[cfg(target_os = "linux")]
fn no_interpreter_is_started() {
    let Some(bench) = Workbench::new(super::WH) else {
        return;
    };
    with(&bench, &[wheel("top", "1.0")]);
    // a program that starts is a Python that says so before anything else
    let site = bench.site_packages("env");
    std::fs::write(site.join("loud.pth"), "import os; open('started', 'w')\n").unwrap();
    for command in [&["check"][..], &["list"], &["show", "top"], &["tree"]] {
        wh(&bench, command).expect(0);
    }
    assert!(!bench.path("started").exists());
    // which a start would have left
    bench.run(bench.interpreter("env"), ["-c", ""]).expect(0);
    assert!(bench.path("started").exists());
}
