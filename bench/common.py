"""What the benchmarks share: tools, the workload, measuring in pairs, the table.

A measurement is a wall time on a machine that others use too. So tools take turns within a round,
each round starts with another tool, and what is told is the median of the ratios within a round.
"""

import argparse
import base64
import datetime
import hashlib
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PINS = HERE / "280.txt"
# What the caller's settings would change: pip.conf, UV_*, an active environment.
FOREIGN = ("PIP_", "UV_", "WH_", "VIRTUAL_ENV", "PYTHON", "CONDA", "XDG_", "http_", "https_", "HTTP")


def arguments(text, rounds, more=lambda add: None):
    parser = argparse.ArgumentParser(description=text)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")) / "release"
    add = parser.add_argument
    add("--wh", type=pathlib.Path, default=target / "wh", help="the binary (%(default)s)")
    add("--test-index", type=pathlib.Path, default=target / "test-index", help=argparse.SUPPRESS)
    add("--rounds", type=int, default=rounds, help="how often each tool runs (%(default)s)")
    add("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "wh-bench",
        help="where wheels and tools are kept (%(default)s)")
    add("--wheels", type=pathlib.Path, help="a folder that has the wheels of 280.txt")
    add("--scratch", type=pathlib.Path, default=pathlib.Path("/dev/shm"),
        help="a memory file system (%(default)s)")
    add("--disk", type=pathlib.Path, help="a folder on a disk: measured there, too")
    add("--only", action="append", metavar="TOOL", help="only this tool (repeatable): wh, uv, ...")
    more(add)
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    if not given.scratch.is_dir():
        given.scratch = pathlib.Path(tempfile.gettempdir())
        say(f"no memory file system: {given.scratch} is measured too")
    return given


def say(text):
    print(text, file=sys.stderr, flush=True)


class Scratch:
    """A folder on the memory file system, gone when the benchmark ends."""

    def __init__(self, parent):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="wh-bench-", dir=parent))
        self.count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def fresh(self, name):
        """A path that does not exist yet."""
        self.count += 1
        return self.path / f"{name}-{self.count}"


def environment(**extra):
    """The caller's environment without what would change a tool's ways."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    kept.update(PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1", UV_NO_CONFIG="1")
    kept.update({name: str(value) for name, value in extra.items()})
    return kept


def run(*command, cwd=None, **variables):
    """Runs a command to its end and gives (wall seconds, CPU seconds, standard output)."""
    wall, cpu, _, text = used(*command, cwd=cwd, **variables)
    return wall, cpu, text


def used(*command, cwd=None, **variables):
    """The same with its peak memory: (wall seconds, CPU seconds, MB, standard output)."""
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                 cwd=cwd, env=environment(**variables))
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            said = err.read().decode(errors="replace")[-3000:]
            raise SystemExit(f"{' '.join(command)}\nended with {child.returncode}:\n{said}")
        megabytes = usage.ru_maxrss / 1024  # of Linux, in KiB
        return wall, usage.ru_utime + usage.ru_stime, megabytes, out.read().decode(errors="replace")


def python311():
    """A CPython 3.11: the workload's wheels are for that."""
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv")) / "versions"
    places = sorted(pyenv.glob("3.11*/bin/python"), reverse=True)
    found = shutil.which("python3.11")
    for place in [*places, *([found] if found else [])]:
        code = "import sys; print(*sys.version_info[:2])"
        try:
            asked = subprocess.run([str(place), "-I", "-c", code], capture_output=True, text=True)
        except OSError:
            continue
        if asked.stdout.split() == ["3", "11"]:
            return pathlib.Path(place)
    raise SystemExit("skipped: this benchmark needs a CPython 3.11, and there is none here")


class Tools:
    """pip and uv of the versions that the tests use, in an environment of their own."""

    def __init__(self, cache, python):
        pins = (HERE.parent / ".ci" / "tools.txt").read_text().split()
        pins = [pin for pin in pins if pin.startswith(("pip==", "uv=="))]
        home = cache / ("tools-" + "-".join(pins).replace("==", "-"))
        if not (home / "bin" / "uv").exists():
            say(f"fetching {' '.join(pins)}")
            run(python, "-m", "venv", "--clear", home)
            run(home / "bin" / "python", "-m", "pip", "install", "-q", *pins)
        self.python, self.pip = home / "bin" / "python", home / "bin" / "pip"
        self.uv = home / "bin" / "uv"
        self.pip_pin = pins[0]

    def versions(self):
        pip = run(self.pip, "--version")[2].split()[:2]
        uv = run(self.uv, "--version")[2].split()[:2]
        return [" ".join(pip), " ".join(uv)]


def wheels(given, tools):
    """The folder with the 281 wheels, fetched once."""
    folder = given.wheels or given.cache / "wheels"
    wanted = len(PINS.read_text().split())
    if len(list(folder.glob("*.whl"))) != wanted:
        say(f"fetching {wanted} wheels (466 MB) into {folder}")
        run(tools.pip, "download", "-q", "--no-deps", "--only-binary", ":all:", "-r", PINS,
            "-d", folder)
    found = sorted(folder.glob("*.whl"))
    if len(found) != wanted:
        raise SystemExit(f"{folder} has {len(found)} wheels instead of {wanted}")
    in_memory(found)
    return folder


def in_memory(files):
    """Reads files, so that each tool finds them in memory; piece by piece, since what this program
    holds counts as peak memory of those that it starts."""
    for path in files:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def measure(contestants, rounds):
    """Lets each contestant run once a round: {name: function} to {name: [what it gave]}; each gives
    (wall, CPU), or (wall, CPU, MB)."""
    names = list(contestants)
    times = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            run = contestants[name]()
            times[name].append(run)
            say(f"round {number + 1}: {name}: {run[0]:.3f} s, CPU {run[1]:.3f} s")
    return times


def choose(given, contestants):
    """Those that were asked for with --only, by their first word."""
    if not given.only:
        return contestants
    chosen = {name: run for name, run in contestants.items() if name.split()[0] in given.only}
    if not chosen:
        raise SystemExit(f"--only names none of {sorted({name.split()[0] for name in contestants})}")
    return chosen


def table(title, times, ours, versions, note=""):
    """Prints the Markdown table; ratios are ours over theirs, paired by round."""
    print(f"### {title}\n")
    if note:
        print(note + "\n")
    with_memory = all(len(run) > 2 for runs in times.values() for run in runs)
    heads = ["peak MB"] * with_memory
    heads += [f"{name} / it" for name in ours if name in times]
    print("| tool | median s | min | max | CPU s |" + "".join(f" {head} |" for head in heads))
    print("|---|---|---|---|---|" + "---|" * len(heads))
    for name, runs in times.items():
        walls = [run[0] for run in runs]
        cells = [statistics.median(walls), min(walls), max(walls),
                 statistics.median(run[1] for run in runs)]
        row = f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"
        if with_memory:
            row += f" {max(run[2] for run in runs):.0f} |"
        for our in ours:
            if our in times:
                pairs = [a[0] / b[0] for a, b in zip(times[our], runs)]
                row += " |" if name == our else f" {statistics.median(pairs):.2f} |"
        print(row)
    rounds = max(len(runs) for runs in times.values())
    today = datetime.date.today().isoformat()
    print(f"\n{rounds} rounds, {today}, {machine()}; {', '.join(versions)}.\n", flush=True)


def record_hash(text):
    """The digest of a text as RECORD has it."""
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def wh_version(wh):
    """`wh 0.1.0`."""
    return run(wh, "--version")[2].strip() if wh.exists() else "no wh"


def machine():
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"


def needs(path, how):
    """Ends the benchmark where a program is missing."""
    if not path.exists():
        raise SystemExit(f"{path} is not there: {how}")
    return path.resolve()
