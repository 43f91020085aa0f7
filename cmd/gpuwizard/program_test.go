package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gpuwizard/core/dataset/sample"
)

// asProgram makes the test binary be the program itself, for tests that kill
// it or look at its process. Its value may be a retryPause, a keepAlive and a
// stopPause, with commas.
const asProgram = "GPUWIZARD_TEST_AS_PROGRAM"

var sampleDir string

// sampleData draws the sample data once for all tests.
var sampleData = sync.OnceValues(func() (string, error) { return sampleDir, sample.Write(sampleDir) })

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		pauses := append(strings.Split(os.Getenv(asProgram), ","), "", "")
		for i, pause := range []*time.Duration{&retryPause, &keepAlive, &stopPause} {
			*pause, _ = time.ParseDuration(pauses[i])
		}
		main()
	}
	dir, err := os.MkdirTemp("", "gpuwizard")
	if err != nil {
		panic(err)
	}
	sampleDir = filepath.Join(dir, "train_data")
	// What the tests' user has in the way of keys and hosts is theirs.
	for name, value := range map[string]string{
		"HOME": dir, "USERPROFILE": dir, "XDG_CONFIG_HOME": filepath.Join(dir, "config"), "AppData": filepath.Join(dir, "config"),
		"SSH_AUTH_SOCK": "", "LANG": "en_GB.UTF-8", "LC_ALL": "", "LC_MESSAGES": "",
	} {
		os.Setenv(name, value)
	}
	// Most of a test's time is spent waiting for a server or a process.
	flag.Parse()
	if err := flag.Set("test.parallel", strconv.Itoa(max(4, 2*runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// result is what a run of the program came to.
type result struct {
	code     int
	out, err string
}

// all is everything that a person sees.
func (r result) all() string { return r.out + r.err }

func (r result) lastLine() string {
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	return lines[len(lines)-1]
}

// program runs the program in this process, without a terminal.
func program(t *testing.T, args ...string) result {
	t.Helper()
	return programWith(t, streams{in: strings.NewReader("")}, args...)
}

func programWith(t *testing.T, s streams, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	s.out, s.err = &out, &errs
	code := run(context.Background(), args, s)
	return result{code, out.String(), errs.String()}
}

// command is the program as a process of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// checklist is what "status --json" says, by step.
func checklist(t *testing.T, dir string) map[string]map[string]any {
	t.Helper()
	r := program(t, "status", "--json", "--dir", dir)
	if r.code != 0 {
		t.Fatalf("status: exit code %d: %s%s", r.code, r.out, r.err)
	}
	steps := map[string]map[string]any{}
	for _, line := range strings.Split(strings.TrimSpace(r.out), "\n") {
		var s map[string]any
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("not JSON: %q", line)
		}
		steps[s["step"].(string)] = s
	}
	return steps
}

var stepNames = []string{"region", "check", "convert", "classes", "upload", "train", "download"}

func states(steps map[string]map[string]any) string {
	var all []string
	for _, name := range stepNames {
		s, _ := steps[name]["state"].(string)
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

const allDone = "done done done done done done done"

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// tree lists the files of a folder with their content's digest, size and time.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			rel, _ := filepath.Rel(dir, name)
			b.WriteString(rel + " " + info.ModTime().String() + " " + info.Mode().String() + " " + digest(t, name) + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
