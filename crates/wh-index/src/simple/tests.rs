//! Pages as indexes send them, and as they should not.

use super::*;

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const HTML: &str = "text/html; charset=utf-8";
const PAGE: &str = "https://index.example/simple/demo/";

fn read(content_type: &str, body: &str) -> Result<SimplePage, SimpleError> {
    let url: Url = PAGE.parse().unwrap();
    let project = "demo".parse().unwrap();
    let origin = Origin::Index(Arc::new("https://index.example/simple/".parse().unwrap()));
    parse(body.as_bytes(), Some(content_type), &url, &project, &origin)
}

/// Each file as `name url hashes requires-python yanked metadata size`, the rest as words.
fn check(content_type: &str, body: &str, expected: &[&str]) {
    let page = read(content_type, body).unwrap();
    let found: Vec<String> = page.files.iter().map(|file| describe(file)).collect();
    assert_eq!(found, expected);
}

fn describe(file: &DistributionFile) -> String {
    let mut words = vec![file.name.clone(), file.url.to_string()];
    words.extend(file.hashes.iter().map(|(a, h)| format!("{a}={h}")));
    words.extend(file.requires_python.iter().map(|r| format!("python{r}")));
    words.extend(file.yanked.iter().map(|y| format!("yanked({y})")));
    if let CoreMetadataFile::Present(hashes) = &file.core_metadata {
        words.push(format!("metadata({})", hashes.sha256().unwrap_or("")));
    }
    words.extend(file.size.iter().map(|s| format!("{s}B")));
    words.extend(file.upload_time.clone());
    words.extend(file.provenance.clone());
    words.join(" ")
}

#[test]
fn json_with_all_keys() {
    check(
        JSON,
        r#"{"meta": {"api-version": "1.5", "_last-serial": 1}, "name": "demo", "namespaces": {},
        "files": [
         {"filename": "demo-1.0-py3-none-any.whl", "url": "../../f/demo-1.0-py3-none-any.whl",
          "hashes": {"sha256": "AB", "md5": "0f"}, "requires-python": ">=3.8", "yanked": false,
          "core-metadata": {"sha256": "cd"}, "dist-info-metadata": false, "size": 12,
          "upload-time": "2026-01-01T00:00:00.1Z", "provenance": null, "unknown": [1, {"a": 2}]},
         {"filename": "demo-1.1.tar.gz", "url": "https://files.example/demo-1.1.tar.gz",
          "hashes": {}, "requires-python": null, "yanked": "br\u00f6ken", "dist-info-metadata": true,
          "provenance": "https://index.example/p"},
         {"filename": "demo-1.2-py3-none-any.whl", "url": "x.whl", "hashes": {"sha256": "zz"},
          "requires-python": ">=3.5.*", "yanked": true}
        ], "versions": ["1.0"]}"#,
        &[
            "demo-1.0-py3-none-any.whl https://index.example/f/demo-1.0-py3-none-any.whl \
             md5=0f sha256=ab python>=3.8 metadata(cd) 12B 2026-01-01T00:00:00.1Z",
            "demo-1.1.tar.gz https://files.example/demo-1.1.tar.gz yanked(bröken) metadata() \
             https://index.example/p",
            "demo-1.2-py3-none-any.whl https://index.example/simple/demo/x.whl python>=3.5 \
             yanked()",
        ],
    );
}

#[test]
fn html_as_indexes_write_it() {
    check(
        HTML,
        r#"<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3">
        <title>Links for demo</title></head><body>
        <!-- <a href="hidden-1.0-py3-none-any.whl">no</a> -->
        <a href="/f/demo-1.0-py3-none-any.whl#sha256=AB" data-requires-python="&gt;=3.8,&lt;4"
           data-core-metadata="sha256=cd" data-dist-info-metadata="sha256=ee">demo</a><br/>
        <A HREF='demo-1.0%2Bcpu-py3-none-any.whl?sig=1&amp;t=2' data-yanked>local</A>
        <a data-dist-info-metadata=true href=" ../../f/demo-1.1.zip " data-yanked="bad &amp; old">z</a>
        <a href="https://u:p@files.example/demo-1.2-py3-none-any.whl" data-provenance="">c</a>
        </body></html>"#,
        &[
            "demo-1.0-py3-none-any.whl https://index.example/f/demo-1.0-py3-none-any.whl \
             sha256=ab python>=3.8, <4 metadata(cd)",
            "demo-1.0+cpu-py3-none-any.whl \
             https://index.example/simple/demo/demo-1.0%2Bcpu-py3-none-any.whl?sig=1&t=2 yanked()",
            "demo-1.1.zip https://index.example/f/demo-1.1.zip yanked(bad & old) metadata()",
            "demo-1.2-py3-none-any.whl https://files.example/demo-1.2-py3-none-any.whl",
        ],
    );
}

#[test]
fn html_base_counts_once() {
    check(
        HTML,
        r#"<base href="/files/"><base href="/other/"><a href="demo-1.0-py3-none-any.whl">x</a>"#,
        &["demo-1.0-py3-none-any.whl https://index.example/files/demo-1.0-py3-none-any.whl"],
    );
}

#[test]
fn what_is_no_file_of_the_project_is_passed_over() {
    let page = read(
        HTML,
        r#"<a href="../">up</a><a href="demo-1.0-py3.8.egg">egg</a>
           <a href="other-1.0-py3-none-any.whl">other</a><a href="demo-1.0-py3-none-any.whl">demo</a>
           <a href="demo-1.0-py3-none-any-x86_64_v3.whl">variant</a>
           <a href="..%2F..%2Fdemo-1.0.tar.gz">escape</a>"#,
    )
    .unwrap();
    assert_eq!(page.files.len(), 1);
    assert_eq!(page.passed_over.len(), 5);
}

#[test]
fn statuses() {
    let body = |status: &str| {
        format!(
            r#"{{"meta": {{"api-version": "1.4"}}, "project-status": {{"status": "{status}",
            "reason": "why"}}, "files": [{{"filename": "demo-1-py3-none-any.whl", "url": "d.whl"}}]}}"#
        )
    };
    let why = Some("why".to_owned());
    let page = read(JSON, &body("archived")).unwrap();
    assert_eq!(
        (page.status, page.files.len()),
        (Some(("archived".into(), why.clone())), 1)
    );
    let page = read(JSON, &body("quarantined")).unwrap();
    assert_eq!(
        (page.status, page.files.len()),
        (Some(("quarantined".into(), why)), 0)
    );
    let page = read(JSON, &body("active")).unwrap();
    assert_eq!((page.status, page.files.len()), (None, 1));
    let page = read(
        HTML,
        r#"<meta name="pypi:project-status" content="quarantined">
           <meta name="pypi:project-status-reason" content="it bites">
           <a href="demo-1-py3-none-any.whl">x</a>"#,
    )
    .unwrap();
    let status = Some(("quarantined".into(), Some("it bites".into())));
    assert_eq!((page.status, page.files.len()), (status, 0));
}

#[test]
fn pages_without_files_that_are_pages() {
    for (content_type, body) in [
        (
            JSON,
            r#"{"meta": {"api-version": "1.0"}, "name": "demo", "files": []}"#,
        ),
        (
            HTML,
            "<html><head><title>Links for demo</title></head><body></body></html>",
        ),
        (HTML, "<meta name=pypi:repository-version content=1.0>"),
    ] {
        assert_eq!(
            read(content_type, body),
            Ok(SimplePage::default()),
            "{body}"
        );
    }
}

#[test]
fn pages_that_are_none() {
    let error = |content_type: &str, body: &str| read(content_type, body).unwrap_err();
    assert_eq!(
        error(HTML, "<html><body>Welcome</body></html>"),
        SimpleError::NoLinks
    );
    for (content_type, body) in [
        (HTML, r#"<a href="/login">Log in</a>"#),
        (JSON, "<html></html>"),
        (JSON, r#"{"message": "no"}"#),
        ("application/octet-stream", "PK\u{3}\u{4}"),
        ("", ""),
    ] {
        let found = error(content_type, body);
        assert!(matches!(found, SimpleError::NotSimple { .. }), "{found:?}");
    }
    for (content_type, body) in [
        ("application/vnd.pypi.simple.v2+json", "{}"),
        (JSON, r#"{"meta": {"api-version": "2.0"}, "files": []}"#),
        (
            HTML,
            r#"<meta name="pypi:repository-version" content="2.0">"#,
        ),
    ] {
        let found = error(content_type, body);
        assert!(
            matches!(found, SimpleError::UnknownVersion { .. }),
            "{found:?}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(body: Vec<u8>, html: bool) {
        let url: Url = PAGE.parse().unwrap();
        let project = "demo".parse().unwrap();
        let content_type = if html { HTML } else { JSON };
        let _ = parse(&body, Some(content_type), &url, &project, &Origin::FindLinks);
    }
}
