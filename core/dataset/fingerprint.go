package dataset

import (
	"context"
	"strconv"

	"gpuwizard/core/problem"
)

// Fingerprint returns what Read would put into Set.Fingerprint, without the
// checks: to see whether a set changed since it was read.
func Fingerprint(ctx context.Context, dir string) (string, error) {
	if err := checkFolder(dir); err != nil {
		return "", err
	}
	found, err := list(ctx, dir, nil)
	if err != nil {
		return "", err
	}
	if len(found.pictures) == 0 {
		return "", problem.New(NoPictures, nil, "path", dir, "annotations", strconv.Itoa(len(found.annotations)))
	}
	r := newReading(dir, found, Options{})
	if err := r.run(ctx); err != nil {
		return "", err
	}
	return r.set().Fingerprint, nil
}
