package wizard

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// Codes of problems with the training.
const (
	ModulesMissing problem.Code = "modules-missing" // modules, output: pip could not bring them and the code does not load
	TrainingFailed problem.Code = "training-failed" // exit, line (the last telling one), log (path here), rule
	TrainingLost   problem.Code = "training-lost"   // log: it ended without an exit code: killed, or the instance restarted
	TrainingEmpty  problem.Code = "training-empty"  // path: it ended well but left no best.pt
)

func (w *work) doTrain() error {
	if err := w.meet(); err != nil {
		return err
	}
	folder := w.record.Steps[Upload].Fact("folder")
	job, err := w.jobAtHand(folder)
	if err != nil {
		return err
	}
	if job.Phase == JobAbsent {
		if err := w.needGPU(); err != nil {
			return err
		}
		if err := w.startJob(folder); err != nil {
			return err
		}
	} else {
		if err := w.armGuard(); err != nil {
			return err
		}
		w.note(NoteJobFound, "folder", w.evidence.Fact("job"))
	}
	end, epochs, err := w.follow()
	if err != nil {
		return err
	}
	return w.judgeJob(end, epochs)
}

// jobAtHand looks for the job of an earlier, interrupted run of this step. A
// job that failed, or was started with other answers, is over: the next start
// has a folder of its own.
func (w *work) jobAtHand(folder string) (JobState, error) {
	want := digestOf(w.evidence.Answers, w.evidence.From[Upload])
	if w.evidence.Fact("job") != "" {
		state, err := w.jobState()
		if err != nil {
			return state, err
		}
		running := state.Phase == JobStarting || state.Phase == JobRunning
		if w.evidence.Fact("job_inputs") == want && (running || state.Phase == JobExited && state.Exit == 0) {
			return state, nil
		}
		if running {
			// Two trainings at once would share the GPU, and only one of them
			// is wanted.
			w.note(NoteJobStopped, "folder", w.evidence.Fact("job"))
			if _, err := w.instance.StopJob(w.ctx, w.evidence.Fact("job")); err != nil {
				return state, err
			}
		}
	}
	id := fmt.Sprintf("%s-%s-%d", w.plan.Name, want[:8], w.evidence.Attempts)
	w.evidence.Facts = nil
	w.fact("job_inputs", want)
	w.fact("job", path.Join(folder, "jobs", id))
	w.fact("run", path.Join(folder, "runs", id))
	w.fact("log", path.Join("logs", id+".log"))
	w.meetAgain()
	return JobState{Phase: JobAbsent}, nil
}

func (w *work) jobState() (JobState, error) {
	state, _, err := w.instance.ReadJob(w.ctx, w.evidence.Fact("job"), math.MaxInt64)
	return state, err
}

// meetAgain puts back the facts of the instance after a fresh start.
func (w *work) meetAgain() {
	w.fact("host", w.host())
	if len(w.facts.GPUs) > 0 {
		w.fact("gpu", clean.Line(w.facts.GPUs[0].Name))
	}
	if w.facts.Rehearsal {
		w.fact("rehearsal", "true")
	}
}

func (w *work) startJob(folder string) error {
	python, err := w.choosePython()
	if err != nil {
		return err
	}
	code := w.codeThere()
	if err := w.ensureModules(python.Path, code); err != nil {
		return err
	}
	config := path.Join(folder, "config")
	if err := w.placeFont(python.Path, config); err != nil {
		return err
	}
	gpu := len(w.facts.GPUs) > 0
	if !gpu || !python.CUDAReady {
		w.note(NoteOnCPU)
	}
	_, weights, err := w.weights(w.plan)
	if err != nil {
		return err
	}
	release := yolov5.Release(w.record.Steps[Classes].Fact("release"))
	run := w.evidence.Fact("run")
	settings := w.settings(release, python.Path, code, path.Dir(run), path.Base(run), weights, gpu && python.CUDAReady)
	settings.ConfigDir = config
	settings.Workers = workers(w.facts.CPUs)
	w.command(settings.Shell())
	// The record comes first: should this program be killed now, the job is
	// found by its folder.
	if err := w.save(); err != nil {
		return err
	}
	if err := w.armGuard(); err != nil {
		return err
	}
	job := Job{Folder: w.evidence.Fact("job"), Dir: code, Command: settings.Command(), Env: settings.Env(), Whole: []string{".pt"}}
	if _, err := w.instance.StartJob(w.ctx, job); err != nil {
		return err
	}
	w.note(NoteJobStarted, "folder", job.Folder)
	return nil
}

// workers leaves a processor to the training itself: YOLOv5's own eight would
// starve a container with two.
func workers(cpus float64) int {
	if cpus <= 0 {
		return 2
	}
	return max(0, min(8, int(cpus)-1))
}

// The pauses of following a job: between two looks, and after a lost
// connection, growing, until the wizard gives up and says how to go on.
const (
	lookAgain     = time.Second
	firstPause    = 2 * time.Second
	longestPause  = 30 * time.Second
	patienceTotal = 30 * time.Minute
)

// follow brings the job's log here byte for byte, tells what it says, and
// returns when the job has ended.
func (w *work) follow() (JobState, []yolov5.Epoch, error) {
	name := w.StatePath(filepath.FromSlash(w.evidence.Fact("log")))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return JobState{}, nil, cannotWrite(name, err)
	}
	log, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return JobState{}, nil, cannotWrite(name, err)
	}
	defer log.Close()
	w.note(NoteLogFile, "path", w.rel(name))
	live := w.newLive()
	// What an interrupted run has brought is told again from here, not fetched.
	offset, err := io.Copy(live, log)
	if err != nil {
		return JobState{}, nil, cannotWrite(name, err)
	}
	pause, waited, caughtUp := firstPause, time.Duration(0), false
	for {
		state, chunk, err := w.instance.ReadJob(w.ctx, w.evidence.Fact("job"), offset)
		switch {
		case passing(err) && waited < patienceTotal:
			w.note(NoteReconnect, "host", w.host(), "seconds", strconv.Itoa(int(pause.Seconds())))
			if err := sleep(w.ctx, pause); err != nil {
				return state, nil, err
			}
			waited += pause
			pause, caughtUp = min(2*pause, longestPause), false
			continue
		case err != nil:
			return state, nil, err
		}
		pause, waited = firstPause, 0
		if state.LogSize < offset {
			// Another log than the one that is here: the instance lost it.
			return state, nil, problem.New(RemoteFileChanged, nil, "path", w.evidence.Fact("job")+"/log")
		}
		if _, err := log.Write(chunk); err != nil {
			return state, nil, cannotWrite(name, err)
		}
		offset += int64(len(chunk))
		live.take(chunk, caughtUp)
		caughtUp = offset >= state.LogSize
		ended := state.Phase == JobExited || state.Phase == JobLost || state.Phase == JobAbsent
		if ended && caughtUp {
			live.finish()
			return state, live.tracker.Standing().Curve, log.Sync()
		}
		if len(chunk) == 0 {
			if err := sleep(w.ctx, lookAgain); err != nil {
				return state, nil, err
			}
		}
	}
}

// passing reports whether an error may go away by itself.
func passing(err error) bool {
	for _, code := range []problem.Code{ConnectionLost, ConnectionRefused, ServerNotReady, HostUnreachable} {
		if problem.Has(err, code) {
			return true
		}
	}
	// A laptop without a network knows no names either.
	return problem.Has(err, HostUnknown)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (w *work) judgeJob(end JobState, epochs []yolov5.Epoch) error {
	log := w.StatePath(filepath.FromSlash(w.evidence.Fact("log")))
	w.fact("exit", strconv.Itoa(end.Exit))
	if !end.Started.IsZero() && !end.Ended.IsZero() {
		w.fact("seconds", strconv.Itoa(int(end.Ended.Sub(end.Started).Seconds())))
	}
	if end.Phase != JobExited {
		return problem.New(TrainingLost, nil, "log", w.rel(log))
	}
	if end.Exit != 0 {
		return w.diagnose(end, log)
	}
	best := path.Join(w.evidence.Fact("run"), "weights", "best.pt")
	exit, err := w.instance.Run(w.ctx, `test -s "$1"`, []string{best}, io.Discard)
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(TrainingEmpty, nil, "path", best)
	}
	w.evidence.Output = w.evidence.Fact("run")
	w.fact("epochs", strconv.Itoa(len(epochs)))
	if e, ok := yolov5.Best(epochs); ok {
		w.fact("best_epoch", strconv.Itoa(e.Number))
		w.fact("map50", figure(e.MAP50))
		w.fact("map", figure(e.MAP))
	}
	w.note(NoteTrained, "epochs", w.evidence.Fact("epochs"), "best_epoch", w.evidence.Fact("best_epoch"),
		"map50", w.evidence.Fact("map50"), "map", w.evidence.Fact("map"))
	return nil
}

func figure(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// diagnose says why a training ended with an error.
func (w *work) diagnose(end JobState, log string) error {
	rule, line := "", ""
	if f, err := os.Open(log); err == nil {
		defer f.Close()
		if findings := yolov5.Diagnose(f); len(findings) > 0 {
			d := findings[0]
			rule, line = d.Rule, clean.Line(d.Quote)
			w.note(NoteDiagnosis, "rule", d.Rule, "line", strconv.Itoa(d.Line), "quote", line,
				"meaning_zh", d.Meaning.ZH, "meaning_en", d.Meaning.EN, "mend_zh", d.Mend.ZH, "mend_en", d.Mend.EN)
		}
	}
	if line == "" {
		if data, err := os.ReadFile(log); err == nil {
			line = lastLine(string(data))
		}
	}
	return problem.New(TrainingFailed, nil, "exit", strconv.Itoa(end.Exit), "line", line, "log", w.rel(log), "rule", rule)
}
