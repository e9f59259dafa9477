//! Extra fields, in a row of the directory and in a local header: as far as they change what an
//! entry is.

use super::number;

/// Sizes that do not fit into 32 bits.
const ZIP64: u64 = 0x0001;
/// A second name.
const UNICODE_PATH: u64 = 0x7075;
/// In place of a value that the zip64 field has.
const ELSEWHERE: u64 = 0xffff_ffff;

/// The values that a zip64 field may replace, in its order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Values {
    pub size: u64,
    pub compressed: u64,
    /// Only in the directory.
    pub start: Option<u64>,
}

/// What the extra fields say.
pub(super) struct Extra {
    pub values: Values,
    /// Whether there is a zip64 field.
    pub zip64: bool,
}

impl Extra {
    /// Reads the fields of an entry whose header has these values; the error says what is wrong.
    pub(super) fn read(mut bytes: &[u8], values: Values) -> Result<Self, &'static str> {
        let mut this = Self {
            values,
            zip64: false,
        };
        while !bytes.is_empty() {
            let damaged = "an extra field is damaged";
            let (head, rest) = bytes.split_at_checked(4).ok_or(damaged)?;
            let length = number(&head[2..4]) as usize;
            let (data, rest) = rest.split_at_checked(length).ok_or(damaged)?;
            match number(&head[..2]) {
                ZIP64 if this.zip64 => return Err("it has two zip64 fields"),
                ZIP64 => {
                    this.zip64 = true;
                    this.values = zip64(data, values).ok_or("its zip64 field is damaged")?;
                }
                UNICODE_PATH => return Err("it has a second name"),
                _ => {}
            }
            bytes = rest;
        }
        Ok(this)
    }
}

/// The values that are elsewhere, from the field. What it says of others must be so.
fn zip64(data: &[u8], values: Values) -> Option<Values> {
    let all = [Some(values.size), Some(values.compressed), values.start];
    let elsewhere = all.map(|value| value == Some(ELSEWHERE));
    let wanted = elsewhere.iter().filter(|one| **one).count();
    // writers give those that are asked for, or the sizes, or all
    let [sizes, every] = [[true, true, false], [true, true, values.start.is_some()]];
    let given = match data.len() {
        length if length == 8 * wanted || length == 8 * wanted + 4 => elsewhere,
        16 => sizes,
        24 | 28 => every,
        _ => return None,
    };
    let mut numbers = data.chunks_exact(8).map(number);
    let mut found = all;
    for (place, value) in found.iter_mut().enumerate() {
        if given[place] {
            let number = numbers.next()?;
            if !elsewhere[place] && *value != Some(number) {
                return None;
            }
            *value = Some(number);
        } else if elsewhere[place] {
            return None;
        }
    }
    Some(Values {
        size: found[0]?,
        compressed: found[1]?,
        start: found[2],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip64_fields() {
        let check = |size, compressed, start, numbers: &[u64], expected: Option<(u64, u64)>| {
            let data: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
            let values = Values {
                size,
                compressed,
                start,
            };
            let found = zip64(&data, values).map(|found| (found.size, found.compressed));
            assert_eq!(found, expected, "{size} {compressed} {start:?} {numbers:?}");
        };
        let max = ELSEWHERE;
        check(max, max, None, &[5, 3], Some((5, 3)));
        check(max, 3, Some(0), &[5], Some((5, 3)));
        check(5, 3, Some(0), &[], Some((5, 3)));
        // said twice, alike and not
        check(5, 3, None, &[5, 3], Some((5, 3)));
        check(5, 3, None, &[5, 4], None);
        check(max, 3, Some(7), &[5, 3, 7], Some((5, 3)));
        check(max, 3, Some(7), &[5, 4, 7], None);
        // not said at all
        check(max, max, None, &[5], None);
        check(5, 3, None, &[5], None);
    }
}
