"""A stand-in for YOLOv5's train.py, for the practice instance.

It knows the options that the wizard uses and trains nothing. The practice
instance does not even run it: it plays back the recording of a real training.
To train for real, use YOLOv5's own code: see README.md beside this file.
"""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--weights", default="")
parser.add_argument("--cfg", default="models/yolov5n.yaml")
parser.add_argument("--data", default="data/person.yaml")
parser.add_argument("--hyp", default="data/hyps/hyp.VOC.yaml")
parser.add_argument("--epochs", type=int, default=100)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--imgsz", type=int, default=640)
parser.add_argument("--device", default="")
parser.add_argument("--workers", type=int, default=8)
parser.add_argument("--optimizer", default="SGD")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--project", default="runs/train")
parser.add_argument("--name", default="exp")
parser.add_argument("--exist-ok", action="store_true")
parser.parse_args()
print(("%11s" * 2) % ("stand-in:", "nothing is trained"))
raise SystemExit("This is a stand-in for practice. Use YOLOv5's own code for a real training.")
