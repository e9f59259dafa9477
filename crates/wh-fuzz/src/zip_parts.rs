//! A second opinion on zip archives, as plain as can be: do the parts of the file fit together
//! without a gap, and do both tables of contents agree?
//!
//! Follows APPNOTE 6.3.9. It shares no code with what it judges.

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
/// The flags that change what an entry is: encryption, descriptor, patch, encoding of the name.
const FLAGS: u64 = 0x2869;

/// One row of the central directory.
struct Row<'a> {
    name: &'a [u8],
    flags: u64,
    method: u64,
    crc: u64,
    compressed: u64,
    size: u64,
    start: u64,
}

/// Panics unless the archive is one for readers of the central directory and for those that walk
/// from the front, and both see `names`.
pub(crate) fn same_for_all_readers<'a>(bytes: &[u8], names: impl Iterator<Item = &'a str>) {
    let end = last(bytes, END);
    let comment = number(bytes, end + 20, 2);
    assert_eq!(
        end as u64 + 22 + comment,
        bytes.len() as u64,
        "the end record is the end"
    );
    let (mut count, mut directory) = (number(bytes, end + 10, 2), number(bytes, end + 16, 4));
    let mut directory_end = end;
    if end >= 76 && &bytes[end - 20..end - 16] == b"PK\x06\x07" {
        let end64 = number(bytes, end - 12, 8) as usize;
        assert_eq!(&bytes[end64..end64 + 4], END64);
        (count, directory) = (number(bytes, end64 + 32, 8), number(bytes, end64 + 48, 8));
        directory_end = end64;
    }
    let mut rows = Vec::new();
    let mut at = directory as usize;
    while at < directory_end {
        let (row, next) = row(bytes, at);
        rows.push(row);
        at = next;
    }
    assert_eq!(at, directory_end, "rows end where the directory ends");
    assert_eq!(
        rows.len() as u64,
        count,
        "as many rows as the end record says"
    );
    let listed: Vec<&[u8]> = names.map(str::as_bytes).collect();
    assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), listed);
    rows.sort_by_key(|row| row.start);
    let reached = rows.iter().fold(0, |at, row| {
        assert_eq!(row.start, at, "no gap and no overlap before {:?}", row.name);
        local_end(bytes, row)
    });
    assert_eq!(reached, directory, "the directory follows the last entry");
}

fn row(bytes: &[u8], at: usize) -> (Row<'_>, usize) {
    assert_eq!(&bytes[at..at + 4], CENTRAL);
    let [name, extra, comment] = [28, 30, 32].map(|field| number(bytes, at + field, 2) as usize);
    let mut row = Row {
        name: &bytes[at + 46..at + 46 + name],
        flags: number(bytes, at + 8, 2) & FLAGS,
        method: number(bytes, at + 10, 2),
        crc: number(bytes, at + 16, 4),
        compressed: number(bytes, at + 20, 4),
        size: number(bytes, at + 24, 4),
        start: number(bytes, at + 42, 4),
    };
    let fields = &bytes[at + 46 + name..at + 46 + name + extra];
    let Row {
        size,
        compressed,
        start,
        ..
    } = &mut row;
    zip64(fields, [size, compressed, start]);
    (row, at + 46 + name + extra + comment)
}

/// Where an entry's bytes and descriptor end; both tables of contents agree on it.
fn local_end(bytes: &[u8], row: &Row<'_>) -> u64 {
    let at = row.start as usize;
    assert_eq!(&bytes[at..at + 4], LOCAL);
    let [name, extra] = [26, 28].map(|field| number(bytes, at + field, 2) as usize);
    assert_eq!(
        &bytes[at + 30..at + 30 + name],
        row.name,
        "one name in both tables"
    );
    assert_eq!(
        number(bytes, at + 6, 2) & FLAGS,
        row.flags,
        "flags of {:?}",
        row.name
    );
    assert_eq!(
        number(bytes, at + 8, 2),
        row.method,
        "method of {:?}",
        row.name
    );
    let fields = &bytes[at + 30 + name..at + 30 + name + extra];
    let [mut compressed, mut size] = [18, 22].map(|field| number(bytes, at + field, 4));
    let large = [size, compressed].contains(&u64::from(u32::MAX));
    zip64(fields, [&mut size, &mut compressed, &mut 0]);
    let data_end = (at + 30 + name + extra) as u64 + row.compressed;
    if row.flags & 8 == 0 {
        let found = (number(bytes, at + 14, 4), compressed, size);
        assert_eq!(found, (row.crc, row.compressed, row.size), "{:?}", row.name);
        return data_end;
    }
    let mut at = data_end as usize;
    if &bytes[at..at + 4] == DESCRIPTOR {
        at += 4;
    }
    assert_eq!(
        number(bytes, at, 4),
        row.crc,
        "descriptor of {:?}",
        row.name
    );
    let short = [row.compressed, row.size] == [4, 8].map(|field| number(bytes, at + field, 4));
    let wide = if short && !large { 4 } else { 8 };
    let found = [0, 1].map(|field| number(bytes, at + 4 + field * wide, wide));
    assert_eq!(
        found,
        [row.compressed, row.size],
        "descriptor of {:?}",
        row.name
    );
    (at + 4 + 2 * wide) as u64
}

/// Puts in what the zip64 field has: only those values that say so, in this order.
fn zip64(mut fields: &[u8], values: [&mut u64; 3]) {
    while fields.len() >= 4 {
        let length = number(fields, 2, 2) as usize;
        if number(fields, 0, 2) == 1 {
            let mut at = 4;
            for value in values {
                if *value == u64::from(u32::MAX) && at + 8 <= 4 + length {
                    *value = number(fields, at, 8);
                    at += 8;
                }
            }
            return;
        }
        fields = &fields[(4 + length).min(fields.len())..];
    }
}

fn last(bytes: &[u8], signature: &[u8]) -> usize {
    let found = bytes.windows(4).rposition(|window| window == signature);
    found.expect("there is an end record")
}

/// A number of `width` bytes, the lowest first.
fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let bytes = bytes[at..at + width].iter().rev();
    bytes.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
