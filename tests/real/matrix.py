#!/usr/bin/env python3
"""18 roots of real life for five Pythons on five platforms, in one run; the figures go to standard output.

    tests/real/matrix.py [--wh target/release/wh] [--work DIR] [--tools BIN]

The first run takes all roots with --keep-going and --split-locks: what a target cannot get is exactly
what is reported, and every other target has a lock of its own. A second run, into the same folder,
asks for the roots that every target can have, and writes one lock for all. For each target:

- `uv pip compile` for that Python and platform, from the folder alone, finds the set of the first run;
- `packaging.pylock` selects from both kinds of lock what was resolved;
- colorama is there for Windows, and absent from the selection for Linux.

Needs the network (an index), 10 GB of disk, and the folder --tools with uv and packaging of the newest
versions. Exit status 1 where anything differs. Not part of `cargo test`: it takes minutes.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time

from acceptance import Report, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOTS = """jupyterlab pandas scikit-learn matplotlib fastapi[standard] django boto3 sqlalchemy black
pytest poetry requests scipy polars pyarrow transformers sphinx celery""".split()
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
# ours, and uv's word for the same
PLATFORMS = {
    "manylinux_2_28_x86_64": "x86_64-manylinux_2_28",
    "manylinux_2_28_aarch64": "aarch64-manylinux_2_28",
    "musllinux_1_2_x86_64": "x86_64-unknown-linux-musl",
    "win_amd64": "x86_64-pc-windows-msvc",
    "macosx_14_0_arm64": "aarch64-apple-darwin",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wh", type=pathlib.Path, default=ROOT / "target" / "release" / "wh")
    parser.add_argument("--tools", type=pathlib.Path,
        default=pathlib.Path(os.environ.get("WH_TEST_TOOLS", ROOT / "target" / "tools" / "bin")))
    parser.add_argument("--work", type=pathlib.Path, help="a folder to work in, and to keep")
    parser.add_argument("--jobs", type=int, default=2, help="uv runs at a time")
    given = parser.parse_args()
    work = given.work or pathlib.Path(tempfile.mkdtemp(prefix="wh-matrix-"))
    work.mkdir(parents=True, exist_ok=True)
    report = Report()
    try:
        check(report, given, work)
    finally:
        if not given.work:
            shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if report.failed else 0)


def check(report, given, work):
    house = work / "wheels"
    split = download(report, given, work, "split", ROOTS, "--keep-going", "--split-locks")
    for line in missing(split):
        report.note(f"missing: {line}")
    shared = [root for root in ROOTS if not any(row["requirement"].startswith(name(root))
        for row in split["missing"])]
    together = download(report, given, work, "together", shared)
    report.check("the second run lacks nothing", missing(together))
    targets = describe(given, work, [row["name"] for row in split["targets"]])
    check_locks(report, given, house, targets, split, together)
    check_colorama(report, split)
    check_uv(report, given, house, split)
    again = time.monotonic()
    download(report, given, work, "again", shared, "-v")
    report.note(f"a run with nothing to do takes {time.monotonic() - again:.1f} s")


def name(root):
    return re.split(r"[\[<>=~!; ]", root)[0]


def download(report, given, work, what, roots, *options):
    """One run; its report, with what it took."""
    plan = work / f"{what}.json"
    words = [given.wh, "download", *roots, "--only-binary", ":all:", "-d", work / "wheels", "--report", plan, *options]
    for python in PYTHONS:
        words += ["--python-version", python]
    for platform in PLATFORMS:
        words += ["--platform", platform]
    began = time.monotonic()
    done = run(*words, limit=7200)
    took = time.monotonic() - began
    (work / f"{what}.log").write_text(done.stderr)
    if not plan.exists():
        report.check(f"{what}: a report", [f"status {done.returncode}", *done.stderr.splitlines()[-30:]])
        sys.exit(1)
    found = json.loads(plan.read_text())
    expected = 1 if found["missing"] else 0
    wrong = [] if done.returncode == expected else [f"status {done.returncode}", *done.stderr.splitlines()[-30:]]
    report.check(f"{what}: status {expected}", wrong)
    files = found["files"]
    fetched = [row for row in files if row["action"] == "fetch"]
    size = lambda rows: sum(row["size"] or 0 for row in rows) / 1e9
    complete = sum(row["complete"] for row in found["targets"])
    report.note(f"{what}: {took:.1f} s, {len(files)} files ({size(files):.2f} GB), fetched "
        f"{len(fetched)} ({size(fetched):.2f} GB); {complete} of {len(found['targets'])} targets complete")
    return found


def missing(found):
    by_what = collections.defaultdict(list)
    for row in found["missing"]:
        by_what[row["requirement"], " > ".join(row["requested_by"]), row["reason"]].append(row["target"])
    return [f"{what} ({chain}) for {', '.join(targets)}: {reason}"
        for (what, chain, reason), targets in sorted(by_what.items())]


def resolved(found):
    """By target: {project: [version, file]}."""
    sets = collections.defaultdict(dict)
    for row in found["files"]:
        for target in row["targets"]:
            sets[target][row["project"]] = [row["version"], row["filename"]]
    return sets


def describe(given, work, names):
    """The files of targets."""
    folder = work / "targets"
    folder.mkdir(exist_ok=True)
    for target in names:
        (folder / f"{target}.json").write_text(run(given.wh, "target", target).stdout)
    return {target: folder / f"{target}.json" for target in names}


def check_locks(report, given, house, targets, split, together):
    """packaging.pylock selects what was resolved."""
    def selected(lock, files):
        done = run(given.tools / "python", ROOT / "tests" / "oracle" / "selected.py", lock, *files)
        return json.loads(done.stdout) if done.returncode == 0 else {"": done.stderr[-2000:]}

    expected = resolved(together)
    answer = selected(house / "pylock.toml", targets.values())
    equal = [target for target in targets if answer.get(target) == expected[target]]
    apart = [f"{target}: {difference(answer.get(target), expected[target])}"
        for target in targets if target not in equal]
    report.check(f"packaging.pylock selects from the one lock for {len(equal)} of {len(targets)} targets", apart)
    expected = resolved(split)
    complete = [row["name"] for row in split["targets"] if row["complete"]]
    apart = []
    for target in complete:
        lock = house / f"pylock.{target}.toml"
        answer = selected(lock, [targets[target]])
        if answer.get(target) != expected[target]:
            apart.append(f"{target}: {difference(answer.get(target), expected[target])}")
    report.check(f"packaging.pylock selects from {len(complete) - len(apart)} of {len(complete)} split locks", apart)
    others = [target for target in targets if target not in complete]
    stray = [target for target in others if (house / f"pylock.{target}.toml").exists()]
    report.check(f"the {len(others)} targets that lack something have no lock", stray)


def difference(answer, expected):
    if not isinstance(answer, dict):
        return answer
    names = sorted(project for project in {*answer, *expected} if answer.get(project) != expected.get(project))
    return ", ".join(f"{project}: {answer.get(project)} for {expected.get(project)}" for project in names[:5])


def check_colorama(report, found):
    sets = resolved(found)
    wrong = [target for target, chosen in sets.items()
        if ("colorama" in chosen) != ("win" in target.split("-")[1])]
    report.check("colorama is there for Windows alone", wrong)


def check_uv(report, given, house, found):
    """uv, for each target, from the folder alone."""
    sets = resolved(found)

    def compile_for(row):
        target = row["name"]
        lacking = {one["requirement"] for one in found["missing"] if one["target"] == target}
        roots = [root for root in ROOTS if name(root) not in lacking]
        done = run(given.tools / "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate",
            "--no-index", "--find-links", house, "--only-binary", ":all:", "--no-cache",
            "--python-version", row["python"], "--python-platform", PLATFORMS[row["platform"]],
            "-", input="\n".join(roots), MACOSX_DEPLOYMENT_TARGET="14.0")  # uv's own floor is 13
        if done.returncode != 0:
            return target, [done.stderr[-1500:]]
        lines = {line.split(" ")[0] for line in done.stdout.splitlines() if "==" in line}
        theirs = {re.sub(r"\[.*\]", "", line) for line in lines}
        ours = {f"{project}=={version}" for project, (version, _) in sets[target].items()}
        apart = [f"- {one}" for one in sorted(ours - theirs)] + [f"+ {one}" for one in sorted(theirs - ours)]
        return target, apart

    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        answers = dict(pool.map(compile_for, found["targets"]))
    apart = [f"{target}: {' '.join(lines)}" for target, lines in answers.items() if lines]
    equal = len(answers) - len(apart)
    report.check(f"uv pip compile finds the same set for {equal} of {len(answers)} targets", apart)


if __name__ == "__main__":
    main()
