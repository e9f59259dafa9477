#!/usr/bin/env python3
"""Verifying a wheelhouse of 281 wheels: `wh verify` against hashing the same bytes with as many
`sha256sum` processes as there are cores.

`wh verify --no-record` does what sha256sum does (each file against the lock's digest) and reads every
archive's parts, and proves each target complete; `wh verify` unpacks and hashes every entry, too.
The first is to take at most 1.3 times as long as sha256sum.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import common

MOST = 1.3


def main():
    given = common.arguments(__doc__, rounds=9)
    given.wh = common.needs(given.wh, "cargo build --release")
    tools = common.Tools(given.cache, common.python311())
    folder = common.wheels(given, tools)
    with common.Scratch(given.scratch) as scratch:
        house = wheelhouse(given.wh, folder, scratch)
        verify = [given.wh, "verify", house]
        contestants = common.choose(given, {
            "wh --no-record": lambda: common.run(*verify, "--no-record", HOME=scratch.path)[:2],
            "wh": lambda: common.run(*verify, HOME=scratch.path)[:2],
            "sha256sum": lambda: hashed(house),
        })
        times = common.measure(contestants, given.rounds)
    versions = [common.wh_version(given.wh), first_line("sha256sum", "--version")]
    common.table("Verifying 281 wheels", times, ["wh --no-record", "wh"], versions)
    if "sha256sum" in times and "wh --no-record" in times:
        pairs = zip(times["wh --no-record"], times["sha256sum"])
        ratio = statistics.median(ours / theirs for (ours, _), (theirs, _) in pairs)
        common.say(f"{ratio:.2f} times sha256sum; at most {MOST} is asked for")
        sys.exit(1 if ratio > MOST else 0)


def wheelhouse(wh, folder, scratch):
    """The wheels with a lock of them, on the memory file system."""
    house = scratch.fresh("wheels")
    shutil.copytree(folder, house)
    common.run(wh, "download", "--no-index", "-f", house, "-d", house, "--no-deps", "-r",
               common.PINS, "--target", "cp311-manylinux_2_36_x86_64", HOME=scratch.path)
    return house


def hashed(house):
    """All wheels by one sha256sum a core, the bytes shared out evenly; wall and CPU seconds."""
    shares = [[] for _ in range(os.cpu_count() or 1)]
    loads = [0] * len(shares)
    for wheel in sorted(house.glob("*.whl"), key=lambda path: -path.stat().st_size):
        least = loads.index(min(loads))
        shares[least].append(wheel)
        loads[least] += wheel.stat().st_size
    before = os.times()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        running = [subprocess.Popen(["sha256sum", "--", *share], stdout=out) for share in shares]
        if any([child.wait() for child in running]):
            raise SystemExit("sha256sum failed")
    wall = time.perf_counter() - start
    after = os.times()
    cpu = (after.children_user - before.children_user
           + after.children_system - before.children_system)
    return wall, cpu


def first_line(*command):
    return common.run(*command)[2].splitlines()[0]


if __name__ == "__main__":
    main()
