package yolov5

import (
	"bufio"
	"bytes"
	"regexp"
	"slices"
	"strings"
)

const (
	maxRequirements    = 1 << 20
	maxRequirementLine = 4 << 10
)

// A Requirement is one line of a requirements.txt.
type Requirement struct {
	Name   string // as written, without extras
	Spec   string // version condition such as ">=1.18.5", or ""
	Marker string // environment condition after ";", or ""
	Import string // the module to import, to see whether it is there
	Line   int    // from 1
	// Keep marks torch and its kin: whatever version the image brings was
	// built for its GPU and driver and is never to be replaced.
	Keep bool
	// Optional marks what YOLOv5 trains as well without: it is imported where it
	// is there, to count operations or to evaluate COCO.
	Optional bool
}

// imports holds the modules whose names do not follow from the package's.
var imports = map[string]string{
	"beautifulsoup4":         "bs4",
	"clearml":                "clearml",
	"comet-ml":               "comet_ml",
	"cython":                 "Cython",
	"gitpython":              "git",
	"ipython":                "IPython",
	"onnx-simplifier":        "onnxsim",
	"opencv-contrib-python":  "cv2",
	"opencv-python":          "cv2",
	"opencv-python-headless": "cv2",
	"openvino-dev":           "openvino",
	"pillow":                 "PIL",
	"protobuf":               "google.protobuf",
	"py-cpuinfo":             "cpuinfo",
	"python-dateutil":        "dateutil",
	"pyyaml":                 "yaml",
	"scikit-image":           "skimage",
	"scikit-learn":           "sklearn",
	"ultralytics-thop":       "thop",
}

// dispensable holds the modules that v5.0 to v7.0 import inside of a try, or only
// for the COCO data set.
var dispensable = map[string]bool{"pycocotools": true, "thop": true}

var keep = map[string]bool{"torch": true, "torchvision": true, "torchaudio": true}

var requirement = regexp.MustCompile(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[A-Za-z0-9._, -]*\])?\s*(.*)$`)

var versionSpec = regexp.MustCompile(`^\(?((?:(?:===|[<>=!~]=|[<>])\s*[A-Za-z0-9.*+!_-]+)(?:\s*,\s*(?:===|[<>=!~]=|[<>])\s*[A-Za-z0-9.*+!_-]+)*)?\)?$`)

// Requirements reads a requirements.txt. Comments, options such as -r and
// --index-url, addresses and lines that make no sense are left out: what is
// returned are names that pip can be given. At most 1 MiB is read.
func Requirements(requirementsTxt []byte) []Requirement {
	if len(requirementsTxt) > maxRequirements {
		requirementsTxt = requirementsTxt[:maxRequirements]
	}
	var list []Requirement
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(requirementsTxt, byteOrderMark)))
	lines.Buffer(nil, maxRequirements+1)
	for number := 1; lines.Scan(); number++ {
		if len(lines.Text()) > maxRequirementLine {
			continue
		}
		if r, ok := parseRequirement(lines.Text()); ok {
			r.Line = number
			list = append(list, r)
		}
	}
	return list
}

func parseRequirement(line string) (Requirement, bool) {
	if before, _, found := strings.Cut(line, "#"); found {
		// pip takes a "#" for a comment at the start and after white space.
		if before == "" || strings.TrimRight(before, " \t") != before {
			line = before
		}
	}
	line, marker, _ := strings.Cut(line, ";")
	m := requirement.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return Requirement{}, false
	}
	spec := versionSpec.FindStringSubmatch(strings.TrimSpace(m[2]))
	if spec == nil {
		return Requirement{}, false
	}
	r := Requirement{
		Name:   m[1],
		Spec:   strings.Join(strings.Fields(spec[1]), ""),
		Marker: strings.TrimSpace(marker),
	}
	normal := strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(r.Name))
	r.Keep = keep[normal]
	r.Import = imports[normal]
	if r.Import == "" {
		r.Import = strings.ReplaceAll(normal, "-", "_")
	}
	r.Optional = dispensable[r.Import]
	return r, true
}

// Satisfied reports whether a version does for the requirement. A condition
// that is not understood is taken for met.
func (r Requirement) Satisfied(version string) bool {
	have := versionNumbers(version)
	if len(have) == 0 {
		return true
	}
	for _, condition := range strings.Split(r.Spec, ",") {
		at := strings.IndexFunc(condition, func(c rune) bool { return !strings.ContainsRune("<>=!~", c) })
		if at < 1 {
			continue
		}
		sign, want := condition[:at], strings.TrimSuffix(condition[at:], ".*")
		c := compareVersions(version, want)
		wanted := versionNumbers(want)
		prefix := strings.HasSuffix(condition, ".*") && slices.Equal(wanted, have[:min(len(wanted), len(have))])
		ok := true
		switch sign {
		case ">=", "~=":
			ok = c >= 0
		case ">":
			ok = c > 0
		case "<":
			ok = c < 0
		case "<=":
			ok = c <= 0
		case "==":
			ok = c == 0 || prefix
		case "!=":
			ok = c != 0 && !prefix
		}
		if !ok {
			return false
		}
	}
	return true
}
