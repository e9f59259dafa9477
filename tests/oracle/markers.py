"""Writes markers.json: what `packaging` answers to markers in environments. For packaging 26.3."""

import json
from pathlib import Path

import packaging
from packaging.markers import Marker, UndefinedComparison

assert packaging.__version__ == "26.3", packaging.__version__


def environment(full, system, release="", version="", implementation="cpython", machine="x86_64"):
    os_name, sys_platform = {
        "Linux": ("posix", "linux"),
        "Windows": ("nt", "win32"),
        "Darwin": ("posix", "darwin"),
    }[system]
    names = {"cpython": "CPython", "pypy": "PyPy"}
    return {
        "implementation_name": implementation,
        "implementation_version": full.rstrip("+") if implementation == "cpython" else "7.3.17",
        "os_name": os_name,
        "platform_machine": machine,
        "platform_python_implementation": names[implementation],
        "platform_release": release,
        "platform_system": system,
        "platform_version": version,
        "python_full_version": full,
        "python_version": ".".join(full.split(".")[:2]),
        "sys_platform": sys_platform,
    }


ENVIRONMENTS = {
    "linux": environment("3.12.4", "Linux", "6.18", "#1 SMP"),
    "linux-generic": environment("3.9.0", "Linux", "6.8.0-45-generic", "#45-Ubuntu SMP"),
    "windows": environment("3.11.7", "Windows", "10", "10.0.19045", machine="AMD64"),
    "macos": environment("3.10.13", "Darwin", "23.4.0", "Darwin Kernel", machine="arm64"),
    "pypy": environment("3.10.14", "Linux", "5.4.0", "#1", implementation="pypy"),
    "candidate": environment("3.14.0rc1", "Linux", "6.18", "#1"),
    "checkout": environment("3.13.0+", "Linux", "6.18", "#1"),
}

MARKERS = [
    # versions
    "python_version >= '3.10'",
    "python_version < '3.10'",
    "python_version == '3.12'",
    "python_version != '3.12'",
    "python_version > '3.9'",
    "python_version <= '3.9'",
    "python_version ~= '3.10'",
    "python_version == '3.*'",
    "python_version == '3.1'",
    "python_version in '3.9 3.10'",
    "python_version not in '3.9 3.10'",
    "'3.11' <= python_version",
    "python_version >= '3.14'",
    "python_version < '3.14'",
    "python_version >= '3'",
    "python_full_version >= '3.9.1'",
    "python_full_version == '3.12.4'",
    "python_full_version < '3.11.7'",
    "python_full_version == '3.10.*'",
    "python_full_version != '3.13.0'",
    "python_full_version < '3.14.0'",
    # pre-releases
    "python_full_version <= '3.11.0a6'",
    "python_full_version < '3.12.4rc1'",
    "python_full_version >= '3.9.0b1'",
    "python_full_version > '3.9.0.dev0'",
    "python_full_version > '3.11.7a1'",
    "python_full_version == '3.12.4a1'",
    "python_full_version != '3.12.4a1'",
    "python_full_version ~= '3.10.0a1'",
    "python_full_version ~= '3.11.0'",
    "python_full_version ~= '3.10.0'",
    "python_full_version ~= '3.0'",
    "python_version ~= '3.0'",
    "python_version ~= '3.10.0'",
    "python_version <= '3.11a6'",
    "python_version >= '3.9a1'",
    "python_version > '3.12.0a1'",
    "'3.11.0a6' >= python_full_version",
    "implementation_version < '3.12.4b2'",
    "implementation_version >= '3.10'",
    "implementation_version == '7.3.17'",
    # strings
    "sys_platform == 'win32'",
    "sys_platform != 'win32'",
    "'linux' in sys_platform",
    "sys_platform in 'linux darwin'",
    "sys_platform not in 'linux darwin'",
    "'win' not in sys_platform",
    "os_name == 'nt' or sys_platform == 'darwin'",
    "platform_system == 'Windows' and platform_machine == 'AMD64'",
    "platform_machine == 'arm64' or platform_machine == 'aarch64'",
    "platform_python_implementation != 'PyPy'",
    "implementation_name == 'cpython'",
    "platform_python_implementation == 'CPython' and python_version < '3.11'",
    # strings have no order
    "sys_platform >= 'linux'",
    "sys_platform > 'linux'",
    "sys_platform <= 'win32'",
    "sys_platform < 'win32'",
    "platform_version >= '10'",
    "platform_machine < 'z' or os_name == 'nt'",
    "sys_platform >= 'linux' and sys_platform != 'win32'",
    # platform_release is a version where it can be
    "platform_release >= '10'",
    "platform_release < '10'",
    "platform_release == '10'",
    "platform_release >= '5.10' and platform_release < '6.20'",
    "platform_release == '6.8.0-45-generic'",
    "platform_release != '6.18'",
    "'generic' in platform_release",
    # old names
    "os.name == 'posix'",
    "python_implementation == 'CPython'",
    # extras
    "extra == 'socks'",
    "extra != 'socks'",
    "extra == 'SOCKS' and python_version >= '3.10'",
    "extra == 'socks' or sys_platform == 'win32'",
]


def answers():
    for text in MARKERS:
        marker = Marker(text)
        extras = [None, "socks", "other"] if "extra" in text else [None]
        for name, values in ENVIRONMENTS.items():
            for extra in extras:
                try:
                    answer = marker.evaluate({**values, "extra": extra or ""})
                except UndefinedComparison:
                    continue
                yield [text, name, extra, answer]


rows = ",\n".join(json.dumps(row) for row in answers())
text = '{"environments": %s,\n"answers": [\n%s\n]}\n' % (json.dumps(ENVIRONMENTS, indent=1), rows)
(Path(__file__).parent / "markers.json").write_text(text)
