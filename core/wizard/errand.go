package wizard

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/natefinch/atomic"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/yolov5"
)

// An errand is a short program that is run on the instance beside the training,
// for something that one can do without: a model that is here is worth more
// than what an errand brings.
type errand struct {
	name  string // what it is for
	call  yolov5.Call
	about []string      // what its outcome depends on, beside the call
	most  time.Duration // it is ended after that
}

// How often an errand is looked at, how often in a row its connection may drop,
// and how often it is tried anew, by this and by later runs.
const (
	errandLook  = 300 * time.Millisecond
	errandDrops = 5
	errandTries = 9
)

// An outcome is how an errand ended.
type outcome struct {
	ok   bool
	exit int
	late bool   // it was ended because it took too long
	lost bool   // it ended without an exit code
	log  string // its output, the first of it
	file string // where that lies here
	took time.Duration
	old  bool // an earlier run of the step had it done
}

// why is the line that tells most of an errand that failed.
func (o outcome) why() string {
	if found := yolov5.Diagnose(strings.NewReader(o.log)); len(found) > 0 {
		return clean.Line(found[0].Quote)
	}
	return lastLine(o.log)
}

// sendOn does an errand to its end. One that was done before, with the same
// files, is not paid for twice. It is a job like the training: should this
// program be killed, it is found again.
func (w *work) sendOn(e errand) (outcome, error) {
	folder := w.record.Steps[journey.Upload].Fact("folder")
	id := e.name + "-" + journey.Digest(append(slices.Clone(e.call.Command), e.about...)...)[:12]
	var job string
	for n := 1; ; n++ {
		job = path.Join(folder, "jobs", id)
		if n > 1 {
			job += fmt.Sprintf("-%d", n)
		}
		state, log, err := w.instance.ReadJob(w.ctx, job, 0)
		if err != nil {
			return outcome{}, err
		}
		switch {
		case state.Phase == instance.JobExited && state.Exit == 0:
			return outcome{ok: true, log: string(log), took: state.Ran, old: true}, nil
		case w.atWork(state), state.Phase == instance.JobAbsent, n == errandTries:
			w.command(e.call.Shell())
			if _, err := w.instance.StartJob(w.ctx, instance.Job{Folder: job, Dir: e.call.Dir, Command: e.call.Command, Env: e.call.Env}); err != nil {
				return outcome{}, err
			}
			return w.await(e, job, id)
		}
	}
}

// await tells what an errand says until it has ended.
func (w *work) await(e errand, job, id string) (outcome, error) {
	var log bytes.Buffer
	began, lines, drops := w.env.Now(), w.logLines(), 0
	defer lines.Flush()
	for {
		state, piece, err := w.instance.ReadJob(w.ctx, job, int64(log.Len()))
		if err != nil {
			if drops++; w.ctx.Err() != nil || !passing(err) || drops > errandDrops {
				return outcome{}, err
			}
			if err := sleep(w.ctx, firstPause); err != nil {
				return outcome{}, err
			}
			continue
		}
		drops = 0
		_, _ = lines.Write(piece)
		log.Write(piece)
		took := w.env.Now().Sub(began)
		switch full := log.Len() >= maxOutput; {
		case !w.atWork(state) && (int64(log.Len()) >= state.LogSize || full || len(piece) == 0):
			if state.Ran > 0 {
				took = state.Ran
			}
			o := outcome{ok: state.Phase == instance.JobExited && state.Exit == 0, exit: state.Exit, lost: state.Phase != instance.JobExited, log: log.String(), took: took}
			o.file = w.keepErrand(id, log.Bytes())
			return o, nil
		case took > e.most || full && w.atWork(state):
			if _, err := w.instance.StopJob(w.ctx, job); err != nil {
				return outcome{}, err
			}
			return outcome{late: true, log: log.String(), file: w.keepErrand(id, log.Bytes()), took: took}, nil
		case len(piece) > 0:
			continue
		}
		if err := sleep(w.ctx, errandLook); err != nil {
			return outcome{}, err
		}
	}
}

// keepErrand keeps what an errand wrote, and returns where; "" if it could not.
func (w *work) keepErrand(id string, log []byte) string {
	name := w.StatePath("logs", id+".log")
	if os.MkdirAll(filepath.Dir(name), 0o755) != nil || atomic.WriteFile(name, bytes.NewReader(log)) != nil {
		return ""
	}
	return w.rel(name)
}
