//! The index as a provider, over HTTP, from servers that behave and from those that do not.

use std::path::Path;
use std::sync::Arc;

use wh_index::{Client, ClientError, Index, IndexError, IndexSettings, IndexUrl, read_document};
use wh_packaging::report::Silent;
use wh_packaging::{DistributionFile, Metadata, ProjectFiles};
use wh_resolver::{Provider, ProviderError};
use wh_testing::index::{Fault, Format, IndexFile, TestIndex};
use wh_testing::wheel::WheelBuilder;

fn settings(indexes: &[&TestIndex]) -> IndexSettings {
    IndexSettings {
        indexes: indexes
            .iter()
            .map(|index| IndexUrl::new(index.url().parse().unwrap()))
            .collect(),
        retries: 2,
        ..IndexSettings::default()
    }
}

fn open(settings: IndexSettings) -> Index {
    Index::new(settings, Arc::new(Silent)).unwrap()
}

fn files(index: &Index, project: &str) -> Result<Arc<ProjectFiles>, IndexError> {
    index.files(&project.parse().unwrap()).map_err(failure)
}

fn failure(error: ProviderError) -> IndexError {
    match error {
        ProviderError::Failed(error) => error.downcast_ref::<IndexError>().unwrap().clone(),
        ProviderError::Unusable { reason } | ProviderError::NeedsBuild { reason } => {
            panic!("unusable: {reason}")
        }
    }
}

fn names(found: &ProjectFiles) -> Vec<&str> {
    found.files.iter().map(|file| file.name.as_str()).collect()
}

fn demo() -> WheelBuilder {
    WheelBuilder::new("demo", "1.0").requires("other>=2")
}

fn metadata(index: &Index) -> Result<Arc<Metadata>, ProviderError> {
    let found = files(index, "demo").unwrap();
    index.metadata(&found.files[0])
}

#[test]
fn html_and_json_say_the_same() {
    let server = TestIndex::start();
    server.add(
        IndexFile::wheel(&demo())
            .requires_python(">=3.8")
            .yanked("bad"),
    );
    let read = |format| {
        server.format(format);
        let found = files(&open(settings(&[&server])), "demo").unwrap();
        DistributionFile::clone(&found.files[0])
    };
    let (json, html) = (read(Format::Json), read(Format::Html));
    assert_eq!((json.hashes, json.url), (html.hashes, html.url));
    assert_eq!(
        (json.requires_python, json.yanked),
        (html.requires_python, html.yanked)
    );
    assert_eq!(json.core_metadata, html.core_metadata);
}

#[test]
fn what_is_asked_twice_is_fetched_once() {
    let server = TestIndex::start();
    server.add_wheel(&demo());
    let index = open(settings(&[&server]));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| metadata(&index).unwrap());
        }
    });
    assert_eq!(server.requests().len(), 2, "{:?}", server.requests());
}

#[test]
fn the_first_index_that_knows_a_project_owns_it() {
    let (first, second) = (TestIndex::start(), TestIndex::start());
    second.add_wheel(&demo());
    let both = || open(settings(&[&first, &second]));
    assert_eq!(names(&files(&both(), "demo").unwrap()).len(), 1);
    assert!(!files(&both(), "nobody").unwrap().known);
    first.add_project("demo");
    let found = files(&both(), "demo").unwrap();
    assert!(found.known && found.files.is_empty());
    first.remove("demo");
    for status in [401, 403] {
        first
            .behave()
            .misbehave("/simple/demo/", Fault::status(status));
        let error = files(&both(), "demo").unwrap_err();
        let IndexError::Page { source, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(source.status(), Some(status));
    }
}

#[test]
fn faults_that_pass_are_tried_again() {
    for fault in [Fault::status(503), Fault::status(429), Fault::cut(10)] {
        let server = TestIndex::start();
        server.add_wheel(&demo());
        server.misbehave("/simple/demo/", fault.first(2));
        let found = files(&open(settings(&[&server])), "demo").unwrap();
        assert_eq!(found.files.len(), 1);
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn faults_that_stay_have_their_kind() {
    let server = TestIndex::start();
    server.add_wheel(&demo());
    let ask = |fault| {
        server.behave().misbehave("/simple/demo/", fault);
        let one_try = IndexSettings {
            retries: 0,
            ..settings(&[&server])
        };
        files(&open(one_try), "demo").unwrap_err()
    };
    assert!(matches!(ask(Fault::garbage()), IndexError::Garbage { .. }));
    assert!(matches!(ask(Fault::no_links()), IndexError::Garbage { .. }));
    let source = |error| match error {
        IndexError::Page { source, .. } => source,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        source(ask(Fault::status(500))),
        ClientError::Server { status: 500, .. }
    ));
    assert!(matches!(
        source(ask(Fault::cut(10))),
        ClientError::Cut { .. }
    ));
}

#[test]
fn metadata_by_every_way() {
    let expected = [wh_packaging::requirement::parse("other>=2").unwrap()];
    let check = |what: &str, file: IndexFile, fault: Option<Fault>| {
        let server = TestIndex::start();
        server.add(file);
        if let Some(fault) = fault {
            server.misbehave("*.whl", fault);
        }
        let found = metadata(&open(settings(&[&server])));
        let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(found.requires_dist, expected, "{what}");
        server.requests()
    };
    let plain = || IndexFile::wheel(&demo()).without_metadata();
    let requests = check("beside", IndexFile::wheel(&demo()), None);
    assert!(requests[1].path.ends_with(".metadata"));
    let requests = check("range", plain(), None);
    assert!(
        requests[1..]
            .iter()
            .all(|request| request.range().is_some())
    );
    check("no size", plain().without_size(), None);
    check("200 to a range", plain(), Some(Fault::ignores_range()));
    check("no ranges", plain().without_size(), Some(Fault::no_range()));
    check("416", plain(), Some(Fault::unsatisfiable_range()));
    check(
        "no total",
        plain().without_size(),
        Some(Fault::range_without_total()),
    );
    check("no suffix", plain(), Some(Fault::no_suffix_range(404)));
}

#[test]
fn metadata_with_a_wrong_digest_is_an_error() {
    let server = TestIndex::start();
    server.add(IndexFile::wheel(&demo()).metadata_hash(Some(&"0".repeat(64))));
    let error = failure(metadata(&open(settings(&[&server]))).unwrap_err());
    let IndexError::Metadata { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(source, ClientError::HashMismatch { .. }),
        "{source:?}"
    );
}

fn with_cache(server: &TestIndex, folder: &Path, offline: bool) -> Index {
    open(IndexSettings {
        cache_dir: Some(folder.to_owned()),
        offline,
        ..settings(&[server])
    })
}

#[test]
fn pages_are_kept_and_asked_whether_they_changed() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestIndex::start();
    server.add_wheel(&demo());
    for _ in 0..2 {
        metadata(&with_cache(&server, folder.path(), false)).unwrap();
    }
    // METADATA once, the page twice, the second time confirmed
    assert_eq!(server.count("*.metadata"), 1);
    assert!(
        server.requests_to("/simple/demo/")[1]
            .header("if-none-match")
            .is_some()
    );
    server.clear_log();
    metadata(&with_cache(&server, folder.path(), true)).unwrap();
    assert_eq!(server.requests().len(), 0);
    let error = files(&with_cache(&server, folder.path(), true), "other").unwrap_err();
    let IndexError::Page { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(matches!(source, ClientError::Offline { .. }));
}

/// A page that takes longer to write than a run takes to end.
fn large_page(server: &TestIndex) {
    let old = WheelBuilder::new("demo", "0.1");
    let words = "x".repeat(32 << 20);
    server.add(IndexFile::wheel(&old).yanked(words));
}

#[test]
fn what_is_fetched_last_is_kept() {
    let (server, folder) = (TestIndex::start(), tempfile::tempdir().unwrap());
    large_page(&server);
    let index = with_cache(&server, folder.path(), false);
    // as whatever still fetches ahead holds it
    let held = Arc::clone(index.client());
    files(&index, "demo").unwrap();
    drop(index);
    files(&with_cache(&server, folder.path(), true), "demo").unwrap();
    drop(held);
}

#[test]
fn what_is_confirmed_last_is_kept() {
    let (server, folder) = (TestIndex::start(), tempfile::tempdir().unwrap());
    large_page(&server);
    let read = || {
        let settings = IndexSettings {
            cache_dir: Some(folder.path().to_owned()),
            ..IndexSettings::default()
        };
        let client = Client::new(&settings, Arc::new(Silent)).unwrap();
        let page = server.url_of("/simple/demo/").parse().unwrap();
        read_document(&client, &page, 64 << 20).unwrap();
    };
    read();
    // not changed, and from now on fresh for a while
    server.cache_control("max-age=600");
    read();
    server.clear_log();
    read();
    assert_eq!(server.count("/simple/demo/"), 0);
}

#[test]
fn credentials_stay_with_their_host() {
    let (guarded, other) = (TestIndex::start(), TestIndex::start());
    guarded.add_wheel(&demo());
    guarded.misbehave("/simple/*", Fault::auth("me", "secret"));
    let index = |text: String| {
        open(IndexSettings {
            indexes: vec![IndexUrl::new(text.parse().unwrap())],
            ..settings(&[])
        })
    };
    let with = |server: &TestIndex| server.url().replace("http://", "http://me:secret@");
    let found = files(&index(with(&guarded)), "demo").unwrap();
    assert!(!found.files[0].url.as_str().contains("secret"));
    let error = files(&index(guarded.url()), "demo").unwrap_err();
    assert!(!format!("{error:?}").contains("secret"));
    other.misbehave(
        "/simple/demo/",
        Fault::redirect(guarded.url_of("/simple/demo/")),
    );
    assert!(
        files(&index(with(&other)), "demo").is_err(),
        "credentials went along"
    );
}

#[test]
fn find_links_join_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestIndex::start();
    let wheel = demo();
    server.add_wheel(&wheel);
    let path = folder.path().join("demo-1.0-py3-none-any.whl");
    std::fs::write(&path, wheel.build()).unwrap();
    std::fs::write(folder.path().join("demo-2.0-py3-none-any.whl"), "x").unwrap();
    let index = || {
        Index::new(
            IndexSettings {
                find_links: vec![wh_index::find_links::FindLink::Folder(
                    folder.path().to_owned(),
                )],
                ..settings(&[&server])
            },
            Arc::new(Silent),
        )
        .unwrap()
    };
    let found = files(&index(), "demo").unwrap();
    assert_eq!(
        names(&found),
        ["demo-1.0-py3-none-any.whl", "demo-2.0-py3-none-any.whl"]
    );
    assert!(found.files[0].path.is_some());
    std::fs::write(&path, "other bytes").unwrap();
    assert!(matches!(
        files(&index(), "demo"),
        Err(IndexError::FindLinks(_))
    ));
}
