// Command gpuwizard takes a beginner from a folder of labelled pictures to a
// trained YOLOv5 model on a rented GPU. This package is a thin door: flags and
// subcommands, and the wiring of the faces to the instance.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-runewidth"
)

func main() {
	// Under a Chinese locale this library would count box-drawing characters
	// and the ellipsis as two cells, which terminals draw in one.
	runewidth.DefaultCondition.EastAsianWidth = false
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		// The window was closed, and not under nohup.
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	code := run(ctx, os.Args[1:], systemStreams())
	stop()
	os.Exit(code)
}
