//! TLS and HTTP/2: who is trusted, what is said of those who are not, and clients that show who
//! they are.

use std::io::Write as _;

use wh_testing::index::{Authority, Certificate};
use wh_testing::sandbox::Run;
use wh_testing::{Fault, TestIndex};

use crate::bench::{Bench, LINUX, module, says};

/// An index with TLS, and the certificate of its authority in `ca.pem`.
struct Secure {
    bench: Bench,
    authority: Authority,
}

fn secure(certificate: Certificate) -> Secure {
    let authority = Authority::new();
    let mut bench = Bench::new();
    bench.index = TestIndex::secure(&authority, &certificate);
    bench
        .index
        .add_wheel(&module("app", "1.0").requires("lib"))
        .add_wheel(&module("lib", "1.0"));
    bench.sandbox.write("ca.pem", authority.pem());
    Secure { bench, authority }
}

impl Secure {
    fn run(&self, more: &[&str]) -> Run {
        self.bench.download(&[&["app"], more].concat())
    }
}

#[test]
fn an_authority_that_is_named_is_trusted() {
    let secure = secure(Certificate::default());
    secure.run(&["--cert", "ca.pem"]).expect(0);
    assert_eq!(secure.bench.lock().versions(), ["app 1.0", "lib 1.0"]);
}

/// Pages and metadata are many and small, and share a connection; files have one each.
#[test]
fn pages_come_by_http_2_and_files_by_http_1() {
    let secure = secure(Certificate::default());
    secure.run(&["--cert", "ca.pem"]).expect(0);
    for request in secure.bench.index.requests() {
        let expected = if request.path.ends_with(".whl") {
            "HTTP/1.1"
        } else {
            "HTTP/2"
        };
        assert_eq!(request.protocol, expected, "{}", request.path);
    }
    let pages = secure.bench.index.requests_to("/simple/*");
    assert!(
        pages
            .iter()
            .all(|page| page.connection == pages[0].connection)
    );
}

#[test]
fn a_stream_that_is_reset_is_asked_for_again() {
    let secure = secure(Certificate::default());
    let index = &secure.bench.index;
    index.misbehave("/simple/*", Fault::cut(20).first(1));
    index.misbehave("/files/*.metadata", Fault::status(503).first(1));
    let url = index.url();
    let words = [
        "download", "app", "-i", &url, "--target", LINUX, "--cert", "ca.pem",
    ];
    secure.bench.sandbox.run(words).expect(0);
    assert_eq!(index.count("/simple/app/"), 2);
}

#[test]
fn variables_and_folders_name_authorities_too() {
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
        let mut secure = secure(Certificate::default());
        secure.bench.sandbox.variable(name, "ca.pem");
        secure.run(&[]).expect(0);
    }
    let secure = secure(Certificate::default());
    secure
        .bench
        .sandbox
        .write("authorities/ours.pem", secure.authority.pem());
    secure.bench.sandbox.write("authorities/README", "nothing");
    secure.run(&["--cert", "authorities"]).expect(0);
    secure.bench.sandbox.write("empty.pem", "");
    for bad in ["empty.pem", "missing.pem"] {
        let run = secure.run(&["--cert", bad]).expect(3);
        says(&run, &[bad, "hint:"]);
    }
}

#[test]
fn an_unknown_authority_is_said() {
    let secure = secure(Certificate::default());
    let run = secure.run(&[]).expect(3);
    says(
        &run,
        &[
            "localhost",
            "signed by nobody that is trusted here",
            "--cert",
        ],
    );
    secure.bench.assert_nothing_kept();
    secure.run(&["--trusted-host", "localhost"]).expect(0);
}

#[test]
fn what_else_is_wrong_with_a_certificate_is_said() {
    let expired = secure(Certificate::default().expired());
    let run = expired.run(&["--cert", "ca.pem"]).expect(3);
    says(&run, &["has expired", "hint: check the clock"]);
    let other = secure(Certificate::default().name("other.example"));
    let run = other.run(&["--cert", "ca.pem"]).expect(3);
    says(&run, &["is for other.example", "hint: check the address"]);
    other.run(&["--trusted-host", "localhost"]).expect(0);
}

#[test]
fn what_does_not_speak_tls_is_said() {
    let plain = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://{}/simple/", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in plain.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let bench = Bench::new();
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
    let run = bench.sandbox.run(words).expect(3);
    says(&run, &["does not speak TLS", "hint: check the address"]);
}

#[test]
fn a_client_shows_who_it_is() {
    let secure = secure(Certificate::default().wants_client());
    let run = secure.run(&["--cert", "ca.pem"]).expect(3);
    says(
        &run,
        &["without a certificate that it trusts", "--client-cert"],
    );
    secure
        .bench
        .sandbox
        .write("me.pem", secure.authority.client_pem());
    secure
        .run(&["--cert", "ca.pem", "--client-cert", "me.pem"])
        .expect(0);
    let stranger = Authority::new().client_pem();
    secure.bench.sandbox.write("stranger.pem", stranger);
    let words = [
        "--cert",
        "ca.pem",
        "--client-cert",
        "stranger.pem",
        "--no-cache",
    ];
    let run = secure.run(&words).expect(3);
    says(&run, &["--client-cert"]);
}

/// A server that takes connections and says nothing, not even hello.
#[test]
fn a_connection_that_does_not_come_about_is_given_up() {
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("https://{}/simple/", silent.local_addr().unwrap());
    let bench = Bench::new();
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
    let run = bench
        .sandbox
        .run([&words[..], &["--timeout", "1"]].concat());
    says(
        &run.expect(3),
        &["did not answer in time", "hint: try again later"],
    );
}

/// From https to http, to another port, to another host: what netrc has for the first is for it.
#[test]
fn no_redirect_takes_credentials_along() {
    let plain = TestIndex::start();
    plain.add_wheel(&module("app", "1.0"));
    let netrc = "machine localhost login keeper password w0rd\ndefault login any password 0ther\n";
    for host in ["localhost", "127.0.0.1"] {
        let secure = secure(Certificate::default());
        std::fs::write(secure.bench.sandbox.home().join(".netrc"), netrc).unwrap();
        let to = format!("http://{host}:{}{{path}}", plain.port());
        secure
            .bench
            .index
            .misbehave("/simple/*", Fault::redirect(to));
        secure.run(&["--cert", "ca.pem"]);
        for request in secure.bench.index.requests() {
            assert!(request.header("authorization").is_some());
        }
        assert!(!plain.requests_to("/simple/app/").is_empty());
        for request in plain.requests_to("/simple/*") {
            assert_eq!(request.header("authorization"), None, "{host}");
        }
    }
    // by http: another port of the same host
    let bench = Bench::new();
    let netrc = "machine 127.0.0.1 login keeper password w0rd\n";
    std::fs::write(bench.sandbox.home().join(".netrc"), netrc).unwrap();
    plain.clear_log();
    let to = plain.url_of("{path}");
    bench.index.misbehave("/simple/*", Fault::redirect(to));
    bench.download(&["app"]);
    assert!(bench.index.requests()[0].header("authorization").is_some());
    assert_eq!(
        plain.requests_to("/simple/*")[0].header("authorization"),
        None
    );
}
