#!/usr/bin/env python3
"""Downloading 281 pinned wheels over a line of 30 ms and 50 MB/s (an index of our own):
`wh download` against curl, which is told the addresses of the files, and pip.
"""

import contextlib
import shutil
import subprocess
import urllib.parse

import common


def main():
    given = common.arguments(__doc__, rounds=5)
    python = common.python311()
    tools = common.Tools(given.cache, python)
    folder = common.wheels(given, tools)
    server = common.needs(given.test_index, "cargo build --release -p wh-testing --bin test-index")
    with common.Scratch(given.scratch) as scratch, index(server, folder) as url:
        contestants = {}
        if not given.only or "wh" in given.only:
            wh = common.needs(given.wh, "cargo build --release")
            contestants.update(ours(wh, url, python, scratch, folder))
        contestants.update(theirs(tools, url, scratch, folder))
        contestants = common.choose(given, contestants)
        times = common.measure(contestants, given.rounds)
    curl = common.run("curl", "--version")[2].split()[:2]
    versions = [common.wh_version(given.wh), *tools.versions()[:1], " ".join(curl)]
    size = sum(wheel.stat().st_size for wheel in folder.glob("*.whl"))
    note = f"{size / 1e6:.0f} MB; the line alone takes {size / 50e6:.1f} s."
    common.table("Downloading 281 wheels", times, ["wh", "wh from a lock"], versions, note)


@contextlib.contextmanager
def index(server, folder):
    """The address of a running index."""
    command = [str(server), str(folder), "--latency-ms", "30", "--bandwidth", "50M"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = child.stdout.readline().strip()
        if not url:
            raise SystemExit(f"{server} did not start")
        yield url
    finally:
        child.kill()
        child.wait()


def ours(wh, url, python, scratch, folder):
    """`wh download` of the pins, and of the lock that such a run wrote."""
    def of(requirements, out):
        return [wh, "download", "--index-url", url, "--no-deps", "--python", python,
                "-r", requirements, "-d", out, "--no-cache"]

    house = scratch.fresh("house")
    common.run(*of(common.PINS, house), HOME=scratch.path)
    lock = scratch.path / "pylock.toml"
    shutil.copy(house / "pylock.toml", lock)
    shutil.rmtree(house)
    return {
        "wh": contestant(lambda out: of(common.PINS, out), scratch, folder),
        "wh from a lock": contestant(lambda out: of(lock, out), scratch, folder),
    }


def theirs(tools, url, scratch, folder):
    """curl with the addresses, and pip."""
    base = url.removesuffix("simple/") if hasattr(url, "removesuffix") else url[: -len("simple/")]
    addresses = scratch.path / "addresses"
    with addresses.open("w") as file:
        for wheel in sorted(folder.glob("*.whl")):
            file.write(f'url = "{base}files/{urllib.parse.quote(wheel.name)}"\n')
            file.write(f'output = "{wheel.name}"\n')

    def curl(out):
        return ["curl", "--parallel", "--parallel-max", "50", "--fail", "--silent", "--show-error",
                "--no-progress-meter", "--create-dirs", "--output-dir", out, "--config", addresses]

    def pip(out):
        return [tools.python, "-m", "pip", "download", "-q", "--no-deps", "--no-cache-dir",
                "--only-binary", ":all:", "--index-url", url, "-r", common.PINS, "-d", out]

    return {"curl --parallel-max 50": contestant(curl, scratch, folder),
            "pip": contestant(pip, scratch, folder)}


def contestant(command, scratch, folder):
    """One run into a folder of its own, whose files are checked afterwards."""
    expected = {wheel.name: wheel.stat().st_size for wheel in folder.glob("*.whl")}

    def once():
        out = scratch.fresh("download")
        wall, cpu, _ = common.run(*command(out), HOME=scratch.path)
        got = {wheel.name: wheel.stat().st_size for wheel in out.glob("*.whl")}
        if got != expected:
            raise SystemExit(f"{command(out)[0]} did not fetch {sorted(expected.keys() - got)[:9]}")
        shutil.rmtree(out)
        return wall, cpu
    return once


if __name__ == "__main__":
    main()
