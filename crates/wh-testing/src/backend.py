"""A build backend for tests: its wheel is PKG-INFO as METADATA, and the files below src/.

A file `hook.py` beside it may define any hook anew; it is run first.
"""

import base64, hashlib, os, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def _fields():
    with open(os.path.join(HERE, "PKG-INFO"), encoding="utf-8") as file:
        text = file.read()
    lines = [line.partition(": ") for line in text.splitlines() if ": " in line]
    fields = {key: value for key, _, value in lines}
    return text, fields["Name"].replace("-", "_").lower(), fields["Version"]


def _wheel(folder, files, tag):
    text, name, version = _fields()
    info = "%s-%s.dist-info/" % (name, version)
    files = dict(files)
    files[info + "METADATA"] = text
    files[info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: tiny 1\nRoot-Is-Purelib: true\nTag: %s\n" % tag
    record = ""
    filename = "%s-%s-%s.whl" % (name, version, tag)
    with zipfile.ZipFile(os.path.join(folder, filename), "w") as wheel:
        for path, content in sorted(files.items()):
            content = content.encode() if isinstance(content, str) else content
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record += "%s,sha256=%s,%d\n" % (path, digest.decode(), len(content))
            wheel.writestr(zipfile.ZipInfo(path), content)
        wheel.writestr(zipfile.ZipInfo(info + "RECORD"), record + info + "RECORD,,\n")
    return filename


def _files():
    files = {}
    root = os.path.join(HERE, "src")
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                files[os.path.relpath(path, root).replace(os.sep, "/")] = file.read()
    return files


def get_requires_for_build_wheel(config=None):
    return []


def build_wheel(folder, config=None, metadata=None):
    return _wheel(folder, _files(), "py3-none-any")


def get_requires_for_build_editable(config=None):
    return []


def build_editable(folder, config=None, metadata=None):
    _, name, _ = _fields()
    return _wheel(folder, {name + ".pth": os.path.join(HERE, "src") + "\n"}, "py3-none-any")


if os.path.exists(os.path.join(HERE, "hook.py")):
    with open(os.path.join(HERE, "hook.py"), encoding="utf-8") as _file:
        exec(compile(_file.read(), "hook.py", "exec"))
