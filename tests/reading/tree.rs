//! `wh tree`.

use super::{wh, wheel, with};
use wh_testing::Workbench;

/// One environment: shared parts, a cycle, an extra, a missing one and a conflict.
fn bench() -> Option<Workbench> {
    let bench = Workbench::new(super::WH)?;
    with(
        &bench,
        &[
            wheel("App", "1.0")
                .requires("web[fast]>=2")
                .requires("shared")
                .requires("gone>3"),
            wheel("web", "2.0")
                .requires("shared<1")
                .extra("fast", ["engine>=1"])
                .extra("slow", ["brake"]),
            wheel("engine", "1.5").requires("shared"),
            wheel("shared", "1.0").requires("leaf"),
            wheel("leaf", "1.0"),
            wheel("hen", "1").requires("egg"),
            wheel("egg", "1").requires("hen"),
        ],
    );
    Some(bench)
}

#[test]
fn what_requires_what() {
    let Some(bench) = bench() else { return };
    assert_eq!(
        wh(&bench, &["tree"]).expect(0).stdout,
        "\
App 1.0
├── gone (>3): not installed
├── shared 1.0
│   └── leaf 1.0
└── web 2.0 ([fast]>=2)
    ├── engine 1.5 (>=1; extra == 'fast')
    │   └── shared 1.0 (*)
    └── shared 1.0 (<1): in conflict (*)
egg 1
└── hen 1
    └── egg 1 (*)
"
    );
    assert_eq!(
        wh(&bench, &["tree", "--depth", "1", "web", "leaf"])
            .expect(0)
            .stdout,
        "\
web 2.0
├── engine 1.5 (>=1; extra == 'fast')
└── shared 1.0 (<1): in conflict
leaf 1.0
"
    );
    let roots = wh(&bench, &["tree", "--depth", "0"]).expect(0).stdout;
    assert_eq!(roots, "App 1.0\negg 1\n");
}

#[test]
fn what_is_required_by_what() {
    let Some(bench) = bench() else { return };
    assert_eq!(
        wh(&bench, &["tree", "--invert", "leaf", "gone"])
            .expect(0)
            .stdout,
        "\
leaf 1.0
└── shared 1.0 (leaf)
    ├── App 1.0 (shared)
    ├── engine 1.5 (shared)
    │   └── web 2.0 (engine>=1; extra == 'fast')
    │       └── App 1.0 (web[fast]>=2)
    └── web 2.0 (shared<1): in conflict (*)
gone: not installed
└── App 1.0 (gone>3)
"
    );
    let run = wh(&bench, &["tree", "engin"]).expect(1);
    assert!(
        run.stderr.contains("hint: did you mean `engine`?"),
        "{}",
        run.stderr
    );
}
