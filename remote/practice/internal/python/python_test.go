package python

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpuwizard/remote/practice/internal/command"
)

func TestHostArgument(t *testing.T) {
	for arg, want := range map[string]string{
		"/C:/Users/x":        "C:/Users/x",
		"--project=/C:/runs": "--project=C:/runs",
		"--name":             "--name",
		"/root/x":            "/root/x",
		"see /C:/x":          "see /C:/x",
	} {
		if got := hostArgument(arg, true); got != want {
			t.Errorf("%s: %s, want %s", arg, got, want)
		}
		if got := hostArgument(arg, false); got != arg {
			t.Errorf("%s: %s elsewhere", arg, got)
		}
	}
}

func TestRealPython(t *testing.T) {
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	r, err := Find(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GPUWIZARD_PASSWORD", "secret")
	dir := t.TempDir()
	var out bytes.Buffer
	call := func(args ...string) *command.Call {
		out.Reset()
		return &command.Call{
			Name: "python", Args: args, Dir: filepath.ToSlash(dir), Env: []string{"HOME=" + dir, "PATH=/nowhere"},
			Stdin: strings.NewReader("typed\n"), Stdout: &out, Stderr: &out,
		}
	}
	program := `import os, sys
print(os.path.realpath(os.getcwd()) == os.path.realpath(sys.argv[1]), os.environ["HOME"] == sys.argv[1], input(), "GPUWIZARD_PASSWORD" in os.environ)
sys.exit(7)`
	if code := r.Run(t.Context(), call("-c", program, dir)); code != 7 || strings.TrimSpace(out.String()) != "True True typed False" {
		t.Errorf("%d, %q", code, out.String())
	}

	// Children end with it.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mark := filepath.Join(dir, "alive")
	done := make(chan int)
	c := call("-c", `import subprocess, sys
subprocess.run([sys.executable, "-c", "import sys, time\nopen(sys.argv[1], 'w').close()\ntime.sleep(600)", sys.argv[1]])`, mark)
	go func() { done <- r.Run(ctx, c) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(mark); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the child never came up")
		}
	}
	cancel()
	select {
	case code := <-done:
		if code == 0 {
			t.Error("ended well, though it was killed")
		}
	case <-time.After(time.Minute):
		t.Fatal("still running")
	}
}
