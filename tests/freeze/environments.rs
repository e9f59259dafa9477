//! Environments of every kind that pip knows.

use wh_testing::sandbox::skipped;
use wh_testing::{Workbench, sha256_hex};

use crate::{both, dist_info, equal, wheel, with};

#[test]
fn plain_distributions() {
    let Some((bench, tools)) = both() else { return };
    with(
        &bench,
        &[
            wheel("Zope.Interface", "5"),
            wheel("a-b", "1.0+cpu"),
            wheel("A_a", "2"),
            wheel("pip", "1"),
            wheel("setuptools", "2"),
            wheel("wheel", "3"),
        ],
    );
    let said = equal(&bench, &tools, &[]);
    assert_eq!(said.lines().count(), 6 - 1, "{said}");
    let all = equal(&bench, &tools, &["--all"]);
    assert!(all.contains("pip==1\n"), "{all}");
}

#[test]
fn direct_urls() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[]);
    let digest = sha256_hex(b"x");
    for (name, text) in [
        ("archive", r#"{"url": "https://files.example/archive-1.tar.gz", "archive_info": {}}"#.to_owned()),
        ("hashed", format!(r#"{{"url": "https://files.example/h.whl", "archive_info": {{"hash": "sha256={digest}"}}}}"#)),
        ("hashes", format!(r#"{{"url": "https://files.example/h.whl", "archive_info": {{"hashes": {{"sha256": "{digest}"}}}}}}"#)),
        ("sub", r#"{"url": "https://files.example/s.zip", "archive_info": {}, "subdirectory": "a/b"}"#.to_owned()),
        ("vcs", r#"{"url": "https://git.example/v.git", "vcs_info": {"vcs": "git", "commit_id": "abc", "requested_revision": "main"}}"#.to_owned()),
        ("ssh", r#"{"url": "ssh://git@git.example/v.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}, "subdirectory": "x"}"#.to_owned()),
        ("hg", r#"{"url": "https://hg.example/v", "vcs_info": {"vcs": "hg", "commit_id": "abc"}}"#.to_owned()),
        ("variable", r#"{"url": "https://${USER}:${TOKEN}@files.example/v.whl", "archive_info": {}}"#.to_owned()),
        ("broken", r#"{"url": 3}"#.to_owned()),
        ("garbage", "no json".to_owned()),
    ] {
        dist_info(&bench, name, "1", &[("direct_url.json", &text)]);
    }
    let said = equal(&bench, &tools, &[]);
    assert!(
        said.contains("vcs @ git+https://git.example/v.git@abc\n"),
        "{said}"
    );
}

/// A project tree with a backend of its own, so that nothing is fetched to build it.
fn project(bench: &Workbench, name: &str) {
    bench.sandbox.write(&format!("{name}/{name}.py"), "");
    bench.sandbox.write(
        &format!("{name}/pyproject.toml"),
        "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
    );
    bench.sandbox.write(
        &format!("{name}/backend.py"),
        format!(
            "import zipfile, os\n\
             def build_wheel(d, c=None, m=None):\n    return make(d, 'x = 1')\n\
             def build_editable(d, c=None, m=None):\n    return make(d, None)\n\
             def make(d, text):\n    \
                 info = '{name}-1.dist-info/'\n    n = '{name}-1-py3-none-any.whl'\n    \
                 with zipfile.ZipFile(os.path.join(d, n), 'w') as z:\n        \
                     z.writestr('{name}.py' if text else '{name}.pth', text or os.getcwd())\n        \
                     z.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1\\n')\n        \
                     z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n        \
                     z.writestr(info + 'RECORD', '')\n    \
                 return n\n"
        ),
    );
}

fn git(bench: &Workbench, folder: &str, arguments: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    command
        .args(["-c", "user.name=a", "-c", "user.email=a@a", "-C", folder])
        .args(arguments);
    bench.sandbox.prepare(&mut command);
    command.env("PATH", "/usr/bin:/bin:/usr/local/bin");
    command.output().is_ok_and(|output| output.status.success())
}

fn pip_install(bench: &Workbench, tools: &wh_testing::tools::Tools, arguments: &[&str]) {
    let mut pip = tools.pip(&bench.interpreter("env"));
    pip.args(["install", "--quiet", "--no-index", "--no-build-isolation"])
        .args(arguments);
    bench.sandbox.prepare(&mut pip);
    pip.env("PATH", "/usr/bin:/bin:/usr/local/bin");
    wh_testing::sandbox::finish(pip).expect(0);
}

#[test]
fn editables_and_checkouts() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[wheel("plain", "1")]);
    for name in ["bare", "tracked", "remote", "local"] {
        project(&bench, name);
    }
    for name in ["tracked", "remote"] {
        if !git(&bench, name, &["init", "-q"])
            || !git(&bench, name, &["add", "."])
            || !git(&bench, name, &["commit", "-qm", "x"])
        {
            return skipped("there is no git here");
        }
    }
    git(
        &bench,
        "remote",
        &["remote", "add", "origin", "https://git.example/remote.git"],
    );
    for name in ["./bare", "./tracked", "./remote"] {
        pip_install(&bench, &tools, &["-e", name]);
    }
    pip_install(&bench, &tools, &["./local"]);
    let said = equal(&bench, &tools, &[]);
    assert!(
        said.contains("-e git+https://git.example/remote.git@"),
        "{said}"
    );
    assert!(said.contains("local @ file://"), "{said}");
    equal(&bench, &tools, &["--exclude-editable"]);
    equal(
        &bench,
        &tools,
        &["--exclude", "tracked", "--exclude", "Local"],
    );
}

/// What pip records of a git URL.
#[test]
fn installed_from_git() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[]);
    project(&bench, "fromgit");
    if !git(&bench, "fromgit", &["init", "-q"])
        || !git(&bench, "fromgit", &["add", "."])
        || !git(&bench, "fromgit", &["commit", "-qm", "x"])
    {
        return skipped("there is no git here");
    }
    let url = format!("git+file://{}", bench.path("fromgit").display());
    pip_install(&bench, &tools, &[&url]);
    let said = equal(&bench, &tools, &[]);
    assert!(said.starts_with(&format!("fromgit @ {url}@")), "{said}");
}

/// `setup.py develop` and distutils leave these.
#[test]
fn eggs() {
    let Some((bench, tools)) = both() else { return };
    with(&bench, &[wheel("plain", "1")]);
    let site = bench.site_packages("env");
    let info = "Metadata-Version: 1.0\nName: old-style\nVersion: 0.9\n";
    std::fs::write(site.join("old_style-0.9-py3.11.egg-info"), info).unwrap();
    std::fs::create_dir(site.join("folder-2.egg-info")).unwrap();
    std::fs::write(
        site.join("folder-2.egg-info/PKG-INFO"),
        info.replace("old-style", "folder"),
    )
    .unwrap();
    let project = bench.path("develop");
    bench.sandbox.write(
        "develop/develop.egg-info/PKG-INFO",
        info.replace("old-style", "develop"),
    );
    std::fs::write(
        site.join("develop.egg-link"),
        format!("{}\n.\n", project.display()),
    )
    .unwrap();
    std::fs::write(
        site.join("easy-install.pth"),
        format!("{}\n", project.display()),
    )
    .unwrap();
    let said = equal(&bench, &tools, &[]);
    assert!(said.contains("old-style==0.9"), "{said}");
}

/// The environment sees its base; what it hides there counts once.
#[test]
fn system_and_user_site_packages() {
    let Some((mut bench, tools)) = both() else {
        return;
    };
    let python = bench.python.path.display().to_string();
    bench
        .sandbox
        .run(["venv", "env", "--system-site-packages", "--python", &python])
        .expect(0);
    bench.folder(&[wheel("zz-of-mine", "1")]);
    bench.install(&[]).expect(0);
    equal(&bench, &tools, &[]);
    equal(&bench, &tools, &["--local"]);
    equal(&bench, &tools, &["--all"]);
    let base = bench.path("user-base");
    bench.sandbox.variable("PYTHONUSERBASE", &base);
    std::fs::remove_dir_all(bench.path("wheels")).unwrap();
    bench.folder(&[wheel("zz-of-the-user", "1")]);
    bench
        .sandbox
        .run([
            "install",
            "--find-links",
            "wheels",
            "--user",
            "--break-system-packages",
            "--python",
            &python,
        ])
        .expect(0);
    let said = equal(&bench, &tools, &[]);
    assert!(
        said.contains("zz-of-the-user==1") && said.contains("zz-of-mine==1"),
        "{said}"
    );
    assert_eq!(equal(&bench, &tools, &["--user"]), "zz-of-the-user==1\n");
    assert_eq!(equal(&bench, &tools, &["--local"]), "zz-of-mine==1\n");
}
