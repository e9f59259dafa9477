"""Compares what `wh download --dry-run` chooses with `uv pip compile`, on PyPI, requirement by
requirement, for a Linux and a Windows target.

    python3 tests/real/choose_like_uv.py [--wh target/release/wh] [--uv uv] [REQUIREMENT]...

Prints a line for each pair and ends with status 1 if any differs. Both tools are asked right after
each other, because PyPI changes. Where neither has a solution, that is agreement too.
"""

import argparse
import json
import re
import subprocess
import sys

POPULAR = """
jupyterlab pandas scikit-learn matplotlib fastapi[standard] django boto3 sqlalchemy black pytest
poetry requests scipy polars pyarrow transformers sphinx celery flask numpy httpx[http2] aiohttp
pydantic[email] ipython rich typer mypy ruff tox sentry-sdk[flask] google-cloud-storage
apache-airflow kubernetes streamlit dask[complete] opentelemetry-sdk uvicorn[standard] click
""".split()

# our target, uv's version and platform
TARGETS = [
    ("cp311-manylinux_2_28_x86_64", "3.11", "x86_64-manylinux_2_28"),
    ("cp312-win_amd64", "3.12", "x86_64-pc-windows-msvc"),
]


def chosen_by_wh(wh, requirement, target):
    """Name -> version, or the error's text."""
    run = subprocess.run(
        [wh, "download", "--dry-run", "-q", "--report", "-", "--target", target, requirement],
        capture_output=True,
        text=True,
    )
    if run.returncode:
        return None, run.stderr
    files = json.loads(run.stdout)["files"]
    return {row["project"]: row["version"] for row in files}, ""


def chosen_by_uv(uv, requirement, version, platform):
    """Name -> version, or the error's text."""
    run = subprocess.run(
        [uv, "pip", "compile", "-q", "--no-header", "--no-annotate", "--only-binary", ":all:"]
        + ["--python-version", version, "--python-platform", platform, "--no-config", "-"],
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wh", default="target/release/wh")
    parser.add_argument("--uv", default="uv")
    parser.add_argument("requirements", nargs="*", default=POPULAR)
    arguments = parser.parse_args()
    differing = 0
    for target, version, platform in TARGETS:
        for requirement in arguments.requirements or POPULAR:
            theirs, their_error = chosen_by_uv(arguments.uv, requirement, version, platform)
            ours, our_error = chosen_by_wh(arguments.wh, requirement, target)
            if ours is None and theirs is None:
                words = "same: neither has a solution"
            elif ours is None or theirs is None:
                who, error = ("wh", our_error) if ours is None else ("uv", their_error)
                words = f"DIFFERS: only {who} has no solution: {error.strip()[:600]}"
            else:
                found = difference(ours, theirs)
                words = f"DIFFERS: {found}" if found else f"same {len(ours)}"
            differing += words.startswith("DIFFERS")
            print(f"{target} {requirement}: {words}", flush=True)
    print(f"{differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
