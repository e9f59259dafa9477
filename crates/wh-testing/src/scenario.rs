//! Reads `tests/scenarios/*.toml` and fills a [`TestIndex`] with what they describe, so that what
//! the resolver does in memory is seen over HTTP too.
//!
//! A scenario's invented addresses (`https://files.example/`) become addresses of the index, and
//! its invented hashes (`sha256 = "aa"`) those of the wheels that are built, wherever they stand.
//! A key that is not known here is an error: a scenario half served would prove something else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{IndexFile, SdistBuilder, TestIndex, WheelBuilder};

/// Where the files of scenarios are said to be.
const INVENTED: &str = "https://files.example/";

/// A request, the index it is made to, and what must come out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// The file's name without its ending.
    #[serde(skip)]
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// Names of targets.
    #[serde(default = "default_targets")]
    pub targets: Vec<String>,
    /// Lines of a requirements file.
    pub requirements: Vec<String>,
    /// Lines of a constraints file.
    #[serde(default)]
    pub constraints: Vec<String>,
    /// How to choose.
    #[serde(default)]
    pub options: Options,
    /// Status of projects.
    #[serde(default)]
    pub status: BTreeMap<String, String>,
    /// Project, version, release.
    pub index: BTreeMap<String, BTreeMap<String, Release>>,
    /// Wheels by address.
    #[serde(default)]
    pub direct: BTreeMap<String, Release>,
    /// What must come out.
    pub expect: Expectation,
}

/// How to choose.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Options {
    /// `--pre`
    pub pre: bool,
    /// `--no-deps`
    pub no_deps: bool,
    /// `--ignore-requires-python`
    pub ignore_requires_python: bool,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--only-binary`
    pub only_binary: Vec<String>,
    /// `--no-binary`
    pub no_binary: Vec<String>,
    /// `--no-prefer-binary`
    pub no_prefer_binary: bool,
    /// `--resolution`
    pub resolution: Option<String>,
    /// Lines of an `--override` file.
    pub overrides: Vec<String>,
    /// Preferred versions, which no flag of `wh download` gives.
    pub preferences: BTreeMap<String, String>,
}

/// The files of a version.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Release {
    /// `Requires-Dist`.
    pub requires: Vec<String>,
    /// `Provides-Extra`.
    pub extras: Vec<String>,
    /// On the page and in METADATA.
    pub requires_python: Option<String>,
    /// Only in METADATA.
    pub hidden_requires_python: Option<String>,
    /// Tags; one wheel `py3-none-any` where nothing is said.
    pub wheels: Option<Vec<String>>,
    /// Whether there is an sdist.
    pub sdist: bool,
    /// Whether only building the sdist tells what it requires.
    pub dynamic: bool,
    /// The reason.
    pub yanked: Option<String>,
    /// An invented hash, which stands for that of each wheel.
    pub sha256: Option<String>,
    /// METADATA cannot be read; why, in the words of a provider in memory.
    pub broken: Option<String>,
}

/// What must come out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Expectation {
    /// Versions by project and extras (`a[x,y]`).
    pub chosen: BTreeMap<String, String>,
    /// The explanation, line for line, where there is no solution; a line that ends in `...` only
    /// begins so.
    pub explanation: Vec<String>,
    /// A part of the error, where it is another one.
    pub error: Option<String>,
    /// Parts of the warnings, each as the resolver's value prints itself.
    pub warnings: Vec<String>,
    /// The wheels of a project, in the order of the targets.
    pub wheels: BTreeMap<String, Vec<String>>,
    /// Who asks for a project.
    #[serde(rename = "requested_by", alias = "requested-by")]
    pub requested_by: BTreeMap<String, Vec<String>>,
    /// The marker of what only later patch releases of the target's Python ask for.
    pub later_patches: BTreeMap<String, String>,
}

fn default_targets() -> Vec<String> {
    vec!["cp312-manylinux_2_28_x86_64".into()]
}

/// The files of scenarios in a folder, sorted.
///
/// # Panics
/// The folder cannot be read.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    files
}

impl Scenario {
    /// Reads a scenario and puts all it describes on an index. What is given back has the index's
    /// addresses and hashes.
    ///
    /// # Errors
    /// It cannot be read; why.
    pub fn serve(path: &Path, index: &TestIndex) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let text = text.replace(INVENTED, &index.url_of("/direct/"));
        let mut scenario: Self = toml::from_str(&text).map_err(|error| error.to_string())?;
        scenario.name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut hashes = scenario.serve_direct(index);
        scenario.serve_projects(index, &mut hashes);
        for line in scenario
            .requirements
            .iter_mut()
            .chain(&mut scenario.constraints)
        {
            *line = real_hashes(line, &hashes);
        }
        Ok(scenario)
    }

    /// The arguments of `wh download` that ask for it, `-d` aside; `None` where flags cannot. The
    /// requirements are written into the working folder, in `requirements.txt` and
    /// `constraints.txt`: both are named without a folder, as messages name them.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn arguments(
        &self,
        index: &TestIndex,
        work: &Path,
    ) -> std::io::Result<Option<Vec<String>>> {
        if !self.options.preferences.is_empty() {
            return Ok(None);
        }
        let mut arguments: Vec<String> = ["download", "-i", &index.url()].map(Into::into).into();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(ToString::to_string));
        std::fs::write(work.join("requirements.txt"), lines(&self.requirements))?;
        add(&["-r", "requirements.txt"]);
        if !self.constraints.is_empty() {
            std::fs::write(work.join("constraints.txt"), lines(&self.constraints))?;
            add(&["-c", "constraints.txt"]);
        }
        for target in &self.targets {
            add(&["--target", target]);
        }
        if let Some(which) = &self.options.resolution {
            add(&["--resolution", which]);
        }
        if !self.options.overrides.is_empty() {
            std::fs::write(work.join("overrides.txt"), lines(&self.options.overrides))?;
            add(&["--override", "overrides.txt"]);
        }
        for name in &self.options.exclude {
            add(&["--exclude", name]);
        }
        for (flag, names) in [
            ("--only-binary", &self.options.only_binary),
            ("--no-binary", &self.options.no_binary),
        ] {
            for name in names {
                add(&[flag, name]);
            }
        }
        for (given, flag) in [
            (self.options.pre, "--pre"),
            (self.options.no_prefer_binary, "--no-prefer-binary"),
            (self.options.no_deps, "--no-deps"),
            (
                self.options.ignore_requires_python,
                "--ignore-requires-python",
            ),
        ] {
            if given {
                add(&[flag]);
            }
        }
        Ok(Some(arguments))
    }

    /// The chosen versions by project, without the extras: what a report has.
    pub fn versions(&self) -> BTreeMap<&str, &str> {
        let name = |key: &'_ str| key.find('[').unwrap_or(key.len());
        let chosen = self.expect.chosen.iter();
        chosen
            .map(|(key, version)| (&key[..name(key)], version.as_str()))
            .collect()
    }

    /// Serves the wheels of addresses; gives their hashes by address.
    fn serve_direct(&self, index: &TestIndex) -> Vec<(String, String)> {
        let mut hashes = Vec::new();
        for (url, release) in &self.direct {
            let filename = url.rsplit('/').next().unwrap_or_default();
            let mut parts = filename.splitn(3, '-');
            let (name, version) = (parts.next().unwrap_or("x"), parts.next().unwrap_or("0"));
            let tags = parts.next().unwrap_or_default().trim_end_matches(".whl");
            let bytes = release.wheel(name, version, tags).build();
            let path = url.trim_start_matches(index.url_of("").as_str());
            hashes.push((url.clone(), crate::sha256_hex(&bytes)));
            index.serve(path, "application/octet-stream", bytes);
        }
        hashes
    }

    /// Serves the projects; adds what the invented hashes stand for.
    fn serve_projects(&self, index: &TestIndex, hashes: &mut Vec<(String, String)>) {
        for (name, releases) in &self.index {
            index.add_project(name);
            for (version, release) in releases {
                for file in release.files(name, version) {
                    if let Some(invented) = &release.sha256 {
                        hashes.push((invented.clone(), file.sha256()));
                    }
                    index.add(file);
                }
            }
        }
        for (project, status) in &self.status {
            index.status(project, status, None);
        }
    }
}

impl Release {
    fn files(&self, name: &str, version: &str) -> Vec<IndexFile> {
        let any = vec!["py3-none-any".to_owned()];
        let mut files: Vec<IndexFile> = Vec::new();
        for tags in self.wheels.as_ref().unwrap_or(&any) {
            let mut file = IndexFile::wheel(&self.wheel(name, version, tags));
            file = match &self.requires_python {
                Some(specifiers) => file.requires_python(specifiers.as_str()),
                None => file.without_requires_python(),
            };
            files.push(file);
        }
        if self.sdist {
            let mut file = self.sdist(name, version).on_index();
            if let Some(specifiers) = &self.requires_python {
                file = file.requires_python(specifiers.as_str());
            }
            files.push(file);
        }
        match &self.yanked {
            Some(reason) => files
                .into_iter()
                .map(|file| file.yanked(reason.as_str()))
                .collect(),
            None => files,
        }
    }

    fn sdist(&self, name: &str, version: &str) -> SdistBuilder {
        let mut sdist = SdistBuilder::new(name, version).builds_with("own", []);
        for extra in &self.extras {
            sdist = sdist.header("Provides-Extra", extra.as_str());
        }
        for requirement in &self.requires {
            sdist = sdist.requires(requirement.as_str());
        }
        if let Some(specifiers) = &self.requires_python {
            sdist = sdist.header("Requires-Python", specifiers.as_str());
        }
        if self.dynamic {
            sdist = sdist.metadata_version("2.1");
        }
        sdist
    }

    fn wheel(&self, name: &str, version: &str, tags: &str) -> WheelBuilder {
        let mut wheel = WheelBuilder::new(name, version).tag(tags);
        for extra in &self.extras {
            wheel = wheel.header("Provides-Extra", extra.as_str());
        }
        for requirement in &self.requires {
            // The hash of a wheel cannot stand in one that is built before it.
            let (address, marker) = requirement.split_once(" ;").unwrap_or((requirement, ""));
            let address = address.split("#sha256=").next().unwrap_or_default();
            wheel = match marker {
                "" => wheel.requires(address),
                _ => wheel.requires(format!("{address} ;{marker}")),
            };
        }
        if let Some(specifiers) = self
            .hidden_requires_python
            .as_ref()
            .or(self.requires_python.as_ref())
        {
            wheel = wheel.requires_python(specifiers.as_str());
        }
        match self.broken {
            Some(_) => wheel.without_version(),
            None => wheel,
        }
    }
}

/// A line of a requirements file with real hashes: those of the address or of the invented hash.
fn real_hashes(line: &str, hashes: &[(String, String)]) -> String {
    let mut words = Vec::new();
    for word in line.split(' ') {
        if let Some(invented) = word.strip_prefix("--hash=sha256:") {
            let known = hashes.iter().filter(|(key, _)| key == invented);
            let mut real: Vec<String> = known
                .map(|(_, hash)| format!("--hash=sha256:{hash}"))
                .collect();
            if real.is_empty() {
                real.push(format!("--hash=sha256:{invented:0<64}"));
            }
            words.append(&mut real);
        } else if let Some((url, _)) = word.split_once("#sha256=") {
            let known = hashes.iter().find(|(key, _)| key == url);
            words.push(known.map_or(url.into(), |(_, hash)| format!("{url}#sha256={hash}")));
        } else {
            words.push(word.into());
        }
    }
    words.join(" ")
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each scenario can be read and is served: each project it names answers.
    #[test]
    fn all_scenarios_are_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
        let files = files(&folder);
        assert!(files.len() >= 30, "only {} scenarios", files.len());
        for path in files {
            let index = TestIndex::start();
            let scenario = Scenario::serve(&path, &index)
                .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            let work = tempfile::tempdir().unwrap();
            let arguments = scenario.arguments(&index, work.path()).unwrap();
            assert_eq!(
                arguments.is_none(),
                !scenario.options.preferences.is_empty()
            );
            let text = format!("{scenario:?}");
            assert!(!text.contains(INVENTED), "{text}");
        }
    }

    #[test]
    fn invented_hashes_become_real() {
        let hashes = [("aa", "11"), ("aa", "22"), ("http://h/a.whl", "33")]
            .map(|(key, hash)| (key.to_owned(), hash.to_owned()));
        let check = |line: &str, expected: &str| assert_eq!(real_hashes(line, &hashes), expected);
        check(
            "a==1 --hash=sha256:aa",
            "a==1 --hash=sha256:11 --hash=sha256:22",
        );
        check(
            "a @ http://h/a.whl#sha256=0a ; x",
            "a @ http://h/a.whl#sha256=33 ; x",
        );
        check("b @ http://h/b.whl#sha256=0a", "b @ http://h/b.whl");
        check(
            "c --hash=sha256:bb",
            &format!("c --hash=sha256:bb{}", "0".repeat(62)),
        );
    }
}
