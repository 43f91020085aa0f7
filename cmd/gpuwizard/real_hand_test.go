package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// typed is the training's command as "gpuwizard hand train" shows it.
var typed = regexp.MustCompile(`(?m)^  \$ python (train\.py .*)$`)

// TestTrainingByHandForReal does what the wizard shows for a training by hand,
// with the real train.py in a shell on a real OpenSSH server: trained with
// other settings, killed half-way, on other data since, and then rightly.
func TestTrainingByHandForReal(t *testing.T) {
	t.Parallel()
	_, python := realThing(t)
	r := newRented(t)
	data := os.Getenv(dataVariable)
	if data == "" {
		data = "train_data"
	}
	code := filepath.Join(r.dir, "yolov5_code")
	if err := os.RemoveAll(code); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(code, os.DirFS(realCode(t))); err != nil {
		t.Fatal(err)
	}
	r.plan(t, "person", python, "data: "+data+"\nmodel: yolov5n\nweights: \"\"\ntrain: {epochs: 2, batch: 16, imgsz: 64, device: cpu, extra: [--workers, \"0\", --noplots]}\n")
	if got := r.run(t, "--until", "classes"); got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	unpackedByHand(t, r)
	classes := read(t, filepath.Join(r.dir, "prepared", "code", "data", "person.yaml"))
	own := strings.ReplaceAll(classes, "../dataset", filepath.Join(r.Home, "dataset"))
	write(t, filepath.Join(r.Home, "yolov5_code", "data", "person.yaml"), own)
	if got := r.hand(t, "upload"); got.code != 0 {
		t.Fatalf("exit code %d:\n%s", got.code, got.all())
	}
	guide := r.hand(t, "train").all()
	found := typed.FindStringSubmatch(guide)
	if found == nil {
		t.Fatalf("no command to type:\n%s", guide)
	}
	env := "cd yolov5_code && export WANDB_MODE=disabled YOLOV5_CONFIG_DIR=\"$HOME\" " + strings.Join(offline, " ") + "\n"
	// YOLOv5 fetches a font where it has none.
	write(t, filepath.Join(r.Home, "Arial.ttf"), "none")
	train := func(t *testing.T, r rented, command string) {
		t.Helper()
		r.shell(t, "rm -rf yolov5_code/runs\n"+env+python+" "+command)
	}
	tryHand(t, r, "train", "failed", []handCase{
		{"with other settings", func(t *testing.T, r rented) {
			train(t, r, strings.Replace(found[1], "--epochs 2", "--epochs 1", 1))
		}, []string{"has epochs “1”, and the plan “2”"}},
		{"killed half-way", func(t *testing.T, r rented) {
			r.shell(t, "rm -rf yolov5_code/runs")
			c := exec.Command("sh", "-c", env+"exec "+python+" "+found[1])
			c.Dir, c.Env = r.Home, append(os.Environ(), "HOME="+r.Home)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			rows := filepath.Join(r.Home, "yolov5_code", "runs", "train", "exp", "results.csv")
			for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
				if text, err := os.ReadFile(rows); err == nil && strings.Count(string(text), "\n") == 2 {
					break
				}
				if time.Since(begun) > 5*time.Minute {
					t.Fatal("no first epoch")
				}
			}
			if err := c.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait()
		}, []string{"has not ended: 1 of 2 epochs"}},
		{"the data were changed since", func(t *testing.T, r rented) {
			train(t, r, found[1])
			r.shell(t, "touch -d '+1 minute' yolov5_code/data/person.yaml")
		}, []string{"older than the data set YAML"}},
		{"the model was cut off", func(t *testing.T, r rented) {
			r.shell(t, "touch -d '-1 hour' yolov5_code/data/person.yaml; : >yolov5_code/runs/train/exp/weights/best.pt")
		}, []string{"weights/best.pt, or it is empty"}},
		{"right", func(t *testing.T, r rented) { train(t, r, found[1]) }, nil},
	})
	// The article's last step: the very file, under its name.
	best := filepath.Join(r.Home, "yolov5_code", "runs", "train", "exp", "weights", "best.pt")
	write(t, filepath.Join(r.dir, "yolov5n_best.pt"), read(t, best))
	if got := r.hand(t, "download"); got.code != 0 || states(checklist(t, r.dir)) != allDone {
		t.Errorf("exit code %d, %s:\n%s", got.code, states(checklist(t, r.dir)), got.all())
	}
}
