package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote"
	"gpuwizard/remote/practice"
)

// Codes of problems with the practice folder.
const (
	notPractice      problem.Code = "not-a-practice-folder" // path: it holds a real project
	practiceUnmade   problem.Code = "practice-not-made"     // path
	practiceNoPython problem.Code = "practice-needs-both"   // --code and --python belong together
)

// practiceDefault is the folder that "gpuwizard practice" makes.
const practiceDefault = "gpuwizard-practice"

// makePractice fills a new folder with the sample data, the stand-in code and a
// plan. In a folder that was made before, it puts back what is missing.
//
// A lesson brings pictures and answers of its own.
func makePractice(dir string, code string, l *lesson.Lesson) (*wizard.Project, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, problem.New(practiceUnmade, err, "path", dir)
	}
	p, err := wizard.Open(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, planfile.Name)); err == nil && !p.Practice() {
		return nil, problem.New(notPractice, nil, "path", dir)
	}
	preset := map[string]bool{}
	if l == nil {
		l = &lesson.Lesson{}
	}
	for _, answer := range l.Preset {
		preset[answer.Key] = true
	}
	if err := placeData(dir, l); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "yolov5_code")); os.IsNotExist(err) && code == "" {
		if err := placeFolder(dir, "yolov5_code", writeStandIn); err != nil {
			return nil, problem.New(practiceUnmade, err, "path", dir)
		}
	}
	answers := [][2]string{
		{"platform", wizard.PracticePlatform},
		{"data", dataFolder},
		{"code.folder", "yolov5_code"},
		{"name", "person"},
		{"model", "yolov5n"},
		{"weights", ""},
	}
	recorded, err := practice.Recorded()
	if err != nil {
		return nil, err
	}
	answers = append(answers, [][2]string{
		{"train.epochs", strconv.Itoa(recorded.Epochs)},
		{"train.batch", strconv.Itoa(recorded.Batch)},
		{"train.imgsz", strconv.Itoa(recorded.ImgSize)},
		{"train.extra", strings.Join(recorded.Extra, ", ")},
	}...)
	plan := p.Plan()
	for _, a := range answers {
		if a[0] == "code.folder" && code != "" {
			a[1] = code
		}
		if preset[a[0]] || plan.Given(a[0]) && !(a[0] == "code.folder" && code != "") {
			continue
		}
		if err := p.Set(a[0], a[1]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// placeFolder makes a folder under a temporary name first, so that a kill
// leaves none that is half filled.
func placeFolder(dir, name string, fill func(string) error) error {
	tmp, err := os.MkdirTemp(dir, ".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := fill(filepath.Join(tmp, name)); err != nil {
		return err
	}
	return os.Rename(filepath.Join(tmp, name), filepath.Join(dir, name))
}

func writeStandIn(dir string) error {
	sub, err := fs.Sub(assets.PracticeCode, "practice/yolov5_code")
	if err != nil {
		return err
	}
	return os.CopyFS(dir, sub)
}

// rehearsal starts the practice instance when the first step wants it, and
// keeps it until the program ends.
type rehearsal struct {
	options practice.Options
	mu      sync.Mutex
	server  *practice.Server
	dir     string // of the project that it serves
}

// connect connects to the practice instance, whose trainings fail in this way,
// or go well. Its host key is known, since it was made a moment ago, and still
// checked.
func (r *rehearsal) connect(ctx context.Context, dir string, fails practice.Failure) (instance.Instance, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server != nil {
		select {
		case <-r.server.Ended():
			r.server = nil // it was shut down, as a rented one is
		default:
		}
	}
	if r.server != nil && r.dir != dir {
		// Another project is being practised with now.
		_ = r.server.Close()
		r.server = nil
	}
	if r.server == nil {
		o := r.options
		o.Folder = filepath.Join(dir, "practice")
		server, err := practice.Start(context.WithoutCancel(ctx), o)
		if err != nil {
			return nil, err
		}
		r.server, r.dir = server, dir
	}
	s := r.server
	s.Fail(fails)
	return remote.Dial(ctx, remote.Options{
		Target:   remote.Target{User: s.User(), Host: s.Host(), Port: s.Port()},
		HostKey:  s.Fingerprint(),
		Password: func(context.Context, int) (string, error) { return s.Password(), nil },
	})
}

func (r *rehearsal) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server != nil {
		_ = r.server.Close()
		r.server = nil
	}
}
