//! The arrows between crates point down: read from the manifests, so that none can creep in.

use std::collections::BTreeMap;
use std::path::Path;

/// What each crate may depend on. A crate that is not listed here has no place yet.
const ALLOWED: &[(&str, &[&str])] = &[
    ("wh-packaging", &[]),
    ("wh-inflate", &[]),
    ("wh-wheel", &["wh-packaging", "wh-inflate"]),
    ("wh-sdist", &["wh-packaging"]),
    ("wh-resolver", &["wh-packaging"]),
    ("wh-environment", &["wh-packaging", "wh-wheel"]),
    (
        "wh-index",
        &["wh-packaging", "wh-wheel", "wh-sdist", "wh-resolver"],
    ),
    (
        "wh-build",
        &["wh-packaging", "wh-wheel", "wh-sdist", "wh-environment"],
    ),
    (
        "wh",
        &[
            "wh-build",
            "wh-packaging",
            "wh-wheel",
            "wh-sdist",
            "wh-resolver",
            "wh-environment",
            "wh-index",
        ],
    ),
    ("wh-testing", &[]),
    (
        "wh-fuzz",
        &[
            "wh-packaging",
            "wh-inflate",
            "wh-wheel",
            "wh-sdist",
            "wh-index",
        ],
    ),
];

/// The crates of this project that a manifest's section names.
fn ours(manifest: &toml::Table, section: &str) -> Vec<String> {
    let Some(table) = manifest.get(section).and_then(|value| value.as_table()) else {
        return Vec::new();
    };
    table
        .keys()
        .filter(|name| *name == "wh" || name.starts_with("wh-"))
        .cloned()
        .collect()
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let path = entry.unwrap().path().join("Cargo.toml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let manifest: toml::Table = text.parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        found.insert(name, manifest);
    }
    found
}

#[test]
fn no_arrow_points_up() {
    let manifests = manifests();
    assert!(
        manifests.len() >= ALLOWED.len(),
        "crates are missing: {:?}",
        manifests.keys()
    );
    for (name, manifest) in &manifests {
        let allowed = ALLOWED.iter().find(|(known, _)| known == name);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{name} has no place in the house"));
        for section in ["dependencies", "build-dependencies"] {
            for dependency in ours(manifest, section) {
                assert!(
                    allowed.contains(&dependency.as_str()),
                    "{name} must not depend on {dependency}"
                );
            }
        }
        // tests may use the fixtures, and what the crate itself may use
        for dependency in ours(manifest, "dev-dependencies") {
            assert!(
                dependency == "wh-testing" || allowed.contains(&dependency.as_str()),
                "the tests of {name} must not depend on {dependency}"
            );
        }
    }
}

#[test]
fn only_the_command_line_prints_or_reads_the_environment() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let forbidden = [
        "println!",
        "eprintln!",
        "env::var",
        "env::args",
        "std::process::exit",
    ];
    for name in [
        "wh-packaging",
        "wh-wheel",
        "wh-sdist",
        "wh-resolver",
        "wh-environment",
        "wh-index",
        "wh-build",
    ] {
        for file in sources(&crates.join(name).join("src")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for (number, line) in code.lines().enumerate() {
                let comment = line.trim_start().starts_with("//");
                let found = forbidden.iter().find(|word| line.contains(**word));
                let place = format!("{}:{}", file.display(), number + 1);
                assert!(
                    comment || found.is_none(),
                    "{place}: {found:?} in a library"
                );
            }
        }
    }
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // what only tests are compiled from may print
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_name().is_some_and(|name| name != "tests.rs")
        {
            files.push(path);
        }
    }
    files
}
