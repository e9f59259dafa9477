//! The index is asked over plain sockets, so that no client hides what it sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;

/// Status line and headers, and the body as it came; an empty head where nothing came.
fn ask(index: &TestIndex, path: &str, headers: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", index.port())).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
    )
    .unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map_or(0, |at| at + 4);
    (
        String::from_utf8_lossy(&bytes[..end]).into_owned(),
        bytes[end..].to_vec(),
    )
}

fn status(index: &TestIndex, path: &str, headers: &str) -> u16 {
    ask(index, path, headers)
        .0
        .get(9..12)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

fn foo() -> (TestIndex, String, Vec<u8>) {
    let wheel = WheelBuilder::new("Foo.Bar", "1.0")
        .requires_python(">=3.8")
        .file("foo.py", "x");
    let index = TestIndex::start();
    index.add(
        IndexFile::wheel(&wheel)
            .yanked("bad & <old>")
            .upload_time("2026-01-01T00:00:00Z"),
    );
    let path = format!("/files/{}", wheel.filename());
    (index, path, wheel.build())
}

#[test]
fn pages_in_json_and_html() {
    let (index, path, bytes) = foo();
    let (head, body) = ask(&index, "/simple/foo-bar/", &format!("Accept: {JSON}\r\n"));
    assert!(head.contains(JSON), "{head}");
    let page: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let file = &page["files"][0];
    assert_eq!(file["hashes"]["sha256"], crate::sha256_hex(&bytes));
    assert_eq!(file["size"], bytes.len());
    assert_eq!(file["requires-python"], ">=3.8");
    assert_eq!(file["yanked"], "bad & <old>");
    assert_eq!(file["url"], format!("../..{path}"));
    let (_, metadata) = ask(&index, &format!("{path}.metadata"), "");
    assert_eq!(
        file["core-metadata"]["sha256"],
        crate::sha256_hex(&metadata)
    );

    let (head, body) = ask(&index, "/simple/foo-bar/", "");
    assert!(head.contains("text/html"), "{head}");
    let page = String::from_utf8(body).unwrap();
    assert!(page.contains("data-requires-python=\"&gt;=3.8\""), "{page}");
    assert!(
        page.contains("data-yanked=\"bad &amp; &lt;old&gt;\""),
        "{page}"
    );

    assert_eq!(status(&index, "/simple/Foo.Bar/", ""), 301);
    assert_eq!(status(&index, "/simple/other/", ""), 404);
    index.format(Format::Json);
    assert_eq!(
        status(&index, "/simple/foo-bar/", "Accept: text/html\r\n"),
        406
    );
}

#[test]
fn ranges_and_conditions() {
    let (index, path, bytes) = foo();
    let n = bytes.len();
    let check = |range: &str, expected: u16, part: &[u8]| {
        let (head, body) = ask(&index, &path, &format!("Range: bytes={range}\r\n"));
        assert!(head.contains(&format!(" {expected} ")), "{range}: {head}");
        if expected == 206 {
            assert_eq!(body, part, "{range}");
        }
    };
    check("0-9", 206, &bytes[..10]);
    check("-7", 206, &bytes[n - 7..]);
    check("5-", 206, &bytes[5..]);
    check("-99999999", 206, &bytes);
    check(&format!("{n}-"), 416, b"");
    let (head, _) = ask(&index, &path, "");
    let etag = head
        .lines()
        .find_map(|line| line.strip_prefix("ETag: "))
        .unwrap()
        .to_owned();
    assert_eq!(
        status(&index, &path, &format!("If-None-Match: {etag}\r\n")),
        304
    );
    let range = "Range: bytes=0-1\r\n";
    assert_eq!(
        status(&index, &path, &format!("{range}If-Range: {etag}\r\n")),
        206
    );
    assert_eq!(
        status(&index, &path, &format!("{range}If-Range: \"other\"\r\n")),
        200
    );
}

#[test]
fn faults_do_what_they_say() {
    let (index, path, bytes) = foo();
    index.misbehave("/files/*", Fault::status(503).retry_after(1).first(1));
    let (head, _) = ask(&index, &path, "");
    assert!(
        head.contains(" 503 ") && head.contains("Retry-After: 1"),
        "{head}"
    );
    assert_eq!(ask(&index, &path, "").1, bytes);

    let with = |fault: Fault, headers: &str| {
        index.behave().misbehave("*.whl", fault);
        ask(&index, &path, headers)
    };
    let range = "Range: bytes=0-1\r\n";
    assert_eq!(with(Fault::cut(10), "").1, bytes[..10]);
    let wrong = with(Fault::wrong_bytes(), "").1;
    assert!(wrong != bytes && wrong.len() == bytes.len());
    assert_eq!(with(Fault::no_range(), range).1, bytes);
    assert_eq!(with(Fault::ignores_range(), range).1, bytes);
    assert!(
        with(Fault::unsatisfiable_range(), range)
            .0
            .contains(" 416 ")
    );
    assert!(
        with(Fault::no_suffix_range(404), "Range: bytes=-5\r\n")
            .0
            .contains(" 404 ")
    );
    assert!(with(Fault::no_suffix_range(404), range).0.contains(" 206 "));
    assert!(
        with(Fault::range_without_total(), range)
            .0
            .contains("bytes 0-1/*")
    );
    let location = format!("Location: http://other.example{path}\r\n");
    assert!(
        with(Fault::redirect("http://other.example{path}"), "")
            .0
            .contains(&location)
    );
    assert!(with(Fault::auth("u", "p"), "").0.contains(" 401 "));
    assert_eq!(
        with(Fault::auth("u", "p"), "Authorization: Basic dTpw\r\n").1,
        bytes
    );
    assert!(with(Fault::garbage(), "").1.starts_with(b"\0"));
    let lie = format!("Content-Length: {}\r\n", bytes.len() + 5);
    assert!(with(Fault::content_length(5), "").0.contains(&lie));
    assert!(with(Fault::gzip(), "").0.contains("Content-Encoding: gzip"));
    assert_ne!(
        with(Fault::etag_changes(), "").0,
        with(Fault::etag_changes(), "").0
    );
    let began = Instant::now();
    with(Fault::slow(Duration::from_millis(60)), "");
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[test]
fn connections_stay_open_and_are_logged() {
    let (index, path, bytes) = foo();
    let mut stream = TcpStream::connect(("127.0.0.1", index.port())).unwrap();
    for _ in 0..3 {
        write!(stream, "GET {path} HTTP/1.1\r\nRange: bytes=0-3\r\n\r\n").unwrap();
        let mut seen = Vec::new();
        let mut piece = [0; 1024];
        while !seen.ends_with(&bytes[..4]) {
            let n = stream.read(&mut piece).unwrap();
            assert!(n > 0, "the connection was closed");
            seen.extend_from_slice(&piece[..n]);
        }
    }
    assert_eq!(index.count("/files/*"), 3);
    let requests = index.requests();
    assert!(
        requests
            .iter()
            .all(|r| r.connection == 1 && r.range() == Some("bytes=0-3"))
    );
}

#[test]
fn the_line_is_shared() {
    let index = TestIndex::start();
    index
        .serve("/big", "text/plain", vec![0; 400_000])
        .bandwidth(Some(4_000_000));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(ask(&index, "/big", "").1.len(), 400_000));
        }
    });
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(380), "{took:?}");
}

#[test]
fn a_proxy_answers_for_any_host() {
    let (index, path, bytes) = foo();
    assert_eq!(
        ask(&index, &format!("http://index.example{path}"), "").1,
        bytes
    );
    assert!(
        index.requests()[0]
            .target
            .starts_with("http://index.example/")
    );
    assert_eq!(index.count("/files/*"), 1);
}

#[test]
fn patterns() {
    for (pattern, path, expected) in [
        ("*", "/", true),
        ("/a", "/a", true),
        ("/a", "/ab", false),
        ("/files/*.whl", "/files/x.whl", true),
        ("/files/*.whl", "/files/x.whl.metadata", false),
        ("*foo*", "/simple/foo/", true),
        ("/a*a", "/a", false),
    ] {
        assert_eq!(site::matches(pattern, path), expected, "{pattern} {path}");
    }
}
