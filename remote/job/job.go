// Package job starts, follows and stops a command on an instance that goes on
// when the connection ends. What keeps it alive and says where it stands is the
// script assets/instance/job.sh; this package speaks with it.
//
// It does not know what a training is, nor when to stop one.
package job

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/remote/shell"
)

// BadJob: folder. The job's description can't be used: its folder is not a
// clean absolute path, the command is empty, or a variable has no name.
const BadJob problem.Code = "bad-job"

const (
	// maxRead is how much of the log one Read returns.
	maxRead = 256 << 10
	// patience is how long a job may take to end by itself once asked to.
	patience = 20
)

// Start starts the job, or finds it there.
func Start(ctx context.Context, h shell.Host, j instance.Job) (instance.JobState, error) {
	commands, err := commands(j)
	if err != nil {
		return instance.JobState{}, err
	}
	c := command("start", j.Folder, rand.Text(), commands, strings.Join(j.Whole, "\n"))
	c.Input = func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, assets.JobScript)
		return err
	}
	state, _, err := run(ctx, h, j.Folder, c)
	return state, err
}

// Read returns the job's state and a piece of its log from offset on.
func Read(ctx context.Context, h shell.Host, folder string, offset int64) (instance.JobState, []byte, error) {
	if err := checkFolder(folder); err != nil {
		return instance.JobState{}, nil, err
	}
	offset = max(offset, 0)
	c := command("read", folder, strconv.FormatInt(offset, 10), strconv.Itoa(maxRead))
	return run(ctx, h, folder, c)
}

// Stop asks the job to end, waits a while, then ends it.
func Stop(ctx context.Context, h shell.Host, folder string) (instance.JobState, error) {
	if err := checkFolder(folder); err != nil {
		return instance.JobState{}, err
	}
	state, _, err := run(ctx, h, folder, command("stop", folder, strconv.Itoa(patience)))
	return state, err
}

// command calls a verb of the script; the word that marks its answer comes
// third, and is Args[2].
func command(verb, folder string, args ...string) shell.Command {
	return shell.Command{
		Script: assets.JobScript,
		Args:   append([]string{verb, folder, shell.NewMark()}, args...),
	}
}

func run(ctx context.Context, h shell.Host, folder string, c shell.Command) (instance.JobState, []byte, error) {
	var out bytes.Buffer
	// The header comes on top of the log.
	c.Output = shell.Limit(&out, maxRead+64<<10)
	r, err := h.Run(ctx, c)
	if err != nil {
		// What of the log came before the link was cut is as good as the rest:
		// where links are cut often, nothing else would ever come.
		if a, log, bad := parse(out.Bytes(), c.Args[2]); bad == nil && len(log) > 0 && problem.Has(err, instance.ConnectionLost) {
			return a.state, log, nil
		}
		return instance.JobState{}, nil, err
	}
	answer, log, err := parse(out.Bytes(), c.Args[2])
	switch {
	case err != nil:
		p := shell.Fault("job", folder, r)
		p.Err = err
		return instance.JobState{}, nil, p
	case answer.fail != "":
		return instance.JobState{}, nil, failure(answer.fail, folder, r)
	}
	return answer.state, log, nil
}

func failure(text, folder string, r shell.Result) error {
	what, at, _ := strings.Cut(text, " ")
	if at == "" {
		at = folder
	}
	if what == "not-folder" {
		return problem.New(instance.RemoteNotFolder, nil, "path", at)
	}
	return shell.Fault("job", at, r)
}

// An answer is what the script's marked line says.
type answer struct {
	state instance.JobState
	fail  string
}

var errNoAnswer = errors.New("the script gave no answer")

// parse splits the script's output into the marked line and what follows it.
func parse(out []byte, mark string) (a answer, log []byte, err error) {
	for {
		line, rest, ok := bytes.Cut(out, []byte("\n"))
		if !ok {
			return a, nil, errNoAnswer
		}
		out = rest
		text, ok := strings.CutPrefix(string(line), mark+" ")
		if !ok {
			continue
		}
		if fail, ok := strings.CutPrefix(text, "fail "); ok {
			a.fail = shell.Clean(fail, 4096)
			return a, nil, nil
		}
		fields, ok := strings.CutPrefix(text, "job ")
		if !ok {
			continue
		}
		a.state, err = parseState(fields)
		return a, rest, err
	}
}

func parseState(text string) (instance.JobState, error) {
	var s instance.JobState
	bad := func() (instance.JobState, error) {
		return instance.JobState{}, errors.New("not a job's state: " + shell.Clean(text, 200))
	}
	for field := range strings.FieldsSeq(text) {
		key, value, ok := strings.Cut(field, "=")
		if !ok {
			return bad()
		}
		if key == "phase" {
			s.Phase = instance.JobPhase(value)
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > 1<<53 {
			return bad()
		}
		switch key {
		case "exit":
			s.Exit = int(n & 0xff)
		case "size":
			s.LogSize = n
		case "started":
			s.Started = at(n)
		case "ended":
			s.Ended = at(n)
		case "beat":
			s.Beat = at(n)
		case "ran":
			s.Ran = time.Duration(min(n, 1<<32)) * time.Second
		case "rebooted":
			s.Rebooted = n == 1
		}
	}
	switch s.Phase {
	case instance.JobAbsent, instance.JobStarting, instance.JobRunning, instance.JobExited, instance.JobLost:
		return s, nil
	}
	return bad()
}

func at(seconds int64) time.Time {
	if seconds == 0 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// commands is what the job's process reads before it becomes the command.
func commands(j instance.Job) (string, error) {
	if err := checkFolder(j.Folder); err != nil {
		return "", err
	}
	bad := problem.New(BadJob, nil, "folder", j.Folder)
	if len(j.Command) == 0 || j.Command[0] == "" {
		return "", bad
	}
	var b strings.Builder
	if j.Dir != "" {
		if !path.IsAbs(j.Dir) {
			return "", bad
		}
		b.WriteString("cd " + shellword.Quote(j.Dir) + " || exit 1\n")
	}
	for _, ending := range j.Whole {
		if ending == "" || strings.Contains(ending, "\n") {
			return "", bad
		}
	}
	for _, variable := range j.Env {
		name, value, ok := strings.Cut(variable, "=")
		if !ok || !isName(name) {
			return "", bad
		}
		b.WriteString(name + "=" + shellword.Quote(value) + "\nexport " + name + "\n")
	}
	b.WriteString("exec " + shellword.Join(j.Command...) + "\n")
	return b.String(), nil
}

func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func checkFolder(folder string) error {
	if !path.IsAbs(folder) || path.Clean(folder) != folder || folder == "/" || strings.ContainsAny(folder, "\n\r\x00") {
		return problem.New(BadJob, nil, "folder", folder)
	}
	return nil
}
