#!/usr/bin/env python3
"""Three Pythons on three platforms in one `wh download`, over a line of 30 ms and 50 MB/s (an index of our
own), against the floor and against loops of `pip download` and `uv pip compile`, a run a target.

The floor is what no tool can beat: the bytes of all files over the line, and the longest chain of round
trips (page, METADATA, page of what that requires, ..., the last file). The ratio to it must not exceed
1.25. uv only resolves and fetches no wheel; pip evaluates markers for this machine.
"""

import json
import shutil
import sys

import common
import download

ROOTS = "pandas matplotlib black pytest requests django boto3 sqlalchemy sphinx".split()
PYTHONS = ["3.11", "3.12", "3.13"]
# ours; uv's word for it; what pip must be told
PLATFORMS = {
    "manylinux_2_28_x86_64": ("x86_64-manylinux_2_28", [f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)]
        + ["manylinux2014_x86_64"]),
    "win_amd64": ("x86_64-pc-windows-msvc", ["win_amd64"]),
    "macosx_14_0_arm64": ("aarch64-apple-darwin", [f"macosx_{major}_0_{arch}" for major in (14, 13, 12, 11)
        for arch in ("arm64", "universal2")] + [f"macosx_10_{minor}_universal2" for minor in (15, 13, 12, 9)]),
}
LATENCY, BANDWIDTH, MOST = 0.030, 50e6, 1.25


def main():
    given = common.arguments(__doc__, rounds=3)
    tools = common.Tools(given.cache, common.python311())
    wh = common.needs(given.wh, "cargo build --release")
    server = common.needs(given.test_index, "cargo build --release -p wh-testing --bin test-index")
    folder = wheels(given, wh)
    with common.Scratch(given.scratch) as scratch, download.index(server, folder) as url:
        plan = scratch.path / "plan.json"
        contestants = common.choose(given, {
            "wh": once(scratch, lambda out: [ours(wh, url, out, plan)]),
            "uv pip compile, each": once(scratch, lambda out: loop_of_uv(tools, url, out)),
            "pip download, each": once(scratch, lambda out: loop_of_pip(tools, url, out)),
        })
        times = common.measure(contestants, given.rounds)
        report = json.loads(plan.read_text())
    size = sum(row["size"] for row in report["files"])
    trips = longest_chain(report)
    floor = size / BANDWIDTH + trips * LATENCY
    ratio = min(wall for wall, _ in times["wh"]) / floor
    note = (f"{len(report['targets'])} targets, {len(report['files'])} files, {size / 1e6:.0f} MB. The floor is "
        f"{floor:.2f} s: the line alone takes {size / BANDWIDTH:.2f} s, and the longest chain is {trips} round "
        f"trips. wh takes {ratio:.2f} times the floor (at most {MOST}).")
    versions = [common.wh_version(wh), *tools.versions()]
    common.table("A matrix of 9 targets", times, ["wh"], versions, note)
    if ratio > MOST:
        sys.exit(f"{ratio:.2f} times the floor is more than {MOST}")


def wheels(given, wh):
    """The folder that the index serves: what the matrix needs, fetched once."""
    folder = given.wheels or given.cache / "matrix"
    if not (folder / "pylock.toml").exists():
        common.say(f"fetching the wheels of the matrix into {folder}")
        common.run(wh, "download", *ROOTS, "-d", folder, *targets())
    for wheel in folder.glob("*.whl"):  # so that each tool finds them in memory
        wheel.read_bytes()
    return folder


def targets():
    return [word for python in PYTHONS for word in ("--python-version", python)] + \
        [word for platform in PLATFORMS for word in ("--platform", platform)]


def longest_chain(report):
    """A connection; page and METADATA of each project on the way; the file."""
    return 1 + max(2 * (len(row["requested_by"]) + (row["requested_by"] != [row["project"]]))
        for row in report["files"]) + 1


def ours(wh, url, out, plan):
    return [wh, "download", *ROOTS, "--index-url", url, "-d", out, "--no-cache", "--report", plan, *targets()]


def loop_of_uv(tools, url, out):
    out.mkdir()
    (out / "in.txt").write_text("\n".join(ROOTS))
    return [[tools.uv, "pip", "compile", "--quiet", "--index-url", url, "--only-binary", ":all:",
        "--cache-dir", out / "cache", "--python-version", python, "--python-platform", platform,
        "-o", out / f"{python}-{platform}.txt", out / "in.txt"]
        for python in PYTHONS for platform, _ in PLATFORMS.values()]


def loop_of_pip(tools, url, out):
    return [[tools.python, "-m", "pip", "download", "-q", "--only-binary", ":all:", "--index-url", url,
        "--cache-dir", out / "cache", "-d", out, "--python-version", python,
        *[word for platform in platforms for word in ("--platform", platform)], *ROOTS]
        for python in PYTHONS for _, platforms in PLATFORMS.values()]


def once(scratch, commands):
    """All commands of one contestant, one after the other, into a folder of its own."""
    def contestant():
        out = scratch.fresh("matrix")
        wall = cpu = 0
        for command in commands(out):
            # uv takes macOS 13 for the floor where nothing says otherwise
            one, busy, _ = common.run(*command, HOME=scratch.path, MACOSX_DEPLOYMENT_TARGET="14.0")
            wall, cpu = wall + one, cpu + busy
        shutil.rmtree(out)
        return wall, cpu
    return contestant


if __name__ == "__main__":
    main()
