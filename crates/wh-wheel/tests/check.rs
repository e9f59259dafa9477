//! What is refused and what is not, on whole files.

use std::error::Error as _;
use std::path::Path;

use wh_testing::WheelBuilder;
use wh_wheel::{Contents, Fault, Wheel, WheelError, check, read_metadata_of};

fn run(path: &Path, contents: Contents) -> Result<(), WheelError> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let wheel = Wheel::open(path)?;
    check(&wheel, &name.parse().unwrap(), contents).map(drop)
}

fn words(error: &WheelError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[test]
fn every_hostile_wheel_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for hostile in wh_testing::hostile::hostile() {
        let path = folder.path().join(&hostile.filename);
        std::fs::write(&path, &hostile.bytes).unwrap();
        let kind = hostile.kind;
        let refused = run(&path, Contents::Verify).expect_err(kind);
        let text = words(&refused).to_lowercase();
        for word in hostile.says {
            assert!(text.contains(&word.to_lowercase()), "{kind}: {text}");
        }
        let unread = run(&path, Contents::Vouched);
        assert!(unread.is_err() || !hostile.from_outside, "{kind}");
        // choosing may look into any of them
        let _ = read_metadata_of(&path);
    }
}

#[test]
fn ordinary_wheels_pass() {
    let folder = tempfile::tempdir().unwrap();
    let plain = || WheelBuilder::new("Some.Project", "1.0").file("some_project/__init__.py", "x");
    let wheels = [
        plain(),
        plain().descriptors(),
        plain()
            .method(wh_testing::zip::Method::Zstd)
            .tag("py2.py3-none-any"),
        plain().spelled("Some.Project-1.0").build_tag("1"),
        plain()
            .script("run", "#!python\n")
            .data("headers", "x.h", "")
            .data("data", "share/x", "")
            .entry_point("console_scripts", "tool", "some_project:main")
            .dist_info_file("licenses/LICENSE", "MIT")
            .build_tag("2"),
    ];
    for wheel in wheels {
        let path = wheel.write_to(folder.path());
        run(&path, Contents::Verify).unwrap_or_else(|e| panic!("{}", words(&e)));
        let metadata = read_metadata_of(&path).unwrap();
        assert_eq!(metadata.name.as_ref(), "some-project");
    }
}

#[test]
fn a_cut_wheel_is_refused_wherever_it_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let wheel = WheelBuilder::new("cut", "1.0").file("cut.py", "x = 1\n".repeat(50));
    let (path, bytes) = (wheel.write_to(folder.path()), wheel.build());
    for length in (0..bytes.len()).step_by(7) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(run(&path, Contents::Verify).is_err(), "cut at {length}");
    }
}

proptest::proptest! {
    #[test]
    fn no_changed_byte_makes_it_panic(at in 0usize..2000, to: u8) {
        let folder = tempfile::tempdir().unwrap();
        let wheel = WheelBuilder::new("flip", "1.0").file("flip.py", "x = 1\n");
        let (path, mut bytes) = (wheel.write_to(folder.path()), wheel.build());
        let at = at % bytes.len();
        bytes[at] = to;
        std::fs::write(&path, &bytes).unwrap();
        let _ = run(&path, Contents::Verify);
        let _ = read_metadata_of(&path);
    }
}

#[test]
fn a_wheel_under_another_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = WheelBuilder::new("one", "1.0").build();
    let check = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        run(&path, Contents::Verify).map_err(|error| error.fault)
    };
    assert!(check("one-1.0-py3-none-any.whl").is_ok());
    for name in ["two-1.0-py3-none-any.whl", "one-1.1-py3-none-any.whl"] {
        let found = check(name);
        assert!(
            matches!(found, Err(Fault::FolderMismatch { .. })),
            "{name}: {found:?}"
        );
    }
}
