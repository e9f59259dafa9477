//! Walking over a TOML document with the place of each value at hand, strict about types.
//!
//! Locks, `pyproject.toml`, script metadata and `wh.toml` are read with it: every error names the
//! line and the keys that lead to the value.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TomlError {
    /// It is not TOML.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1; 0 where it is not known.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value is missing, of the wrong type, or against the rules.
    #[error("line {line}: {key}: {message}")]
    Value {
        /// The line of the value, or of the table that lacks it, from 1.
        line: usize,
        /// The keys that lead to it (`packages[3].wheels[0].name`).
        key: String,
        /// What is wrong.
        message: String,
    },
}

/// A document, to be walked with [`Table::root`].
pub type Document<'a> = Spanned<DeTable<'a>>;

/// Reads a document.
///
/// # Errors
/// It is not TOML.
pub fn document(text: &str) -> Result<Document<'_>, TomlError> {
    DeTable::parse(text).map_err(|error| TomlError::Syntax {
        line: error.span().map_or(0, |span| line(text, span)),
        message: error.message().to_owned(),
    })
}

/// The line of a byte, from 1.
fn line(text: &str, span: Range<usize>) -> usize {
    let end = span.start.min(text.len());
    let before = &text.as_bytes()[..end];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// All of a document: where a value stands is looked up when an error names it, and for no other one.
#[derive(Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    root: &'a DeTable<'a>,
}

impl Source<'_> {
    /// An error at a value of the document; `None` is all of it.
    fn error(self, at: Option<&Spanned<DeValue<'_>>>, message: impl Into<String>) -> TomlError {
        let key = at.and_then(|value| key_in(self.root, "", value));
        TomlError::Value {
            line: at.map_or(1, |value| line(self.text, value.span())),
            key: key.unwrap_or_default(),
            message: message.into(),
        }
    }
}

/// The keys that lead from a table to a value that is in it.
fn key_in(table: &DeTable<'_>, before: &str, wanted: &Spanned<DeValue<'_>>) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let key = key.get_ref();
        let key = match before {
            "" => key.to_string(),
            before => format!("{before}.{key}"),
        };
        key_of(value, key, wanted)
    })
}

/// The same from a value, to which `key` leads.
fn key_of(
    value: &Spanned<DeValue<'_>>,
    key: String,
    wanted: &Spanned<DeValue<'_>>,
) -> Option<String> {
    if std::ptr::eq(value, wanted) {
        return Some(key);
    }
    match value.get_ref() {
        DeValue::Table(table) => key_in(table, &key, wanted),
        DeValue::Array(array) => {
            let mut items = array.iter().enumerate();
            items.find_map(|(index, item)| key_of(item, format!("{key}[{index}]"), wanted))
        }
        _ => None,
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    source: Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
}

/// A table of a document.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    source: Source<'a>,
    // none of the document itself
    value: Option<&'a Spanned<DeValue<'a>>>,
    table: &'a DeTable<'a>,
}

impl<'a> Value<'a> {
    /// An error at this value.
    pub fn error(&self, message: impl Into<String>) -> TomlError {
        self.source.error(Some(self.value), message)
    }

    fn wrong(&self, expected: &str) -> TomlError {
        let found = self.value.get_ref().type_str();
        self.error(format!("is {found}, where {expected} must stand"))
    }

    /// The line that it stands on, from 1.
    pub fn line(&self) -> usize {
        line(self.source.text, self.value.span())
    }

    /// A string.
    ///
    /// # Errors
    /// It is something else.
    pub fn string(&self) -> Result<&'a str, TomlError> {
        let value = self.value.get_ref();
        value.as_str().ok_or_else(|| self.wrong("a string"))
    }

    /// A string or one of several in an array.
    ///
    /// # Errors
    /// It is something else.
    pub fn strings(&self) -> Result<Vec<Value<'a>>, TomlError> {
        if self.value.get_ref().as_str().is_some() {
            return Ok(vec![*self]);
        }
        let items = self
            .array()
            .map_err(|_| self.wrong("a string or an array of strings"))?;
        for item in &items {
            item.string()?;
        }
        Ok(items)
    }

    /// A yes or a no.
    ///
    /// # Errors
    /// It is something else.
    pub fn boolean(&self) -> Result<bool, TomlError> {
        let value = self.value.get_ref();
        value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// A string, read by `read`.
    ///
    /// # Errors
    /// It is something else, or `read` refuses it.
    pub fn parse<T, E: std::fmt::Display>(
        &self,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, TomlError> {
        read(self.string()?).map_err(|e| self.error(e.to_string()))
    }

    /// A number that is not negative.
    ///
    /// # Errors
    /// It is something else.
    pub fn unsigned(&self) -> Result<u64, TomlError> {
        let integer = self.value.get_ref().as_integer();
        integer
            .and_then(|i| u64::from_str_radix(i.as_str(), i.radix()).ok())
            .ok_or_else(|| self.wrong("a number from 0 up"))
    }

    /// A date and time, as text.
    ///
    /// # Errors
    /// It is something else.
    pub fn datetime(&self) -> Result<String, TomlError> {
        match self.value.get_ref().as_datetime() {
            Some(time) if time.date.is_some() && time.time.is_some() => Ok(time.to_string()),
            _ => Err(self.wrong("a date with its time")),
        }
    }

    /// The values of an array.
    ///
    /// # Errors
    /// It is something else.
    pub fn array(&self) -> Result<Vec<Value<'a>>, TomlError> {
        let Some(array) = self.value.get_ref().as_array() else {
            return Err(self.wrong("an array"));
        };
        let source = self.source;
        let values = array.iter().map(|value| Value { source, value });
        Ok(values.collect())
    }

    /// A table.
    ///
    /// # Errors
    /// It is something else.
    pub fn table(&self) -> Result<Table<'a>, TomlError> {
        match self.value.get_ref().as_table() {
            Some(table) => Ok(Table {
                source: self.source,
                value: Some(self.value),
                table,
            }),
            None => Err(self.wrong("a table")),
        }
    }

    /// The value itself, for serde.
    pub(crate) fn raw(&self) -> Spanned<DeValue<'a>> {
        self.value.clone()
    }
}

impl<'a> Table<'a> {
    /// The whole document, with the text that it was read from.
    pub fn root(text: &'a str, table: &'a Document<'a>) -> Self {
        let table = table.get_ref();
        Self {
            source: Source { text, root: table },
            value: None,
            table,
        }
    }

    /// An error at this table.
    pub fn error(&self, message: impl Into<String>) -> TomlError {
        self.source.error(self.value, message)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.table.get(key).map(|value| self.of(value))
    }

    /// The value of a key that must be there.
    ///
    /// # Errors
    /// It is not.
    pub fn needed(&self, key: &str) -> Result<Value<'a>, TomlError> {
        self.get(key)
            .ok_or_else(|| self.error(format!("`{key}` is missing")))
    }

    /// The value of a key, read by `read`, where the key is there.
    ///
    /// # Errors
    /// `read` refuses it.
    pub fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(Value<'a>) -> Result<T, TomlError>,
    ) -> Result<Option<T>, TomlError> {
        self.get(key).map(read).transpose()
    }

    /// The values of an array, each read by `read`; none where the key is not there.
    ///
    /// # Errors
    /// It is no array, or `read` refuses a value.
    pub fn list<T>(
        &self,
        key: &str,
        read: impl Fn(Value<'a>) -> Result<T, TomlError>,
    ) -> Result<Vec<T>, TomlError> {
        match self.get(key) {
            Some(value) => value.array()?.into_iter().map(read).collect(),
            None => Ok(Vec::new()),
        }
    }

    /// Keys and values.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let entries = self.table.iter();
        entries.map(|(key, value)| (key.get_ref().as_ref(), self.of(value)))
    }

    fn of(&self, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value {
            source: self.source,
            value,
        }
    }
}
