//! Through a proxy, which is asked for every host.

use wh_testing::index::{Authority, Certificate};
use wh_testing::{TestIndex, TestProxy};

use crate::bench::{Bench, LINUX, module, says};

const INDEX: &str = "http://packages.example/simple/";

fn words(more: &[&'static str]) -> Vec<String> {
    let words = [
        "download",
        "app",
        "-i",
        INDEX,
        "--target",
        LINUX,
        "--retries",
        "0",
    ];
    [&words, more]
        .concat()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn the_option_names_it() {
    let bench = Bench::app_and_lib();
    let mut words = words(&[]);
    words.extend(["--proxy".to_owned(), bench.index.url_of("")]);
    bench.sandbox.run(words).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["app 1.0", "lib 2.0"]);
    assert_eq!(lock.package("app")["index"].as_str(), Some(INDEX));
    assert!(!lock.text.contains("127.0.0.1"), "{}", lock.text);
}

#[test]
fn variables_name_it() {
    let mut bench = Bench::app_and_lib();
    let url = bench.index.url_of("");
    bench.sandbox.variable("http_proxy", url);
    bench.sandbox.run(words(&[])).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 2.0"]);
}

#[test]
fn some_hosts_are_asked_without_it() {
    let mut bench = Bench::app_and_lib();
    let url = bench.index.url_of("");
    bench
        .sandbox
        .variable("http_proxy", url)
        .variable("no_proxy", "other.example,.example");
    let run = bench.sandbox.run(words(&["-d", "none"])).expect(3);
    says(&run, &["packages.example", "hint:"]);
    assert_eq!(bench.index.requests(), []);
}

/// Never in silence: what was meant to go through a proxy must not go beside it.
#[test]
fn what_is_no_proxy_is_malformed() {
    let bench = Bench::app_and_lib();
    for proxy in ["ftp://127.0.0.1:1", "bogus://", "http://"] {
        let run = bench.download(&["app", "--proxy", proxy]).expect(2);
        says(&run, &[proxy, "hint:"]);
    }
    assert_eq!(bench.index.requests(), []);
}

const WHO: Option<(&str, &str)> = Some(("clerk", "s3cr3t"));

fn through(bench: &Bench, proxy: &str) -> wh_testing::sandbox::Run {
    let mut words = words(&[]);
    words.extend(["--proxy".to_owned(), proxy.to_owned()]);
    bench.sandbox.run(words)
}

#[test]
fn it_wants_to_know_who_asks() {
    let bench = Bench::app_and_lib();
    let proxy = TestProxy::start(bench.index.port(), WHO);
    through(&bench, &proxy.url("http", WHO)).expect(0);
    assert!(proxy.asked()[0].starts_with("GET http://packages.example/simple/"));
    for request in bench.index.requests() {
        assert_eq!(request.header("authorization"), None);
    }
}

/// 407 in words: it is the proxy that refuses, not the index.
#[test]
fn it_refuses_in_clear_words() {
    let bench = Bench::app_and_lib();
    let proxy = TestProxy::start(bench.index.port(), WHO);
    let named = proxy.url("http", None).replace("http://", "");
    let run = through(&bench, &proxy.url("http", None)).expect(3);
    says(
        &run,
        &[
            "the proxy",
            &named,
            "wants credentials (407)",
            "hint:",
            "--proxy http://USER:",
        ],
    );
    let wrong = proxy.url("http", Some(("clerk", "wr0ng")));
    let run = through(&bench, &wrong).expect(3);
    says(&run, &["does not accept these credentials (407)", "hint:"]);
    assert!(!run.stderr.contains("wr0ng"), "{}", run.stderr);
    assert_eq!(bench.index.requests(), []);
}

/// What is secure goes through a tunnel, of which the proxy sees no more than its end.
#[test]
fn what_is_secure_goes_through_a_tunnel() {
    let authority = Authority::new();
    let mut bench = Bench::new();
    let certificate = Certificate::default().name("packages.example");
    bench.index = TestIndex::secure(&authority, &certificate);
    bench.index.add_wheel(&module("app", "1.0"));
    bench.sandbox.write("ca.pem", authority.pem());
    let proxy = TestProxy::start(bench.index.port(), WHO);
    bench
        .sandbox
        .variable("https_proxy", proxy.url("http", WHO));
    let url = INDEX.replace("http:", "https:");
    let words = [
        "download",
        "app",
        "-i",
        &url,
        "--target",
        LINUX,
        "--retries",
        "0",
    ];
    let with_cert = [&words[..], &["--cert", "ca.pem"]].concat();
    bench.sandbox.run(&with_cert).expect(0);
    for asked in proxy.asked() {
        assert_eq!(asked, "CONNECT packages.example:443");
    }
    let run = bench.sandbox.run(
        [
            &with_cert[..],
            &["--proxy", &proxy.url("http", None), "--no-cache"],
        ]
        .concat(),
    );
    says(&run.expect(3), &["wants credentials (407)"]);
}

#[test]
fn socks_will_do() {
    let bench = Bench::app_and_lib();
    let proxy = TestProxy::start(bench.index.port(), None);
    through(&bench, &proxy.url("socks5h", None)).expect(0);
    assert_eq!(proxy.asked()[0], "SOCKS packages.example:80");
    let guarded = TestProxy::start(bench.index.port(), WHO);
    through(&bench, &guarded.url("socks5h", WHO)).expect(0);
    let run = through(&bench, &guarded.url("socks5h", Some(("clerk", "wr0ng")))).expect(3);
    says(&run, &["through the proxy", "hint:"]);
    assert!(!run.stderr.contains("wr0ng"), "{}", run.stderr);
}

#[test]
fn one_that_is_not_there_is_named() {
    let bench = Bench::app_and_lib();
    let run = through(&bench, "http://127.0.0.1:9").expect(3);
    says(
        &run,
        &["packages.example through the proxy 127.0.0.1:9", "NO_PROXY"],
    );
}

#[test]
fn hosts_are_left_out_by_name_network_and_port() {
    let index = TestIndex::start();
    index.add_wheel(&module("app", "1.0"));
    let port = index.port();
    for (no_proxy, direct) in [
        ("127.0.0.0/8".to_owned(), true),
        (format!("127.0.0.1:{port}"), true),
        (format!("10.0.0.0/8, localhost, 127.0.0.1:{port}"), true),
        ("127.0.0.1:1".to_owned(), false),
        ("10.0.0.0/8".to_owned(), false),
    ] {
        let mut bench = Bench::new();
        let proxy = TestProxy::start(port, None);
        bench
            .sandbox
            .variable("http_proxy", proxy.url("http", None))
            .variable("NO_PROXY", &no_proxy);
        let words = ["download", "app", "-i", &index.url(), "--target", LINUX];
        bench.sandbox.run(words).expect(0);
        assert_eq!(proxy.asked().is_empty(), direct, "{no_proxy}");
    }
}
