//! `--exclude-newer`: the cut-off by age of the run, of indexes and of projects.

use wh_index::{Limit, Limits};
use wh_packaging::CutOff;
use wh_packaging::cut_off::Day;
use wh_resolver::Age;

use super::requirements::project_name;
use crate::arguments::ChoosingArgs;
use crate::context::Context;
use crate::failure::Failure;
use crate::settings::IndexCutOff;

/// The cut-offs of the run and of projects.
pub fn limits(choosing: &ChoosingArgs, context: &Context) -> Result<Limits, Failure> {
    let mut limits = Limits::default();
    if let Some(text) = &choosing.exclude_newer {
        limits.run = Some(cut_off(text, "--exclude-newer", Day::Counts, context)?);
    }
    if let Some(text) = &choosing.uploaded_prior_to {
        limits.run = Some(cut_off(text, "--uploaded-prior-to", Day::DoesNot, context)?);
    }
    for given in &choosing.exclude_newer_package {
        let (name, value) = given.split_once('=').ok_or_else(|| {
            Failure::malformed_because(
                format!("--exclude-newer-package: `{given}` has no `=`"),
                "it is written as `NAME=2026-01-31`, `NAME=P7D` or `NAME=false`",
            )
        })?;
        let limit = match value {
            "false" => Limit::Exempt,
            text => Limit::Own(cut_off(
                text,
                "--exclude-newer-package",
                Day::Counts,
                context,
            )?),
        };
        limits.projects.insert(project_name(name.trim())?, limit);
    }
    Ok(limits)
}

/// The cut-off of an index of `wh.toml`.
pub fn of_index(given: &IndexCutOff, context: &Context) -> Result<Limit, Failure> {
    Ok(match given {
        IndexCutOff::AsTheRun => Limit::AsTheRun,
        IndexCutOff::Exempt => Limit::Exempt,
        IndexCutOff::Own(text, place) => Limit::Own(cut_off(text, place, Day::Counts, context)?),
    })
}

fn cut_off(text: &str, place: &str, day: Day, context: &Context) -> Result<CutOff, Failure> {
    CutOff::parse(text, context.now, day).map_err(|error| {
        Failure::malformed_because(
            format!("{place}: {error}"),
            "it is a date (2026-01-31), a time (2026-01-31T12:00:00Z), or an age (P7D, `7 days`)",
        )
    })
}

/// The cut-offs as a lock records them.
pub fn recorded(limits: &Limits, context: &Context) -> Age {
    let text = |limit: &Limit| match limit {
        Limit::Own(cut_off) => Some(cut_off.recorded().to_owned()),
        Limit::Exempt => Some("false".to_owned()),
        Limit::AsTheRun => None,
    };
    let of_projects = limits
        .projects
        .iter()
        .filter_map(|(name, limit)| Some(format!("{name}={}", text(limit)?)));
    let indexes = context.settings.file.iter().flat_map(|file| &file.indexes);
    let of_indexes = indexes.filter_map(|index| {
        let text = text(&of_index(&index.exclude_newer, context).ok()?)?;
        Some(format!("index {}={text}", index.name))
    });
    let exceptions: Vec<String> = of_projects.chain(of_indexes).collect();
    let any = limits.run.is_some() || exceptions.iter().any(|one| !one.ends_with("=false"));
    Age {
        exclude_newer: limits.run.as_ref().map(|one| one.recorded().to_owned()),
        // exceptions to no rule say nothing
        exceptions: if any { exceptions } else { Vec::new() },
    }
}
