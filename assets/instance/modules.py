# gpuwizard modules
# Prints those of the modules named by the arguments that this Python lacks,
# one a line. Finding a module does not run it, so this takes no time.
import importlib.util
import sys

for name in sys.argv[1:]:
    try:
        found = importlib.util.find_spec(name) is not None
    except Exception:
        found = False
    if not found:
        print(name)
