//! `wh wheel`: wheels into a folder, with their dependencies, from an index or from a wheelhouse.

use wh_testing::sandbox::{Run, skipped};
use wh_testing::{WheelBuilder, Workbench};

use crate::{NATIVE, bench, files, folder, project, read, repository, says, untold};

fn wheel(bench: &Workbench, arguments: &[&str]) -> Run {
    let python = bench.python.path.display().to_string();
    let url = bench.index.url();
    let mut all = vec!["wheel", "--python", &python, "--index-url", &url];
    all.extend(arguments);
    bench.sandbox.run(all)
}

#[test]
fn projects_repositories_and_names_become_wheels() {
    let Some(bench) = bench() else { return };
    let Some((repository, _)) = repository(&bench, &project("ofgit", "1.5")) else {
        return;
    };
    bench.index.add_wheel(&WheelBuilder::new("lib", "1.0"));
    bench.index.add(project("published", "2.0").on_index());
    folder(&bench, &untold("local", "0.1", "lib"), "local");
    let git = repository.url();
    wheel(&bench, &["./local", &git, "published", "-w", "dist"]).expect(0);
    let all = [
        "lib-1.0-py3-none-any.whl",
        "local-0.1-py3-none-any.whl",
        "ofgit-1.5-py3-none-any.whl",
        "published-2.0-py3-none-any.whl",
    ];
    assert_eq!(files(&bench, "dist"), all);
    wheel(&bench, &["./local", "--no-deps", "-w", "alone"]).expect(0);
    assert_eq!(files(&bench, "alone"), ["local-0.1-py3-none-any.whl"]);
    // other targets are the matter of `wh download`
    bench
        .sandbox
        .write("wh.toml", "targets = [\"cp38-windows\"]\n");
    wheel(&bench, &["./local", "--no-deps", "-w", "alone"]).expect(0);
    let run = wheel(&bench, &[]).expect(2);
    says(&run, &["nothing to build", "wh wheel ."]);
}

/// Whatever builds in a run does so in one folder, also where that has to be made for the occasion.
#[cfg(unix)]
#[test]
fn one_folder_of_our_own_where_others_have_taken_its_name() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let Some(mut bench) = bench() else { return };
    folder(&bench, &untold("local", "0.1", "lib"), "local");
    let temporary = bench.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let user = temporary.metadata().unwrap().uid();
    let taken = temporary.join(format!("wh-builds-{user}"));
    std::fs::create_dir(&taken).unwrap();
    std::fs::set_permissions(&taken, std::fs::Permissions::from_mode(0o777)).unwrap();
    bench.sandbox.variable("TMPDIR", &temporary);
    wheel(
        &bench,
        &["./local", "--no-deps", "--no-cache", "-w", "dist"],
    )
    .expect(0);
    assert_eq!(files(&bench, "dist"), ["local-0.1-py3-none-any.whl"]);
    let all = std::fs::read_dir(&temporary).unwrap().flatten();
    let names = all.map(|entry| entry.file_name().into_string().unwrap());
    let made = names.filter(|name| name.starts_with("wh-builds-"));
    assert_eq!(made.count(), 2, "the one that was taken, and ours");
}

#[test]
fn what_changed_is_built_anew_and_takes_the_place_of_the_old() {
    let Some(bench) = bench() else { return };
    folder(&bench, &untold("local", "0.1", "lib"), "local");
    let build = || wheel(&bench, &["./local", "--no-deps", "-w", "dist"]).expect(0);
    let bytes = || std::fs::read(bench.path("dist/local-0.1-py3-none-any.whl")).unwrap();
    build();
    let first = bytes();
    build();
    assert_eq!(bytes(), first);
    bench.sandbox.write("local/src/more.py", "new = True\n");
    build();
    assert_ne!(bytes(), first);
}

#[test]
fn native_wheels_are_for_the_machine_that_builds() {
    let Some(bench) = bench() else { return };
    let native = project("native", "1").file("hook.py", NATIVE);
    bench.index.add(native.on_index());
    wheel(&bench, &["native", "-w", "dist"]).expect(0);
    let (major, minor) = bench.python.version;
    let start = format!("native-1-cp{major}{minor}-cp{major}{minor}-");
    assert!(files(&bench, "dist")[0].starts_with(&start));
}

/// A wheelhouse that was filled with sdists and what builds them is enough.
#[test]
fn offline_from_a_wheelhouse() {
    let Some(bench) = bench() else { return };
    bench
        .index
        .add(project("app", "1.0").requires("lib").on_index());
    bench.index.add_wheel(&WheelBuilder::new("lib", "1.0"));
    bench.download(&["app"]).expect(0);
    let python = bench.python.path.display().to_string();
    let all = [
        "wheel",
        "--python",
        &python,
        "--no-index",
        "--find-links",
        "wheels",
        "app",
        "-w",
        "dist",
    ];
    match bench.sandbox.run_in_gap(all) {
        Ok(run) => run.expect(0),
        Err(why) => return skipped(&why),
    };
    let wheels = ["app-1.0-py3-none-any.whl", "lib-1.0-py3-none-any.whl"];
    assert_eq!(files(&bench, "dist"), wheels);
}

#[test]
fn settings_and_limits_reach_the_backend() {
    let Some(bench) = bench() else { return };
    let hook = "
def build_wheel(folder, config=None, metadata=None):
    return _wheel(folder, {'app.py': repr(config)}, 'py3-none-any')
";
    bench
        .index
        .add(project("app", "1.0").file("hook.py", hook).on_index());
    wheel(&bench, &["app", "-C", "a=1", "-w", "dist"]).expect(0);
    let told = read(&bench, "dist/app-1.0-py3-none-any.whl", "app.py");
    assert!(told.contains("'a': '1'"), "{told}");
    // a requirement may have settings of its own
    bench.sandbox.write(
        "r.txt",
        "app --config-settings=b=2\n./bare.tar.gz --config-settings=c=3\n",
    );
    let bare = project("bare", "1.0").file("hook.py", hook);
    bench.sandbox.write("bare.tar.gz", bare.build());
    wheel(&bench, &["-r", "r.txt", "-C", "a=1", "-w", "own"]).expect(0);
    for (name, settings) in [
        ("app", "'a': '1', 'b': '2'"),
        ("bare", "'a': '1', 'c': '3'"),
    ] {
        let told = read(
            &bench,
            &format!("own/{name}-1.0-py3-none-any.whl"),
            "app.py",
        );
        assert!(told.contains(settings), "{told}");
    }
    let hangs = "import time\ndef build_wheel(*args): time.sleep(600)\n";
    bench
        .index
        .add(project("slow", "1.0").file("hook.py", hangs).on_index());
    let run = wheel(&bench, &["slow", "--build-timeout", "1", "-w", "slow"]);
    says(&run.expect(1), &["slow-1.0.tar.gz", "stopped after 1 s"]);
    assert!(files(&bench, "slow").is_empty());
}
