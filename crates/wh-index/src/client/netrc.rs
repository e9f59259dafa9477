//! netrc files: `machine H login U password P`, `default`, comments; macros are skipped.

use crate::settings::Credentials;

/// What a netrc file says.
#[derive(Debug, Clone, Default)]
pub(super) struct Netrc {
    /// In the order of the file.
    pub machines: Vec<Credentials>,
    /// For every other machine. Its host is empty.
    pub default: Option<Credentials>,
}

impl Netrc {
    /// Reads a file; what is not understood is passed over.
    pub(super) fn read(text: &str) -> Self {
        let mut this = Self::default();
        let mut entry: Option<Credentials> = None;
        let mut in_macro = false;
        for line in text.lines() {
            if in_macro {
                in_macro = !line.trim().is_empty();
                continue;
            }
            let mut tokens = line.split_whitespace();
            while let Some(token) = tokens.next() {
                let mut value = || tokens.next().unwrap_or_default();
                match token {
                    "machine" => {
                        this.add(entry.take());
                        entry = Some(of(value()));
                    }
                    "default" => {
                        this.add(entry.take());
                        entry = Some(of(""));
                    }
                    "login" | "password" | "account" => {
                        let value = value().trim_matches('"').to_owned();
                        match (token, &mut entry) {
                            ("login", Some(entry)) => entry.username = value,
                            ("password", Some(entry)) => entry.password = value,
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
        this.add(entry);
        this
    }

    fn add(&mut self, entry: Option<Credentials>) {
        match entry {
            Some(entry) if entry.host.is_empty() => self.default = Some(entry),
            Some(entry) => self.machines.push(entry),
            None => {}
        }
    }
}

fn of(host: &str) -> Credentials {
    Credentials {
        host: host.to_owned(),
        username: String::new(),
        password: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_and_the_default() {
        let netrc = Netrc::read(
            "# a comment\nmachine a.example login me\n  password \"xy\"\n\
             machine b.example:8080 login you password z account q\n\
             macdef init\n machine evil.example login no password no\n\n\
             machine c.example password token\ndefault login d password e\n",
        );
        let text =
            |entry: &Credentials| format!("{} {} {}", entry.host, entry.username, entry.password);
        let machines: Vec<String> = netrc.machines.iter().map(text).collect();
        let expected = [
            "a.example me xy",
            "b.example:8080 you z",
            "c.example  token",
        ];
        assert_eq!(machines, expected);
        assert_eq!(text(&netrc.default.unwrap()), " d e");
    }
}
