//! RECORDs and dist-infos that do not describe the wheel.

use super::{Hostile, INIT, inside, outside, wheel};
use crate::WheelBuilder;

const RECORD: &str = "hostile-1.0.dist-info/RECORD";

/// RECORDs that do not describe the wheel.
pub(super) fn records() -> Vec<Hostile> {
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
pub(super) fn dist_infos() -> Vec<Hostile> {
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
