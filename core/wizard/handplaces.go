package wizard

import (
	"bytes"
	"strings"

	"gpuwizard/core/clean"
)

// findThere looks where people put things on an instance: in its home and on
// its disks, up to two folders down. It prints the folders that hold YOLOv5's
// code, and those that hold a data set.
const findThere = `for base; do
	for d in "$base" "$base"/* "$base"/*/*; do
		[ -d "$d" ] || continue
		if [ -f "$d/train.py" ] && [ -d "$d/models" ]; then printf 'code %s\n' "$d"; fi
		if [ -d "$d/images" ] && [ -d "$d/labels" ]; then printf 'dataset %s\n' "$d"; fi
	done
done
exit 0`

// places are where the person's things lie on the instance; "" if they were
// not found.
type places struct{ dataset, code string }

// placesThere finds the person's data set and code. Of several, those in the
// folder that the wizard itself fills come last: what was done by hand is
// meant.
func (w *work) placesThere() (places, error) {
	found := places{w.hand.Folder, w.hand.Code}
	if found.dataset != "" && found.code != "" {
		return found, nil
	}
	bases := []string{w.facts.Home}
	for _, d := range w.facts.Disks {
		bases = append(bases, d.Path)
	}
	bases = append(bases, "/root/autodl-nas", "/root/autodl-tmp", "/root/autodl-fs")
	var out bytes.Buffer
	if _, err := w.instance.Run(w.ctx, findThere, bases, limited(&out)); err != nil {
		return found, err
	}
	own, _ := w.chooseFolder()
	for _, last := range []bool{false, true} {
		for line := range strings.Lines(out.String()) {
			kind, at, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			if strings.HasPrefix(at+"/", own+"/") != last || clean.Line(at) != at {
				continue
			}
			switch {
			case kind == "dataset" && found.dataset == "":
				found.dataset = at
			case kind == "code" && found.code == "":
				found.code = at
			}
		}
	}
	return found, nil
}

// readThere reads a small file of the instance; ok is false if there is none.
func (w *work) readThere(name string) (text string, ok bool, err error) {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `[ -f "$1" ] || exit 4; cat -- "$1"`, []string{name}, limited(&out))
	return out.String(), err == nil && exit == 0, err
}

// isThere reports whether a folder is on the instance.
func (w *work) isThere(folder string) (bool, error) {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `[ -d "$1" ]`, []string{folder}, limited(&out))
	return exit == 0, err
}

// deeperThere returns the folder inside another that holds what was looked
// for: a zip whose content was a folder leaves one too many.
func (w *work) deeperThere(folder, sign string) (string, error) {
	var out bytes.Buffer
	script := `for d in "$1"/*; do [ -e "$d/$2" ] && printf '%s\n' "$d"; done; exit 0`
	_, err := w.instance.Run(w.ctx, script, []string{folder, sign}, limited(&out))
	first, _, _ := strings.Cut(out.String(), "\n")
	return clean.Line(first), err
}
