"""Compares `wh freeze` with `pip freeze`, byte for byte, over real environments.

    python compare_freeze.py WH PIP PREFIX...

WH is the built binary, PIP a pip of the newest release, each PREFIX the folder of an environment.
Not part of `cargo test`: it needs environments and a pip. Ends with 1 where outputs differ.
Expected differences: credentials, dead local paths, and `--path` with egg-links (pip looks for
those on its own sys.path only).
"""

import difflib
import os
import subprocess
import sys

OPTIONS = [[], ["--all"], ["--local"], ["--user"], ["--exclude-editable"], ["--exclude", "requests"]]


def run(command):
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    return subprocess.run(command, capture_output=True, text=True, env=environment).stdout


def main(wh, pip, *prefixes):
    failed = 0
    for prefix in prefixes:
        python = os.path.join(prefix, "bin", "python")
        for options in OPTIONS:
            theirs = run([pip, "--python", python, "freeze", *options])
            ours = run([wh, "freeze", "--python", python, *options])
            failed += theirs != ours
            print("same" if theirs == ours else "DIFFERENT", prefix, *options)
            sys.stdout.writelines(
                difflib.unified_diff(theirs.splitlines(True), ours.splitlines(True), "pip", "wh")
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
