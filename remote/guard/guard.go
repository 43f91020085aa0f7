// Package guard arms, reads and tells the watcher that ends a training and
// stops the instance when nobody is there, and stops the instance at once. What
// watches is the script assets/instance/guard.sh; this package speaks with it.
//
// What it returns was read back from the instance; nothing is taken for granted.
package guard

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

// BadGuard: folder. The orders can't be given: a folder is no clean absolute
// path, or the command to stop is no single line.
const BadGuard problem.Code = "bad-guard"

// Pace is how often a watcher looks, and how long an instance that was told to
// stop may take before it is told again. The zero Pace is 5 s and a minute.
type Pace struct {
	Tick  time.Duration
	Again time.Duration
}

const (
	maxAnswer = 64 << 10
	maxOutput = 2000
)

// Arm puts a watcher on the instance, in the place of one that is there, and
// returns what it says of itself.
func Arm(ctx context.Context, h shell.Host, g instance.Guard, pace Pace) (instance.GuardState, error) {
	if err := check(g); err != nil {
		return instance.GuardState{}, err
	}
	id := rand.Text()
	c := command("arm", g.Folder, id, orders(g, id, pace), assets.JobScript)
	c.Input = func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, assets.GuardScript)
		return err
	}
	return run(ctx, h, g.Folder, c)
}

// Read returns what the guard says of itself.
func Read(ctx context.Context, h shell.Host, folder string) (instance.GuardState, error) {
	if !isFolder(folder) {
		return instance.GuardState{}, problem.New(BadGuard, nil, "folder", folder)
	}
	return run(ctx, h, folder, command("read", folder))
}

// Tell gives the guard a word and returns what it says then.
func Tell(ctx context.Context, h shell.Host, folder string, word instance.GuardWord) (instance.GuardState, error) {
	if !isFolder(folder) {
		return instance.GuardState{}, problem.New(BadGuard, nil, "folder", folder)
	}
	args := []string{"looking"}
	switch {
	case word.Off:
		args[0] = "off"
	case word.Settled:
		args[0] = "settled"
	case word.Extend > 0:
		args = []string{"extend", tenths(word.Extend)}
	}
	return run(ctx, h, folder, command("tell", folder, args...))
}

// TurnOff runs the platform's command to stop the instance. The connection may
// end with the instance: then what is known until then is returned beside the
// error.
func TurnOff(ctx context.Context, h shell.Host, folder, stop string) (instance.Switched, error) {
	if !isFolder(folder) || !isLine(stop) || stop == "" {
		return instance.Switched{}, problem.New(BadGuard, nil, "folder", folder)
	}
	c := command("off", folder, stop)
	var out bytes.Buffer
	c.Output = shell.Limit(&out, maxAnswer)
	_, err := h.Run(ctx, c)
	return parseSwitched(out.Bytes(), c.Args[2]), err
}

// command calls a verb of the script; the word that marks its answer is
// Args[2].
func command(verb, folder string, args ...string) shell.Command {
	return shell.Command{
		Script: assets.GuardScript,
		Args:   append([]string{verb, folder, shell.NewMark()}, args...),
	}
}

func run(ctx context.Context, h shell.Host, folder string, c shell.Command) (instance.GuardState, error) {
	var out bytes.Buffer
	c.Output = shell.Limit(&out, maxAnswer)
	r, err := h.Run(ctx, c)
	if err != nil {
		return instance.GuardState{}, err
	}
	state, err := parse(out.Bytes(), c.Args[2])
	var failed failure
	switch {
	case errors.As(err, &failed):
		what, at, _ := strings.Cut(string(failed), " ")
		if what == "not-folder" {
			return instance.GuardState{}, problem.New(instance.RemoteNotFolder, nil, "path", at)
		}
		return instance.GuardState{}, shell.Fault("guard", folder, r)
	case err != nil:
		p := shell.Fault("guard", folder, r)
		p.Err = err
		return instance.GuardState{}, p
	}
	return state, nil
}

// tenths is a span as the script counts it; what is shorter than one tick of
// the count is one.
func tenths(d time.Duration) string {
	if d <= 0 {
		return "0"
	}
	return strconv.FormatInt(max(1, int64(d/(100*time.Millisecond))), 10)
}

func orders(g instance.Guard, id string, pace Pace) string {
	if pace.Tick == 0 {
		pace.Tick = 5 * time.Second
	}
	if pace.Again == 0 {
		pace.Again = time.Minute
	}
	after := "0"
	if g.After {
		after = "1"
	}
	var b strings.Builder
	for _, o := range [][2]string{
		{"id", id},
		{"boot", ""},
		{"job", g.Job},
		{"budget", tenths(g.Budget)},
		{"end", tenths(g.End)},
		{"idle", tenths(g.Idle)},
		{"after", after},
		{"grace", tenths(g.Grace)},
		{"hold", "0"},
		{"tick", tenths(pace.Tick)},
		{"again", tenths(pace.Again)},
		{"command", g.Stop},
	} {
		fmt.Fprintf(&b, "%s=%s\n", o[0], o[1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// longest is a span that no order needs: a year.
const longest = 366 * 24 * time.Hour

func check(g instance.Guard) error {
	ok := isFolder(g.Folder) && isFolder(g.Job) && isLine(g.Stop)
	for _, d := range []time.Duration{g.Budget, g.End, g.Idle, g.Grace} {
		ok = ok && d >= 0 && d <= longest
	}
	if !ok {
		return problem.New(BadGuard, nil, "folder", g.Folder)
	}
	return nil
}

func isFolder(s string) bool {
	return path.IsAbs(s) && path.Clean(s) == s && s != "/" && isLine(s)
}

func isLine(s string) bool { return !strings.ContainsAny(s, "\n\r\x00") }
