//! Every reader holds for the committed inputs, for these with bytes changed, cut and spliced, and
//! for bytes of any kind.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use wh_fuzz::READERS;

static SEEDS: LazyLock<Vec<Vec<Vec<u8>>>> = LazyLock::new(|| {
    let bytes = |reader: &wh_fuzz::Reader| reader.seeds().into_iter().map(|seed| seed.1).collect();
    READERS.iter().map(bytes).collect()
});

#[test]
fn every_committed_input_is_read() {
    for reader in READERS {
        let seeds = reader.seeds();
        assert!(seeds.len() >= 5, "{} has hardly any", reader.name);
        for (name, bytes) in seeds {
            // the name of the input stands before what the panic says
            let read = std::panic::catch_unwind(|| (reader.read)(&bytes));
            assert!(read.is_ok(), "{}/{name}", reader.name);
        }
    }
}

/// Some bytes are taken out at a place, others put in.
type Edit = (Index, usize, Vec<u8>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let put = prop::collection::vec(any::<u8>(), 0..4);
    prop::collection::vec((any::<Index>(), 0..6usize, put), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_inputs_are_read(seed: Index, other: Index, splice: bool, at: Index, edits in edits()) {
        for (reader, seeds) in READERS.iter().zip(SEEDS.iter()) {
            let mut bytes = seed.get(seeds).clone();
            if splice {
                bytes.truncate(at.index(bytes.len() + 1));
                let other = other.get(seeds);
                bytes.extend_from_slice(&other[at.index(other.len() + 1)..]);
            }
            for (place, removed, put) in &edits {
                let start = place.index(bytes.len() + 1);
                let end = (start + removed).min(bytes.len());
                bytes.splice(start..end, put.iter().copied());
            }
            (reader.read)(&bytes);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for reader in READERS {
            (reader.read)(&bytes);
        }
    }
}
