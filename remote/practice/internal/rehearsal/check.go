package rehearsal

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// A refusal is what the real train.py prints before it gives up: lines of its
// log, then the error at the end of a traceback.
type refusal struct {
	log   string
	error string
}

func (r *refusal) Error() string { return r.error }

const helpURL = "See https://github.com/ultralytics/yolov5/wiki/Train-Custom-Data"

// checker looks at what a training would read.
type checker struct {
	*command.Call
	code string // the folder of train.py
}

// find looks for a file as YOLOv5 v7.0 does (utils/general.py, check_file):
// as given, then anywhere below data, models and utils.
func (c checker) find(name string) (string, error) {
	full := confine.Abs(c.Dir, name)
	if info, err := c.Folder.Stat(full); err == nil && info.Mode().IsRegular() {
		return full, nil
	}
	for _, folder := range []string{"data", "models", "utils"} {
		full := path.Join(c.code, folder, path.Base(name))
		if info, err := c.Folder.Stat(full); err == nil && info.Mode().IsRegular() {
			return full, nil
		}
	}
	return "", &refusal{error: "AssertionError: File not found: " + name}
}

// check finds the faults of a data set and returns its folder.
func (c checker) check(a arguments) (dataset string, err error) {
	if a.cfg == "" && a.weights == "" {
		return "", &refusal{error: "AssertionError: either --cfg or --weights must be specified"}
	}
	file, err := c.find(a.data)
	if err != nil {
		return "", err
	}
	if a.cfg != "" {
		if _, err := c.find(a.cfg); err != nil {
			return "", err
		}
	}
	text, err := c.Folder.ReadFile(file, 1<<20)
	if err != nil {
		return "", &refusal{error: err.Error()}
	}
	data, err := yolov5.ParseDataYAML(text)
	if err != nil {
		return "", &refusal{error: "AssertionError: data.yaml is not usable: " + err.Error()}
	}
	// A relative path counts from the code (utils/general.py, check_dataset).
	base := confine.Abs(c.code, data.Path)
	var missing []string
	for _, folder := range data.Val {
		if _, err := c.Folder.Stat(c.place(base, folder)); err != nil {
			missing = append(missing, "'"+c.place(base, folder)+"'")
		}
	}
	if len(missing) > 0 {
		return "", &refusal{
			log:   "\nDataset not found ⚠️, missing paths [" + strings.Join(missing, ", ") + "]\n",
			error: "Exception: Dataset not found ❌",
		}
	}
	for _, set := range []struct {
		prefix  string
		folders []string
		train   bool
	}{{"train", data.Train, true}, {"val", data.Val, false}} {
		for _, folder := range set.folders {
			if err := c.pictures(set.prefix, c.place(base, folder), set.train, file, len(data.Names)); err != nil {
				return "", err
			}
		}
	}
	return base, nil
}

// place resolves a folder of the data set; "../x" that isn't there is "x".
func (c checker) place(base, folder string) string {
	full := confine.Abs(base, folder)
	if rest, ok := strings.CutPrefix(folder, "../"); ok {
		if _, err := c.Folder.Stat(full); err != nil {
			return confine.Abs(base, rest)
		}
	}
	return full
}

// formats are the pictures that YOLOv5 v7.0 reads (utils/dataloaders.py).
var formats = []string{".bmp", ".dng", ".jpeg", ".jpg", ".mpo", ".png", ".tif", ".tiff", ".webp", ".pfm"}

// colour is how YOLOv5 prints the name of a set.
func colour(name string) string { return "\x1b[34m\x1b[1m" + name + ": \x1b[0m" }

func (c checker) pictures(set, folder string, train bool, yamlFile string, classes int) error {
	prefix := colour(set)
	if _, err := c.Folder.Stat(folder); err != nil {
		return &refusal{error: fmt.Sprintf("Exception: %sError loading data from %s: %[1]s%s does not exist\n%s", prefix, folder, folder, helpURL)}
	}
	list := c.below(folder)
	if len(list) == 0 {
		return &refusal{error: fmt.Sprintf("Exception: %sError loading data from %s: %[1]sNo images found\n%s", prefix, folder, helpURL)}
	}
	found, filled, top := 0, 0, -1
	for _, picture := range list {
		text, err := c.Folder.ReadFile(labelFile(picture), 1<<20)
		if err != nil {
			continue
		}
		found++
		if class := topClass(string(text)); class >= 0 {
			filled++
			top = max(top, class)
		}
	}
	cache := path.Dir(labelFile(list[0])) + ".cache"
	if !train {
		return nil // an empty validation set only makes poor numbers
	}
	switch {
	case found == 0:
		return &refusal{
			log:   fmt.Sprintf("%sWARNING ⚠️ No labels found in %s. %s\n", prefix, cache, helpURL),
			error: fmt.Sprintf("AssertionError: %sNo labels found in %s, can not start training. %s", prefix, cache, helpURL),
		}
	case filled == 0:
		return &refusal{error: fmt.Sprintf("AssertionError: %sAll labels empty in %s, can not start training. %s", prefix, cache, helpURL)}
	case top >= classes:
		return &refusal{error: fmt.Sprintf("AssertionError: Label class %d exceeds nc=%d in %s. Possible class labels are 0-%d", top, classes, yamlFile, classes-1)}
	}
	return nil
}

// below returns the pictures of a folder and its folders.
func (c checker) below(folder string) []string {
	var list []string
	entries, err := c.Folder.ReadDir(folder)
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		switch {
		case entry.Type()&fs.ModeSymlink != 0:
		case entry.IsDir():
			list = append(list, c.below(name)...)
		case slices.Contains(formats, strings.ToLower(path.Ext(name))):
			list = append(list, name)
		}
	}
	return list
}

// labelFile is where YOLOv5 looks for a picture's labels: the last "/images/"
// becomes "/labels/" (utils/dataloaders.py, img2label_paths).
func labelFile(picture string) string {
	if i := strings.LastIndex(picture, "/images/"); i >= 0 {
		picture = picture[:i] + "/labels/" + picture[i+len("/images/"):]
	}
	return strings.TrimSuffix(picture, path.Ext(picture)) + ".txt"
}

// topClass is the highest class number among a file's labels, or -1.
func topClass(text string) int {
	top := -1
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 5 {
			continue
		}
		if n, err := strconv.ParseFloat(fields[0], 64); err == nil && n >= 0 && n < 1e6 {
			top = max(top, int(n))
		}
	}
	return top
}
