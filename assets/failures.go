package assets

import _ "embed"

// FailuresYAML holds the rules by which package yolov5 reads a failed
// training's log.
//
//go:embed failures.yaml
var FailuresYAML []byte
