// Command gpuwizard takes a beginner from a folder of labelled pictures to a
// trained YOLOv5 model on a rented GPU. This package is a thin door: flags and
// subcommands, and the wiring of the faces to the instance.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/mattn/go-runewidth"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// Large sets are read on small laptops: memory is scarcer than time.
		debug.SetGCPercent(35)
	}
	// Under a Chinese locale this library would count box-drawing characters
	// and the ellipsis as two cells, which terminals draw in one.
	runewidth.DefaultCondition.EastAsianWidth = false
	ends := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		// The window was closed, and not under nohup.
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	ctx, cancel := context.WithCancel(ctx)
	streams := systemStreams()
	pressed := make(chan os.Signal, 1)
	signal.Notify(pressed, os.Interrupt)
	go streams.interrupts.serve(pressed, cancel)
	streams.quit = watchQuit(cancel)
	code := run(ctx, os.Args[1:], streams)
	stop()
	os.Exit(code)
}
