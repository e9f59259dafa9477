//! Source distributions in a wheelhouse: `wh install` builds nothing unasked, names them, and says how to
//! have them built; what building needs lies in the folder, where pip finds it without a network.

use wh_testing::sandbox::{air_gap, skipped};
use wh_testing::{SdistBuilder, Workbench, tools};

use crate::{bench, wheel};

/// A build backend in one module: it makes a wheel of what lies in the folder.
const BACKEND: &str = r#"
import os, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = 'app-1.0-py3-none-any.whl'
    with open('PKG-INFO') as file:
        metadata = file.read()
    with zipfile.ZipFile(os.path.join(wheel_directory, name), 'w') as wheel:
        wheel.writestr('app.py', 'built = True\n')
        wheel.writestr('app-1.0.dist-info/METADATA', metadata)
        wheel.writestr('app-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nGenerator: own\n'
                       'Root-Is-Purelib: true\nTag: py3-none-any\n')
        wheel.writestr('app-1.0.dist-info/RECORD', '')
    return name
"#;

/// A folder with the sdist `app`, which requires `lib` and is built by `backend`, and their lock.
fn locked() -> Option<Workbench> {
    let bench = bench()?;
    let backend = wheel("backend", "2.0").file("own_backend.py", BACKEND);
    for wheel in [wheel("lib", "1.0"), wheel("other", "1.0"), backend] {
        bench.index.add_wheel(&wheel);
    }
    let app = SdistBuilder::new("app", "1.0")
        .requires("lib")
        .builds_with("own_backend", ["backend>=2"]);
    bench.sandbox.write("source/app-1.0.tar.gz", app.build());
    bench
        .download(&["app", "other", "--find-links", "source"])
        .expect(0);
    Some(bench)
}

#[test]
fn it_is_named_and_nothing_is_changed() {
    let Some(bench) = locked() else { return };
    for arguments in [&[][..], &["app"]] {
        let run = bench.install(arguments).expect(1);
        for words in [
            "app-1.0.tar.gz",
            "nothing was changed",
            "`--build` builds them here",
            "what that needs came along",
        ] {
            assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        }
        assert!(bench.freeze("env").is_empty());
    }
    bench.install(&["other"]).expect(0);
    assert_eq!(bench.freeze("env"), ["other==1.0"]);
}

#[test]
fn pip_builds_it_in_the_gap_and_wh_goes_on() {
    let Some(bench) = locked() else { return };
    let Some(tools) = tools() else { return };
    let mut pip = tools.pip(&bench.environment("env"));
    pip.args([
        "install",
        "--no-index",
        "--find-links",
        "wheels",
        "app==1.0",
    ]);
    let mut gap = match air_gap(pip.get_program().as_ref()) {
        Ok(gap) => gap,
        Err(why) => return skipped(&why),
    };
    gap.args(pip.get_args());
    bench.finish(gap).expect(0);
    bench.install(&[]).expect(0);
    let frozen = bench.freeze("env");
    assert_eq!(frozen, ["app==1.0", "lib==1.0", "other==1.0"]);
}
