"""Asks `packaging` which versions each specifier admits; writes specifiers.json beside this file.

Run it with the newest `packaging`: `python specifiers.py`. Pre-releases are allowed throughout,
because sets of versions say nothing about them.
"""

import itertools
import json
import pathlib

from packaging import __version__
from packaging.specifiers import Specifier
from packaging.version import Version

releases = ["0", "1", "1.0", "1.0.1", "1.1", "1.2.3", "2.0", "1!1.0"]
suffixes = ["", ".dev0", ".dev3", "a1", "a1.dev2", "b2", "rc1", "rc1.post1", ".post0", ".post1", ".post1.dev2"]
locals_ = ["", "+cpu", "+cpu.2"]
versions = [r + s + l for r, s, l in itertools.product(releases, suffixes, locals_)]
# equal versions in two spellings say nothing new
versions = list({Version(v): v for v in versions}.values())

named = ["1", "1.0", "1.1", "1.0.1", "1!1.0", "1.0.dev0", "1.0.dev3", "1.0a1", "1.0a1.dev2", "1.0rc1", "1.0rc1.post1", "1.0.post0", "1.0.post1", "1.0.post1.dev2"]
specifiers = [op + v for op, v in itertools.product(["==", "!=", ">=", "<=", ">", "<"], named)]
specifiers += [op + v for op, v in itertools.product(["==", "!="], ["1.0+cpu", "1.0.post1+cpu"])]
specifiers += [op + v for op, v in itertools.product(["==", "!="], ["1.*", "1.0.*", "1.2.*", "1!1.*", "0.*"])]
specifiers += ["~=" + v for v in named if "." in v.split("!")[-1].split("a")[0].split("rc")[0].removesuffix(".dev0")]

table = {}
for text in specifiers:
    specifier = Specifier(text)
    table[text] = [v for v in versions if specifier.contains(v, prereleases=True)]
out = {"packaging": __version__, "versions": versions, "admits": table}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out, separators=(",", ":")).replace("],", "],\n") + "\n")
