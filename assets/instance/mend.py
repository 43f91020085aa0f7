# gpuwizard mend
# Puts right what the look before a training found, in the folders that the
# wizard made on the instance and nowhere else. The first argument says what:
#
#   code FOLDER LIST NAME...
#                         adapts the copy of the code to newer libraries, and
#                         lists the digests of each file before and after
#   remove PATH...        removes files of ours, or the .git of the copy
#   mute FOLDER MODULE... lets a module seem not to be installed
#   options FILE KEY=VALUE...
#                         changes what a run that goes on was started with
#   hold FILE             writes down the versions of torch and its kin, which
#                         pip is not to change
#
# Done twice, it changes nothing more.
import hashlib
import os
import re
import shutil
import sys

# By name: which files, what to look for, and what to put there.
ADAPTATIONS = {
    # numpy 1.24 dropped the names that stood for Python's own types.
    "np-int": (r".*\.py$", r"\bnp\.(int|float|bool)\b(?!_)", r"\1"),
    # numpy 2.4 dropped trapz; trapezoid is its name since 2.0.
    "np-trapz": (r"utils/metrics\.py$", r"\bnp\.trapz\(", r"(np.trapezoid if hasattr(np, 'trapezoid') else np.trapz)("),
    # torch 1.12 no longer turns a float into an index by itself.
    "float-long": (r"utils/loss\.py$", r"clamp_\(0, gain\[(\d)\] - 1\)", r"clamp_(0, gain[\1].long() - 1)"),
    # Pillow 10 dropped getsize; getbbox gives its right and lower edge.
    "pillow10": (r"utils/plots\.py$", r"\bfont\.getsize\((\w+)\)", r"font.getbbox(\1)[2:4]"),
    # Up to v6.1 it runs pip for what it thinks is missing: packages are there
    # under another name, too, and v5.0 dies where pip fails.
    "own-pip": (r"(train|test|val|detect)\.py$", r"(?m)^([ \t]+)check_requirements\((?!\[)[^\n]*\)([ \t\r]*)$", r"\1pass\2"),
}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def listed(path):
    """Returns what LIST says: by name, the digests before and after."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            lines = [line.rstrip("\n").split("  ", 2) for line in f]
    except OSError:
        return {}
    return {line[2]: line[:2] for line in lines if len(line) == 3}


def note(path, known):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    lines = "".join("%s  %s  %s\n" % (known[name][0], known[name][1], name) for name in sorted(known))
    replace(path, lines.encode("utf-8", "surrogateescape"))


def replace(path, data):
    with open(path + ".new", "wb") as out:
        out.write(data)
    if os.path.exists(path):
        shutil.copymode(path, path + ".new")
    os.replace(path + ".new", path)


def adapt(folder, known, keep, name):
    where, find, put = ADAPTATIONS[name]
    changed = 0
    for base, dirs, files in os.walk(folder):
        dirs[:] = [d for d in dirs if not d.startswith(".") and d != "runs"]
        for f in files:
            path = os.path.join(base, f)
            if not re.match(where, os.path.relpath(path, folder).replace(os.sep, "/")):
                continue
            with open(path, "rb") as old:
                before = old.read()
            after = re.sub(find, put, before.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
            if after == before:
                continue
            inside = os.path.relpath(path, folder).replace(os.sep, "/")
            first, last = known.get(inside, ("", ""))
            was = digest(before)
            known[inside] = (first if last == was else was, digest(after))
            note(keep, known)  # first, so that what is changed is known to be ours
            replace(path, after)
            changed += 1
    print("%s: %d" % (name, changed))


what, args = sys.argv[1], sys.argv[2:]
if what == "code":
    known = listed(args[1])
    for name in args[2:]:
        adapt(args[0], known, args[1], name)
elif what == "remove":
    for path in args:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
elif what == "mute":
    # An empty module lacks the version that YOLOv5 looks for.
    for name in args[1:]:
        os.makedirs(os.path.join(args[0], name), exist_ok=True)
        open(os.path.join(args[0], name, "__init__.py"), "w").close()
elif what == "options":
    # Its keys stand at the beginning of lines, as YOLOv5 writes them; a release
    # that has none there has no such option.
    if os.path.isfile(args[0]):
        with open(args[0], "rb") as old:
            text = old.read().decode("utf-8", "surrogateescape")
        for pair in args[1:]:
            key, value = pair.split("=", 1)
            text = re.sub(r"(?m)^%s:.*$" % re.escape(key), lambda _: "%s: %s" % (key, value), text)
        replace(args[0], text.encode("utf-8", "surrogateescape"))
elif what == "hold":
    lines = []
    for package in ("torch", "torchvision", "torchaudio"):
        try:
            from importlib import metadata

            version = metadata.version(package)
        except Exception:
            try:
                version = __import__(package).__version__
            except Exception:
                continue
        lines.append("%s==%s\n" % (package, version))
    os.makedirs(os.path.dirname(args[0]), exist_ok=True)
    replace(args[0], "".join(lines).encode())
else:
    sys.exit("what?")
