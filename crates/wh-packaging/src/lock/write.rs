//! Writing `pylock.toml`: keys in the order of PEP 751, files as inline tables, one a line.
//!
//! The layout is put together here; `toml_edit` writes each value, so that quoting is its matter.

use std::fmt::Write;

use serde::Serialize;
use toml_edit::ser::ValueSerializer;
use toml_edit::{Datetime, InlineTable, Value};

use super::{Lock, LockTool, LockedFile, LockedPackage};
use crate::VersionSpecifiers;
use crate::requirement::display_marker;

impl Lock {
    /// The lock as text, sorted whatever the order of its parts.
    ///
    /// An environment that always holds cannot be said as a marker: where there is one,
    /// `environments` is left out, which means the same.
    pub fn to_toml(&self) -> String {
        let mut lock = self.clone();
        lock.sort();
        let mut out = String::new();
        string(&mut out, "lock-version", &lock.lock_version);
        let environments: Option<Vec<String>> =
            lock.environments.iter().map(display_marker).collect();
        strings(&mut out, "environments", &environments.unwrap_or_default());
        specifiers(&mut out, "requires-python", lock.requires_python.as_ref());
        strings(&mut out, "extras", &lock.extras);
        strings(&mut out, "dependency-groups", &lock.dependency_groups);
        strings(&mut out, "default-groups", &lock.default_groups);
        string(&mut out, "created-by", &lock.created_by);
        if lock.packages.is_empty() {
            out.push_str("packages = []\n");
        }
        for package in &lock.packages {
            out.push_str("\n[[packages]]\n");
            write_package(&mut out, package, "packages");
        }
        if let Some(tool) = &lock.tool {
            write_tool(&mut out, tool);
        }
        out
    }
}

fn write_package(out: &mut String, package: &LockedPackage, key: &str) {
    string(out, "name", package.name.as_ref());
    if let Some(version) = &package.version {
        string(out, "version", &version.to_string());
    }
    if let Some(marker) = &package.marker {
        string(out, "marker", marker);
    }
    specifiers(out, "requires-python", package.requires_python.as_ref());
    let dependencies = package.dependencies.iter().map(|dependency| {
        let mut table = InlineTable::new();
        table.insert("name", dependency.name.as_ref().into());
        if let Some(version) = &dependency.version {
            table.insert("version", version.to_string().into());
        }
        table
    });
    tables(out, "dependencies", dependencies);
    for (key, file) in [("archive", &package.archive), ("sdist", &package.sdist)] {
        // the standard's order: archive, index, sdist, wheels
        if key == "sdist"
            && let Some(index) = &package.index
        {
            string(out, "index", index);
        }
        if let Some(file) = file {
            let named = key != "archive";
            line(out, key, &Value::InlineTable(file_table(file, named)));
        }
    }
    tables(
        out,
        "wheels",
        package.wheels.iter().map(|file| file_table(file, true)),
    );
    // those that the standard has beside the files belong to other tools' locks
    if let Some(source) = package
        .source
        .as_ref()
        .filter(|_| package.unsupported.is_none())
    {
        let _ = writeln!(out, "\n[{key}.tool.wh]");
        line(out, source.kind(), &Value::InlineTable(source.to_table()));
    }
}

fn file_table(file: &LockedFile, named: bool) -> InlineTable {
    let mut table = InlineTable::new();
    if named {
        table.insert("name", file.name.as_str().into());
    }
    let upload_time = file.upload_time.as_deref();
    if let Some(time) = upload_time.and_then(|text| text.parse::<Datetime>().ok()) {
        table.insert("upload-time", time.into());
    }
    if let Some(url) = &file.url {
        table.insert("url", url.into());
    }
    if let Some(path) = &file.path {
        table.insert("path", path.into());
    }
    // TOML integers end at i64; no file does
    if let Some(size) = file.size.and_then(|size| i64::try_from(size).ok()) {
        table.insert("size", size.into());
    }
    let hashes: InlineTable = file.hashes.iter().collect();
    table.insert("hashes", hashes.into());
    if let Some(subdirectory) = &file.subdirectory {
        table.insert("subdirectory", subdirectory.into());
    }
    table
}

fn write_tool(out: &mut String, tool: &LockTool) {
    out.push_str("\n[tool.wh]\n");
    for (key, value) in entries(tool) {
        match (key.as_str(), value) {
            ("targets" | "files" | "builds", _) => {}
            (key, Value::Array(array)) => {
                let items = array.iter().map(|value| value.to_string());
                multiline(out, key, items);
            }
            (key, value) => line(out, key, &value),
        }
    }
    for build in &tool.builds {
        out.push_str("\n[[tool.wh.builds]]\n");
        for (key, value) in entries(build) {
            match value {
                Value::Array(array) if key == "files" => {
                    multiline(out, &key, array.iter().map(|value| value.to_string()));
                }
                value => line(out, &key, &value),
            }
        }
    }
    for package in &tool.build_packages {
        out.push_str("\n[[tool.wh.build-packages]]\n");
        write_package(out, package, "tool.wh.build-packages");
    }
    for target in &tool.targets {
        out.push_str("\n[[tool.wh.targets]]\n");
        for (key, value) in entries(target) {
            line(out, &key, &value);
        }
    }
    if !tool.files.is_empty() {
        out.push_str("\n[tool.wh.files]\n");
        for (name, facts) in &tool.files {
            let table: InlineTable = entries(facts).into_iter().collect();
            line(out, name, &Value::InlineTable(table));
        }
    }
}

/// The keys and values of a structure.
fn entries(value: &impl Serialize) -> Vec<(String, Value)> {
    match value.serialize(ValueSerializer::new()) {
        Ok(Value::InlineTable(table)) => table
            .into_iter()
            .map(|(key, value)| (key.to_string(), value))
            .collect(),
        // these structures hold text, lists, tables and truth values: nothing can fail
        _ => Vec::new(),
    }
}

fn string(out: &mut String, key: &str, text: &str) {
    line(out, key, &Value::from(text));
}

fn line(out: &mut String, key: &str, value: &Value) {
    let key = toml_edit::Key::new(key);
    let value = value.clone().decorated("", "");
    // a String takes all that is written to it
    let _ = writeln!(out, "{} = {value}", key.display_repr());
}

fn specifiers(out: &mut String, key: &str, specifiers: Option<&VersionSpecifiers>) {
    if let Some(specifiers) = specifiers {
        let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
        string(out, key, &parts.join(","));
    }
}

fn strings(out: &mut String, key: &str, items: &[String]) {
    if !items.is_empty() {
        multiline(
            out,
            key,
            items.iter().map(|item| Value::from(item).to_string()),
        );
    }
}

fn tables(out: &mut String, key: &str, items: impl Iterator<Item = InlineTable>) {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    if !items.is_empty() {
        multiline(out, key, items.into_iter());
    }
}

fn multiline(out: &mut String, key: &str, items: impl Iterator<Item = String>) {
    let _ = writeln!(out, "{key} = [");
    for item in items {
        let _ = writeln!(out, "    {},", item.trim());
    }
    out.push_str("]\n");
}
