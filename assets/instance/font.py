# gpuwizard font
# Puts a font into the folder named by the argument, under the names that YOLOv5
# looks for. Without it a training begins with a download, and fails where
# there is no network. Any font will do: matplotlib, which YOLOv5 needs anyway,
# brings one.
import os
import shutil
import sys


def font():
    import matplotlib

    own = os.path.join(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    if os.path.exists(own):
        return own
    from matplotlib import font_manager

    return font_manager.findfont("DejaVu Sans")


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name in ("Arial.ttf", "Arial.Unicode.ttf"):
    target = os.path.join(folder, name)
    if not os.path.exists(target):
        shutil.copyfile(font(), target + ".new")
        os.replace(target + ".new", target)
