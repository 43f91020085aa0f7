package practice

import (
	"encoding/json"

	"gpuwizard/core/problem"
)

// Settings are what the built-in recording was made with: a practice run that
// asks for the same sees what it asked for.
type Settings struct {
	Epochs  int      `json:"epochs"`
	Batch   int      `json:"batch"`
	ImgSize int      `json:"imgsz"`
	Extra   []string `json:"extra"` // further arguments of train.py
}

// Recorded returns the settings of the built-in recording.
func Recorded() (Settings, error) {
	var s Settings
	data, err := recorded.ReadFile("recording/recording.json")
	if err != nil {
		return s, problem.New(RecordingUnusable, err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, problem.New(RecordingUnusable, err)
	}
	return s, nil
}
