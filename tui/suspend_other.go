//go:build !unix

package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// watchStops ends the program with ctx: the system stops no programs for a
// while.
func watchStops(ctx context.Context, _ *tea.Program, _ <-chan struct{}, end func()) (after func()) {
	stop := context.AfterFunc(ctx, end)
	return func() { stop() }
}

func stopSelf() bool { return false }
