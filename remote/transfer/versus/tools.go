//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/shellword"
)

// Who sends.
const (
	toolOurs   = "ours"
	toolTar    = "tar|ssh"
	toolRsync  = "rsync -a"
	toolSCP    = "scp -r"
	toolSFTP   = "sftp"
	toolRclone = "rclone"
)

func toolNames() []string {
	return []string{toolOurs, toolTar, toolRsync, toolSCP, toolSFTP, toolRclone}
}

// slow are the tools that wait for a round trip or more on each file.
var slow = map[string]bool{toolSCP: true, toolSFTP: true, toolRclone: true}

// makeSet fills a folder.
func makeSet(folder, set string, o options) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	random := rand.NewChaCha8([32]byte{7})
	size := rand.New(rand.NewPCG(7, 7))
	write := func(name string, n int64) error {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		_, err = io.CopyN(f, random, n)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
		// As old as files usually are when they are sent.
		old := time.Now().Add(-time.Hour)
		return os.Chtimes(file, old, old)
	}
	switch set {
	case "small":
		for n := range o.files {
			part := "train"
			if n%5 == 0 {
				part = "val"
			}
			if err := write(fmt.Sprintf("images/%s/%05d.jpg", part, n), 20_000+size.Int64N(80_001)); err != nil {
				return err
			}
		}
		return nil
	case "big":
		return write("big.bin", o.big*1_000_000)
	}
	return fmt.Errorf("-sets %s", set)
}

// part links the first files of a set into a folder of its own.
func part(from, to string, files int) (int, error) {
	n, all := 0, 0
	err := filepath.WalkDir(from, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if all++; n >= files {
			return nil
		}
		n++
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.Link(name, target)
	})
	if n == 0 {
		return 0, fmt.Errorf("%s is empty: %w", from, err)
	}
	return all / n, err
}

// A result is one turn of a tool.
type result struct {
	cold, again figure
	memory      int64
	remark      string
}

// turn lets a tool send a set to an empty place, and then once more.
func (s *server) turn(ctx context.Context, tool, set, work string, o options, rtt, login time.Duration) (result, error) {
	from := filepath.Join(work, set)
	scale := 1
	if slow[tool] && set == "small" && rtt > 0 && !o.patient {
		some, err := os.MkdirTemp(work, "part")
		if err != nil {
			return result{}, err
		}
		defer os.RemoveAll(some)
		files := max(25, int(2*time.Second/rtt))
		if files < o.files {
			if scale, err = part(from, some, files); err != nil {
				return result{}, err
			}
			from = some
		}
	}
	to := filepath.Join(s.into, "here")
	state := filepath.Join(s.dir, "state")
	if err := os.MkdirAll(state, 0o755); err != nil {
		return result{}, err
	}
	defer os.RemoveAll(state)
	defer os.RemoveAll(to)
	var r result
	for _, again := range []bool{false, true} {
		near, far := s.near, s.farTime()
		took, said, err := s.send(ctx, tool, from, to, state)
		if err != nil {
			return r, err
		}
		near, far = s.near-near, s.farTime()-far
		f := figure{seconds: took.Seconds()}
		if scale > 1 {
			f.seconds = login.Seconds() + max(0, took-login).Seconds()*float64(scale)
			f.scaled = true
		}
		if again {
			r.again = f
		} else {
			r.cold = f
		}
		r.remark += fmt.Sprintf("; CPU %.2f + %.2f", near.Seconds(), far.Seconds())
		if tool == toolOurs {
			r.remark += ", " + said.String()
			r.memory = max(r.memory, said.Memory)
		}
	}
	return r, s.whole(from, to)
}

// whole compares what arrived with what was sent.
func (s *server) whole(from, to string) error {
	_, out, err := s.run(context.Background(), "diff", "-r", "-q", from, to)
	if err != nil {
		return fmt.Errorf("what arrived differs: %w: %s", err, out)
	}
	return nil
}

// send lets a tool send once; the report is ours alone.
func (s *server) send(ctx context.Context, tool, from, to, state string) (time.Duration, report, error) {
	if tool == toolOurs {
		return s.sendOurs(ctx, from, to, state)
	}
	command, err := s.peer(tool, from, to, state)
	if err != nil {
		return 0, report{}, err
	}
	took, _, err := s.run(ctx, command[0], command[1:]...)
	return took, report{}, err
}

// peer is a tool's command line.
func (s *server) peer(tool, from, to, state string) ([]string, error) {
	config := s.path("ssh_config")
	switch tool {
	case toolTar:
		there := "mkdir -p " + shellword.Join(to) + " && tar xf - -C " + shellword.Join(to)
		return []string{"sh", "-c", "tar cf - -C " + shellword.Join(from) + " . | ssh -F " + shellword.Join(config, "far", there)}, nil
	case toolRsync:
		return []string{"rsync", "-a", "-e", "ssh -F " + config, from + "/", "far:" + to + "/"}, nil
	case toolSCP:
		// The folder itself takes the name where there is none yet.
		if _, err := os.Stat(to); err == nil {
			return []string{"sh", "-c", "scp -q -r -F " + shellword.Join(config) + " " + shellword.Join(from) + "/* " + shellword.Join("far:"+to+"/")}, nil
		}
		return []string{"scp", "-q", "-r", "-F", config, from, "far:" + to}, nil
	case toolSFTP:
		batch := filepath.Join(state, "batch")
		text := "-mkdir " + to + "\nput -r " + from + "/* " + to + "/\n"
		return []string{"sftp", "-q", "-F", config, "-b", batch, "far"}, os.WriteFile(batch, []byte(text), 0o644)
	case toolRclone:
		return []string{
			"rclone", "copy", from, ":sftp:" + to, "--config", "/dev/null",
			"--sftp-host", there, "--sftp-port", port, "--sftp-user", "root",
			"--sftp-key-file", s.path("user"), "--sftp-known-hosts-file", s.path("known_hosts"),
		}, nil
	}
	return nil, fmt.Errorf("-tools %s", tool)
}

func (s *server) sendOurs(ctx context.Context, from, to, state string) (time.Duration, report, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, report{}, err
	}
	took, out, err := s.run(ctx, self, uploadVerb,
		"-host", there, "-port", port, "-key", s.path("user"), "-fingerprint", ssh.FingerprintSHA256(s.host),
		"-cache", filepath.Join(state, "digests"), "-from", from, "-to", to)
	if err != nil {
		return 0, report{}, err
	}
	var said report
	if err := json.Unmarshal([]byte(strings.TrimSpace(out)), &said); err != nil {
		return 0, report{}, fmt.Errorf("%w: %s", err, out)
	}
	return took, said, nil
}
