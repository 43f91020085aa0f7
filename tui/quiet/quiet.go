// Package quiet keeps Bubble Tea from asking the terminal for its background
// colour as soon as the program starts, whatever it was started for.
//
// Bubble Tea v1 does so while packages are initialized (tea_init.go). On a
// terminal that does not answer, "gpuwizard status" would then wait for five
// seconds, and its output would begin with escape sequences. A dumb terminal
// is not asked, so the terminal is called dumb until that is over. The screens
// ask by themselves.
//
// This package is initialized before Bubble Tea: of those whose imports are
// ready the first by path comes first, and Bubble Tea waits for os/signal.
// Nothing but os may be imported here.
package quiet

import "os"

var (
	name   = "TERM"
	before string
	had    bool
)

func init() {
	before, had = os.LookupEnv(name)
	_ = os.Setenv(name, "dumb")
}

// Over gives the terminal its name back. It is called by a package that
// imports Bubble Tea, while that is initialized.
func Over() {
	if had {
		_ = os.Setenv(name, before)
		return
	}
	_ = os.Unsetenv(name)
}
