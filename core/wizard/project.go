package wizard

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"gpuwizard/core/digest"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
)

// A Project is one folder with its plan and its evidence. Its methods are not
// safe for use by several goroutines at once; what they return is the caller's.
type Project struct {
	dir    string
	plan   planfile.Plan
	record journey.Record
	seen   *journey.Observed

	counted counted
	at      atomic.Pointer[seenAtOnce] // nil between two looks at the folder
	locked  []string                   // keys of answers that cannot be changed
	known   *digest.Cache
	reread  bool
}

// Codes of problems with the project as a whole.
const (
	NoProjectFolder problem.Code = "no-project-folder" // path
	NothingTrained  problem.Code = "nothing-trained"   // no training was started, so there is no log
	NoModelYet      problem.Code = "no-model-yet"      // no model was brought here, so there is nothing to report
	StepNotReady    problem.Code = "step-not-ready"    // step, need: the step to do first
)

// Open reads the plan and the record of a project's folder. It does not look
// at the data: see Verify.
func Open(dir string) (*Project, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, problem.New(NoProjectFolder, err, "path", dir)
	}
	dir = full
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, problem.New(NoProjectFolder, err, "path", dir)
	}
	plan, err := planfile.Read(dir)
	if err != nil {
		return nil, err
	}
	record, err := journey.LoadRecord(dir)
	if err != nil {
		return nil, err
	}
	return &Project{dir: dir, plan: plan, record: record}, nil
}

// Dir returns the project's folder, absolute.
func (p *Project) Dir() string { return p.dir }

// StatePath returns a path in the folder of evidence.
func (p *Project) StatePath(name ...string) string {
	return filepath.Join(append([]string{p.dir, journey.StateDir}, name...)...)
}

// Plan returns the answers, with the defaults of this folder filled in.
func (p *Project) Plan() planfile.Plan { return p.effective() }

// Practice reports whether the project runs on the practice instance.
func (p *Project) Practice() bool { return p.plan.Platform == PracticePlatform }

// PracticePlatform is the platform's name of the built-in practice instance.
const PracticePlatform = "practice"

// Set gives a plan's key a new value and writes the plan.
func (p *Project) Set(key, value string) error {
	switch key {
	case "data", "code.folder", "code.zip":
		value = typedPath(value)
	case "login":
		if err := checkNewLogin(value); err != nil {
			return err
		}
	}
	next := p.plan
	if err := next.Set(key, value); err != nil {
		return err
	}
	if p.isLocked(key) {
		return problem.New(AnswerLocked, nil, "key", key, "value", p.plan.Get(key))
	}
	if err := planfile.Write(p.dir, next); err != nil {
		return err
	}
	p.plan = next
	return nil
}

// typedPath is the path that a person means who drops a folder on the terminal
// or types as in a shell: without quotes around it, and from their home.
func typedPath(s string) string {
	s = strings.TrimSpace(s)
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		s = s[1 : n-1]
	}
	if rest, ok := strings.CutPrefix(s, "~"); ok && rest != "" && os.IsPathSeparator(rest[0]) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return s
}

// Jot writes a line into the record's journal: what a person did that is no
// evidence of a step, such as asking for a hint.
func (p *Project) Jot(what, about, text string) error {
	p.record.Note(journey.Entry{What: what, About: about, Text: text}, time.Now())
	return p.record.Save(p.dir)
}

// Journey says where the steps stand by the record, and by what the last
// Verify saw. It costs next to nothing.
func (p *Project) Journey() journey.Journey {
	defer p.look()()
	plan := p.effective()
	return journey.Next(p.record, func(step journey.Step) string { return plan.Digest(step) }, p.seen)
}

// Verify looks at the evidence on this computer again: the labelled pictures,
// the code, the prepared folder, the result.
func (p *Project) Verify(ctx context.Context) (journey.Journey, error) {
	seen := journey.Observed{Changed: map[journey.Step][]string{}}
	plan := p.effective()
	if p.record.Steps[journey.Check] != nil {
		seen.Data, _ = p.dataFingerprint(ctx, plan) // "" is what no data had
		_, gone := os.Stat(p.path(plan.Data))
		seen.NoData = errors.Is(gone, fs.ErrNotExist)
	}
	if p.record.Steps[journey.Classes] != nil {
		print, err := p.codeFingerprint(ctx, plan)
		seen.Code = print
		for _, code := range []problem.Code{CodeMissing, WeightsMissing} {
			seen.NoCode = seen.NoCode || problem.Has(err, code)
		}
	}
	if ctx.Err() != nil {
		return p.Journey(), ctx.Err()
	}
	for _, step := range journey.Steps() {
		e := p.record.Steps[step]
		if e == nil || !e.Complete {
			continue
		}
		for _, f := range e.Files {
			if !fileHolds(p.dir, f) {
				seen.Changed[step] = append(seen.Changed[step], f.Path)
			}
		}
		if step == journey.Convert {
			changed, err := p.verifyPrepared(ctx)
			if err != nil {
				changed = append(changed, preparedFolder)
			}
			seen.Changed[step] = append(seen.Changed[step], changed...)
		}
		if ctx.Err() != nil {
			return p.Journey(), ctx.Err()
		}
	}
	p.seen = &seen
	return p.Journey(), nil
}

func (p *Project) verifyPrepared(ctx context.Context) ([]string, error) {
	manifest, err := label.ReadManifest(p.preparedDataset())
	if err != nil {
		return nil, err
	}
	changed, err := label.Verify(ctx, p.preparedDataset(), manifest, false)
	for i, path := range changed {
		changed[i] = p.rel(filepath.Join(p.preparedDataset(), filepath.FromSlash(path)))
	}
	return changed, err
}

// Where the wizard puts what it makes, relative to the project's folder.
const (
	preparedFolder  = "prepared"
	resultFolder    = "result"
	rehearsalFolder = "rehearsal"
)

// prepared is the folder for what the wizard makes of the person's files. It
// is hidden where the project's folder lies inside the data itself.
func (p *Project) prepared() string {
	data := p.path(p.effective().Data)
	if r, err := filepath.Rel(data, p.dir); data != "" && err == nil && filepath.IsLocal(r) {
		return p.StatePath(preparedFolder)
	}
	return filepath.Join(p.dir, preparedFolder)
}

func (p *Project) preparedDataset() string { return filepath.Join(p.prepared(), "dataset") }
func (p *Project) preparedCode() string    { return filepath.Join(p.prepared(), "code") }

// codeThere and datasetThere are where code and data set lie on the instance:
// where the person put them, or else where the wizard did.
func (p *Project) codeThere() string    { return p.uploaded("code") }
func (p *Project) datasetThere() string { return p.uploaded("dataset") }

func (p *Project) uploaded(what string) string {
	upload := p.record.Steps[journey.Upload]
	if at := upload.Fact(what); at != "" {
		return at
	}
	return path.Join(upload.Fact("folder"), what)
}

// path resolves a path of the plan against the project's folder.
func (p *Project) path(s string) string { return journey.PathIn(p.dir, s) }

// rel shortens a path inside the project's folder, with slashes.
func (p *Project) rel(path string) string {
	if r, err := filepath.Rel(p.dir, path); err == nil && filepath.IsLocal(r) {
		return filepath.ToSlash(r)
	}
	return path
}

func fileHolds(dir string, f instance.FileFact) bool {
	path := journey.PathIn(dir, f.Path)
	info, err := os.Stat(path)
	if err != nil || info.Size() != f.Size {
		return false
	}
	sum, err := fileDigest(path)
	return err == nil && sum == f.SHA256
}
