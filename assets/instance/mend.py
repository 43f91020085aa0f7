# gpuwizard mend
# Puts right what the look before a training found, in the folders that the
# wizard made on the instance and nowhere else. The first argument says what:
#
#   code FOLDER NAME...   adapts the copy of the code to newer libraries
#   remove PATH...        removes files of ours, or the .git of the copy
#   mute FOLDER MODULE... lets a module seem not to be installed
#   options FILE KEY=VALUE...
#                         changes what a run that goes on was started with
#   hold FILE             writes down the versions of torch and its kin, which
#                         pip is not to change
#
# Done twice, it changes nothing more.
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
}


def adapt(folder, name):
    where, find, put = ADAPTATIONS[name]
    changed = 0
    for base, dirs, files in os.walk(folder):
        dirs[:] = [d for d in dirs if not d.startswith(".") and d != "runs"]
        for f in files:
            path = os.path.join(base, f)
            if not re.match(where, os.path.relpath(path, folder).replace(os.sep, "/")):
                continue
            with open(path, "rb") as old:
                text = old.read().decode("utf-8", "surrogateescape")
            new = re.sub(find, put, text)
            if new == text:
                continue
            with open(path + ".new", "wb") as out:
                out.write(new.encode("utf-8", "surrogateescape"))
            shutil.copymode(path, path + ".new")
            os.replace(path + ".new", path)
            changed += 1
    print("%s: %d" % (name, changed))


what, args = sys.argv[1], sys.argv[2:]
if what == "code":
    for name in args[1:]:
        adapt(args[0], name)
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
        with open(args[0] + ".new", "wb") as out:
            out.write(text.encode("utf-8", "surrogateescape"))
        os.replace(args[0] + ".new", args[0])
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
    with open(args[0] + ".new", "w") as out:
        out.writelines(lines)
    os.replace(args[0] + ".new", args[0])
else:
    sys.exit("what?")
