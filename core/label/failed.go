package label

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"gpuwizard/core/problem"
)

// failed says in what way the prepared folder could not be written.
func failed(err error, path string) error {
	var p *problem.Problem
	switch {
	case errors.As(err, &p), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case noSpace(err):
		return problem.New(NoSpace, err, "path", path)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return problem.New(ReadOnly, err, "path", path)
	default:
		return problem.New(WriteFailed, err, "path", path)
	}
}
