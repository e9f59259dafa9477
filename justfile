# The few commands a contributor needs. Each is a plain command that one can type.

# Everything that must hold before a change lands.
test:
    .ci/run

# The binary, for use.
build:
    cargo build --release --locked

# All benchmarks: paired ratios against pip, uv and curl.
bench: bench-install bench-download bench-freeze bench-verify bench-matrix bench-build

# On a memory file system, and on the disk that the temporary folder lies on.
bench-install: build
    cargo build --release --locked -p wh-wheel --example floor
    python3 bench/install.py --disk "${TMPDIR:-/tmp}"

bench-download: build
    cargo build --release --locked -p wh-testing --bin test-index
    python3 bench/download.py

# Many targets in one run: the ratio to the floor must not exceed 1.25.
bench-matrix: build
    cargo build --release --locked -p wh-testing --bin test-index
    python3 bench/matrix.py

bench-freeze: build
    python3 bench/freeze.py

# 200 downloads from an index that misbehaves at random.
soak:
    WH_SOAK_RUNS=200 cargo test -p wh --test soak -- --nocapture

bench-verify: build
    python3 bench/verify.py

bench-build: build
    python3 bench/build.py

# The command-line reference, from the definitions.
reference:
    WH_UPDATE_REFERENCE=1 cargo test -p wh reference

# Compiles for other machines; docs/ARCHITECTURE.md ("Other machines") says what that takes.
check-elsewhere:
    cargo-zigbuild clippy --locked -p wh --target x86_64-pc-windows-gnu -- -D warnings
    cargo-zigbuild clippy --locked -p wh --target aarch64-apple-darwin -- -D warnings
    cargo-zigbuild clippy --locked -p wh --target x86_64-unknown-linux-musl -- -D warnings
