//! Wheels that must be refused, by download and by install alike, with nothing written outside
//! and nothing left half done.

use crate::WheelBuilder;
use crate::zip::{Claims, Entry, Method};

/// A wheel that must be refused.
#[derive(Debug, Clone)]
pub struct Hostile {
    /// The kind, as a test names it.
    pub kind: &'static str,
    /// A file name under which it may be met; all are of the project `hostile`, version 1.0.
    pub filename: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Each of these words stands in what the user reads, upper and lower case aside.
    pub says: &'static [&'static str],
    /// It is refused before a byte of it is unpacked: by its directory, RECORD and dist-info.
    /// Otherwise only reading the contents tells.
    pub from_outside: bool,
}

const INIT: &str = "hostile/__init__.py";
const BIG: &str = "hostile/big.bin";
const RECORD: &str = "hostile-1.0.dist-info/RECORD";

/// Every kind there is.
pub fn hostile() -> Vec<Hostile> {
    let mut all = names();
    all.extend(directories());
    all.extend(sizes());
    all.extend(records());
    all.extend(dist_infos());
    all
}

fn wheel() -> WheelBuilder {
    WheelBuilder::new("hostile", "1.0").file(INIT, "x = 1\n")
}

fn outside(kind: &'static str, wheel: WheelBuilder, says: &'static [&'static str]) -> Hostile {
    let (filename, bytes) = (wheel.filename(), wheel.build());
    Hostile {
        kind,
        filename,
        bytes,
        says,
        from_outside: true,
    }
}

fn inside(kind: &'static str, wheel: WheelBuilder, says: &'static [&'static str]) -> Hostile {
    Hostile {
        from_outside: false,
        ..outside(kind, wheel, says)
    }
}

/// Names that lead elsewhere, or that two members fight for.
fn names() -> Vec<Hostile> {
    vec![
        outside(
            "escaping name",
            wheel().file("../escaped.py", ""),
            &["../escaped.py"],
        ),
        outside(
            "escape in the middle",
            wheel().file("a/../../escaped.py", ""),
            &["escaped.py"],
        ),
        outside(
            "absolute name",
            wheel().file("/tmp/wh-escaped.py", ""),
            &["/tmp/wh-escaped.py"],
        ),
        outside(
            "backslashes",
            wheel().file("..\\escaped.py", ""),
            &["escaped.py"],
        ),
        outside(
            "drive letter",
            wheel().file("C:/escaped.py", ""),
            &["C:/escaped.py"],
        ),
        outside(
            "drive, relative",
            wheel().file("C:escaped.py", ""),
            &["C:escaped.py"],
        ),
        outside(
            "share of Windows",
            wheel().file("//server/share/x.py", ""),
            &["server/share"],
        ),
        outside(
            "zero byte in a name",
            wheel().file("hostile/x.py\0.txt", ""),
            &["hostile/x.py"],
        ),
        outside("empty name", wheel().file("", "x"), &[]),
        outside(
            "two spellings",
            wheel().file("hostile/./__init__.py", ""),
            &["__init__.py"],
        ),
        outside(
            "escape from .data",
            wheel().data("data", "../../escaped", ""),
            &["escaped"],
        ),
        outside(
            "escape from scripts",
            wheel().script("../../escaped", ""),
            &["escaped"],
        ),
        outside(
            "absolute in .data",
            wheel().data("data", "/tmp/wh-escaped", ""),
            &["wh-escaped"],
        ),
        outside(
            "unknown scheme",
            wheel().data("stdlib", "os.py", ""),
            &["stdlib"],
        ),
        outside(
            "symbolic link",
            wheel().entry(Entry::symlink("link", "/etc")),
            &["link"],
        ),
        outside(
            "file behind a link",
            wheel()
                .entry(Entry::symlink("hostile/l", "/tmp"))
                .file("hostile/l/x.py", ""),
            &["hostile/l"],
        ),
        outside("same name twice", wheel().file(INIT, "y = 2\n"), &[INIT]),
        outside(
            "two names by case",
            wheel().file("hostile/__INIT__.py", ""),
            &["__init__.py"],
        ),
        outside("file and folder", wheel().file("hostile", ""), &["hostile"]),
        outside(
            "one place, two schemes",
            wheel().data("purelib", INIT, "y"),
            &["__init__.py"],
        ),
        outside(
            "script named python",
            wheel().script("python", "#!python\n"),
            &["python"],
        ),
        outside(
            "script named python3.12",
            wheel().script("python3.12", ""),
            &["python3.12"],
        ),
        outside(
            "entry point named python",
            wheel().entry_point("console_scripts", "python", "hostile:main"),
            &["python"],
        ),
        outside(
            "entry point that escapes",
            wheel().entry_point("console_scripts", "../escaped", "hostile:main"),
            &["../escaped"],
        ),
        outside(
            "entry point with code",
            wheel().entry_point("console_scripts", "run", "os:system('id')"),
            &["run"],
        ),
    ]
}

/// Archives that two readers read in two ways.
fn directories() -> Vec<Hostile> {
    let hidden = Entry {
        claims: Claims {
            hidden: true,
            ..Claims::default()
        },
        ..Entry::new("hidden.py", "import os\n")
    };
    let sharing = Entry {
        claims: Claims {
            shares_bytes_of: Some(0),
            ..Claims::default()
        },
        ..Entry::new("twin.py", "x = 1\n")
    };
    let encrypted = Claims {
        flags: 1,
        ..Claims::default()
    };
    let lzma = Claims {
        method: Some(14),
        ..Claims::default()
    };
    let whole = wheel().build().len();
    vec![
        outside(
            "local name differs",
            wheel().local_name(INIT, "hostile/__evil__.py"),
            &[],
        ),
        outside(
            "local name escapes",
            wheel().local_name(INIT, "../../../../evil.py"),
            &[],
        ),
        outside("member not in the directory", wheel().raw(hidden), &[]),
        outside("overlapping members", wheel().entry(sharing), &[]),
        outside(
            "encrypted member",
            wheel().claims(INIT, encrypted),
            &["encrypted"],
        ),
        outside("unknown method", wheel().claims(INIT, lzma), &[]),
        outside(
            "bytes before the start",
            wheel().before(b"#!/bin/sh\n".to_vec()),
            &[],
        ),
        outside("bytes before, offsets unaware", wheel(), &[]),
        outside("bytes after the end", wheel().after(b"more".to_vec()), &[]),
        outside(
            "another archive behind",
            wheel().after(wheel().build()),
            &[],
        ),
        outside("truncated", wheel().cut(whole - 30), &[]),
        outside("truncated to half", wheel().cut(whole / 2), &[]),
        outside("no byte", wheel().cut(0), &[]),
        outside("no archive", wheel(), &[]),
    ]
    .into_iter()
    .map(|hostile| match hostile.kind {
        "bytes before, offsets unaware" => Hostile {
            bytes: [b"#!/bin/sh\n".to_vec(), hostile.bytes].concat(),
            ..hostile
        },
        "no archive" => Hostile {
            bytes: b"<html>404</html>\n".repeat(50),
            ..hostile
        },
        _ => hostile,
    })
    .collect()
}

/// Sizes and check sums that are not so.
fn sizes() -> Vec<Hostile> {
    let big = || Entry::new(BIG, vec![0; 8 << 20]);
    let claimed = |size| Claims {
        size: Some(size),
        ..Claims::default()
    };
    let stored = Entry {
        method: Method::Stored,
        ..Entry::new(BIG, "0123456789")
    };
    vec![
        inside(
            "bomb: more than declared",
            wheel().entry(big()).claims(BIG, claimed(10)),
            &[BIG],
        ),
        inside(
            "bomb: one byte more",
            wheel().entry(big()).claims(BIG, claimed((8 << 20) - 1)),
            &[BIG],
        ),
        inside(
            "less than declared",
            wheel().entry(big()).claims(BIG, claimed(9 << 20)),
            &[BIG],
        ),
        outside(
            "declares 4 TiB",
            wheel().entry(big()).claims(BIG, claimed(4 << 40)),
            &[],
        ),
        outside(
            "declares 3 GiB of 8 MiB",
            wheel().entry(big()).claims(BIG, claimed(3 << 30)),
            &[],
        ),
        inside(
            "stored, sizes differ",
            wheel().entry(stored).claims(BIG, claimed(5)),
            &[],
        ),
        inside(
            "wrong check sum",
            wheel().claims(
                INIT,
                Claims {
                    crc: Some(1),
                    ..Claims::default()
                },
            ),
            &[INIT],
        ),
    ]
}

/// RECORDs that do not describe the wheel.
fn records() -> Vec<Hostile> {
    let row = |hash: &str, size: &str| format!("{INIT},{hash},{size}");
    vec![
        inside(
            "wrong hash in RECORD",
            wheel().wrong_hash(INIT),
            &[INIT, "RECORD"],
        ),
        outside(
            "file not in RECORD",
            wheel().unrecorded(INIT),
            &[INIT, "RECORD"],
        ),
        outside(
            "RECORD lists an absent file",
            wheel().left_out(INIT),
            &[INIT, "RECORD"],
        ),
        outside("no RECORD", wheel().left_out(RECORD), &["RECORD"]),
        outside(
            "RECORD names a file outside",
            wheel().record_row("../../../etc/passwd,,"),
            &["etc/passwd"],
        ),
        outside(
            "two rows that differ",
            wheel().record_row(row(&crate::wheel::record_hash(b"evil"), "4")),
            &[INIT],
        ),
        outside(
            "row without a hash",
            wheel().unrecorded(INIT).record_row(row("", "")),
            &[INIT],
        ),
        outside(
            "weak hash",
            wheel()
                .unrecorded(INIT)
                .record_row(row("md5=7Qdih1MuhjZehB6Sv8UNjA", "6")),
            &[INIT],
        ),
        inside(
            "wrong size in RECORD",
            wheel()
                .unrecorded(INIT)
                .record_row(row(&crate::wheel::record_hash(b"x = 1\n"), "7")),
            &[INIT],
        ),
        outside(
            "RECORD is no table",
            wheel().record_row("\"open quote,,\nx"),
            &["RECORD"],
        ),
    ]
}

/// Wheels that are not what they are called.
fn dist_infos() -> Vec<Hostile> {
    let metadata = "other-2.0.dist-info/METADATA";
    let renamed = |wheel: WheelBuilder| {
        let bytes = wheel.build();
        Hostile {
            filename: "hostile-1.0-py3-none-any.whl".into(),
            bytes,
            ..outside("", wheel, &[])
        }
    };
    vec![
        outside(
            "two dist-infos",
            wheel().file(
                metadata,
                "Metadata-Version: 2.1\nName: other\nVersion: 2.0\n",
            ),
            &["other-2.0.dist-info"],
        ),
        Hostile {
            kind: "dist-info of another project",
            says: &["other"],
            ..renamed(WheelBuilder::new("other", "1.0"))
        },
        Hostile {
            kind: "dist-info of another version",
            says: &["2.0"],
            ..renamed(WheelBuilder::new("hostile", "2.0"))
        },
        Hostile {
            kind: "METADATA of another project",
            says: &["other"],
            ..renamed(WheelBuilder::new("other", "1.0").spelled("hostile-1.0"))
        },
        outside(
            "no WHEEL",
            wheel().left_out("hostile-1.0.dist-info/WHEEL"),
            &["WHEEL"],
        ),
        outside(
            "no METADATA",
            wheel().left_out("hostile-1.0.dist-info/METADATA"),
            &["METADATA"],
        ),
        outside("wheel of version 2", wheel().wheel_version("2.0"), &["2.0"]),
        outside(
            "metadata of version 3",
            wheel().metadata_version("3.0"),
            &["3.0"],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each kind has its own name, and the wheel they are made from is a good one.
    #[test]
    fn kinds_differ() {
        let all = hostile();
        let mut kinds: Vec<_> = all.iter().map(|hostile| hostile.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), all.len());
        let good = wheel().build();
        assert!(zip::ZipArchive::new(std::io::Cursor::new(good.clone())).is_ok());
        assert!(all.iter().all(|hostile| hostile.bytes != good));
    }
}
