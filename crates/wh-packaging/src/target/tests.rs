//! Names, flags, files and interpreters as targets.

use super::*;
use platform::Libc;

fn names(flags: &Flags, fallback: Option<&Target>) -> Result<Vec<String>, TargetError> {
    let targets = Target::from_flags(flags, fallback)?;
    Ok(targets.into_iter().map(|target| target.name).collect())
}

fn flags(pythons: &[&str], platforms: &[&str]) -> Flags {
    let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    Flags {
        python_versions: strings(pythons),
        platforms: strings(platforms),
        ..Flags::default()
    }
}

fn check_flags(pythons: &[&str], platforms: &[&str], expected: &[&str]) {
    assert_eq!(names(&flags(pythons, platforms), None).unwrap(), expected);
}

fn check_unknown(name: &str, nearest_form: Option<&str>) {
    match Target::from_name(name) {
        Err(
            TargetError::UnknownPython { nearest, .. }
            | TargetError::UnknownPlatform { nearest, .. },
        ) => assert_eq!(nearest.as_deref(), nearest_form, "{name}"),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn names_have_one_long_form() {
    for (name, long) in [
        ("cp312-linux", "cp312-manylinux_2_28_x86_64"),
        ("3.12-linux", "cp312-manylinux_2_28_x86_64"),
        (
            "cp312-manylinux2014_aarch64",
            "cp312-manylinux_2_17_aarch64",
        ),
        ("3.12.4-macos", "3.12.4-macosx_14_0_arm64"),
        ("3.13.1t-windows", "3.13.1t-win_amd64"),
        ("3.14.0rc1-windows", "3.14.0rc1-win_amd64"),
        ("py312-any", "py312-any"),
        ("cp312-pyodide_2024_0_wasm32", "cp312-pyodide_2024_0_wasm32"),
    ] {
        let target = Target::from_name(name).unwrap();
        assert_eq!(target.name, long);
        assert!(target.is_named());
        assert_eq!(Target::from_name(long).unwrap(), target);
    }
}

#[test]
fn markers_of_names() {
    let target = Target::from_name("cp312-win_amd64").unwrap();
    let text = serde_json::to_value(&target.markers).unwrap();
    let expected = serde_json::json!({
        "implementation_name": "cpython", "implementation_version": "3.12.0", "os_name": "nt",
        "platform_machine": "AMD64", "platform_python_implementation": "CPython",
        "platform_system": "Windows", "python_full_version": "3.12.0", "python_version": "3.12",
        "sys_platform": "win32",
    });
    assert_eq!(text, expected);
    let target = Target::from_name("cp312-win32").unwrap();
    assert_eq!(target.markers.platform_machine, None);
    let target = Target::from_name("pp311-macosx_14_0_arm64").unwrap();
    assert_eq!(target.markers.implementation_version, None);
    assert_eq!(target.markers.platform_machine.as_deref(), Some("arm64"));
    assert_eq!(target.markers.implementation_name.as_deref(), Some("pypy"));
    let target = Target::from_name("3.12.4-linux").unwrap();
    assert_eq!(target.markers.python_full_version, "3.12.4");
    assert!(target.exact && target.names_patch());
}

#[test]
fn unknown_names_say_the_nearest() {
    check_unknown("cp312-manylinux_2_28_amd64", Some("manylinux_2_28_x86_64"));
    check_unknown("cp312-manylinux_2_28", Some("manylinux_2_28_x86_64"));
    check_unknown("cp312-manylinux_2_28_arm64", Some("manylinux_2_28_aarch64"));
    check_unknown("cp312-win64", Some("win_amd64"));
    check_unknown("cp312-windows_x86_64", Some("win_amd64"));
    check_unknown("cp312-macos_14_0_arm64", Some("macosx_14_0_arm64"));
    check_unknown("cp312-macosx_14_aarch64", Some("macosx_14_0_arm64"));
    check_unknown("cp312-macosx_11_0_universal2", Some("macosx_11_0_arm64"));
    check_unknown("cp312-linuz", Some("linux"));
    check_unknown("cp312-amiga_os_on_a_very_old_machine", None);
    check_unknown("cp3.12-linux", Some("cp312"));
    check_unknown("python312-linux", Some("cp312"));
    check_unknown("cp312t-linux", Some("cp312"));
    check_unknown("pypy3.10-linux", Some("pp310"));
    check_unknown("cp27-linux", None);
    check_unknown(
        "cp312-manylinux_2_9999_x86_64",
        Some("manylinux_2_28_x86_64"),
    );
    let error = Target::from_name("linux").unwrap_err();
    assert_eq!(
        error,
        TargetError::NotAName {
            name: "linux".into()
        }
    );
}

#[test]
fn repeated_platforms_are_one_machine() {
    check_flags(
        &["3.12"],
        &[
            "manylinux2014_x86_64",
            "manylinux_2_28_x86_64",
            "any",
            "linux_x86_64",
        ],
        &["cp312-manylinux_2_28_x86_64"],
    );
    check_flags(
        &["311", "3.12.4"],
        &[
            "win_amd64",
            "musllinux_1_1_x86_64",
            "manylinux1_x86_64",
            "musllinux_1_2_x86_64",
        ],
        &[
            "cp311-win_amd64",
            "cp311-musllinux_1_2_x86_64",
            "cp311-manylinux_2_5_x86_64",
            "3.12.4-win_amd64",
            "3.12.4-musllinux_1_2_x86_64",
            "3.12.4-manylinux_2_5_x86_64",
        ],
    );
    check_flags(&["3.12", "312"], &["any"], &["cp312-any"]);
    check_flags(
        &["3.9"],
        &[
            "macosx_11_0_arm64",
            "macosx_12_0_arm64",
            "macosx_10_9_x86_64",
        ],
        &["cp39-macosx_12_0_arm64", "cp39-macosx_10_9_x86_64"],
    );
}

#[test]
fn what_flags_do_not_say_comes_from_the_environment() {
    let missing = |what| Err(TargetError::Missing { what });
    assert_eq!(names(&flags(&["3.12"], &[]), None), missing("platform"));
    assert_eq!(names(&flags(&[], &["win_amd64"]), None), missing("Python"));
    assert_eq!(names(&Flags::default(), None), missing("Python"));
    let mut here = Target::from_name("3.13.2t-manylinux_2_36_x86_64").unwrap();
    here.markers.platform_release = Some("6.1".into());
    let here = Some(&here);
    assert_eq!(
        names(&flags(&[], &["win_amd64"]), here).unwrap(),
        ["cp313t-win_amd64"]
    );
    let targets = Target::from_flags(&flags(&["3.12"], &[]), here).unwrap();
    assert_eq!(
        targets,
        [Target::from_name("cp312-manylinux_2_36_x86_64").unwrap()]
    );
    let whole = Target::from_flags(&Flags::default(), here).unwrap();
    assert_eq!(Some(&whole[0]), here);
}

#[test]
fn implementation_and_abi() {
    let with = |implementation: Option<&str>, abis: &[&str]| {
        let flags = Flags {
            implementation: implementation.map(Into::into),
            abis: abis.iter().map(ToString::to_string).collect(),
            ..flags(&["3.13"], &["win_amd64"])
        };
        Target::from_flags(&flags, None).map(|mut targets| targets.remove(0))
    };
    let name = |implementation, abis| with(implementation, abis).unwrap().name;
    assert_eq!(
        name(Some("cp"), &["cp313", "abi3", "none"]),
        "cp313-win_amd64"
    );
    assert_eq!(name(Some("pp"), &[]), "pp313-win_amd64");
    assert_eq!(name(None, &["cp313t"]), "cp313t-win_amd64");
    assert_eq!(name(Some("py"), &[]), "py313-win_amd64");
    let none = with(None, &["none"]).unwrap();
    assert_eq!(none.name, "cp313.none-win_amd64");
    assert_eq!(none.tags.rank("cp313", "cp313", "win_amd64"), None);
    assert!(none.tags.rank("cp313", "abi3", "win_amd64").is_some() && !none.is_named());
    let tags = none.tags.iter().map(ToString::to_string).collect();
    let again = Target::from_parts(none.name.clone(), none.markers.clone(), tags);
    assert_eq!(again.unwrap(), none);
    assert!(with(Some("xx"), &[]).is_err() && with(None, &["a-b"]).is_err());
}

#[test]
fn files() {
    let named = Target::from_name("cp312-macos").unwrap();
    assert_eq!(
        Target::from_json(&named.to_json(), "t.json").unwrap(),
        named
    );
    let pex = r#"{"path": "/usr/bin/python3.11", "compatible_tags": ["cp311-cp311-linux_x86_64",
        "py2.py3-none-any"], "marker_environment": {"implementation_name": "cpython",
        "implementation_version": "3.11.0", "os_name": "posix", "platform_machine": "x86_64",
        "platform_python_implementation": "CPython", "platform_release": "5.15",
        "platform_system": "Linux", "platform_version": "1", "python_full_version": "3.11.0",
        "python_version": "3.11", "sys_platform": "linux"}}"#;
    let target = Target::from_json(pex, "targets/factory.json").unwrap();
    assert_eq!((target.name.as_str(), target.exact), ("factory", true));
    assert_eq!(target.tags.rank("py3", "none", "any"), Some(2));
    for text in [
        "",
        "{}",
        "[]",
        r#"{"compatible_tags": [], "marker_environment": {"python_full_version": "3.11.0", "python_version": "3.11"}}"#,
        r#"{"compatible_tags": ["x"], "marker_environment": {"python_full_version": "3.11.0", "python_version": "3.11"}}"#,
        r#"{"compatible_tags": ["py3-none-any"], "marker_environment": {"python_full_version": "x", "python_version": "3.11"}}"#,
    ] {
        let error = Target::from_json(text, "a.json").unwrap_err();
        assert!(matches!(error, TargetError::File { ref file, .. } if file == "a.json"));
    }
}

#[test]
fn build_details() {
    let text = |platform: &str, multiarch: &str| {
        serde_json::json!({
            "schema_version": "1.0", "base_prefix": "/usr", "platform": platform,
            "language": {"version": "3.14", "version_info": {"major": 3, "minor": 14, "micro": 2,
                "releaselevel": "final", "serial": 0}},
            "implementation": {"name": "cpython", "cache_tag": "cpython-314", "_multiarch": multiarch},
            "abi": {"flags": ["t"], "extension_suffix": ".so"},
        })
        .to_string()
    };
    let check = |platform: &str, multiarch: &str, expected: &str| {
        let target = Target::from_json(&text(platform, multiarch), "b.json").unwrap();
        assert_eq!(target.name, expected);
        assert_eq!(target.python.to_string(), "3.14.2");
        assert!(target.exact && !target.names_patch());
    };
    check(
        "linux-x86_64",
        "x86_64-linux-gnu",
        "cp314t-manylinux_2_17_x86_64",
    );
    check(
        "linux-aarch64",
        "aarch64-linux-musl",
        "cp314t-musllinux_1_2_aarch64",
    );
    check("macosx-11.0-arm64", "darwin", "cp314t-macosx_11_0_arm64");
    check("win-amd64", "", "cp314t-win_amd64");
    assert!(Target::from_json(&text("plan9-mips", ""), "b.json").is_err());
}

fn facts(changes: serde_json::Value) -> InterpreterFacts {
    let mut facts = serde_json::json!({
        "markers": {"implementation_name": "cpython", "platform_system": "Linux",
            "python_full_version": "3.13.1", "python_version": "3.13"},
        "version": [3, 13], "nodot": "313", "ext_suffix": ".cpython-313-x86_64-linux-gnu.so",
        "debug": false, "free_threaded": false, "pymalloc": true, "bits": 64,
        "platform": "linux-x86_64", "glibc": "2.36", "musl": null, "elf": null,
        "refused_manylinux": [],
    });
    for (key, value) in changes.as_object().unwrap() {
        facts[key] = value.clone();
    }
    serde_json::from_value(facts).unwrap()
}

fn check_facts(changes: serde_json::Value, name: &str, first: &str) {
    let target = facts(changes).target();
    assert_eq!(target.name, name);
    assert_eq!(target.tags.iter().next().unwrap().to_string(), first);
}

#[test]
fn interpreters() {
    use serde_json::json;
    let elf = |machine: u32, flags: u32| json!({"bits": 32, "little": true, "machine": machine, "flags": flags, "loader": null});
    check_facts(
        json!({}),
        "cp313-manylinux_2_36_x86_64",
        "cp313-cp313-linux_x86_64",
    );
    check_facts(
        json!({"glibc": null, "musl": [1, 2], "free_threaded": true}),
        "cp313t-musllinux_1_2_x86_64",
        "cp313-cp313t-linux_x86_64",
    );
    check_facts(
        json!({"bits": 32, "elf": elf(3, 0)}),
        "cp313-manylinux_2_36_i686",
        "cp313-cp313-linux_i686",
    );
    // soft-float ARM is no manylinux
    check_facts(
        json!({"bits": 32, "platform": "linux-aarch64", "elf": elf(40, 0x0500_0000)}),
        "cp313-linux_armv8l",
        "cp313-cp313-linux_armv8l",
    );
    check_facts(
        json!({"debug": true, "platform": "win-amd64",
            "markers": {"implementation_name": "cpython", "platform_system": "Windows",
                "python_full_version": "3.13.1", "python_version": "3.13"}}),
        "cp313.cp313d.cp313-win_amd64",
        "cp313-cp313d-win_amd64",
    );
    check_facts(
        json!({"macos": "14.5", "macos_arch": "arm64", "platform": "macosx-11.0-arm64",
            "ext_suffix": ".graalpy250-313-native-aarch64-darwin.so",
            "markers": {"implementation_name": "graalpy", "platform_system": "Darwin",
                "python_full_version": "3.13.1", "python_version": "3.13"}}),
        "graalpy313.graalpy250_313_native-macosx_14_5_arm64",
        "graalpy313-graalpy250_313_native-macosx_14_0_arm64",
    );
}

#[test]
fn what_a_distribution_refuses() {
    let target = facts(serde_json::json!({"refused_manylinux": ["2_17_x86_64"]})).target();
    let loads = |platform: &str| target.tags.rank("py3", "none", platform).is_some();
    assert!(!loads("manylinux_2_17_x86_64") && !loads("manylinux2014_x86_64"));
    assert!(loads("manylinux_2_18_x86_64") && loads("manylinux_2_12_x86_64"));
}

#[test]
fn a_floor_above_glibc_2_counts_down_through_it() {
    let libc = Some(Libc::Glibc(3, 1));
    let arch = "x86_64".to_owned();
    let tags = Platform::Linux { libc, arch }.tags();
    assert_eq!(
        tags[1..5],
        [
            "manylinux_3_1_x86_64",
            "manylinux_3_0_x86_64",
            "manylinux_2_50_x86_64",
            "manylinux_2_49_x86_64"
        ]
    );
}

#[test]
fn what_was_pyodide_loads_under_both_names() {
    let loads = |name: &str, platform: &str| {
        let target = Target::from_name(name).unwrap();
        target.tags.rank("cp313", "cp313", platform).is_some()
    };
    let (new, old) = ("pyemscripten_2025_0_wasm32", "pyodide_2025_0_wasm32");
    assert!(loads(&format!("cp313-{new}"), new) && loads(&format!("cp313-{new}"), old));
    assert!(loads(&format!("cp313-{old}"), old) && !loads(&format!("cp313-{old}"), new));
    check_flags(
        &["3.13"],
        &[old, new],
        &["cp313-pyemscripten_2025_0_wasm32"],
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_target_or_an_error(text in "(cp|pp|py|3\\.|graalpy)?[0-9.t]{0,8}-?[a-z]{0,10}_?[0-9_]{0,12}(x86_64|arm64)?") {
        if let Ok(target) = Target::from_name(&text) {
            proptest::prop_assert!(target.is_named());
        }
    }

    #[test]
    fn any_flags_are_targets_or_an_error(text in "\\PC{0,12}") {
        let _ = Target::from_flags(&flags(&[&text], &["win32"]), None);
        let _ = Target::from_flags(&flags(&["3.9"], &[&text]), None);
        let _ = Target::from_json(&text, &text);
    }
}
