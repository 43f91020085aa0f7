package transfer_test

import (
	"io"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/remote/sshdtest"
)

// Digests that are not known are found out by what is read anyway: each file is
// opened once, and what is there already is compared all the same.
func TestUploadWithoutDigests(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	i := dial(t, options(s))
	folder := s.Home + "/data"
	files := sizes(20, 400)
	files["large.bin"] = string(randomBytes(9_000_000))
	var mu sync.Mutex
	var learnt, opened map[string]string
	unknown := func() []instance.Source {
		learnt, opened = map[string]string{}, map[string]string{}
		list := sources(files)
		for n := range list {
			f := &list[n]
			text := files[f.Path]
			f.SHA256 = ""
			f.Learn = func(sum string) {
				mu.Lock()
				defer mu.Unlock()
				learnt[f.Path] = sum
			}
			f.Open = func() (io.ReadCloser, error) {
				mu.Lock()
				defer mu.Unlock()
				opened[f.Path] += "x"
				return io.NopCloser(strings.NewReader(text)), nil
			}
		}
		return list
	}
	first, err := i.Upload(t.Context(), folder, unknown(), nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, folder, files)
	for _, f := range sources(files) {
		if learnt[f.Path] != f.SHA256 {
			t.Errorf("%s: learnt %q", f.Path, learnt[f.Path])
		}
		if f.Path != "large.bin" && opened[f.Path] != "x" {
			t.Errorf("%s was opened %d times", f.Path, len(opened[f.Path]))
		}
	}
	again, err := i.Upload(t.Context(), folder, unknown(), nil)
	if err != nil || again.SentFiles != 0 || again.Digest != first.Digest || len(learnt) != len(files) {
		t.Errorf("again: %+v, %v; %d learnt", again, err, len(learnt))
	}
	files["large.bin"] = string(randomBytes(9_000_001))[1:] // as long as before
	files["images/train/0003.jpg"] = strings.Repeat("x", 400)
	third, err := i.Upload(t.Context(), folder, unknown(), nil)
	if err != nil || third.SentFiles != 2 {
		t.Errorf("third: %+v, %v", third, err)
	}
	same(t, folder, files)
}
