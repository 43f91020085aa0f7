package yolov5

import (
	"bufio"
	"bytes"
	"regexp"
	"slices"
	"strconv"
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
	return r, true
}

// AtLeast compares versions by their numbers: "1.13.0a0+cu117" is at least
// "1.13". What is no version is not.
func AtLeast(version, least string) bool {
	return compareVersions(version, least) >= 0 && len(release(version)) > 0
}

func compareVersions(a, b string) int {
	x, y := release(a), release(b)
	for i := range max(len(x), len(y)) {
		var m, n int
		if i < len(x) {
			m = x[i]
		}
		if i < len(y) {
			n = y[i]
		}
		if m != n {
			return m - n
		}
	}
	return 0
}

// release is the numbers up front: 1.13.0a0+cu117 has 1, 13, 0.
func release(version string) []int {
	var numbers []int
	for part := range strings.SplitSeq(version, ".") {
		end := 0
		for end < len(part) && isDigit(part[end]) {
			end++
		}
		n, err := strconv.Atoi(part[:end])
		if err != nil || n > 1_000_000 {
			break
		}
		numbers = append(numbers, n)
		if end < len(part) {
			break
		}
	}
	return numbers
}

// Satisfied reports whether a version does for the requirement. A condition
// that is not understood is taken for met.
func (r Requirement) Satisfied(version string) bool {
	if len(release(version)) == 0 {
		return true
	}
	for _, condition := range strings.Split(r.Spec, ",") {
		at := strings.IndexFunc(condition, func(c rune) bool { return !strings.ContainsRune("<>=!~", c) })
		if at < 1 {
			continue
		}
		sign, want := condition[:at], strings.TrimSuffix(condition[at:], ".*")
		c := compareVersions(version, want)
		prefix := strings.HasSuffix(condition, ".*") && slices.Equal(release(want), release(version)[:min(len(release(want)), len(release(version)))])
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
