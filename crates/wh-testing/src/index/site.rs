//! Which response a request gets: routes, then faults, then conditions and ranges (RFC 9110 13,
//! 14).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::Format;
use super::fault::Fault;
use super::http::{Body, Request, Response};
use super::page::{HTML, JSON, Project, root_html, root_json};
use crate::wheel::normalized_name;

/// All that an index holds and saw.
#[derive(Debug)]
pub(super) struct Site {
    pub projects: BTreeMap<String, Project>,
    pub others: HashMap<String, (String, Body)>,
    pub faults: Vec<(String, Fault)>,
    pub format: Format,
    pub api_version: String,
    pub cache_control: String,
    pub latency: Duration,
    pub log: Vec<Request>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            projects: BTreeMap::new(),
            others: HashMap::new(),
            faults: Vec::new(),
            format: Format::default(),
            api_version: "1.4".into(),
            cache_control: "max-age=0".into(),
            latency: Duration::ZERO,
            log: Vec::new(),
        }
    }
}

impl Site {
    pub fn answer(&mut self, request: &Request) -> Response {
        self.log.push(request.clone());
        let nth = self.log.len();
        let mut response = match request.method.as_str() {
            "GET" | "HEAD" => self.route(request),
            _ => Response::text(405, "only GET and HEAD"),
        };
        response.delivery.delay = self.latency;
        let mut whole_body_only = response.header("Accept-Ranges").is_none();
        for (pattern, fault) in &mut self.faults {
            if matches(pattern, &request.path) && fault.strikes() {
                fault.apply(request, &mut response, nth);
                whole_body_only |= fault.whole_body_only();
            }
        }
        if response.status == 200 {
            condition(request, &mut response, whole_body_only);
        }
        response
    }

    fn route(&self, request: &Request) -> Response {
        let path = request.path.as_str();
        if let Some((content_type, body)) = self.others.get(path) {
            return file(content_type, body.clone());
        }
        if path == "/simple/" {
            let (names, api) = (|| self.projects.keys(), &self.api_version);
            return self.page(
                request,
                || root_json(names(), api),
                || root_html(names(), api),
            );
        }
        if let Some(name) = path.strip_prefix("/simple/") {
            return self.project_page(request, name);
        }
        if let Some(name) = path.strip_prefix("/files/")
            && let Some(response) = self.file(name)
        {
            return response;
        }
        Response::text(404, "not found")
    }

    fn project_page(&self, request: &Request, name: &str) -> Response {
        let Some(asked) = name.strip_suffix('/') else {
            return redirect(&format!("/simple/{name}/"));
        };
        let Some(project) = self.projects.get(&normalized_name(asked)) else {
            return Response::text(404, "no such project");
        };
        let name = normalized_name(asked);
        if name != asked {
            return redirect(&format!("/simple/{name}/"));
        }
        let api = &self.api_version;
        self.page(
            request,
            || project.json(&name, api),
            || project.html(&name, api),
        )
    }

    fn page(
        &self,
        request: &Request,
        json: impl Fn() -> String,
        html: impl Fn() -> String,
    ) -> Response {
        let accept = request.header("accept").unwrap_or("*/*");
        let takes_json = accept.contains(JSON) || accept.contains("simple.latest+json");
        let (content_type, text) = match self.format {
            Format::Html => (HTML, html()),
            Format::Both if !takes_json => (HTML, html()),
            Format::Json if !takes_json && !accept.contains("*/*") => {
                return Response::text(406, "only JSON");
            }
            Format::Both | Format::Json => (JSON, json()),
        };
        let etag = format!("\"{}\"", &crate::sha256_hex(text.as_bytes())[..32]);
        let mut response = Response::new(200, content_type, Body::new(text));
        response.set("ETag", etag);
        response.set("Vary", "Accept");
        response.set("Cache-Control", self.cache_control.clone());
        response
    }

    /// A file, or METADATA beside it.
    fn file(&self, name: &str) -> Option<Response> {
        let mut files = self.projects.values().flat_map(|project| &project.files);
        if let Some(found) = files.clone().find(|file| file.filename == name) {
            return Some(file_with_etag(found.body.clone(), &found.hashes));
        }
        let wheel = name.strip_suffix(".metadata")?;
        let found = files.find(|file| file.filename == wheel)?;
        Some(file(
            "application/octet-stream",
            Body::new(found.metadata.clone()?),
        ))
    }
}

fn file_with_etag(body: Body, hashes: &[(String, String)]) -> Response {
    let mut response = file("application/octet-stream", body);
    if let Some((_, hash)) = hashes.first() {
        response.set("ETag", format!("\"{hash}\""));
    }
    response
}

/// A response for a file: ranges, a long life in caches, an ETag that changes with its length.
fn file(content_type: &str, body: Body) -> Response {
    let etag = match &body {
        Body::Bytes(bytes) => crate::sha256_hex(bytes),
        Body::File(path, length) => format!("{}-{length}", path.display()),
    };
    let mut response = Response::new(200, content_type, body);
    response.set("Accept-Ranges", "bytes");
    response.set("ETag", format!("\"{etag}\""));
    response.set("Cache-Control", "max-age=365000000, immutable, public");
    response
}

fn redirect(to: &str) -> Response {
    let mut response = Response::text(301, "moved");
    response.set("Location", to);
    response
}

/// If-None-Match, If-Range and Range.
fn condition(request: &Request, response: &mut Response, whole_body_only: bool) {
    let etag = response.header("ETag").unwrap_or_default();
    let known = request.header("if-none-match").unwrap_or_default();
    if !etag.is_empty() && known.split(',').any(|known| known.trim() == etag) {
        response.status = 304;
        return;
    }
    let changed = response.header("Last-Modified").unwrap_or_default();
    if whole_body_only
        || request
            .header("if-range")
            .is_some_and(|known| known != etag && known != changed)
    {
        return;
    }
    match request.byte_range(response.body.len()) {
        Ok(None) => {}
        Ok(Some(part)) => {
            response.status = 206;
            response.part = Some(part);
        }
        Err(()) => {
            let total = response.body.len();
            let delivery = std::mem::take(&mut response.delivery);
            *response = Response::text(416, "no such range");
            response.set("Content-Range", format!("bytes */{total}"));
            response.delivery = delivery;
        }
    }
}

/// Whether a path matches a pattern in which `*` stands for any characters.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
