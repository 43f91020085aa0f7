package transfer

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
)

// What a limit lets through, by a clock that stands still but for waiting: all
// streams together keep to it, up and down, and a cancelled one waits no longer.
func TestLimit(t *testing.T) {
	const perSecond, each, streams = 100 << 10, 1 << 20, 3
	for name, pass := range map[string]func(*testing.T, *rate.Limiter) func() error{
		"up": func(t *testing.T, l *rate.Limiter) func() error {
			return func() error {
				m := &meter{ctx: t.Context(), w: io.Discard, s: &stream{}, limit: l}
				_, err := m.Write(make([]byte, each))
				return err
			}
		},
		"down": func(t *testing.T, l *rate.Limiter) func() error {
			return func() error {
				f, err := os.CreateTemp(t.TempDir(), "")
				if err != nil {
					return err
				}
				defer f.Close()
				notes, err := os.Create(filepath.Join(t.TempDir(), "notes"))
				if err != nil {
					return err
				}
				defer notes.Close()
				w := &spanWriter{
					ctx: t.Context(), d: &download{limit: l, tell: newTeller(nil, nil, &vigil{})},
					p: &parts{f: f, notes: notes, size: each}, left: each,
				}
				_, err = io.Copy(w, bytes.NewReader(make([]byte, each)))
				return err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				do := pass(t, NewLimit(perSecond))
				failed := make(chan error, streams)
				for range streams {
					go func() { failed <- do() }()
				}
				for range streams {
					if err := <-failed; err != nil {
						t.Error(err)
					}
				}
				// The first piece passes at once.
				want := time.Duration(float64(streams*each-meterPiece) / perSecond * float64(time.Second))
				if took := time.Since(began); (took - want).Abs() > 10*time.Millisecond {
					t.Errorf("took %v, want %v", took, want)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		m := &meter{ctx: ctx, w: io.Discard, s: &stream{}, limit: NewLimit(meterPiece / 10)}
		if _, err := m.Write(make([]byte, each)); err != context.DeadlineExceeded {
			t.Errorf("cancelled: %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("cancelled after %v", took)
		}
	})
}
