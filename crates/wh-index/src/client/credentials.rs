//! Which name and password go to which host.
//!
//! Credentials of an index's URL go to that origin alone (scheme, host and port), those of the
//! settings and of netrc to the host they name. Every hop of a redirect asks anew, so none ever
//! follows a redirect to somebody else.

use percent_encoding::percent_decode_str;
use url::{Origin, Url};

use super::error::host_of;
use crate::settings::{Credentials, IndexSettings};

/// All that is known, to be asked by URL.
#[derive(Default)]
pub(super) struct CredentialStore {
    by_origin: Vec<(Origin, String, String)>,
    by_host: Vec<Credentials>,
    netrc: Vec<Credentials>,
    netrc_default: Option<(String, String)>,
}

impl CredentialStore {
    pub(super) fn new(settings: &IndexSettings) -> Self {
        let mut this = Self {
            by_host: settings.credentials.clone(),
            ..Self::default()
        };
        for index in &settings.indexes {
            if let Some((username, password)) = in_url(&index.url) {
                this.by_origin
                    .push((index.url.origin(), username, password));
            }
        }
        if let Some(text) = &settings.netrc {
            this.read_netrc(text);
        }
        this
    }

    /// Name and password for a request to this URL.
    pub(super) fn for_url(&self, url: &Url) -> Option<(String, String)> {
        if let Some(given) = in_url(url) {
            return Some(given);
        }
        let origin = url.origin();
        if let Some((_, username, password)) = self.by_origin.iter().find(|(o, ..)| *o == origin) {
            return Some((username.clone(), password.clone()));
        }
        let (host_and_port, host) = (host_of(url), url.host_str().unwrap_or_default());
        self.by_host
            .iter()
            .chain(&self.netrc)
            .find(|entry| entry.host == host_and_port || entry.host == host)
            .map(|entry| (entry.username.clone(), entry.password.clone()))
            .or_else(|| self.netrc_default.clone())
    }

    /// Reads a netrc file: `machine H login U password P`, `default`, comments; macros are skipped.
    fn read_netrc(&mut self, text: &str) {
        let mut entry: Option<(Option<String>, String, String)> = None;
        let mut in_macro = false;
        for line in text.lines() {
            if in_macro {
                in_macro = !line.trim().is_empty();
                continue;
            }
            let mut tokens = line.split_whitespace();
            while let Some(token) = tokens.next() {
                match token {
                    "machine" => {
                        self.add_netrc(entry.take());
                        let host = tokens.next().unwrap_or_default();
                        entry = Some((Some(host.to_owned()), String::new(), String::new()));
                    }
                    "default" => {
                        self.add_netrc(entry.take());
                        entry = Some((None, String::new(), String::new()));
                    }
                    "login" | "password" | "account" => {
                        let value = tokens.next().unwrap_or_default().trim_matches('"');
                        match (token, &mut entry) {
                            ("login", Some(entry)) => entry.1 = value.to_owned(),
                            ("password", Some(entry)) => entry.2 = value.to_owned(),
                            _ => {}
                        }
                    }
                    "macdef" => {
                        in_macro = true;
                        break;
                    }
                    _ if token.starts_with('#') => break,
                    _ => {}
                }
            }
        }
        self.add_netrc(entry);
    }

    fn add_netrc(&mut self, entry: Option<(Option<String>, String, String)>) {
        match entry {
            Some((Some(host), username, password)) => self.netrc.push(Credentials {
                host,
                username,
                password,
            }),
            Some((None, username, password)) => self.netrc_default = Some((username, password)),
            None => {}
        }
    }
}

fn in_url(url: &Url) -> Option<(String, String)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((
        decode(url.username()),
        decode(url.password().unwrap_or_default()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::IndexUrl;

    fn check(index: &str, netrc: &str, asked: &str, expected: Option<(&str, &str)>) {
        let settings = IndexSettings {
            indexes: vec![IndexUrl::new(index.parse().unwrap())],
            netrc: Some(netrc.to_owned()),
            ..IndexSettings::default()
        };
        let found = CredentialStore::new(&settings).for_url(&asked.parse().unwrap());
        let found = found.as_ref().map(|(u, p)| (u.as_str(), p.as_str()));
        assert_eq!(found, expected, "{asked}");
    }

    #[test]
    fn of_an_index_stay_with_its_origin() {
        let index = "https://me:p%40ss@index.example/simple/";
        check(
            index,
            "",
            "https://index.example/files/a",
            Some(("me", "p@ss")),
        );
        check(index, "", "http://index.example/files/a", None);
        check(index, "", "https://index.example:8443/a", None);
        check(index, "", "https://files.example/a", None);
    }

    #[test]
    fn of_netrc_go_to_their_machine() {
        let netrc = "# a comment\nmachine a.example login me\n  password \"x y\"\n\
                     machine b.example:8080 login you password z\n\
                     macdef init\n machine evil.example login no password no\n\n\
                     machine c.example password token\n";
        let index = "https://index.example/simple/";
        check(index, netrc, "https://b.example:8080/x", Some(("you", "z")));
        check(index, netrc, "https://b.example/x", None);
        check(index, netrc, "https://c.example/x", Some(("", "token")));
        check(index, netrc, "https://evil.example/x", None);
        check(
            index,
            "default login d password e",
            "https://q.example/x",
            Some(("d", "e")),
        );
    }
}
