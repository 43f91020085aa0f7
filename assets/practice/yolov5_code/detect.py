"""A stand-in for YOLOv5's detect.py, for the practice instance.

It knows the options that the wizard uses and finds nothing: the practice
instance shows what the recorded model found. See README.md beside this file.
"""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--weights", default="yolov5s.pt")
parser.add_argument("--source", default="data/images")
parser.add_argument("--data", default="data/coco128.yaml")
parser.add_argument("--img-size", type=int, default=640)
parser.add_argument("--device", default="")
parser.add_argument("--project", default="runs/detect")
parser.add_argument("--name", default="exp")
parser.add_argument("--exist-ok", action="store_true")
parser.parse_args()
raise SystemExit("This is a stand-in for practice. Use YOLOv5's own code to detect for real.")
