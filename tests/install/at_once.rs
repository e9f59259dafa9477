//! Two that change one environment at the same time: one waits, and decides on what it then finds.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};

use wh_testing::{WheelBuilder, Workbench};

use crate::{bench, wheel};

/// `wh` at work in the background, on the environment `env`.
fn begin(bench: &Workbench, arguments: &[&str]) -> Child {
    let mut command = bench.sandbox.command(arguments);
    command.arg("--python").arg(bench.interpreter("env"));
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What it said to the end, which must be a good one.
fn end(mut child: Child) -> String {
    let mut said = String::new();
    let mut from = child.stderr.take().unwrap();
    from.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    said
}

/// The test is the one that is at work; Windows lets nobody read who it is.
#[cfg(unix)]
#[test]
fn who_waits_is_told_for_whom_and_plans_on_what_is_there_then() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("lib", "1.0"), wheel("lib", "2.0")]);
    bench.install(&["lib==1.0"]).expect(0);
    bench.run("/bin/cp", ["-a", "env", "old"]).expect(0);
    bench.run("/bin/cp", ["-a", "env", "new"]).expect(0);
    bench.install_into("new", &["lib==2.0"]).expect(0);
    let install = ["install", "-f", "wheels", "-U", "lib"];
    let uninstall = ["uninstall", "lib"];
    for (arguments, last_words) in [(&install[..], "all there"), (&uninstall, "lib 2.0")] {
        fs::remove_dir_all(bench.path("env")).unwrap();
        bench.run("/bin/cp", ["-a", "old", "env"]).expect(0);
        let library = bench.site_packages("env");
        let lock = library.join(".wh-lock");
        let mut held = File::create(&lock).unwrap();
        held.lock().unwrap();
        held.write_all(b"4711\nwh sync\n").unwrap();

        let mut child = begin(&bench, arguments);
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let place = library.display();
        let expected = format!("Waiting for `wh sync` (process 4711): {place}\n");
        assert_eq!(line, expected);

        for gone in ["lib", "lib-1.0.dist-info"] {
            fs::remove_dir_all(library.join(gone)).unwrap();
        }
        for name in ["lib", "lib-2.0.dist-info"] {
            let from = bench.site_packages("new").join(name);
            let paths = [from.as_os_str(), library.as_os_str()];
            bench
                .run("/bin/cp", [&["-a".as_ref()], &paths[..]].concat())
                .expect(0);
        }
        fs::remove_file(&lock).unwrap();
        drop(held);
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        assert!(rest.contains(last_words), "{rest}");
        assert!(!lock.exists());
    }
}

#[test]
fn of_many_each_finds_a_whole_state_and_leaves_one() {
    let Some(bench) = bench() else { return };
    let versions = ["1.0", "2.0", "3.0", "4.0"];
    let wheels: Vec<WheelBuilder> = versions
        .iter()
        .flat_map(|version| {
            [
                wheel("lib", version),
                wheel(&format!("only{}", &version[..1]), "1"),
            ]
        })
        .collect();
    bench.folder(&wheels);
    bench.environment("env");
    let pins: Vec<_> = versions
        .iter()
        .map(|version| format!("lib=={version}"))
        .collect();
    let mut children = Vec::new();
    for (pin, version) in pins.iter().zip(versions) {
        let only = format!("only{}", &version[..1]);
        children.push(begin(&bench, &["install", "-f", "wheels", pin, &only]));
    }
    children.into_iter().map(end).for_each(drop);
    let frozen = bench.freeze("env");
    let (lib, others): (Vec<_>, Vec<_>) = frozen.iter().partition(|line| line.starts_with("lib"));
    assert!(lib.len() == 1 && pins.contains(lib[0]), "{frozen:?}");
    assert_eq!(others, ["only1==1", "only2==1", "only3==1", "only4==1"]);
    let python = bench.interpreter("env").display().to_string();
    bench
        .sandbox
        .run(["verify", "--env", "--python", &python])
        .expect(0);
    let left = bench.snapshot("env").0.into_keys();
    let ours: Vec<String> = left.filter(|path| path.contains(".wh-")).collect();
    assert!(ours.is_empty() || cfg!(windows), "{ours:?}");
}

/// Who comes to a new folder first makes it, for both.
#[test]
fn also_in_a_folder_that_is_not_there_yet() {
    let Some(bench) = bench() else { return };
    bench.folder(&[wheel("lib", "1.0"), wheel("app", "1.0").requires("lib")]);
    bench.environment("env");
    let install = |name| ["install", "-f", "wheels", "--target", "new/folder", name];
    let children = ["lib", "app", "lib", "app"].map(|name| begin(&bench, &install(name)));
    children.into_iter().map(end).for_each(drop);
    let new = bench.snapshot("new/folder");
    let names: Vec<&str> = new
        .0
        .keys()
        .filter(|path| !path.contains('/'))
        .map(|name| &**name)
        .collect();
    assert_eq!(
        names,
        ["app", "app-1.0.dist-info", "lib", "lib-1.0.dist-info"]
    );
    // and what comes to nothing leaves none
    let python = bench.interpreter("env").display().to_string();
    let nothing = [
        &install("missing")[..4],
        &["other/folder", "missing", "--python", &python],
    ];
    bench.sandbox.run(nothing.concat()).expect(1);
    assert!(!bench.path("other").exists());
}
