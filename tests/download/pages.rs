//! What an index may serve: forms of pages, METADATA, ranges, encodings, caching.

use wh_testing::index::Format;
use wh_testing::{Fault, IndexFile, TestIndex};

use crate::bench::{Bench, module, noise, says};

/// A project whose METADATA is asked for in the way that the files say.
fn served(change: impl Fn(IndexFile) -> IndexFile, faults: impl Fn(&TestIndex)) -> Bench {
    let bench = Bench::new();
    let large = noise(400_000);
    let app = module("app", "1.0").requires("lib").file("app.bin", large);
    bench.index.add(change(IndexFile::wheel(&app)));
    bench
        .index
        .add(change(IndexFile::wheel(&module("lib", "1.0"))));
    faults(&bench.index);
    bench
}

#[track_caller]
fn check(bench: &Bench, args: &[&str]) {
    bench.download(&[&["app"], args].concat()).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
    assert_eq!(bench.wheels().len(), 3);
}

#[test]
fn json_and_html_serve_alike() {
    for format in [Format::Json, Format::Html, Format::Both] {
        let bench = served(
            |file| file,
            |index| {
                index.format(format);
            },
        );
        check(&bench, &[]);
    }
}

#[test]
fn metadata_beside_the_file_saves_the_file() {
    let bench = served(|file| file, |_| {});
    bench.download(&["app", "--dry-run"]).expect(0);
    assert_eq!(bench.index.count("/files/app*.metadata"), 1);
    assert_eq!(bench.index.count("/files/app*.whl"), 0);
}

/// The index contradicts itself: that is an error, and no reason to look elsewhere.
#[test]
fn metadata_with_another_hash_is_refused() {
    let bench = served(|file| file.metadata_hash(Some(&"0".repeat(64))), |_| {});
    let run = bench.download(&["app"]).expect(1);
    says(
        &run,
        &[
            "app-1.0-py3-none-any.whl.metadata",
            &"0".repeat(64),
            "hint:",
        ],
    );
    bench.assert_nothing_kept();
}

#[test]
fn without_metadata_a_part_of_the_file_will_do() {
    let bench = served(IndexFile::without_metadata, |_| {});
    bench.download(&["app", "--dry-run"]).expect(0);
    let requests = bench.index.requests_to("/files/app*.whl");
    assert!(!requests.is_empty());
    for request in requests {
        assert!(
            request.range().is_some() || request.method == "HEAD",
            "{request:?}"
        );
    }
    check(&bench, &[]);
}

#[test]
fn without_ranges_the_file_itself_is_read() {
    for fault in [
        Fault::no_range(),
        Fault::ignores_range(),
        Fault::unsatisfiable_range(),
    ] {
        let bench = served(IndexFile::without_metadata, |index| {
            index.misbehave("/files/*", fault.clone());
        });
        check(&bench, &[]);
        // for its METADATA, and not again for the folder
        let mut requests = bench.index.requests_to("/files/app*.whl");
        requests.retain(|request| request.range().is_none());
        assert_eq!(requests.len(), 1);
    }
}

#[test]
fn servers_of_odd_ranges_serve() {
    for fault in [
        Fault::no_suffix_range(501),
        Fault::no_suffix_range(416),
        Fault::range_without_total(),
    ] {
        let bench = served(IndexFile::without_metadata, |index| {
            index.misbehave("/files/*", fault.clone());
        });
        check(&bench, &[]);
    }
}

#[test]
fn encoded_pages_are_decoded() {
    let bench = served(
        |file| file,
        |index| {
            index.misbehave("/simple/*", Fault::gzip());
        },
    );
    check(&bench, &[]);
}

/// Files are asked for as they are; digests are those of what was published.
#[test]
fn gzipped_files_are_unpacked() {
    let bench = served(
        |file| file,
        |index| {
            index.misbehave("/files/*", Fault::gzip());
        },
    );
    check(&bench, &[]);
}

#[test]
fn redirects_are_followed_and_the_lock_names_the_index() {
    let mirror = TestIndex::start();
    let bench = served(|file| file, |_| {});
    for wheel in [module("app", "1.0").requires("lib"), module("lib", "1.0")] {
        mirror.add_wheel(&wheel);
    }
    let bench_url = bench.index.url();
    bench
        .index
        .misbehave("/simple/*", Fault::redirect(mirror.url_of("{path}")));
    bench.download(&["app"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["app 1.0", "lib 1.0"]);
    assert_eq!(lock.package("lib")["index"].as_str(), Some(&*bench_url));
    assert_eq!(
        mirror.count("/files/*.whl"),
        2,
        "links are relative to where the page is"
    );
}

#[test]
fn a_page_that_did_not_change_is_not_sent_again() {
    let bench = served(|file| file, |_| {});
    check(&bench, &[]);
    bench.index.clear_log();
    check(&bench, &[]);
    let pages = bench.index.requests_to("/simple/*");
    assert_eq!(pages.len(), 2);
    for page in pages {
        assert!(page.header("if-none-match").is_some(), "{page:?}");
    }
    assert_eq!(bench.index.count("/files/*"), 0);
}

#[test]
fn a_page_that_changed_counts() {
    let bench = served(|file| file, |_| {});
    check(&bench, &[]);
    bench.index.add_wheel(&module("lib", "2.0"));
    bench.download(&["app"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
}

#[test]
fn offline_works_from_the_cache() {
    let bench = served(|file| file, |_| {});
    check(&bench, &[]);
    bench.index.clear_log();
    bench.download(&["app", "--offline"]).expect(0);
    let run = bench
        .download(&["app", "lib", "other", "--offline"])
        .expect(3);
    says(&run, &["other", "not in the cache", "hint:", "--offline"]);
    // all that is missing, not the first of it alone
    let run = bench
        .download(&["app", "other", "another", "--offline"])
        .expect(3);
    says(&run, &["2 things", "/simple/other/", "/simple/another/"]);
    std::fs::remove_dir_all(bench.sandbox.path("wheels")).unwrap();
    let run = bench.download(&["app", "--offline"]).expect(3);
    says(&run, &["2 things", "/app-1.0-", "/lib-1.0-", "hint:"]);
    bench.assert_nothing_kept();
    assert_eq!(bench.index.requests(), []);
}

/// Requirements files and pages of links that URLs name are kept as pages are.
#[test]
fn offline_reads_what_urls_named_before() {
    let bench = served(|file| file, |_| {});
    let index = &bench.index;
    index.serve("/r.txt", "text/plain", "app\n");
    let page = format!(
        "<a href=\"{}\">x</a>",
        index.file_url("lib-1.0-py3-none-any.whl")
    );
    index.serve("/links.html", "text/html", page);
    let (file, links) = (index.url_of("/r.txt"), index.url_of("/links.html"));
    let words = ["-r", &file, "--find-links", &links];
    let run = bench
        .download(&[&words[..], &["--offline"]].concat())
        .expect(3);
    says(
        &run,
        &[
            "/r.txt",
            "not in the cache",
            "hint: run once without --offline",
        ],
    );
    bench.download(&words).expect(0);
    bench.index.clear_log();
    bench
        .download(&[&words[..], &["--offline"]].concat())
        .expect(0);
    assert_eq!(bench.index.requests(), []);
}

/// A server that says when a page changed, and nothing of how long it is good for.
#[test]
fn a_second_run_makes_no_request_while_pages_are_fresh() {
    for fresh in ["max-age=600", "private, max-age=600", ""] {
        let bench = served(IndexFile::without_metadata, |index| {
            index.cache_control(fresh);
            if fresh.is_empty() {
                let date = "Mon, 01 Jan 2024 00:00:00 GMT";
                index.misbehave("/simple/*", Fault::last_modified(date));
            }
        });
        check(&bench, &[]);
        bench.index.clear_log();
        check(&bench, &[]);
        assert_eq!(bench.index.requests(), [], "{fresh}");
    }
}

#[test]
fn offline_with_an_empty_cache_says_so() {
    let bench = served(|file| file, |_| {});
    let run = bench.download(&["app", "--offline"]).expect(3);
    says(&run, &["/simple/app/", "not in the cache"]);
    assert_eq!(bench.index.requests(), []);
    bench.assert_nothing_kept();
}

#[test]
fn without_a_cache_nothing_is_kept() {
    let bench = served(|file| file, |_| {});
    check(&bench, &["--no-cache"]);
    assert!(!bench.sandbox.home().join(".cache").exists());
}
