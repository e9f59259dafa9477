#!/usr/bin/env python3
"""Installing 281 wheels into a fresh environment: `wh install` against uv with an empty cache and
pip. All on a memory file system; the wheels are in memory. Making the environment is not measured.
"""

import shutil

import common


def main():
    given = common.arguments(__doc__, rounds=5)
    python = common.python311()
    tools = common.Tools(given.cache, python)
    folder = common.wheels(given, tools)
    with common.Scratch(given.scratch) as scratch:
        contestants = {}
        if not given.only or "wh" in given.only:
            wh = common.needs(given.wh, "cargo build --release")
            contestants.update(ours(wh, folder, python, scratch))
        contestants.update(theirs(tools, folder, python, scratch))
        contestants = common.choose(given, contestants)
        times = common.measure(contestants, given.rounds)
    versions = [common.wh_version(given.wh), *tools.versions(), f"CPython {python}"]
    common.table("Installing 281 wheels", times, ["wh", "wh from a lock"], versions[:3])


def ours(wh, folder, python, scratch):
    """`wh install` from the bare folder and from a wheelhouse with its lock."""
    house = scratch.path / "wheelhouse"
    common.run(wh, "download", "--no-index", "--find-links", folder, "--no-deps", "--python", python,
               "-r", common.PINS, "-d", house, HOME=scratch.path)

    def from_folder(target):
        return [wh, "install", "--find-links", folder, "--no-deps", "-r", common.PINS,
                "--python", target / "bin" / "python"]

    def from_lock(target):
        return [wh, "install", "--find-links", house, "--python", target / "bin" / "python"]

    return {
        "wh": contestant(from_folder, python, scratch),
        "wh from a lock": contestant(from_lock, python, scratch),
    }


def theirs(tools, folder, python, scratch):
    """uv with an empty cache, and pip."""
    def uv(target):
        return [tools.uv, "pip", "install", "-q", "--python", target / "bin" / "python",
                "--no-index", "--find-links", folder, "--no-deps", "-r", common.PINS,
                "--cache-dir", target / "cache"]

    def pip(target):
        return [tools.pip, "--python", target / "bin" / "python", "install", "-q", "--no-compile",
                "--no-cache-dir", "--no-index", "--find-links", folder, "--no-deps",
                "-r", common.PINS]

    return {"uv (empty cache)": contestant(uv, python, scratch),
            "pip --no-compile": contestant(pip, python, scratch)}


def contestant(command, python, scratch):
    """One run into an environment of its own, checked afterwards."""
    def once():
        target = scratch.fresh("venv")
        common.run(python, "-m", "venv", "--without-pip", target)
        wall, cpu, _ = common.run(*command(target), HOME=scratch.path)
        found = len(list(target.glob("lib/python3.11/site-packages/*.dist-info")))
        if found != 281:
            raise SystemExit(f"{command(target)[0]} installed {found} distributions")
        shutil.rmtree(target)
        return wall, cpu
    return once


if __name__ == "__main__":
    main()
