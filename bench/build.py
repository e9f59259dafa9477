#!/usr/bin/env python3
"""Building the sdists of tests/real/build.py, offline: `wh wheel` against `pip wheel`, each of the same file, with
what its build requires in a folder. Nothing that was built before is taken: the one has a new cache folder each time,
the other none. The sdists and what builds them are downloaded once. `--only-project` measures some of them.

The first table has one project after the other, a command each, and in it the sum of a round; the ratio
that a line of a project has is that of its own pairs.
"""

import pathlib
import re
import shutil
import statistics
import subprocess
import sys

import common

LIST = common.HERE.parent / "tests" / "real" / "build.py"


def main():
    given = common.arguments(__doc__, rounds=3, more=more)
    tools = common.Tools(given.cache, common.python311())
    python = shutil.which(given.python)
    wh = common.needs(given.wh, "cargo build --release")
    folders = {requirement: fetched(given, wh, python, requirement)
               for requirement in requirements(given.only_project)}
    rows = {}
    with common.Scratch(given.scratch) as scratch:
        for requirement, folder in folders.items():
            sdist, = [path for path in folder.iterdir() if path.name.endswith((".tar.gz", ".zip"))]
            contestants = {
                "wh": lambda: common.run(
                    wh, "wheel", "-q", "--cache-dir", scratch.fresh("cache"), *options(folder, scratch),
                    "--python", python, sdist)[:2],
                "pip": lambda: common.run(
                    tools.python, "-m", "pip", "--python", python, "wheel", "-q", "--no-cache-dir",
                    *options(folder, scratch), sdist)[:2],
            }
            common.say(requirement)
            rows[requirement] = common.measure(common.choose(given, contestants), given.rounds)
    versions = [common.wh_version(given.wh), *tools.versions()]
    by_project(rows)
    sums = {name: [tuple(map(sum, zip(*[runs[name][number] for runs in rows.values()])))
                   for number in range(given.rounds)] for name in next(iter(rows.values()))}
    common.table(f"Building {len(rows)} sdists, one after the other", sums, ["wh"], versions)


def more(add):
    add("--only-project", action="append", metavar="NAME", default=[],
        help="only this project (repeatable)")
    add("--python", default="python3.12", help="the interpreter that builds (%(default)s)")


def options(folder, scratch):
    return ["--no-deps", "--no-index", "--find-links", folder, "-w", scratch.fresh("wheels")]


def requirements(names):
    listed = subprocess.run([sys.executable, LIST, "--list", *names], capture_output=True, text=True)
    return listed.stdout.split()


def fetched(given, wh, python, requirement):
    """The folder with an sdist and what builds it, downloaded once."""
    folder = pathlib.Path(given.cache) / "sdists" / requirement
    if not (folder / "pylock.toml").exists():
        common.say(f"fetching {requirement}")
        # only the sdist is built here, and of one nobody knows before what it requires
        common.run(wh, "download", "-q", "--no-deps", "-d", folder, "--python", python,
                   "--no-binary", re.split("==", requirement)[0], requirement)
    common.in_memory(path for path in folder.iterdir() if path.is_file())
    return folder


def by_project(rows):
    print("| sdist | wh median s | pip median s | wh / pip |\n|---|---|---|---|")
    for requirement, runs in rows.items():
        if not {"wh", "pip"} <= set(runs):
            continue
        ours, theirs = ([run[0] for run in runs[name]] for name in ("wh", "pip"))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs))
        print(f"| {requirement} | {statistics.median(ours):.2f} | {statistics.median(theirs):.2f} | {ratio:.2f} |")
    print()


if __name__ == "__main__":
    main()
