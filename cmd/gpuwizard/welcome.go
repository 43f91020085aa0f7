package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"gpuwizard/core/lesson"
	"gpuwizard/core/recent"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
)

// begin opens the wizard: in the project named, else in the one that this
// folder lies in, else where the person chooses.
func (a *app) begin(ctx context.Context) error {
	if a.dir != "" || a.onPractice || a.lessonName != "" {
		p, err := a.open()
		if err != nil {
			return err
		}
		return a.face(ctx, p)
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	dir, found := wizard.FindProject(here)
	switch {
	case found:
	case a.screens():
		return a.face(ctx, nil)
	default:
		chosen, err := a.console().Welcome(ctx, plain.Places{
			Here: here, Recent: recent.List(recentFile()), Practice: a.practise, TakeLesson: a.takeUp,
		})
		if err != nil {
			return err
		}
		if chosen != nil {
			if a.lesson, err = lesson.Resume(chosen); err != nil {
				return err
			}
			return a.face(ctx, chosen)
		}
		dir = here
	}
	a.dir = dir
	p, err := a.open()
	if err != nil {
		return err
	}
	return a.face(ctx, p)
}

// practise makes a project to practise with.
func (a *app) practise() (*wizard.Project, error) {
	return writable(practiceDefault, func(dir string) (*wizard.Project, error) { return makePractice(dir, a.code, nil) })
}

// writable makes a folder of a name here, or at home where nothing can be
// written here.
func writable(name string, fill func(dir string) (*wizard.Project, error)) (*wizard.Project, error) {
	p, err := fill(name)
	if err == nil {
		return p, nil
	}
	if home, homeErr := os.UserHomeDir(); homeErr == nil {
		if p, homeErr := fill(filepath.Join(home, name)); homeErr == nil {
			return p, nil
		}
	}
	return nil, err
}

// recentFile is where the projects of before are kept, or "".
func recentFile() string {
	config, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(config, "gpuwizard", "recent.json")
}

// remember puts a project at the head of those.
func remember(p *wizard.Project) {
	if file := recentFile(); file != "" {
		// A list that cannot be kept is no reason not to go on.
		_ = recent.Note(file, p.Dir(), time.Now())
	}
}
