package assets

import "embed"

// Lessons are the built-in lessons, NAME.yaml, and below failures the logs of
// real trainings that failed: raw output of YOLOv5 v7.0 on a CPU, its paths
// rewritten to an instance's.
//
//go:embed lessons
var Lessons embed.FS
