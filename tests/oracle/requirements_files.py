"""Writes requirements_files.json: how pip 26.3 reads requirements files.

Each case is a set of files; the answer is what pip's own parser yields for `main.txt`, in order, or that it refuses.
"""

import json
import os
import tempfile
from pathlib import Path

from pip._internal.req import req_file

OUTPUT = Path(__file__).resolve().parent / "requirements_files.json"
CASES = [
    {"main.txt": "foo\nbar>=1 # c\n#c\n\n   baz  ==2\n"},
    {"main.txt": "foo \\\n >=1\nbar\n"},
    {"main.txt": "foo>=1 \\\n# comment\nbar\n"},
    {"main.txt": "foo \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nbar --hash sha512:cc\n"},
    {
        "main.txt": "-r sub/a.txt\nlast\n",
        "sub/a.txt": "-c ../c.txt\n-r b.txt\nsuba\n",
        "sub/b.txt": "subb\n",
        "c.txt": "limit<3\n-r sub/b.txt\n",
    },
    {"main.txt": "-i https://a.example/\n--extra-index-url=https://b.example/\n--no-index\n-f ./x\n"},
    {"main.txt": "--pre\n--prefer-binary\n--only-binary=:all:\n--require-hashes\n--trusted-host h:80\n"},
    {"main.txt": 'foo @ https://h.example/foo-1-py3-none-any.whl ; python_version>"3"\n'},
    {"main.txt": 'foo[x,y]~=1.4.2; os_name == "nt"\n'},
    {"main.txt": "bar==${SET_VAR}\n"},
    {"main.txt": "foo\r\nbar\r\nbaz"},
    {"main.txt": "foo\rbar\x0cbaz\x1cqux\u2028last"},
    {"main.txt": "foo >= 1 , < 2\nfoo>=1,<2,\n"},
    {"main.txt": "-e .\n-e git+https://h.example/r.git#egg=foo\n"},
    {"main.txt": "--extra-index https://b.example\nfoo\n"},
    {"main.txt": "--req x.txt\n"},
    {"main.txt": "--requirem x.txt\n", "x.txt": "x"},
    {"main.txt": "-r main.txt\n"},
    {"main.txt": "x\n-r sub/../other.txt\n", "other.txt": "-r ./main.txt\n"},
    {"main.txt": "-r a.txt\n-r a.txt\n", "a.txt": "a"},
    {"main.txt": "foo\\\n"},
    {"main.txt": "foo \\\n\nbar\n"},
    {"main.txt": "foo --hash=md5:aa\n"},
    {"main.txt": "foo --hash=sha256\n"},
    {"main.txt": "foo --what\n"},
    {"main.txt": "-ra.txt\n-ihttps://z.example\n", "a.txt": "a"},
    {"main.txt": '-f "a b" -i https://x.example\n'},
    {"main.txt": "-f 'open\n"},
    {"main.txt": "foo -C k=v --config-settings a=b\n"},
    {"main.txt": "  \t# only\n\tfoo\t# c\n"},
    {"main.txt": "-r none.txt\n"},
    {"main.txt": "--pre=yes\n"},
    {"main.txt": "-i\n"},
    {"main.txt": "--hash=sha256:aa\nfoo -i https://ignored.example\n"},
    {"main.txt": "--all-releases :all:\n--only-final foo\n--no-require-hashes\n"},
    {"main.txt": "-c c.txt\nfoo\n", "c.txt": "foo<2 # no\n-c d.txt\n", "d.txt": "bar==1"},
    {"main.txt": "\ufefffoo\n"},
    {"main.txt": "# -*- coding: latin-1 -*-\nfoo # \u00e9\n"},
    {"main.txt": "foo; python_version>='3' --hash=sha256:aa\n"},
    {"main.txt": "foo==1 \\\r\n  --hash=sha256:aa\r\nbar\r\n"},
    {"main.txt": "bar; os_name=='${SET_VAR}$SET_VAR${set_var}'\n"},
    {"main.txt": "-i ${SET_VAR}\n-r ${SET_VAR}.txt\n", "1.0.txt": "x"},
    {"main.txt": "foo @ file:///x/foo-1-py3-none-any.whl --hash=sha256:aa\n"},
    {"main.txt": "--no-binary=:none: --no-binary foo\nbar\n"},
    {"main.txt": "-c c.txt\n", "c.txt": "-r r.txt\n", "r.txt": "foo<2\n-c d.txt\n", "d.txt": "bar<3"},
    {"main.txt": "--require-hashes=1\n"},
    {"main.txt": "foo --pre\n"},
    {"main.txt": "foo -r none.txt\n"},
    {"main.txt": "--requirement=a.txt\n--constraint=a.txt\n", "a.txt": "a<9"},
    {"main.txt": "foo==1 --config-settings=k=v --hash=sha256:aa\n"},
    {"main.txt": "bar #c\nbaz\t#c\n"},
    {"main.txt": ""},
]


def answer(files):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("sub")
        for name, text in files.items():
            with open(name, "wb") as file:
                file.write(text.encode())
        parser = req_file.RequirementsFileParser(None, req_file.get_line_parser(None))
        try:
            for line in parser.parse("main.txt", False):
                if line.requirement is None:
                    continue
                hashes = getattr(line.opts, "hashes", None) or {}
                found.append(
                    {
                        "constraint": line.constraint,
                        "place": f"{os.path.relpath(line.filename, folder)}:{line.lineno}",
                        "text": ("-e " if line.is_editable else "") + line.requirement.strip(),
                        "hashes": sum(map(len, hashes.values())),
                    }
                )
        except Exception:
            return None
        finally:
            os.chdir("/")
    return found


os.environ["SET_VAR"] = "1.0"
text = json.dumps([{"files": case, "lines": answer(case)} for case in CASES], indent=1) + "\n"
OUTPUT.write_text(text)
