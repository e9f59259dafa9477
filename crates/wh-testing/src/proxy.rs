//! A proxy as companies have them: HTTP with CONNECT (RFC 9110, section 9.3.6), SOCKS 5 (RFC 1928,
//! 1929), with or without credentials. Whatever host it is asked for, it leads to one port of this
//! machine, and it remembers for what it was asked.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A running proxy. It serves until the process ends.
#[derive(Debug)]
pub struct TestProxy {
    port: u16,
    rules: Arc<Rules>,
}

#[derive(Debug)]
struct Rules {
    to: u16,
    credentials: Option<(String, String)>,
    asked: Mutex<Vec<String>>,
}

impl TestProxy {
    /// Leads to a port of this machine; for those with these credentials, where any are given.
    ///
    /// # Panics
    /// There is no port to listen on.
    pub fn start(to: u16, credentials: Option<(&str, &str)>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let rules = Arc::new(Rules {
            to,
            credentials: credentials.map(|(user, password)| (user.into(), password.into())),
            asked: Mutex::default(),
        });
        let serving = rules.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let rules = serving.clone();
                thread::spawn(move || rules.serve(stream));
            }
        });
        Self { port, rules }
    }

    /// Its address, `USER:PASSWORD@` in it where they are given.
    pub fn url(&self, scheme: &str, credentials: Option<(&str, &str)>) -> String {
        let credentials = credentials
            .map(|(user, password)| format!("{user}:{password}@"))
            .unwrap_or_default();
        format!("{scheme}://{credentials}127.0.0.1:{}", self.port)
    }

    /// For what it was asked: `CONNECT host:port`, `GET http://host/path`, `SOCKS host:port`.
    pub fn asked(&self) -> Vec<String> {
        let asked = &self.rules.asked;
        asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Rules {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut first = [0];
        client.read_exact(&mut first)?;
        if first == [5] {
            self.socks(client)
        } else {
            self.http(client, first[0])
        }
    }

    fn note(&self, asked: String) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(asked);
    }

    fn http(&self, mut client: TcpStream, first: u8) -> io::Result<()> {
        let mut head = vec![first];
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let mut words = text.split_whitespace();
        let method = words.next().unwrap_or_default();
        self.note(format!("{method} {}", words.next().unwrap_or_default()));
        if !self.admits(&text) {
            let refused = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                Proxy-Authenticate: Basic realm=\"proxy\"\r\n\
                Content-Length: 0\r\nConnection: close\r\n\r\n";
            return client.write_all(refused.as_bytes());
        }
        let mut server = TcpStream::connect(("127.0.0.1", self.to))?;
        if method == "CONNECT" {
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        } else {
            // the index takes what a proxy is asked
            server.write_all(&head)?;
        }
        join(client, server)
    }

    fn admits(&self, head: &str) -> bool {
        let Some((user, password)) = &self.credentials else {
            return true;
        };
        let wanted = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        head.lines().any(|line| {
            let (name, value) = line.split_once(':').unwrap_or_default();
            name.eq_ignore_ascii_case("proxy-authorization") && value.trim() == wanted
        })
    }

    fn socks(&self, mut client: TcpStream) -> io::Result<()> {
        let methods = counted(&mut client)?;
        let method = if self.credentials.is_some() { 2 } else { 0 };
        if !methods.contains(&method) {
            return client.write_all(&[5, 0xff]);
        }
        client.write_all(&[5, method])?;
        if let Some((user, password)) = &self.credentials {
            client.read_exact(&mut [0])?;
            let given = (counted(&mut client)?, counted(&mut client)?);
            let right = given == (user.clone().into_bytes(), password.clone().into_bytes());
            client.write_all(&[1, u8::from(!right)])?;
            if !right {
                return Ok(());
            }
        }
        let mut head = [0; 4];
        client.read_exact(&mut head)?;
        let host = match head[3] {
            3 => String::from_utf8_lossy(&counted(&mut client)?).into_owned(),
            4 => address::<16>(&mut client)?,
            _ => address::<4>(&mut client)?,
        };
        let mut port = [0; 2];
        client.read_exact(&mut port)?;
        self.note(format!("SOCKS {host}:{}", u16::from_be_bytes(port)));
        let server = TcpStream::connect(("127.0.0.1", self.to))?;
        client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0])?;
        join(client, server)
    }
}

/// So many bytes as the byte before them says.
fn counted(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0];
    stream.read_exact(&mut length)?;
    let mut bytes = vec![0; length[0].into()];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn address<const LENGTH: usize>(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = [0; LENGTH];
    stream.read_exact(&mut bytes)?;
    Ok(bytes.map(|byte| byte.to_string()).join("."))
}

/// Carries bytes both ways until one side ends.
fn join(client: TcpStream, server: TcpStream) -> io::Result<()> {
    let (mut up, mut down) = (client.try_clone()?, server.try_clone()?);
    let (mut from, mut to) = (server, client);
    thread::spawn(move || {
        let _ = io::copy(&mut up, &mut down);
        down.shutdown(Shutdown::Both)
    });
    let _ = io::copy(&mut from, &mut to);
    to.shutdown(Shutdown::Both)
}
