#!/usr/bin/env python3
"""Freezing an environment of 281 distributions: `wh freeze` against `uv pip freeze` and
`pip freeze`. uv spells names its own way; wh must print what pip prints.
"""

import common


def main():
    given = common.arguments(__doc__, rounds=15)
    python = common.python311()
    tools = common.Tools(given.cache, python)
    folder = common.wheels(given, tools)
    with common.Scratch(given.scratch) as scratch:
        target = filled(tools, folder, python, scratch)
        commands = {
            "wh": [given.wh.resolve(), "freeze"],
            "uv": [tools.uv, "pip", "freeze", "--cache-dir", scratch.path / "cache"],
            "pip": [target / "bin" / "python", "-m", "pip", "freeze"],
        }
        commands = common.choose(given, commands)
        if "wh" in commands:
            common.needs(given.wh, "cargo build --release")
        compare(commands, target, scratch)
        contestants = {name: contestant(command, target, scratch)
                       for name, command in commands.items()}
        times = common.measure(contestants, given.rounds)
    versions = [common.wh_version(given.wh), *tools.versions()]
    common.table("Freezing 281 distributions", times, ["wh"], versions)


def filled(tools, folder, python, scratch):
    """An environment with the 281 and the newest pip."""
    target = scratch.path / "venv"
    common.run(python, "-m", "venv", "--without-pip", target)
    install = [tools.uv, "pip", "install", "-q", "--python", target / "bin" / "python",
               "--cache-dir", scratch.path / "cache"]
    common.run(*install, tools.pip_pin)
    common.run(*install, "--no-index", "--find-links", folder, "--no-deps", "-r", common.PINS)
    return target


def compare(commands, target, scratch):
    """Ends the benchmark where wh and pip disagree."""
    if "wh" in commands and "pip" in commands:
        ours, theirs = (frozen(commands[name], target, scratch)[2] for name in ("wh", "pip"))
        if ours != theirs:
            differing = sorted(set(ours.split("\n")) ^ set(theirs.split("\n")))
            raise SystemExit(f"wh does not print what pip prints: {differing or 'another order'}")


def frozen(command, target, scratch):
    return common.run(*command, cwd=scratch.path, HOME=scratch.path, VIRTUAL_ENV=target)


def contestant(command, target, scratch):
    return lambda: frozen(command, target, scratch)[:2]


if __name__ == "__main__":
    main()
