package yolov5

import (
	"regexp"
	"strconv"
	"strings"
)

// Detected is what detect.py says that it found.
type Detected struct {
	Pictures int // that it looked at
	Empty    int // of those, on which it found nothing
	Objects  int
}

// A line of detect.py is one picture's (v5.0 to v7.0 detect.py):
//
//	image 1/9 PATH: 384x640 2 persons, 1 dog, Done. (0.012s)
//	image 1/9 PATH: 384x640 (no detections), 8.5ms
//
// Before v7.0 nothing stands there where nothing was found. v5.0 prints path
// and outcome in two pieces, between which a warning may come.
var (
	detectedLine = regexp.MustCompile(`^(?:image \d{1,9}/\d{1,9} .*: )?\d{1,6}x\d{1,6} (.*)$`)
	detectedSome = regexp.MustCompile(`(?:^| )(\d{1,6}) [^,]+,`)
)

// DetectedOf reads the output of detect.py.
func DetectedOf(log string) Detected {
	var d Detected
	for line := range strings.Lines(log) {
		m := detectedLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		d.Pictures++
		objects := 0
		for _, some := range detectedSome.FindAllStringSubmatch(m[1], -1) {
			n, _ := strconv.Atoi(some[1])
			objects += n
		}
		if d.Objects += objects; objects == 0 {
			d.Empty++
		}
	}
	return d
}
