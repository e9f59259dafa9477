//! What the resolver says beforehand that it may ask for, and what it makes of not being heard.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use url::Url;
use wh_packaging::class::classes;
use wh_packaging::{
    DistributionFile, Filename, Metadata, Origin, ProjectFiles, ProjectName, Root, Target,
};
use wh_resolver::{Options, Provider, ProviderError, Request, resolve};

/// `a` has many versions that all but the last require a `b` that is not there.
#[derive(Default)]
struct Long {
    named: Mutex<BTreeSet<String>>,
    late: Mutex<usize>,
}

const VERSIONS: usize = 200;

impl Provider for Long {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let count = if project.as_ref() == "a" { VERSIONS } else { 1 };
        let file = |number: usize| {
            let name = format!("{project}-{number}-py3-none-any.whl");
            let url = Url::parse(&format!("https://files.example/{name}")).unwrap();
            let wheel = Filename::Wheel(name.parse().unwrap());
            Arc::new(DistributionFile::new(wheel, name, url, Origin::FindLinks))
        };
        Ok(Arc::new(ProjectFiles {
            known: true,
            files: (1..=count).map(file).collect(),
            ..ProjectFiles::default()
        }))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        if !self.named.lock().unwrap().contains(&file.name) {
            *self.late.lock().unwrap() += 1;
        }
        let (name, version) = (file.filename.project(), file.version());
        let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        if name.as_ref() == "a" && version.to_string() != "1" {
            text.push_str(&format!("Requires-Dist: b=={version}\n"));
        }
        Ok(Arc::new(Metadata::parse(text.as_bytes()).unwrap()))
    }

    fn prefetch(&self, wheels: &[Arc<DistributionFile>]) {
        let mut named = self.named.lock().unwrap();
        for wheel in wheels {
            assert!(
                named.insert(wheel.name.clone()),
                "{} named twice",
                wheel.name
            );
        }
    }
}

#[test]
fn a_long_way_down_is_fetched_ahead() {
    let targets = vec![Target::from_name("cp312-win_amd64").unwrap()];
    let requirements = ["a", "b"].map(|name| Root {
        requirement: wh_packaging::requirement::parse(name).unwrap(),
        origin: "command line".into(),
        hashes: Vec::new(),
    });
    let provider = Long::default();
    let request = Request {
        class: &classes(targets)[0],
        requirements: &requirements,
        constraints: &[],
        options: &Options::default(),
    };
    let resolution = resolve(&request, &provider).unwrap();
    let version = |name: &str| {
        resolution.chosen[&name.parse().unwrap()]
            .version
            .to_string()
    };
    assert_eq!((version("a"), version("b")), ("1".into(), "1".into()));
    let late = *provider.late.lock().unwrap();
    assert!(late < 8, "{late} METADATA were waited for");
}
