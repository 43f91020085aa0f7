//go:build !unix

package main

import "os"

// quitSignals: there is none.
var quitSignals []os.Signal
