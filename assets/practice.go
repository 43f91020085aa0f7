package assets

import "embed"

// PracticeCode stands in for the YOLOv5 code on the practice instance: the
// folder yolov5_code, with enough in it to walk through every step.
//
//go:embed practice/yolov5_code
var PracticeCode embed.FS
