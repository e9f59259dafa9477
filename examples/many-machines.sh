#!/usr/bin/env bash
# One download for several machines, none of them this one: the wheels, the markers and the Python
# of each. Ends with what each would install, as the lock's reader chooses.
#
#   examples/many-machines.sh                  # a small web stack
#   examples/many-machines.sh pandas scipy     # other requirements
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 'uvicorn[standard]' click numpy
cargo build --release --locked --quiet -p wh

work=$(mktemp -d "${TMPDIR:-/tmp}/many-machines.XXXXXX")
trap 'rm -rf "$work"' EXIT

target/release/wh download "$@" -d "$work/wheels" --report "$work/report.json" \
  --target cp312-linux --target cp312-windows --target cp312-macos \
  --target cp313-musllinux_1_2_aarch64

python3 - "$work/report.json" <<'PYTHON'
import json, sys

files = json.load(open(sys.argv[1]))["files"]
targets = sorted({target for row in files for target in row["targets"]})
everywhere = [row for row in files if set(row["targets"]) == set(targets)]
print(f"\n{len(everywhere)} of {len(files)} files serve every machine; the others:")
for row in sorted(files, key=lambda row: (row["project"], row["filename"])):
    if row not in everywhere:
        print(f"  {row['filename']}\n      for {', '.join(row['targets'])}")
PYTHON
