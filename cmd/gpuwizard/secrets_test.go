//go:build linux

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestNoSecretAnywhere plants secrets everywhere that a person has them - a
// password pasted with the login, another in the environment, a token, a key
// file - and walks through a whole journey, its failure and everything that
// tells of it. No file below the project, the home folder, the folder for
// temporary files and the instance may hold one of them, nothing that is
// printed, and no command line of any process meanwhile.
func TestNoSecretAnywhere(t *testing.T) {
	t.Parallel()
	s := newRented(t)
	key := strings.Split(read(t, s.Key), "\n")[2]
	secrets := []string{"Planted-Word-4711", "Planted-Env-4712", "hf_PlantedToken0815", key}
	home, temp := t.TempDir(), t.TempDir()
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, ".config"), "TMPDIR=" + temp, passwordVariable + "=" + secrets[1], "HF_TOKEN=" + secrets[2]}
	plan := filepath.Join(s.dir, "gpuwizard.yaml")
	login := "ssh -p " + strconv.Itoa(s.Port) + " " + s.User + "@127.0.0.1"
	write(t, plan, strings.Replace(read(t, plan), "login: "+login+"\n", "", 1)+"finish: keep\n")
	fail := filepath.Join(s.Home, "fail")
	write(t, fail, "")

	var printed bytes.Buffer
	watch := watchProcesses(t, secrets)
	do := func(stdin string, args ...string) int {
		c := command(t, append(args, "--dir", s.dir, "--identity", s.Key, "--lang", "en")...)
		c.Env = append(c.Env, env...)
		c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &printed, &printed
		if err := c.Run(); err != nil && c.ProcessState == nil {
			t.Fatal(err)
		}
		return c.ProcessState.ExitCode()
	}
	typed := login + " " + secrets[0] + "\n"
	if code := do(typed, "run"); code != 1 {
		t.Fatalf("exit code %d:\n%s\n%s", code, printed.String(), s.Log())
	}
	if !strings.Contains(read(t, plan), login) {
		t.Errorf("the login was not kept:\n%s", read(t, plan))
	}
	for _, args := range [][]string{{"report", "--help-me"}, {"status"}, {"status", "--connect", "--markdown"}, {"export", "--to", "sh"}, {"export", "--to", "skypilot"}, {"export", "--to", "dstack"}} {
		do("", args...)
	}
	if err := os.Remove(fail); err != nil {
		t.Fatal(err)
	}
	if code := do("", "run", "--yes", "--json"); code != 0 || states(checklist(t, s.dir)) != allDone {
		t.Errorf("exit code %d:\n%s", code, printed.String())
	}
	if looked := watch(); looked < 10 {
		t.Errorf("the processes were looked at %d times", looked)
	}
	for _, secret := range secrets {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("%q was printed", secret)
		}
	}
	files := 0
	for _, dir := range []string{s.dir, home, temp, s.Home} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || name == s.Key {
				return err
			}
			files++
			text := read(t, name)
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files", files)
}

// watchProcesses looks at the command lines of all processes until the
// function that it returns is called, which says how many times it looked.
func watchProcesses(t *testing.T, secrets []string) (end func() int) {
	t.Helper()
	stop, ended := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		looked := 0
		for {
			lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
			for _, line := range lines {
				text, _ := os.ReadFile(line)
				for _, secret := range secrets {
					if bytes.Contains(text, []byte(secret)) {
						t.Errorf("the command line of a process holds %q: %q", secret, text)
					}
				}
			}
			looked++
			select {
			case <-stop:
				ended <- looked
				return
			case <-tick.C:
			}
		}
	}()
	return func() int { close(stop); return <-ended }
}
