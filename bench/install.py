#!/usr/bin/env python3
"""Installing: `wh install` against uv and pip. Making environments is not measured, and all wheels
are in memory. Five parts, each a table; `--part` takes one of them:

cold     281 wheels into an empty environment, with empty caches
second   the same into a second environment: linked from the store, from uv's cache; as an ordinary user
large    one wheel of 200 MB alone
growth   10 of 10,000 wheels
floor    inflating alone, writing alone, both: what nobody can go below

With `--disk FOLDER`, cold and second are measured once more, on that disk: what is written there has not to be on
the medium when a run ends. Nothing is removed before all runs are done: 8 GB a round.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import common

PARTS = ["cold", "second", "large", "growth", "floor"]


def main():
    parts = asked()
    given = common.arguments(__doc__, rounds=5)
    bench = Bench(given)
    places = [("a memory file system", given.scratch)]
    if given.disk:
        places.append(("a disk", given.disk))
    for where, folder in places:
        # ext4 without a journal looks at each inode that was freed within the last minutes before it takes
        # one, so that making files after removing as many takes ten times as long
        bench.removes = folder != given.disk
        with common.Scratch(folder) as scratch:
            if "cold" in parts:
                bench.cold(scratch, where)
            if "second" in parts:
                bench.second(scratch, where)
    with common.Scratch(given.scratch) as scratch:
        if "large" in parts:
            bench.large(scratch)
        if "growth" in parts:
            bench.growth(scratch)
        if "floor" in parts:
            bench.floor(scratch)


def asked():
    """The parts named with `--part`, which is taken out of the command line."""
    parts = []
    while "--part" in sys.argv:
        at = sys.argv.index("--part")
        parts.append(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise SystemExit(f"no such part: {unknown}; there are {PARTS}")
    return parts or PARTS


class Bench:
    def __init__(self, given):
        self.given = given
        self.python = common.python311()
        self.tools = common.Tools(given.cache, self.python)
        self.wheels = common.wheels(given, self.tools)
        self.wh = common.needs(given.wh, "cargo build --release")
        self.versions = [common.wh_version(given.wh), *self.tools.versions()]
        # whether what a run made goes before the next
        self.removes = True

    def cold(self, scratch, where):
        house = self.house(scratch, self.wheels, common.PINS)
        wanted = ["--no-deps", "-r", common.PINS]
        contestants = {
            "wh from a lock": self.once(scratch, 281, lambda env, cache: self.ours(env, house, cache)),
            "wh from a lock, no store": self.once(
                scratch, 281, lambda env, cache: [*self.ours(env, house, cache), "--no-store"]),
            "wh": self.once(
                scratch, 281, lambda env, cache: [*self.ours(env, self.wheels, cache), *wanted]),
            "uv": self.once(scratch, 281, lambda env, cache: self.uv(env, house, cache, *wanted)),
            "pip --no-compile": self.once(
                scratch, 281, lambda env, _: self.pip(env, house, *wanted)),
        }
        title = f"Installing 281 wheels into an empty environment, on {where}"
        self.compare(title, contestants, ["wh from a lock", "wh"])

    def second(self, scratch, where):
        house = self.house(scratch, self.wheels, common.PINS)
        wanted = ["--no-deps", "-r", common.PINS]

        def ours(*how):
            return lambda env, cache: [*self.ours(env, house, cache), *how]

        def uv(*how):
            return lambda env, cache: self.uv(env, house, cache, *wanted, *how)

        contestants = {
            "wh, hard links": self.again(scratch, 281, as_user(ours())),
            "wh, folders as links": self.again(
                scratch, 281, as_user(ours("--link-mode", "symlink"))),
            "uv, hard links": self.again(scratch, 281, as_user(uv("--link-mode", "hardlink"))),
            "uv, links": self.again(scratch, 281, as_user(uv("--link-mode", "symlink"))),
        }
        if is_root():
            contestants["wh, folders as links, as root"] = self.again(
                scratch, 281, ours("--link-mode", "symlink"))
        title = f"Installing the same into a second environment, on {where}"
        self.compare(title, contestants, ["wh, hard links", "wh, folders as links"])

    def large(self, scratch):
        folder, pin = large_wheel(self.given, self.tools)
        house = self.house(scratch, folder, pin)
        wanted = ["--no-deps", pin]
        contestants = {
            "wh from a lock": self.once(scratch, 1, lambda env, cache: self.ours(env, house, cache)),
            "wh": self.once(scratch, 1, lambda env, cache: [*self.ours(env, folder, cache), *wanted]),
            "uv": self.once(scratch, 1, lambda env, cache: self.uv(env, house, cache, *wanted)),
            "pip --no-compile": self.once(scratch, 1, lambda env, _: self.pip(env, house, *wanted)),
        }
        self.compare(f"Installing one wheel alone ({pin})", contestants, ["wh from a lock", "wh"])

    def growth(self, scratch):
        folder = scratch.path / "ten-thousand"
        names = ten_thousand(folder)
        house = self.house(scratch, folder, *names)
        for wheel in folder.glob("*.whl"):
            target = house / wheel.name
            if not target.exists():
                target.hardlink_to(wheel)
        contestants = {
            "wh from a lock": self.again(scratch, 10, lambda env, cache: self.ours(env, house, cache)),
            "wh": self.again(
                scratch, 10, lambda env, cache: [*self.ours(env, folder, cache), *names]),
            "uv": self.again(scratch, 10, lambda env, cache: self.uv(env, folder, cache, *names)),
            "pip": self.once(scratch, 10, lambda env, _: self.pip(env, folder, *names)),
        }
        title = "Installing 10 of 10,000 wheels, the second time"
        self.compare(title, contestants, ["wh from a lock", "wh"])

    def floor(self, scratch):
        program = self.given.wh.parent / "examples" / "floor"
        common.needs(program, "cargo build --release -p wh-wheel --example floor")
        print("### The floor\n")
        for _ in range(self.given.rounds):
            print("    " + common.run(program, self.wheels, scratch.path)[2].replace("\n", "; "))
        print()

    def compare(self, title, contestants, ours):
        contestants = common.choose(self.given, contestants)
        times = common.measure(contestants, self.given.rounds)
        common.table(title, times, ours, self.versions)

    def house(self, scratch, folder, *pins):
        """A wheelhouse with its lock, of all wheels of a folder."""
        house = scratch.fresh("wheelhouse")
        wanted = ["-r", pins[0]] if isinstance(pins[0], pathlib.Path) else pins
        common.run(self.wh, "download", "--no-index", "--find-links", folder, "--no-deps",
                   "--python", self.python, *wanted, "-d", house, HOME=scratch.path)
        return house

    def ours(self, env, folder, cache):
        return [self.wh, "install", "-q", "--find-links", folder, "--cache-dir", cache,
                "--python", env / "bin" / "python"]

    def uv(self, env, folder, cache, *wanted):
        return [self.tools.uv, "pip", "install", "-q", "--python", env / "bin" / "python",
                "--no-index", "--find-links", folder, "--cache-dir", cache, *wanted]

    def pip(self, env, folder, *wanted):
        return [self.tools.pip, "--python", env, "install", "-q", "--no-compile", "--no-cache-dir",
                "--no-index", "--find-links", folder, *wanted]

    def once(self, scratch, count, command):
        """A run into an environment of its own, with a cache of its own."""
        return lambda: self.run(scratch, count, command, scratch.fresh("cache"), keep=False)

    def again(self, scratch, count, command):
        """A run into an environment of its own, with a cache that a run before filled."""
        cache = scratch.fresh("cache")
        filled = []

        def run():
            if not filled:
                filled.append(self.run(scratch, count, command, cache, keep=True))
            return self.run(scratch, count, command, cache, keep=True)
        return run

    def run(self, scratch, count, command, cache, keep):
        env = scratch.fresh("venv")
        common.run(self.python, "-m", "venv", "--without-pip", env)
        if not self.removes:
            os.sync()
        wall, cpu, megabytes, _ = common.used(*command(env, cache), HOME=scratch.path)
        found = len(list(env.glob("lib/python3.11/site-packages/*.dist-info")))
        if found != count:
            raise SystemExit(f"{command(env, cache)[0]} installed {found} distributions")
        if self.removes:
            shutil.rmtree(env)
        if self.removes and not keep:
            shutil.rmtree(cache, ignore_errors=True)
        return wall, cpu, megabytes


def is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def as_user(command):
    """The same, where root runs the benchmark, as a user whom permissions bind: in a user namespace
    that maps nobody. It costs a tool the start of `unshare`."""
    if not is_root():
        return command
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-U", "true"], capture_output=True).returncode:
        common.say("no user namespaces: the second environment is measured as root")
        return command
    return lambda env, cache: [unshare, "-U", *command(env, cache)]


def large_wheel(given, tools):
    """A real wheel of about 200 MB, with many files and some huge ones, fetched once."""
    pin = "tensorflow-cpu==2.20.0"
    folder = given.cache / "large"
    if not list(folder.glob("tensorflow_cpu-*.whl")):
        common.say(f"fetching {pin}")
        common.run(tools.pip, "download", "-q", "--no-deps", "--only-binary", ":all:",
                   "--python-version", "3.11", "--platform", "manylinux_2_17_x86_64", pin,
                   "-d", folder)
    common.in_memory(folder.glob("*.whl"))
    return folder, pin


def ten_thousand(folder):
    """Small wheels: 2,000 projects in five versions. The names of ten of them."""
    folder.mkdir()
    for number in range(2000):
        for minor in range(5):
            make_wheel(folder, f"project{number:04}", f"1.{minor}")
    return [f"project{number:04}" for number in range(0, 2000, 200)]


def make_wheel(folder, name, version):
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\n"
                         "Tag: py3-none-any\n",
    }
    rows = [f"{path},{common.record_hash(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


if __name__ == "__main__":
    main()
