//! Resolves over an index: `resolve INDEX_URL TARGET REQUIREMENT...` prints the pins. With CACHE,
//! pages and METADATA are kept in that folder; with NO_CRAWL nothing is fetched ahead.

use std::sync::Arc;

use wh_index::{CrawlRequest, Index, IndexSettings, IndexUrl};
use wh_packaging::class::classes;
use wh_packaging::report::Silent;
use wh_packaging::requirement::parse;
use wh_packaging::{Root, Target};
use wh_resolver::{Options, Request, resolve};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .ok_or("usage: resolve INDEX_URL TARGET REQUIREMENT...")
    };
    let settings = IndexSettings {
        indexes: vec![IndexUrl::new(next()?.parse()?)],
        cache_dir: std::env::var_os("CACHE").map(Into::into),
        ..IndexSettings::default()
    };
    let classes = classes(vec![Target::from_name(&next()?)?]);
    let mut requirements = Vec::new();
    for text in arguments {
        requirements.push(Root {
            requirement: parse(&text)?,
            origin: "command line".to_owned(),
            hashes: Vec::new(),
        });
    }
    let index = Index::new(settings, Arc::new(Silent))?;
    let options = Options::default();
    let crawl = std::env::var_os("NO_CRAWL").is_none().then(|| {
        index.crawl(CrawlRequest {
            classes: classes.clone(),
            requirements: requirements.clone(),
            constraints: Vec::new(),
            options: options.clone(),
        })
    });
    let request = Request {
        class: &classes[0],
        requirements: &requirements,
        constraints: &[],
        options: &options,
    };
    let resolution = resolve(&request, &index)?;
    drop(crawl);
    for (project, chosen) in &resolution.chosen {
        println!("{project}=={}", chosen.version);
    }
    Ok(())
}
