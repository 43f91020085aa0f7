//go:build !unix

package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
)

// watchStops does nothing here: the system stops no programs for a while.
func watchStops(context.Context, *tea.Program) {}

func stopSelf() bool { return false }
