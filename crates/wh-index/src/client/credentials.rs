//! Which name and password go to which host.
//!
//! Credentials of an index's URL go to that origin alone (scheme, host and port), those of the
//! settings and of netrc to the host they name. Every hop of a redirect asks anew, so none follows
//! a redirect to somebody else: not to another host, unless it is named itself, not to another port,
//! unless that is named, and never from https to http. Where a name is known and no password, the
//! keyring is asked.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::{Origin, Url};

use super::error::{host_of, without_credentials};
use super::keyring::Keyring;
use super::netrc::Netrc;
use crate::settings::{Credentials, IndexSettings};

/// All that is known, to be asked by URL.
pub(super) struct CredentialStore {
    indexes: Vec<OfIndex>,
    by_host: Vec<Credentials>,
    netrc: Netrc,
    keyring: Option<Keyring>,
}

/// The credentials in an index's URL.
struct OfIndex {
    origin: Origin,
    /// The URL without them.
    service: String,
    login: Login,
}

/// A user, and the password where it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Login {
    username: String,
    password: Option<String>,
}

impl CredentialStore {
    pub(super) fn new(settings: &IndexSettings) -> Self {
        let of_index = |url: &Url| {
            Some(OfIndex {
                origin: url.origin(),
                service: without_credentials(url),
                login: in_url(url)?,
            })
        };
        let indexes = settings.indexes.iter();
        Self {
            indexes: indexes.filter_map(|index| of_index(&index.url)).collect(),
            by_host: settings.credentials.clone(),
            netrc: settings
                .netrc
                .as_deref()
                .map(Netrc::read)
                .unwrap_or_default(),
            keyring: settings.keyring.clone().map(Keyring::new),
        }
    }

    /// Name and password for a request to `url`, which began as one to `first`.
    pub(super) async fn find(self: &Arc<Self>, url: &Url, first: &Url) -> Option<(String, String)> {
        let login = self.known(url, first)?;
        let Login { username, password } = login;
        if let Some(password) = password {
            return Some((username, password));
        }
        let mut asked = None;
        if self.keyring.is_some() {
            let (store, url, username) = (Arc::clone(self), url.clone(), username.clone());
            let asking = tokio::task::spawn_blocking(move || store.ask_keyring(&url, &username));
            asked = asking.await.ok().flatten();
        }
        // a name alone may be a token
        Some((username, asked.unwrap_or_default()))
    }

    /// As pip asks: for the index, else for the host.
    fn ask_keyring(&self, url: &Url, username: &str) -> Option<String> {
        let origin = url.origin();
        let index = self.indexes.iter().find(|index| index.origin == origin);
        let own = without_credentials(url);
        let host = host_of(url);
        let service = index.map_or(own.as_str(), |index| &index.service);
        self.keyring.as_ref()?.password(&[service, &host], username)
    }

    fn known(&self, url: &Url, first: &Url) -> Option<Login> {
        let mut login = in_url(url);
        let hop = Hop::new(url, first);
        if hop == Hop::InTheClear {
            return login;
        }
        let origin = match hop {
            Hop::Upgraded => first.origin(),
            _ => url.origin(),
        };
        let of_index = |index: &&OfIndex| index.origin == origin;
        login = login.or_else(|| self.indexes.iter().find(of_index).map(|i| i.login.clone()));
        let by_host = || self.of_host(url, hop, login.as_ref().map(|login| &*login.username));
        match login {
            Some(Login {
                password: Some(_), ..
            }) => login,
            _ => by_host().or(login),
        }
    }

    /// What settings and netrc have for the host (and this user, where one is known).
    fn of_host(&self, url: &Url, hop: Hop, username: Option<&str>) -> Option<Login> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        let with_port = format!("{host}:{port}");
        let of_user = |entry: &&Credentials| username.is_none_or(|user| user == entry.username);
        let named = |entry: &&Credentials| {
            entry.host == with_port || entry.host == host && hop != Hop::OtherPort
        };
        let mut all = self.by_host.iter().chain(&self.netrc.machines);
        let mut found = all.find(|entry| named(entry) && of_user(entry));
        if hop == Hop::Same || hop == Hop::Upgraded {
            found = found.or(self.netrc.default.as_ref().filter(of_user));
        }
        found.map(|entry| Login {
            username: entry.username.clone(),
            password: Some(entry.password.clone()),
        })
    }
}

/// How far a redirect has led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hop {
    /// The origin that was asked first.
    Same,
    /// The same host, by https in place of http, at their usual ports.
    Upgraded,
    /// The same host at another port.
    OtherPort,
    /// Another host.
    OtherHost,
    /// By http, after https.
    InTheClear,
}

impl Hop {
    fn new(url: &Url, first: &Url) -> Self {
        if url.origin() == first.origin() {
            return Hop::Same;
        }
        match (first.scheme(), url.scheme()) {
            ("https", "http") => Hop::InTheClear,
            _ if first.host_str() != url.host_str() => Hop::OtherHost,
            ("http", "https") if first.port().is_none() && url.port().is_none() => Hop::Upgraded,
            _ => Hop::OtherPort,
        }
    }
}

fn in_url(url: &Url) -> Option<Login> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(Login {
        username: decode(url.username()),
        password: url.password().map(decode),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::IndexUrl;

    /// What is known for a request to `asked` that began as one to `first`.
    fn known(index: &str, netrc: &str, asked: &str, first: &str) -> Option<(String, String)> {
        let settings = IndexSettings {
            indexes: vec![IndexUrl::new(index.parse().unwrap())],
            netrc: Some(netrc.to_owned()),
            ..IndexSettings::default()
        };
        let store = CredentialStore::new(&settings);
        let login = store.known(&asked.parse().unwrap(), &first.parse().unwrap())?;
        Some((login.username, login.password.unwrap_or("-".to_owned())))
    }

    fn check(index: &str, netrc: &str, asked: &str, expected: Option<(&str, &str)>) {
        let found = known(index, netrc, asked, asked);
        let found = found.as_ref().map(|(u, p)| (u.as_str(), p.as_str()));
        assert_eq!(found, expected, "{asked}");
    }

    #[test]
    fn of_an_index_stay_with_its_origin() {
        let index = "https://me:p%40ss@index.example/simple/";
        let me = Some(("me", "p@ss"));
        check(index, "", "https://index.example/files/a", me);
        check(index, "", "http://index.example/files/a", None);
        check(index, "", "https://index.example:8443/a", None);
        check(index, "", "https://files.example/a", None);
        check(index, "", "https://x:y@files.example/a", Some(("x", "y")));
    }

    #[test]
    fn of_netrc_go_to_their_machine() {
        let netrc =
            "machine b.example:8080 login you password z\nmachine c.example password token\n";
        let index = "https://index.example/simple/";
        check(index, netrc, "https://b.example:8080/x", Some(("you", "z")));
        check(index, netrc, "https://b.example/x", None);
        check(index, netrc, "https://c.example:99/x", Some(("", "token")));
        let netrc = "default login d password e";
        check(index, netrc, "https://q.example/x", Some(("d", "e")));
    }

    #[test]
    fn a_name_alone_gets_its_own_password_from_netrc() {
        let netrc = "machine i.example login you password z\n";
        let index = "https://you@i.example/simple/";
        check(index, netrc, "https://i.example/x", Some(("you", "z")));
        let index = "https://token@i.example/simple/";
        check(index, netrc, "https://i.example/x", Some(("token", "-")));
    }

    #[test]
    fn no_redirect_takes_them_to_somebody_else() {
        let netrc = "machine i.example login n password p\nmachine i.example:9000 login m password q\n\
                     machine other.example login o password r\ndefault login d password e\n";
        let check = |index: &str, asked: &str, first: &str, expected: Option<&str>| {
            let found = known(index, netrc, asked, first);
            assert_eq!(found.map(|(user, _)| user).as_deref(), expected, "{asked}");
        };
        let plain = "https://i.example/simple/";
        let ours = "https://me:w@i.example/simple/";
        check(ours, "https://i.example/b", plain, Some("me"));
        check(plain, "https://i.example/b", plain, Some("n"));
        // another port, unless it is named itself
        check(ours, "https://i.example:8443/b", plain, None);
        check(ours, "https://i.example:9000/b", plain, Some("m"));
        // another host, unless it is named itself; the default is not for those
        check(ours, "https://evil.example/b", plain, None);
        check(ours, "https://other.example/b", plain, Some("o"));
        // in the clear, never
        check(ours, "http://i.example/b", plain, None);
        check(ours, "http://other.example/b", plain, None);
        // to https is no leak
        let http = "http://me:w@i.example/simple/";
        check(
            http,
            "https://i.example/b",
            "http://i.example/simple/",
            Some("me"),
        );
        check(
            http,
            "https://i.example:8443/b",
            "http://i.example/simple/",
            None,
        );
    }
}
