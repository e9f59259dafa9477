//! What fails changes nothing.

use std::fs;

use wh_environment::{ApplyError, Change};
use wh_packaging::{Event, Hashes, Reporter};
use wh_testing::WheelBuilder;

use crate::{Sandbox, demo};

/// Does something once all wheels are staged, just before the swap.
struct BeforeSwap<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Reporter for BeforeSwap<F> {
    fn event(&self, event: Event<'_>) {
        if let Event::WheelStaged { .. } = event {
            (self.0)();
        }
    }
}

#[test]
fn a_refused_wheel_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    for hostile in wh_testing::hostile::hostile() {
        let path = sandbox.folder.path().join("wheels").join(&hostile.filename);
        fs::write(&path, &hostile.bytes).unwrap();
        let mut bad = sandbox.wheel(&demo("2.0"));
        (bad.path, bad.filename) = (path, hostile.filename.parse().unwrap());
        let install = vec![sandbox.wheel(&demo("2.0")), bad];
        let remove = vec![sandbox.installed("demo", "1.0")];
        let error = sandbox.fails(&Change { install, remove });
        assert!(
            matches!(error, ApplyError::Wheel(_)),
            "{}: {error:?}",
            hostile.kind
        );
    }
}

#[test]
fn a_wheel_that_is_not_the_expected_file_changes_nothing() {
    let sandbox = Sandbox::new();
    let check = |expected: Hashes| {
        let mut wheel = sandbox.wheel(&demo("1.0"));
        (wheel.expected, wheel.vouched) = (expected, true);
        let install = vec![wheel];
        sandbox.fails(&Change {
            install,
            ..Change::default()
        })
    };
    assert!(matches!(
        check(Hashes::sha256_only("00")),
        ApplyError::Hash { .. }
    ));
    let md5 = Hashes::parse_one("md5=00").unwrap();
    assert!(matches!(check(md5), ApplyError::WeakHash { .. }));
}

#[test]
fn an_error_in_the_middle_of_the_swap_undoes_it() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    let before = sandbox.tree();
    // `zz` sorts last: when its place turns out taken, everything else was moved already
    let install = vec![
        sandbox.wheel(&demo("2.0")),
        sandbox.wheel(&WheelBuilder::new("zz", "1.0").file("zz/__init__.py", "")),
    ];
    let remove = vec![sandbox.installed("demo", "1.0")];
    let taken = sandbox.library().join("zz");
    let spoil = BeforeSwap(|| {
        let _ = fs::create_dir(&taken);
    });
    let error = sandbox
        .apply(&Change { install, remove }, &spoil)
        .unwrap_err();
    assert!(
        matches!(&error, ApplyError::InTheWay { path } if path.ends_with("zz")),
        "{error}"
    );
    fs::remove_dir(&taken).unwrap();
    assert_eq!(sandbox.tree(), before);
}

#[test]
fn a_distribution_that_somebody_changed_meanwhile_stops_the_change() {
    let sandbox = Sandbox::new();
    sandbox.install(&[&demo("1.0")]).unwrap();
    let change = Change {
        install: vec![sandbox.wheel(&demo("2.0"))],
        remove: vec![sandbox.installed("demo", "1.0")],
    };
    let record = sandbox.library().join("demo-1.0.dist-info/RECORD");
    let somebody = BeforeSwap(|| fs::write(&record, "").unwrap());
    let error = sandbox.apply(&change, &somebody).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert!(sandbox.library().join("demo/only_1_0.py").exists());
    assert!(!sandbox.library().join("demo/only_2_0.py").exists());
}
