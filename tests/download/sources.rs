//! Where from: which index owns a project, and folders, pages and files of links.

use wh_testing::{Fault, IndexFile, TestIndex};

use crate::bench::{Bench, LINUX, module, says};

/// Asks for `lib` of which the first index has 1.0 and the last one 2.0.
fn ask(first: impl Fn(&TestIndex), args: &[&str], status: i32) -> (Bench, String) {
    let bench = Bench::with(&[module("lib", "2.0")]);
    let extra = TestIndex::start();
    first(&extra);
    let url = extra.url();
    let run = bench.download(&[&["lib", "--extra-index-url", &url], args].concat());
    let run = run.expect(status);
    if status != 0 {
        bench.assert_nothing_kept();
        assert_eq!(bench.index.requests(), [], "the last index is not asked");
    }
    (bench, run.stderr)
}

#[test]
fn the_first_index_that_has_a_project_owns_it() {
    let has_it = |index: &TestIndex| {
        index.add_wheel(&module("lib", "1.0"));
    };
    let (bench, _) = ask(has_it, &[], 0);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
    assert_eq!(bench.index.requests(), []);
    let (bench, _) = ask(has_it, &["--index-strategy", "best-match"], 0);
    assert_eq!(bench.lock().versions(), ["lib 2.0"]);
}

#[test]
fn an_index_without_the_project_passes_on() {
    let (bench, _) = ask(|_| {}, &[], 0);
    assert_eq!(bench.lock().versions(), ["lib 2.0"]);
}

#[test]
fn an_empty_page_owns_the_project() {
    let empty = |index: &TestIndex| {
        index.add_project("lib");
    };
    let (_, stderr) = ask(empty, &[], 1);
    assert!(stderr.contains("lib"), "{stderr}");
}

#[test]
fn a_quarantined_project_is_owned() {
    let quarantined = |index: &TestIndex| {
        index.add_project("lib").status("lib", "quarantined", None);
    };
    ask(quarantined, &[], 1);
}

#[test]
fn an_index_that_refuses_or_fails_stops() {
    for status in [401, 403, 500, 503] {
        let (_, stderr) = ask(
            |index| {
                index.misbehave("/simple/*", Fault::status(status));
            },
            &[],
            3,
        );
        assert!(stderr.contains(&status.to_string()), "{stderr}");
        assert!(stderr.contains("hint:"), "{stderr}");
    }
}

#[test]
fn folders_are_searched_in_depth() {
    let bench = Bench::new();
    let wheel = module("lib", "3.0");
    bench
        .sandbox
        .write("vendor/a/b/lib-3.0-py3-none-any.whl", wheel.build());
    let words = [
        "download",
        "lib",
        "--no-index",
        "-f",
        "vendor",
        "--target",
        LINUX,
    ];
    bench.sandbox.run(words).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 3.0"]);
    assert!(
        !bench.lock().text.contains("vendor"),
        "{}",
        bench.lock().text
    );
    assert_eq!(bench.index.requests(), []);
}

#[test]
fn links_join_the_files_of_the_index() {
    let bench = Bench::with(&[module("app", "1.0").requires("lib"), module("lib", "1.0")]);
    bench.sandbox.write(
        "vendor/lib-3.0-py3-none-any.whl",
        module("lib", "3.0").build(),
    );
    bench.download(&["app", "-f", "vendor"]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 3.0"]);
}

#[test]
fn a_page_of_links_is_read() {
    let bench = Bench::new();
    let wheel = module("lib", "3.0");
    bench.index.serve(
        "/more/lib-3.0-py3-none-any.whl",
        "application/zip",
        wheel.build(),
    );
    let page = "<a href=\"lib-3.0-py3-none-any.whl\">a wheel</a> <a href=\"https://elsewhere.example/\">x</a>";
    bench.index.serve("/more/links.html", "text/html", page);
    let url = bench.index.url_of("/more/links.html");
    bench.download(&["lib", "--no-index", "-f", &url]).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 3.0"]);
    assert_eq!(bench.index.count("/simple/*"), 0);
}

#[test]
fn the_same_name_with_other_bytes_is_an_error_that_names_both() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let other = module("lib", "1.0").file("more.py", "");
    bench
        .sandbox
        .write("vendor/lib-1.0-py3-none-any.whl", other.build());
    let run = bench.download(&["lib", "-f", "vendor"]).expect(1);
    says(
        &run,
        &[
            "lib-1.0-py3-none-any.whl",
            "vendor",
            &bench.index.url_of(""),
            "hint:",
        ],
    );
    bench.assert_nothing_kept();
}

#[test]
fn the_same_file_in_two_places_is_one() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench.sandbox.write(
        "vendor/lib-1.0-py3-none-any.whl",
        module("lib", "1.0").build(),
    );
    bench.download(&["lib", "-f", "vendor"]).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
    assert_eq!(bench.index.count("/files/*.whl"), 0, "the folder has it");
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    let run = bench.download(&["lib", "-f", "nowhere"]).expect(1);
    says(&run, &["nowhere", "hint:", "--find-links"]);
}

#[test]
fn without_an_index_only_links_count() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench.sandbox.write(
        "vendor/other-1.0-py3-none-any.whl",
        module("other", "1.0").build(),
    );
    let run = bench
        .download(&["lib", "--no-index", "-f", "vendor"])
        .expect(1);
    says(&run, &["lib"]);
    assert_eq!(bench.index.requests(), []);
    bench.assert_nothing_kept();
}

#[test]
fn yanked_files_are_for_those_who_pin_them() {
    let bench = Bench::with(&[module("lib", "1.0")]);
    bench
        .index
        .add(IndexFile::wheel(&module("lib", "2.0")).yanked("broken on Tuesdays"));
    bench.download(&["lib"]).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
    let run = bench.download(&["lib==2.0", "-d", "pinned"]).expect(0);
    says(&run, &["warning:", "yanked", "broken on Tuesdays"]);
}

#[test]
fn a_folder_in_the_form_of_an_index_leaves_no_path_in_the_lock() {
    let bench = Bench::new();
    let wheel = "simple/lib/lib-1.0-py3-none-any.whl";
    bench.sandbox.write(wheel, module("lib", "1.0").build());
    let page = "<a href='lib-1.0-py3-none-any.whl'>lib-1.0-py3-none-any.whl</a>";
    let page = bench.sandbox.write("simple/lib/index.html", page);
    let index = page.parent().unwrap().parent().unwrap();
    let index = format!("file://{}", index.display());
    let words = ["download", "lib", "--target", LINUX, "-i", &index];
    bench.sandbox.run(words).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 1.0"]);
    assert!(
        !bench.lock().text.contains("file:"),
        "{}",
        bench.lock().text
    );
}

#[test]
fn requirements_files_are_taken_by_url() {
    let bench = Bench::app_and_lib();
    let serve = |name: &str, text: &str| bench.index.serve(name, "text/plain", text);
    serve("/team/r.txt", "app\n-c limits/c.txt\n");
    serve("/team/limits/c.txt", "lib<2\n");
    let url = bench.index.url_of("/team/r.txt");
    bench.download(&["-r", &url]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);

    let file = bench.sandbox.write("r.txt", "app\n");
    let file = format!("file://{}", file.display());
    let limits = bench.index.url_of("/team/limits/c.txt");
    bench.download(&["-r", &file, "-c", &limits]).expect(0);
    assert_eq!(bench.lock().versions(), ["app 1.0", "lib 1.0"]);
}

#[test]
fn a_requirements_file_that_is_not_at_its_url_is_a_no() {
    let bench = Bench::app_and_lib();
    let url = bench.index.url_of("/team/r.txt");
    let with_password = url.replace("http://", "http://me:secret@");
    let run = bench.download(&["-r", &with_password]).expect(1);
    says(&run, &[&url, "404", "hint:"]);
    assert!(!run.stderr.contains("secret"), "{}", run.stderr);
    bench.index.misbehave("/team/*", Fault::status(503));
    says(&bench.download(&["-r", &url]).expect(3), &["503", "hint:"]);
    bench.assert_nothing_kept();
}

/// The early start of pinned files takes the file that the resolver takes.
#[test]
fn a_pin_of_a_public_version_fetches_the_local_one_alone() {
    let bench = Bench::with(&[module("lib", "2.0"), module("lib", "2.0+cpu")]);
    bench.download(&["lib==2.0"]).expect(0);
    assert_eq!(bench.lock().versions(), ["lib 2.0+cpu"]);
    assert_eq!(bench.index.count("/files/lib-2.0-*.whl"), 0);
}
