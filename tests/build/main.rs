//! Building on the way: `wh download --build` and `wh wheel`, from end to end. Real build backends are
//! tried in `tests/real`; those here are a module each and need nothing.

mod way_in;
mod wheel;

use wh_testing::sandbox::Run;
use wh_testing::{Repository, SdistBuilder, Workbench};

const WH: &str = env!("CARGO_BIN_EXE_wh");

/// A bench where git is found, and its interpreter before all others.
fn bench() -> Option<Workbench> {
    let mut bench = Workbench::new(WH)?;
    let mut folders: Vec<_> = bench
        .python
        .path
        .parent()
        .into_iter()
        .map(Into::into)
        .collect();
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let path = std::env::join_paths(folders).unwrap();
    bench.sandbox.variable("PATH", path);
    Some(bench)
}

/// A project that builds itself, with one module.
fn project(name: &str, version: &str) -> SdistBuilder {
    let module = format!("src/{}.py", name.replace('-', "_"));
    let text = format!("v = '{version}'\n");
    SdistBuilder::new(name, version)
        .builds_itself()
        .file(module, text)
}

/// One of which only its backend tells what it is.
fn untold(name: &str, version: &str, requires: &str) -> SdistBuilder {
    let fields = format!(
        "Metadata-Version: 2.4\\nName: {name}\\nVersion: {version}\\nRequires-Dist: {requires}\\n"
    );
    let hook = format!("def _fields(): return '{fields}', '{name}', '{version}'\n");
    project(name, version).file("hook.py", hook)
}

/// The project's folder below the working folder, without PKG-INFO: no sdist, but where it is made.
fn folder(bench: &Workbench, project: &SdistBuilder, name: &str) {
    let unpacked = project.unpacked(&bench.path(""));
    std::fs::rename(unpacked, bench.path(name)).unwrap();
    std::fs::remove_file(bench.path(name).join("PKG-INFO")).unwrap();
}

/// A repository of a project; its URL and its commit.
fn repository(bench: &Workbench, project: &SdistBuilder) -> Option<(Repository, String)> {
    let repository = Repository::new(bench.sandbox.home().join("repo"))?;
    let unpacked = project.unpacked(&bench.sandbox.home());
    for entry in std::fs::read_dir(&unpacked).unwrap().flatten() {
        std::fs::rename(entry.path(), repository.folder().join(entry.file_name())).unwrap();
    }
    let commit = repository.commit(&[]);
    Some((repository, commit))
}

/// A hook that makes a wheel for the interpreter that builds.
const NATIVE: &str = "
import sys, sysconfig
def build_wheel(folder, config=None, metadata=None):
    python = 'cp%d%d' % sys.version_info[:2]
    platform = sysconfig.get_platform().replace('-', '_').replace('.', '_')
    return _wheel(folder, _files(), '-'.join([python, python, platform]))
";

/// All these words stand in what the user read.
#[track_caller]
fn says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "{word:?}: {}", run.stderr);
    }
}

/// The names of files in a folder.
fn files(bench: &Workbench, folder: &str) -> Vec<String> {
    match bench.path(folder).exists() {
        true => wh_testing::sandbox::tree(&bench.path(folder)),
        false => Vec::new(),
    }
}

/// A file of a wheel, as Python reads it.
fn read(bench: &Workbench, wheel: &str, entry: &str) -> String {
    let code =
        "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())";
    let wheel = bench.path(wheel).display().to_string();
    let run = bench.run(&bench.python.path, ["-c", code, &wheel, entry]);
    run.expect(0).stdout
}
