//! Builds with real interpreters and backends that the sdists bring along.

mod place;

use place::{Folder, Place, hook_fault, names, odd};
use wh_build::{BuildFault, Field, HookFault, Source};
use wh_testing::{SdistBuilder, WheelBuilder};

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
fn old_pythons_build_and_backends_that_have_threads() {
    let threads = "import threading, time\n\
        threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n\
        def prepare_metadata_for_build_wheel(folder, config=None):\n    \
        os.mkdir(os.path.join(folder, 'odd-1.0.dist-info'))\n    return 'odd-1.0.dist-info'\n\
        _plain = build_wheel\n\
        def build_wheel(folder, config=None, metadata=None):\n    \
        assert metadata.endswith('odd-1.0.dist-info'), metadata\n    return _plain(folder)\n";
    for version in [None, Some((3, 8))] {
        let Some(place) = Place::of(version) else {
            continue;
        };
        place.wheel(&odd("")).unwrap();
        place.wheel(&odd(threads)).unwrap();
        place.assert_tidy();
    }
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
fn what_is_built_already_is_taken_where_all_of_it_is_the_same() {
    let Some(mut place) = Place::new() else {
        return;
    };
    place.options.kept = Some(place.path("kept"));
    let hooks = "_plain = build_wheel\n\
        def build_wheel(folder, config=None, metadata=None):\n    \
        with open(%, 'a') as file:\n        file.write('x')\n    return _plain(folder)\n";
    // a folder may be written to, and tells how often it was built
    let count = place.path("odd-1.0/count");
    let hooks = hooks.replace('%', &format!("{:?}", count.display().to_string()));
    let folder = odd(&hooks).unpacked(place.root.path());
    let mut source = Source::folder(&folder, "./odd-1.0");
    let build = |place: &Place, source: &Source| {
        let supply = Folder(place.path("supply"));
        let into = tempfile::tempdir().unwrap();
        let built = place.builder(&supply).wheel(source, into.path()).unwrap();
        assert!(built.path.starts_with(into.path()) && built.path.is_file());
        place.assert_tidy();
        (built.sha256, fs_err::metadata(&count).unwrap().len())
    };
    let (first, _) = build(&place, &source);
    // nobody knows whether the folder is the same
    assert_eq!(build(&place, &source), (first.clone(), 2));
    source.identity = Some("a commit".to_owned());
    assert_eq!(build(&place, &source), (first.clone(), 3));
    assert_eq!(build(&place, &source), (first.clone(), 3));
    place
        .options
        .variables
        .insert("CFLAGS".into(), "-O3".into());
    assert_eq!(build(&place, &source), (first.clone(), 4));
    place
        .options
        .config_settings
        .insert("a".to_owned(), vec!["b".to_owned()]);
    assert_eq!(build(&place, &source), (first.clone(), 5));
    // one that was changed on the disk does not count, and is replaced
    for entry in walk(&place.path("kept")) {
        if entry.extension().is_some_and(|end| end == "whl") {
            fs_err::write(entry, "damaged").unwrap();
        }
    }
    assert_eq!(build(&place, &source), (first.clone(), 6));
    assert_eq!(build(&place, &source), (first, 6));
}

/// All files below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
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
