"""Writes tags.json: what `packaging` says that targets load. Run it with packaging 26.3.

    python tags.py [INTERPRETER]...

Each INTERPRETER is recorded too: its facts, as target/facts.py prints them, and its sys_tags().

To keep the file small a list of tags is written as its platforms and a list of [python, abi]
(for every platform in order) and [python, abi, platform].
"""

import json
import subprocess
import sys
from pathlib import Path

import packaging
from packaging import _manylinux, _musllinux, tags

assert packaging.__version__ == "26.3", packaging.__version__
HERE = Path(__file__).parent
FACTS = HERE.parent.parent / "crates" / "wh-packaging" / "src" / "target" / "facts.py"


def linux(arch, glibc=None, musl=None):
    tags.sysconfig.get_platform = lambda: "linux-" + arch
    _manylinux._have_compatible_abi = lambda executable, archs: glibc is not None
    _manylinux._get_glibc_version = lambda: _manylinux._GLibCVersion(*(glibc or (-1, -1)))
    _musllinux._get_musl_version = lambda executable: musl and _musllinux._MuslVersion(*musl)
    return list(tags._linux_platforms(is_32bit=False))


def python(short, version, platforms, config=()):
    config = dict({"py_version_nodot": "%d%d" % version}, **dict(config))
    tags._get_config_var = lambda name, warn=False: config.get(name)
    name = "%s%d%d" % (short, *version)
    if short == "cp":
        yield from tags.cpython_tags(version, platforms=platforms)
    else:
        yield from tags.generic_tags(name, platforms=platforms)
    interpreter = {"cp": name, "pp": "pp3"}.get(short)
    yield from tags.compatible_tags(version, interpreter, platforms)


MANYLINUX = linux("x86_64", glibc=(2, 28))
FREE = {"Py_GIL_DISABLED": 1}
TARGETS = {
    "cp312-manylinux_2_28_x86_64": python("cp", (3, 12), MANYLINUX),
    "cp312-linux": python("cp", (3, 12), MANYLINUX),
    "3.12.4-linux": python("cp", (3, 12), MANYLINUX),
    "cp37-manylinux_2_28_x86_64": python("cp", (3, 7), MANYLINUX),
    "cp38-manylinux1_x86_64": python("cp", (3, 8), linux("x86_64", glibc=(2, 5))),
    "cp39-manylinux2010_x86_64": python("cp", (3, 9), linux("x86_64", glibc=(2, 12))),
    "cp310-manylinux2014_x86_64": python("cp", (3, 10), linux("x86_64", glibc=(2, 17))),
    "cp311-manylinux_2_28_i686": python("cp", (3, 11), linux("i686", glibc=(2, 28))),
    "cp311-manylinux_2_39_aarch64": python("cp", (3, 11), linux("aarch64", glibc=(2, 39))),
    "cp311-manylinux_2_31_armv7l": python("cp", (3, 11), linux("armv7l", glibc=(2, 31))),
    "cp311-manylinux_2_31_armv8l": python("cp", (3, 11), linux("armv8l", glibc=(2, 31))),
    "cp312-manylinux_2_28_ppc64le": python("cp", (3, 12), linux("ppc64le", glibc=(2, 28))),
    "cp312-manylinux_2_28_s390x": python("cp", (3, 12), linux("s390x", glibc=(2, 28))),
    "cp312-manylinux_2_39_riscv64": python("cp", (3, 12), linux("riscv64", glibc=(2, 39))),
    "cp310-musllinux_1_2_aarch64": python("cp", (3, 10), linux("aarch64", musl=(1, 2))),
    "cp312-musllinux_1_2_x86_64": python("cp", (3, 12), linux("x86_64", musl=(1, 2))),
    "cp312-linux_x86_64": python("cp", (3, 12), linux("x86_64")),
    "cp313t-manylinux_2_28_x86_64": python("cp", (3, 13), MANYLINUX, FREE),
    "cp315t-manylinux_2_28_x86_64": python("cp", (3, 15), MANYLINUX, FREE),
    "cp315-manylinux_2_28_x86_64": python("cp", (3, 15), MANYLINUX),
    "cp311-win_amd64": python("cp", (3, 11), ["win_amd64"]),
    "cp312-windows": python("cp", (3, 12), ["win_amd64"]),
    "cp313t-win_arm64": python("cp", (3, 13), ["win_arm64"], FREE),
    "cp39-win32": python("cp", (3, 9), ["win32"]),
    "cp312-macos": python("cp", (3, 12), list(tags.mac_platforms((14, 0), "arm64"))),
    "cp313t-macosx_14_0_arm64": python(
        "cp", (3, 13), list(tags.mac_platforms((14, 0), "arm64")), FREE
    ),
    "cp314-macosx_26_0_arm64": python("cp", (3, 14), list(tags.mac_platforms((26, 0), "arm64"))),
    "cp311-macosx_13_6_x86_64": python("cp", (3, 11), list(tags.mac_platforms((13, 6), "x86_64"))),
    "cp38-macosx_10_9_x86_64": python("cp", (3, 8), list(tags.mac_platforms((10, 9), "x86_64"))),
    "cp313-ios_13_0_arm64_iphoneos": python(
        "cp", (3, 13), list(tags.ios_platforms((13, 0), "arm64_iphoneos"))
    ),
    "cp313-ios_17_2_arm64_iphonesimulator": python(
        "cp", (3, 13), list(tags.ios_platforms((17, 2), "arm64_iphonesimulator"))
    ),
    "cp313-android_24_arm64_v8a": python("cp", (3, 13), list(tags.android_platforms(24, "arm64_v8a"))),
    "cp314-pyemscripten_2026_0_wasm32": python("cp", (3, 14), ["pyemscripten_2026_0_wasm32"]),
    "pp311-manylinux_2_28_x86_64": python(
        "pp", (3, 11), MANYLINUX, {"EXT_SUFFIX": ".pypy311-pp73-x86_64-linux-gnu.so"}
    ),
    "pp310-win_amd64": python("pp", (3, 10), ["win_amd64"], {"EXT_SUFFIX": ".pypy310-pp73-win_amd64.pyd"}),
    "graalpy312-manylinux_2_28_x86_64": python(
        "graalpy", (3, 12), MANYLINUX, {"EXT_SUFFIX": ".graalpy250-312-native-x86_64-linux.so"}
    ),
}

SYS_TAGS = "from packaging.tags import sys_tags\nfor tag in sys_tags(): print(tag)"


def compact(ordered):
    ordered = list(ordered)
    platforms = list(dict.fromkeys(tag.rsplit("-", 1)[1] for tag in ordered if not tag.endswith("-any")))
    rows, place = [], 0
    while place < len(ordered):
        python, abi, platform = ordered[place].split("-")
        block = ["%s-%s-%s" % (python, abi, each) for each in platforms]
        if block and ordered[place : place + len(block)] == block:
            rows.append([python, abi])
            place += len(block)
        else:
            rows.append([python, abi, platform])
            place += 1
    return {"platforms": platforms, "tags": rows}


def interpreter(path):
    def ask(*arguments):
        text = subprocess.run([path, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
        return text

    facts = json.loads(ask("-I", "-S", "-c", FACTS.read_text()))
    if sys.version_info[:2] > (3, 8) and facts["version"] >= [3, 9]:
        where = "import sys; sys.path.insert(0, %r)\n" % str(Path(packaging.__file__).parent.parent)
        ordered = ask("-I", "-c", where + SYS_TAGS).split()
    else:
        # packaging does not run there: the same machine, its version named
        glibc = tuple(int(part) for part in facts["glibc"].split("."))
        platforms = linux(facts["markers"]["platform_machine"], glibc=glibc)
        ordered = map(str, python("cp", tuple(facts["version"]), platforms))
    return {"facts": facts, **compact(ordered)}


answer = {
    "targets": {name: compact(map(str, dict.fromkeys(found))) for name, found in TARGETS.items()},
    "interpreters": [interpreter(path) for path in sys.argv[1:]],
}
lines = [
    '{"targets": {',
    ",\n".join("%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in answer["targets"].items()),
    '}, "interpreters": [',
    ",\n".join(json.dumps(v) for v in answer["interpreters"]),
    "]}",
]
(HERE / "tags.json").write_text("\n".join(lines) + "\n")
