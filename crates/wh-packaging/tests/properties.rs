//! What holds for all input: nothing panics, and what is written reads back as the same.

use proptest::prelude::*;
use wh_packaging::lock::{LockFileFacts, LockTool, LockedDependency, LockedFile, LockedPackage};
use wh_packaging::record::{self, RecordRow};
use wh_packaging::requirement;
use wh_packaging::{DirectUrl, Hashes, Lock, Metadata};

/// Text made of the pieces that the grammars are made of, so that parsers get far.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("foo"),
        Just("foo-"),
        Just("-"),
        Just("["),
        Just("]"),
        Just(","),
        Just(";"),
        Just("@"),
        Just(" "),
        Just("("),
        Just(")"),
        Just("=="),
        Just(">="),
        Just("~="),
        Just("1.0"),
        Just(".*"),
        Just("+cpu"),
        Just("python_version"),
        Just("extra"),
        Just("os_name"),
        Just("in"),
        Just("not in"),
        Just(" and "),
        Just(" or "),
        Just("'"),
        Just("\""),
        Just("'3.8'"),
        Just("https://h/a-1-py3-none-any.whl"),
        Just("./"),
        Just("#"),
        Just("é"),
        Just("\u{1f600}"),
        Just("\\"),
        Just("\n"),
        Just("\r"),
        Just(":"),
        Just("="),
        Just("--hash=sha256:aa"),
        Just("-r"),
        Just("${X}"),
        Just("file:"),
        Just("C:\\"),
        Just("Name: a"),
        Just("Version: 1"),
        Just("Requires-Dist: "),
        Just("[console_scripts]"),
        Just("extras"),
        Just("\t"),
        Just("{"),
        Just("}"),
        Just("lock-version = '1.0'"),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(text in prop_oneof![pieces(), any::<String>()]) {
        let base = std::path::Path::new("/base");
        if let Ok(found) = requirement::parse_strict(&text) {
            // strict text means the same to the lenient reader, and to itself once displayed
            prop_assert_eq!(&requirement::parse(&text).unwrap(), &found);
            let shown = requirement::display(&found);
            prop_assert_eq!(requirement::parse_strict(&shown).ok(), Some(found), "{}", shown);
        }
        let _ = requirement::parse(&text).map(|found| found.to_string());
        if let Err(error) = requirement::parse_input(&text, base) {
            prop_assert!(error.column <= text.trim().chars().count());
        }
        let _ = requirement::parse_marker(&text);
        let _ = requirement::parse_specifiers_lenient(&text);
        let _ = Metadata::parse(text.as_bytes());
        let _ = Metadata::parse(format!("Name: a\nVersion: 1\nRequires-Dist: {text}").as_bytes());
        let _ = wh_packaging::entry_points::EntryPoints::parse(&text);
        let _ = wh_packaging::wheel_file::WheelFile::parse(&text);
        let _ = record::parse(&text);
        let _ = DirectUrl::parse(text.as_bytes());
        let _ = wh_packaging::direct_url::without_credentials(&text);
        let _ = Lock::parse(&text);
        let mut read = |_: &str| Ok::<_, ()>(text.clone());
        let mut loader = wh_packaging::requirements_file::Loader {
            read: &mut read,
            variable: &|_| None,
            base,
        };
        let _ = loader.requirements("r.txt");
    }

    #[test]
    fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = wh_packaging::requirements_file::decode(&bytes);
        let _ = Metadata::parse(&bytes);
    }

    #[test]
    fn record_comes_back(rows in prop::collection::vec(("[^\0]{1,12}", any::<Option<u64>>()), 0..6)) {
        let rows: Vec<RecordRow> = rows
            .into_iter()
            // a byte order mark at the start is taken for one
            .map(|(path, size)| RecordRow { path: format!("p{path}"), hash: None, size })
            .collect();
        prop_assert_eq!(record::parse(&record::write(&rows)).unwrap(), rows);
    }

    #[test]
    fn locks_come_back(lock in lock()) {
        let text = lock.to_toml();
        let read = Lock::parse(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&read, &lock);
        prop_assert_eq!(read.to_toml(), text);
    }
}

fn file(name: String) -> impl Strategy<Value = LockedFile> {
    (
        any::<Option<String>>(),
        "[a-z]{1,5}(/[ a-zé'\"]{1,5})?",
        prop::option::of(0..i64::MAX as u64),
        prop::bool::ANY,
        "[0-9a-f]{64}",
    )
        .prop_map(move |(url, path, size, time, sha256)| LockedFile {
            name: name.clone(),
            url,
            path: Some(path),
            size,
            upload_time: time.then(|| "2024-12-21T18:38:39.123456Z".to_owned()),
            hashes: Hashes::sha256_only(sha256),
            subdirectory: None,
        })
}

fn package() -> impl Strategy<Value = LockedPackage> {
    (
        "[a-z]{1,4}",
        1..20u64,
        prop::option::of(Just("sys_platform == 'win32'")),
        any::<bool>(),
    )
        .prop_flat_map(|(name, version, marker, sdist)| {
            let wheel = file(format!("{name}-{version}-py3-none-any.whl"));
            let sdist_file = file(format!("{name}-{version}.tar.gz"));
            (wheel, sdist_file, any::<Option<String>>()).prop_map(move |(wheel, file, index)| {
                let mut package = LockedPackage::new(
                    name.parse().unwrap(),
                    Some(version.to_string().parse().unwrap()),
                );
                package.marker = marker.map(str::to_owned);
                package.requires_python = Some(format!(">=3.{version},<4").parse().unwrap());
                package.index = index;
                package.dependencies.push(LockedDependency {
                    name: name.parse().unwrap(),
                    version: None,
                });
                package.wheels.push(wheel);
                package.sdist = sdist.then_some(file);
                package
            })
        })
}

fn lock() -> impl Strategy<Value = Lock> {
    let names = prop::collection::vec(any::<String>(), 0..3);
    (
        prop::collection::vec(package(), 0..4),
        names,
        any::<String>(),
    )
        .prop_map(|(packages, names, text)| {
            let mut lock = Lock::new(text.clone());
            lock.packages = packages;
            lock.default_groups = names.clone();
            lock.environments = vec![
                requirement::parse_marker("python_version == '3.12' and os_name == 'a'").unwrap(),
                requirement::parse_marker("python_full_version >= '3.11.2'").unwrap(),
            ];
            let facts = LockFileFacts {
                yanked: Some(text.clone()),
                ..LockFileFacts::default()
            };
            lock.tool = Some(LockTool {
                requirements: names.clone(),
                constraints: names.clone(),
                no_deps: true,
                pre: true,
                only_binary: names.clone(),
                no_binary: names,
                no_prefer_binary: true,
                files: [(text, facts)].into(),
                ..LockTool::default()
            });
            lock.sort();
            lock
        })
}
