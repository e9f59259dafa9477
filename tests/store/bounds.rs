//! What an install touches and takes, however large the folder and its wheels are.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use wh_testing::sandbox::skipped;
use wh_testing::{WheelBuilder, Workbench};

use super::{WH, store, wheel};

/// The paths that a run opens, as strace has them; `None`, in words, where it cannot be had.
fn opened(bench: &Workbench, name: &str, arguments: &[&str]) -> Option<String> {
    let python = bench.interpreter(name).display().to_string();
    let words = ["install", "--python", &python, "--find-links", "wheels"];
    let plain = bench.sandbox.command([&words, arguments].concat());
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=open,openat,execve,getdents64"]);
    strace.args(["-y", "-o", "calls"]);
    strace.arg(plain.get_program()).args(plain.get_args());
    if Command::new("strace").arg("-V").output().is_err() {
        skipped("there is no strace");
        return None;
    }
    let run = bench.finish(strace);
    if run.status != Some(0) && run.stderr.contains("ptrace") {
        skipped("strace may not trace here");
        return None;
    }
    run.expect(0);
    Some(bench.sandbox.read("calls"))
}

/// Two projects that are asked for, and others that are not.
fn crowd() -> Option<Workbench> {
    let bench = Workbench::new(WH)?;
    let app = wheel("app", "1.0").requires("lib");
    bench.lock(&[app, wheel("lib", "1.5")], &["app"]);
    let others: Vec<_> = (0..40)
        .map(|number| WheelBuilder::new(format!("other{number}"), "1"))
        .collect();
    bench.folder(&others);
    for name in ["one", "two"] {
        bench.environment(name);
    }
    Some(bench)
}

#[test]
fn a_lock_says_which_files_are_opened_and_the_folder_is_not_listed() {
    let Some(bench) = crowd() else { return };
    let Some(calls) = opened(&bench, "one", &["--no-store"]) else {
        return;
    };
    assert!(calls.contains("wheels/app-1.0-py3-none-any.whl"), "{calls}");
    assert!(!calls.contains("wheels/other"), "{calls}");
    let lists = |line: &&str| line.contains("getdents64") && line.contains("/wheels>");
    assert_eq!(calls.lines().find(lists), None);
    // nor is an interpreter started, where the environment's files tell
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert_eq!(calls.matches("execve(").count(), 1, "{calls}");
    }
    // what the store holds is not opened at all
    bench.install_into("one", &["--force-reinstall"]).expect(0);
    let calls = opened(&bench, "two", &[]).unwrap();
    assert!(!calls.contains(".whl\""), "{calls}");
}

#[test]
fn without_a_lock_names_decide_which_are_opened() {
    let Some(bench) = crowd() else { return };
    fs::remove_file(bench.path("wheels/pylock.toml")).unwrap();
    let Some(calls) = opened(&bench, "one", &["app"]) else {
        return;
    };
    assert!(calls.contains("wheels/lib-1.5-py3-none-any.whl"), "{calls}");
    assert!(!calls.contains("wheels/other"), "{calls}");
}

/// One entry of 250 MB: it is never in memory as a whole.
#[test]
fn memory_does_not_grow_with_the_files_of_a_wheel() {
    let Some(bench) = Workbench::new(WH) else {
        return;
    };
    let mut many = WheelBuilder::new("large", "1").file("large/zeros", vec![0; 250_000_000]);
    for number in 0..3 {
        many = many.file(format!("large/{number}"), vec![number; 60_000_000]);
    }
    // a wheel of zeros alone would be refused as a bomb
    let mut seed = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    })
    .take(6_000_000)
    .collect();
    bench.folder(&[many.file("large/noise", noise)]);
    bench.environment("one");
    let python = bench.interpreter("one").display().to_string();
    let measure = "import resource, subprocess, sys\n\
        subprocess.run(sys.argv[1:], check=True)\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let words = ["-c", measure, WH, "install", "-q", "--find-links", "wheels"];
    let words = words.into_iter().chain(["--python", &python, "large"]);
    let run = bench.run(&bench.python.path, words).expect(0);
    let kilobytes: u64 = run.stdout.trim().parse().unwrap();
    assert!(kilobytes < 100_000, "it took {kilobytes} KB");
    let large = bench.site_packages("one").join("large/zeros");
    assert_eq!(large.metadata().unwrap().len(), 250_000_000);
}

/// A store that can only be read serves, and one that belongs to somebody else is left alone.
#[test]
fn a_store_that_cannot_be_written_to_serves() {
    let Some(bench) = crowd() else { return };
    bench.install_into("one", &[]).expect(0);
    let (folder, distributions) = store(&bench);
    let set_mode = |mode: u32| {
        for path in distributions.iter().chain([&folder]) {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    // root can write there all the same
    set_mode(0o555);
    bench.install_into("two", &[]).expect(0);
    assert_eq!(bench.freeze("two"), ["app==1.0", "lib==1.5"]);
    set_mode(0o755);
}

#[test]
fn links_are_changed_like_everything_else() {
    let Some(bench) = crowd() else { return };
    let links = ["--link-mode", "symlink"];
    bench.install_into("one", &links).expect(0);
    let before = bench.snapshot("one");
    // the same once more changes nothing
    bench.install_into("one", &links).expect(0);
    assert_eq!(before.differences(&bench.snapshot("one")), [""; 0]);
    let site = bench.site_packages("one");
    let is_link = || site.join("lib").symlink_metadata().unwrap().is_symlink();
    assert!(is_link());
    let python = bench.interpreter("one").display().to_string();
    let sync = |more: &[&str]| {
        let words = ["sync", "--python", &python, "--find-links", "wheels"];
        bench.sandbox.run([&words, more].concat()).expect(0)
    };
    sync(&["wheels/pylock.toml"]);
    assert_eq!(before.differences(&bench.snapshot("one")), [""; 0]);
    // what is no longer asked for goes, and nothing behind the link
    bench.sandbox.write("less.txt", "lib\n");
    sync(&["less.txt"]);
    assert_eq!(bench.freeze("one"), ["lib==1.5"]);
    assert!(site.join("app").symlink_metadata().is_err());
    bench.install_into("two", &links).expect(0);
    assert!(
        bench
            .site_packages("two")
            .join("app/inner/data.txt")
            .exists()
    );
    assert!(is_link());
}
