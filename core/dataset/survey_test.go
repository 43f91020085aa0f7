package dataset_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/sample"
)

// spoiled is the sample with a box outside of its picture, a picture without a
// label, one that is cut off, and one that is there twice.
func spoiled(t *testing.T) string {
	t.Helper()
	dir := sampleSet(t)
	f, err := drawn()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "train/person-001.xml"), []byte(strings.Replace(string(f["train/person-001.xml"]), "<xmax>", "<xmax>9", 1)))
	put(t, filepath.Join(dir, "test/a.jpg"), f["train/person-002.jpg"])
	cut := f["train/person-007.jpg"]
	put(t, filepath.Join(dir, "train/person-007.jpg"), cut[:len(cut)/2])
	return dir
}

// TestSurveyWhileReading looks on from other goroutines all the time.
func TestSurveyWhileReading(t *testing.T) {
	dir := spoiled(t)
	s := dataset.NewSurvey(dir, dataset.Options{})
	done := make(chan struct{})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			read, pictures, boxes := 0, 0, 0
			for end := false; !end; {
				select {
				case <-done:
					end = true
				default:
				}
				v := s.View()
				if v.Pictures < pictures || v.Boxes < boxes {
					t.Errorf("fewer than before: %+v", v)
				}
				pictures, boxes = v.Pictures, v.Boxes
				for _, f := range v.Findings {
					for _, name := range f.Files {
						if f.Check != dataset.NoPicture && name == "" {
							t.Errorf("%+v", f)
						}
					}
				}
				for {
					more := s.Items(read, 7)
					for _, it := range more {
						if _, ok := s.Item(it.Image); !ok || it.Width == 0 {
							t.Errorf("%s: %v", it.Image, ok)
						}
					}
					if read += len(more); len(more) == 0 {
						break
					}
				}
			}
			if read != 61 {
				t.Errorf("%d pictures were handed out", read)
			}
		})
	}
	set, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look(context.Background()); err != nil {
		t.Fatal(err)
	}
	close(done)
	group.Wait()

	v := s.View()
	if !v.Final || v.Progress.Phase != dataset.Whole || v.Pictures != 61 || v.Parts[dataset.Train] != 48 || v.Parts[dataset.Val] != 13 || v.Boxes != set.Classes[0].Total {
		t.Errorf("%+v", v)
	}
	// The same as without anybody who looks on.
	other := read(t, dir)
	other.Apply(twins(t, other))
	if got, want := told(v.Findings), told(other.Findings); got != want || got == "" {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, ok := s.Item("train/nothing.jpg"); ok {
		t.Error("found what is not there")
	}
	it, ok := s.Item("train/person-001.xml")
	if !ok || it.Image != "train/person-001.jpg" {
		t.Fatalf("%+v, %v", it, ok)
	}
	if img, err := s.Photo(&it, 100); err != nil || img.Bounds().Dx() > 100 {
		t.Errorf("%v, %v", img, err)
	}
}

// TestSurveyTellsEarly sees findings before the reading is over.
func TestSurveyTellsEarly(t *testing.T) {
	dir := spoiled(t)
	var s *dataset.Survey
	early := 0
	s = dataset.NewSurvey(dir, dataset.Options{Workers: 1, Tell: func(p dataset.Progress) {
		if v := s.View(); p.Phase == dataset.Reading && p.Done < p.Total && len(v.Findings) > 0 && !v.Final {
			early++
		}
	}})
	if _, err := s.Read(context.Background()); err != nil {
		t.Fatal(err)
	}
	// The first progress is told after the first picture, test/a.jpg, which
	// has no label.
	if early == 0 {
		t.Error("nothing was found until the end")
	}
}

func TestSurveyStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := dataset.NewSurvey(sampleSet(t), dataset.Options{Tell: func(p dataset.Progress) {
		if p.Phase == dataset.Reading {
			cancel()
		}
	}})
	if set, err := s.Read(ctx); !errors.Is(err, context.Canceled) || set != nil {
		t.Errorf("%v, %v", set, err)
	}
	if v := s.View(); v.Final || v.Progress.Phase != dataset.Whole {
		t.Errorf("%+v", v)
	}
}

func TestLookCutShort(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []dataset.Phase{dataset.Reading, dataset.Decoding, dataset.Comparing} {
		var s *dataset.Survey
		s = dataset.NewSurvey(dir, dataset.Options{Workers: 1, Tell: func(p dataset.Progress) {
			if p.Phase == phase {
				s.Skip()
			}
		}})
		set, err := s.Read(context.Background())
		if err != nil || len(set.Findings) > 0 {
			t.Fatal(set, err)
		}
		l, err := s.Look(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		want := map[dataset.Phase]int{dataset.Reading: 60, dataset.Decoding: 59, dataset.Comparing: 59}[phase]
		found := s.View().Findings
		if len(l.Skipped) != want || len(found) != 1 || found[0].Check != dataset.NotLooked || !slices.Equal(found[0].Files, l.Skipped) || found[0].Args["pictures"] != "60" {
			t.Errorf("%s: %d skipped, %+v", phase, len(l.Skipped), found)
		}
		// A later look at all takes the finding away.
		full := twins(t, set)
		if s.Apply(full); len(s.View().Findings) > 0 || len(full.Skipped) > 0 {
			t.Errorf("%+v", s.View().Findings)
		}
	}
}
