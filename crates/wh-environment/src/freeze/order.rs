//! The order of the lines: that of the `-r` files, then the rest by name.
//!
//! Comments, empty lines and options of the files are kept, each text once. A line that names a
//! project is replaced by what is installed of it.

use std::collections::HashSet;

use wh_packaging::ProjectName;
use wh_packaging::report::Warning;

use super::{Candidate, Freeze, FreezeError, RequirementsText};
use crate::installed::project_name;

const ADDED: &str = "## The following requirements were added by pip freeze:";

/// Lines under way.
pub(super) struct Answer<'a> {
    candidates: Vec<Option<Candidate>>,
    out: Freeze,
    warn: &'a dyn Fn(Warning),
    kept: HashSet<String>,
    /// Names of the files' lines, as written, with the files that hold them.
    named: Vec<(String, Vec<String>)>,
    followed: bool,
}

/// What a line of a `-r` file is.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// Comment, option, nothing: kept as it is.
    Kept,
    /// More of the line before.
    Continuation,
    Requirement(&'a str),
    Editable(&'a str),
}

impl<'a> Answer<'a> {
    pub fn new(candidates: Vec<Candidate>, warn: &'a dyn Fn(Warning)) -> Self {
        Self {
            candidates: candidates.into_iter().map(Some).collect(),
            out: Freeze::default(),
            warn,
            kept: HashSet::new(),
            named: Vec::new(),
            followed: false,
        }
    }

    /// Prints in the order of these files.
    pub fn follow(&mut self, files: &[RequirementsText]) -> Result<(), FreezeError> {
        self.followed = true;
        for RequirementsText { file, text } in files {
            for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
                let name = match classify(line) {
                    Line::Kept => {
                        let line = line.trim_end().to_owned();
                        if self.kept.insert(line.clone()) {
                            self.out.lines.push(line);
                        }
                        continue;
                    }
                    Line::Continuation => continue,
                    Line::Editable(text) => url_name(text),
                    Line::Requirement(text) => {
                        requirement_name(text).map_err(|reason| FreezeError::Requirement {
                            file: file.clone(),
                            line: index + 1,
                            text: line.to_owned(),
                            reason,
                        })?
                    }
                };
                self.named(name, line, file);
            }
        }
        for (project, files) in &mut self.named {
            if files.len() > 1 {
                files.sort();
                files.dedup();
                let (project, files) = (project.clone(), files.clone());
                (self.warn)(Warning::ListedTwice { project, files });
            }
        }
        Ok(())
    }

    fn named(&mut self, name: Option<&str>, line: &str, file: &str) {
        let shown = without_comment(line);
        let Some(name) = name else {
            let message = format!("{file}: `{shown}` does not tell which project it names");
            return (self.warn)(Warning::Other { message });
        };
        let project = project_name(name);
        let position = self.candidates.iter().position(|candidate| {
            let candidate = candidate.as_ref().map(|candidate| &candidate.project);
            candidate.is_some() && candidate == project.as_ref()
        });
        let known = self.named.iter().position(|(known, _)| known == name);
        if position.is_none() && known.is_none() {
            return (self.warn)(Warning::NotInstalled {
                requirement: shown.to_owned(),
                file: file.to_owned(),
            });
        }
        if let Some(position) = position {
            self.print(position);
        }
        match known {
            Some(known) => self.named[known].1.push(file.to_owned()),
            None => self.named.push((name.to_owned(), vec![file.to_owned()])),
        }
    }

    fn print(&mut self, position: usize) {
        let Some(candidate) = self.candidates[position].take() else {
            return;
        };
        candidate.warnings.into_iter().for_each(self.warn);
        self.out.lines.extend(candidate.frozen.lines());
        self.out.distributions.push(candidate.frozen);
    }

    /// Prints the rest, by name in lower case.
    pub fn finish(mut self, skip: &[ProjectName]) -> Freeze {
        if self.followed {
            self.out.lines.push(ADDED.to_owned());
        }
        let mut rest: Vec<(String, usize)> = self
            .candidates
            .iter()
            .enumerate()
            .filter_map(|(position, candidate)| Some((position, candidate.as_ref()?)))
            .filter(|(_, candidate)| !skip.contains(&candidate.project))
            .map(|(position, candidate)| (candidate.frozen.name.to_lowercase(), position))
            .collect();
        rest.sort();
        for (_, position) in rest {
            self.print(position);
        }
        self.out
    }
}

/// pip keeps the options that it knows and fails on others (`-c`); here all are kept. It also
/// fails on `--hash` behind a requirement and below it; here they are passed over.
fn classify(line: &str) -> Line<'_> {
    let text = line.trim();
    if text.is_empty() || text.starts_with('#') {
        return Line::Kept;
    }
    if text.starts_with("--hash") {
        return Line::Continuation;
    }
    if let Some(rest) = text.strip_prefix("--editable") {
        return Line::Editable(rest.trim_start_matches([' ', '\t', '=']));
    }
    if let Some(rest) = text.strip_prefix("-e") {
        return Line::Editable(rest.trim());
    }
    if text.starts_with('-') {
        return Line::Kept;
    }
    Line::Requirement(without_comment(text))
}

/// A `#` begins a comment at the start of a line or behind white space.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (index, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line[..index].trim();
        }
        before = c;
    }
    line.trim()
}

/// The project that a requirement line names; `Ok(None)` where a path or URL does not tell.
fn requirement_name(text: &str) -> Result<Option<&str>, String> {
    let text = text.split(" --").next().unwrap_or(text);
    let text = text.trim_end_matches('\\').trim();
    if let Some(name) = leading_name(text) {
        return Ok(Some(name));
    }
    let is_path = text.starts_with('.') || text.contains(['/', '\\']) || text.contains("://");
    if is_path || text.ends_with(".whl") {
        return Ok(url_name(text));
    }
    Err(format!("`{text}` is not a requirement"))
}

/// The name of `name[extra] >= 1`, `name @ url`, `name; marker`.
fn leading_name(text: &str) -> Option<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let specified = rest.trim_start();
    let follows = specified.is_empty()
        || specified.starts_with(['[', '(', '<', '>', '=', '!', '~', '@', ';']);
    let is_file = [".whl", ".zip", ".tar.gz"]
        .iter()
        .any(|end| name.ends_with(end));
    (follows && !is_file && project_name(name).is_some()).then_some(name)
}

/// The name that a URL or path tells: by `#egg=`, or by the file name of a wheel.
fn url_name(text: &str) -> Option<&str> {
    let text = without_comment(text);
    if let Some(name) = text.split_once(" @ ").and_then(|_| leading_name(text)) {
        return Some(name);
    }
    let (location, fragment) = text.split_once('#').unwrap_or((text, ""));
    if let Some(egg) = fragment
        .split('&')
        .find_map(|part| part.strip_prefix("egg="))
    {
        return leading_name(egg);
    }
    let file = location.rsplit(['/', '\\']).next()?;
    let (name, _) = file.strip_suffix(".whl")?.split_once('-')?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<Option<&str>, ()>) {
        let name = match classify(line) {
            Line::Requirement(text) => requirement_name(text).map_err(drop),
            Line::Editable(text) => Ok(url_name(text)),
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(name, expected, "{line}");
    }

    #[test]
    fn names_of_lines() {
        check("Foo.Bar", Ok(Some("Foo.Bar")));
        check("foo[x,y] >=1,<2 ; python_version>'3'", Ok(Some("foo")));
        check("foo==1  # why", Ok(Some("foo")));
        check("foo==1 --hash=sha256:ab \\", Ok(Some("foo")));
        check("foo @ https://x.example/a.zip#sha256=ab", Ok(Some("foo")));
        check("foo~=1 \\", Ok(Some("foo")));
        check(
            "https://x.example/foo_x-1.0-py3-none-any.whl",
            Ok(Some("foo_x")),
        );
        check("foo_x-1.0-py3-none-any.whl", Ok(Some("foo_x")));
        check(
            "git+https://x.example/r@v1#egg=foo&subdirectory=a",
            Ok(Some("foo")),
        );
        check("./folder", Ok(None));
        check("-e git+ssh://git@x.example/r#egg=foo[bar]", Ok(Some("foo")));
        check("--editable=./src", Ok(None));
        check("-e foo @ git+https://x.example/r", Ok(Some("foo")));
        check("what is this", Err(()));
        check("=1.0", Err(()));
    }

    #[test]
    fn other_lines_are_kept() {
        for line in [
            "",
            "  ",
            "# x",
            "  # x",
            "-r other.txt",
            "-c c.txt",
            "--pre",
            "-i x",
        ] {
            assert_eq!(classify(line), Line::Kept, "{line}");
        }
        assert_eq!(classify("    --hash=sha256:ab"), Line::Continuation);
    }
}
