//! The bytes of an HTML page for a tokenizer whose states call each other.
//!
//! A page can be made to keep them at it, each byte a call deeper, until the stack is used up. Here
//! a page ends, with an error, where its tokenizer has gone deeper than any real page makes it. How
//! deep that is, is told by where local variables lie.

use html5gum::{Reader, StringReader};

/// What a tokenizer may take of the stack: a quarter of what threads have.
const DEEPEST: usize = 512 << 10;

/// The tokenizer went too deep.
#[derive(Debug, thiserror::Error)]
#[error("too deep")]
pub(super) struct TooDeep;

/// A page, read from here.
pub(super) struct Shallow<'a> {
    page: StringReader<'a>,
    top: usize,
}

impl<'a> Shallow<'a> {
    /// To be read by a tokenizer that is called from where this is.
    pub fn new(page: &'a [u8]) -> Self {
        Self {
            page: html5gum::Readable::to_reader(page),
            top: here(),
        }
    }

    fn is_shallow(&self) -> Result<(), TooDeep> {
        match self.top.abs_diff(here()) < DEEPEST {
            true => Ok(()),
            false => Err(TooDeep),
        }
    }
}

/// Where the stack has got to.
#[inline(never)]
fn here() -> usize {
    let local = 0u8;
    std::ptr::from_ref(std::hint::black_box(&local)).addr()
}

impl Reader for Shallow<'_> {
    type Error = TooDeep;

    fn read_byte(&mut self) -> Result<Option<u8>, TooDeep> {
        self.is_shallow()?;
        let Ok(byte) = self.page.read_byte();
        Ok(byte)
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, TooDeep> {
        self.is_shallow()?;
        let Ok(found) = self.page.try_read_string(text, case_sensitive);
        Ok(found)
    }

    fn read_until<'b>(
        &'b mut self,
        needle: &[u8],
        buffer: &'b mut [u8; 4],
    ) -> Result<Option<&'b [u8]>, TooDeep> {
        self.is_shallow()?;
        let Ok(read) = self.page.read_until(needle, buffer);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SimpleError, html};

    /// What may keep states calling each other, far beyond any stack: none of it may end the process.
    #[test]
    fn pages_that_go_deep_are_refused_or_read() {
        let url = "https://index.example/simple/a/".parse().unwrap();
        let parts = [
            "<",
            "<a",
            "<a ",
            "b ",
            "b=",
            "b='c' ",
            "b='c'",
            "b=\"c\"",
            "b=c",
            "b=\"c\"\n",
            "a=\"\n<",
            "\";'\"\nx;=",
            "/",
            "&",
            "&amp",
            "&#",
            "&#x1;",
            "<!",
            "<!--",
            "-",
            "--!",
            "<!-- ",
            "<![CDATA[",
            "]",
            "<?",
            "</",
            "</a ",
            "\r",
            "\0",
            "\u{fffe}",
            "<script>",
            "<!--<script>",
            "</script",
            "<title>",
            "<!DOCTYPE ",
            "<!DOCTYPE a PUBLIC '",
            "'\"=<`",
            "é",
            "a",
        ];
        let mut deep = 0;
        for start in [
            "",
            "<a ",
            "<!--",
            "<script>",
            "<title>",
            "<!DOCTYPE x ",
            "<a href='",
        ] {
            for part in parts {
                let page = format!("{start}{}", part.repeat(20_000));
                match html::read_any(page.as_bytes(), &url) {
                    Ok(_) => {}
                    Err(SimpleError::TooDeep) => deep += 1,
                    Err(other) => panic!("{start:?} {part:?}: {other}"),
                }
            }
        }
        // attributes on lines of their own do it, unless the compiler makes loops of calls
        assert!(deep > 0 || !cfg!(debug_assertions));
    }

    #[test]
    fn real_pages_are_shallow() {
        let url = "https://index.example/simple/a/".parse().unwrap();
        let link = "<a href='x-1-py3-none-any.whl#sha256=00' data-requires-python='&gt;=3.9' \
            data-dist-info-metadata data-core-metadata='sha256=1' data-yanked='' class=\"b c\">x</a><br />\n";
        let page = format!(
            "<!DOCTYPE html><!-- a -- comment --><html><body>{}",
            link.repeat(5_000)
        );
        let read = html::read_any(page.as_bytes(), &url).unwrap();
        assert_eq!(read.links.len(), 5_000);
    }
}
