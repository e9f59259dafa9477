"""Writes tags.json: what `packaging` says that targets load, and what it answers to markers for them.
Run it with packaging 26.3.

    python tags.py [INTERPRETER]...

Each INTERPRETER is recorded too: its facts, as target/facts.py prints them, and its sys_tags().

To keep the file small a list of tags is written as its platforms and a list of [python, abi]
(for every platform in order) and [python, abi, platform].

A name leaves some marker values open (the kernel; the machine of a 32-bit Python on Windows). Each marker
is asked with several values in their place: where the answers differ, the answer is null.
"""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import packaging
from packaging import _manylinux, _musllinux, tags
from packaging.markers import Marker

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

def pypy(minor, suffix):
    return {"EXT_SUFFIX": ".pypy3%d-pp73-%s" % (minor, suffix)}


# one for each kind of machine that wheels are published for, on each of the Pythons of today
for minor in (9, 10, 11, 12, 13, 14):
    for platform, found in {
        "manylinux_2_17_x86_64": linux("x86_64", glibc=(2, 17)),
        "manylinux_2_34_aarch64": linux("aarch64", glibc=(2, 34)),
        "musllinux_1_1_x86_64": linux("x86_64", musl=(1, 1)),
        "win_amd64": ["win_amd64"],
        "macosx_15_0_arm64": list(tags.mac_platforms((15, 0), "arm64")),
    }.items():
        TARGETS["cp3%d-%s" % (minor, platform)] = python("cp", (3, minor), found)
TARGETS.update({
    "3.11.9-win_arm64": python("cp", (3, 11), ["win_arm64"]),
    "3.13.2t-musllinux_1_2_aarch64": python("cp", (3, 13), linux("aarch64", musl=(1, 2)), FREE),
    "3.15.0rc1-linux": python("cp", (3, 15), MANYLINUX),
    "cp314t-windows": python("cp", (3, 14), ["win_amd64"], FREE),
    "cp314t-win32": python("cp", (3, 14), ["win32"], FREE),
    "cp314t-macosx_11_0_arm64": python("cp", (3, 14), list(tags.mac_platforms((11, 0), "arm64")), FREE),
    "cp315t-win_amd64": python("cp", (3, 15), ["win_amd64"], FREE),
    "cp315t-macosx_26_0_arm64": python("cp", (3, 15), list(tags.mac_platforms((26, 0), "arm64")), FREE),
    "cp316-musllinux_1_2_riscv64": python("cp", (3, 16), linux("riscv64", musl=(1, 2))),
    "cp313-manylinux_3_1_x86_64": python("cp", (3, 13), linux("x86_64", glibc=(3, 1))),
    "cp312-manylinux_2_38_loongarch64": python("cp", (3, 12), linux("loongarch64", glibc=(2, 38))),
    "cp311-musllinux_1_2_armv7l": python("cp", (3, 11), linux("armv7l", musl=(1, 2))),
    "cp311-musllinux_1_2_i686": python("cp", (3, 11), linux("i686", musl=(1, 2))),
    "cp310-macosx_12_3_x86_64": python("cp", (3, 10), list(tags.mac_platforms((12, 3), "x86_64"))),
    "cp38-macosx_10_6_i386": python("cp", (3, 8), list(tags.mac_platforms((10, 6), "i386"))),
    "cp314-ios_18_0_x86_64_iphonesimulator": python(
        "cp", (3, 14), list(tags.ios_platforms((18, 0), "x86_64_iphonesimulator"))
    ),
    "cp314-android_33_x86_64": python("cp", (3, 14), list(tags.android_platforms(33, "x86_64"))),
    "cp313-android_21_armeabi_v7a": python("cp", (3, 13), list(tags.android_platforms(21, "armeabi_v7a"))),
    "cp315-pyemscripten_2027_1_wasm32": python("cp", (3, 15), ["pyemscripten_2027_1_wasm32"]),
    "cp313-pyodide_2025_0_wasm32": python("cp", (3, 13), ["pyodide_2025_0_wasm32"]),
    "pp39-macosx_14_0_x86_64": python(
        "pp", (3, 9), list(tags.mac_platforms((14, 0), "x86_64")), pypy(9, "darwin.so")
    ),
    "pp310-manylinux_2_28_aarch64": python(
        "pp", (3, 10), linux("aarch64", glibc=(2, 28)), pypy(10, "aarch64-linux-gnu.so")
    ),
    "pp311-win_amd64": python("pp", (3, 11), ["win_amd64"], pypy(11, "win_amd64.pyd")),
    "pp311-macosx_14_0_arm64": python(
        "pp", (3, 11), list(tags.mac_platforms((14, 0), "arm64")), pypy(11, "darwin.so")
    ),
    "graalpy311-macosx_14_0_arm64": python(
        "graalpy", (3, 11), list(tags.mac_platforms((14, 0), "arm64")),
        {"EXT_SUFFIX": ".graalpy242-311-native-aarch64-darwin.so"},
    ),
    "graalpy312-win_amd64": python(
        "graalpy", (3, 12), ["win_amd64"], {"EXT_SUFFIX": ".graalpy250-312-native-x86_64-win32.pyd"}
    ),
})

MARKERS = [
    "python_version >= '3.10'",
    "python_version < '3.12'",
    "python_full_version >= '3.11.5'",
    "python_full_version < '3.13.1' and python_version >= '3.13'",
    "sys_platform == 'win32'",
    "sys_platform == 'linux'",
    "sys_platform == 'darwin'",
    "sys_platform == 'emscripten'",
    "sys_platform == 'ios' or sys_platform == 'android'",
    "os_name == 'nt'",
    "platform_system == 'Windows'",
    "platform_system != 'Linux'",
    "platform_machine == 'AMD64'",
    "platform_machine == 'x86_64' or platform_machine == 'aarch64'",
    "platform_machine == 'arm64' and sys_platform == 'darwin'",
    "platform_machine == 'AMD64' and sys_platform == 'linux'",
    "implementation_name == 'cpython'",
    "implementation_name == 'graalpy'",
    "platform_python_implementation != 'PyPy'",
    "platform_python_implementation == 'GraalVM'",
    "platform_release >= '5.10'",
    "'generic' in platform_version and os_name == 'posix'",
    "implementation_version >= '3.11'",
]
SYSTEMS = [
    # platform tags that begin so: os_name, sys_platform, platform_system
    (("linux", "manylinux", "musllinux"), ("posix", "linux", "Linux")),
    (("win",), ("nt", "win32", "Windows")),
    (("macos",), ("posix", "darwin", "Darwin")),
    (("ios",), ("posix", "ios", "iOS")),
    (("android",), ("posix", "android", "Android")),
    (("pyemscripten", "pyodide"), ("posix", "emscripten", "Emscripten")),
]
OPEN = ["AMD64", "x86_64", "arm64", "aarch64", "another"]
MACHINES = {
    "linux": ["x86_64"], "windows": ["AMD64"], "macos": ["arm64"], "win_amd64": ["AMD64"],
    "win_arm64": ["ARM64"], "win32": OPEN, "arm64_v8a": ["aarch64"], "wasm32": ["wasm32"],
    "armeabi_v7a": OPEN, "iphoneos": OPEN, "iphonesimulator": OPEN,
}
ARCHITECTURES = ["x86_64", "aarch64", "i686", "armv7l", "armv8l", "ppc64le", "s390x", "riscv64",
                 "loongarch64", "arm64", "i386"]
IMPLEMENTATIONS = {"cp": ("cpython", "CPython"), "pp": ("pypy", "PyPy"), "graalpy": ("graalpy", "GraalVM")}


def environments(name):
    """All that a target's name may stand for: open values are filled in several ways."""
    python_part, platform = name.split("-", 1)
    short = "graalpy" if python_part.startswith("graalpy") else "pp" if python_part.startswith("pp") else "cp"
    text = python_part.removeprefix(short).rstrip("t")
    full = text if "." in text else "%s.%s.0" % (text[0], text[1:])
    version = ".".join(full.split(".")[:2])
    os_name, sys_platform, system = next(
        values for starts, values in SYSTEMS if platform.startswith(starts)
    )
    machines = next((found for end, found in MACHINES.items() if platform.endswith(end) and
                     (platform == end or "_" + end in platform)), None)
    machines = machines or next([arch] for arch in ARCHITECTURES if platform.endswith("_" + arch))
    implementation, platform_name = IMPLEMENTATIONS[short]
    versions = [full] if short == "cp" else ["7.3.17", "25.0.1", "1.0"]
    for machine, release, implementation_version in itertools.product(
        machines, ["4.4", "6.18"], versions
    ):
        yield {
            "implementation_name": implementation,
            "implementation_version": implementation_version,
            "os_name": os_name,
            "platform_machine": machine,
            "platform_python_implementation": platform_name,
            "platform_release": release,
            "platform_system": system,
            "platform_version": "#1-generic" if release == "6.18" else "#2",
            "python_full_version": full,
            "python_version": version,
            "sys_platform": sys_platform,
        }


def marker_answers(name):
    found = []
    for text in MARKERS:
        answers = {Marker(text).evaluate(environment) for environment in environments(name)}
        found.append(answers.pop() if len(answers) == 1 else None)
    return found


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
    "markers": {name: marker_answers(name) for name in TARGETS},
}
lines = [
    '{"targets": {',
    ",\n".join("%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in answer["targets"].items()),
    '}, "interpreters": [',
    ",\n".join(json.dumps(v) for v in answer["interpreters"]),
    '], "marker_texts": %s, "markers": {' % json.dumps(MARKERS),
    ",\n".join("%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in answer["markers"].items()),
    "}}",
]
(HERE / "tags.json").write_text("\n".join(lines) + "\n")
