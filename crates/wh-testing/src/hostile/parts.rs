//! Good wheels with a few bytes changed, so that readers of the directory, readers that walk from
//! the front, and readers that look for another end see different archives.

use super::{Hostile, INIT, outside, wheel};
use crate::WheelBuilder;
use crate::zip::{Claims, Entry, Method};

const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END: &[u8] = b"PK\x05\x06";

/// Headers, descriptors and extra fields that disagree.
pub(super) fn entries() -> Vec<Hostile> {
    let local = |field: usize, change: u8| {
        move |bytes: &mut Vec<u8>| {
            let at = local_of(bytes, INIT);
            bytes[at + field] ^= change;
        }
    };
    let described = || wheel().descriptors();
    let descriptor = |field: usize| {
        move |bytes: &mut Vec<u8>| {
            let at = place(bytes, DESCRIPTOR);
            bytes[at + field] ^= 1;
        }
    };
    let claimed = |claims: Claims| wheel().claims(INIT, claims);
    let field = |id: u8, data: &[u8]| [&[id, id_high(id), data.len() as u8, 0], data].concat();
    let second_name = [&[1, 0, 0, 0, 0], "hostile/evil.py".as_bytes()].concat();
    let sizes = field(1, &[0; 16]);
    let marked = Entry {
        method: Method::Stored,
        descriptor: true,
        ..Entry::new("hostile/marked.bin", [b"x", DESCRIPTOR, b"y"].concat())
    };
    vec![
        changed(
            "local method differs",
            wheel(),
            local(8, 8),
            &[INIT, "method"],
        ),
        changed("local size differs", wheel(), local(22, 1), &[INIT, "size"]),
        changed(
            "local packed size differs",
            wheel(),
            local(18, 1),
            &[INIT, "size"],
        ),
        changed(
            "local check sum differs",
            wheel(),
            local(14, 1),
            &[INIT, "check sum"],
        ),
        changed(
            "only local says encrypted",
            wheel(),
            local(6, 1),
            &[INIT, "flags"],
        ),
        changed(
            "only local has a descriptor",
            wheel(),
            local(6, 8),
            &[INIT, "flags"],
        ),
        changed(
            "only local is UTF-8",
            wheel(),
            local(7, 8),
            &[INIT, "flags"],
        ),
        changed(
            "descriptor with another check sum",
            described(),
            descriptor(4),
            &["descriptor"],
        ),
        changed(
            "descriptor with another packed size",
            described(),
            descriptor(8),
            &["descriptor"],
        ),
        changed(
            "descriptor with another size",
            described(),
            descriptor(12),
            &["descriptor"],
        ),
        changed(
            "descriptor without its mark",
            described(),
            descriptor(0),
            &["descriptor"],
        ),
        outside(
            "stored data that holds a descriptor",
            wheel().entry(marked),
            &["marked.bin"],
        ),
        outside(
            "descriptor that is not there",
            claimed(Claims {
                flags: 8,
                ..Claims::default()
            }),
            &[INIT, "descriptor"],
        ),
        outside(
            "bytes between two members",
            claimed(Claims {
                behind: b"gap".to_vec(),
                ..Claims::default()
            }),
            &["3 bytes"],
        ),
        outside(
            "second name in the directory",
            claimed(Claims {
                extra: field(0x75, &second_name),
                ..Claims::default()
            }),
            &[INIT, "second name"],
        ),
        outside(
            "second name in the local header",
            claimed(Claims {
                local_extra: field(0x75, &second_name),
                ..Claims::default()
            }),
            &[INIT, "second name"],
        ),
        outside(
            "zip64 sizes that disagree",
            claimed(Claims {
                local_extra: sizes.clone(),
                ..Claims::default()
            }),
            &[INIT, "zip64"],
        ),
        outside(
            "two zip64 fields",
            claimed(Claims {
                extra: [field(1, &[]), sizes].concat(),
                ..Claims::default()
            }),
            &[INIT, "zip64"],
        ),
        outside(
            "extra field that is cut",
            claimed(Claims {
                extra: vec![9, 9, 50, 0, 1],
                ..Claims::default()
            }),
            &[INIT, "extra field"],
        ),
        outside(
            "name beyond ASCII, encoding unknown",
            wheel()
                .claims(
                    "hostile/ä.py",
                    Claims {
                        not_utf8: true,
                        ..Claims::default()
                    },
                )
                .file("hostile/ä.py", ""),
            &["ä.py"],
        ),
    ]
}

/// Directories and ends that can be read in two ways.
pub(super) fn ends() -> Vec<Hostile> {
    let end = |field: usize, change: u8| {
        move |bytes: &mut Vec<u8>| {
            let at = end_of(bytes);
            bytes[at + field] ^= change;
        }
    };
    let zip64 = |field: usize, change: u8| {
        move |bytes: &mut Vec<u8>| {
            let at = end_of(bytes);
            let mut records = zip64_ends(bytes);
            records[field] ^= change;
            bytes.splice(at..at, records);
        }
    };
    vec![
        changed(
            "comment of a member",
            wheel(),
            |bytes| {
                let row = row_of(bytes, INIT);
                let behind = row + 46 + INIT.len();
                bytes[row + 32] = 2;
                bytes.splice(behind..behind, *b"PK");
                let at = end_of(bytes);
                bytes[at + 12] += 2;
            },
            &[INIT, "comment"],
        ),
        changed(
            "member on another disk",
            wheel(),
            |bytes| {
                let row = row_of(bytes, INIT);
                bytes[row + 34] = 1;
            },
            &[INIT, "disk"],
        ),
        changed(
            "more rows than counted",
            wheel(),
            |bytes| {
                let at = end_of(bytes);
                bytes[at + 8] -= 1;
                bytes[at + 10] -= 1;
            },
            &["entries"],
        ),
        changed("counted for several disks", wheel(), end(8, 1), &["parts"]),
        changed("one of several disks", wheel(), end(4, 1), &["parts"]),
        changed(
            "bytes between directory and end",
            wheel(),
            |bytes| {
                let at = end_of(bytes);
                bytes.splice(at..at, *b"gap");
            },
            &[],
        ),
        changed(
            "bytes between members and directory",
            wheel(),
            |bytes| {
                let row = place(bytes, CENTRAL);
                bytes.splice(row..row, *b"gap");
                let at = end_of(bytes);
                bytes[at + 16] += 3;
            },
            &["3 bytes"],
        ),
        changed(
            "comment that holds another end",
            wheel(),
            |bytes| {
                let at = end_of(bytes);
                let mut inner = bytes[at..].to_vec();
                inner[10] = 0;
                bytes[at + 20] = inner.len() as u8;
                bytes.extend(inner);
            },
            &["comment"],
        ),
        changed(
            "zip64 end that counts otherwise",
            wheel(),
            zip64(32, 1),
            &[],
        ),
        changed(
            "zip64 directory elsewhere",
            wheel(),
            zip64(48, 1),
            &["zip64"],
        ),
        changed(
            "zip64 locator that points elsewhere",
            wheel(),
            zip64(64, 1),
            &["zip64"],
        ),
        changed(
            "zip64 end with unknown data",
            wheel(),
            zip64(4, 1),
            &["zip64"],
        ),
        changed(
            "zip64 locator without its end",
            wheel(),
            zip64(0, 1),
            &["zip64"],
        ),
    ]
}

fn id_high(id: u8) -> u8 {
    if id == 0x75 { 0x70 } else { 0 }
}

/// A good wheel with bytes changed.
fn changed(
    kind: &'static str,
    wheel: WheelBuilder,
    change: impl FnOnce(&mut Vec<u8>),
    says: &'static [&'static str],
) -> Hostile {
    let mut hostile = outside(kind, wheel, says);
    change(&mut hostile.bytes);
    hostile
}

/// The records that zip64 puts before the end record, as they should be.
fn zip64_ends(bytes: &[u8]) -> Vec<u8> {
    let at = end_of(bytes);
    let long = |field: &[u8]| [field, &[0; 8][field.len()..]].concat();
    let count = long(&bytes[at + 10..at + 12]);
    [
        b"PK\x06\x06".as_slice(),
        &44u64.to_le_bytes(),
        &[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &count,
        &count,
        &long(&bytes[at + 12..at + 16]),
        &long(&bytes[at + 16..at + 20]),
        b"PK\x06\x07\0\0\0\0",
        &(at as u64).to_le_bytes(),
        &1u32.to_le_bytes(),
    ]
    .concat()
}

fn place(bytes: &[u8], wanted: &[u8]) -> usize {
    let mut windows = bytes.windows(wanted.len());
    windows
        .position(|window| window == wanted)
        .expect("it is there")
}

fn end_of(bytes: &[u8]) -> usize {
    bytes
        .windows(4)
        .rposition(|window| window == END)
        .expect("there is an end")
}

/// Where the local header of a name is: the first place of the name.
fn local_of(bytes: &[u8], name: &str) -> usize {
    place(bytes, name.as_bytes()) - 30
}

/// Where the row of a name is.
fn row_of(bytes: &[u8], name: &str) -> usize {
    let start = place(bytes, CENTRAL);
    start + place(&bytes[start..], name.as_bytes()) - 46
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the lies about zip64 are made from is no lie.
    #[test]
    fn zip64_ends_are_read_by_others() {
        let mut bytes = wheel().build();
        let (at, records) = (end_of(&bytes), zip64_ends(&bytes));
        bytes.splice(at..at, records);
        let archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        assert!(archive.index_for_name(INIT).is_some());
    }
}
