//go:build linux

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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
	Digest  float64 // seconds
	Login   float64
	Phases  string
	Memory  int64
}

func (r report) String() string {
	return fmt.Sprintf("%d files sent: digest %.2f, login %.2f, %s, %.0f MB",
		r.Receipt.SentFiles, r.Digest, r.Login, r.Phases, float64(r.Memory)/1e6)
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
	files, err := sources(digest.Open(cache, false), from)
	if err != nil {
		return r, err
	}
	r.Digest = time.Since(began).Seconds()
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
	r.Phases = strings.Join(phases, ", ")
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) == nil {
		r.Memory = usage.Maxrss << 10
	}
	return r, err
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
		files = append(files, instance.Source{
			Path: filepath.ToSlash(rel),
			Open: func() (io.ReadCloser, error) { return os.Open(name) },
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var group sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, runtime.NumCPU())
	for n := range errs {
		group.Go(func() {
			for errs[n] == nil {
				at := int(next.Add(1)) - 1
				if at >= len(files) {
					return
				}
				s := &files[at]
				s.Size, s.SHA256, errs[n] = known.File(filepath.Join(root, filepath.FromSlash(s.Path)))
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return files, known.Save()
}
