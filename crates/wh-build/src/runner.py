"""Calls hooks of a build backend (PEP 517, 660) in the environment of a build.

`wh` runs it with the path of a request as its one argument; the project's folder is the working
folder. Each hook is called in a process of its own, as PEP 517 asks for: a copy of this one, made
once the backend is imported, so that it is imported once. Each hook's answer is a file. Where
no copy can be made (no fork, macOS, or the backend has started threads), the first hook is called
here, and `wh` comes again for the others.

Standard input is a line of life: it ends when `wh` does, however that comes about, and then all
that was started goes.
"""

import sys

RETURNED, MISSING, RAISED, UNAVAILABLE, DIED = "returned", "missing", "raised", "unavailable", "died"


def main():
    import json
    import os

    # the folder of this file: nothing is imported from there
    del sys.path[0]
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    forks = hasattr(os, "fork")
    # a copy of a process may not use Apple's libraries, which finding a proxy does
    copying = forks and sys.platform != "darwin"
    watch = watcher(os, request["mark"]) if forks else None
    if not forks:
        # nobody waits there; whoever reads finds nothing
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    backend, fault = load(os, request)
    before = request["before"]
    for number, hook in enumerate(request["hooks"]):
        path = os.path.join(request["answers"], "%d.json" % number)
        arguments = hook["arguments"]
        if hook["prepared"]:
            # where the hook before has written, if it has
            is_name = isinstance(before, str)
            arguments = arguments + [os.path.join(hook["prepared"], before) if is_name else None]
        copies = copying and not several_threads()
        if copies:
            sys.stdout.flush()
            sys.stderr.flush()
            child = os.fork()
            if child:
                _, status = os.waitpid(child, 0)
                answer = read(json, os, path) or {"outcome": DIED, "status": in_words(os, status)}
                write(json, os, path, answer)
            else:
                write(json, os, path, fault or call(backend, hook, arguments))
                return
        else:
            answer = fault or call(backend, hook, arguments)
            write(json, os, path, answer)
        if not copies or not goes_on(request, hook, answer):
            break
        before = answer.get("value")
    if watch:
        os.kill(watch, 9)
        os.waitpid(watch, 0)


def several_threads():
    threading = sys.modules.get("threading")
    return threading is not None and threading.active_count() > 1


def goes_on(request, hook, answer):
    """Whether the next hook can be called as things are."""
    if answer["outcome"] == MISSING:
        return hook["optional"]
    if answer["outcome"] != RETURNED:
        return False
    if hook["asks"]:
        return isinstance(answer["value"], list) and all(
            isinstance(line, str) and line in request["there"] for line in answer["value"]
        )
    return True


def load(os, request):
    """The backend (PEP 517, "Build backend interface" and "In-tree build backends")."""
    name, _, attributes = request["backend"].partition(":")
    places = [os.path.realpath(place) for place in request["backend_path"]]
    sys.path[:0] = places
    try:
        import importlib

        backend = importlib.import_module(name)
        origin = os.path.realpath(getattr(backend, "__file__", None) or os.sep)
        if places and not any(origin.startswith(place + os.sep) for place in places):
            return None, {"outcome": UNAVAILABLE, "kind": "", "message": origin, "module": None}
        for attribute in filter(None, attributes.split(".")):
            backend = getattr(backend, attribute)
        return backend, None
    except BaseException as error:
        return None, raised(UNAVAILABLE, error)


def call(backend, hook, arguments):
    try:
        function = getattr(backend, hook["name"], None)
        if function is None:
            return {"outcome": MISSING}
        return {"outcome": RETURNED, "value": function(*arguments)}
    except BaseException as error:
        return raised(RAISED, error)


def raised(outcome, error):
    import traceback

    sys.stdout.flush()
    traceback.print_exc()
    sys.stderr.flush()
    return {
        "outcome": outcome,
        "kind": type(error).__name__,
        "message": str(error),
        "module": error.name if isinstance(error, ModuleNotFoundError) else None,
    }


def read(json, os, path):
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(json, os, path, answer):
    try:
        text = json.dumps(answer)
    except (TypeError, ValueError):
        text = json.dumps({"outcome": RETURNED, "value": None})
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".part", path)


def in_words(os, status):
    if os.WIFSIGNALED(status):
        return "signal %d" % os.WTERMSIG(status)
    return "exit status %d" % os.WEXITSTATUS(status)


def watcher(os, mark):
    """Starts what waits for the end of `wh`, and takes the line of life out of everyone else's
    reach."""
    nothing = os.open(os.devnull, os.O_RDWR)
    child = os.fork()
    if child:
        os.dup2(nothing, 0)
        os.close(nothing)
        return child
    try:
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        while os.read(0, 1):
            pass
        mark = mark.encode()
        for entry in os.listdir("/proc") if os.path.isdir("/proc") else ():
            try:
                if entry.isdigit() and int(entry) != os.getpid():
                    with open("/proc/%s/environ" % entry, "rb") as file:
                        if mark in file.read():
                            os.kill(int(entry), 9)
            except OSError:
                pass
        os.killpg(os.getpgrp(), 9)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
