# Compiles what it is told to, one file after the other. Runs on Python 3.6 and newer with -I -S: no
# code of the environment runs, and nothing of the user's is on the path.
#
# Asked: "LENGTH LENGTH\n", the file, and the path that it will have. Answered: "done\n", or "not "
# with why, in one line. The first line tells that it is ready, and the tag of its bytecode.
import importlib.util, os, py_compile, sys, warnings

warnings.simplefilter("ignore")
asked, answers = sys.stdin.buffer, sys.stdout.buffer
# what the compiler may print is no answer
sys.stdout = sys.stderr


def answer(text):
    line = " ".join(text.split())[:500]
    answers.write(line.encode("utf-8", "backslashreplace") + b"\n")
    answers.flush()


def compile_one(source, final):
    try:
        # the mode of invalidation is Python's own choice: by time, or by hash with SOURCE_DATE_EPOCH
        py_compile.compile(source, dfile=final, doraise=True)
    except py_compile.PyCompileError as error:
        answer("not %s: %s" % (error.exc_type_name, error.exc_value))
    except Exception as error:
        answer("not %s: %s" % (type(error).__name__, error))
    else:
        answer("done")


tag = os.path.basename(importlib.util.cache_from_source("x.py"))[2:-4]
answer("ready " + tag)
while True:
    lengths = asked.readline().split()
    if len(lengths) != 2:
        break
    source, final = [os.fsdecode(asked.read(int(length))) for length in lengths]
    compile_one(source, final)
