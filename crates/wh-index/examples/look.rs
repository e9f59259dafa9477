//! Prints what an index says of projects: `look INDEX_URL PROJECT...`, with the METADATA of the
//! last wheel of each.

use std::sync::Arc;

use wh_index::{Index, IndexSettings, IndexUrl};
use wh_packaging::report::Silent;
use wh_resolver::Provider;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: look INDEX_URL PROJECT...")?;
    let settings = IndexSettings {
        indexes: vec![IndexUrl::new(url.parse()?)],
        cache_dir: std::env::var_os("CACHE").map(Into::into),
        ..IndexSettings::default()
    };
    let index = Index::new(settings, Arc::new(Silent))?;
    for project in arguments {
        let started = std::time::Instant::now();
        let files = index.files(&project.parse()?)?;
        println!(
            "{project}: known {}, {} files, {} passed over, {:?}",
            files.known,
            files.files.len(),
            files.passed_over.len(),
            started.elapsed()
        );
        let wheel = files
            .files
            .iter()
            .rev()
            .find(|file| file.name.ends_with(".whl"));
        if let Some(wheel) = wheel {
            let started = std::time::Instant::now();
            let mut bare = wh_packaging::DistributionFile::clone(wheel);
            bare.core_metadata = Default::default();
            bare.hashes = Default::default();
            let metadata = index.metadata(wheel)?;
            let took = started.elapsed();
            let started = std::time::Instant::now();
            let by_range = index.metadata(&bare)?;
            println!(
                "  {}: {} requirements, {took:?}; by range the same: {}, {:?}",
                wheel.name,
                metadata.requires_dist.len(),
                by_range == metadata,
                started.elapsed()
            );
        }
    }
    Ok(())
}
