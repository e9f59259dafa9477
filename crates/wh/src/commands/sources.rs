//! Where distributions come from: options, variables and netrc as settings of the index client.

use std::path::PathBuf;
use std::time::Duration;

use super::cut_offs;
use super::file_options::FileOptions;
use url::Url;
use wh_index::find_links::FindLink;
use wh_index::source::Git;
use wh_index::{IndexSettings, IndexUrl, Strategy};

use crate::arguments::{IndexArgs, IndexStrategy, KeyringProvider};
use crate::context::Context;
use crate::failure::Failure;
use crate::settings::{NamedIndex, variable_part};
use crate::terminal::url_without_secrets;

/// PyPI, the index where none is named.
pub const DEFAULT_INDEX: &str = "https://pypi.org/simple/";

/// The settings that options and requirements files mean together; options come first.
pub fn settings(
    args: &IndexArgs,
    in_files: &FileOptions,
    context: &Context,
) -> Result<IndexSettings, Failure> {
    let mut find_links = Vec::new();
    for place in args.find_links.iter().chain(&in_files.find_links) {
        find_links.push(FindLink::parse(place, &context.cwd)?);
    }
    Ok(IndexSettings {
        indexes: indexes(args, in_files, context)?,
        find_links,
        no_index: args.no_index || in_files.no_index,
        strategy: match args.index_strategy {
            IndexStrategy::FirstIndex => Strategy::FirstIndex,
            IndexStrategy::BestMatch => Strategy::BestMatch,
        },
        retries: args.retries,
        timeout: Duration::from_secs(args.timeout),
        http_proxy: proxy(args, context, &["http_proxy", "HTTP_PROXY"])?,
        https_proxy: proxy(args, context, &["https_proxy", "HTTPS_PROXY"])?,
        no_proxy: first_variable(context, &["no_proxy", "NO_PROXY"]),
        cert: cert(args, context),
        client_cert: args.client_cert.as_ref().map(|path| context.absolute(path)),
        trusted_hosts: args
            .trusted_host
            .iter()
            .chain(&in_files.trusted_hosts)
            .cloned()
            .collect(),
        cache_dir: context.cache.clone(),
        offline: context.offline,
        netrc: netrc(context),
        keyring: keyring(args, context)?,
        user_agent: concat!("wh/", env!("CARGO_PKG_VERSION")).to_owned(),
        ..IndexSettings::default()
    })
}

/// The indexes in order: those that `wh.toml` names, extra ones as given, the last resort last.
fn indexes(
    args: &IndexArgs,
    in_files: &FileOptions,
    context: &Context,
) -> Result<Vec<IndexUrl>, Failure> {
    let of_pip = context.settings.pip_index_url.as_ref();
    let last = (args.index_url.as_deref())
        .or(in_files.index_url.as_deref())
        .or(of_pip.and_then(|given| given.values.first().map(String::as_str)))
        .unwrap_or(DEFAULT_INDEX);
    let named = context.settings.file.iter().flat_map(|file| &file.indexes);
    let named = named.map(|index| named_index(index, context));
    let mut indexes = named.collect::<Result<Vec<IndexUrl>, Failure>>()?;
    let unnamed = args
        .extra_index_url
        .iter()
        .chain(&in_files.extra_index_urls);
    for text in unnamed.map(String::as_str).chain([last]) {
        let url = index_url(text).map_err(|reason| {
            Failure::malformed_because(
                format!("`{}` is not the URL of an index: {reason}", url_without_secrets(text)),
                "an index is an http:, https: or file: URL such as https://packages.example/simple/",
            )
        })?;
        indexes.push(IndexUrl::new(url));
    }
    Ok(indexes)
}

/// An index of `wh.toml`, with the credentials that variables give it.
fn named_index(index: &NamedIndex, context: &Context) -> Result<IndexUrl, Failure> {
    let mut url = index.url.clone();
    let variable =
        |what| context.variable(&format!("WH_INDEX_{}_{what}", variable_part(&index.name)));
    // both fail only for URLs that cannot have credentials
    if let Some(username) = variable("USERNAME") {
        let _ = url.set_username(&username);
    }
    if let Some(password) = variable("PASSWORD") {
        let _ = url.set_password(Some(&password));
    }
    Ok(IndexUrl {
        name: Some(index.name.clone()),
        projects: index.projects.clone(),
        limit: cut_offs::of_index(&index.exclude_newer, context)?,
        ..IndexUrl::new(url)
    })
}

/// What is trusted in place of the machine's authorities, named as pip and its kin name it.
fn cert(args: &IndexArgs, context: &Context) -> Option<PathBuf> {
    let names = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];
    let in_variable = || first_variable(context, &names).map(PathBuf::from);
    let path = args.cert.clone().or_else(in_variable)?;
    Some(context.absolute(&path))
}

/// The `keyring` command on PATH, where it is to be asked.
fn keyring(args: &IndexArgs, context: &Context) -> Result<Option<PathBuf>, Failure> {
    if args.keyring_provider == KeyringProvider::Disabled {
        return Ok(None);
    }
    match command("keyring", context) {
        Some(command) => Ok(Some(command)),
        None => Err(Failure::malformed_because(
            "there is no `keyring` command on PATH",
            "install it (`pip install keyring`), or leave --keyring-provider out",
        )),
    }
}

/// The git that is installed, for repositories that are asked for; it goes by the same proxy, and
/// trusts the same authorities, where options name them.
pub fn git(args: &IndexArgs, context: &Context) -> Option<Git> {
    let command = command("git", context)?;
    let mut environment = Vec::new();
    if let Some(proxy) = &args.proxy {
        for name in ["http_proxy", "https_proxy"] {
            environment.push((name.to_owned(), proxy.clone()));
        }
    }
    if let Some(path) = &args.cert {
        let path = context.absolute(path);
        let name = match path.is_dir() {
            true => "GIT_SSL_CAPATH",
            false => "GIT_SSL_CAINFO",
        };
        environment.push((name.to_owned(), path.to_string_lossy().into_owned()));
    }
    Some(Git {
        command,
        environment,
    })
}

/// A command on PATH.
fn command(name: &str, context: &Context) -> Option<PathBuf> {
    let name = match cfg!(windows) {
        true => format!("{name}.exe"),
        false => name.to_owned(),
    };
    let mut folders = context.path().into_iter();
    folders.find_map(|folder| Some(folder.join(&name)).filter(|path| path.is_file()))
}

/// Reads the URL of an index; an error is what is wrong with it.
pub fn index_url(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https" | "file") {
        return Err("unknown scheme".to_owned());
    }
    // project pages are relative to the base, which is therefore a folder
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn proxy(args: &IndexArgs, context: &Context, variables: &[&str]) -> Result<Option<Url>, Failure> {
    let given = args
        .proxy
        .clone()
        .or_else(|| first_variable(context, variables))
        .or_else(|| first_variable(context, &["all_proxy", "ALL_PROXY"]));
    let Some(text) = given else { return Ok(None) };
    let with_scheme = if text.contains("://") {
        text.clone()
    } else {
        format!("http://{text}")
    };
    let refused = |reason: &str| {
        Failure::malformed_because(
            format!(
                "`{}` is not the URL of a proxy: {reason}",
                url_without_secrets(&text)
            ),
            "a proxy is an address such as http://USER:PASSWORD@HOST:PORT, https:, socks5: or socks5h:",
        )
    };
    let url = Url::parse(&with_scheme).map_err(|error| refused(&error.to_string()))?;
    // the client passes over any other in silence
    if !matches!(
        url.scheme(),
        "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h"
    ) {
        return Err(refused("unknown scheme"));
    }
    match url.host_str() {
        Some(host) if !host.is_empty() => Ok(Some(url)),
        _ => Err(refused("it names no host")),
    }
}

fn first_variable(context: &Context, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| context.variable(name))
}

/// The text of netrc: the file that NETRC names, else the one in the home folder.
fn netrc(context: &Context) -> Option<String> {
    let path = match context.variable("NETRC") {
        Some(path) => context.absolute(path.as_ref()),
        None => context
            .home()?
            .join(if cfg!(windows) { "_netrc" } else { ".netrc" }),
    };
    fs_err::read_to_string(path).ok()
}
