//! `direct_url.json` (PEP 610 and the direct URL data structure).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::hashes::Hashes;

/// Where a distribution came from, where a URL asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
pub struct DirectUrl {
    /// The URL.
    pub url: String,
    /// Folder below the archive's or the checkout's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdirectory: Option<String>,
    /// Which kind it is.
    #[serde(flatten)]
    pub source: DirectSource,
}

/// The three kinds of direct URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectSource {
    /// A file.
    ArchiveInfo {
        /// `algorithm=hex`, the older form.
        #[serde(skip_serializing_if = "Option::is_none")]
        hash: Option<String>,
        /// Digests; also where the file gives only the older form.
        #[serde(skip_serializing_if = "Hashes::is_empty")]
        hashes: Hashes,
    },
    /// A folder on the machine.
    DirInfo {
        /// Installed in place.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        editable: bool,
    },
    /// A version-control checkout.
    VcsInfo {
        /// `git`, `hg`, `svn`, `bzr`
        vcs: String,
        /// The exact commit.
        commit_id: String,
        /// What was asked for.
        #[serde(skip_serializing_if = "Option::is_none")]
        requested_revision: Option<String>,
    },
}

/// Why direct_url.json cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("direct_url.json: {reason}")]
pub struct DirectUrlError {
    /// What is wrong.
    pub reason: String,
}

impl DirectUrl {
    /// Reads direct_url.json.
    ///
    /// # Errors
    /// Not JSON; not exactly one kind; a `dir_info` that is no absolute `file:` URL.
    pub fn parse(bytes: &[u8]) -> Result<Self, DirectUrlError> {
        serde_json::from_slice(bytes).map_err(|error| DirectUrlError {
            reason: error.to_string(),
        })
    }

    /// As JSON, to the byte as pip writes it: keys sorted, ASCII only, the older form of the
    /// hash beside the newer one.
    pub fn to_json(&self) -> String {
        let mut this = self.clone();
        if let DirectSource::ArchiveInfo { hash, hashes } = &mut this.source
            && hash.is_none()
        {
            *hash = hashes
                .iter()
                .next()
                .map(|(algorithm, hex)| format!("{algorithm}={hex}"));
        }
        let mut out = String::new();
        // strings, truth values and maps of them: nothing can fail
        write_json(&mut out, &serde_json::to_value(&this).unwrap_or_default());
        out
    }

    /// Whether it is a folder installed in place.
    pub fn is_editable(&self) -> bool {
        matches!(self.source, DirectSource::DirInfo { editable: true })
    }

    /// As a requirement, to the byte as pip freezes it: `name @ url`, for a checkout with its
    /// commit, for an archive with its hash.
    pub fn as_requirement(&self, name: &str) -> String {
        let mut fragments = Vec::new();
        let mut text = match &self.source {
            DirectSource::VcsInfo { vcs, commit_id, .. } => {
                format!("{name} @ {vcs}+{}@{commit_id}", self.url)
            }
            DirectSource::ArchiveInfo { hashes, .. } => {
                fragments.extend(hashes.iter().next().map(|(a, hex)| format!("{a}={hex}")));
                format!("{name} @ {}", self.url)
            }
            DirectSource::DirInfo { .. } => format!("{name} @ {}", self.url),
        };
        if let Some(subdirectory) = &self.subdirectory {
            fragments.push(format!("subdirectory={subdirectory}"));
        }
        if !fragments.is_empty() {
            text.push('#');
            text.push_str(&fragments.join("&"));
        }
        text
    }

    /// The same without credentials; `None` where it has none. See [`without_credentials`].
    pub fn without_credentials(&self) -> Option<Self> {
        without_credentials(&self.url).map(|url| Self {
            url,
            ..self.clone()
        })
    }
}

/// A URL without its `user:password@`; `None` where there is nothing to remove.
///
/// What PEP 610 lets stand stays: `git@`, `${VAR}@`, `${USER}:${PASSWORD}@`. A user alone stays
/// for ssh (it is no secret there) and goes elsewhere (where it may be a token).
pub fn without_credentials(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (user, host) = rest[..end].rsplit_once('@')?;
    let ssh = scheme == "ssh" || scheme.ends_with("+ssh");
    let variable = |text: &str| {
        let name = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'));
        name.is_some_and(|name| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            !name.is_empty() && name.bytes().all(plain)
        })
    };
    let kept = match user.split_once(':') {
        None => user == "git" || variable(user) || ssh,
        Some((name, password)) => variable(name) && variable(password),
    };
    (!kept).then(|| format!("{scheme}://{host}{}", &rest[end..]))
}

/// JSON as Python's `json.dumps(value, sort_keys=True)` writes it.
fn write_json(out: &mut String, value: &Value) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_json(out, &Value::String(key.clone()));
                out.push_str(": ");
                write_json(out, value);
            }
            out.push('}');
        }
        other => {
            for c in other.to_string().chars() {
                if c.is_ascii() {
                    out.push(c);
                } else {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
        }
    }
}

/// The file as it stands, before its rules are checked.
#[derive(Deserialize)]
struct Fields {
    url: String,
    subdirectory: Option<String>,
    archive_info: Option<ArchiveFields>,
    dir_info: Option<DirFields>,
    vcs_info: Option<VcsFields>,
}

#[derive(Deserialize)]
struct ArchiveFields {
    hash: Option<String>,
    hashes: Option<Hashes>,
}

#[derive(Deserialize)]
struct DirFields {
    editable: Option<bool>,
}

#[derive(Deserialize)]
struct VcsFields {
    vcs: String,
    commit_id: String,
    requested_revision: Option<String>,
}

impl TryFrom<Fields> for DirectUrl {
    type Error = String;

    fn try_from(fields: Fields) -> Result<Self, String> {
        let source = match (fields.archive_info, fields.dir_info, fields.vcs_info) {
            (Some(archive), None, None) => archive_source(archive)?,
            (None, Some(dir), None) => {
                let absolute = Url::parse(&fields.url).is_ok_and(|url| url.scheme() == "file")
                    && fields.url.starts_with("file:/");
                if !absolute {
                    return Err(format!("`{}` is no absolute file: URL", fields.url));
                }
                DirectSource::DirInfo {
                    editable: dir.editable.unwrap_or(false),
                }
            }
            (None, None, Some(vcs)) => DirectSource::VcsInfo {
                vcs: vcs.vcs,
                commit_id: vcs.commit_id,
                requested_revision: vcs.requested_revision,
            },
            _ => return Err("not exactly one of archive_info, dir_info, vcs_info is given".into()),
        };
        Ok(Self {
            url: fields.url,
            subdirectory: fields.subdirectory,
            source,
        })
    }
}

/// The older `hash` fills `hashes` where they are not given, and must agree where they are.
fn archive_source(fields: ArchiveFields) -> Result<DirectSource, String> {
    let mut hashes = fields.hashes.clone().unwrap_or_default();
    if let Some(hash) = &fields.hash {
        let (algorithm, hex) = hash
            .split_once('=')
            .ok_or_else(|| format!("`{hash}` is not of the form algorithm=digest"))?;
        if fields.hashes.is_none() {
            hashes.insert(algorithm, hex);
        } else if hashes.get(algorithm) != Some(hex) {
            return Err(format!("`{hash}` is not among the hashes"));
        }
    }
    Ok(DirectSource::ArchiveInfo {
        hash: fields.hash,
        hashes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, requirement: &str) {
        let parsed = DirectUrl::parse(json.as_bytes()).unwrap();
        assert_eq!(parsed.as_requirement("Foo"), requirement);
        assert_eq!(parsed.to_json(), json);
    }

    #[test]
    fn all_kinds_freeze_and_come_back() {
        check(
            r#"{"archive_info": {"hash": "sha256=aa", "hashes": {"sha256": "aa"}}, "url": "https://h.example/f.whl"}"#,
            "Foo @ https://h.example/f.whl#sha256=aa",
        );
        check(
            r#"{"archive_info": {}, "subdirectory": "s", "url": "file:///caf\u00e9\ud83d\ude00.zip"}"#,
            "Foo @ file:///caf\u{e9}\u{1f600}.zip#subdirectory=s",
        );
        check(
            r#"{"dir_info": {"editable": true}, "url": "file:///a"}"#,
            "Foo @ file:///a",
        );
        check(r#"{"dir_info": {}, "url": "file:///a"}"#, "Foo @ file:///a");
        check(
            r#"{"subdirectory": "s", "url": "https://h.example/r.git", "vcs_info": {"commit_id": "ab", "requested_revision": "main", "vcs": "git"}}"#,
            "Foo @ git+https://h.example/r.git@ab#subdirectory=s",
        );
    }

    #[test]
    fn the_older_hash_counts() {
        let json = r#"{"archive_info": {"hash": "md5=aa"}, "url": "u", "more": 1}"#;
        let parsed = DirectUrl::parse(json.as_bytes()).unwrap();
        assert_eq!(parsed.as_requirement("a"), "a @ u#md5=aa");
    }

    #[test]
    fn refuses_what_breaks_the_rules() {
        for json in [
            "",
            "[]",
            r#"{"url": "u"}"#,
            r#"{"archive_info": {}}"#,
            r#"{"archive_info": {}, "vcs_info": {"vcs": "git", "commit_id": "a"}, "url": "u"}"#,
            r#"{"archive_info": {"hash": "x"}, "url": "u"}"#,
            r#"{"archive_info": {"hash": "a=b", "hashes": {"a": "c"}}, "url": "u"}"#,
            r#"{"dir_info": {}, "url": "https://h.example"}"#,
            r#"{"dir_info": {"editable": "yes"}, "url": "file:///a"}"#,
            r#"{"vcs_info": {"vcs": "git"}, "url": "u"}"#,
        ] {
            assert!(DirectUrl::parse(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn credentials_go_and_names_stay() {
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(without_credentials(url).as_deref(), expected, "{url}");
        };
        check("https://h.example/a@b", None);
        check("https://me:pw@h.example/a?b", Some("https://h.example/a?b"));
        check("https://token@h.example", Some("https://h.example"));
        check("https://a:p@ss@h.example/", Some("https://h.example/"));
        check("ssh://git@h.example/r", None);
        check("ssh://me@h.example/r", None);
        check("ssh://me:pw@h.example/r", Some("ssh://h.example/r"));
        check("https://${T}@h.example/", None);
        check("https://${U}:${P}@h.example/", None);
        check("https://me:${P}@h.example/", Some("https://h.example/"));
        check("git@h.example:r.git", None);
    }
}
