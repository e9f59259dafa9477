//! The pages of the Simple API in HTML and JSON (PEP 503, 592, 629, 658 with 714, 691, 700, 740,
//! 792).

use serde_json::{Map, Value, json};

use super::file::IndexFile;

/// The content type of pages in JSON.
pub const JSON: &str = "application/vnd.pypi.simple.v1+json";
/// The content type of pages in HTML.
pub const HTML: &str = "text/html; charset=utf-8";

/// The page of one project.
#[derive(Debug, Clone, Default)]
pub(super) struct Project {
    pub files: Vec<IndexFile>,
    /// Status and reason.
    pub status: Option<(String, Option<String>)>,
}

impl Project {
    pub fn json(&self, name: &str, api_version: &str) -> String {
        let mut versions: Vec<&str> = self.files.iter().map(|file| &*file.version).collect();
        versions.sort_unstable();
        versions.dedup();
        let mut page = Map::new();
        page.insert("meta".into(), json!({ "api-version": api_version }));
        page.insert("name".into(), name.into());
        page.insert("versions".into(), versions.into());
        if let Some((status, reason)) = &self.status {
            let mut value = json!({ "status": status });
            if let Some(reason) = reason {
                value["reason"] = reason.as_str().into();
            }
            page.insert("project-status".into(), value);
        }
        page.insert("files".into(), self.files.iter().map(json_file).collect());
        Value::Object(page).to_string()
    }

    pub fn html(&self, name: &str, api_version: &str) -> String {
        let mut head = format!("<meta name=\"pypi:repository-version\" content=\"{api_version}\">");
        if let Some((status, reason)) = &self.status {
            head += &meta("pypi:project-status", status);
            if let Some(reason) = reason {
                head += &meta("pypi:project-status-reason", reason);
            }
        }
        let links: String = self.files.iter().map(html_file).collect();
        format!(
            "<!DOCTYPE html>\n<html><head>{head}<title>Links for {name}</title></head>\n\
             <body><h1>Links for {name}</h1>\n{links}</body></html>\n"
        )
    }
}

/// The page that lists the projects.
pub(super) fn root_json<'a>(names: impl Iterator<Item = &'a String>, api_version: &str) -> String {
    let projects: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
    json!({ "meta": { "api-version": api_version }, "projects": projects }).to_string()
}

/// The page that lists the projects.
pub(super) fn root_html<'a>(names: impl Iterator<Item = &'a String>, api_version: &str) -> String {
    let links: String = names
        .map(|name| format!("<a href=\"{name}/\">{name}</a><br>\n"))
        .collect();
    let head = meta("pypi:repository-version", api_version);
    format!("<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{links}</body></html>\n")
}

/// Where the file is, as seen from the project's page.
fn url(file: &IndexFile) -> String {
    match &file.url {
        Some(url) => url.clone(),
        None => format!("../../files/{}", encode(&file.filename)),
    }
}

/// What a path must not hold as it stands; `+` is encoded too, as PyPI does not but others do.
fn encode(filename: &str) -> String {
    filename
        .replace('%', "%25")
        .replace('+', "%2B")
        .replace(' ', "%20")
}

fn json_file(file: &IndexFile) -> Value {
    let mut value = json!({
        "filename": file.filename,
        "url": url(file),
        "hashes": file.hashes.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
    });
    let mut set = |key: &str, field: Value| value[key] = field;
    if let Some(size) = file.size {
        set("size", size.into());
    }
    if let Some(specifiers) = &file.requires_python {
        set("requires-python", specifiers.as_str().into());
    }
    if let Some(time) = &file.upload_time {
        set("upload-time", time.as_str().into());
    }
    if let Some(url) = &file.provenance {
        set("provenance", url.as_str().into());
    }
    set(
        "yanked",
        match &file.yanked {
            None => false.into(),
            Some(reason) if reason.is_empty() => true.into(),
            Some(reason) => reason.as_str().into(),
        },
    );
    if file.metadata.is_some() {
        let there: Value = match &file.metadata_hash {
            Some(hash) => json!({ "sha256": hash }),
            None => true.into(),
        };
        set("core-metadata", there.clone());
        set("dist-info-metadata", there);
    }
    value
}

fn html_file(file: &IndexFile) -> String {
    let fragment = match file.hashes.first() {
        Some((algorithm, hash)) => format!("#{algorithm}={hash}"),
        None => String::new(),
    };
    let mut link = format!("<a href=\"{}{fragment}\"", escape(&url(file)));
    let mut set = |key: &str, value: &str| link += &format!(" {key}=\"{}\"", escape(value));
    if let Some(specifiers) = &file.requires_python {
        set("data-requires-python", specifiers);
    }
    if let Some(reason) = &file.yanked {
        set("data-yanked", reason);
    }
    if let Some(url) = &file.provenance {
        set("data-provenance", url);
    }
    if file.metadata.is_some() {
        let there = match &file.metadata_hash {
            Some(hash) => format!("sha256={hash}"),
            None => "true".into(),
        };
        set("data-core-metadata", &there);
        set("data-dist-info-metadata", &there);
    }
    link + &format!(">{}</a><br>\n", escape(&file.filename))
}

fn meta(name: &str, content: &str) -> String {
    format!("<meta name=\"{name}\" content=\"{}\">", escape(content))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
