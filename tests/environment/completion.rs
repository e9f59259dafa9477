//! `wh completion`: scripts that shells take.

use wh_testing::Sandbox;
use wh_testing::sandbox::skipped;

use crate::WH;

#[test]
fn every_shell_has_a_script() {
    let sandbox = Sandbox::new(WH);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = sandbox.run(["completion", shell]).expect(0);
        for word in ["download", "install", "freeze", "find-links"] {
            assert!(run.stdout.contains(word), "{shell} {word}");
        }
    }
    sandbox.run(["completion", "no-such-shell"]).expect(2);
}

#[test]
fn bash_completes_commands() {
    let sandbox = Sandbox::new(WH);
    let script = sandbox.run(["completion", "bash"]).expect(0).stdout;
    sandbox.write("wh.bash", script);
    let ask = "source ./wh.bash && COMP_WORDS=(wh inst) COMP_CWORD=1 && _wh wh inst wh && echo ${COMPREPLY[*]}";
    let mut command = std::process::Command::new("/bin/bash");
    command.args(["-c", ask]);
    sandbox.prepare(&mut command);
    match command.output() {
        Ok(output) => assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "install\n",
            "{output:?}"
        ),
        Err(error) => skipped(&format!("there is no bash here: {error}")),
    }
}
