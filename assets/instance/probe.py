# gpuwizard probe
# Tells about the Python that runs it, one fact a line. torch is imported only
# where it could see a GPU at all: its version is read from its own version.py.
import os
import sys

sys.path = [p for p in sys.path if p]


def say(key, value):
    sys.stdout.write("python-%s=%s\n" % (key, value))
    sys.stdout.flush()


def driver_sees_gpu():
    import ctypes

    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return False
    return count.value > 0


def torch_facts():
    import importlib.util

    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.origin:
        return
    facts = {}
    with open(os.path.join(os.path.dirname(spec.origin), "version.py")) as f:
        exec(f.read(), facts)
    say("torch", facts.get("__version__", ""))
    if not facts.get("cuda"):
        return
    say("cuda", facts["cuda"])
    if not driver_sees_gpu():
        return
    if hasattr(os, "fork"):
        import signal

        signal.alarm(45)
    import torch

    say("cuda-ready", "yes" if torch.cuda.is_available() else "no")


say("version", "%d.%d.%d" % tuple(sys.version_info[:3]))
say("prefix", sys.prefix)
try:
    torch_facts()
except Exception as e:
    say("trouble", type(e).__name__)
