#!/usr/bin/env bash
# Source distributions, a local project and a git repository across an air gap: built over there from
# what came along, and built here before they travel.
#
# Needs Rust, Python 3 with venv, git, a C compiler, and PyPI. There: a shell in a network namespace
# that has no interface.
#
#   examples/from-source.sh
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }

say "Building wh"
cargo build --release --locked --quiet -p wh
wh="$PWD/target/release/wh"

work=$(mktemp -d "${TMPDIR:-/tmp}/from-source.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
gap=()
if unshare --map-root-user --net true 2>/dev/null; then
  gap=(unshare --map-root-user --net)
else
  echo "This machine allows no network namespace: what follows runs without one."
fi

say "Here: source distributions, with what building them needs; nothing of them is run"
"$wh" download --no-binary iniconfig,markupsafe iniconfig==2.0.0 markupsafe==3.0.2 -d sources

say "There: without --build they are named, and nothing is changed"
"${gap[@]}" "$wh" venv there
"${gap[@]}" "$wh" install --find-links sources --python there || true

say "There: with it they are built, from the folder alone"
"${gap[@]}" "$wh" install --find-links sources --python there --build
"$wh" freeze --python there

say "Here: a project and a repository, made into wheels before they travel"
mkdir -p project/mine repository/theirs
cat > project/pyproject.toml <<'END'
[build-system]
requires = ["flit_core>=3.2,<4"]
build-backend = "flit_core.buildapi"
[project]
name = "mine"
version = "1.0"
description = "A project of one's own"
dependencies = ["theirs"]
END
sed 's/"mine"/"theirs"/; s/\["theirs"\]/["idna"]/' project/pyproject.toml > repository/pyproject.toml
echo 'import theirs' > project/mine/__init__.py
echo 'import idna' > repository/theirs/__init__.py
git -C repository init --quiet
git -C repository add --all
git -C repository -c user.name=me -c user.email=me@example.org commit --quiet --message=first
"$wh" download --build ./project "theirs @ git+file://$work/repository" -d wheels
ls wheels

say "There: wheels alone, and pip would do as well"
"${gap[@]}" "$wh" venv other
"${gap[@]}" "$wh" install --find-links wheels --python other
"${gap[@]}" other/bin/python -c 'import mine; print("it is imported")'
"$wh" freeze --python other
