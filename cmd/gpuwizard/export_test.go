//go:build !windows

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/journey"
	"gpuwizard/core/shellword"
)

// exported writes a project's journey to a file and returns its path.
func exported(t *testing.T, dir, to string, args ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if r := program(t, append([]string{"export", "--to", to, "--out", out, "--dir", dir}, args...)...); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	return out
}

// TestExportedScript runs the script against a real OpenSSH server, in each
// shell that is here: everything is sent and the model fetched; run again it
// sends nothing and trains nothing; what was lost there is sent again; and
// another host key stops it.
func TestExportedScript(t *testing.T) {
	for _, shell := range []string{"dash", "bash", "busybox sh", "mksh"} {
		words := strings.Fields(shell)
		if _, err := exec.LookPath(words[0]); err != nil {
			t.Logf("%s is not here", shell)
			continue
		}
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			s := rentedUntil(t, journey.Classes)
			script := exported(t, s.dir, "sh", "--lang", map[bool]string{true: "zh", false: "en"}[shell == "dash"])
			run := func() (string, error) {
				c := exec.Command(words[0], append(words[1:], script, "-i", s.Key)...)
				out, err := c.CombinedOutput()
				return string(out), err
			}
			out, err := run()
			if err != nil || !strings.Contains(out, "3 epochs completed") {
				t.Fatalf("%v\n%s\n%s", err, out, s.Log())
			}
			model := filepath.Join(s.dir, "result", "yolov5n_best.pt")
			if read(t, model) != weightsStandIn(t) || !strings.Contains(read(t, filepath.Join(s.dir, "result", "yolov5n_best-results.csv")), "2,0.259") {
				t.Error("the model or its curves are not what is there")
			}
			there := filepath.Join(s.Home, "gpuwizard-person")
			picture := filepath.Join(there, "dataset", "images", "train", "person-004.jpg")
			if err := os.WriteFile(picture, []byte("cut off"), 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err = run(); err != nil || read(t, picture) == "cut off" || strings.Count(out, "dataset: ") != 1 {
				t.Errorf("with a picture cut off: %v\n%s", err, out)
			}
			jobs, err := os.ReadDir(filepath.Join(there, "script"))
			if err != nil || len(jobs) != 1 {
				t.Errorf("trained %d times, %v", len(jobs), err)
			}
			if models, _ := filepath.Glob(filepath.Join(s.dir, "result", "*.pt*")); len(models) != 1 {
				t.Errorf("%v", models)
			}
			// A model of another training is never written over.
			write(t, model, "mine")
			if out, err = run(); err != nil || read(t, model) != "mine" || read(t, filepath.Join(s.dir, "result", "yolov5n_best-2.pt")) != weightsStandIn(t) {
				t.Errorf("with another model there: %v\n%s", err, out)
			}
			s.NewHostKey()
			if out, err = run(); err == nil || strings.Contains(out, "3 epochs") {
				t.Errorf("with another host key:\n%s", out)
			}
		})
	}
}

// TestExportedScriptTellsAFailure holds that a training that fails is none
// that is done, and that the next run tries again.
func TestExportedScriptTellsAFailure(t *testing.T) {
	t.Parallel()
	s := rentedUntil(t, journey.Classes)
	script := exported(t, s.dir, "sh", "--lang", "en")
	write(t, filepath.Join(s.Home, "fail"), "")
	out, err := exec.Command("sh", script, "-i", s.Key).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "CUDA out of memory") || !strings.Contains(string(out), "did not end well") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "result", "yolov5n_best.pt")); err == nil {
		t.Error("there is a model of a training that failed")
	}
	if err := os.Remove(filepath.Join(s.Home, "fail")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("sh", script, "-i", s.Key).CombinedOutput(); err != nil {
		t.Errorf("mended: %v\n%s", err, out)
	}
}

// TestExportsAreSound holds of every source of code and every format that the
// result is well-formed, that shellcheck finds nothing, and that no secret is
// in it.
func TestExportsAreSound(t *testing.T) {
	const secret = "Planted-Word-4711"
	t.Setenv(passwordVariable, secret)
	t.Setenv("HF_TOKEN", secret)
	s := newRented(t)
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	folder := read(t, plan) + "gpu: RTX 4090\nremote: {folder: \"/root/it's $HOME; here\"}\n"
	folder = strings.Replace(folder, "remote: {python", "x: {python", 1)
	folder = folder[:strings.Index(folder, "x: {python")] + folder[strings.Index(folder, "gpu: RTX"):]
	zip := filepath.Join(s.dir, "code.zip")
	zipped(t, filepath.Join(s.dir, "yolov5_code"), zip)
	for name, text := range map[string]string{
		"folder": folder,
		"zip":    folder + "code: {zip: code.zip}\n",
		"git":    folder + "code: {git: \"https://example.com/yolov5.git#v7.0\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			write(t, plan, text)
			if r := s.run(t, "--until", "classes"); r.code != 0 {
				t.Fatalf("exit code %d:\n%s", r.code, r.all())
			}
			for _, lang := range []string{"zh", "en"} {
				script := exported(t, s.dir, "sh", "--lang", lang)
				sound(t, script)
				for _, engine := range []string{"skypilot", "dstack"} {
					file := exported(t, s.dir, engine, "--lang", lang)
					var task map[string]any
					if err := yaml.Unmarshal([]byte(read(t, file)), &task); err != nil || task["name"] != "person" {
						t.Errorf("%s: %v\n%s", engine, err, read(t, file))
					}
					var text string
					if engine == "skypilot" {
						text, _ = task["setup"].(string)
						run, _ := task["run"].(string)
						text += "\n" + run
					} else {
						commands, _ := task["commands"].([]any)
						text, _ = commands[0].(string)
					}
					if !strings.Contains(text, "train.py --weights ''") || !strings.Contains(text, "--epochs 3") {
						t.Errorf("%s does not train:\n%s", engine, text)
					}
					write(t, file+".sh", "#!/bin/sh\n"+text)
					sound(t, file+".sh")
					for _, written := range []string{script, file} {
						if strings.Contains(read(t, written), secret) {
							t.Errorf("%s holds a secret", written)
						}
					}
				}
			}
		})
	}
	write(t, plan, folder+"code: {remote: /root/yolov5}\n")
	if r := s.run(t, "--until", "classes"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	for _, args := range [][]string{{"--to", "sh"}, {"--to", "word"}, {}} {
		if r := program(t, append([]string{"export", "--lang", "en", "--dir", s.dir}, args...)...); r.code == 0 || r.out != "" {
			t.Errorf("%v: exit code %d:\n%s", args, r.code, r.all())
		}
	}
	if r := program(t, "export", "--to", "sh", "--lang", "en", "--dir", t.TempDir()); r.code == 0 || !strings.Contains(r.all(), "Choose region") {
		t.Errorf("of nothing: exit code %d:\n%s", r.code, r.all())
	}
}

// sound holds that a script is one.
func sound(t *testing.T, script string) {
	t.Helper()
	if out, err := exec.Command("sh", "-n", script).CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, read(t, script))
	}
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Log("shellcheck is not here")
		return
	}
	c := exec.Command("shellcheck", "--shell=sh", script)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%s", out)
	}
}

// zipped puts a folder into a zip, one level down as a release has it.
func zipped(t *testing.T, dir, to string) {
	t.Helper()
	script := "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2], sys.argv[3])"
	if out, err := exec.Command("python3", "-c", script, strings.TrimSuffix(to, ".zip"), filepath.Dir(dir), filepath.Base(dir)).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", shellword.Quote(dir), err, out)
	}
}
