"""Compares two virtual environments that hold the same wheels, installed by two tools.

    installed_tree.py OURS THEIRS

Files, bytes, modes and folders must be equal, and so must the rows of every RECORD as sets. Left
aside: what names the tool (INSTALLER), direct_url.json, the texts of launchers and rewritten first
lines in bin/, bytecode, and what a virtual environment holds before anything is installed. Every
row of our RECORD files must be true of the file. Prints each difference; status 1 if there is any.
"""

import base64
import csv
import hashlib
import os
import stat
import sys

NAMES_THE_TOOL = ("INSTALLER", "direct_url.json")


def walk(root):
    files, folders = {}, set()
    for folder, below, names in os.walk(root):
        if "__pycache__" in below:
            below.remove("__pycache__")
        links = [name for name in below if os.path.islink(os.path.join(folder, name))]
        folders.update(os.path.relpath(os.path.join(folder, name), root) for name in below)
        for name in names + links:
            path = os.path.join(folder, name)
            files[os.path.relpath(path, root)] = path
    return files, folders


def is_left_aside(path):
    if path == "pyvenv.cfg" or path.startswith("bin/"):
        return True
    folder, name = os.path.split(path)
    return folder.endswith(".dist-info") and name in (*NAMES_THE_TOOL, "RECORD")


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [tuple(row) for row in csv.reader(file)]


def comparable(row):
    """A row without the hash of a file whose text may differ; none for files that name the tool."""
    path = row[0]
    if path.rpartition("/")[2] in NAMES_THE_TOOL:
        return None
    return (path, "", "") if path.startswith("..") and "/bin/" in path else row


def is_true(library, row):
    path, digest, size = row
    if not digest:
        return True
    with open(os.path.join(library, path), "rb") as file:
        data = file.read()
    algorithm, _, expected = digest.partition("=")
    found = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).decode().rstrip("=")
    return found == expected and int(size) == len(data)


def differences(ours, theirs):
    (our_files, our_folders), (their_files, their_folders) = walk(ours), walk(theirs)
    for path in sorted(our_folders ^ their_folders):
        yield f"folder in one only: {path}"
    for path in sorted(our_files.keys() ^ their_files.keys()):
        if os.path.basename(path) not in NAMES_THE_TOOL:
            yield f"file in one only: {path}"
    for path in sorted(our_files.keys() & their_files.keys()):
        one, other = our_files[path], their_files[path]
        modes = [stat.S_IMODE(os.lstat(file).st_mode) for file in (one, other)]
        if modes[0] != modes[1]:
            yield f"mode {modes[0]:o} instead of {modes[1]:o}: {path}"
        if path.endswith(".dist-info/RECORD"):
            yield from record_differences(path, one, other)
        elif not is_left_aside(path) and not os.path.islink(one):
            with open(one, "rb") as a, open(other, "rb") as b:
                if a.read() != b.read():
                    yield f"other bytes: {path}"


def record_differences(path, one, other):
    a, b = ({comparable(row) for row in rows(file)} for file in (one, other))
    for row in sorted((a ^ b) - {None}):
        yield f"{path}: row in one only: {','.join(row)}"
    library = os.path.dirname(os.path.dirname(one))
    # RECORD files of vendored distributions are data, and often not true
    if os.path.basename(library) == "site-packages":
        for row in rows(one):
            if not is_true(library, row):
                yield f"{path}: not true: {','.join(row)}"


if __name__ == "__main__":
    found = list(differences(*sys.argv[1:3]))
    print("\n".join(found) or "equal")
    sys.exit(bool(found))
