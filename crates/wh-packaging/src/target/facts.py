# What wh asks an interpreter about itself: its marker values (PEP 508) and what its
# compatibility tags (PEP 425) are made of. Runs on Python 3.6 and newer, also with -I -S; prints
# one JSON object. Slow modules (platform, subprocess, ctypes) are imported only where needed.
import json, os, struct, sys, sysconfig


def full_version(info):
    version = "%d.%d.%d" % info[:3]
    return version if info.releaselevel == "final" else version + info.releaselevel[0] + str(info.serial)


def marker_values():
    implementation = sys.implementation.name
    values = {
        "implementation_name": implementation,
        "implementation_version": full_version(sys.implementation.version),
        "os_name": os.name,
        "python_version": "%d.%d" % sys.version_info[:2],
        "sys_platform": sys.platform,
    }
    if sys.platform == "linux" and implementation in ("cpython", "pypy"):
        # what `platform` answers, without its import
        uname = os.uname()
        values["platform_machine"] = uname.machine
        values["platform_release"] = uname.release
        values["platform_system"] = uname.sysname
        values["platform_version"] = uname.version
        values["platform_python_implementation"] = {"cpython": "CPython", "pypy": "PyPy"}[implementation]
        full = sys.version.split()[0]
        values["python_full_version"] = full + ".0" if full.count(".") == 1 else full
    else:
        import platform

        values["platform_machine"] = platform.machine()
        values["platform_release"] = platform.release()
        values["platform_system"] = platform.system()
        values["platform_version"] = platform.version()
        values["platform_python_implementation"] = platform.python_implementation()
        values["python_full_version"] = platform.python_version()
    return values


def is_debug():
    debug = sysconfig.get_config_var("Py_DEBUG")
    if debug is None:
        # Windows has no such variable
        from importlib.machinery import EXTENSION_SUFFIXES

        return hasattr(sys, "gettotalrefcount") or "_d.pyd" in EXTENSION_SUFFIXES
    return bool(debug)


def glibc_version():
    try:
        return os.confstr("CS_GNU_LIBC_VERSION").rsplit()[1]
    except (AttributeError, IndexError, OSError, ValueError):
        pass
    try:
        import ctypes

        version = ctypes.CDLL(None).gnu_get_libc_version
    except (AttributeError, ImportError, OSError):
        return None
    version.restype = ctypes.c_char_p
    return version().decode("ascii")


def elf():
    # machine, flags and loader of the interpreter's own executable
    layouts = {
        b"\x01\x01": ("<HHIIIIIHHH", "<IIIIIIII", (0, 1, 4)),
        b"\x01\x02": (">HHIIIIIHHH", ">IIIIIIII", (0, 1, 4)),
        b"\x02\x01": ("<HHIQQQIHHH", "<IIQQQQQQ", (0, 2, 5)),
        b"\x02\x02": (">HHIQQQIHHH", ">IIQQQQQQ", (0, 2, 5)),
    }
    try:
        with open(sys.executable, "rb") as file:
            ident = file.read(16)
            if ident[:4] != b"\x7fELF":
                return None
            header, entry, (kind, offset, size) = layouts[ident[4:6]]
            fields = struct.unpack(header, file.read(struct.calcsize(header)))
            facts = {"bits": 32 * ident[4], "little": ident[5] == 1, "machine": fields[1], "flags": fields[6], "loader": None}
            for index in range(fields[9]):
                file.seek(fields[4] + fields[8] * index)
                data = struct.unpack(entry, file.read(struct.calcsize(entry)))
                if data[kind] == 3:
                    file.seek(data[offset])
                    facts["loader"] = os.fsdecode(file.read(data[size])).strip("\0")
                    break
            return facts
    except (KeyError, OSError, TypeError, ValueError, struct.error):
        return None


def musl_version(loader):
    if loader is None or "musl" not in loader:
        return None
    import re, subprocess

    told = subprocess.Popen([loader], stderr=subprocess.PIPE, universal_newlines=True).communicate()[1]
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    if len(lines) < 2 or lines[0][:4] != "musl":
        return None
    match = re.match(r"Version (\d+)\.(\d+)", lines[1])
    return match and [int(match.group(1)), int(match.group(2))]


def refused_manylinux(glibc):
    # a distribution may say, in a module `_manylinux`, what it does not load (PEP 600)
    try:
        import _manylinux
    except ImportError:
        return []
    try:
        newest = tuple(int(part) for part in glibc.split(".")[:2])
    except (AttributeError, ValueError):
        return []
    arch = sysconfig.get_platform().split("-", 1)[-1].replace("-", "_").replace(".", "_")
    if struct.calcsize("P") == 4:
        arch = {"x86_64": "i686", "aarch64": "armv8l"}.get(arch, arch)
    refused = []
    for arch in ["armv8l", "armv7l"] if arch == "armv8l" else [arch]:
        for minor in range(5, newest[1] + 1):
            answer = None
            if hasattr(_manylinux, "manylinux_compatible"):
                answer = _manylinux.manylinux_compatible(newest[0], minor, arch)
            elif minor in (5, 12, 17):
                name = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}[minor]
                answer = getattr(_manylinux, name + "_compatible", None)
            if answer is not None and not answer:
                refused.append("%d_%d_%s" % (newest[0], minor, arch))
    return refused


def linux_facts():
    header = elf()
    glibc = glibc_version()
    return {
        "glibc": glibc,
        "musl": musl_version(header and header["loader"]),
        "elf": header,
        "refused_manylinux": refused_manylinux(glibc),
    }


def macos_facts():
    import platform

    version, _, arch = platform.mac_ver()
    if version.split(".")[:2] == ["10", "16"]:
        # built against an old SDK, it is told an old version
        import subprocess

        command = [sys.executable, "-sS", "-c", "import platform; print(platform.mac_ver()[0])"]
        version = subprocess.check_output(
            command, env={"SYSTEM_VERSION_COMPAT": "0"}, universal_newlines=True
        ).strip()
    return {"macos": version, "macos_arch": arch}


def interpreter_facts():
    markers = marker_values()
    variable = sysconfig.get_config_var
    facts = {
        "markers": markers,
        "version": list(sys.version_info[:2]),
        "nodot": str(variable("py_version_nodot") or "") or None,
        "ext_suffix": variable("EXT_SUFFIX"),
        "debug": is_debug(),
        "free_threaded": bool(variable("Py_GIL_DISABLED")),
        "pymalloc": variable("WITH_PYMALLOC") in (None, 1, "1"),
        "bits": 8 * struct.calcsize("P"),
        "platform": sysconfig.get_platform(),
    }
    system = markers["platform_system"]
    if system == "Linux":
        facts.update(linux_facts())
    elif system == "Darwin":
        facts.update(macos_facts())
    elif system == "iOS":
        import platform

        facts["ios"] = platform.ios_ver().release
        facts["ios_multiarch"] = sys.implementation._multiarch
    elif system == "Android":
        import platform

        facts["android_api"] = platform.android_ver().api_level
    elif system == "Emscripten":
        facts["pyemscripten"] = variable("PYEMSCRIPTEN_PLATFORM_VERSION")
    return facts


if __name__ == "__main__":
    print(json.dumps(interpreter_facts()))
