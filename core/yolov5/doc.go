// Package yolov5 knows what YOLOv5 takes, prints and writes: its data set
// YAML, the class count in its model YAML, the options of train.py, the
// results files, the lines of a training log and what they tell of a failure,
// and whether a .pt file is whole.
//
// A training's log is read in two ways. While it is written, a Parser turns its
// lines into events, a Tracker the events into a Standing, which is what a
// screen draws, and a Watch tells what harms it. When it has ended, Diagnose
// says what ended it. ParseResults reads the figures that are more exact than
// the log's.
//
// It covers the releases v5.0, v6.0 to v6.2, v7.0 and the master branch after
// v7.0; comments name the file and release that a fact was read from. The
// package runs nothing, knows no instance and writes no prose: meanings and
// mends of failures come from assets/failures.yaml, sentences for the problem
// codes from tui/text.
package yolov5

import "gpuwizard/core/problem"

// Codes of the problems that this package returns.
const (
	ModelYAMLBroken   problem.Code = "model-yaml-broken"      // line: not readable as YAML
	ModelYAMLNoMap    problem.Code = "model-yaml-no-map"      // line: the file holds no "key: value" pairs
	ModelNCMissing    problem.Code = "model-nc-missing"       // no nc at the top level
	ModelNCTwice      problem.Code = "model-nc-twice"         // line (the second), first (line of the first)
	ModelNCUnclear    problem.Code = "model-nc-unclear"       // line, got: nc is no plain number of classes
	ClassCountBad     problem.Code = "class-count-bad"        // got, max: a class count outside 1..max was asked for
	DataYAMLBroken    problem.Code = "data-yaml-broken"       // line: not readable as YAML
	DataYAMLNoMap     problem.Code = "data-yaml-no-map"       // line
	DataYAMLMissing   problem.Code = "data-yaml-missing"      // key: train, val or names is missing
	DataYAMLBadValue  problem.Code = "data-yaml-bad-value"    // line, key
	DataYAMLCount     problem.Code = "data-yaml-count"        // line, nc, names: nc differs from the number of names
	FileTooLarge      problem.Code = "yolov5-file-too-large"  // what (model-yaml, data-yaml, results, requirements, weights), max (bytes)
	NotYOLOv5         problem.Code = "not-yolov5"             // path: no train.py of YOLOv5 there
	ReleaseUnknown    problem.Code = "yolov5-release-unknown" // path: a train.py, but of no release known here
	ResultsUnreadable problem.Code = "results-unreadable"     // line: no results of YOLOv5
	WeightsEmpty      problem.Code = "weights-empty"          // the file has no content
	WeightsHTML       problem.Code = "weights-html"           // a web page saved under a model's name
	WeightsNotArchive problem.Code = "weights-not-archive"    // kind: lfs-pointer, legacy-pickle, text or unknown
	WeightsTruncated  problem.Code = "weights-truncated"      // got (bytes): the end of the archive is missing
	WeightsDamaged    problem.Code = "weights-damaged"        // entry: content and checksum differ, or it cannot be read
	ONNXBroken        problem.Code = "onnx-broken"            // detail: no ONNX model, or not a whole one
	WeightsNoModel    problem.Code = "weights-no-model"       // an archive, but without */data.pkl
)
