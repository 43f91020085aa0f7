# gpuwizard preflight
# Looks at what a training is going to need, before it is started, and prints
# what it sees as one line of JSON behind a mark. It judges nothing and changes
# nothing. Its argument is JSON:
#
#   code, data, cfg, weights   paths; weights may be ""
#   runs, config, fonts        folders, and names of fonts in config
#   imports                    modules: the name to import and its package
#   seconds                    how long reading labels may take
#
# What cannot be looked at is left out: a look must not fail where a training
# would not.
import json
import os
import re
import sys
import time

asked = json.loads(sys.argv[1])
code = asked["code"]
sys.path = [p for p in sys.path if p]
facts = {"python": "%d.%d.%d" % tuple(sys.version_info[:3])}
trouble = {}


def section(look):
    try:
        look()
    except BaseException as e:  # even SystemExit of a module that is imported
        trouble[look.__name__] = ("%s: %s" % (type(e).__name__, e))[:500]


def text(path, limit=65536):
    with open(path, "rb") as f:
        return f.read(limit).decode("utf-8", "replace")


def modules():
    import importlib.util

    try:
        from importlib import metadata
    except ImportError:
        metadata = None
    missing, versions = [], {}
    for name, package in asked["imports"]:
        try:
            found = importlib.util.find_spec(name) is not None
        except Exception:
            found = False
        if not found:
            missing.append(name)
        elif metadata:
            try:
                versions[name] = metadata.version(package)
            except Exception:
                pass
    facts["missing"], facts["versions"] = missing, versions
    facts["watchers"] = [
        m for m in ("wandb", "comet_ml", "clearml") if importlib.util.find_spec(m) is not None
    ]


def libraries():
    for name, key in (("numpy", "numpy"), ("PIL", "pillow")):
        try:
            facts[key] = __import__(name).__version__
        except ImportError:
            pass
    try:
        import numpy

        facts["trapz"] = hasattr(numpy, "trapz")
    except ImportError:
        pass


def torch_and_gpu():
    import torch

    facts["torch"] = torch.__version__
    facts["cuda"] = torch.version.cuda or ""
    try:
        import numpy

        torch.from_numpy(numpy.zeros(1))
        facts["numpy_fits"] = True
    except ImportError:
        pass
    except Exception:
        facts["numpy_fits"] = False
    facts["cuda_ready"] = bool(torch.cuda.is_available())
    if not facts["cuda_ready"]:
        return
    facts["archs"] = list(torch.cuda.get_arch_list()) if hasattr(torch.cuda, "get_arch_list") else []
    facts["gpus"] = []
    for i in range(torch.cuda.device_count()):
        p = torch.cuda.get_device_properties(i)
        gpu = {"name": p.name, "capability": "%d%d" % (p.major, p.minor), "bytes": p.total_memory}
        facts["gpus"].append(gpu)
        try:
            gpu["free"] = torch.cuda.mem_get_info(i)[0]
        except Exception:
            pass
    try:
        torch.zeros(8, device="cuda:0").add_(1).sum().item()
        facts["cuda_works"] = True
    except Exception as e:
        facts["cuda_works"], facts["cuda_error"] = False, str(e)[:300]
        return
    try:
        import torchvision

        facts["torchvision"] = torchvision.__version__
        torchvision.ops.nms(torch.zeros(1, 4).cuda(), torch.zeros(1).cuda(), 0.5)
        facts["nms"] = True
    except ImportError:
        pass
    except Exception:
        facts["nms"] = False


def fonts():
    facts["fonts"] = {
        name: os.path.getsize(os.path.join(asked["config"], name))
        for name in asked["fonts"]
        if os.path.isfile(os.path.join(asked["config"], name))
    }


def weights():
    name = asked["weights"]
    if not name:
        return
    path = os.path.join(code, name)
    w = facts["weights"] = {"exists": os.path.isfile(path)}
    if not w["exists"]:
        return
    import zipfile

    w["bytes"] = os.path.getsize(path)
    with open(path, "rb") as f:
        head = f.read(64)
    w["zip"] = head[:4] == b"PK\x03\x04"
    w["legacy"] = head[:1] == b"\x80"
    w["html"] = head.lstrip()[:1] == b"<" or head.startswith(b"version https://git-lfs")
    if not w["zip"]:
        return
    try:
        with zipfile.ZipFile(path) as z:
            w["whole"] = z.testzip() is None
            pickles = [n for n in z.namelist() if n.endswith("/data.pkl") and n.count("/") == 1]
            w["whole"] = w["whole"] and len(pickles) == 1
            if pickles:
                w["unknown"] = unknown_classes(z.read(pickles[0]))
    except Exception:
        w["whole"] = False


def unknown_classes(pickled):
    # Which classes a pickle names that the code does not have. Nothing of the
    # pickle is run.
    import pickletools

    seen, words, lacking = {}, [], set()
    for op, arg, _ in pickletools.genops(pickled):
        if op.name == "GLOBAL":
            module, _, name = arg.partition(" ")
        elif op.name == "STACK_GLOBAL" and len(words) > 1:
            module, name = words[-2], words[-1]
        else:
            if isinstance(arg, str):
                words = words[-9:] + [arg]
            continue
        top = module.split(".")[0]
        if top not in ("models", "utils") or len(lacking) > 5:
            continue
        if module not in seen:
            try:
                seen[module] = text(os.path.join(code, *module.split(".")) + ".py", 1 << 20)
            except OSError:
                seen[module] = ""
        if not re.search(r"(?m)^(?:class|def) %s\b|\bimport\b.*\b%s\b" % (re.escape(name), re.escape(name)), seen[module]):
            lacking.add(module + "." + name)
    return sorted(lacking)


def yamls():
    for key in ("data", "cfg"):
        if asked[key]:
            try:
                facts[key + "_yaml"] = text(os.path.join(code, asked[key]))
            except OSError:
                facts[key + "_yaml"] = None


PICTURES = ("bmp", "dng", "jpeg", "jpg", "mpo", "png", "tif", "tiff", "webp")


def pictures_below(folder):
    found = []
    for base, _, names in os.walk(folder):
        found.extend(os.path.join(base, n) for n in names if n.rsplit(".", 1)[-1].lower() in PICTURES)
        if len(found) > 2000000:
            break
    return found


def labels():
    # As YOLOv5 looks for them: the last /images/ of a path becomes /labels/.
    sets = facts["sets"] = {}
    until = time.time() + asked["seconds"]
    for part, folder in asked["sets"].items():
        s = sets[part] = {"path": folder, "exists": os.path.exists(folder)}
        if not s["exists"]:
            continue
        pictures = pictures_below(folder)
        mark, into = os.sep + "images" + os.sep, os.sep + "labels" + os.sep
        # Whole folders are listed at once: asking for each file would take long
        # on a network disk.
        listed = {}
        s.update(pictures=len(pictures), labels=0, filled=0, read=0, top=-1)
        for p in pictures:
            if mark not in p:
                continue
            where = into.join(p.rsplit(mark, 1)).rsplit(".", 1)[0] + ".txt"
            parent, name = os.path.split(where)
            s["folder"] = parent
            if parent not in listed:
                try:
                    listed[parent] = set(os.listdir(parent))
                except OSError:
                    listed[parent] = set()
            if name not in listed[parent]:
                continue
            s["labels"] += 1
            if time.time() > until:
                continue
            s["read"] += 1
            look_into(where, s)
    caches = facts["caches"] = []
    for s in sets.values():
        for folder in {s.get("folder", ""), s["path"]}:
            for name in (folder + ".cache", folder + ".cache.npy"):
                if folder and os.path.isfile(name):
                    with open(name, "rb") as f:
                        head = f.read(6)
                    kind = "numpy" if head == b"\x93NUMPY" else "zip" if head[:2] == b"PK" else "other"
                    caches.append({"path": name, "kind": kind})


def look_into(where, s):
    try:
        rows = text(where, 1 << 20).splitlines()
    except OSError:
        return
    top = -1
    for row in rows:
        fields = row.split()
        if not fields:
            continue
        try:
            top = max(top, int(float(fields[0])))
        except (ValueError, OverflowError):
            pass
    if top >= 0:
        s["filled"] += 1
    if top > s["top"]:
        s["top"], s["top_file"] = top, where


def disks():
    d = facts["disks"] = {}
    for name, path in (("runs", asked["runs"]), ("shm", "/dev/shm")):
        up = path
        while not os.path.exists(up) and up != os.path.dirname(up):
            up = os.path.dirname(up)
        if name == "shm" and up != path:
            continue
        v = os.statvfs(up)
        d[name] = {
            "path": path,
            "free": v.f_bavail * v.f_frsize,
            "inodes": v.f_favail if v.f_files else -1,
            "writable": os.access(up, os.W_OK),
        }


def git():
    facts["git"] = os.path.exists(os.path.join(code, ".git"))


for look in (modules, yamls, labels, weights, fonts, disks, git, libraries, torch_and_gpu):
    section(look)
facts["trouble"] = trouble
print("\ngpuwizard-preflight " + json.dumps(facts))
