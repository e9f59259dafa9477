//! What is read of uv.lock.

use super::*;

const LOCK: &str = r#"
version = 1
revision = 3
requires-python = ">=3.10"
resolution-markers = ["python_full_version >= '3.12'", "python_full_version < '3.12'"]

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "lib", version = "1.0", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3.12'" },
    { name = "lib", version = "2.0", source = { registry = "https://index.example/simple" }, marker = "python_full_version >= '3.12'" },
    { name = "web", extra = ["http2"] },
]

[package.optional-dependencies]
plot = [{ name = "plotter" }]

[package.dev-dependencies]
dev = [{ name = "own" }]

[[package]]
name = "lib"
version = "1.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version < '3.12'"]
sdist = { url = "https://files.example/lib-1.0.tar.gz", hash = "sha256:aa", size = 1 }
wheels = [{ url = "https://files.example/lib-1.0-py3-none-any.whl", hash = "sha256:bb", size = 1 }]

[[package]]
name = "lib"
version = "2.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["python_full_version >= '3.12'"]

[[package]]
name = "web"
version = "3.0"
source = { registry = "https://index.example/simple" }
[package.optional-dependencies]
http2 = [{ name = "h2" }]

[[package]]
name = "h2"
version = "4.0"
source = { url = "https://files.example/h2-4.0-py3-none-any.whl" }

[[package]]
name = "plotter"
version = "5.0"
source = { registry = "https://index.example/simple" }

[[package]]
name = "own"
version = "6.0"
source = { git = "https://git.example/own?rev=1#abc" }
"#;

fn check(extras: &[&str], groups: &[&str], roots: &[&str], pins: &[&str]) {
    let names = |all: &[&str]| -> Vec<ExtraName> {
        all.iter().map(|name| extra_name(name).unwrap()).collect()
    };
    let (extras, groups) = (names(extras), names(groups));
    let wanted = Wanted {
        extras: &extras,
        all_extras: false,
        groups: &groups,
    };
    let found = UvLock::parse(LOCK).unwrap().pins(&wanted).unwrap();
    let shown: Vec<String> = found.roots.iter().map(ToString::to_string).collect();
    assert_eq!(shown, roots);
    let shown: Vec<String> = found.pins.iter().map(|(one, _)| one.to_string()).collect();
    assert_eq!(shown, pins);
}

#[test]
fn roots_and_pins_of_what_is_asked_for() {
    let lib = [
        "lib ; python_full_version < '3.12'",
        "lib ; python_full_version >= '3.12'",
        "web[http2]",
    ];
    let pins = [
        "lib==1.0 ; python_full_version < '3.12'",
        "lib==2.0 ; python_full_version >= '3.12'",
        "web==3.0",
        "h2 @ https://files.example/h2-4.0-py3-none-any.whl",
    ];
    check(&[], &[], &lib, &pins);
    check(
        &["plot"],
        &[],
        &[&lib[..], &["plotter"]].concat(),
        &[&pins[..], &["plotter==5.0"]].concat(),
    );
}

#[test]
fn digests_come_along() {
    let found = UvLock::parse(LOCK)
        .unwrap()
        .pins(&Wanted::default())
        .unwrap();
    assert_eq!(
        found.pins[0].1,
        [Hashes::sha256_only("bb"), Hashes::sha256_only("aa")]
    );
}

#[test]
fn what_is_no_source_of_pins() {
    let wanted = Wanted {
        groups: &[extra_name("dev").unwrap()],
        ..Wanted::default()
    };
    let error = UvLock::parse(LOCK).unwrap().pins(&wanted).unwrap_err();
    assert_eq!(error.to_string(), "own is locked as git");
    assert_eq!(UvLock::parse("version = 2\n"), Err(UvLockError::Version(2)));
    let conflicts = UvLock::parse("version = 1\nconflicts = []\n").unwrap();
    assert_eq!(
        conflicts.pins(&Wanted::default()),
        Err(UvLockError::Conflicts)
    );
}
