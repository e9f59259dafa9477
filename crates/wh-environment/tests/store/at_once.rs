//! Several that use one store, and stores that are not to be used.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use wh_testing::WheelBuilder;
use wh_wheel::{LinkMode, Store};

use super::{Sandbox, tree};

#[test]
fn what_killed_runs_left_is_removed_by_who_is_alone() {
    let sandbox = Sandbox::new();
    let at_work = Store::open(&sandbox.cache()).unwrap();
    let left = sandbox.cache().join("store-v3/.new-1-0/files/demo");
    fs::create_dir_all(&left).unwrap();
    drop(Store::open(&sandbox.cache()).unwrap());
    assert!(left.exists(), "it may be what the other one is filling");
    drop(at_work);
    drop(Store::open(&sandbox.cache()).unwrap());
    assert!(!left.exists());
}

#[test]
fn several_at_once_share_one_store() {
    let sandbox = Sandbox::new();
    let wheels: Vec<_> = (0..8)
        .map(|number| {
            let name = format!("p{number}");
            let module = format!("{name}/__init__.py");
            sandbox.wheel(&WheelBuilder::new(&name, "1").file(module, "x".repeat(number)))
        })
        .collect();
    let wheels: Vec<_> = wheels.iter().collect();
    std::thread::scope(|scope| {
        for name in ["a", "b", "c"] {
            let (sandbox, wheels) = (&sandbox, &wheels);
            scope.spawn(move || {
                sandbox.install(&sandbox.environment(name), wheels, LinkMode::Hardlink);
            });
        }
    });
    let expected = tree(&sandbox.environment("a"));
    assert_eq!(tree(&sandbox.environment("b")), expected);
    assert_eq!(tree(&sandbox.environment("c")), expected);
    let names = sandbox.stored();
    assert_eq!(names.len(), 8, "{names:?}");
}

#[test]
fn another_users_store_is_not_used() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.cache()).unwrap();
    let store = sandbox.cache().join("store-v3");
    fs::create_dir(&store).unwrap();
    fs::set_permissions(&store, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(
        Store::open(&sandbox.cache()).is_err(),
        "anybody could have written there"
    );
    fs::set_permissions(&store, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Store::open(&sandbox.cache()).is_ok());
    if std::os::unix::fs::chown(&store, Some(12345), None).is_err() {
        return eprintln!("skipped: only root can give files away");
    }
    assert!(Store::open(&sandbox.cache()).is_err());
}
