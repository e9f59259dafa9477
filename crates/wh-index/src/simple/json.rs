//! The Simple API in JSON (PEP 691, 700, 714, 740, 792).
//!
//! Strings are borrowed from the page where it has no escapes. Unknown keys are skipped; a value of
//! the wrong type makes the page garbage.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use wh_packaging::{CoreMetadataFile, Hashes};

use super::{Link, RawPage, SimpleError, check_version};

/// Text that is borrowed where it can be; serde borrows a bare `Cow` only outside of `Option`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    meta: Option<Meta<'a>>,
    #[serde(borrow)]
    files: Option<Vec<File<'a>>>,
    #[serde(borrow, rename = "project-status")]
    status: Option<Status<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "api-version")]
    api_version: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(default)]
    hashes: Digests,
    #[serde(borrow, rename = "requires-python")]
    requires_python: Option<Text<'a>>,
    #[serde(borrow, default)]
    yanked: Yanked<'a>,
    #[serde(rename = "core-metadata")]
    core_metadata: Option<Metadata>,
    #[serde(rename = "dist-info-metadata")]
    dist_info_metadata: Option<Metadata>,
    size: Option<u64>,
    #[serde(borrow, rename = "upload-time")]
    upload_time: Option<Text<'a>>,
    #[serde(borrow)]
    provenance: Option<Text<'a>>,
}

pub(super) fn read(body: &[u8]) -> Result<RawPage<'_>, SimpleError> {
    let page: Page<'_> = serde_json::from_slice(body).map_err(|error| SimpleError::NotSimple {
        reason: error.to_string(),
    })?;
    if let Some(version) = page.meta.and_then(|meta| meta.api_version) {
        check_version(&version.0)?;
    }
    let Some(files) = page.files else {
        return Err(SimpleError::NotSimple {
            reason: "it has no list of files".to_owned(),
        });
    };
    let status = page.status.and_then(|status| {
        let reason = status.reason.map(|reason| reason.0.into_owned());
        Some((status.status?.0.into_owned(), reason))
    });
    Ok(RawPage {
        links: files.into_iter().map(Link::from).collect(),
        base: None,
        status,
    })
}

impl<'a> From<File<'a>> for Link<'a> {
    fn from(file: File<'a>) -> Self {
        Link {
            name: file.filename,
            url: file.url,
            hashes: file.hashes.0,
            requires_python: file.requires_python.map(|text| text.0),
            yanked: file.yanked.0,
            core_metadata: file
                .core_metadata
                .or(file.dist_info_metadata)
                .map_or(CoreMetadataFile::Absent, |metadata| metadata.0),
            size: file.size,
            upload_time: file.upload_time.map(|text| text.0),
            provenance: file.provenance.map(|text| text.0),
        }
    }
}

/// `{"sha256": "..."}`
#[derive(Default)]
struct Digests(Hashes);

impl<'de> Deserialize<'de> for Digests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Digests;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("digests by algorithm")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Digests, E> {
                Ok(Digests::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Digests, A::Error> {
                digests(map).map(Digests)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

fn digests<'de, A: MapAccess<'de>>(mut map: A) -> Result<Hashes, A::Error> {
    let mut hashes = Hashes::none();
    while let Some((algorithm, hex)) = map.next_entry::<Text<'de>, Text<'de>>()? {
        if !hex.0.is_empty() && hex.0.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            hashes.insert(&algorithm.0, hex.0);
        }
    }
    Ok(hashes)
}

/// `false`, `true`, or the reason.
#[derive(Default)]
struct Yanked<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Yanked<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Yanked<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a yes, a no, or a reason")
            }

            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Yanked<'de>, E> {
                Ok(Yanked(yes.then_some(Cow::Borrowed(""))))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Yanked<'de>, E> {
                Ok(Yanked(None))
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Yanked<'de>, E> {
                Ok(Yanked(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Yanked<'de>, E> {
                Ok(Yanked(Some(Cow::Owned(text.to_owned()))))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// `false`, `true`, or digests.
struct Metadata(CoreMetadataFile);

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Metadata;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a yes, a no, or digests")
            }

            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Metadata, E> {
                Ok(Metadata(if yes {
                    CoreMetadataFile::Present(Hashes::none())
                } else {
                    CoreMetadataFile::Absent
                }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Metadata, A::Error> {
                Ok(Metadata(CoreMetadataFile::Present(digests(map)?)))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Metadata, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Metadata(CoreMetadataFile::Absent))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
