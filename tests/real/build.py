"""Real sdists from PyPI, of every kind of build backend: downloaded without running any of their code, built and
installed by `wh` where there is no network, and compared with what pip makes of the same files.

    python3 tests/real/build.py --python python3.12 [--wh target/release/wh] [--pip PYTHON]
        [--folder DIR] [--list] [NAME]...

For each project: `wh download --no-binary NAME` under strace (nothing but wh may be executed); `wh install
--build --find-links` in a network namespace without interfaces; `wh check`; then `pip wheel --no-index
--find-links` of the same sdist, in such a namespace too. The two wheels must have the same name, the same
entries in the same order, with the same modes, and the same bytes, but for compiled objects, RECORD, the line
that names the generator, and what differs between two wheels of pip's own (random numbers of SBOMs, paths of
temporary folders). Prints a line each and ends with status 1 if one is not right. `--folder` keeps what was
downloaded for another run. A C and a C++ compiler and a Rust toolchain must be on the machine.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

CASES = """
setuptools, pyproject.toml             requests==2.34.2
setuptools, mypyc left aside           charset-normalizer==3.5.3
setuptools, setup.cfg alone            flake8==7.5.0
setuptools, setup.py alone             zxcvbn==4.5.0
setuptools, setup.py alone, not static docopt==0.6.2
setuptools, setup.py alone, C          zstd==1.5.7.2
setuptools, setup.py alone, C          ephem==4.2.1
setuptools, C                          markupsafe==3.0.4
setuptools, C                          wrapt==2.5.2
setuptools, pbr                        stevedore==5.10.0
setuptools-scm                         tqdm==4.70.1
setuptools-scm, C++                    kiwisolver==1.5.1
setuptools-scm itself, in-tree         setuptools-scm==10.3.4
setuptools, Cython                     peewee==4.5.3
setuptools, Cython                     cytoolz==1.2.0
flit                                   idna==3.20
flit itself, in-tree                   flit-core==4.2.0
hatchling, hatch-vcs, README hook      attrs==26.1.0
hatchling itself, in-tree              hatchling==1.33.0
poetry-core                            rich==15.0.0
poetry-core itself, in-tree            poetry-core==2.5.0
pdm-backend                            unearth==0.19.0
pdm-backend itself, in-tree            pdm-backend==2.5.0
scikit-build-core                      nanobind==3.1.0
scikit-build-core, Cython, C++         levenshtein==0.27.3
meson-python, C++                      contourpy==1.4.0
meson-python itself, in-tree           meson-python==0.22.1
maturin, vendored crates               orjson==3.13.0
"""


def cases(names):
    for line in CASES.strip().splitlines():
        kind, _, requirement = line.rpartition(" ")
        if not names or requirement.partition("==")[0] in names:
            yield kind.strip(), requirement


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def more(requirement):
    """What nobody knows the requirements of before it is built, is asked for alone."""
    return ["--no-deps"] if requirement.startswith("docopt==") else []


def without_network(*command):
    return run("unshare", "-rn", *command)


class Wrong(Exception):
    """What is not right, in words."""


def expect(done, what):
    if done.returncode:
        raise Wrong(f"{what}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done


def download(args, requirement, wheels, target):
    """Downloads, and looks at what was executed meanwhile."""
    name = requirement.partition("==")[0]
    with tempfile.NamedTemporaryFile("r") as trace:
        expect(
            run(
                *["strace", "-f", "-qq", "-e", "trace=execve,execveat", "-o", trace.name],
                *[args.wh, "download", "-q", "-d", wheels, "--target", target],
                *["--no-binary", name, requirement, *more(requirement)],
            ),
            "wh download",
        )
        executed = [line for line in trace if "execve" in line]
    if len(executed) != 1:
        raise Wrong(f"wh download executed {executed}")


def install(args, requirement, wheels, folder):
    """Installs where there is no network; the wheel that was built on the way."""
    environment, cache = folder / "environment", folder / "cache"
    expect(run(args.wh, "venv", "-q", "--python", args.python, environment), "wh venv")
    began = time.monotonic()
    expect(
        without_network(
            *[args.wh, "--cache-dir", cache, "install", "-q", "--build", "--find-links", wheels],
            *["--python", environment, requirement, *more(requirement)],
        ),
        "wh install --build",
    )
    took = time.monotonic() - began
    expect(run(args.wh, "check", "--python", environment), "wh check")
    name = re.sub(r"[-_.]+", "_", requirement.partition("==")[0])
    built = [path for path in cache.rglob("*.whl") if path.name.lower().startswith(name + "-")]
    if len(built) != 1:
        raise Wrong(f"the cache has {built}")
    return built[0], took


def by_pip(args, sdist, wheels, folder):
    began = time.monotonic()
    made = without_network(
        *[args.pip, "-m", "pip", "--python", args.python, "wheel", "-q", "--no-cache-dir", "--no-deps"],
        *["--disable-pip-version-check", "--no-index", "--find-links", wheels, "-w", folder, sdist],
    )
    expect(made, "pip wheel")
    return next(folder.glob("*.whl")), time.monotonic() - began


def entries(wheel):
    with zipfile.ZipFile(wheel) as opened:
        for entry in opened.infolist():
            yield entry.filename, entry.external_attr >> 16, opened.read(entry)


def differing(ours, theirs):
    """The entries whose bytes differ and should not."""
    if ours.name != theirs.name:
        raise Wrong(f"the wheel is {ours.name}, pip's {theirs.name}")
    one, other = list(entries(ours)), list(entries(theirs))
    if [entry[:2] for entry in one] != [entry[:2] for entry in other]:
        raise Wrong(f"entries differ: {set(e[:2] for e in one) ^ set(e[:2] for e in other) or 'their order'}")
    for (name, _, mine), (_, _, pips) in zip(one, other):
        if name.endswith(".dist-info/WHEEL"):
            mine, pips = (re.sub(rb"(?m)^Generator:.*$", b"", text) for text in (mine, pips))
        if mine != pips and not name.endswith(".dist-info/RECORD"):
            yield name


def compare(ours, theirs, once_more):
    """What the two wheels share in full, in words; `once_more` makes another wheel of pip's."""
    different = list(differing(ours, theirs))
    compiled = [name for name in different if re.search(r"\.(so|a|o|pyd|dylib)(\.[0-9.]+)?$", name)]
    others = set(different) - set(compiled)
    if others:
        surprising = others - set(differing(once_more(), theirs))
        if surprising:
            raise Wrong(f"{sorted(surprising)} differ")
    words = f"{len(list(entries(ours)))} entries as pip's"
    if compiled:
        words += f", {len(compiled)} compiled ones with other bytes"
    if others:
        words += f", {', '.join(sorted(others))} never the same twice"
    return words


def check(args, requirement, folder, target):
    wheels = (args.folder or folder) / f"wheels-{requirement}"
    if not (wheels / "pylock.toml").exists():
        download(args, requirement, wheels, target)
    sdists = [path for path in wheels.iterdir() if path.name.endswith((".tar.gz", ".zip"))]
    if len(sdists) != 1:
        raise Wrong(f"sdists: {sdists}")
    ours, took = install(args, requirement, wheels, folder)
    theirs, pip_took = by_pip(args, sdists[0], wheels, folder / "pip")
    words = compare(ours, theirs, lambda: by_pip(args, sdists[0], wheels, folder / "again")[0])
    return f"{words}; {took:.1f} s, pip wheel {pip_took:.1f} s"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wh", default="target/release/wh")
    parser.add_argument("--python", default=sys.executable, help="builds and installs")
    parser.add_argument("--pip", default=sys.executable, help="a Python that has pip")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--list", action="store_true", help="print the requirements alone")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    if args.list:
        print(*[requirement for _, requirement in cases(args.names)], sep="\n")
        return
    args.wh, args.python = os.path.abspath(args.wh), shutil.which(args.python)
    version = run(args.python, "-c", "import sys; print('cp%d%d' % sys.version_info[:2])").stdout
    failed = 0
    for kind, requirement in cases(args.names):
        with tempfile.TemporaryDirectory() as folder:
            try:
                target = version.strip() + "-manylinux_2_28_x86_64"
                words, right = check(args, requirement, Path(folder), target), True
            except Wrong as wrong:
                words, right = str(wrong), False
        failed += not right
        print(f"{'ok ' if right else 'BAD'} {requirement} ({kind}): {words}", flush=True)
    sys.exit(bool(failed))


main()
