package main

import (
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// A quit is the signal that asks a program to end with word of what it was
// doing: Ctrl-\ in a terminal, or kill -QUIT for one that hangs. Go's own answer
// to it is written over the screen, and leaves the terminal as the screen had
// it. Here that goes to a file, and the program ends as it always does.
type quit struct {
	end     func()                 // the program, as it always ends
	restore func()                 // the terminal
	exit    func(code int)         // whatever the program does
	wrote   atomic.Pointer[string] // the file
}

// endsIn is how long the program may take to end by itself.
const endsIn = 10 * time.Second

// watchQuit has end called once the signal came.
func watchQuit(end func()) *quit {
	q := &quit{end: end, restore: terminalAsItIs(), exit: os.Exit}
	if len(quitSignals) > 0 && !signal.Ignored(quitSignals[0]) {
		told := make(chan os.Signal, 1)
		signal.Notify(told, quitSignals...)
		go q.serve(told)
	}
	return q
}

// serve ends the program. One that does not end in time, or is told once more,
// is ended without its doing.
func (q *quit) serve(told <-chan os.Signal) {
	<-told
	if file := writeGoroutines(); file != "" {
		q.wrote.Store(&file)
	}
	q.end()
	select {
	case <-told:
	case <-time.After(endsIn):
	}
	q.restore()
	if file := q.file(); file != "" {
		_, _ = io.WriteString(os.Stderr, file+"\n")
	}
	q.exit(exitFailed)
}

// file is where it was written what the program was doing, or "".
func (q *quit) file() string {
	if q == nil {
		return ""
	}
	if file := q.wrote.Load(); file != nil {
		return *file
	}
	return ""
}

// maxGoroutines bounds what is written of them, in bytes.
const maxGoroutines = 16 << 20

func writeGoroutines() string {
	f, err := os.CreateTemp("", "gpuwizard-quit-*.log")
	if err != nil {
		return ""
	}
	buffer := make([]byte, maxGoroutines)
	_, err = f.Write(buffer[:runtime.Stack(buffer, true)])
	if closed := f.Close(); err != nil || closed != nil {
		return ""
	}
	return f.Name()
}

// terminalAsItIs returns what sets the terminal as it is now, and leaves the
// screen.
func terminalAsItIs() (restore func()) {
	in, out := int(os.Stdin.Fd()), int(os.Stdout.Fd())
	state, err := term.GetState(in)
	return func() {
		if err == nil {
			_ = term.Restore(in, state)
		}
		if term.IsTerminal(out) {
			_, _ = io.WriteString(os.Stdout, ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable+ansi.ResetModeBracketedPaste)
		}
	}
}
