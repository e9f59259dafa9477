//! `wh list`.

use super::{both, dist_info, equal, pip, wh, wheel, with};

#[test]
fn tables_pins_and_json_as_pip_writes_them() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("Zeta_One", "1.0").requires("alpha"),
            wheel("alpha", "2.0rc1"),
            wheel("a-much-longer-name", "1.0+local.1"),
        ],
    );
    dist_info(&bench, "argparse", "1.4", &[]);
    for arguments in [
        &["list"][..],
        &["list", "--format", "freeze"],
        &["list", "--not-required"],
        &["list", "--exclude", "ALPHA"],
        &["list", "--local"],
        &["list", "--user"],
        &["list", "--editable"],
    ] {
        equal(&bench, &tools, arguments);
    }
    let json = ["list", "--format", "json"];
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(
        value(&wh(&bench, &json).expect(0).stdout),
        value(&pip(&bench, &tools, &json).expect(0).stdout)
    );
}

#[test]
fn folders_of_editables_and_build_tags_have_columns() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[wheel("alpha", "2.0")]);
    let project = bench.path("project");
    std::fs::create_dir(&project).unwrap();
    let url = format!("file://{}", project.display());
    let direct = format!(r#"{{"url": "{url}", "dir_info": {{"editable": true}}}}"#);
    dist_info(&bench, "in-place", "1", &[("direct_url.json", &direct)]);
    let said = equal(&bench, &tools, &["list"]);
    assert!(said.contains("Editable project location"), "{said}");
    let built = "Wheel-Version: 1.0\nBuild: 7\nTag: py3-none-any\n";
    dist_info(&bench, "built", "1", &[("WHEEL", built)]);
    let said = equal(&bench, &tools, &["list"]);
    assert!(said.contains("Build"), "{said}");
    equal(&bench, &tools, &["list", "--editable"]);
    equal(&bench, &tools, &["list", "--exclude-editable"]);
    let json = wh(&bench, &["list", "-e", "--format", "json"])
        .expect(0)
        .stdout;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        rows[0]["editable_project_location"],
        project.display().to_string()
    );
}

#[test]
fn an_empty_environment_lists_nothing() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[]);
    assert_eq!(equal(&bench, &tools, &["list"]), "");
}
