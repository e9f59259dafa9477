//! Through a proxy, which is asked for every host.

use crate::bench::{Bench, LINUX, says};

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
