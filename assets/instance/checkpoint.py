# gpuwizard checkpoint
# Says of each checkpoint named by the arguments, one a line, whether it is
# whole and after which epoch it was saved: path, tab, one of
#
#   missing, broken       nothing to go on from
#   done                  the optimizer was stripped: its training is finished
#   EPOCH                 counted from 0
#
# It runs in the folder of the code, whose classes a checkpoint names. The files
# are the training's own.
import os
import sys
import zipfile

sys.path.insert(0, os.getcwd())


def state(path):
    if not os.path.isfile(path):
        return "missing"
    try:
        with zipfile.ZipFile(path) as z:
            if z.testzip() is not None:
                return "broken"
    except Exception:
        return "broken"
    import torch

    try:
        try:
            c = torch.load(path, map_location="cpu", weights_only=False)
        except TypeError:  # torch before 1.13
            c = torch.load(path, map_location="cpu")
        if c.get("optimizer") is None or c.get("epoch", -1) < 0:
            return "done"
        return str(int(c["epoch"]))
    except Exception as e:
        sys.stderr.write("%s: %s\n" % (type(e).__name__, e))
        return "broken"


for path in sys.argv[1:]:
    print("%s\t%s" % (path, state(path)))
