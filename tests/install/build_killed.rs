//! A `wh` that is killed while it builds: whatever the backend had started goes too.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use wh_testing::{SdistBuilder, Workbench};

use crate::bench;

/// Waits for something to become true.
#[track_caller]
fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "not in time: {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Names of processes that carry this sandbox's home in their environment, the dead aside.
fn running(bench: &Workbench) -> Vec<String> {
    let home = bench.sandbox.home().display().to_string();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let environment = std::fs::read(entry.path().join("environ")).ok()?;
            let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
            String::from_utf8_lossy(&environment)
                .contains(&home)
                .then_some(name)
        })
        .collect()
}

#[test]
fn nothing_goes_on() {
    let Some(bench) = bench() else { return };
    let hangs = "def build_wheel(folder, config=None, metadata=None):\n    \
        import subprocess, sys, time\n    \
        code = 'import time; time.sleep(1000)'\n    \
        subprocess.Popen([sys.executable, '-c', code], start_new_session=True)\n    \
        print('begun', flush=True)\n    time.sleep(1000)\n";
    bench.folder(&[]);
    for (name, hook) in [("app", hangs), ("lib", "")] {
        let sdist = SdistBuilder::new(name, "1.0")
            .builds_itself()
            .file("hook.py", hook);
        bench
            .sandbox
            .write(&format!("wheels/{}", sdist.filename()), sdist.build());
    }
    let python = bench.environment("env").display().to_string();
    let arguments = [
        "install",
        "--build",
        "--find-links",
        "wheels",
        "--python",
        &python,
    ];
    let mut command = bench.sandbox.command([&arguments[..], &["app"]].concat());
    let mut child = command.spawn().unwrap();
    let log = bench
        .sandbox
        .home()
        .join(".cache/wh/builds/logs/app-1.0.tar.gz.log");
    wait_for("the hook hangs", || {
        std::fs::read_to_string(&log).is_ok_and(|text| text.contains("begun"))
    });
    // the caller of hooks, the hook, what it started, and who waits for the end of `wh`
    assert!(running(&bench).len() >= 4);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for("all processes are gone", || running(&bench).is_empty());
    assert!(bench.freeze("env").is_empty());

    bench
        .sandbox
        .run([&arguments[..], &["lib"]].concat())
        .expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.0"]);
    let scratch = bench.sandbox.home().join(".cache/wh/builds/scratch");
    assert_eq!(std::fs::read_dir(scratch).unwrap().count(), 0);
}
