#!/usr/bin/env bash
# Makes the launchers for Windows, byte for byte those of this folder; `--check` compares instead.
#
# Needs Python with venv, and PyPI for the compiler. Nothing else of the machine counts.
set -euo pipefail
cd "$(dirname "$0")"

zig_version=0.17.1
tools="$PWD/../../../target/zig-$zig_version"
if [ ! -e "$tools/ready" ]; then
  rm -rf "$tools"
  mkdir -p "${tools%/*}"
  python3 -m venv "$tools"
  "$tools/bin/python" -m pip install --quiet --disable-pip-version-check "ziglang==$zig_version"
  touch "$tools/ready"
fi
include=$("$tools/bin/python" -c 'import os, ziglang; print(os.path.dirname(ziglang.__file__))')
include="$include/lib/libc/include/any-windows-any"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for machine in amd64:x86_64 arm64:aarch64 x86:x86; do
  for kind in console gui; do
    case $kind in
      console) more=(-Wl,--subsystem,console) ;;
      gui) more=(-Wl,--subsystem,windows -DGUI -luser32) ;;
    esac
    name="$kind-${machine%%:*}.exe"
    "$tools/bin/python" -m ziglang cc -target "${machine##*:}-windows-gnu" -std=c99 -Wall -Wextra -Werror -Os -s \
      -fno-builtin -fno-stack-protector -fno-unwind-tables -fno-asynchronous-unwind-tables \
      -nostdlib -isystem "$include" \
      launcher.c launcher.rc "${more[@]}" -lkernel32 -Wl,--entry=launch -o "$scratch/$name"
    if [ "${1-}" = --check ]; then
      cmp "$scratch/$name" "$name"
    else
      cp "$scratch/$name" "$name"
    fi
  done
done
