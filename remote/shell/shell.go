// Package shell says how a POSIX shell script is run on an instance whatever
// the login shell is and prints: quoting, the command line that starts the
// script, and where the script's own output begins.
//
// It opens no connection: package remote does, and implements Host.
package shell

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"gpuwizard/core/shellword"
)

// A Command is a script to be run on a Host.
type Command struct {
	// Script is POSIX shell. Its standard input is what Input writes.
	Script string
	// Args become $1, $2, ...; nothing in them is special to a shell. They may
	// hold every byte but NUL.
	Args []string
	// Input writes the script's standard input; nil is an empty one. Once the
	// script has ended its ctx is done and its writer fails. An error that it
	// returns before that ends the command and is returned by Run. Run returns
	// after Input has.
	Input func(ctx context.Context, w io.Writer) error
	// Output takes the standard output as it comes; nil drops it. An error from
	// it ends the command and is returned.
	Output io.Writer
	// Merged sends standard error to Output, too.
	Merged bool
	// Short puts a small script without Input on the command line: that saves a
	// round trip, and shows the script and Args in the instance's process list.
	Short bool
	// Lane chooses a connection: 0 is the first, others are made when they are
	// asked for.
	Lane int
}

// A Result is how a script ended.
type Result struct {
	Exit   int    // 128+n after signal n
	Stderr string // the last few KiB, unless merged
}

// A Host runs scripts. Run returns an error only if the script could not be
// run or its end was not seen: a problem with a code of package instance,
// ctx's error, or an error of Input or Output.
type Host interface {
	Run(ctx context.Context, c Command) (Result, error)
	// Name is the host as the user knows it, for problems.
	Name() string
}

// Program returns the command line for the login shell and the text that
// belongs first on its standard input. The script's output begins after the
// first line that is mark, on both streams: what comes before it was printed
// by the login shell.
//
// The command line means the same to sh, csh and fish. dd reads the text and
// not a byte of the input that follows, in one block; an old one that can't
// wait for the block to fill says so at once, and reads byte by byte.
//
// A short command without input is all in its line, and text is empty.
func Program(c Command) (line, text, mark string) {
	mark = NewMark()
	var b strings.Builder
	b.WriteString("set -- " + shellword.Join(c.Args...) + "\n")
	b.WriteString("echo " + mark + "\necho " + mark + " >&2\n")
	if c.Merged {
		b.WriteString("exec 2>&1\n")
	}
	b.WriteString(c.Script)
	b.WriteString("\n")
	text = b.String()
	if c.Short && c.Input == nil {
		if line := oneLine(text); len(line) <= maxLine {
			return line, "", mark
		}
	}
	line = fmt.Sprintf(`exec sh -c 'eval "$(dd bs=%d count=1 iflag=fullblock 2>/dev/null || dd bs=1 count=%[1]d 2>/dev/null)"'`, len(text))
	return line, text, mark
}

// maxLine bounds a command line that holds its script.
const maxLine = 16 << 10

// oneLine is a command line that holds the script itself. Whatever could mean
// something to a shell is written as an octal number, which printf turns back.
func oneLine(text string) string {
	var b strings.Builder
	b.WriteString(`exec sh -c 'eval "$(printf "`)
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(" -_./:,=+@", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	b.WriteString(`")"'`)
	return b.String()
}

// NewMark returns a word that does not occur by chance: to mark lines of a
// script's answer among others.
func NewMark() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails: see crypto/rand.Read
	return "gpuwizard" + hex.EncodeToString(b[:])
}
