//! Where `wh freeze` differs from pip, on purpose; and that it starts no interpreter.

use wh_testing::sandbox::skipped;

use crate::{both, dist_info, wheel, with};

#[test]
fn a_local_path_that_is_gone_becomes_a_pin() {
    let Some((bench, _)) = both() else { return };
    with(&bench, &[]);
    let gone = r#"{"url": "file:///home/conda/feedstock_root/x", "dir_info": {}}"#;
    dist_info(&bench, "gone", "1", &[("direct_url.json", gone)]);
    let python = bench.interpreter("env").display().to_string();
    let run = bench.sandbox.run(["freeze", "--python", &python]).expect(0);
    assert_eq!(run.stdout, "gone==1\n");
    assert!(
        run.stderr.contains("warning") && run.stderr.contains("gone"),
        "{}",
        run.stderr
    );
}

#[test]
fn credentials_are_removed() {
    let Some((bench, _)) = both() else { return };
    with(&bench, &[]);
    let secret =
        r#"{"url": "https://me:secret@files.example/a-1-py3-none-any.whl", "archive_info": {}}"#;
    dist_info(&bench, "a", "1", &[("direct_url.json", secret)]);
    let python = bench.interpreter("env").display().to_string();
    for format in ["requirements", "json"] {
        let run = bench
            .sandbox
            .run(["freeze", "--format", format, "--python", &python])
            .expect(0);
        assert!(
            run.stdout.contains("https://files.example/a-1"),
            "{}",
            run.stdout
        );
        assert!(
            !run.stdout.contains("secret") && !run.stderr.contains("secret"),
            "{run:?}"
        );
        assert!(run.stderr.contains("warning"), "{}", run.stderr);
    }
}

#[test]
fn no_interpreter_is_started() {
    let Some((bench, _)) = both() else { return };
    with(&bench, &[wheel("one", "1")]);
    let python = bench.interpreter("env").display().to_string();
    let mut command = std::process::Command::new("strace");
    command.args([
        "-f",
        "-e",
        "trace=execve",
        "-o",
        "trace.txt",
        crate::WH,
        "freeze",
        "--python",
        &python,
    ]);
    bench.sandbox.prepare(&mut command);
    command.env("PATH", "/usr/bin:/bin");
    match command.output() {
        Ok(output) if output.status.success() => {
            assert_eq!(String::from_utf8_lossy(&output.stdout), "one==1\n");
            let trace = bench.sandbox.read("trace.txt");
            assert_eq!(trace.matches("execve(").count(), 1, "{trace}");
        }
        Ok(output) => skipped(&format!(
            "strace does not run here: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => skipped(&format!("there is no strace here: {error}")),
    }
}

/// Import lines of `.pth` files are code, and are not run; path lines are followed.
#[test]
fn no_code_of_a_package_runs() {
    let Some((bench, _)) = both() else { return };
    with(&bench, &[wheel("one", "1")]);
    let site = bench.site_packages("env");
    let extra = bench.path("extra/found-2.dist-info");
    std::fs::create_dir_all(&extra).unwrap();
    std::fs::write(
        extra.join("METADATA"),
        "Metadata-Version: 2.1\nName: found\nVersion: 2\n",
    )
    .unwrap();
    let ran = bench.path("ran");
    let text = format!(
        "import os; open({:?}, 'w')\n{}\n",
        ran.display().to_string(),
        bench.path("extra").display()
    );
    std::fs::write(site.join("evil.pth"), &text).unwrap();
    std::fs::write(site.join("sitecustomize.py"), &text).unwrap();
    assert_eq!(bench.freeze("env"), ["found==2", "one==1"]);
    assert!(!ran.exists());
}
