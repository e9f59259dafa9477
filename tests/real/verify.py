#!/usr/bin/env python3
"""`wh verify` on 12 wheelhouses of real projects: what is taken away is what is named.

    tests/real/verify.py [--wh target/release/wh] [--work DIR] [--python PYTHON]...

Each wheelhouse is made by `wh download` for Linux and Windows and this machine's Pythons, from the
real PyPI. For each: it is complete as it is; with a wheel and its lock entry removed, and with a
wheel removed that only Windows needs, verify names the requirement, the chain and the targets; with
no lock at all it finds the same gap; with the file back it is content, and `wh install` without a
network fills an environment of each Python there is. Exit status 1 where anything differs. Not part of
`cargo test`: it takes minutes.
"""

import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from acceptance import GAP, ROOT, Report, run

# what is asked for -> a project that something else there requires, on every target
HOUSES = [
    (["flask"], "werkzeug"),
    (["requests"], "idna"),
    (["httpx[http2]"], "hpack"),
    (["click", "rich"], "mdurl"),
    (["pytest"], "iniconfig"),
    (["fastapi"], "anyio"),
    (["pandas"], "numpy"),
    (["jinja2", "pyyaml"], "markupsafe"),
    (["sphinx"], "imagesize"),
    (["black"], "mypy-extensions"),
    (["typer"], "shellingham"),
    (["aiohttp"], "frozenlist"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wh", type=pathlib.Path, default=ROOT / "target/release/wh")
    parser.add_argument("--work", type=pathlib.Path, help="kept; by default a temporary folder")
    parser.add_argument("--python", action="append", help="to install for (default: python3)")
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        work = (given.work or pathlib.Path(scratch)).resolve()
        for number, (asked, victim) in enumerate(HOUSES):
            house = House(given.wh.resolve(), work / f"house-{number}", asked, report)
            house.check(victim, given.python or ["python3"])
    report.note(f"{report.failed} failed")
    return 1 if report.failed else 0


class House:
    def __init__(self, wh, place, asked, report):
        self.wh, self.place, self.asked, self.report = wh, place, asked, report
        self.name = " ".join(asked)
        self.wheels = place / "wheels"
        place.mkdir(parents=True, exist_ok=True)

    def check(self, victim, pythons):
        targets = [word for name in ("cp312-linux", "cp312-windows") for word in ("--target", name)]
        for python in pythons:
            described = self.place / f"{pathlib.Path(python).parent.parent.name or 'here'}.json"
            told = run(self.wh, "target", "--python", python)
            described.write_text(told.stdout)
            targets += ["--target", str(described)]
        done = run(self.wh, "download", *self.asked, "-d", self.wheels, *targets,
                   "--cache-dir", self.place.parent / "cache")
        if done.returncode:
            self.report.check(f"{self.name}: download", done.stderr.splitlines()[-20:])
            return
        self.told("whole", 0, [])
        self.locked_gap(victim)
        self.only_windows()
        self.no_lock(victim)
        self.told("with all back", 0, [])
        for python in pythons:
            self.installs(python)

    def verify(self, *more):
        return run(self.wh, "verify", self.wheels, *more, gap=True)

    def told(self, what, status, wanted, *more):
        """Verify ends with this status, and one line of it matches each pattern."""
        done = self.verify(*more)
        lines = done.stdout.splitlines()
        faults = [f"no line has {pattern}" for pattern in wanted
                  if not any(re.search(pattern, line) for line in lines)]
        if done.returncode != status:
            faults.insert(0, f"status {done.returncode} in place of {status}")
        if status == 0:
            faults += [line for line in lines if line.startswith(("missing: ", "wrong: "))]
        if faults:
            faults += ["---", *lines[:12], *done.stderr.splitlines()[:8]]
        self.report.check(f"{self.name}: {what}", faults)
        return lines

    def files_of(self, project):
        escaped = project.replace("-", "_")
        return [path for path in self.wheels.glob("*.whl")
                if path.name.split("-")[0].lower().replace(".", "_") == escaped]

    def taken(self, files):
        """The files are elsewhere; gives what puts them back."""
        aside = self.place / "aside"
        aside.mkdir(exist_ok=True)
        for path in files:
            shutil.move(path, aside / path.name)

        def back():
            for path in aside.iterdir():
                shutil.move(path, self.wheels / path.name)
        return back

    def locked_gap(self, victim):
        lock = self.wheels / "pylock.toml"
        text = lock.read_text()
        entries = re.split(r"(?m)^(?=\[\[packages\]\]$|\[tool)", text)
        kept = [entry for entry in entries if f'\nname = "{victim}"\n' not in entry]
        lock.write_text("".join(kept))
        back = self.taken(self.files_of(victim))
        chain = rf"^missing: {victim}\b.* for cp312-manylinux.*, cp312-win_amd64.*asked for by \S+"
        if len(kept) == len(entries):
            self.report.check(f"{self.name}: {victim}", ["the lock has no entry of it"])
        else:
            self.told(f"without {victim} and its entry", 1, [chain])
        back()
        lock.write_text(text)

    def only_windows(self):
        """A wheel that the lock selects for Windows alone, where there is one."""
        report = self.place / "report.json"
        self.verify("--report", report)
        rows = json.loads(report.read_text())["files"]
        only = [row for row in rows if row["targets"] == ["cp312-win_amd64"]]
        if not only:
            self.report.note(f"     {self.name}: Windows needs nothing of its own")
            return
        row = only[0]
        back = self.taken([self.wheels / row["filename"]])
        asks = re.escape(row["requested_by"][0].split(";")[0].strip())
        lines = self.told(f"without {row['filename']}", 1, [
            rf"^missing: {row['project']}\b.* for cp312-win_amd64(, asked for by {asks}|:)",
            rf"^wrong: {re.escape(row['filename'])}: it is not there",
        ])
        others = [line for line in lines if line.startswith("missing: ") and "manylinux" in line]
        self.report.check(f"{self.name}: and no other target", others)
        back()

    def no_lock(self, victim):
        lock = self.wheels / "pylock.toml"
        text = lock.read_text()
        lock.unlink()
        targets = ["--target", "cp312-linux", "--target", "cp312-windows"]
        self.told("with no lock", 0, [], *targets)
        back = self.taken(self.files_of(victim))
        asked = rf"^missing: {victim}\b.* for cp312-manylinux.*asked for by \S+"
        self.told(f"with no lock and no {victim}", 1, [asked], *targets)
        back()
        lock.write_text(text)

    def installs(self, python):
        env = self.place / "env"
        shutil.rmtree(env, ignore_errors=True)
        run(self.wh, "venv", env, "--python", python)
        done = run(self.wh, "install", "--find-links", self.wheels, "--python", env, gap=True)
        faults = [] if done.returncode == 0 else done.stderr.splitlines()[-10:]
        self.report.check(f"{self.name}: installs offline for {python}", faults)


if __name__ == "__main__":
    sys.exit(main())
