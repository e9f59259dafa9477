use std::str::FromStr;

use url::Url;
use wh_packaging::requirement::display;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Filename, Metadata, Origin, ProjectFiles, WheelFilename};

use super::*;

/// Files by name; for an sdist, what building it requires.
struct Memory<'a>(&'a [(&'a str, &'a [&'a str])]);

fn file(name: &str) -> DistributionFile {
    let filename = match WheelFilename::from_str(name) {
        Ok(wheel) => Filename::Wheel(wheel),
        Err(_) => {
            let project = name.split('-').next().unwrap().parse().unwrap();
            Filename::Sdist(SdistFilename::parse(name, &project).unwrap())
        }
    };
    let url = Url::parse(&format!("https://files.example/{name}")).unwrap();
    DistributionFile::new(filename, name, url, Origin::FindLinks)
}

impl Provider for Memory<'_> {
    fn files(&self, project: &ProjectName) -> Result<Arc<ProjectFiles>, ProviderError> {
        let all = self.0.iter().map(|(name, _)| file(name));
        let files: Vec<_> = all
            .filter(|file| file.filename.project() == project)
            .map(Arc::new)
            .collect();
        Ok(Arc::new(ProjectFiles {
            known: !files.is_empty(),
            files,
            ..ProjectFiles::default()
        }))
    }

    fn metadata(&self, file: &DistributionFile) -> Result<Arc<Metadata>, ProviderError> {
        let (name, version) = (file.filename.project(), file.version());
        let text = format!("Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n");
        Ok(Arc::new(Metadata::parse(text.as_bytes()).unwrap()))
    }

    fn build_system(&self, sdist: &DistributionFile) -> Result<Arc<BuildSystem>, ProviderError> {
        let found = self.0.iter().find(|(name, _)| *name == sdist.name).unwrap();
        let (known, requires): (Vec<&str>, Vec<&str>) =
            found.1.iter().partition(|text| text.starts_with('?'));
        let read = |text: &&str| parse(text.trim_start_matches('?')).unwrap();
        Ok(Arc::new(BuildSystem {
            backend_path: Vec::new(),
            backend: "setuptools.build_meta".to_owned(),
            requires: requires.iter().map(read).collect(),
            known: known.iter().map(read).collect(),
            unsure: None,
            compilers: Vec::new(),
        }))
    }
}

/// What building `a` takes: a line a tree, `sdist: files | who asks for it`; or the error.
#[track_caller]
fn check(files: &[(&str, &[&str])], more: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(found(files, more, &[]), expected);
}

fn found(
    files: &[(&str, &[&str])],
    more: &[(&str, &str)],
    constraints: &[Requirement],
) -> Vec<String> {
    let memory = Memory(files);
    let class = classes(vec![Target::from_name("cp312-linux").unwrap()]).remove(0);
    let wanted = roots(&[parse("a").unwrap()], "test");
    let options = Options::default();
    let request = Request {
        class: &class,
        requirements: &wanted,
        constraints: &[],
        options: &options,
    };
    let resolution = resolve(&request, &memory).unwrap();
    let more = more
        .iter()
        .map(|(name, text)| {
            let requirement = parse(text).unwrap();
            (name.parse().unwrap(), roots(&[requirement], "wh.toml"))
        })
        .collect();
    let options = BuildOptions {
        formats: &Formats::default(),
        pre: false,
        more: &more,
        constraints: &roots(constraints, "constraints"),
    };
    match build_trees(&class, &resolution, options, &memory) {
        Ok(trees) => trees.iter().map(line).collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn line(tree: &BuildTree) -> String {
    let files: Vec<&str> = tree
        .resolution
        .chosen
        .values()
        .map(|chosen| chosen.files[0].name.as_str())
        .collect();
    let mut line = format!("{}: {} | ", tree.sdist.name, files.join(" "));
    line += &tree.requested_by.join(" > ");
    if !tree.without.is_empty() {
        let without: Vec<String> = tree.without.iter().map(display).collect();
        line += &format!(" | without {}", without.join(" "));
    }
    line
}

const SETUPTOOLS: (&str, &[&str]) = ("setuptools-80-py3-none-any.whl", &[]);
const OLD_SETUPTOOLS: (&str, &[&str]) = ("setuptools-68-py3-none-any.whl", &[]);
const WHEEL: (&str, &[&str]) = ("wheel-0.45-py3-none-any.whl", &[]);

#[test]
fn a_tree_of_its_own() {
    let a: (&str, &[&str]) = ("a-1.tar.gz", &["setuptools"]);
    check(
        &[a, SETUPTOOLS, WHEEL],
        &[],
        &["a-1.tar.gz: setuptools-80-py3-none-any.whl | a"],
    );
    check(&[("a-1-py3-none-any.whl", &[])], &[], &[]);
    check(
        &[a, OLD_SETUPTOOLS, WHEEL],
        &[],
        &["a-1.tar.gz: setuptools-68-py3-none-any.whl wheel-0.45-py3-none-any.whl | a"],
    );
    check(
        &[a, SETUPTOOLS, WHEEL],
        &[("a", "wheel"), ("b", "nothing")],
        &["a-1.tar.gz: setuptools-80-py3-none-any.whl wheel-0.45-py3-none-any.whl | a"],
    );
    check(
        &[a],
        &[],
        &["what building a-1.tar.gz needs cannot be had for cp312-manylinux_2_28_x86_64"],
    );
}

#[test]
fn constraints_of_builds_hold() {
    let a: (&str, &[&str]) = ("a-1.tar.gz", &["setuptools"]);
    let constraint = parse("setuptools<70").unwrap();
    let files = [a, SETUPTOOLS, OLD_SETUPTOOLS, WHEEL];
    assert_eq!(
        found(&files, &[], &[constraint]),
        ["a-1.tar.gz: setuptools-68-py3-none-any.whl wheel-0.45-py3-none-any.whl | a"]
    );
}

#[test]
fn what_is_only_known_may_be_missing() {
    let a: (&str, &[&str]) = ("a-1.tar.gz", &["setuptools", "?cmake", "?wheel"]);
    check(
        &[a, SETUPTOOLS, WHEEL],
        &[],
        &["a-1.tar.gz: setuptools-80-py3-none-any.whl | a | without cmake wheel"],
    );
}

#[test]
fn sdists_that_build_sdists() {
    let a: (&str, &[&str]) = ("a-1.tar.gz", &["b", "c"]);
    let b: (&str, &[&str]) = ("b-2.tar.gz", &["c"]);
    let c: (&str, &[&str]) = ("c-3.tar.gz", &[]);
    check(
        &[a, b, c],
        &[],
        &[
            "c-3.tar.gz:  | a > b > c",
            "b-2.tar.gz: c-3.tar.gz | a > b",
            "a-1.tar.gz: b-2.tar.gz c-3.tar.gz | a",
        ],
    );
    let ring: (&str, &[&str]) = ("c-3.tar.gz", &["b"]);
    check(
        &[a, b, ring],
        &[],
        &["these need each other to be built: a-1.tar.gz > b-2.tar.gz > c-3.tar.gz > b-2.tar.gz"],
    );
    let own: (&str, &[&str]) = ("a-1.tar.gz", &["a"]);
    check(
        &[own],
        &[],
        &["these need each other to be built: a-1.tar.gz > a-1.tar.gz"],
    );
}
