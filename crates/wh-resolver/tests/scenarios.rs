//! The scenarios of `tests/scenarios/*.toml`, each an index in memory and a request.
//!
//! The form of these files is described in `tests/scenarios/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;
use url::Url;
use wh_packaging::class::classes;
use wh_packaging::{
    DistributionFile, Filename, Hashes, Metadata, Origin, ProjectFiles, ProjectName, Root, Target,
    Version, VersionSpecifiers, WheelFilename,
};
use wh_resolver::{
    Format, Formats, Options, Provider, ProviderError, Request, Resolution, Sought, override_roots,
    resolve,
};

/// Why only building an sdist tells what it requires.
const NEEDS_BUILD: &str = "its PKG-INFO (metadata 2.1) may change";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Scenario {
    #[allow(dead_code)] // for the reader
    about: String,
    #[serde(default = "default_targets")]
    targets: Vec<String>,
    requirements: Vec<String>,
    #[serde(default)]
    constraints: Vec<String>,
    #[serde(default)]
    options: ScenarioOptions,
    #[serde(default)]
    status: BTreeMap<String, String>,
    index: BTreeMap<ProjectName, BTreeMap<String, Release>>,
    #[serde(default)]
    direct: BTreeMap<Url, Release>,
    expect: Expectation,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ScenarioOptions {
    pre: bool,
    no_deps: bool,
    ignore_requires_python: bool,
    exclude: Vec<ProjectName>,
    only_binary: Vec<String>,
    no_binary: Vec<String>,
    no_prefer_binary: bool,
    preferences: BTreeMap<ProjectName, Version>,
    resolution: Option<String>,
    overrides: Vec<String>,
}

impl ScenarioOptions {
    fn formats(&self) -> Formats {
        let mut formats = Formats {
            sdists_equal: self.no_prefer_binary,
            ..Formats::default()
        };
        for (names, format) in [
            (&self.only_binary, Format::Binary),
            (&self.no_binary, Format::Source),
        ] {
            for name in names {
                match name.parse() {
                    Ok(name) => {
                        formats.projects.insert(name, format);
                    }
                    Err(_) => formats.otherwise = format,
                }
            }
        }
        formats
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Release {
    requires: Vec<String>,
    extras: Vec<String>,
    requires_python: Option<VersionSpecifiers>,
    /// Only in METADATA, not on the page.
    hidden_requires_python: Option<VersionSpecifiers>,
    wheels: Option<Vec<String>>,
    sdist: bool,
    dynamic: bool,
    yanked: Option<String>,
    sha256: Option<String>,
    broken: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expectation {
    #[serde(default)]
    chosen: BTreeMap<String, String>,
    /// What the report says, line for line; a line that ends in `...` only begins so.
    #[serde(default)]
    explanation: Vec<String>,
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    wheels: BTreeMap<ProjectName, Vec<String>>,
    #[serde(default)]
    requested_by: BTreeMap<ProjectName, Vec<String>>,
    /// All that only later patch releases require, with the marker.
    #[serde(default)]
    later_patches: BTreeMap<ProjectName, String>,
}

fn default_targets() -> Vec<String> {
    vec!["cp312-manylinux_2_28_x86_64".to_owned()]
}

/// A scenario's index.
struct Memory {
    projects: BTreeMap<ProjectName, Arc<ProjectFiles>>,
    metadata: BTreeMap<String, Result<Arc<Metadata>, String>>,
}

impl Provider for Memory {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        Ok(self.projects.get(project).cloned().unwrap_or_default())
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        match &self.metadata[&file.name] {
            Ok(metadata) => Ok(Arc::clone(metadata)),
            Err(reason) if reason == NEEDS_BUILD => Err(ProviderError::NeedsBuild {
                reason: reason.clone(),
            }),
            Err(reason) => Err(ProviderError::Unusable {
                reason: reason.clone(),
            }),
        }
    }
}

impl Memory {
    fn new(scenario: &Scenario) -> Self {
        let mut memory = Memory {
            projects: BTreeMap::new(),
            metadata: BTreeMap::new(),
        };
        for (name, releases) in &scenario.index {
            let mut files = ProjectFiles {
                known: true,
                status: scenario
                    .status
                    .get(name.as_ref())
                    .map(|status| (status.clone(), None)),
                ..ProjectFiles::default()
            };
            for (version, release) in releases {
                memory.add(name, version, release, &mut files);
            }
            memory.projects.insert(name.clone(), Arc::new(files));
        }
        for (url, release) in &scenario.direct {
            let file = url.path_segments().unwrap().next_back().unwrap();
            let wheel = WheelFilename::from_str(file).unwrap();
            let metadata = release.metadata(&wheel.project, &wheel.version.to_string());
            memory.metadata.insert(file.to_owned(), metadata);
        }
        memory
    }

    fn add(
        &mut self,
        name: &ProjectName,
        version: &str,
        release: &Release,
        files: &mut ProjectFiles,
    ) {
        let stem = format!("{}-{version}", name.to_string().replace('-', "_"));
        let mut names = Vec::new();
        if release.sdist {
            names.push(format!("{stem}.tar.gz"));
        }
        let any = vec!["py3-none-any".to_owned()];
        for tags in release.wheels.as_ref().unwrap_or(&any) {
            names.push(format!("{stem}-{tags}.whl"));
        }
        for file_name in names {
            let filename = if file_name.ends_with(".whl") {
                Filename::Wheel(file_name.parse().unwrap())
            } else {
                let sdist = wh_packaging::sdist_filename::SdistFilename::parse(&file_name, name);
                Filename::Sdist(sdist.unwrap())
            };
            let url = Url::parse(&format!("https://files.example/{file_name}")).unwrap();
            let base = Url::parse("https://index.example/simple/").unwrap();
            let mut file =
                DistributionFile::new(filename, &file_name, url, Origin::Index(Arc::new(base)));
            file.requires_python = release.requires_python.clone();
            file.yanked = release.yanked.clone();
            if let Some(sha256) = &release.sha256 {
                file.hashes = Hashes::sha256_only(sha256);
            }
            files.files.push(Arc::new(file));
            let metadata = if release.dynamic && file_name.ends_with(".tar.gz") {
                Err(NEEDS_BUILD.to_owned())
            } else {
                release.metadata(name, version)
            };
            self.metadata.insert(file_name, metadata);
        }
    }
}

impl Release {
    fn metadata(&self, name: &ProjectName, version: &str) -> Result<Arc<Metadata>, String> {
        if let Some(reason) = &self.broken {
            return Err(reason.clone());
        }
        let hidden = self.hidden_requires_python.clone();
        Ok(Arc::new(Metadata {
            metadata_version: "2.1".to_owned(),
            raw_name: name.to_string(),
            name: name.clone(),
            version: version.parse().unwrap(),
            raw_version: version.to_owned(),
            requires_dist: self
                .requires
                .iter()
                .map(|text| wh_packaging::requirement::parse(text).unwrap())
                .collect(),
            requires_python: hidden.or_else(|| self.requires_python.clone()),
            provides_extra: self.extras.iter().map(|e| e.parse().unwrap()).collect(),
            dynamic: Vec::new(),
        }))
    }
}

/// `a>=1 --hash=sha256:00`
fn roots(texts: &[String], file: &str) -> Vec<Root> {
    texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let mut parts = text.split(" --hash=");
            Root {
                requirement: wh_packaging::requirement::parse(parts.next().unwrap()).unwrap(),
                origin: format!("{file}:{}", index + 1),
                hashes: parts.map(|one| Hashes::parse_one(one).unwrap()).collect(),
            }
        })
        .collect()
}

/// What comes out, in the form in which a scenario states it.
fn run(scenario: &Scenario) -> (String, Option<Resolution>) {
    let targets: Vec<Target> = scenario
        .targets
        .iter()
        .map(|name| Target::from_name(name).unwrap())
        .collect();
    let classes = classes(targets);
    assert_eq!(classes.len(), 1, "one class a scenario");
    let options = Options {
        pre: scenario.options.pre,
        no_deps: scenario.options.no_deps,
        ignore_requires_python: scenario.options.ignore_requires_python,
        exclude: scenario.options.exclude.iter().cloned().collect(),
        preferences: scenario
            .options
            .preferences
            .iter()
            .map(|(name, version)| (name.clone(), vec![version.clone()]))
            .collect(),
        formats: scenario.options.formats(),
        sought: match scenario.options.resolution.as_deref() {
            None => Sought::Highest,
            Some("lowest") => Sought::Lowest,
            Some("lowest-direct") => Sought::LowestDirect,
            Some(other) => panic!("{other}"),
        },
        overrides: roots(&scenario.options.overrides, "overrides.txt"),
        ..Options::default()
    };
    let requirements = roots(&scenario.requirements, "requirements.txt");
    let requirements = override_roots(&requirements, &options.overrides);
    let constraints = roots(&scenario.constraints, "constraints.txt");
    let request = Request {
        class: &classes[0],
        requirements: &requirements,
        constraints: &constraints,
        options: &options,
    };
    let memory = Memory::new(scenario);
    let mut out = String::new();
    match resolve(&request, &memory) {
        Ok(resolution) => {
            for (name, chosen) in &resolution.chosen {
                let extras: Vec<String> = chosen.extras.iter().map(ToString::to_string).collect();
                let extras = if extras.is_empty() {
                    String::new()
                } else {
                    format!("[{}]", extras.join(","))
                };
                writeln!(out, "{name}{extras} = {}", chosen.version).unwrap();
            }
            for warning in &resolution.warnings {
                writeln!(out, "warning: {warning:?}").unwrap();
            }
            (out, Some(resolution))
        }
        Err(wh_resolver::ResolveError::NoSolution(no)) => (no.explanation.join("\n"), None),
        Err(error) => (format!("error: {error}"), None),
    }
}

fn check(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).unwrap();
    let scenario: Scenario = toml::from_str(&text).map_err(|e| e.to_string())?;
    let (out, resolution) = run(&scenario);
    if std::env::var_os("SCENARIO_PRINT").is_some() {
        println!("--- {}\n{out}", path.file_name().unwrap().display());
    }
    let expect = &scenario.expect;
    let fail = |what: &str| Err(format!("{what}\n{out}"));
    let Some(resolution) = resolution else {
        if let Some(error) = &expect.error {
            return if out.contains(error.as_str()) {
                Ok(())
            } else {
                fail("another error")
            };
        }
        let lines: Vec<&str> = out.lines().collect();
        let same = lines.len() == expect.explanation.len()
            && lines
                .iter()
                .zip(&expect.explanation)
                .all(|(line, expected)| match expected.strip_suffix("...") {
                    Some(start) => line.starts_with(start),
                    None => line == expected,
                });
        return if same {
            Ok(())
        } else {
            fail("another explanation")
        };
    };
    if expect.chosen.is_empty() {
        return fail("there should be no solution");
    }
    let chosen: BTreeMap<String, String> = out
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect();
    if chosen != expect.chosen {
        return fail("another selection");
    }
    let warnings: Vec<&str> = out
        .lines()
        .filter(|line| line.starts_with("warning: "))
        .collect();
    let met = expect
        .warnings
        .iter()
        .all(|text| warnings.iter().any(|line| line.contains(text)));
    if !met || warnings.len() != expect.warnings.len() {
        return fail("other warnings");
    }
    for (name, wheels) in &expect.wheels {
        let actual: Vec<&str> = resolution.chosen[name]
            .files
            .iter()
            .map(|w| w.name.as_str())
            .collect();
        if actual != *wheels {
            return fail(&format!("other wheels of {name}: {actual:?}"));
        }
    }
    for (name, chain) in &expect.requested_by {
        let actual = &resolution.chosen[name].requested_by;
        if actual != chain {
            return fail(&format!("{name} is requested by {actual:?}"));
        }
    }
    let later: BTreeMap<ProjectName, String> = resolution
        .chosen
        .iter()
        .filter_map(|(name, chosen)| Some((name.clone(), chosen.later_patches.clone()?)))
        .collect();
    if later != expect.later_patches {
        return fail(&format!("at other patch releases: {later:?}"));
    }
    Ok(())
}

#[test]
fn scenarios() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 30, "only {} scenarios", paths.len());
    let mut failures = Vec::new();
    for path in &paths {
        if let Err(message) = check(path) {
            failures.push(format!(
                "{}: {message}",
                path.file_name().unwrap().display()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
