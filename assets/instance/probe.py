# gpuwizard probe
# Tells about the Python that runs it, one fact a line. torch is not imported,
# which takes seconds of a machine that is paid for: its version is read from its
# own version.py, and the driver is asked what it can run. Whether torch computes
# is seen once, before the training.
import os
import sys

sys.path = [p for p in sys.path if p]


def say(key, value):
    sys.stdout.write("python-%s=%s\n" % (key, value))
    sys.stdout.flush()


def driver_runs():
    """Tells the GPUs as the driver knows them, for where nvidia-smi is missing,
    and returns the version of CUDA that it runs, 0 without a GPU."""
    import ctypes

    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count, version = ctypes.c_int(0), ctypes.c_int(0)
    if cuda.cuInit(0) != 0 or cuda.cuDeviceGetCount(ctypes.byref(count)) != 0 or count.value < 1:
        return 0
    for i in range(min(count.value, 16)):
        device = ctypes.c_int(0)
        name = ctypes.create_string_buffer(256)
        memory = ctypes.c_size_t(0)
        if cuda.cuDeviceGet(ctypes.byref(device), i) != 0:
            continue
        cuda.cuDeviceGetName(name, 255, device)
        cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
        say("gpu", "%s, %d" % (name.value.decode("ascii", "replace"), memory.value >> 20))
    cuda.cuDriverGetVersion(ctypes.byref(version))
    return version.value // 1000


def torch_facts():
    import importlib.util

    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.origin:
        return
    facts = {}
    with open(os.path.join(os.path.dirname(spec.origin), "version.py")) as f:
        exec(f.read(), facts)
    say("torch", facts.get("__version__", ""))
    cuda = facts.get("cuda")
    if cuda:
        say("cuda", cuda)
        # A driver runs what was built for its own major version, and for older
        # ones.
        say("cuda-ready", "likely" if int(cuda.split(".")[0]) <= runs else "no")


say("version", "%d.%d.%d" % tuple(sys.version_info[:3]))
say("prefix", sys.prefix)
try:
    runs = driver_runs()
    torch_facts()
except Exception as e:
    say("trouble", type(e).__name__)
