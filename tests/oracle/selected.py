"""What `packaging.pylock` selects from a lock for targets: a JSON object on standard output.

    python selected.py LOCK TARGET.json...

Each TARGET.json is what `wh target` prints. The answer: {target: {project: [version, file]}}, or
{target: "what packaging says"} where it refuses. Run it with packaging 26.3.
"""

import json
import sys
import tomllib

from packaging.pylock import PackageArchive, Pylock, PylockSelectError
from packaging.tags import parse_tag


def target(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def tags(texts):
    return [tag for text in texts for tag in parse_tag(text)]


def file_name(source):
    if isinstance(source, PackageArchive):
        return (source.path or source.url).rsplit("/", 1)[-1]
    return source.name or (source.path or source.url).rsplit("/", 1)[-1]


def selected(lock, description):
    # what a target leaves open is no value of this machine
    names = ["implementation_name", "implementation_version", "os_name", "platform_machine",
             "platform_python_implementation", "platform_release", "platform_system",
             "platform_version", "python_full_version", "python_version", "sys_platform"]
    environment = {name: description["marker_environment"].get(name, "") for name in names}
    try:
        chosen = lock.select(environment=environment, tags=tags(description["compatible_tags"]))
        return {str(package.name): [str(package.version), file_name(source)]
                for package, source in chosen}
    except PylockSelectError as error:
        return str(error)


def main():
    with open(sys.argv[1], "rb") as file:
        lock = Pylock.from_dict(tomllib.load(file))
    descriptions = [target(path) for path in sys.argv[2:]]
    json.dump({one["name"]: selected(lock, one) for one in descriptions}, sys.stdout)


main()
