//! A folder with a lock: its selection for this environment, exactly.

use wh_testing::WheelBuilder;
use wh_testing::sandbox::air_gap;

use crate::{WH, bench, three, wheel};

#[test]
fn the_lock_is_installed_and_nothing_else() {
    let Some(bench) = bench() else { return };
    bench
        .lock(&three(), &["app"])
        .folder(&[wheel("stray", "9"), wheel("lib", "2.0")]);
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
    let again = bench.install(&[]).expect(0);
    assert!(again.stderr.contains("Kept"), "{}", again.stderr);
}

#[test]
fn marks_say_who_installed_and_what_was_asked_for() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    bench.install(&[]).expect(0);
    let site = bench.site_packages("env");
    let installed = wh_testing::snapshot(&site);
    assert_eq!(
        installed.text("app-1.0.dist-info/INSTALLER").as_deref(),
        Some("wh\n")
    );
    assert_eq!(
        installed.text("app-1.0.dist-info/REQUESTED").as_deref(),
        Some("")
    );
    assert_eq!(installed.text("lib-1.5.dist-info/REQUESTED"), None);
    assert_eq!(installed.text("app-1.0.dist-info/direct_url.json"), None);
    let record = installed.text("app-1.0.dist-info/RECORD").unwrap();
    for row in ["INSTALLER,sha256=", "REQUESTED,sha256=", "RECORD,,"] {
        let row = format!("app-1.0.dist-info/{row}");
        assert!(
            record.lines().any(|line| line.starts_with(&row)),
            "{row}: {record}"
        );
    }
    // bytecode is not compiled
    assert!(
        installed.0.keys().all(|path| !path.contains("__pycache__")),
        "{installed:?}"
    );
}

#[test]
fn of_several_locks_one_is_chosen() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app", "--lock-name", "one"]);
    bench.download(&["other", "--lock-name", "two"]).expect(0);
    let run = bench.install(&[]).expect(2);
    for name in ["pylock.one.toml", "pylock.two.toml", "-r "] {
        assert!(run.stderr.contains(name), "{}", run.stderr);
    }
    assert_eq!(bench.freeze("env"), [""; 0]);
    bench.install(&["-r", "wheels/pylock.two.toml"]).expect(0);
    assert_eq!(bench.freeze("env"), ["other==3.0"]);
    let both = [
        "-r",
        "wheels/pylock.one.toml",
        "-r",
        "wheels/pylock.two.toml",
    ];
    bench.install(&both).expect(2);
}

/// The folder need not be named where the lock is.
#[test]
fn a_lock_brings_its_folder() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let python = bench.environment("env").display().to_string();
    let run = ["install", "-r", "wheels/pylock.toml", "--python", &python];
    bench.sandbox.run(run).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
    bench
        .sandbox
        .run(["install", "--python", &python])
        .expect(2);
}

#[test]
fn another_environment_gets_nothing() {
    let Some(bench) = bench() else { return };
    let target = ["app", "--target", "cp38-windows", "--target", "cp38-macos"];
    bench.lock(&three(), &target);
    let run = bench.install(&[]).expect(1);
    for word in ["win32", "darwin", "3.8"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!(bench.freeze("env"), [""; 0]);
}

#[test]
fn a_missing_file_is_named_with_who_asks_for_it() {
    let Some(bench) = bench() else { return };
    bench
        .lock(&three(), &["app"])
        .folder(&[wheel("lib", "0.9")]);
    std::fs::remove_file(bench.path("wheels/lib-1.5-py3-none-any.whl")).unwrap();
    let run = bench.install(&[]).expect(1);
    for word in [
        "lib-1.5-py3-none-any.whl",
        "asked for by app",
        "lib-0.9-py3-none-any.whl",
        "hint:",
    ] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!(bench.freeze("env"), [""; 0]);
    // anywhere in the folders will do, if it is that file
    bench.sandbox.write(
        "wheels/deep/down/lib-1.5-py3-none-any.whl",
        wheel("lib", "1.5").build(),
    );
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
}

/// What the requirements name decides, the lock's versions come first, only its files count.
#[test]
fn requirements_beside_a_lock() {
    let Some(bench) = bench() else { return };
    bench
        .lock(&three(), &["app", "other"])
        .folder(&[wheel("lib", "2.0"), wheel("stray", "1")]);
    bench.install(&["lib"]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.5"]);
    for refused in ["lib>=2", "stray"] {
        let run = bench.install(&[refused]).expect(1);
        assert!(run.stderr.contains("lock"), "{}", run.stderr);
    }
    bench.sandbox.write(
        "requirements.txt",
        "--index-url https://index.example/simple/\nother\n",
    );
    let run = bench.install(&["-r", "requirements.txt"]).expect(0);
    assert!(run.stderr.contains("--index-url"), "{}", run.stderr);
    assert_eq!(bench.freeze("env"), ["lib==1.5", "other==3.0"]);
}

#[test]
fn a_url_is_found_in_the_lock_or_by_name_and_hash() {
    let Some(bench) = bench() else { return };
    let url = bench.index.file_url("lib-1.5-py3-none-any.whl");
    let direct = format!("lib @ {url}");
    bench.lock(&three(), &[&direct]);
    let requests = bench.index.requests().len();
    bench.install(&[&direct]).expect(0);
    assert_eq!(bench.freeze("env").len(), 1);
    assert!(bench.freeze("env")[0].starts_with(&format!("lib @ {url}#sha256=")));
    let site = wh_testing::snapshot(&bench.site_packages("env"));
    let text = site.text("lib-1.5.dist-info/direct_url.json").unwrap();
    assert!(
        text.contains(&url) && text.contains("archive_info"),
        "{text}"
    );

    // the whole lock says the same
    bench.environment("from-lock");
    bench.install_into("from-lock", &[]).expect(0);
    assert_eq!(bench.freeze("from-lock"), bench.freeze("env"));

    // another URL, the same file
    let hash = wh_testing::sha256_hex(&wheel("lib", "1.5").build());
    let elsewhere = "lib @ https://files.example/x/lib-1.5-py3-none-any.whl";
    bench.environment("other");
    bench.install_into("other", &[elsewhere]).expect(1);
    bench
        .install_into(
            "other",
            &[&format!("{elsewhere}#sha256={}", "0".repeat(64))],
        )
        .expect(1);
    bench
        .install_into("other", &[&format!("{elsewhere}#sha256={hash}")])
        .expect(0);
    assert_eq!(
        bench.freeze("other"),
        [format!("{elsewhere}#sha256={hash}")]
    );
    assert_eq!(
        bench.index.requests().len(),
        requests,
        "nothing is ever fetched"
    );
}

#[test]
fn a_lock_of_another_tool_serves() {
    let Some(bench) = bench() else { return };
    let lib = wheel("lib", "1.5");
    let hash = wh_testing::sha256_hex(&lib.build());
    bench.folder(&[lib]);
    let text = format!(
        "lock-version = \"1.0\"\ncreated-by = \"somebody\"\n\n[[packages]]\nname = \"lib\"\n\
         version = \"1.5\"\nwheels = [{{ name = \"lib-1.5-py3-none-any.whl\", \
         url = \"https://files.example/lib-1.5-py3-none-any.whl\", hashes = {{ sha256 = \"{hash}\" }} }}]\n"
    );
    bench.sandbox.write("wheels/pylock.toml", text);
    bench.install(&[]).expect(0);
    assert_eq!(bench.freeze("env"), ["lib==1.5"]);
    bench.sandbox.write(
        "wheels/pylock.toml",
        "lock-version = \"1.0\"\npackages = 3\n",
    );
    bench.install(&[]).expect(2);
}

/// Each environment gets what its markers and tags say.
#[test]
fn the_reader_chooses_by_its_own_tags() {
    let Some(bench) = bench() else { return };
    let (major, minor) = bench.python.version;
    let native = format!("cp{major}{minor}");
    let wheels = [
        WheelBuilder::new("lib", "1.5")
            .tag(format!("{native}-{native}-win_amd64"))
            .file("win.py", ""),
        WheelBuilder::new("lib", "1.5")
            .tag(format!("{native}-{native}-manylinux2014_x86_64"))
            .file("linux.py", ""),
        WheelBuilder::new("lib", "1.5")
            .tag(format!("{native}-{native}-macosx_14_0_arm64"))
            .file("mac.py", ""),
    ];
    let all = ["windows", "linux", "macos"].map(|system| format!("{native}-{system}"));
    let [windows, linux, macos] = &all;
    bench.lock(
        &wheels,
        &[
            "lib", "--target", windows, "--target", linux, "--target", macos,
        ],
    );
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        bench.install(&[]).expect(0);
        assert!(bench.site_packages("env").join("linux.py").exists());
    }
}

/// Not even a look: the loopback interface is down, and no socket of the internet is opened.
#[test]
fn there_is_no_network_and_none_is_tried() {
    let Some(bench) = bench() else { return };
    bench.lock(&three(), &["app"]);
    let python = bench.environment("env").display().to_string();
    let arguments = ["install", "--find-links", "wheels", "--python", &python];
    match air_gap(WH.as_ref()) {
        Ok(mut command) => {
            command.args(arguments);
            bench.finish(command).expect(0);
        }
        Err(why) => return wh_testing::sandbox::skipped(&why),
    }
    assert_eq!(bench.freeze("env"), ["app==1.0", "lib==1.5"]);
}
