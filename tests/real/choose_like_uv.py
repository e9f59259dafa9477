"""Compares what `wh download --dry-run` chooses with `uv pip compile`, on PyPI, requirement by
requirement, for a Linux and a Windows target.

    python3 tests/real/choose_like_uv.py [--wh target/release/wh] [--uv uv] [--way WAY]... [REQUIREMENT]...

A way is highest (the default), lowest, lowest-direct, override or exclude-newer: the flags that both
tools get besides. Prints a line for each pair and ends with status 1 if any differs. Both tools are asked right after
each other, because PyPI changes. Where neither has a solution, that is agreement too.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

POPULAR = """
jupyterlab pandas scikit-learn matplotlib fastapi[standard] django boto3 sqlalchemy black pytest
poetry requests scipy polars pyarrow transformers sphinx celery flask numpy httpx[http2] aiohttp
pydantic[email] ipython rich typer mypy ruff tox sentry-sdk[flask] google-cloud-storage
apache-airflow kubernetes streamlit dask[complete] opentelemetry-sdk uvicorn[standard] click
""".split()

# Of what is bounded below: the lowest of all are of another age, without wheels.
BOUNDED = """
pandas>=2.1 scikit-learn>=1.4 matplotlib>=3.8 fastapi[standard]>=0.115 django>=5 boto3>=1.34
sqlalchemy>=2.0.30 black>=24 pytest>=8 requests>=2.31 sphinx>=7.2 celery>=5.4 flask>=3 httpx[http2]>=0.27
aiohttp>=3.9 pydantic[email]>=2.7 ipython>=8.20 rich>=13.7
""".split()

# Requirements that others have on these projects are replaced.
OVERRIDES = "urllib3<2\nidna==3.6\nclick==8.1.7\npackaging>=24,<25\ncolorama==0.4.5\n"
CUT_OFF = "2025-01-15"


def ways(folder):
    """The flags of each way, and what is asked for where nothing is named."""
    overrides = Path(folder, "overrides.txt")
    overrides.write_text(OVERRIDES)
    return {
        "highest": ([], POPULAR),
        "lowest": (["--resolution", "lowest"], BOUNDED),
        "lowest-direct": (["--resolution", "lowest-direct"], BOUNDED),
        "override": (["--override", str(overrides)], POPULAR),
        # as a time: uv takes a date in the time zone of the machine
        "exclude-newer": (["--exclude-newer", CUT_OFF + "T00:00:00Z"], POPULAR),
    }


# our target, uv's version and platform
TARGETS = [
    ("cp311-manylinux_2_28_x86_64", "3.11", "x86_64-manylinux_2_28"),
    ("cp312-win_amd64", "3.12", "x86_64-pc-windows-msvc"),
]


def chosen_by_wh(wh, requirement, target, flags):
    """Name -> version, or the error's text."""
    run = subprocess.run(
        [wh, "download", "--dry-run", "-q", "--report", "-", "--target", target, *flags, requirement],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        return None, run.stderr
    files = json.loads(run.stdout)["files"]
    return {row["project"]: row["version"] for row in files}, ""


def chosen_by_uv(uv, requirement, version, platform, flags):
    """Name -> version, or the error's text."""
    run = subprocess.run(
        [uv, "pip", "compile", "-q", "--no-header", "--no-annotate", "--only-binary", ":all:"]
        + ["--python-version", version, "--python-platform", platform, "--no-config", *flags, "-"],
        input=requirement + "\n",
        capture_output=True,
        text=True,
    )
    if run.returncode:
        return None, run.stderr
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", run.stdout, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins}, ""


def difference(ours, theirs):
    """The first few differing projects in words; empty where there is none."""
    names = sorted(set(ours) | set(theirs))
    differing = [name for name in names if ours.get(name) != theirs.get(name)]
    return ", ".join(f"{name}: wh {ours.get(name)}, uv {theirs.get(name)}" for name in differing[:8])


def compare(arguments, way, flags, target, requirement):
    """Whether the two differ; prints how."""
    target, version, platform = target
    theirs, their_error = chosen_by_uv(arguments.uv, requirement, version, platform, flags)
    ours, our_error = chosen_by_wh(arguments.wh, requirement, target, flags)
    if ours is None and theirs is None:
        words = "same: neither has a solution"
    elif ours is None or theirs is None:
        who, error = ("wh", our_error) if ours is None else ("uv", their_error)
        words = f"DIFFERS: only {who} has no solution: {error.strip()[:600]}"
    else:
        found = difference(ours, theirs)
        words = f"DIFFERS: {found}" if found else f"same {len(ours)}"
    print(f"{way} {target} {requirement}: {words}", flush=True)
    return words.startswith("DIFFERS")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wh", default="target/release/wh")
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--way", action="append", default=[])
    parser.add_argument("requirements", nargs="*")
    arguments = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        known = ways(folder)
        for way in arguments.way or ["highest"]:
            flags, usual = known[way]
            for target in TARGETS:
                for requirement in arguments.requirements or usual:
                    differing += compare(arguments, way, flags, target, requirement)
    print(f"{differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
