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
    """Tells the GPUs as the driver knows them, for where nvidia-smi is missing."""
    import ctypes

    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int(0)
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return False
    for i in range(min(count.value, 16)):
        device = ctypes.c_int(0)
        name = ctypes.create_string_buffer(256)
        memory = ctypes.c_size_t(0)
        if cuda.cuDeviceGet(ctypes.byref(device), i) != 0:
            continue
        cuda.cuDeviceGetName(name, 255, device)
        cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
        say("gpu", "%s, %d" % (name.value.decode("ascii", "replace"), memory.value >> 20))
    return count.value > 0


def torch_facts(sees_gpu):
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
    if not sees_gpu:
        return
    if sys.argv[1:] == ["ready"]:
        say("cuda-ready", "likely")
        return
    if hasattr(os, "fork"):
        import signal

        signal.alarm(45)
    import torch

    say("cuda-ready", "yes" if torch.cuda.is_available() else "no")


say("version", "%d.%d.%d" % tuple(sys.version_info[:3]))
say("prefix", sys.prefix)
try:
    torch_facts(driver_sees_gpu())
except Exception as e:
    say("trouble", type(e).__name__)
