//! A long lock read as two halves at once: to read TOML takes longer than most of what an installation does before it
//! unpacks.
//!
//! A line `[[packages]]` begins a package, whatever stands before it, unless it lies in a string of several lines. So the
//! text is cut before such a line, if it has no such string, and each half is a document of its own: the first one with
//! all keys but `packages` and `tool`, the second with the other packages, and with `tool`. Whatever is not so, or is no
//! lock, is left to who reads all of it, and tells what is wrong.

use super::read::{of_root, packages, tool};
use super::{Lock, LockTool, LockedPackage};
use crate::toml_walk::{self, Table};

const HEADER: &str = "\n[[packages]]\n";

/// Reads a lock; `None` where it is not known to be the same as what all of the text says.
pub(super) fn read(text: &str) -> Option<Lock> {
    let (first, second) = halves(text)?;
    let (lock, rest) = rayon::join(|| read_first(first), || read_rest(second));
    let (mut lock, (packages, tool)) = (lock?, rest?);
    lock.packages.extend(packages);
    lock.tool = tool;
    Some(lock)
}

/// Cuts before the last package that begins in the first half of the text; another one must begin before that.
fn halves(text: &str) -> Option<(&str, &str)> {
    if text.contains("\"\"\"") || text.contains("'''") {
        return None;
    }
    let middle = text.floor_char_boundary(text.len() / 2);
    let cut = text[..middle].rfind(HEADER)? + 1;
    let (first, second) = text.split_at(cut);
    first.contains(HEADER).then_some((first, second))
}

fn read_first(text: &str) -> Option<Lock> {
    let document = toml_walk::document(text).ok()?;
    let root = Table::root(text, &document);
    of_root(&root).ok().filter(|_| root.get("tool").is_none())
}

fn read_rest(text: &str) -> Option<(Vec<LockedPackage>, Option<LockTool>)> {
    let document = toml_walk::document(text).ok()?;
    let root = Table::root(text, &document);
    let mut keys = root.entries().map(|(key, _)| key);
    let is_known = keys.all(|key| ["packages", "tool"].contains(&key));
    is_known.then_some((packages(&root).ok()?, tool(&root).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: &str = "lock-version = \"1.0\"\ncreated-by = \"x\"\n";

    fn package(name: &str) -> String {
        format!(
            "\n[[packages]]\nname = \"{name}\"\narchive = {{ path = \"{name}\", hashes = {{ sha256 = \"00\" }} }}\n"
        )
    }

    fn lock(parts: &[&str]) -> String {
        [&[START], parts].concat().concat()
    }

    #[test]
    fn two_halves_are_the_whole() {
        let (a, b, c) = (package("a"), package("b"), package("c"));
        let more = "dependencies = [\n    { name = \"b\" },\n]\n";
        let inner = "\n[packages.tool.wh.archive]\nname = \"x\"\nhashes = { sha256 = \"11\" }\n";
        let tool =
            "\n[tool.wh]\nno-deps = true\n\n[tool.wh.files]\n\"f\" = { record-verified = true }\n";
        for text in [
            lock(&[&a, &b, &c]),
            lock(&[&a, more, &b, &c, tool]),
            lock(&[&a, inner, &b, inner, &c, inner, tool, "\n[tool.other]\n"]),
            lock(&[&a, &b, &c, &package("d").repeat(20), tool]),
        ] {
            let whole = Lock::whole(&text).unwrap();
            assert_eq!(read(&text), Some(whole), "{text}");
        }
    }

    #[test]
    fn what_may_be_something_else_is_read_as_a_whole() {
        let (a, b, c) = (package("a"), package("b"), package("c"));
        let abc = [&*a, &b, &c].concat();
        let cuts = [
            // a header that is none
            lock(&["x = \"\"\"", &abc, "\"\"\"\n", &abc]),
            lock(&["x = '''", &abc, "'''\n", &abc]),
            lock(&["packages = []\n", &abc]),
            lock(&["x = [\n", &abc, "]\n", &abc]),
            // keys that stand twice, or that both halves have
            lock(&["\n[tool.x]\n", &abc, "\n[tool.wh]\nno-deps = true\n"]),
            lock(&[&a, "\n[tool]\n", &b, &c, "\n[tool]\n"]),
            lock(&["\n[y]\n", &abc, &c, "\n[y]\n"]),
            lock(&[&abc, "\n[extras]\n"]),
            // nothing to cut, and no lock
            lock(&[&a]),
            lock(&[&abc, "name = \"twice\"\n"]),
            lock(&[&a, "wheels = 1\n", &b, &c]),
            abc.clone(),
            String::new(),
            "é".repeat(100),
        ];
        for text in cuts {
            assert_eq!(read(&text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_read_otherwise(parts in prop::collection::vec(prop::sample::select(PARTS), 0..20)) {
            let text = [&[START][..], &parts].concat().concat();
            if let Some(lock) = read(&text) {
                prop_assert_eq!(Some(lock), Lock::whole(&text).ok(), "{}", text);
            }
        }
    }

    /// Parts of documents that fit together now and then.
    const PARTS: &[&str] = &[
        "\n[[packages]]\nname = \"a\"\narchive = { path = \"a\", hashes = { sha256 = \"00\" } }\n",
        "\n[[packages]]\nname = \"b\"\narchive = { path = \"b\", hashes = { sha256 = \"00\" } }\n",
        "\n[[packages]]\n",
        "name = \"c\"\n",
        "version = \"1\"\n",
        "dependencies = [\n    { name = \"b\" },\n]\n",
        "\n[packages.tool.wh.archive]\nname = \"x\"\nhashes = { sha256 = \"11\" }\n",
        "\n[tool.wh]\n",
        "no-deps = true\n",
        "\n[tool.other]\n",
        "extras = [\"e\"]\n",
        "packages = []\n",
        "x = [",
        "]\n",
        "y = \"",
        "\"\n",
        "# \"\n",
        "'",
    ];
}
