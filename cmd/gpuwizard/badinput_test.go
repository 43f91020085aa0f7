package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/remote/practice"
	"gpuwizard/remote/sshdtest"
)

// sentences holds every run of a bad input to the same: the right exit code,
// a sentence in each language that says what and what next, no stack trace.
func sentences(t *testing.T, code int, zh, en string, run func(t *testing.T, lang string) result) {
	t.Helper()
	for lang, want := range map[string]string{"zh": zh, "en": en} {
		r := run(t, lang)
		all := r.all()
		if r.code != code {
			t.Errorf("%s: exit code %d, want %d:\n%s", lang, r.code, code, all)
		}
		if !strings.Contains(all, want) || !strings.Contains(all, "✗ ") || !strings.Contains(all, "→ ") {
			t.Errorf("%s: no sentence with %q:\n%s", lang, want, all)
		}
		if strings.Contains(all, "goroutine ") || strings.Contains(all, "{") {
			t.Errorf("%s: not a sentence for a person:\n%s", lang, all)
		}
	}
}

func project(t *testing.T, plan string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "gpuwizard.yaml"), plan)
	return dir
}

func TestBadData(t *testing.T) {
	t.Parallel()
	picture := func(t *testing.T) string {
		drawn, err := sampleData()
		if err != nil {
			t.Fatal(err)
		}
		return read(t, filepath.Join(drawn, "train", "person-001.jpg"))
	}
	tests := []struct {
		name   string
		fill   func(t *testing.T, dir string)
		code   int
		zh, en string
	}{
		{"no such folder", func(*testing.T, string) {}, 1, "这个文件夹", "no folder"},
		{"no pictures", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "a.xml"), "<annotation/>")
		}, 1, "没有图片", "no pictures"},
		{"a file", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "data"), "x") }, 1, "不是文件夹", "not a folder"},
		{"broken XML", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "a.jpg"), picture(t))
			write(t, filepath.Join(dir, "data", "a.xml"), "<annotation>\n<object>\n</annotation>\n")
		}, 1, "a.xml", "a.xml"},
		{"only pictures", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "data", "a.jpg"), picture(t))
		}, 1, "一个框都没有", "no boxes at all"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sentences(t, tt.code, tt.zh, tt.en, func(t *testing.T, lang string) result {
				dir := project(t, "platform: any\ndata: data\n")
				tt.fill(t, dir)
				before := ""
				if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
					before = tree(t, filepath.Join(dir, "data"))
				}
				r := program(t, "run", "--yes", "--until", "check", "--dir", dir, "--lang", lang)
				if before != "" && tree(t, filepath.Join(dir, "data")) != before {
					t.Error("the person's files changed")
				}
				if _, err := os.Stat(filepath.Join(dir, "prepared")); err == nil {
					t.Error("something was prepared from bad data")
				}
				return r
			})
		})
	}
}

func TestBadPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, plan, want string }{
		{"unknown key", "version: 1\nplatfrom: any\n", "platfrom"},
		{"wrong value", "train: {epochs: lots}\n", "train.epochs"},
		{"broken YAML", "name: a\n\tdata: b\n", "gpuwizard.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sentences(t, 2, tt.want, tt.want, func(t *testing.T, lang string) result {
				dir := project(t, tt.plan)
				r := program(t, "run", "--yes", "--dir", dir, "--lang", lang)
				if read(t, filepath.Join(dir, "gpuwizard.yaml")) != tt.plan {
					t.Error("the plan was changed")
				}
				return r
			})
		})
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--lang", "fr", "status"},
		{"run", "--until", "lunch"},
		{"status", "--dir", filepath.Join(t.TempDir(), "nowhere")},
		{"nonsense"},
		{"run", "--nonsense"},
		{"status", "extra"},
		{"practice", "--code", "x"},
		{"run", "--practice", "--speed", "-1"},
	} {
		if r := program(t, args...); r.code != 2 || strings.TrimSpace(r.out+r.err) == "" {
			t.Errorf("%q: exit code %d, %q", args, r.code, r.out+r.err)
		}
	}
}

func TestAnswerThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	sentences(t, 3, "data", "data", func(t *testing.T, lang string) result {
		return program(t, "run", "--yes", "--dir", t.TempDir(), "--lang", lang)
	})
}

// upToUpload is a project whose steps before the upload are done.
func upToUpload(t *testing.T) rented {
	t.Helper()
	s := newRented(t)
	if r := s.run(t, "--until", "classes"); r.code != 0 {
		t.Fatalf("exit code %d:\n%s", r.code, r.all())
	}
	return s
}

func (r rented) answer(t *testing.T, key, old, value string) {
	t.Helper()
	plan := filepath.Join(r.dir, "gpuwizard.yaml")
	text := read(t, plan)
	if !strings.Contains(text, old) {
		t.Fatalf("%s: no %q in\n%s", key, old, text)
	}
	write(t, plan, strings.Replace(text, old, value, 1))
}

func TestBadInstance(t *testing.T) {
	s := upToUpload(t)
	port := strconv.Itoa(s.Port)

	t.Run("refused connection", func(t *testing.T) {
		closed := strconv.Itoa(sshdtest.DeafPort(t))
		s.answer(t, "login", "-p "+port, "-p "+closed)
		defer s.answer(t, "login", "-p "+closed, "-p "+port)
		sentences(t, 1, "127.0.0.1", "127.0.0.1", func(t *testing.T, lang string) result { return s.run(t, "--lang", lang) })
	})

	t.Run("wrong password", func(t *testing.T) {
		server, err := practice.Start(t.Context(), practice.Options{Folder: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		other := strconv.Itoa(server.Port())
		s.answer(t, "login", "-p "+port, "-p "+other)
		s.answer(t, "host_key", s.HostKeyFingerprint, server.Fingerprint())
		defer s.answer(t, "login", "-p "+other, "-p "+port)
		defer s.answer(t, "host_key", server.Fingerprint(), s.HostKeyFingerprint)
		sentences(t, 1, "密码", "password", func(t *testing.T, lang string) result {
			t.Setenv(passwordVariable, "wrong")
			return program(t, "run", "--yes", "--dir", s.dir, "--lang", lang)
		})
	})

	t.Run("no Python", func(t *testing.T) {
		python := filepath.Join(s.Home, "miniconda3", "bin", "python")
		s.answer(t, "python", python, "/nowhere/python")
		defer s.answer(t, "python", "/nowhere/python", python)
		sentences(t, 1, "/nowhere/python", "/nowhere/python", func(t *testing.T, lang string) result { return s.run(t, "--lang", lang) })
	})

	t.Run("no space", func(t *testing.T) {
		if runtime.GOOS != "linux" || os.Getuid() != 0 {
			t.Skip("mounting a small disk needs root on Linux")
		}
		small := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small).CombinedOutput(); err != nil {
			t.Skipf("a small disk cannot be mounted here: %s", out)
		}
		defer func() { _ = exec.Command("umount", small).Run() }()
		plan := filepath.Join(s.dir, "gpuwizard.yaml")
		before := read(t, plan)
		s.answer(t, "folder", "remote: {", "remote: {folder: "+small+"/person, ")
		defer write(t, plan, before)
		sentences(t, 1, small, small, func(t *testing.T, lang string) result { return s.run(t, "--lang", lang) })
		left, err := os.ReadDir(small)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range left {
			if e.Name() == "dataset" {
				t.Error("a half data set is visible")
			}
		}
	})
}
