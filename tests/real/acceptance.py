#!/usr/bin/env python3
"""The whole walk across an air gap, on a real environment; the figures go to standard output.

    tests/real/acceptance.py --env .venv [--wh target/release/wh] [--work DIR] [--tools BIN]

Freezes the environment, downloads what it says, installs that in a network namespace without an
interface, and holds the copy against the original: `pip check`, `wh freeze`, `--help` of every
console script, the tree that pip makes of the same wheels, and pip and uv reading the lock offline.
Needs the network (an index), `unshare`, and the folder --tools with pip and uv of the newest
versions. Exit status 1 where anything differs. Not part of `cargo test`: it takes minutes.
"""

import argparse
import base64
import concurrent.futures
import csv
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GAP = ["unshare", "-n", "--"] if os.geteuid() == 0 else ["unshare", "-rn", "--"]
FOREIGN = ("PIP_", "UV_", "WH_", "VIRTUAL_ENV", "PYTHON", "CONDA")
# What names the tool that installed, and says nothing of what is installed.
OF_THE_TOOL = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")


class Report:
    """What was found, told as it is found."""

    def __init__(self):
        self.failed = 0
        self.started = time.monotonic()

    def note(self, text):
        print(f"[{time.monotonic() - self.started:6.1f} s] {text}", flush=True)

    def check(self, name, differences, shown=20):
        self.failed += bool(differences)
        self.note(f"{'FAIL' if differences else 'ok  '} {name}")
        for line in differences[:shown]:
            print(f"             {line}")
        if len(differences) > shown:
            print(f"             ... and {len(differences) - shown} more")


def run(*command, gap=False, limit=1800, cwd=None, input=None, **variables):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    kept.update(PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1", UV_NO_CONFIG="1")
    kept.update(variables)
    words = [*(GAP if gap else []), *map(str, command)]
    try:
        source = {"stdin": subprocess.DEVNULL} if input is None else {"input": input}
        return subprocess.run(words, **source, capture_output=True, text=True,
            errors="replace", env=kept, cwd=cwd, timeout=limit, check=False)
    except subprocess.TimeoutExpired as gone:
        said = (gone.stderr or b"").decode(errors="replace")
        return subprocess.CompletedProcess(words, None, "", said + "\ntime limit")


def must(report, name, *command, **options):
    """Runs a step that all others need."""
    began = time.monotonic()
    done = run(*command, **options)
    if done.returncode != 0:
        report.check(name, [f"status {done.returncode}", *done.stderr.splitlines()[-40:]], 41)
        sys.exit(1)
    report.note(f"ok   {name} ({time.monotonic() - began:.2f} s)")
    return done


def lines_apart(left, right):
    left, right = set(left.splitlines()), set(right.splitlines())
    return [f"- {line}" for line in sorted(left - right)] + [f"+ {line}" for line in sorted(right - left)]


# --- console scripts

def console_scripts(env):
    """The launchers of console scripts, from the entry points of what freeze tells of."""
    code = ("import importlib.metadata as m; print('\\n'.join(sorted({e.name for d in m.distributions() "
        "if d.metadata['Name'].lower() not in ('pip', 'setuptools', 'wheel') "
        "for e in d.entry_points if e.group == 'console_scripts'})))")
    names = run(env / "bin/python", "-I", "-c", code).stdout.split()
    return [name for name in names if (env / "bin" / name).exists()]


def help_of(env, name, scratch, limit):
    """Why the script cannot be imported; "" where it can; None where the time limit told nothing."""
    if not (env / "bin" / name).exists():
        return "it is not there"
    done = run(env / "bin" / name, "--help", limit=limit, cwd=scratch, HOME=str(scratch))
    for line in reversed(done.stderr.splitlines()):
        if line.startswith(("ImportError", "ModuleNotFoundError")):
            return line
    return None if done.returncode is None else ""


def scripts_apart(report, original, copy, scratch, limit):
    names = console_scripts(original)
    jobs = [(env, name) for name in names for env in (original, copy)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda job: help_of(*job, scratch, limit), jobs))
    differences, good, slow = [], 0, 0
    for number, name in enumerate(names):
        before, after = ends[2 * number], ends[2 * number + 1]
        slow += before is None
        good += before == ""
        if before == "" and after != "":
            differences.append(f"{name}: {after or 'time limit'}")
    report.note(f"     {len(names)} console scripts: {good} are importable in the original, {slow} ran out of time")
    return differences


# --- trees

def tree(prefix):
    """Every file below a prefix: its mode and what it holds, interpreters and bytecode aside."""
    found = {}
    for folder, folders, names in os.walk(prefix):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = pathlib.Path(folder, name)
            key = path.relative_to(prefix).as_posix()
            if path.is_symlink() or key == "pyvenv.cfg" or key.lower().startswith("bin/activate"):
                continue
            found[key] = path
    return found


def rows(path, launchers):
    """The rows of a RECORD as a set; what names the tool, and hashes of launchers, left out."""
    kept = set()
    for name, digest, size in csv.reader(path.open(newline="", encoding="utf-8")):
        if name.rpartition("/")[2] in OF_THE_TOOL or name.endswith(".pyc"):
            continue
        short = os.path.normpath(os.path.join("lib/pythonX/site-packages", name))
        kept.add((name,) if short in launchers else (name, digest, size))
    return kept


def launcher_paths(prefix):
    """Scripts whose first line names the interpreter: their text has the prefix in it."""
    return {f"bin/{path.name}" for path in (prefix / "bin").iterdir()
        if path.is_file() and not path.is_symlink() and path.read_bytes()[:2] == b"#!"}


def trees_apart(mine, theirs):
    here, there = tree(mine), tree(theirs)
    launchers = launcher_paths(mine) | launcher_paths(theirs)
    named = lambda key: key.rpartition("/")[2] in OF_THE_TOOL
    differences = [f"only wh has {key}" for key in sorted(here.keys() - there.keys()) if not named(key)]
    differences += [f"only pip has {key}" for key in sorted(there.keys() - here.keys()) if not named(key)]
    for key in sorted(here.keys() & there.keys()):
        one, other = here[key], there[key]
        if one.stat().st_mode != other.stat().st_mode:
            differences.append(f"{key}: mode {one.stat().st_mode:o}, pip has {other.stat().st_mode:o}")
        if named(key) or key in launchers:
            continue
        if key.endswith(".dist-info/RECORD"):
            differences += [f"{key}: {row}" for row in sorted(rows(one, launchers) ^ rows(other, launchers))]
        elif one.read_bytes() != other.read_bytes():
            differences.append(f"{key}: other bytes")
    return differences, len(here)


def untrue_records(prefix):
    """Rows of RECORD that do not tell what is there."""
    wrong = []
    for record in sorted(prefix.glob("lib/python*/site-packages/*.dist-info/RECORD")):
        site = record.parent.parent
        for name, digest, size in csv.reader(record.open(newline="", encoding="utf-8")):
            path = site / name
            if not path.is_file():
                wrong.append(f"{record.parent.name}: {name} is not there")
            elif digest:
                text = path.read_bytes()
                right = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
                if digest != f"sha256={right}" or size != str(len(text)):
                    wrong.append(f"{record.parent.name}: {name} has other bytes")
    return wrong


# --- the walk

def acceptance(given, work, report):
    wh, tools, original = given.wh, given.tools, given.env
    wheels, copy = work / "wheels", work / "copy"
    frozen = must(report, "wh freeze", wh, "freeze", "--python", original / "bin/python").stdout
    requirements = work / "requirements.txt"
    requirements.write_text(frozen)
    report.note(f"     {len(frozen.splitlines())} lines")
    by_pip = run(tools / "python", "-m", "pip", "--python", original / "bin/python", "freeze")
    report.check("wh freeze equals pip freeze", lines_apart(by_pip.stdout, frozen)
        or ([] if by_pip.stdout == frozen else ["the order differs"]))
    must(report, "wh download", wh, "download", "-r", requirements, "-d", wheels,
        "--python", original / "bin/python")
    names = sorted(wheels.glob("*.whl"))
    size = sum(path.stat().st_size for path in names)
    report.note(f"     {len(names)} wheels, {size / 1e6:.1f} MB")
    must(report, "wh venv", wh, "venv", copy, "--python", original / "bin/python")
    must(report, "wh install, no interface", wh, "install", "--find-links", wheels,
        "--python", copy / "bin/python", gap=True)
    report.check("RECORD of the copy is true", untrue_records(copy))
    again = run(wh, "freeze", "--python", copy / "bin/python").stdout
    report.check("wh freeze of the copy equals that of the original", lines_apart(frozen, again))

    def check(env):
        return run(tools / "python", "-m", "pip", "--python", env / "bin/python", "check").stdout
    before, after = check(original), check(copy)
    report.check("pip check", [] if "No broken" in after else lines_apart(before, after))
    report.check("wh install a second time keeps all", [] if "Kept" in run(wh, "install", "--find-links",
        wheels, "--python", copy / "bin/python").stderr else ["something was changed"])

    # before any script runs: they write caches beside the modules
    by_pip = work / "by-pip"
    must(report, "wh venv for pip", wh, "venv", by_pip, "--python", original / "bin/python")
    must(report, "pip install of the same wheels", tools / "python", "-m", "pip", "--python",
        by_pip / "bin/python", "install", "--quiet", "--no-compile", "--no-index", "--no-deps", *names)
    differences, count = trees_apart(copy, by_pip)
    report.note(f"     {count} files")
    report.check("the tree equals pip's", differences)

    for name, command in {
        "pip install -r pylock.toml, offline": lambda env: [tools / "python", "-m", "pip", "--python",
            env / "bin/python", "install", "--quiet", "--no-compile", "--no-index", "-r", wheels / "pylock.toml"],
        "uv pip sync pylock.toml, offline": lambda env: [tools / "uv", "pip", "sync", "--offline",
            "--no-cache", "--preview", "--python", env / "bin/python", wheels / "pylock.toml"],
    }.items():
        env = work / name.split()[0]
        must(report, f"wh venv for {name.split()[0]}", wh, "venv", env, "--python", original / "bin/python")
        must(report, name, *command(env), gap=True)
        same = run(wh, "freeze", "--python", env / "bin/python").stdout
        report.check(f"{name}: the same set", lines_apart(again, same))
        shutil.rmtree(env)

    if not given.no_scripts:
        scratch = work / "scratch"
        scratch.mkdir()
        report.check("console scripts", scripts_apart(report, original, copy, scratch, given.limit))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--wh", type=pathlib.Path, default=ROOT / "target/release/wh", help="the binary (%(default)s)")
    add("--env", type=pathlib.Path, required=True, help="the environment to carry")
    add("--work", type=pathlib.Path, help="where to work; kept (default: a temporary folder, deleted)")
    add("--tools", type=pathlib.Path, help="the folder with pip and uv to compare with",
        default=pathlib.Path(os.environ.get("WH_TEST_TOOLS", ROOT / "target/tools/bin")))
    add("--limit", type=float, default=120, help="seconds that a script's --help may take (%(default)s)")
    add("--no-scripts", action="store_true", help="run no console scripts")
    given = parser.parse_args()
    for name in ("wh", "env", "tools"):
        setattr(given, name, pathlib.Path(os.path.abspath(getattr(given, name))))
    report = Report()
    if given.work:
        given.work.mkdir(parents=True)
        acceptance(given, given.work.absolute(), report)
    else:
        with tempfile.TemporaryDirectory(prefix="wh-acceptance-") as work:
            acceptance(given, pathlib.Path(work), report)
    report.note(f"{report.failed} of the comparisons failed" if report.failed else "all is equal")
    sys.exit(bool(report.failed))


if __name__ == "__main__":
    main()
