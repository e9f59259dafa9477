//! Builds with real interpreters and backends that the sdists bring along.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wh_build::{
    BuildError, BuildFault, BuildOptions, Builder, BuiltWheel, Field, HookFault, Source,
};
use wh_build::{SuppliedWheel, Supply, SupplyError};
use wh_environment::Probe;
use wh_packaging::report::Silent;
use wh_packaging::sdist_filename::SdistFilename;
use wh_packaging::{Hashes, Requirement};
use wh_testing::sandbox::python;
use wh_testing::{SdistBuilder, WheelBuilder};

/// Wheels of a folder, by the names of projects alone.
struct Folder(PathBuf);

impl Supply for Folder {
    fn wheels(
        &self,
        requirements: &[Requirement],
        _: &str,
    ) -> Result<Vec<SuppliedWheel>, SupplyError> {
        requirements
            .iter()
            .map(|requirement| {
                let files = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
                let mut wheels = files.filter_map(|file| {
                    let name = file.file_name().into_string().ok()?;
                    Some((
                        file.path(),
                        name.parse::<wh_packaging::WheelFilename>().ok()?,
                    ))
                });
                let found = wheels.find(|(_, name)| name.project == requirement.name);
                let (path, filename) = found.ok_or_else(|| {
                    SupplyError(format!("no wheel of {}", requirement.name).into())
                })?;
                Ok(SuppliedWheel {
                    path,
                    filename,
                    expected: Hashes::none(),
                    vouched: false,
                })
            })
            .collect()
    }
}

/// A place to build in.
struct Place {
    root: tempfile::TempDir,
    probe: Probe,
    options: BuildOptions,
}

impl Place {
    /// `None` where there is no Python, which is said.
    fn new() -> Option<Self> {
        let python = python(None)?;
        let root = tempfile::tempdir().unwrap();
        let options = BuildOptions {
            isolation: true,
            config_settings: BTreeMap::new(),
            time_limit: Some(Duration::from_secs(60)),
            logs: root.path().join("logs"),
            scratch: root.path().join("scratch"),
            variables: std::env::vars_os().collect(),
        };
        Some(Self {
            probe: wh_environment::probe(&python.path).unwrap(),
            root,
            options,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn builder<'a>(&'a self, supply: &'a Folder) -> Builder<'a> {
        Builder {
            probe: &self.probe,
            tags: None,
            supply,
            options: &self.options,
            reporter: &Silent,
        }
    }

    fn sdist(&self, sdist: &SdistBuilder) -> Source {
        let path = self.path(&sdist.filename());
        fs_err::write(&path, sdist.build()).unwrap();
        let filename = SdistFilename::of_unknown_project(&sdist.filename()).unwrap();
        Source::archive(path, filename)
    }

    fn wheel(&self, sdist: &SdistBuilder) -> Result<BuiltWheel, BuildError> {
        let supply = Folder(self.path("supply"));
        let source = self.sdist(sdist);
        self.builder(&supply).wheel(&source, &self.path("out"))
    }

    /// Nothing is left of a build but its log.
    #[track_caller]
    fn assert_tidy(&self) {
        assert_eq!(names(&self.path("scratch")), [""; 0]);
        let mark = self.path("scratch").to_string_lossy().into_owned();
        let running: Vec<_> = running(&mark);
        assert!(running.is_empty(), "{running:?}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Command lines of processes, the dead ones aside, that speak of a path, in argument or variable.
fn running(path: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name() != std::process::id().to_string().as_str())
        .filter_map(|entry| {
            let read = |name: &str| std::fs::read(entry.path().join(name)).ok();
            let command = String::from_utf8_lossy(&read("cmdline")?).replace('\0', " ");
            let environment = String::from_utf8_lossy(&read("environ")?).into_owned();
            (command.contains(path) || environment.contains(path)).then_some(command)
        })
        .collect()
}

/// An sdist with a backend of its own, some of whose hooks are other ones.
fn odd(hooks: &str) -> SdistBuilder {
    SdistBuilder::new("odd", "1.0")
        .builds_itself()
        .file("src/odd.py", "one = 1\n")
        .file("hook.py", hooks)
}

#[track_caller]
fn hook_fault(result: Result<BuiltWheel, BuildError>) -> (HookFault, Vec<String>) {
    match *result.unwrap_err().fault {
        BuildFault::Hook(error) => (error.fault, error.output.last),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_sdist_becomes_a_wheel() {
    let Some(place) = Place::new() else { return };
    let built = place.wheel(&odd("").requires("click>=8")).unwrap();
    assert_eq!(built.filename.as_str(), "odd-1.0-py3-none-any.whl");
    assert!(built.is_pure());
    assert_eq!(built.metadata.requires_dist.len(), 1);
    let bytes = fs_err::read(&built.path).unwrap();
    assert_eq!(built.sha256, wh_testing::sha256_hex(&bytes));
    assert_eq!(names(&place.path("out")), ["odd-1.0-py3-none-any.whl"]);
    place.assert_tidy();
}

#[test]
fn metadata_comes_from_its_hook_or_from_the_wheel() {
    let Some(place) = Place::new() else { return };
    let hook = "def prepare_metadata_for_build_wheel(folder, config=None):\n    \
                os.mkdir(os.path.join(folder, 'odd-1.0.dist-info'))\n    \
                open(os.path.join(folder, 'odd-1.0.dist-info/METADATA'), 'w').write('Name: told')\n    \
                return 'odd-1.0.dist-info'\n";
    let supply = Folder(place.path("supply"));
    for (hooks, expected) in [("", "Name: odd"), (hook, "Name: told")] {
        let source = place.sdist(&odd(hooks));
        let text = place.builder(&supply).metadata(&source).unwrap();
        assert!(text.contains(expected), "{text}");
    }
    place.assert_tidy();
}

#[test]
fn a_folder_is_built_where_it_lies_and_editable() {
    let Some(place) = Place::new() else { return };
    let folder = odd("").unpacked(place.root.path());
    let source = Source::folder(&folder, "./odd-1.0");
    let supply = Folder(place.path("supply"));
    let builder = place.builder(&supply);
    let built = builder.wheel(&source, &place.path("out")).unwrap();
    assert_eq!(built.filename.version.to_string(), "1.0");
    let editable = builder.editable(&source, &place.path("editable")).unwrap();
    let names: Vec<String> = wh_wheel::Wheel::open(&editable.path)
        .map(|wheel| wheel.names().map(str::to_owned).collect())
        .unwrap();
    assert!(names.contains(&"odd.pth".to_owned()), "{names:?}");
    place.assert_tidy();
}

#[test]
fn what_a_backend_asks_for_when_it_is_run_is_brought() {
    let Some(place) = Place::new() else { return };
    fs_err::create_dir(place.path("supply")).unwrap();
    for name in ["first", "second"] {
        let wheel = WheelBuilder::new(name, "1.0").file(format!("{name}.py"), "VALUE = 7\n");
        fs_err::write(place.path("supply").join(wheel.filename()), wheel.build()).unwrap();
    }
    let hooks = "import first\n\
        def get_requires_for_build_wheel(config=None):\n    return ['second']\n\
        _plain = build_wheel\n\
        def build_wheel(folder, config=None, metadata=None):\n    import second\n    \
        return _plain(folder)\n";
    let pyproject =
        "[build-system]\nrequires = ['first']\nbuild-backend = 'tiny'\nbackend-path = ['.']\n";
    let sdist = SdistBuilder::new("odd", "1.0")
        .file("pyproject.toml", pyproject)
        .file("tiny.py", include_str!("../../wh-testing/src/backend.py"))
        .file("hook.py", hooks);
    place.wheel(&sdist).unwrap();
    place.assert_tidy();
    let sdist = odd("def get_requires_for_build_wheel(config=None):\n    return ['third']\n");
    match *place.wheel(&sdist).unwrap_err().fault {
        BuildFault::Supply { requires, .. } => assert_eq!(requires, ["third"]),
        other => panic!("{other:?}"),
    }
    place.assert_tidy();
}

#[test]
fn a_backend_that_fails_is_told_with_its_last_words() {
    let Some(place) = Place::new() else { return };
    let (fault, last) = hook_fault(place.wheel(&odd(
        "def build_wheel(*args):\n    print('about to')\n    raise ValueError('no\\nway')\n",
    )));
    assert_eq!(fault.to_string(), "failed with ValueError: no");
    assert!(last.iter().any(|line| line == "about to"), "{last:?}");
    let (fault, _) = hook_fault(place.wheel(&odd("import numpy_that_nobody_has\n")));
    let HookFault::NoModule { module } = fault else {
        panic!("{fault:?}")
    };
    assert_eq!(module, "numpy_that_nobody_has");
    let (fault, _) = hook_fault(place.wheel(&odd("def build_wheel(*args):\n    os._exit(7)\n")));
    assert!(
        matches!(&fault, HookFault::Died { status } if status == "exit status 7"),
        "{fault:?}"
    );
    let (fault, _) = hook_fault(place.wheel(&odd("os._exit(7)\n")));
    assert!(matches!(fault, HookFault::Died { .. }), "{fault:?}");
    let (fault, _) = hook_fault(place.wheel(&odd("del build_wheel\n")));
    assert!(matches!(fault, HookFault::NoHook), "{fault:?}");
    for answer in [
        "'../../odd-1.0-py3-none-any.whl'",
        "7",
        "None",
        "'gone-1.0-py3-none-any.whl'",
    ] {
        let hooks = format!("def build_wheel(*args):\n    return {answer}\n");
        let (fault, _) = hook_fault(place.wheel(&odd(&hooks)));
        assert!(matches!(fault, HookFault::BadAnswer { .. }), "{fault:?}");
    }
    assert_eq!(names(&place.path("out")), [""; 0]);
    place.assert_tidy();
}

#[test]
fn a_wheel_of_something_else_is_refused() {
    let Some(place) = Place::new() else { return };
    let check = |fields: &str, field: Field| {
        let hooks = format!("def _fields():\n    return {fields}\n");
        match *place.wheel(&odd(&hooks)).unwrap_err().fault {
            BuildFault::Differs { field: found, .. } => assert_eq!(found, field),
            other => panic!("{other:?}"),
        }
    };
    let head = "Metadata-Version: 2.2\\n";
    check(
        &format!("'{head}Name: other\\nVersion: 1.0\\n', 'other', '1.0'"),
        Field::Name,
    );
    check(
        &format!("'{head}Name: odd\\nVersion: 2.0\\n', 'odd', '2.0'"),
        Field::Version,
    );
    check(
        &format!("'{head}Name: odd\\nVersion: 1.0\\nRequires-Dist: more\\n', 'odd', '1.0'"),
        Field::RequiresDist,
    );
    let hooks = "_plain = _wheel\ndef _wheel(folder, files, tag):\n    \
                 return _plain(folder, dict(files, **{'../up.py': ''}), tag)\n";
    let error = place.wheel(&odd(hooks)).unwrap_err();
    assert!(matches!(*error.fault, BuildFault::Refused(_)), "{error:?}");
    assert_eq!(names(&place.path("out")), [""; 0]);
    place.assert_tidy();
}
