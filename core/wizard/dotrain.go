package wizard

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// Codes of problems with the training.
const (
	TrainingFailed problem.Code = "training-failed" // exit, line (the last telling one), log (path here), rule
	TrainingLost   problem.Code = "training-lost"   // log: it ended without an exit code: killed, or the instance went off
	TrainingCut    problem.Code = "training-cut"    // log: the instance was restarted while it trained
	TrainingEmpty  problem.Code = "training-empty"  // path: it ended well but left no best.pt
)

func (w *work) doTrain() error {
	if err := w.meet(); err != nil {
		return err
	}
	folder := w.record.Steps[journey.Upload].Fact("folder")
	job, goOn, err := w.jobAtHand(folder)
	if err != nil {
		return err
	}
	if job.Phase == instance.JobAbsent {
		if err := w.needGPU(); err != nil {
			return err
		}
		finished, err := w.startJob(folder, goOn)
		if err != nil {
			return err
		}
		if finished {
			return w.judgeFinished()
		}
	} else {
		if err := w.armGuard(false); err != nil {
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

// jobAtHand looks for the job of an earlier, interrupted run of this step. One
// that is over, or was started with other answers, is none; goOn is whether
// what it left may be gone on with.
func (w *work) jobAtHand(folder string) (state instance.JobState, goOn bool, err error) {
	want := w.inputs()
	if w.evidence.Fact("job") == "" {
		// The record may be lost while the job is not: the first attempt with
		// these answers has a name that is known.
		w.nameRun(folder, want, 1)
		if state, err := w.jobState(); err != nil || w.atWork(state) {
			return state, false, err
		}
		w.evidence.Facts = nil
		return instance.JobState{Phase: instance.JobAbsent}, false, nil
	}
	if state, err = w.jobState(); err != nil {
		return state, false, err
	}
	same := w.evidence.Fact("job_inputs") == want
	ended := state.Phase == instance.JobExited && state.Exit == 0
	switch {
	case same && (w.atWork(state) || ended):
		return state, false, nil
	case w.atWork(state):
		// Two trainings at once would share the GPU, and only one of them is
		// wanted.
		w.note(NoteJobStopped, "folder", w.evidence.Fact("job"))
		if _, err := w.instance.StopJob(w.ctx, w.evidence.Fact("job")); err != nil {
			return state, false, err
		}
	}
	// With another answer, whoever has a model wants another one.
	over := ended || w.evidence.Fact("epochs") != ""
	return instance.JobState{Phase: instance.JobAbsent}, same || !over && w.sameRun(), nil
}

func (w *work) atWork(s instance.JobState) bool {
	return s.Phase == instance.JobStarting || s.Phase == instance.JobRunning
}

// inputs names what a training is made from: with others it is another one.
func (w *work) inputs() string {
	return journey.Digest(w.evidence.Answers, w.evidence.From[journey.Upload])
}

// course is inputs without the answers of which a training may go on with
// others.
func (w *work) course() string {
	return journey.Digest(w.plan.Digest(w.step, adjustable...), w.evidence.From[journey.Upload])
}

// sameRun reports whether what is on the instance may be gone on with.
func (w *work) sameRun() bool { return w.evidence.Fact("course") == w.course() }

// nameRun gives the training a folder of its own, and its job.
func (w *work) nameRun(folder, want string, attempt int) {
	id := fmt.Sprintf("%s-%s-%d", w.plan.Name, want[:8], attempt)
	w.evidence.Facts = nil
	w.fact("run", path.Join(folder, "runs", id))
	w.fact("course", w.course())
	w.nameJob(folder, want, id)
}

func (w *work) nameJob(folder, want, id string) {
	w.fact("job_inputs", want)
	w.fact("job", path.Join(folder, "jobs", id))
	w.fact("log", path.Join("logs", id+".log"))
	w.keepHost()
}

func (w *work) jobState() (instance.JobState, error) {
	state, _, err := w.instance.ReadJob(w.ctx, w.evidence.Fact("job"), math.MaxInt64)
	return state, err
}

// keepHost records the instance that the job is on.
func (w *work) keepHost() {
	w.fact("host", w.host())
	w.fact("boot", w.facts.Boot)
	if len(w.facts.GPUs) > 0 {
		w.fact("gpu", clean.Line(w.facts.GPUs[0].Name))
	}
	if w.facts.Rehearsal {
		w.fact("rehearsal", "true")
	}
}

// startJob looks at what the training needs, decides its settings and starts
// it, or goes on with the run at hand. finished is whether there was nothing
// left to train.
func (w *work) startJob(folder string, goOn bool) (finished bool, err error) {
	python, err := w.choosePython()
	if err != nil {
		return false, err
	}
	s, seen, err := w.preflight(folder, python.Path)
	if err != nil {
		return false, err
	}
	want := w.inputs()
	resume := ""
	if goOn && w.sameRun() {
		if resume, finished, err = w.checkpoint(s); err != nil {
			return false, err
		}
		if finished {
			return true, w.strip(s)
		}
	}
	if resume == "" {
		w.nameRun(folder, want, w.evidence.Attempts)
	} else {
		w.nameJob(folder, want, fmt.Sprintf("%s-r%d", path.Base(w.evidence.Fact("run")), w.evidence.Attempts))
	}
	settings, decisions := w.training(s).Decide(w.machine(seen), w.evidence.Fact("run"), w.muted(s))
	if settings.Resume = resume; resume != "" {
		if decisions, err = w.adjust(settings, s, decisions); err != nil {
			return false, err
		}
	} else {
		for _, d := range decisions {
			w.note(NoteSetting, d.Details()...)
		}
		if settings.Device == "cpu" {
			w.note(NoteOnCPU)
		}
	}
	for _, u := range used(settings) {
		w.fact(u.fact, u.value)
	}
	if err := w.keepStart(settings, decisions); err != nil {
		return false, err
	}
	w.command(settings.Shell())
	// The record comes first: should this program be killed now, the job is
	// found by its folder.
	if err := w.save(); err != nil {
		return false, err
	}
	if err := w.armGuard(true); err != nil {
		return false, err
	}
	job := instance.Job{Folder: w.evidence.Fact("job"), Dir: s.Code, Command: settings.Command(), Env: settings.Env(), Whole: []string{".pt"}}
	if _, err := w.instance.StartJob(w.ctx, job); err != nil {
		return false, err
	}
	w.note(NoteJobStarted, "folder", job.Folder)
	return false, nil
}

// machine gathers what decisions go by.
func (w *work) machine(seen preflight.Scene) preflight.Machine {
	m := preflight.Machine{GPUs: seen.GPUs, CPUs: w.facts.CPUs, Memory: w.facts.MemoryMiB << 20, Shm: -1, Torch: seen.Torch}
	if seen.CUDAReady && len(m.GPUs) == 0 {
		for _, g := range w.facts.GPUs {
			m.GPUs = append(m.GPUs, preflight.GPU{Name: g.Name, Bytes: g.MemoryMiB << 20})
		}
	}
	if shm, ok := seen.Disks["shm"]; ok {
		m.Shm = shm.Free
	} else if w.facts.ShmBytes > 0 {
		m.Shm = w.facts.ShmBytes
	}
	if manifest, err := label.ReadManifest(w.preparedDataset()); err == nil {
		m.Pictures, m.All = manifest.Train, manifest.Train+manifest.Val
	}
	return m
}

// startFile holds how a training was started, for the report.
const startFile = "training.json"

// A Beginning is how a training was started.
type Beginning struct {
	Command   string               `json:"command"` // to be pasted into a shell on the instance
	Decisions []preflight.Decision `json:"decisions"`
	Hurdles   []preflight.Hurdle   `json:"hurdles,omitempty"`
}

// NoteSetting is one option of the training, told with its reason.
const NoteSetting NoteCode = "setting" // option, value, why, plus the Choosing's own: bytes, cpus, gpus, pictures

// keepStart writes down how the training is started.
func (w *work) keepStart(s yolov5.Settings, decisions []preflight.Decision) error {
	return journey.WriteJSON(w.StatePath(startFile), Beginning{Command: s.Shell(), Decisions: decisions, Hurdles: w.hurdles})
}

// maxBeginning, in bytes, is far more than any beginning takes.
const maxBeginning = 16 << 20

// Beginning returns how the last training was started.
func (p *Project) Beginning() Beginning {
	var b Beginning
	f, err := os.Open(p.StatePath(startFile))
	if err != nil {
		return b
	}
	defer f.Close()
	if json.NewDecoder(io.LimitReader(f, maxBeginning)).Decode(&b) != nil {
		return Beginning{}
	}
	return b
}

func (w *work) judgeJob(end instance.JobState, epochs []yolov5.Epoch) error {
	log := w.StatePath(filepath.FromSlash(w.evidence.Fact("log")))
	w.fact("exit", strconv.Itoa(end.Exit))
	switch {
	case end.Ran > 0:
		w.fact("seconds", seconds(end.Ran))
	case !end.Started.IsZero() && !end.Ended.IsZero():
		w.fact("seconds", strconv.Itoa(int(end.Ended.Sub(end.Started).Seconds())))
	}
	if end.Phase != instance.JobExited || end.Exit != 0 {
		return w.diagnose(end, log)
	}
	if err := w.concludes(epochs); err != nil {
		return err
	}
	w.tellHarm(log, end)
	return nil
}

// judgeFinished takes the outcome of a run that had been finished before.
func (w *work) judgeFinished() error {
	epochs, err := w.resultsThere()
	if err != nil {
		return err
	}
	return w.concludes(epochs)
}

// concludes records the outcome of a training that came to its end.
func (w *work) concludes(epochs []yolov5.Epoch) error {
	best := path.Join(w.evidence.Fact("run"), "weights", "best.pt")
	exit, err := w.instance.Run(w.ctx, `test -s "$1"`, []string{best}, io.Discard)
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(TrainingEmpty, nil, "path", best)
	}
	w.trained(epochs)
	return nil
}

// trained records and tells what the run came to.
func (w *work) trained(epochs []yolov5.Epoch) {
	w.evidence.Output = w.evidence.Fact("run")
	w.fact("epochs", strconv.Itoa(len(epochs)))
	if e, ok := yolov5.Best(epochs); ok {
		w.fact("best_epoch", strconv.Itoa(e.Number))
		w.fact("map50", figure(e.MAP50))
		w.fact("map", figure(e.MAP))
	}
	w.note(NoteTrained, "epochs", w.evidence.Fact("epochs"), "best_epoch", w.evidence.Fact("best_epoch"),
		"map50", w.evidence.Fact("map50"), "map", w.evidence.Fact("map"))
}

func figure(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// findings reads the log for what went wrong.
func (w *work) findings(log string, end instance.JobState) []yolov5.Finding {
	f, err := os.Open(log)
	if err != nil {
		return nil
	}
	defer f.Close()
	return yolov5.DiagnoseEnd(f, yolov5.Ending{
		Exit: end.Exit, Exited: end.Phase == instance.JobExited, Lost: end.Phase != instance.JobExited,
		Paid: !w.Practice() && (len(w.facts.GPUs) > 0 || w.plan.Price.PerHour > 0),
	})
}

// tellHarm tells what a training that ended well suffered.
func (w *work) tellHarm(log string, end instance.JobState) {
	for _, f := range w.findings(log, end) {
		w.noteFound(NoteHarm, f)
	}
}

func (w *work) noteFound(code NoteCode, f yolov5.Finding) {
	w.env.Face.Tell(Event{Step: w.step, Kind: KindNote, Code: code, Args: FoundArgs(f)})
}

// FoundArgs are the details of what a log tells, as NoteHarm and NoteDiagnosis
// tell them.
func FoundArgs(f yolov5.Finding) map[string]string {
	return map[string]string{
		"rule": f.Rule, "line": strconv.Itoa(f.Line), "quote": clean.Line(f.Quote),
		"meaning_zh": f.Meaning.ZH, "meaning_en": f.Meaning.EN, "mend_zh": f.Mend.ZH, "mend_en": f.Mend.EN,
	}
}

// diagnose says why a training ended with an error, and what can be done.
func (w *work) diagnose(end instance.JobState, log string) error {
	rule, line := "", ""
	if findings := w.findings(log, end); len(findings) > 0 {
		rule, line = findings[0].Rule, clean.Line(findings[0].Quote)
		w.noteFound(NoteDiagnosis, findings[0])
		w.remedy = w.remedyOf(findings[0])
	}
	if end.Phase != instance.JobExited {
		if w.remedy == nil {
			w.remedy = &journey.Remedy{Kind: journey.RemedyResume}
		}
		code := TrainingLost
		if end.Rebooted {
			code = TrainingCut
		}
		return problem.New(code, nil, "log", w.rel(log))
	}
	if line == "" {
		if data, err := os.ReadFile(log); err == nil {
			line = lastLine(string(data))
		}
	}
	return problem.New(TrainingFailed, nil, "exit", strconv.Itoa(end.Exit), "line", firstSentence(line), "log", w.rel(log), "rule", rule)
}

// firstSentence cuts a long line after its first sentence: torch's is followed
// by all the figures of its memory.
func firstSentence(line string) string {
	const long = 120
	if first, _, found := strings.Cut(line, ". "); found && len(line) > long {
		return first
	}
	return line
}
