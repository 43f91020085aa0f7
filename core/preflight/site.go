package preflight

import (
	"path"

	"gpuwizard/core/yolov5"
)

// A Site is where a training takes place on the instance.
type Site struct {
	Python  string
	Folder  string // the project's, on the instance
	Code    string
	Dataset string
	Ours    bool // the wizard put code and data there
	Release yolov5.Release
	Options yolov5.Options
	Needs   []yolov5.Requirement
	Data    string // data set YAML, relative to the code
	Cfg     string // model YAML, likewise
	Weights string // as train.py gets them; "" from scratch
	Classes []string
}

// Config is the folder for YOLOv5's own settings and fonts, Mute the one of
// modules that are to seem not installed, Runs that of the trainings.
func (s Site) Config() string { return path.Join(s.Folder, "config") }
func (s Site) Mute() string   { return path.Join(s.Folder, "config", "mute") }
func (s Site) Runs() string   { return path.Join(s.Folder, "runs") }

// Adapted lists the files of the code that were adapted there: the digests
// before and after, and the path in the code, a line each.
func (s Site) Adapted() string { return path.Join(s.Config(), "adapted.list") }

// Constraints holds pip to the versions of torch and its kin that are there.
func (s Site) Constraints() string { return path.Join(s.Config(), "constraints.txt") }

// Fonts are the fonts that YOLOv5 is going to look for.
func (s Site) Fonts() []string {
	if s.Release == yolov5.V50 {
		return nil
	}
	return []string{"Arial.ttf", "Arial.Unicode.ttf"}
}
