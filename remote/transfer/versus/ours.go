//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gpuwizard/core/digest"
	"gpuwizard/core/instance"
	"gpuwizard/remote"
)

// uploadVerb makes this program one upload.
const uploadVerb = "upload"

// A report is what an upload tells its parent.
type report struct {
	Receipt instance.Receipt
	List    float64 // seconds
	Login   float64
	Phases  string
	Memory  int64
}

func (r report) String() string {
	return fmt.Sprintf("%d files sent: list %.2f, login %.2f, %s, %.0f MB",
		r.Receipt.SentFiles, r.List, r.Login, r.Phases, float64(r.Memory)/1e6)
}

func uploadMain(args []string) int {
	var o remote.Options
	f := flag.NewFlagSet(uploadVerb, flag.ContinueOnError)
	f.StringVar(&o.Target.Host, "host", "", "")
	f.IntVar(&o.Target.Port, "port", 22, "")
	f.StringVar(&o.HostKey, "fingerprint", "", "")
	key := f.String("key", "", "")
	cache := f.String("cache", "", "")
	from := f.String("from", "", "")
	to := f.String("to", "", "")
	if err := f.Parse(args); err != nil {
		return 2
	}
	o.Target.User, o.Identities = "root", []string{*key}
	r, err := upload(context.Background(), o, *cache, *from, *to)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func upload(ctx context.Context, o remote.Options, cache, from, to string) (report, error) {
	var r report
	began := time.Now()
	known := digest.Open(cache, false)
	files, err := sources(known, from)
	if err != nil {
		return r, err
	}
	r.List = time.Since(began).Seconds()
	began = time.Now()
	i, err := remote.Dial(ctx, o)
	if err != nil {
		return r, err
	}
	defer i.Close()
	r.Login = time.Since(began).Seconds()

	phase := ""
	since := time.Now()
	var phases []string
	end := func() {
		if phase != "" {
			phases = append(phases, fmt.Sprintf("%s %.2f", phase, time.Since(since).Seconds()))
		}
		since = time.Now()
	}
	r.Receipt, err = i.Upload(ctx, to, files, func(p instance.Progress) {
		if p.Phase != phase {
			end()
			phase = p.Phase
		}
	})
	end()
	err = errors.Join(err, known.Save())
	r.Phases = strings.Join(phases, ", ")
	r.Memory = mostMemory()
	return r, err
}

// mostMemory is the most that this process had in memory. What getrusage tells
// includes the parent's, from before this program was begun in its place.
func mostMemory() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// sources lists the files of a folder, with the digests that are known.
func sources(known *digest.Cache, root string) ([]instance.Source, error) {
	var files []instance.Source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		info, sum, learn, err := known.Look(name)
		if err != nil {
			return err
		}
		files = append(files, instance.Source{
			Path: filepath.ToSlash(rel), Size: info.Size(), SHA256: sum, Learn: learn,
			Open: func() (io.ReadCloser, error) { return os.Open(name) },
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}
