//! Every hostile wheel there is: refused with status 1, with and without a lock, nothing written.

use wh_testing::{Hostile, Workbench, hostile, sha256_hex, snapshot};

use crate::{bench, wheel};

/// A lock that knows the file and vouches for its RECORD, as `wh download` would never write it.
fn lock(hostile: &Hostile) -> String {
    format!(
        "lock-version = \"1.0\"\ncreated-by = \"wh\"\n\n[[packages]]\nname = \"good\"\nversion = \"1.0\"\n\
         wheels = [{{ path = \"good-1.0-py3-none-any.whl\", hashes = {{ sha256 = \"{}\" }} }}]\n\n\
         [[packages]]\nname = \"hostile\"\nversion = \"1.0\"\nwheels = [{{ path = \"{}\", hashes = {{ sha256 = \"{}\" }} }}]\n",
        sha256_hex(&wheel("good", "1.0").build()),
        hostile.filename,
        sha256_hex(&hostile.bytes),
    )
}

/// Everything in the sandbox but the folder of wheels and the cache.
fn everything(bench: &Workbench) -> wh_testing::snapshot::Snapshot {
    let all = bench.path("..");
    snapshot(&all)
        .without(|path| path.starts_with("work/wheels") || path.starts_with("home/.cache"))
}

fn check(bench: &Workbench, hostile: &Hostile, locks: &[bool], faults: &mut Vec<String>) {
    let kind = hostile.kind;
    for &locked in locks {
        std::fs::remove_dir_all(bench.path("wheels")).unwrap();
        bench.folder(&[wheel("good", "1.0")]);
        bench
            .sandbox
            .write(&format!("wheels/{}", hostile.filename), &hostile.bytes);
        if locked {
            bench.sandbox.write("wheels/pylock.toml", lock(hostile));
        }
        let before = everything(bench);
        let run = bench.install(&[]);
        let which = format!("{kind} (lock: {locked})");
        if run.status != Some(1) {
            faults.push(format!("{which}: status {:?}\n{}", run.status, run.stderr));
        }
        let said = run.stderr.to_lowercase();
        let project = hostile.says.iter().chain(&["hostile"]);
        for word in project.filter(|word| !said.contains(&word.to_lowercase())) {
            faults.push(format!("{which}: {word:?} is not in\n{}", run.stderr));
        }
        let changed = before.differences(&everything(bench));
        if !changed.is_empty() {
            faults.push(format!("{which}: {changed:#?}"));
            bench
                .sandbox
                .run([
                    "venv",
                    "env",
                    "--clear",
                    "--python",
                    &bench.python.path.display().to_string(),
                ])
                .expect(0);
        }
    }
}

#[test]
fn hostile_wheels_are_refused() {
    let Some(bench) = bench() else { return };
    bench.folder(&[]);
    bench.environment("env");
    let mut faults = Vec::new();
    for (number, hostile) in hostile().iter().enumerate() {
        // all take one check: two runs each would only take longer
        let locks: &[bool] = if number % 3 == 0 {
            &[false, true]
        } else {
            &[number % 3 == 1]
        };
        check(&bench, hostile, locks, &mut faults);
    }
    assert!(!std::path::Path::new("/tmp/wh-escaped.py").exists());
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}
