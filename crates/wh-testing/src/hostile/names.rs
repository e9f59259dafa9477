//! Names that lead elsewhere, or that two members fight for.

use super::{Hostile, INIT, outside, wheel};
use crate::zip::Entry;

/// Names that lead elsewhere, or that two members fight for.
pub(super) fn names() -> Vec<Hostile> {
    vec![
        outside(
            "escaping name",
            wheel().file("../escaped.py", ""),
            &["../escaped.py"],
        ),
        outside(
            "escape in the middle",
            wheel().file("a/../../escaped.py", ""),
            &["escaped.py"],
        ),
        outside(
            "absolute name",
            wheel().file("/tmp/wh-escaped.py", ""),
            &["/tmp/wh-escaped.py"],
        ),
        outside(
            "backslashes",
            wheel().file("..\\escaped.py", ""),
            &["escaped.py"],
        ),
        outside(
            "drive letter",
            wheel().file("C:/escaped.py", ""),
            &["C:/escaped.py"],
        ),
        outside(
            "drive, relative",
            wheel().file("C:escaped.py", ""),
            &["C:escaped.py"],
        ),
        outside(
            "share of Windows",
            wheel().file("//server/share/x.py", ""),
            &["server/share"],
        ),
        outside(
            "zero byte in a name",
            wheel().file("hostile/x.py\0.txt", ""),
            &["hostile/x.py"],
        ),
        outside("empty name", wheel().file("", "x"), &[]),
        outside(
            "two spellings",
            wheel().file("hostile/./__init__.py", ""),
            &["__init__.py"],
        ),
        outside(
            "escape from .data",
            wheel().data("data", "../../escaped", ""),
            &["escaped"],
        ),
        outside(
            "escape from scripts",
            wheel().script("../../escaped", ""),
            &["escaped"],
        ),
        outside(
            "absolute in .data",
            wheel().data("data", "/tmp/wh-escaped", ""),
            &["wh-escaped"],
        ),
        outside(
            "unknown scheme",
            wheel().data("stdlib", "os.py", ""),
            &["stdlib"],
        ),
        outside(
            "symbolic link",
            wheel().entry(Entry::symlink("link", "/etc")),
            &["link"],
        ),
        outside(
            "file behind a link",
            wheel()
                .entry(Entry::symlink("hostile/l", "/tmp"))
                .file("hostile/l/x.py", ""),
            &["hostile/l"],
        ),
        outside("same name twice", wheel().file(INIT, "y = 2\n"), &[INIT]),
        outside(
            "two names by case",
            wheel().file("hostile/__INIT__.py", ""),
            &["__init__.py"],
        ),
        outside("file and folder", wheel().file("hostile", ""), &["hostile"]),
        outside(
            "one place, two schemes",
            wheel().data("purelib", INIT, "y"),
            &["__init__.py"],
        ),
        outside(
            "script named python",
            wheel().script("python", "#!python\n"),
            &["python"],
        ),
        outside(
            "script named python3.12",
            wheel().script("python3.12", ""),
            &["python3.12"],
        ),
        outside(
            "entry point named python",
            wheel().entry_point("console_scripts", "python", "hostile:main"),
            &["python"],
        ),
        outside(
            "entry point that escapes",
            wheel().entry_point("console_scripts", "../escaped", "hostile:main"),
            &["../escaped"],
        ),
        outside(
            "entry point with code",
            wheel().entry_point("console_scripts", "run", "os:system('id')"),
            &["run"],
        ),
    ]
}
