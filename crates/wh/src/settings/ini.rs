//! `pip.conf`, in the grammar of Python's `configparser` as pip uses it.

/// A key and its value, with the section that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `global`, `download`, ...
    pub section: String,
    /// In lower case, `-` for `_`.
    pub key: String,
    /// Lines of a value that goes on are joined by line ends.
    pub value: String,
}

/// Reads all entries, in order; an error is the number of a line that says nothing.
pub fn entries(text: &str) -> Result<Vec<Entry>, usize> {
    let mut found: Vec<Entry> = Vec::new();
    let mut section: Option<String> = None;
    // a value goes on in lines that are indented deeper than its key
    let mut open: Option<usize> = None;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let said = line.trim();
        if said.starts_with(['#', ';']) {
            continue;
        }
        if said.is_empty() {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if open.is_some_and(|of_key| indent > of_key) {
            if let Some(last) = found.last_mut() {
                last.value = format!("{}\n{said}", last.value).trim().to_owned();
            }
            continue;
        }
        open = None;
        if let Some(name) = said
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = Some(name.to_owned());
            continue;
        }
        let (Some(section), Some((key, value))) = (&section, said.split_once(['=', ':'])) else {
            return Err(index + 1);
        };
        open = Some(indent);
        found.push(Entry {
            section: section.clone(),
            key: key.trim().to_ascii_lowercase().replace('_', "-"),
            value: value.trim().to_owned(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str, &str)]) {
        let found = entries(text).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.section.as_str(), one.key.as_str(), one.value.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sections_keys_and_values_that_go_on() {
        check(
            "# c\n[global]\nindex-url = https://a.example/simple/\nFind_Links:\n    one\n    ; c\n    two\n\n[download]\nno-index=true\n",
            &[
                ("global", "index-url", "https://a.example/simple/"),
                ("global", "find-links", "one\ntwo"),
                ("download", "no-index", "true"),
            ],
        );
        check("", &[]);
        check(
            "[global]\n a = 1\n b = 2\n",
            &[("global", "a", "1"), ("global", "b", "2")],
        );
    }

    #[test]
    fn a_line_that_says_nothing_is_named() {
        assert_eq!(entries("[global]\nindex-url\n"), Err(2));
        assert_eq!(entries("a = 1\n"), Err(1));
    }
}
