//! Streams that end before their end, wherever that is.

use wh_inflate::Damage::Truncated;

use crate::compressed::by_libdeflate;
use crate::damage::{literals, times};
use crate::data::text;
use crate::oracle::agrees;
use crate::writer::{END, Writer};

#[test]
fn a_stream_that_ends_anywhere_before_its_end_is_cut() {
    let code = literals(&[(285, 1), (97, 2), (END, 2)]);
    let streams = [
        Writer::new()
            .fixed(true)
            .text(b"abcd")
            .repeat(200, 3)
            .end()
            .finish(),
        Writer::new()
            .stored(false, b"abcdef")
            .stored(true, &[1; 700])
            .finish(),
        by_libdeflate(&text(4_000), 9),
        // what is not there would be zeros, and 258 bytes for each two of them
        times(
            1200,
            Writer::new().dynamic(true, &code, &[1]).text(b"a"),
            |writer| writer.repeat(258, 1),
        )
        .end()
        .finish(),
        // cut within the distance, it would be one that there is none of
        times(
            9,
            Writer::new().stored(false, &[1; 32_768]).fixed(true),
            |writer| writer.repeat(3, 32_768),
        )
        .end()
        .finish(),
    ];
    for stream in streams {
        assert!(agrees(&stream).is_ok());
        // of the long one, what is stored needs few cuts
        let end = stream.len();
        for length in (0..end).filter(|cut| end - cut < 2_000 || cut % 997 == 0) {
            let told = agrees(&stream[..length]).map_err(|(damage, _)| damage);
            assert_eq!(
                told.map(drop),
                Err(Truncated),
                "{length} of {}",
                stream.len()
            );
        }
    }
}
