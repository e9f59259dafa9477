//! Files that were tampered with: no parser panics, and none takes long over long input.

use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use wh_packaging::entry_points::EntryPoints;
use wh_packaging::requirements_file::Loader;
use wh_packaging::wheel_file::WheelFile;
use wh_packaging::{DirectUrl, Lock, Metadata, Target, WheelFilename, record, requirement};

/// A parser, and a good file for it.
type Format = (&'static str, fn(&str), &'static str);

const FORMATS: &[Format] = &[
    (
        "lock",
        |text| {
            if let Ok(lock) = Lock::parse(text) {
                let target = Target::from_name("cp312-linux").unwrap();
                let _ = lock.select(&target).map(|selected| selected.len());
                let _ = Lock::parse(&lock.to_toml());
            }
        },
        "lock-version = '1.0'\ncreated-by = 'x'\nenvironments = [\"os_name == 'a'\"]\n\
            [[packages]]\nname = 'a'\nversion = '1'\nmarker = \"'x' in extras\"\n\
            wheels = [{name = 'a-1-py3-none-any.whl', path = 'a', size = 1, hashes = {sha256 = 'a'}}]\n\
            [tool.wh]\ntargets = [{name = 'cp312-linux'}]\n",
    ),
    (
        "requirements file",
        |text| {
            let mut read = |_: &str| Ok::<_, Infallible>(text.to_owned());
            let mut loader = Loader {
                read: &mut read,
                variable: &|_| Some("x".to_owned()),
                base: Path::new("/base"),
            };
            let _ = loader.requirements("r.txt");
        },
        "a==1 \\\n --hash=sha256:aa # c\n-r r.txt\n-i 'https://h' --pre\nb @ file:./b-1-py3-none-any.whl ; os_name == \"nt\"\n${X}\n",
    ),
    (
        "METADATA",
        |text| {
            let _ = Metadata::parse(text.as_bytes())
                .map(|found| found.requires_dist.iter().map(requirement::display).count());
        },
        "Metadata-Version: 2.4\nName: a\nVersion: 1\nRequires-Python: >=3.8,!=3.9.*\n\
            Requires-Dist: b[c]>=1,<2; python_version not in '2.7, 3.1' and (os_name == 'a' or extra == 'b')\n\
            Requires-Dist: d @ https://h/d.zip ; 'x' in platform_version\n\nbody",
    ),
    (
        "RECORD",
        |text| {
            let _ = record::parse(text).map(|rows| record::write(&rows));
        },
        "a/b.py,sha256=aa,1\n\"a,\"\"b\",,\na.dist-info/RECORD,,\n",
    ),
    (
        "WHEEL",
        |text| {
            let _ = WheelFile::parse(text);
        },
        "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ),
    (
        "entry points",
        |text| {
            let _ = EntryPoints::parse(text);
        },
        "[console_scripts]\na = b.c:d.e [x]\n; c\n[gui_scripts]\nf = g:h\n  i\n",
    ),
    (
        "wheel name",
        |text| {
            let target = Target::from_name("cp312-linux").unwrap();
            let _ = text
                .parse::<WheelFilename>()
                .map(|name| name.rank(&target.tags));
        },
        "a_b-1.0+x-2c-cp312.py3-abi3.none-manylinux_2_17_x86_64.any.whl",
    ),
    (
        "target",
        |text| {
            let _ = Target::from_json(text, "x.json").map(|target| target.to_json());
        },
        r#"{"name":"x","marker_environment":{"python_full_version":"3.12.1","python_version":"3.12"},"compatible_tags":["cp312-cp312-win_amd64","py3-none-any"]}"#,
    ),
    (
        "name of a target",
        |text| {
            let _ = Target::from_name(text).map(|target| target.is_named());
        },
        "3.12.4-manylinux_2_28_x86_64",
    ),
    (
        "direct URL",
        |text| {
            let _ = DirectUrl::parse(text.as_bytes()).map(|url| url.to_json());
        },
        r#"{"url":"https://u:p@h/a.whl","archive_info":{"hash":"sha256=aa"},"subdirectory":"x"}"#,
    ),
];

/// Runs one parser; what takes seconds over some kilobytes is not linear.
fn run((name, parse, _): &Format, text: &str) {
    let start = Instant::now();
    parse(text);
    let taken = start.elapsed();
    let shown: String = text.chars().take(80).collect();
    assert!(
        taken < Duration::from_secs(10),
        "{name}: {taken:?} for {shown:?}"
    );
}

#[test]
fn long_input_takes_no_long_time() {
    let pieces = [
        "a",
        "1",
        " ",
        "\t",
        "\n",
        "\r",
        ",",
        ".",
        "..",
        "-",
        "_",
        "'",
        "\"",
        "\\",
        "\\\n",
        "#",
        ";",
        "/",
        ":",
        "=",
        "==1,",
        "(",
        ")",
        "[",
        "]",
        "{",
        "{\"a\":",
        "[[a]]\n",
        "a = b:c\n",
        "a,,\n",
        "a: b\n",
        "a.",
        "${",
        "${X}",
        "-r ",
        "@",
        "*",
        "é",
        "a-",
        " and ",
        " or ",
        "x' or os_name == 'a",
        "'a' in extras or ",
        "Requires-Dist: a\n",
        "Tag: a\n",
        "--hash=sha256:a ",
        "a\\\n",
        "\n ",
        "%20",
    ];
    for format in FORMATS {
        let good = format.2;
        let cuts = [0, good.len() / 2, good.len()];
        for piece in pieces {
            let long = piece.repeat(60_000 / piece.len());
            for cut in cuts.into_iter().filter(|cut| good.is_char_boundary(*cut)) {
                run(format, &format!("{}{long}{}", &good[..cut], &good[cut..]));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_make_nothing_panic(
        format in 0..FORMATS.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, prop::collection::vec(any::<u8>(), 0..4)), 1..6),
    ) {
        let format = &FORMATS[format];
        let mut bytes = format.2.as_bytes().to_vec();
        for (place, removed, put) in edits {
            let start = place.index(bytes.len() + 1);
            let end = (start + removed).min(bytes.len());
            bytes.splice(start..end, put);
        }
        run(format, &String::from_utf8_lossy(&bytes));
    }
}
