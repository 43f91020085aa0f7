package rehearsal

import (
	"fmt"
	"strings"
)

// arguments are those of train.py that a playback makes use of.
type arguments struct {
	weights, cfg, data, project, name string
	epochs, batch, imgsz, device      string
	resume                            string
	resumes, existOK, help            bool
}

// taking are train.py's options that take a value (YOLOv5 v7.0 train.py); an
// option that isn't known is taken for one of another release.
var taking = []string{
	"weights", "cfg", "data", "hyp", "epochs", "batch-size", "imgsz", "img", "img-size", "bucket",
	"device", "optimizer", "workers", "project", "name", "label-smoothing", "patience", "freeze", "save-period",
	"seed", "local_rank", "entity", "bbox_interval", "artifact_alias",
}

var standing = []string{
	"rect", "nosave", "noval", "noautoanchor", "noplots", "image-weights", "multi-scale", "single-cls",
	"sync-bn", "exist-ok", "quad", "cos-lr", "resume", "evolve", "cache", "upload_dataset", "help",
}

// parseArguments reads a command line as argparse does: options may be cut
// short where that is clear, and take "=" or the next word.
func parseArguments(args []string) (arguments, error) {
	a := arguments{weights: "yolov5s.pt", data: "data/coco128.yaml", project: "runs/train", name: "exp", epochs: "100"}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if word == "-h" {
			word = "--help"
		}
		name, value, given := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		if !strings.HasPrefix(word, "--") || name == "" {
			return a, fmt.Errorf("unrecognized arguments: %s", word)
		}
		full, takes, err := option(name)
		if err != nil {
			return a, err
		}
		optional := full == "resume" || full == "evolve" || full == "cache" || full == "upload_dataset"
		if !given && len(args) > 0 && !strings.HasPrefix(args[0], "--") && (takes || optional) {
			value, args, given = args[0], args[1:], true
		}
		if takes && !given {
			return a, fmt.Errorf("argument --%s: expected one argument", full)
		}
		a.set(full, value)
	}
	return a, nil
}

func option(name string) (full string, takes bool, err error) {
	var found []string
	for _, list := range [][]string{taking, standing} {
		for _, known := range list {
			if known == name {
				found = []string{known}
				break
			}
			if strings.HasPrefix(known, name) {
				found = append(found, known)
			}
		}
		if len(found) == 1 && found[0] == name {
			break
		}
	}
	switch {
	case len(found) == 0:
		return "", false, fmt.Errorf("unrecognized arguments: --%s", name)
	case len(found) > 1:
		return "", false, fmt.Errorf("ambiguous option: --%s could match --%s", name, strings.Join(found, ", --"))
	}
	for _, known := range taking {
		if known == found[0] {
			return known, true, nil
		}
	}
	return found[0], false, nil
}

func (a *arguments) set(name, value string) {
	switch name {
	case "weights":
		a.weights = value
	case "cfg":
		a.cfg = value
	case "data":
		a.data = value
	case "project":
		a.project = value
	case "name":
		a.name = value
	case "epochs":
		a.epochs = value
	case "batch-size":
		a.batch = value
	case "imgsz", "img", "img-size":
		a.imgsz = value
	case "device":
		a.device = value
	case "resume":
		a.resumes, a.resume = true, value
	case "exist-ok":
		a.existOK = true
	case "help":
		a.help = true
	}
}
