package main

import (
	"os"
	"strings"
	"testing"
)

func TestInterruptsTaken(t *testing.T) {
	t.Parallel()
	var i interrupts
	var log []string
	pressed, done := make(chan os.Signal), make(chan struct{})
	go func() {
		i.serve(pressed, func() { log = append(log, "end") })
		close(done)
	}()
	note := func(s string) func() { return func() { log = append(log, s) } }
	i.take(note("never"))()
	i.take(note("first"))
	pressed <- os.Interrupt
	pressed <- os.Interrupt
	close(pressed)
	<-done
	if got := strings.Join(log, " "); got != "first end" {
		t.Errorf("got %s", got)
	}
}
