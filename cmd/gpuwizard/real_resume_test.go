package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/remote/sshdtest"
)

// A resumed is a project whose real training does not go well at once.
type resumed struct {
	rented
	name   string
	epochs int
}

func newResumed(t *testing.T, server *sshdtest.Server, name, code, python string, epochs int) resumed {
	t.Helper()
	drawn, err := sampleData()
	if err != nil {
		t.Fatal(err)
	}
	r := resumed{rented{server, t.TempDir()}, name, epochs}
	r.plan(t, name, python, "data: "+drawn+"\ncode: {folder: "+code+"}\nmodel: yolov5n\nweights: \"\"\n"+
		"train: {epochs: "+strconv.Itoa(epochs)+", batch: 4, imgsz: 96, device: cpu}\n")
	return r
}

// killed trains, and kills the training in the middle of an epoch.
func (r resumed) killed(t *testing.T, epoch int) {
	t.Helper()
	before, _ := filepath.Glob(r.there(r.name, "jobs", "*", "child"))
	ended := make(chan result, 1)
	go func() { ended <- r.run(t, "--json") }()
	for {
		select {
		case got := <-ended:
			t.Fatalf("ended before epoch %d, with exit code %d:\n%s", epoch, got.code, got.all())
		case <-time.After(20 * time.Millisecond):
		}
		jobs, _ := filepath.Glob(r.there(r.name, "jobs", "*", "child"))
		jobs = slices.DeleteFunc(jobs, func(job string) bool { return slices.Contains(before, job) })
		if len(jobs) == 1 && inMidEpoch(filepath.Join(filepath.Dir(jobs[0]), "log"), epoch) {
			text, _, _ := strings.Cut(read(t, jobs[0]), "\n")
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			process, err := os.FindProcess(pid)
			if err == nil {
				err = process.Kill()
			}
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	got := <-ended
	if got.code != 1 || !strings.Contains(got.out, `"rule":"oom-killed"`) {
		t.Errorf("killed: exit code %d:\n%s", got.code, got.all())
	}
	if got := states(checklist(t, r.dir)); got != "done done done done done failed todo" {
		t.Errorf("killed: states %s", got)
	}
}

// inMidEpoch reports whether a log ends in the bar of an epoch that has begun
// and is not over.
func inMidEpoch(log string, epoch int) bool {
	text, err := os.ReadFile(log)
	if err != nil {
		return false
	}
	var last yolov5.Event
	_ = yolov5.ScanLog(strings.NewReader(string(text)), func(e yolov5.Event) { last = e })
	p, ok := last.(yolov5.Progress)
	return ok && p.Epoch == epoch && p.Batch > 0 && p.Batch < p.Batches
}

// goesOn trains again and returns what was told of going on.
func (r resumed) goesOn(t *testing.T) (notes []wizard.NoteCode, epoch string) {
	t.Helper()
	got := r.run(t, "--json")
	if got.code != 0 {
		t.Fatalf("going on: exit code %d:\n%s", got.code, got.all())
	}
	for _, e := range events(t, got.out) {
		if e.Kind == wizard.KindNote && strings.HasPrefix(string(e.Code), "resume") {
			notes = append(notes, e.Code)
			epoch = e.Args["epoch"]
		}
	}
	r.trained(t, r.epochs)
	return notes, epoch
}

func (r resumed) checkpoint(t *testing.T, name string) string {
	t.Helper()
	found, _ := filepath.Glob(r.there(r.name, "runs", "*", "weights", name))
	if len(found) != 1 {
		t.Fatalf("checkpoints %v", found)
	}
	return found[0]
}

func truncate(t *testing.T, name string) {
	t.Helper()
	info, err := os.Stat(name)
	if err == nil {
		err = os.Truncate(name, info.Size()/2)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRealResume lets real trainings fail where they may, and holds that each
// goes on to its model from what is left, and says from what.
func TestRealResume(t *testing.T) {
	_, python := realThing(t)
	code := realCode(t)
	server := sshdtest.StartWith(t, sshdtest.Options{Env: offline})
	wants := func(t *testing.T, r resumed, note wizard.NoteCode, epoch string) {
		t.Helper()
		notes, from := r.goesOn(t)
		if len(notes) != 1 || notes[0] != note || from != epoch {
			t.Errorf("told %v of epoch %q, want %s of %q", notes, from, note, epoch)
		}
	}

	t.Run("killed", func(t *testing.T) {
		r := newResumed(t, server, "killed", code, python, 4)
		r.killed(t, 2)
		// It goes on with smaller batches, as after memory ran out.
		plan := filepath.Join(r.dir, "gpuwizard.yaml")
		write(t, plan, strings.Replace(read(t, plan), "batch: 4", "batch: 2", 1))
		wants(t, r, wizard.NoteResume, "1")
		logs, _ := filepath.Glob(r.there(r.name, "jobs", "*-r2", "log"))
		if len(logs) != 1 {
			t.Fatalf("logs %v", logs)
		}
		_ = yolov5.ScanLog(strings.NewReader(read(t, logs[0])), func(e yolov5.Event) {
			if p, ok := e.(yolov5.Progress); ok && p.Batches != 24 {
				t.Fatalf("%d batches of 48 pictures", p.Batches)
			}
		})

		// Its job forgotten, the run is asked to go on though it is finished.
		if err := os.RemoveAll(r.there(r.name, "jobs")); err != nil {
			t.Fatal(err)
		}
		got := program(t, "train", "--yes", "--dir", r.dir, "--identity", r.Key, "--lang", "en")
		if got.code != 0 || !strings.Contains(got.out, "nothing to go on with") {
			t.Errorf("finished: exit code %d:\n%s", got.code, got.all())
		}
		if jobs, _ := filepath.Glob(r.there(r.name, "jobs", "*")); len(jobs) > 0 {
			t.Errorf("trained again: %v", jobs)
		}
	})

	t.Run("last.pt broken", func(t *testing.T) {
		r := newResumed(t, server, "last", code, python, 4)
		r.killed(t, 2)
		truncate(t, r.checkpoint(t, "last.pt"))
		notes, epoch := r.goesOn(t)
		if len(notes) != 1 || notes[0] != wizard.NoteResumeBest || epoch != "0" && epoch != "1" {
			t.Errorf("told %v of epoch %q", notes, epoch)
		}
	})

	t.Run("both broken", func(t *testing.T) {
		r := newResumed(t, server, "both", code, python, 2)
		r.killed(t, 1)
		truncate(t, r.checkpoint(t, "last.pt"))
		truncate(t, r.checkpoint(t, "best.pt"))
		wants(t, r, wizard.NoteResumeBroken, "")
	})

	t.Run("failed while stripping", func(t *testing.T) {
		own := realCode(t)
		general := filepath.Join(own, "utils", "general.py")
		const function = "\ndef strip_optimizer("
		text := read(t, general)
		if strings.Count(text, function) != 1 {
			t.Skip("this code strips by another name")
		}
		at := strings.Index(text, function)
		end := at + 1 + strings.Index(text[at+1:], "\n") + 1
		write(t, general, text[:end]+"    if os.path.exists(os.path.expanduser('~/full')):\n"+
			"        raise OSError(28, 'No space left on device')\n"+text[end:])

		r := newResumed(t, server, "strip", own, python, 1)
		write(t, filepath.Join(server.Home, "full"), "")
		got := r.run(t, "--json")
		if got.code != 1 || !strings.Contains(got.out, `"rule":"disk-full"`) || !strings.Contains(got.out, "epochs completed in") {
			t.Fatalf("exit code %d:\n%s", got.code, got.all())
		}
		if err := os.Remove(filepath.Join(server.Home, "full")); err != nil {
			t.Fatal(err)
		}
		wants(t, r, wizard.NoteResumeDone, "")
	})
}
