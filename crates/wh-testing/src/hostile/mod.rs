//! Wheels that must be refused, by download and by install alike, with nothing written outside
//! and nothing left half done.

mod archives;
mod contents;
mod names;
mod parts;

use crate::WheelBuilder;

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

/// Every kind there is.
pub fn hostile() -> Vec<Hostile> {
    let mut all = names::names();
    all.extend(archives::directories());
    all.extend(archives::sizes());
    all.extend(parts::entries());
    all.extend(parts::ends());
    all.extend(contents::records());
    all.extend(contents::dist_infos());
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
