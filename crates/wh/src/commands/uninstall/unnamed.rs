//! Names for what a requirements file gives by a path or a URL alone: that of `#egg=`, as in pip, or the
//! one that the project's files have. Nothing is fetched or run for it; pip skips without a word what
//! has no `#egg=`.

use std::path::Path;

use url::Url;
use wh_packaging::ProjectName;
use wh_packaging::requirement::{SourcePlace, SourceUrl, Unnamed};
use wh_sdist::{Sdist, SdistError};

use crate::commands::requirements::UnnamedRoot;
use crate::failure::Failure;

/// What projects these are; all that do not tell are refused at once.
pub(super) fn names(unnamed: &[UnnamedRoot]) -> Result<Vec<ProjectName>, Failure> {
    let mut names = Vec::new();
    let mut silent = Vec::new();
    for one in unnamed {
        match name(&one.input) {
            Ok(name) => names.push(name),
            Err(why) => silent.push(format!("{} ({}): {why}", one.input.text, one.origin)),
        }
    }
    if silent.is_empty() {
        return Ok(names);
    }
    Err(Failure::No {
        message: "these do not tell what project they are, and nothing is fetched or run to find out:"
            .to_owned(),
        details: silent,
        hint: Some(
            "nothing was removed; give these projects by their names: `wh freeze` lists what is installed"
                .to_owned(),
        ),
    })
}

fn name(asked: &Unnamed) -> Result<ProjectName, String> {
    if let Some(name) = asked.egg() {
        return Ok(name);
    }
    let source = SourceUrl::parse(&asked.url).map_err(|error| error.to_string())?;
    let below = source.subdirectory.as_deref();
    let sdist = match &source.place {
        SourcePlace::Folder(place) => look(place, |path, _| wh_sdist::look_into(path, below)),
        SourcePlace::Archive(place) if place.scheme() == "file" => {
            look(place, |path, name| wh_sdist::look(path, name, below))
        }
        _ => Err("its URL has no `#egg=`".to_owned()),
    }?;
    let identity = sdist.identity().map_err(|why| why.to_string())?;
    Ok(identity.name)
}

/// What source of this machine says of itself; `how` is given its path and its last part.
fn look(
    place: &Url,
    how: impl Fn(&Path, &str) -> Result<Sdist, SdistError>,
) -> Result<Sdist, String> {
    let path = place.to_file_path().ok().filter(|path| path.exists());
    let path = path.ok_or("it is not there")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    how(&path, &name).map_err(|error| error.fault.to_string())
}
