"""A stand-in for YOLOv5's export.py, for the practice instance.

It knows the options that the wizard uses and exports nothing: the practice
instance hands out a stand-in for the file. See README.md beside this one.
"""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--weights", default="yolov5s.pt")
parser.add_argument("--data", default="data/coco128.yaml")
parser.add_argument("--img-size", type=int, default=640)
parser.add_argument("--include", nargs="+", default=["torchscript"])
parser.parse_args()
raise SystemExit("This is a stand-in for practice. Use YOLOv5's own code to export for real.")
