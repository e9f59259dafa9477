#!/usr/bin/env bash
# Carries a real environment across an air gap, on one machine.
#
# Needs Rust, Python 3 with venv, and PyPI. Here: an environment that pip made. There: a shell in
# a network namespace that has no interface. Between them goes one folder.
#
#   examples/across-the-gap.sh                       # a web framework, pandas and a few more
#   examples/across-the-gap.sh 'jupyterlab' scipy    # other requirements
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 'fastapi[standard]' pandas django boto3 black rich

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

say "Building wh"
cargo build --release --locked --quiet -p wh
wh="$PWD/target/release/wh"

work=$(mktemp -d "${TMPDIR:-/tmp}/across-the-gap.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

say "Here: an environment of real life ($*)"
python3 -m venv here
here/bin/python -m pip install --quiet --disable-pip-version-check "$@"

say "wh freeze > requirements.txt"
"$wh" freeze --python here > requirements.txt
wc -l < requirements.txt | xargs -I{} echo "{} distributions"

say "wh download -r requirements.txt -d wheels"
"$wh" download -r requirements.txt -d wheels --python here

# Only the folder travels. Over there, nothing can be fetched.
if unshare --map-root-user --net true 2>/dev/null; then
  gap=(unshare --map-root-user --net)
else
  echo "This machine allows no network namespace: what follows runs without one."
  gap=()
fi

say "There: wh venv there; wh install --find-links wheels (no network interface)"
"${gap[@]}" "$wh" venv there --python here
"${gap[@]}" "$wh" install --find-links wheels --python there

say "Is it the same?"
"$wh" freeze --python there > there.txt
diff requirements.txt there.txt && echo "wh freeze says the same on both sides"
"${gap[@]}" here/bin/python -m pip --python there/bin/python check
