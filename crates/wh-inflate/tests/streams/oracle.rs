//! What comes of a stream: by zlib's rules (flate2 with zlib-rs), and here.

use flate2::{Decompress, FlushDecompress, Status};
use wh_inflate::{Damage, Inflater, Progress};

/// The bytes, and how many of the input were the stream's own; or why not, and the bytes before that.
pub type Outcome<Why> = Result<(Vec<u8>, usize), (Why, Vec<u8>)>;

pub fn zlib(input: &[u8]) -> Outcome<()> {
    const MORE: usize = 64 << 10;
    let mut stream = Decompress::new(false);
    let mut out = Vec::new();
    loop {
        let (used, filled) = (stream.total_in() as usize, stream.total_out() as usize);
        out.resize(filled + MORE, 0);
        let status = stream.decompress(&input[used..], &mut out[filled..], FlushDecompress::None);
        let after = (stream.total_in() as usize, stream.total_out() as usize);
        out.truncate(after.1);
        match status {
            Ok(Status::StreamEnd) => return Ok((out, after.0)),
            Ok(_) if after != (used, filled) => {}
            _ => return Err(((), out)),
        }
    }
}

/// In one piece.
pub fn whole(input: &[u8]) -> Outcome<Damage> {
    fed(input, &mut || input.len())
}

/// In parts of these lengths.
pub fn fed(input: &[u8], part: &mut dyn FnMut() -> usize) -> Outcome<Damage> {
    feed(&mut Inflater::new(), input, part)
}

/// The same by an inflater that may have met other streams before.
pub fn feed(
    inflater: &mut Inflater,
    input: &[u8],
    part: &mut dyn FnMut() -> usize,
) -> Outcome<Damage> {
    let mut out = Vec::new();
    let (mut used, mut given) = (0, 0);
    inflater.begin();
    loop {
        given = (given + part()).min(input.len());
        let progress = inflater.feed(&input[used..given], given == input.len(), &mut |piece| {
            out.extend_from_slice(piece);
            Ok::<_, Damage>(())
        });
        match progress {
            Ok(Progress::Done(more)) => return Ok((out, used + more)),
            Ok(Progress::NeedsInput(more)) => {
                used += more;
                assert!(given < input.len(), "asks for more than there is");
                assert!(given - used <= 1024, "{} bytes are left", given - used);
            }
            Err(damage) => return Err((damage, out)),
        }
    }
}

/// Holds one outcome against zlib's.
#[track_caller]
pub fn assert_same(ours: &Outcome<Damage>, zlibs: &Outcome<()>) {
    match (ours, zlibs) {
        (Ok((bytes, used)), Ok((expected, expected_used))) => {
            assert_eq!(used, expected_used, "other bytes of the input were used");
            assert_eq!(bytes.len(), expected.len());
            assert!(bytes == expected, "other bytes came out");
        }
        // the last piece before the damage is kept back
        (Err((_, bytes)), Err(((), expected))) => {
            assert!(expected.starts_with(bytes), "other bytes came out");
        }
        (Ok(_), Err(_)) => panic!("zlib refuses it"),
        (Err((damage, _)), Ok(_)) => panic!("zlib takes it: {damage}"),
    }
}

/// Holds what comes of a stream here, whole and in parts, against zlib.
#[track_caller]
pub fn agrees(input: &[u8]) -> Outcome<Damage> {
    let (ours, zlibs) = (whole(input), zlib(input));
    assert_same(&ours, &zlibs);
    for part in [1, 641] {
        let in_parts = fed(input, &mut || part);
        assert_same(&in_parts, &zlibs);
        let damage = |outcome: &Outcome<Damage>| outcome.as_ref().err().map(|(damage, _)| *damage);
        assert_eq!(damage(&in_parts), damage(&ours), "in parts of {part}");
    }
    ours
}
