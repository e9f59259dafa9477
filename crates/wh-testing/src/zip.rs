//! Writes zip archives, honest ones and every kind of lie.
//!
//! Follows APPNOTE 6.3.9 as far as wheels go: stored, deflate and zstd members, zip64 sizes, data
//! descriptors. Nothing is checked: what an [`Entry`] claims is written as it stands, because the
//! readers under test must find the lie. The bytes depend on nothing but the input.

use libdeflater::{CompressionLvl, Compressor, crc32};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const NAME_IS_UTF8: u16 = 1 << 11;
const HAS_DESCRIPTOR: u16 = 1 << 3;
/// 1980-01-01, the first date that the format knows.
const DATE: u16 = 0x0021;

/// How the bytes of a member are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Method 8.
    Deflate,
    /// Method 93.
    Zstd,
}

/// What the headers say where that differs from the truth.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// Another name in the local header than in the central directory.
    pub local_name: Option<String>,
    /// The unpacked size, in both headers. Above 4 GiB it is written as zip64.
    pub size: Option<u64>,
    /// The check sum, in both headers.
    pub crc: Option<u32>,
    /// The number of the method, in both headers.
    pub method: Option<u16>,
    /// More general purpose flags, such as 1 for "encrypted".
    pub flags: u16,
    /// The central directory points to the local header of the entry with this number; the entry
    /// has no bytes of its own.
    pub shares_bytes_of: Option<usize>,
    /// There is a local header and data, but no row in the central directory.
    pub hidden: bool,
    /// Bytes behind it that belong to no member.
    pub behind: Vec<u8>,
    /// More extra fields in the row of the central directory.
    pub extra: Vec<u8>,
    /// More extra fields in the local header.
    pub local_extra: Vec<u8>,
    /// The name is not marked as UTF-8 though it is.
    pub not_utf8: bool,
}

/// One member.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name in the central directory; a folder ends in `/`.
    pub name: String,
    /// The unpacked bytes.
    pub data: Vec<u8>,
    /// How they are kept.
    pub method: Method,
    /// The Unix mode with the file type, such as `0o100_644`.
    pub mode: u32,
    /// The sizes stand in a zip64 field though they are small (as Python's `force_zip64` does).
    pub zip64: bool,
    /// Sizes and check sum stand behind the data (as a writer does that cannot seek).
    pub descriptor: bool,
    /// The lies.
    pub claims: Claims,
}

impl Entry {
    /// A deflated regular file.
    pub fn new(name: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            data: data.into(),
            method: Method::Deflate,
            mode: 0o100_644,
            zip64: false,
            descriptor: false,
            claims: Claims::default(),
        }
    }

    /// A symbolic link.
    pub fn symlink(name: impl Into<String>, target: &str) -> Self {
        Self {
            mode: 0o120_777,
            method: Method::Stored,
            ..Self::new(name, target)
        }
    }

    fn pack(&self) -> Vec<u8> {
        match self.method {
            Method::Stored => self.data.clone(),
            Method::Deflate => {
                let mut packer = Compressor::new(CompressionLvl::default());
                let mut out = vec![0; packer.deflate_compress_bound(self.data.len())];
                let n = packer
                    .deflate_compress(&self.data, &mut out)
                    .expect("the bound is large enough");
                out.truncate(n);
                out
            }
            Method::Zstd => zstd::bulk::compress(&self.data, 1).expect("zstd packs any bytes"),
        }
    }
}

/// An archive: its members and what stands around them.
#[derive(Debug, Clone, Default)]
pub struct Archive {
    /// The members, in their order.
    pub entries: Vec<Entry>,
    /// Bytes before the first member; offsets count from the start of the file.
    pub before: Vec<u8>,
    /// Bytes after the end record.
    pub after: Vec<u8>,
    /// The archive's comment.
    pub comment: Vec<u8>,
}

/// What a central row repeats of its local header.
struct Written {
    offset: u32,
    packed: u64,
}

impl Archive {
    /// The bytes of the archive.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let mut written: Vec<Written> = Vec::new();
        for entry in &self.entries {
            let place = match entry.claims.shares_bytes_of {
                Some(i) => Written {
                    offset: written[i].offset,
                    packed: written[i].packed,
                },
                None => write_member(&mut out, entry),
            };
            written.push(place);
        }
        let start = out.len();
        let mut rows: u16 = 0;
        for (entry, place) in self.entries.iter().zip(&written) {
            if !entry.claims.hidden {
                write_row(&mut out, entry, place);
                rows += 1;
            }
        }
        let length = out.len() - start;
        put32(&mut out, END);
        put16(&mut out, 0);
        put16(&mut out, 0);
        put16(&mut out, rows);
        put16(&mut out, rows);
        put32(&mut out, length as u32);
        put32(&mut out, start as u32);
        put16(&mut out, self.comment.len() as u16);
        out.extend_from_slice(&self.comment);
        out.extend_from_slice(&self.after);
        out
    }
}

fn write_member(out: &mut Vec<u8>, entry: &Entry) -> Written {
    let packed = entry.pack();
    let offset = out.len() as u32;
    let name = entry.claims.local_name.as_deref().unwrap_or(&entry.name);
    put32(out, LOCAL);
    write_common(out, entry, name, packed.len() as u64, entry.descriptor);
    let mut field = zip64_field(entry, packed.len() as u64);
    field.extend_from_slice(&entry.claims.local_extra);
    put16(out, name.len() as u16);
    put16(out, field.len() as u16);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(&field);
    out.extend_from_slice(&packed);
    if entry.descriptor {
        put32(out, DESCRIPTOR);
        put32(out, crc_of(entry));
        put32(out, packed.len() as u32);
        put32(out, size_of(entry) as u32);
    }
    out.extend_from_slice(&entry.claims.behind);
    Written {
        offset,
        packed: packed.len() as u64,
    }
}

fn write_row(out: &mut Vec<u8>, entry: &Entry, place: &Written) {
    let mut field = zip64_field(entry, place.packed);
    field.extend_from_slice(&entry.claims.extra);
    put32(out, CENTRAL);
    put16(out, (3 << 8) | 45); // made on Unix, so that the mode counts
    write_common(out, entry, &entry.name, place.packed, false);
    put16(out, entry.name.len() as u16);
    put16(out, field.len() as u16);
    put16(out, 0); // comment
    put16(out, 0); // disk
    put16(out, 0); // internal attributes
    put32(out, entry.mode << 16);
    put32(out, place.offset);
    out.extend_from_slice(entry.name.as_bytes());
    out.extend_from_slice(&field);
}

/// The part that local header and central row have in common, from "version needed" to the sizes.
fn write_common(out: &mut Vec<u8>, entry: &Entry, name: &str, packed: u64, later: bool) {
    let claims = &entry.claims;
    let mut flags = claims.flags;
    if !name.is_ascii() && !claims.not_utf8 {
        flags |= NAME_IS_UTF8;
    }
    if entry.descriptor {
        flags |= HAS_DESCRIPTOR;
    }
    put16(out, if zip64(entry) { 45 } else { 20 });
    put16(out, flags);
    put16(out, claims.method.unwrap_or(number_of(entry.method)));
    put16(out, 0);
    put16(out, DATE);
    if later {
        put32(out, 0);
        put32(out, 0);
        put32(out, 0);
        return;
    }
    put32(out, crc_of(entry));
    put32(
        out,
        if zip64(entry) {
            u32::MAX
        } else {
            packed as u32
        },
    );
    put32(
        out,
        if zip64(entry) {
            u32::MAX
        } else {
            size_of(entry) as u32
        },
    );
}

fn zip64_field(entry: &Entry, packed: u64) -> Vec<u8> {
    let mut field = Vec::new();
    if zip64(entry) {
        put16(&mut field, 1);
        put16(&mut field, 16);
        field.extend_from_slice(&size_of(entry).to_le_bytes());
        field.extend_from_slice(&packed.to_le_bytes());
    }
    field
}

fn zip64(entry: &Entry) -> bool {
    entry.zip64 || size_of(entry) > u64::from(u32::MAX)
}

fn size_of(entry: &Entry) -> u64 {
    entry.claims.size.unwrap_or(entry.data.len() as u64)
}

fn crc_of(entry: &Entry) -> u32 {
    entry.claims.crc.unwrap_or_else(|| crc32(&entry.data))
}

fn number_of(method: Method) -> u16 {
    match method {
        Method::Stored => 0,
        Method::Deflate => 8,
        Method::Zstd => 93,
    }
}

fn put16(out: &mut Vec<u8>, n: u16) {
    out.extend_from_slice(&n.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&n.to_le_bytes());
}
