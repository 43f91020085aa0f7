package dataset_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"testing"

	"gpuwizard/core/dataset"
)

func TestFingerprint(t *testing.T) {
	ctx := context.Background()
	base := clean()
	dir := base.write(t)
	set := read(t, dir)
	same, err := dataset.Fingerprint(ctx, dir, dataset.Options{Workers: 1})
	if err != nil || same != set.Fingerprint {
		t.Errorf("the quick way gives %s, %v; want %s", same, err, set.Fingerprint)
	}
	if other := read(t, base.write(t)); other.Fingerprint != set.Fingerprint {
		t.Error("the same files elsewhere have another fingerprint")
	}
	changes := map[string]files{
		"a digit":   {"train/p00.xml": bytes.Replace(base["train/p00.xml"], []byte("10"), []byte("11"), 1)},
		"a name":    {"train/p00.jpg": nil, "train/q00.jpg": base["train/p00.jpg"]},
		"a size":    {"train/p00.jpg": append(bytes.Clone(base["train/p00.jpg"]), 0)},
		"a picture": {"train/new.jpg": base["train/p00.jpg"]},
	}
	for name, change := range changes {
		if got, err := dataset.Fingerprint(ctx, base.with(change).write(t), dataset.Options{}); err != nil || got == set.Fingerprint {
			t.Errorf("%s: unchanged fingerprint (%v)", name, err)
		}
	}
}

func TestProgressAndCancel(t *testing.T) {
	dir := clean().write(t)
	var last dataset.Progress
	set, err := dataset.Read(context.Background(), dir, dataset.Options{Tell: func(p dataset.Progress) { last = p }})
	if err != nil || last.Done != 24 || last.Total != 24 {
		t.Errorf("%v, ended at %+v", err, last)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err = dataset.Read(ctx, dir, dataset.Options{Tell: func(dataset.Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// The number of workers makes no difference.
	for _, workers := range []int{1, 7} {
		again, err := dataset.Read(context.Background(), dir, dataset.Options{Workers: workers})
		if err != nil || !reflect.DeepEqual(again, set) {
			t.Errorf("%d workers: %v, another result", workers, err)
		}
	}
}
