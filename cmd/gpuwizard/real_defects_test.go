package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/remote/sshdtest"
)

// pythonWithout makes a Python that has all that the given one has but one
// module, and whose pip can get that module without a network.
func pythonWithout(t *testing.T, python, module string) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command(python, "-c", `
import importlib.metadata, importlib.util, os, sys
name = sys.argv[1]
print(os.path.dirname(importlib.util.find_spec(name).origin))
print(importlib.metadata.version(name))
for p in sys.path:
    if p.endswith("-packages") and os.path.isdir(p):
        print(p)
`, module).Output()
	if err != nil {
		t.Skipf("%s has no %s: %v", python, module, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	wheels, links := filepath.Join(dir, "wheels"), filepath.Join(dir, "links")
	for _, folder := range []string{wheels, links} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range lines[2:] {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if name := e.Name(); !strings.HasPrefix(name, module) && !strings.HasPrefix(name, "pip") && !strings.HasSuffix(name, ".pth") {
				_ = os.Symlink(filepath.Join(folder, name), filepath.Join(links, name)) // the first of a name counts
			}
		}
	}
	wheelOf(t, wheels, lines[0], module, lines[1])
	venv := filepath.Join(dir, "venv")
	if out, err := exec.Command(python, "-m", "venv", venv).CombinedOutput(); err != nil {
		t.Skipf("no venv: %v\n%s", err, out)
	}
	sites, _ := filepath.Glob(filepath.Join(venv, "lib", "python*", "site-packages"))
	write(t, filepath.Join(sites[0], "links.pth"), links+"\n")
	write(t, filepath.Join(venv, "pip.conf"), "[install]\nno-index = true\nfind-links = "+wheels+"\n")
	return filepath.Join(venv, "bin", "python")
}

// wheelOf packs the folder of a module for pip.
func wheelOf(t *testing.T, to, folder, module, version string) {
	t.Helper()
	f, err := os.Create(filepath.Join(to, fmt.Sprintf("%s-%s-py3-none-any.whl", module, version)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	info := fmt.Sprintf("%s-%s.dist-info/", module, version)
	record := ""
	add := func(name string, data []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		record += name + ",,\n"
	}
	err = filepath.Walk(folder, func(name string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() || strings.Contains(name, "__pycache__") {
			return err
		}
		rel, err := filepath.Rel(filepath.Dir(folder), name)
		add(filepath.ToSlash(rel), []byte(read(t, name)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	add(info+"METADATA", []byte(fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", module, version)))
	add(info+"WHEEL", []byte("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"))
	add(info+"RECORD", []byte(record))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// events are the lines that a run with --json wrote.
func events(t *testing.T, out string) []wizard.Event {
	t.Helper()
	var list []wizard.Event
	for line := range strings.Lines(out) {
		var e wizard.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("not JSON: %q", line)
		}
		list = append(list, e)
	}
	return list
}

// hurdles gathers what became of the hurdles that a training told of; of those that
// end a training if ruins, of the others otherwise.
func hurdles(list []wizard.Event, ruins bool) map[preflight.Check][]preflight.State {
	ruining := map[preflight.Check]bool{}
	told := map[preflight.Check][]preflight.State{}
	for _, e := range list {
		if e.Kind != wizard.KindHurdle || e.Step != journey.Train {
			continue
		}
		check := e.Hurdle.Check
		ruining[check] = ruining[check] || e.Hurdle.Severity == dataset.Ruins
		told[check] = append(told[check], e.Hurdle.State)
	}
	maps.DeleteFunc(told, func(check preflight.Check, _ []preflight.State) bool { return ruining[check] != ruins })
	return told
}

// A plantedDefect is something that ends a training, as train.py shows.
type plantedDefect struct {
	name  string
	check preflight.Check // that finds it
	rule  string          // that knows its line, where nobody looked before
	plant func(t *testing.T, r rented, name, python string)
}

var plantedDefects = []plantedDefect{
	{"class-count", preflight.HurdleClasses, "cls-exceeds", func(t *testing.T, r rented, name, _ string) {
		file := r.there(name, "code", "data", name+".yaml")
		text := strings.Replace(read(t, file), "nc: 2", "nc: 1", 1)
		write(t, file, regexp.MustCompile(`(?m)^\s*- "?dog"?\n`).ReplaceAllString(text, ""))
	}},
	{"label-folder", preflight.HurdleLabels, "no-labels", func(t *testing.T, r rented, name, _ string) {
		if err := os.Rename(r.there(name, "dataset", "labels"), r.there(name, "dataset", "annotations")); err != nil {
			t.Fatal(err)
		}
	}},
	{"weights", preflight.HurdleWeights, "pt-truncated", func(t *testing.T, r rented, name, _ string) {
		if err := os.Truncate(r.there(name, "code", "start.pt"), 1_000_000); err != nil {
			t.Fatal(err)
		}
	}},
	{"module", preflight.HurdleModules, "nomodule", func(t *testing.T, _ rented, _, python string) {
		// An upload without a GPU has installed it, while time is cheap.
		if out, err := exec.Command(python, "-m", "pip", "uninstall", "-y", "seaborn").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}},
	{"font", preflight.HurdleFont, "font", func(t *testing.T, r rented, name, _ string) {
		fonts, _ := filepath.Glob(r.there(name, "config", "*.ttf"))
		if len(fonts) == 0 {
			t.Fatal("no font was there")
		}
		for _, font := range fonts {
			if err := os.Remove(font); err != nil {
				t.Fatal(err)
			}
		}
	}},
}

// rule trains without the wizard, and says which rule knows why that fails.
func (r rented) rule(t *testing.T, name, python, weights string, font bool) string {
	t.Helper()
	config := r.there(name, "no-config")
	if font {
		config = filepath.Join(r.Home, "font")
	}
	c := exec.Command(python, "train.py", "--data", "data/"+name+".yaml", "--cfg", "models/yolov5n.yaml", "--weights", weights,
		"--epochs", "1", "--imgsz", "64", "--batch-size", "8", "--device", "cpu", "--workers", "0", "--project", t.TempDir())
	c.Dir = r.there(name, "code")
	c.Env = append(append(os.Environ(), offline...), "HOME="+r.Home, "YOLOV5_CONFIG_DIR="+config, "YOLOv5_AUTOINSTALL=false", "PYTHONUNBUFFERED=1")
	out, err := c.CombinedOutput()
	if err == nil {
		t.Errorf("with the defect %s a training goes well:\n%s", name, out)
	}
	if found := yolov5.Diagnose(strings.NewReader(string(out))); len(found) > 0 {
		return found[0].Rule
	}
	return ""
}

// TestRealDefects plants five defects, one after the other and then all at
// once. Each ends a training by itself; the look before the training finds it,
// tells of all before it mends the first, mends them as offered, and the
// training succeeds.
func TestRealDefects(t *testing.T) {
	_, python := realThing(t)
	code := realCode(t)
	server := sshdtest.StartWith(t, sshdtest.Options{Env: offline})
	shared := t.TempDir()

	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(shared, "train_data")
	if err := os.CopyFS(data, os.DirFS(drawn)); err != nil {
		t.Fatal(err)
	}
	labels, _ := filepath.Glob(filepath.Join(data, "*", "*.xml"))
	for i, name := range labels {
		if i%2 == 0 {
			write(t, name, strings.ReplaceAll(read(t, name), "<name>person</name>", "<name>dog</name>"))
		}
	}
	newProject := func(t *testing.T, name, python, weights string) rented {
		r := rented{server, t.TempDir()}
		r.plan(t, name, python, "data: "+data+"\nclasses: [person, dog]\ncode: {folder: "+code+"}\nmodel: yolov5n\nweights: \""+weights+"\"\n"+
			"train: {epochs: 1, batch: 8, imgsz: 64, device: cpu}\n")
		return r
	}
	train := func(t *testing.T, r rented) []wizard.Event {
		t.Helper()
		got := r.run(t, "--json")
		if got.code != 0 {
			t.Fatalf("exit code %d:\n%s", got.code, got.all())
		}
		r.trained(t, 1)
		return events(t, got.out)
	}

	// Without a defect nothing is found that would end the training. Its model
	// is what the others begin with, its fonts what they lack.
	healthy := newProject(t, "healthy", python, "")
	if found := hurdles(train(t, healthy), true); len(found) > 0 {
		t.Errorf("nothing was planted, and found %v", found)
	}
	start := filepath.Join(shared, "start.pt")
	write(t, start, read(t, filepath.Join(healthy.dir, "result", "yolov5n_best.pt")))
	if err := os.CopyFS(filepath.Join(server.Home, "font"), os.DirFS(healthy.there("healthy", "config"))); err != nil {
		t.Fatal(err)
	}

	for _, d := range plantedDefects {
		t.Run(d.name, func(t *testing.T) {
			python, weights := python, ""
			switch d.name {
			case "module":
				python = pythonWithout(t, python, "seaborn")
			case "weights":
				weights = start
			}
			r := newProject(t, d.name, python, weights)
			if got := r.run(t, "--until", "upload"); got.code != 0 {
				t.Fatalf("exit code %d:\n%s", got.code, got.all())
			}
			d.plant(t, r, d.name, python)
			if weights != "" {
				weights = filepath.Base(weights)
			}
			if rule := r.rule(t, d.name, python, weights, d.name != "font"); rule != d.rule {
				t.Errorf("train.py alone fails by %q, want %q", rule, d.rule)
			}
			list := train(t, r)
			found := hurdles(list, d.check != preflight.HurdleFont)
			if got := found[d.check]; len(got) != 2 || got[0] != preflight.Found || got[1] != preflight.Mended {
				t.Errorf("%s was told as %v, of %v", d.check, got, found)
			}
			if d.check != preflight.HurdleFont && len(found) != 1 {
				t.Errorf("more than was planted: %v", found)
			}
		})
	}

	t.Run("all at once", func(t *testing.T) {
		const name = "all"
		python := pythonWithout(t, python, "seaborn")
		r := newProject(t, name, python, start)
		if got := r.run(t, "--until", "upload"); got.code != 0 {
			t.Fatalf("exit code %d:\n%s", got.code, got.all())
		}
		for _, d := range plantedDefects {
			d.plant(t, r, name, python)
		}
		list := train(t, r)
		// What was told before anything was done on the instance or in a step.
		var first []preflight.Check
		begun := false
		for _, e := range list {
			if e.Step == journey.Train && e.Kind == wizard.KindBegin {
				begun = true
				continue
			}
			if !begun {
				continue
			}
			if e.Kind == wizard.KindHurdle && e.Hurdle.State == preflight.Found {
				first = append(first, e.Hurdle.Check)
			} else if e.Kind == wizard.KindHurdle || e.Kind == wizard.KindCommand || e.Kind == wizard.KindBegin {
				break
			}
		}
		found := hurdles(list, true)
		maps.Copy(found, hurdles(list, false))
		for _, d := range plantedDefects {
			if !slices.Contains(first, d.check) {
				t.Errorf("%s is not among %v, told before the first mend", d.check, first)
			}
			if got := found[d.check]; len(got) != 2 || got[1] != preflight.Mended {
				t.Errorf("%s was told as %v", d.check, got)
			}
		}
	})
}
