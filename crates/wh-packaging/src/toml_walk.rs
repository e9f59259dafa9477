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
        line: error.span().map_or(0, |span| Source(text).line(span)),
        message: error.message().to_owned(),
    })
}

/// The text, to tell lines from bytes.
#[derive(Clone, Copy)]
struct Source<'a>(&'a str);

impl Source<'_> {
    /// The line of a byte, from 1.
    fn line(self, span: Range<usize>) -> usize {
        let end = span.start.min(self.0.len());
        1 + self.0.as_bytes()[..end]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
    }
}

/// A value and the keys that lead to it.
#[derive(Clone)]
pub struct Value<'a> {
    source: Source<'a>,
    key: String,
    value: &'a Spanned<DeValue<'a>>,
}

/// A table and the keys that lead to it.
#[derive(Clone)]
pub struct Table<'a> {
    source: Source<'a>,
    key: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Value<'a> {
    /// An error at this value.
    pub fn error(&self, message: impl Into<String>) -> TomlError {
        TomlError::Value {
            line: self.line(),
            key: self.key.clone(),
            message: message.into(),
        }
    }

    fn wrong(&self, expected: &str) -> TomlError {
        let found = self.value.get_ref().type_str();
        self.error(format!("is {found}, where {expected} must stand"))
    }

    /// The line that it stands on, from 1.
    pub fn line(&self) -> usize {
        self.source.line(self.value.span())
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
            return Ok(vec![self.clone()]);
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
        let item = |(index, value)| Value {
            source: self.source,
            key: format!("{}[{index}]", self.key),
            value,
        };
        Ok(array.iter().enumerate().map(item).collect())
    }

    /// A table.
    ///
    /// # Errors
    /// It is something else.
    pub fn table(&self) -> Result<Table<'a>, TomlError> {
        match self.value.get_ref().as_table() {
            Some(table) => Ok(Table {
                source: self.source,
                key: self.key.clone(),
                span: self.value.span(),
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
        Self {
            source: Source(text),
            key: String::new(),
            span: 0..0,
            table: table.get_ref(),
        }
    }

    /// An error at this table.
    pub fn error(&self, message: impl Into<String>) -> TomlError {
        TomlError::Value {
            line: self.source.line(self.span.clone()),
            key: self.key.clone(),
            message: message.into(),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.table.get(key).map(|value| self.value(key, value))
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
        entries.map(|(key, value)| (key.get_ref().as_ref(), self.value(key.get_ref(), value)))
    }

    fn value(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        let key = match self.key.as_str() {
            "" => key.to_owned(),
            before => format!("{before}.{key}"),
        };
        Value {
            source: self.source,
            key,
            value,
        }
    }
}
