//! What is chosen and written, and what a second run does.

use wh_testing::sha256_hex;

use crate::bench::{Bench, Lock, module, says};

#[test]
fn everything_is_fetched_and_locked() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app"]).expect(0);
    assert_eq!(run.stdout, "");
    says(
        &run,
        &["Resolved 2 distributions", "Fetched 2 files", "complete"],
    );
    let names = ["app-1.0-py3-none-any.whl", "lib-2.0-py3-none-any.whl"];
    assert_eq!(bench.wheels(), [names[0], names[1], "pylock.toml"]);

    let lock = bench.lock();
    assert_eq!(lock.versions(), ["app 1.0", "lib 2.0"]);
    for (project, name) in ["app", "lib"].iter().zip(names) {
        let bytes = std::fs::read(bench.sandbox.path("wheels").join(name)).unwrap();
        let wheel = lock.wheels(project)[0];
        assert_eq!(wheel["path"].as_str(), Some(name));
        assert_eq!(wheel["size"].as_integer(), Some(bytes.len() as i64));
        let sha256 = wheel["hashes"]["sha256"].as_str().unwrap();
        assert_eq!(sha256, sha256_hex(&bytes));
        assert_eq!(wheel["url"].as_str(), Some(&*bench.index.file_url(name)));
    }
}

#[test]
fn the_lock_says_for_whom_and_what_for() {
    let bench = Bench::app_and_lib();
    bench.download(&["app"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.table["lock-version"].as_str(), Some("1.0"));
    assert_eq!(lock.table["requires-python"].as_str(), Some(">=3.12"));
    let environments = lock.table["environments"].as_array().unwrap();
    assert_eq!(environments.len(), 1);
    let environment = environments[0].as_str().unwrap();
    for clause in [
        "python_version == '3.12'",
        "implementation_name == 'cpython'",
        "sys_platform == 'linux'",
        "platform_machine == 'x86_64'",
    ] {
        assert!(environment.contains(clause), "{environment}");
    }
    let own = lock.table["tool"]["wh"].as_table().unwrap();
    assert_eq!(
        own["requirements"].as_array().unwrap()[0].as_str(),
        Some("app")
    );
    assert!(
        own["targets"]
            .to_string()
            .contains("cp312-manylinux_2_28_x86_64")
    );
    let facts = &own["files"]["app-1.0-py3-none-any.whl"];
    assert_eq!(facts["record-verified"].as_bool(), Some(true));
    let home = bench.sandbox.work().display().to_string();
    assert!(!lock.text.contains(&home), "{}", lock.text);
}

#[test]
fn a_second_run_makes_no_request() {
    let bench = Bench::app_and_lib();
    bench.index.cache_control("max-age=600");
    bench.download(&["app"]).expect(0);
    let before = bench.lock().text;
    bench.index.clear_log();
    let run = bench.download(&["app"]).expect(0);
    says(&run, &["Kept 2 files"]);
    assert_eq!(bench.index.requests(), []);
    assert_eq!(bench.lock().text, before);
}

#[test]
fn a_lost_file_is_fetched_again_and_no_other() {
    let bench = Bench::app_and_lib();
    bench.download(&["app"]).expect(0);
    std::fs::remove_file(bench.sandbox.path("wheels/lib-2.0-py3-none-any.whl")).unwrap();
    bench.index.clear_log();
    bench.download(&["app"]).expect(0);
    assert_eq!(bench.index.count("/files/lib-2.0-py3-none-any.whl"), 1);
    assert_eq!(bench.index.count("/files/app*"), 0);
}

#[test]
fn a_damaged_file_of_the_lock_is_replaced() {
    let bench = Bench::app_and_lib();
    bench.download(&["app"]).expect(0);
    let path = bench.sandbox.path("wheels/lib-2.0-py3-none-any.whl");
    let good = std::fs::read(&path).unwrap();
    let mut bad = good.clone();
    bad[40] ^= 1;
    std::fs::write(&path, bad).unwrap();
    bench.download(&["app"]).expect(0);
    assert_eq!(std::fs::read(&path).unwrap(), good);
}

#[test]
fn a_dry_run_fetches_and_writes_nothing() {
    let bench = Bench::app_and_lib();
    let run = bench.download(&["app", "--dry-run"]).expect(0);
    assert!(run.stdout.contains("fetch"), "{}", run.stdout);
    assert!(run.stdout.contains("lib-2.0-py3-none-any.whl"));
    assert_eq!(bench.index.count("/files/*.whl"), 0);
    assert_eq!(bench.sandbox.tree(), [""; 0]);
}

#[test]
fn flags_narrow_or_widen_the_choice() {
    let check = |args: &[&str], expected: &[&str]| {
        let bench = Bench::with(&[
            module("app", "1.0").requires("lib").requires("more"),
            module("lib", "1.0"),
            module("lib", "2.0a1"),
            module("more", "1.0").requires("most"),
            module("most", "1.0"),
        ]);
        bench
            .sandbox
            .write("limits.txt", "most<1 ; python_version < '3'\nlib<1.0.1\n");
        bench.download(args).expect(0);
        assert_eq!(bench.lock().versions(), expected, "{args:?}");
    };
    check(&["app"], &["app 1.0", "lib 1.0", "more 1.0", "most 1.0"]);
    check(&["app", "--no-deps"], &["app 1.0"]);
    check(&["app", "--exclude", "more"], &["app 1.0", "lib 1.0"]);
    check(&["lib", "--pre"], &["lib 2.0a1"]);
    check(&["lib>=2.0a1"], &["lib 2.0a1"]);
    check(&["lib", "--pre", "-c", "limits.txt"], &["lib 1.0"]);
}

#[test]
fn what_is_left_out_stands_in_the_lock() {
    let bench = Bench::app_and_lib();
    bench.download(&["app", "--exclude", "Lib"]).expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["app 1.0"]);
    let own = lock.table["tool"]["wh"].to_string();
    assert!(own.contains("lib"), "{own}");
}

#[test]
fn several_sets_share_a_folder() {
    let bench = Bench::with(&[module("one", "1.0"), module("two", "1.0")]);
    bench
        .download(&["one", "-d", "both", "--lock-name", "first"])
        .expect(0);
    bench
        .download(&["two", "-d", "both", "--lock-name", "second"])
        .expect(0);
    let read = |name: &str| Lock::read(&bench.sandbox.path("both").join(name)).versions();
    assert_eq!(read("pylock.first.toml"), ["one 1.0"]);
    assert_eq!(read("pylock.second.toml"), ["two 1.0"]);
    assert_eq!(bench.sandbox.tree().len(), 4);
}

#[test]
fn a_lock_is_repeated_though_newer_versions_are_out() {
    let bench = Bench::with(&[module("one", "1.0"), module("two", "1.0")]);
    bench.download(&["one", "two", "-d", "first"]).expect(0);
    for newer in [module("one", "2.0"), module("two", "2.0")] {
        bench.index.add_wheel(&newer);
    }
    bench
        .download(&["-r", "first/pylock.toml", "-d", "again"])
        .expect(0);
    let again = Lock::read(&bench.sandbox.path("again/pylock.toml"));
    assert_eq!(again.versions(), ["one 1.0", "two 1.0"]);
}

#[test]
fn files_are_read_with_what_they_include() {
    let bench = Bench::app_and_lib();
    bench.sandbox.write("all.txt", "# all\n-r more/app.txt\n");
    bench
        .sandbox
        .write("more/app.txt", "app \\\n  ==1.0 # pinned\n-c limits.txt\n");
    bench.sandbox.write("more/limits.txt", "lib<2\n");
    bench.download(&["-r", "all.txt"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
}

#[test]
fn a_dash_is_standard_input() {
    let bench = Bench::app_and_lib();
    bench
        .download_from_stdin(&["-r", "-"], "lib==1.0\n")
        .expect(0);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
}

#[test]
fn options_of_files_count() {
    let bench = Bench::app_and_lib();
    let url = bench.index.url();
    bench
        .sandbox
        .write("all.txt", format!("--index-url {url}\n--pre\nlib\n"));
    bench.index.add_wheel(&module("lib", "3.0rc1"));
    let words = ["download", "-r", "all.txt", "--target", "cp312-linux"];
    bench.sandbox.run(words).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 3.0rc1"]);
}

#[test]
fn variables_stand_for_options() {
    let mut bench = Bench::app_and_lib();
    let url = bench.index.url();
    bench
        .sandbox
        .variable("WH_INDEX_URL", url)
        .variable("WH_TARGET", "cp311-linux cp312-linux")
        .variable("WH_DEST", "elsewhere")
        .variable("WH_NO_DEPS", "1");
    bench.sandbox.run(["download", "app"]).expect(0);
    let lock = Lock::read(&bench.sandbox.path("elsewhere/pylock.toml"));
    assert_eq!(lock.versions(), ["app 1.0"]);
    assert_eq!(lock.table["environments"].as_array().unwrap().len(), 2);
    bench
        .sandbox
        .run(["download", "app", "-d", "here"])
        .expect(0);
    assert!(bench.sandbox.path("here/pylock.toml").exists());
}

#[test]
fn wheels_are_named_by_path_and_by_url() {
    let bench = Bench::app_and_lib();
    let vendored = module("vendored", "5.0").requires("lib<2");
    bench
        .sandbox
        .write("in/vendored-5.0-py3-none-any.whl", vendored.build());
    let remote = module("remote", "6.0");
    let bytes = remote.build();
    bench.index.serve(
        "/direct/remote-6.0-py3-none-any.whl",
        "application/zip",
        bytes,
    );
    let url = bench.index.url_of("/direct/remote-6.0-py3-none-any.whl");
    bench
        .download(&[
            "./in/vendored-5.0-py3-none-any.whl",
            &format!("remote @ {url}"),
        ])
        .expect(0);
    let lock = bench.lock();
    assert_eq!(lock.versions(), ["lib 1.0", "remote 6.0", "vendored 5.0"]);
    assert_eq!(bench.wheels().len(), 4);
    let home = bench.sandbox.work().display().to_string();
    assert!(!lock.text.contains(&home), "{}", lock.text);
}

#[test]
fn the_url_of_a_wheel_needs_no_name() {
    let bench = Bench::new();
    let bytes = module("remote", "6.0").build();
    bench.index.serve(
        "/direct/remote-6.0-py3-none-any.whl",
        "application/zip",
        bytes,
    );
    let url = bench.index.url_of("/direct/remote-6.0-py3-none-any.whl");
    bench.download(&[&url]).expect(0);
    assert_eq!(bench.lock().versions(), ["remote 6.0"]);
}

#[test]
fn variants_are_left_aside_with_a_note() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let variant = "lib-1.0-py3-none-any-x86_64_v3.whl";
    let file = wh_testing::IndexFile::new(variant, module("lib", "1.0").build());
    bench.index.add(file.project("lib"));
    let run = bench.download(&["lib"]).expect(0);
    says(&run, &["wheel variants (PEP 825) are left aside", variant]);
    assert_eq!(bench.lock().wheels("lib").len(), 1);
    let plain = bench.sandbox.path("wheels/lib-1.0-py3-none-any.whl");
    std::fs::copy(plain, bench.sandbox.path(format!("wheels/{variant}"))).unwrap();
    for command in ["verify", "prune"] {
        let run = bench.sandbox.run([command, "wheels"]).expect(0);
        says(&run, &["wheel variants (PEP 825) are left aside", variant]);
    }
    assert!(bench.wheels().iter().any(|name| name == variant));
}
