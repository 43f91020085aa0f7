package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestNoPlantedSecretComesOut plants a password with the login, a token in the
// environment and a key file, lets a training fail and asks for help: nothing
// of it may be in any file that was written, in what was printed, or in the
// command line of a process.
func TestNoPlantedSecretComesOut(t *testing.T) {
	s := newRented(t)
	const password, token = "Planted-Word-4711", "hf_PlantedToken0815"
	t.Setenv(passwordVariable, password)
	t.Setenv("HF_TOKEN", token)
	write(t, filepath.Join(s.Home, "fail"), "")
	key := strings.Split(read(t, s.Key), "\n")[2]
	login := "ssh -p " + strconv.Itoa(s.Port) + " " + s.User + "@127.0.0.1"
	// A log may repeat what it was told.
	code := filepath.Join(s.dir, "yolov5_code", "train.sh")
	write(t, code, strings.Replace(read(t, code), "echo 'RuntimeError", "echo \"password: "+password+" token "+token+" at "+s.Addr+"\"; echo \"processes: $(ps -eo args 2>/dev/null | grep -v grep | grep -c '[P]lanted-Word')\"; echo 'RuntimeError", 1))
	r := s.run(t)
	if r.code != 1 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	report := program(t, "report", "--help-me", "--lang", "en", "--dir", s.dir, "--identity", s.Key)
	if report.code != 0 {
		t.Fatalf("exit code %d:\n%s", report.code, report.all())
	}
	for _, wanted := range []string{"gpuwizard", "[!] 6. Train: failed", "training-failed", "CUDA out of memory", "epochs: 3"} {
		if !strings.Contains(report.out, wanted) {
			t.Errorf("the report lacks %q:\n%s", wanted, report.out)
		}
	}
	logs, err := filepath.Glob(filepath.Join(s.dir, ".gpuwizard", "logs", "*.log"))
	if err != nil || len(logs) != 1 || !strings.Contains(read(t, logs[0]), "processes: 0") {
		t.Errorf("the password is in the command line of a process: %v", logs)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{password, token, key, "127.0.0.1", strconv.Itoa(s.Port), login, home, s.dir} {
		if strings.Contains(report.all(), secret) {
			t.Errorf("the report holds %q:\n%s", secret, report.out)
		}
	}
	// What the training itself prints of them lies in its log, as on the
	// instance; nothing that the program writes of its own does.
	for _, name := range []string{"gpuwizard.yaml", ".gpuwizard/progress.json", ".gpuwizard/findings.json", ".gpuwizard/data.list", ".gpuwizard/code.list"} {
		text := read(t, filepath.Join(s.dir, name))
		for _, secret := range []string{password, token, key} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	if r := program(t, "report", "--dir", s.dir); r.code != exitUser {
		t.Errorf("the report of no model: exit code %d", r.code)
	}
}
