package main

import (
	"os"
	"path/filepath"

	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/practice"
)

// withLesson opens a project and the lesson that goes with it: the one that
// was asked for, or the one that lies in its folder.
func (a *app) withLesson(open func(*lesson.Lesson) (*wizard.Project, error)) (*wizard.Project, error) {
	var l *lesson.Lesson
	if a.lessonName != "" {
		var err error
		if l, err = lesson.Find(a.lessonName); err != nil {
			return nil, err
		}
		a.onPractice = a.onPractice || l.Practice
		if a.dir == "" && l.Practice {
			a.dir = lessonFolder + l.ID
		}
	}
	p, err := open(l)
	if err != nil {
		return nil, err
	}
	if l != nil {
		if err := beginLesson(p, l); err != nil {
			return nil, err
		}
	}
	a.lesson, err = lesson.Resume(p)
	return p, err
}

// takeUp makes the project of a lesson that was chosen on a first screen: in a
// folder of its own if it is for the practice instance, else in this one.
func (a *app) takeUp(l *lesson.Lesson) (*wizard.Project, error) {
	if !l.Practice {
		here, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		p, err := wizard.OpenFor(here)
		if err != nil {
			return nil, err
		}
		return p, beginLesson(p, l)
	}
	p, err := writable(lessonFolder+l.ID, func(dir string) (*wizard.Project, error) { return makePractice(dir, a.code, l) })
	if err != nil {
		return nil, err
	}
	return p, beginLesson(p, l)
}

// beginLesson puts a lesson and its pictures into a project's folder.
func beginLesson(p *wizard.Project, l *lesson.Lesson) error {
	if l.Data.Sample {
		if err := placeData(p.Dir(), l); err != nil {
			return err
		}
	}
	_, err := lesson.Start(p, l)
	return err
}

// lessonFolder begins the name of the folder that a lesson on the practice
// instance makes.
const lessonFolder = "gpuwizard-"

// placeData puts the pictures of a lesson into a project's folder, once: what
// the student changes in them stays changed.
func placeData(dir string, l *lesson.Lesson) error {
	if _, err := os.Stat(filepath.Join(dir, dataFolder)); !os.IsNotExist(err) {
		return nil
	}
	if err := placeFolder(dir, dataFolder, l.WriteData); err != nil {
		if _, ok := problem.As(err); ok {
			return err
		}
		return problem.New(practiceUnmade, err, "path", dir)
	}
	return nil
}

// dataFolder is where the program puts pictures of its own making.
const dataFolder = "train_data"

// rehearse says how the next training on the practice instance goes, by the
// lesson that lies in the project's folder; state is its folder of evidence.
func rehearse(plan planfile.Plan, state string) practice.Failure {
	l, err := lesson.Read(filepath.Join(filepath.Dir(state), lesson.File))
	if err != nil {
		return nil // no lesson, or one that nobody could have begun
	}
	name := l.Failing(plan)
	if name == "" {
		return nil
	}
	return func(code, dataset string) ([]byte, int) {
		log, exit, _ := lesson.FailureLog(name, code, dataset)
		return log, exit
	}
}
