"""Downloads real sdists from PyPI with `--no-binary NAME`, and has pip build and install them where
there is no network, with nothing but what came along.

    python3 tests/real/build_offline.py --python python3.12 [--wh target/release/wh]
        [--uv uv] [NAME]...

For each project: the versions that `wh download` chose are compared with those of `uv pip compile`;
then `pip install --no-index --find-links` runs in a network namespace without interfaces. Prints a
line each and ends with status 1 if one differs or does not install. What a project needs besides (a
compiler, say) must be on the machine. uv and pip run the projects' code; wh does not.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

# of every kind of backend that needs no compiler, and some that need one
NAMES = """
iniconfig idna packaging pluggy attrs urllib3 click flask jinja2 werkzeug httpx anyio pytest tomli
rich markupsafe requests python-dateutil six docutils
""".split()


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)


def chosen_by_uv(uv, name, version):
    made = run(
        *[uv, "pip", "compile", "-q", "--no-header", "--no-annotate", "--no-config", "-"],
        *["--no-binary", name, "--python-version", version],
        *["--python-platform", "x86_64-manylinux_2_28"],
        input=name + "\n",
    )
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", made.stdout, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins}


def check(args, name, version, folder):
    """What came of it, in words, and whether that is right."""
    wheels = folder / "wheels"
    target = f"cp{version.replace('.', '')}-manylinux_2_28_x86_64"
    fetched = run(args.wh, "download", "-q", "-d", wheels, "--target", target, "--no-binary", name, name)
    if fetched.returncode:
        why = [line for line in fetched.stderr.splitlines() if "only building" in line]
        return f"not static: {(why or fetched.stderr.splitlines() or ['?'])[0].strip()}", bool(why)
    lock = tomllib.loads((wheels / "pylock.toml").read_text())
    ours = {one["name"]: one["version"] for one in lock["packages"]}
    theirs = chosen_by_uv(args.uv, name, version)
    words = f"{ours[name]}, {len(ours)} chosen, {len(lock['tool']['wh'].get('build-packages', []))} to build"
    if ours != theirs:
        return f"{words}; uv chooses otherwise: {theirs}", False
    built = run(
        *["unshare", "-rn", args.python, "-m", "pip", "install", "--no-index", "--find-links", wheels],
        *["--no-binary", name, "--target", folder / "there", name],
    )
    if built.returncode:
        return f"{words}; pip: {built.stderr.strip().splitlines()[-1]}", False
    return f"{words}; as uv; pip built it offline", True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wh", default="target/release/wh")
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("names", nargs="*", default=NAMES)
    args = parser.parse_args()
    asked = run(args.python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    failed = 0
    for name in args.names or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            words, right = check(args, name, asked.stdout.strip(), Path(folder))
        failed += not right
        print(f"{'ok ' if right else 'BAD'} {name}: {words}", flush=True)
    sys.exit(bool(failed))


main()
