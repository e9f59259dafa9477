//! Walking over a TOML document with the place of each value at hand, strict about types.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::LockError;

/// The text, to tell lines from bytes.
#[derive(Clone, Copy)]
pub(super) struct Source<'a>(pub &'a str);

impl Source<'_> {
    /// The line of a byte, from 1.
    pub(super) fn line(self, span: Range<usize>) -> usize {
        let end = span.start.min(self.0.len());
        1 + self.0.as_bytes()[..end]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
    }
}

/// A value and the keys that lead to it.
#[derive(Clone)]
pub(super) struct Value<'a> {
    source: Source<'a>,
    key: String,
    value: &'a Spanned<DeValue<'a>>,
}

/// A table and the keys that lead to it.
pub(super) struct Table<'a> {
    source: Source<'a>,
    key: String,
    span: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Value<'a> {
    /// An error at this value.
    pub(super) fn error(&self, message: impl Into<String>) -> LockError {
        LockError::Value {
            line: self.source.line(self.value.span()),
            key: self.key.clone(),
            message: message.into(),
        }
    }

    fn wrong(&self, expected: &str) -> LockError {
        let found = self.value.get_ref().type_str();
        self.error(format!("is {found}, where {expected} must stand"))
    }

    pub(super) fn string(&self) -> Result<&'a str, LockError> {
        let value = self.value.get_ref();
        value.as_str().ok_or_else(|| self.wrong("a string"))
    }

    /// A string, read by `read`.
    pub(super) fn parse<T, E: std::fmt::Display>(
        &self,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, LockError> {
        read(self.string()?).map_err(|e| self.error(e.to_string()))
    }

    pub(super) fn unsigned(&self) -> Result<u64, LockError> {
        let integer = self.value.get_ref().as_integer();
        integer
            .and_then(|i| u64::from_str_radix(i.as_str(), i.radix()).ok())
            .ok_or_else(|| self.wrong("a number of bytes"))
    }

    /// A date and time, as text.
    pub(super) fn datetime(&self) -> Result<String, LockError> {
        match self.value.get_ref().as_datetime() {
            Some(time) if time.date.is_some() && time.time.is_some() => Ok(time.to_string()),
            _ => Err(self.wrong("a date with its time")),
        }
    }

    pub(super) fn array(&self) -> Result<Vec<Value<'a>>, LockError> {
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

    pub(super) fn table(&self) -> Result<Table<'a>, LockError> {
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
    pub(super) fn raw(&self) -> Spanned<DeValue<'a>> {
        self.value.clone()
    }
}

impl<'a> Table<'a> {
    pub(super) fn root(source: Source<'a>, table: &'a Spanned<DeTable<'a>>) -> Self {
        Self {
            source,
            key: String::new(),
            span: 0..0,
            table: table.get_ref(),
        }
    }

    /// An error at this table.
    pub(super) fn error(&self, message: impl Into<String>) -> LockError {
        LockError::Value {
            line: self.source.line(self.span.clone()),
            key: self.key.clone(),
            message: message.into(),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        self.table.get(key).map(|value| self.value(key, value))
    }

    pub(super) fn needed(&self, key: &str) -> Result<Value<'a>, LockError> {
        self.get(key)
            .ok_or_else(|| self.error(format!("`{key}` is missing")))
    }

    /// The value of a key, read by `read`, where the key is there.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(Value<'a>) -> Result<T, LockError>,
    ) -> Result<Option<T>, LockError> {
        self.get(key).map(read).transpose()
    }

    /// The values of an array, each read by `read`; none where the key is not there.
    pub(super) fn list<T>(
        &self,
        key: &str,
        read: impl Fn(Value<'a>) -> Result<T, LockError>,
    ) -> Result<Vec<T>, LockError> {
        match self.get(key) {
            Some(value) => value.array()?.into_iter().map(read).collect(),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
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
