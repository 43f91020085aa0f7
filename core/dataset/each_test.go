package dataset_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/dataset/sample"
)

func TestEachPictureIsHandedOutWhileReading(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := sample.Write(dir); err != nil {
		t.Fatal(err)
	}
	var seen []string
	boxes := 0
	set, err := dataset.Read(context.Background(), dir, dataset.Options{Each: func(it dataset.Item) {
		seen = append(seen, it.Image)
		boxes += len(it.Boxes)
	}})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(seen)
	var want []string
	for _, it := range set.Items {
		want = append(want, it.Image)
	}
	if !slices.Equal(seen, want) || boxes != set.Classes[0].Total {
		t.Errorf("handed out %d pictures with %d boxes", len(seen), boxes)
	}

	// Whoever has seen enough may stop.
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := dataset.Read(ctx, dir, dataset.Options{Each: func(dataset.Item) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
