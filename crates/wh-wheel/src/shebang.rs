//! First lines of scripts: which interpreter runs them, whatever its path.

/// Kernels cut a `#!` line here: Linux at 127 bytes (255 since 5.1), macOS at 512.
const LONGEST: usize = 127;

/// The first line(s) of a script that `python` runs, with the given arguments of the interpreter.
///
/// A path that is too long for a `#!` line, or that has a blank in it, is run through `/bin/sh`,
/// by lines that are a string to Python and a command to the shell.
pub(crate) fn shebang(python: &str, arguments: &str, windows: bool) -> String {
    let blank = if arguments.is_empty() { "" } else { " " };
    let simple = format!("#!{python}{blank}{arguments}\n");
    if windows {
        // The launcher reads the line itself and understands quotes.
        return if python.contains(' ') {
            format!("#!\"{python}\"{blank}{arguments}\n")
        } else {
            simple
        };
    }
    if simple.len() <= LONGEST && !python.contains([' ', '\t']) {
        return simple;
    }
    let quoted = python.replace('\\', "\\\\").replace('"', "\\\"");
    let quoted = quoted.replace('$', "\\$").replace('`', "\\`");
    format!("#!/bin/sh\n'''exec' \"{quoted}\"{blank}{arguments} \"$0\" \"$@\"\n' '''\n")
}

/// What a script of a wheel begins with if an installer has to rewrite its first line.
pub(crate) const PLACEHOLDER: &[u8] = b"#!python";

/// A script with its first line rewritten for `python`; `None` where it does not ask for that.
///
/// `#!pythonw` asks for the interpreter without a console, which only Windows has.
pub(crate) fn rewrite(script: &[u8], python: &str, windows: bool) -> Option<Vec<u8>> {
    let end = script.iter().position(|&byte| byte == b'\n');
    let (line, body) = script.split_at(end.unwrap_or(script.len()));
    let line = std::str::from_utf8(line.strip_prefix(PLACEHOLDER)?).ok()?;
    let line = line.trim_end_matches('\r');
    let (rest, arguments) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let python = match windows && rest.starts_with('w') {
        true => windowless(python),
        false => python.to_owned(),
    };
    let mut text = shebang(&python, arguments.trim(), windows).into_bytes();
    text.extend_from_slice(body.get(1..).unwrap_or_default());
    Some(text)
}

/// `...\pythonw.exe` of `...\python.exe`.
pub(crate) fn windowless(python: &str) -> String {
    let name = python.rfind(['\\', '/']).map_or(0, |at| at + 1);
    let (folder, file) = python.split_at(name);
    match file.starts_with("pythonw") {
        true => python.to_owned(),
        false => format!("{folder}{}", file.replacen("python", "pythonw", 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewrites() {
        fn check(script: &str, python: &str, windows: bool, expected: Option<&str>) {
            let found = rewrite(script.as_bytes(), python, windows);
            let found = found.map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), expected, "{script:?} {python}");
        }
        check(
            "#!python\nx\n",
            "/v/bin/python",
            false,
            Some("#!/v/bin/python\nx\n"),
        );
        check("#!python -E\r\nx\r\n", "/p", false, Some("#!/p -E\nx\r\n"));
        check("#!pythonw", "/p", false, Some("#!/p\n"));
        check("#!python3.9\nx", "/p", false, Some("#!/p\nx"));
        check("#!/usr/bin/env python\n", "/p", false, None);
        check("# !python\n", "/p", false, None);
        check("", "/p", false, None);
        check(
            "#!pythonw\nx",
            r"C:\a b\python.exe",
            true,
            Some("#!\"C:\\a b\\pythonw.exe\"\nx"),
        );
        let sh = "#!/bin/sh\n'''exec' \"/a b/python\" -u \"$0\" \"$@\"\n' '''\nx";
        check("#!python -u\nx", "/a b/python", false, Some(sh));
    }

    #[test]
    fn long_paths_go_through_the_shell() {
        let fits = format!("/{}", "p".repeat(LONGEST - 4));
        assert_eq!(shebang(&fits, "", false), format!("#!{fits}\n"));
        let long = format!("{fits}p");
        let expected = format!("#!/bin/sh\n'''exec' \"{long}\" \"$0\" \"$@\"\n' '''\n");
        assert_eq!(shebang(&long, "", false), expected);
        assert_eq!(shebang(&long, "", true), format!("#!{long}\n"));
    }
}
