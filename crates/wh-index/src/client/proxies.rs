//! Which proxy a request goes through, and which hosts are reached without one.
//!
//! `NO_PROXY` has no specification. Understood is what curl, Python and Go understand together:
//! names that stand for themselves and what lies below them (`corp.example`, `.corp.example`,
//! `*.corp.example`), addresses, networks (`10.0.0.0/8`), each also with a port, and `*`.

use std::net::IpAddr;

use ipnet::IpNet;
use url::Url;

use crate::settings::IndexSettings;

/// The proxies of the settings.
#[derive(Debug, Clone)]
pub(super) struct Proxies {
    http: Option<Url>,
    https: Option<Url>,
    except: Vec<Exception>,
}

/// One entry of `NO_PROXY`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    All,
    Network(IpNet),
    /// The name, without a dot before it, in lower case.
    Below(String),
}

impl Proxies {
    pub(super) fn new(settings: &IndexSettings) -> Self {
        let except = settings.no_proxy.as_deref().unwrap_or_default();
        Self {
            http: settings.http_proxy.clone(),
            https: settings.https_proxy.clone(),
            except: except
                .split(|c: char| c == ',' || c.is_whitespace())
                .filter(|entry| !entry.is_empty())
                .map(Exception::parse)
                .collect(),
        }
    }

    /// The proxy for a URL, credentials included.
    pub(super) fn of(&self, url: &Url) -> Option<&Url> {
        let proxy = match url.scheme() {
            "http" => self.http.as_ref(),
            "https" => self.https.as_ref(),
            _ => None,
        };
        proxy.filter(|_| !self.except.iter().any(|entry| entry.admits(url)))
    }
}

impl Exception {
    fn parse(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let of = |hosts, port| Self { hosts, port };
        if let Some(network) = network(&text) {
            return of(Hosts::Network(network), None);
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
            _ => (text.as_str(), None),
        };
        let hosts = match network(host) {
            Some(network) => Hosts::Network(network),
            None if host == "*" => Hosts::All,
            None => {
                let name = host.trim_start_matches('*').trim_start_matches('.');
                Hosts::Below(name.trim_end_matches('.').to_owned())
            }
        };
        of(hosts, port)
    }

    fn admits(&self, url: &Url) -> bool {
        if self.port.is_some() && self.port != url.port_or_known_default() {
            return false;
        }
        let host = url.host_str().unwrap_or_default();
        match &self.hosts {
            Hosts::All => true,
            Hosts::Network(network) => {
                address(host).is_some_and(|address| network.contains(&address))
            }
            Hosts::Below(name) => {
                let host = host.trim_end_matches('.');
                !name.is_empty()
                    && host
                        .strip_suffix(name.as_str())
                        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
        }
    }
}

/// A network, or an address as the smallest one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| address(text).map(IpNet::from))
}

fn address(text: &str) -> Option<IpAddr> {
    let inside = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    inside.unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(no_proxy: &str, url: &str, proxied: bool) {
        let settings = IndexSettings {
            http_proxy: Some("http://proxy.example:3128".parse().unwrap()),
            no_proxy: Some(no_proxy.to_owned()),
            ..IndexSettings::default()
        };
        let found = Proxies::new(&settings).of(&url.parse().unwrap()).is_some();
        assert_eq!(found, proxied, "{no_proxy}: {url}");
    }

    #[test]
    fn names_and_what_lies_below_them() {
        for entry in [
            "corp.example",
            ".corp.example",
            "*.corp.example",
            "x, CORP.example.",
        ] {
            check(entry, "http://corp.example/", false);
            check(entry, "http://index.corp.example:81/", false);
            check(entry, "http://notcorp.example/", true);
            check(entry, "http://corp.example.org/", true);
        }
        check("*", "http://anything/", false);
        check("", "http://anything/", true);
        check(", ,", "http://anything/", true);
        check("example", "http://corp.example./", false);
    }

    #[test]
    fn addresses_and_networks() {
        check("10.0.0.0/8", "http://10.1.2.3/", false);
        check("10.0.0.0/8", "http://11.1.2.3/", true);
        check("127.0.0.1", "http://127.0.0.1:8080/", false);
        check("127.0.0.1", "http://127.0.0.11/", true);
        check("fd00::/8", "http://[fd00::1]/", false);
        check("::1", "http://[::1]:99/", false);
        check("[::1]:99", "http://[::1]:99/", false);
        check("[::1]:99", "http://[::1]:98/", true);
    }

    #[test]
    fn with_a_port() {
        check("corp.example:8080", "http://corp.example:8080/", false);
        check("corp.example:8080", "http://corp.example/", true);
        check("corp.example:80", "http://corp.example/", false);
        check("10.0.0.1:81", "http://10.0.0.1:81/", false);
        check("10.0.0.1:81", "http://10.0.0.1/", true);
    }
}
