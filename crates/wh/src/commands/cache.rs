//! `wh cache`: what is kept between runs told, removed, verified.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use wh_index::kept::{self, KeptFile, kept};
use wh_packaging::Event;
use wh_wheel::{Store, store::Held};

use crate::arguments::{CacheCommand, CacheInfoArgs, CachePruneArgs, CacheVerifyArgs};
use crate::context::Context;
use crate::failure::{Failure, Status};
use crate::terminal::{self, bytes, plural};

/// Does what was asked for.
pub fn run(command: &CacheCommand, context: &Context) -> Result<Status, Failure> {
    let Some(cache) = &context.cache else {
        return Err(Failure::malformed(
            "there is no cache: --no-cache was given",
        ));
    };
    match command {
        CacheCommand::Info(args) => info(args, cache, context),
        CacheCommand::Prune(args) => prune(args, cache, context),
        CacheCommand::Verify(args) => verify(args, cache, context),
    }
}

fn info(args: &CacheInfoArgs, cache: &Path, context: &Context) -> Result<Status, Failure> {
    let mut lines = format!("cache {}\n", cache.display());
    let mut sums: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for file in kept(cache).map_err(Failure::file)? {
        let (files, size) = sums.entry(file.what).or_default();
        *files += 1;
        *size += file.size;
    }
    for (what, (files, size)) in sums {
        lines += &format!("{:>10}  {what}: {}\n", bytes(size), plural(files, "file"));
    }
    let held = held(cache, context)?
        .map(|(_, held)| held)
        .unwrap_or_default();
    let (files, size) = sum(&held);
    lines += &format!(
        "{:>10}  store: {} of {}\n",
        bytes(size),
        plural(held.len(), "distribution"),
        plural(files, "file")
    );
    if args.list {
        lines.extend(held.iter().map(line));
    }
    terminal::print(&lines).map_err(Failure::file)?;
    Ok(Status::Done)
}

fn prune(args: &CachePruneArgs, cache: &Path, context: &Context) -> Result<Status, Failure> {
    let limit = Duration::from_secs(args.unused_for.saturating_mul(24 * 60 * 60));
    let is_old = |age: Duration| args.all || age >= limit;
    let old: Vec<KeptFile> = kept(cache)
        .map_err(Failure::file)?
        .into_iter()
        .filter(|file| is_old(file.age))
        .collect();
    let store = held(cache, context)?;
    let unused: Vec<Held> = store
        .iter()
        .flat_map(|(_, held)| held)
        .filter(|one| is_old(one.unused) && (args.all || !one.linked))
        .cloned()
        .collect();
    if !args.dry_run {
        for file in &old {
            kept::remove(file).map_err(Failure::file)?;
        }
        if let Some((store, _)) = &store {
            store.remove_leftovers();
            for one in &unused {
                store.remove(one).map_err(Failure::file)?;
            }
        }
    }
    let lines: String = unused.iter().map(line).collect();
    terminal::print(&lines).map_err(Failure::file)?;
    let verb = if args.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    let size = old.iter().map(|file| file.size).sum::<u64>() + sum(&unused).1;
    context.terminal.note(&format!(
        "{}, {}, {}: {verb}",
        plural(unused.len(), "distribution"),
        plural(old.len(), "other file"),
        bytes(size)
    ));
    Ok(Status::Done)
}

fn verify(args: &CacheVerifyArgs, cache: &Path, context: &Context) -> Result<Status, Failure> {
    let Some((store, held)) = held(cache, context)? else {
        context
            .terminal
            .note("Verified 0 distributions: there is no store");
        return Ok(Status::Done);
    };
    let mut wrong = 0;
    let mut lines = String::new();
    for one in &held {
        let changed = store.changed(one);
        let name = one.wheel.as_deref().unwrap_or(&one.sha256);
        match &changed {
            Some(files) if files.is_empty() => continue,
            Some(files) => lines.extend(files.iter().map(|file| format!("{name}: {file}\n"))),
            None => lines += &format!("{name}: its manifest cannot be used\n"),
        }
        wrong += 1;
        // folders that environments are linked to are not taken away from them
        if !args.dry_run && !one.linked {
            store.remove(one).map_err(Failure::file)?;
        }
    }
    terminal::print(&lines).map_err(Failure::file)?;
    let count = plural(held.len(), "distribution");
    if wrong == 0 {
        context.terminal.note(&format!("Verified {count}"));
        return Ok(Status::Done);
    }
    Err(Failure::No {
        message: format!("{} of {count} differ from what was stored", wrong),
        details: Vec::new(),
        hint: Some(
            "`wh verify --python PATH` tells in which environment a file was edited; `wh install --force-reinstall` puts it right"
                .to_owned(),
        ),
    })
}

/// The store, locked, and what it holds.
fn held(cache: &Path, context: &Context) -> Result<Option<(Store, Vec<Held>)>, Failure> {
    let waits = |folder: &Path| {
        let what = folder.to_string_lossy();
        let event = Event::Waiting {
            what: &what,
            holder: None,
        };
        context.terminal.event(event);
    };
    let store = Store::alone(cache, waits).map_err(|error| Failure::No {
        message: error.to_string(),
        details: std::error::Error::source(&error)
            .map(ToString::to_string)
            .into_iter()
            .collect(),
        hint: Some("--cache-dir names another cache folder".to_owned()),
    })?;
    let Some(store) = store else {
        return Ok(None);
    };
    let held = store.held().map_err(Failure::file)?;
    Ok(Some((store, held)))
}

fn sum(held: &[Held]) -> (usize, u64) {
    let files = held.iter().map(|one| one.files).sum();
    (files, held.iter().map(|one| one.bytes).sum())
}

fn line(one: &Held) -> String {
    let name = one.wheel.as_deref().unwrap_or(&one.sha256);
    let linked = if one.linked {
        " (linked by folders)"
    } else {
        ""
    };
    format!("{:>10}  {name}{linked}\n", bytes(one.bytes))
}
