//! DEFLATE streams: wh-inflate is held against zlib's rules (flate2 with zlib-rs).

use flate2::{Decompress, FlushDecompress, Status};
use wh_inflate::{Damage, Inflater, PIECE, Progress};

/// Bytes that are compared; what a stream goes on to after them only takes time.
const MOST: usize = 4 << 20;
/// How many bytes come at once: a few at a time, and around the rest that is left for the next time.
const PARTS: [usize; 6] = [1, 7, 39, 640, 648, 5000];

/// What came of a stream.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// So many bytes of the input were its own.
    Done(usize),
    Damaged,
    /// It was longer than [`MOST`].
    Long,
}

/// Whole and in parts, the same streams are right, with the same bytes.
pub fn inflate(bytes: &[u8]) {
    let (expected, end) = zlib(bytes);
    let mut inflater = Inflater::new();
    let whole = ours(&mut inflater, bytes, bytes.len());
    agrees(&whole, &expected, &end);
    // the same parts for the same input, others for its neighbour
    let sum: usize = bytes.iter().map(|byte| usize::from(*byte)).sum();
    let part = PARTS[sum % PARTS.len()];
    let fed = ours(&mut inflater, bytes, part);
    agrees(&fed, &expected, &end);
    assert_eq!(fed.1, whole.1, "in parts of {part}");
}

fn agrees((bytes, end): &(Vec<u8>, Result<End, Damage>), expected: &[u8], expected_end: &End) {
    match end {
        // the last piece before the damage is kept back
        Err(_) if *expected_end == End::Long => assert!(bytes.len() + PIECE + 300 > MOST),
        Err(_) => assert_eq!(expected_end, &End::Damaged),
        Ok(end) => {
            assert_eq!(end, expected_end);
            assert_eq!(bytes.len(), expected.len());
        }
    }
    assert!(expected.starts_with(bytes), "other bytes");
}

fn zlib(input: &[u8]) -> (Vec<u8>, End) {
    let mut stream = Decompress::new(false);
    let mut out = vec![0; PIECE];
    loop {
        let (used, filled) = (stream.total_in() as usize, stream.total_out() as usize);
        if filled > MOST {
            out.truncate(MOST);
            return (out, End::Long);
        }
        out.resize(filled + PIECE, 0);
        let status = stream.decompress(&input[used..], &mut out[filled..], FlushDecompress::None);
        let after = (stream.total_in() as usize, stream.total_out() as usize);
        let end = match status {
            Ok(Status::StreamEnd) => End::Done(after.0),
            Ok(_) if after != (used, filled) => continue,
            _ => End::Damaged,
        };
        if after.1 > MOST {
            out.truncate(MOST);
            return (out, End::Long);
        }
        out.truncate(after.1);
        return (out, end);
    }
}

/// Why an inflater ended.
enum Ended {
    Damaged(Damage),
    Long,
}

impl From<Damage> for Ended {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

fn ours(inflater: &mut Inflater, input: &[u8], part: usize) -> (Vec<u8>, Result<End, Damage>) {
    let mut out = Vec::new();
    let mut sink = |piece: &[u8]| {
        assert!(!piece.is_empty());
        assert!(piece.len() <= PIECE + 300, "{} at once", piece.len());
        let room = MOST - out.len();
        out.extend_from_slice(&piece[..piece.len().min(room)]);
        match piece.len() <= room {
            true => Ok(()),
            false => Err(Ended::Long),
        }
    };
    inflater.begin();
    let (mut used, mut given) = (0, 0);
    let end = loop {
        given = (given + part).min(input.len());
        match inflater.feed(&input[used..given], given == input.len(), &mut sink) {
            Ok(Progress::Done(more)) => break Ok(End::Done(used + more)),
            Ok(Progress::NeedsInput(more)) => {
                used += more;
                assert!(given - used <= 1024, "{} are left", given - used);
            }
            Err(Ended::Damaged(damage)) => break Err(damage),
            Err(Ended::Long) => break Ok(End::Long),
        }
    };
    (out, end)
}
