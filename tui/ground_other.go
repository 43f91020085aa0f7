//go:build !unix

package tui

import (
	"os"
	"time"
)

// askGround asks nothing: the consoles of Windows are dark unless they say
// otherwise in the environment.
func askGround(_, _ *os.File, _ time.Duration) string { return "" }
