//! Tests of find-links.

use std::fs;

use wh_testing::WheelBuilder;

use super::*;

fn project(name: &str) -> ProjectName {
    name.parse().unwrap()
}

fn names(files: &[Arc<DistributionFile>]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn folders_are_searched_in_depth_and_names_decide() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    WheelBuilder::new("Some.Project", "1.0").write_to(&deep);
    for name in [
        "some_project-2.0.tar.gz",
        "some_project-0.9-py3-none-any-x86_64_v3.whl",
        ".some_project-3.0-py3-none-any.whl.part",
        "notes.txt",
        "not-a-wheel.whl",
    ] {
        fs::write(folder.path().join(name), "not looked into").unwrap();
    }
    let found = FindLinks::of_folders(&[folder.path().to_owned()]).unwrap();
    let name = project("some-project");
    let files = found.files(&name).unwrap();
    assert_eq!(
        names(&files),
        [
            "some_project-1.0-py3-none-any.whl",
            "some_project-2.0.tar.gz"
        ]
    );
    assert_eq!(files[0].path.as_deref(), Some(&*deep.join(&files[0].name)));
    assert_eq!(
        found.passed_over(&name),
        ["some_project-0.9-py3-none-any-x86_64_v3.whl"]
    );
    assert_eq!(found.projects(), [name].into());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_a_folder() {
    let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let near = WheelBuilder::new("near", "1").write_to(inside.path());
    let far = WheelBuilder::new("far", "1").write_to(outside.path());
    let link = |to: &Path, name: &str| {
        std::os::unix::fs::symlink(to, inside.path().join(name)).unwrap();
    };
    link(&near, "near-2-py3-none-any.whl");
    link(&far, "far-1-py3-none-any.whl");
    link(outside.path(), "elsewhere");
    link(inside.path(), "around");
    let found = FindLinks::of_folders(&[inside.path().to_owned()]).unwrap();
    assert_eq!(
        names(&found.files(&project("near")).unwrap()),
        ["near-1-py3-none-any.whl", "near-2-py3-none-any.whl"]
    );
    assert!(found.files(&project("far")).unwrap().is_empty());
}

#[test]
fn the_same_name_with_other_bytes_is_an_error_that_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    WheelBuilder::new("same", "1").write_to(place("a"));
    WheelBuilder::new("same", "1").write_to(place("b"));
    let folders = [folder.path().to_owned()];
    let found = FindLinks::of_folders(&folders).unwrap();
    assert_eq!(found.files(&project("same")).unwrap().len(), 1);
    assert_eq!(found.all(&project("same")).len(), 2);

    WheelBuilder::new("same", "1")
        .file("same.py", "other = 1")
        .write_to(place("c"));
    let found = FindLinks::of_folders(&folders).unwrap();
    let error = found.files(&project("same")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("/a/") && text.contains("/c/"), "{text}");
}

#[test]
fn a_page_on_this_machine_gives_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("links.html");
    let html = r#"<a href="sub/one-1-py3-none-any.whl#sha256=aa">x</a>
        <a href="https://files.example/two-1%2Bcpu-py3-none-any.whl">y</a> <a href="about">z</a>"#;
    fs::write(&page, html).unwrap();
    let mut found = FindLinks::default();
    found.add_file(&page).unwrap();
    let one = &found.files(&project("one")).unwrap()[0];
    assert_eq!(one.hashes.sha256(), Some("aa"));
    assert_eq!(
        one.path.as_deref(),
        Some(&*folder.path().join("sub/one-1-py3-none-any.whl"))
    );
    let two = &found.files(&project("two")).unwrap()[0];
    assert_eq!(two.name, "two-1+cpu-py3-none-any.whl");
    assert_eq!(two.path, None);
    assert_eq!(found.projects().len(), 2);
}

#[test]
fn what_a_user_gives() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path();
    fs::create_dir(base.join("wheels")).unwrap();
    fs::write(base.join("a-1-py3-none-any.whl"), "").unwrap();
    let check = |text: &str, expected: FindLink| {
        assert_eq!(FindLink::parse(text, base).unwrap(), expected, "{text}");
    };
    check("wheels", FindLink::Folder(base.join("wheels")));
    check(
        "a-1-py3-none-any.whl",
        FindLink::File(base.join("a-1-py3-none-any.whl")),
    );
    let url = Url::from_file_path(base.join("wheels")).unwrap();
    check(url.as_str(), FindLink::Folder(base.join("wheels")));
    let url = "https://index.example/links";
    check(url, FindLink::Url(url.parse().unwrap()));
    assert!(matches!(
        FindLink::parse("nowhere", base),
        Err(FindLinksError::Missing(_))
    ));
}
