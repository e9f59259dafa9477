# What wh asks an interpreter: where it lies, what it searches, where it installs to.
# Runs on Python 3.6 and newer, isolated (-I); prints one JSON object. Follows the choices of
# scheme that pip makes, because an environment is shared with pip.
import json, os, site, sys, sysconfig

WH_PREFIX = "C:\\wh-prefix" if os.name == "nt" else "/wh-prefix"
VIRTUAL = sys.prefix != getattr(sys, "base_prefix", sys.prefix)
FRAMEWORK = bool(sysconfig.get_config_var("PYTHONFRAMEWORK"))
NAMES = set(sysconfig.get_scheme_names())


def scheme_name(kind):
    preferred = getattr(sysconfig, "get_preferred_scheme", None)
    if preferred is not None:
        name = preferred(kind)
        if kind == "prefix" and name == "osx_framework_library" and VIRTUAL:
            name = "posix_prefix"
        return name
    if kind == "user" and FRAMEWORK and not VIRTUAL and "osx_framework_user" in NAMES:
        return "osx_framework_user"
    implementation = sys.implementation.name
    for name in (
        [implementation + "_" + os.name, implementation, os.name + "_prefix", os.name]
        if kind == "prefix"
        else [os.name + "_" + kind]
    ):
        if name in NAMES:
            return name
    return "posix_" + kind


def by_sysconfig(kind, base):
    name = scheme_name(kind)
    if base is not None and name in ("posix_local", "osx_framework_library"):
        name = "posix_prefix"
    keys = ["installed_base", "base", "installed_platbase", "platbase", "prefix", "exec_prefix"]
    if sysconfig.get_config_var("userbase") is not None:
        keys.append("userbase")
    paths = sysconfig.get_paths(name, vars={} if base is None else dict.fromkeys(keys, base))
    paths["headers"] = paths["include"]
    return paths


def by_distutils(kind, base):
    # before 3.10 distributors patched distutils, not sysconfig
    from distutils.dist import Distribution

    install = Distribution({"name": "wh-name"}).get_command_obj("install", create=True)
    if kind == "user":
        install.user = 1
        install.prefix = ""
    elif kind == "home":
        install.home = base
    elif base is not None:
        install.prefix = base
    install.finalize_options()
    paths = {
        key: getattr(install, "install_" + key)
        for key in ("purelib", "platlib", "headers", "scripts", "data")
    }
    paths["headers"] = os.path.dirname(paths["headers"])
    return paths


def scheme(kind, base=None):
    paths = None
    if sys.version_info < (3, 10):
        try:
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                paths = by_distutils(kind, base)
        except Exception:
            paths = None
    if paths is None:
        paths = by_sysconfig(kind, base)
    if VIRTUAL:
        top = sys.prefix if base is None else base
        if kind == "user":
            top = site.getuserbase()
        paths["headers"] = os.path.join(
            top, "include", "site", "python%d.%d" % sys.version_info[:2]
        )
    return {key: paths[key] for key in ("purelib", "platlib", "scripts", "headers", "data")}


def sees_system():
    if not VIRTUAL:
        return True
    for folder in (sys.prefix, os.path.dirname(sys.executable)):
        try:
            with open(os.path.join(folder, "pyvenv.cfg"), encoding="utf-8") as file:
                for line in file:
                    key, _, value = line.partition("=")
                    if key.strip().lower() == "include-system-site-packages":
                        return value.strip().lower() == "true"
        except (OSError, ValueError):
            pass
    return False


def same_user():
    if not hasattr(os, "getuid") or not hasattr(os, "geteuid"):
        return True
    return os.getuid() == os.geteuid() and os.getgid() == os.getegid()


def externally_managed():
    if VIRTUAL:
        return None
    path = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    if not os.path.isfile(path):
        return None
    try:
        import configparser

        parser = configparser.ConfigParser(interpolation=None)
        parser.read(path, encoding="utf-8")
        return parser["externally-managed"].get("Error", "")
    except Exception:
        return ""


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception:
        return None


def answer():
    return {
        "executable": sys.executable,
        "base_executable": getattr(sys, "_base_executable", None) or sys.executable,
        "version": list(sys.version_info[:3]),
        "implementation": sys.implementation.name,
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "windows": os.name == "nt",
        "platform": sysconfig.get_platform(),
        "platlibdir": getattr(sys, "platlibdir", "lib"),
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "base_prefix", sys.prefix),
        "sys_path": [path for path in sys.path if path],
        "site_packages": attempt(site.getsitepackages) or [],
        "stdlib": sysconfig.get_path("stdlib"),
        "scheme": scheme("prefix"),
        "user_scheme": attempt(scheme, "user") if sees_system() else None,
        "prefix_scheme": scheme("prefix", WH_PREFIX),
        "home_scheme": scheme("home", WH_PREFIX),
        "user_site": attempt(site.getusersitepackages) if same_user() and sees_system() else None,
        "system_site_packages": VIRTUAL and sees_system(),
        "externally_managed": externally_managed(),
    }


sys.stdout.write(json.dumps(answer()))
