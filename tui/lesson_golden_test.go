package tui

import (
	"encoding/json"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/screen"
)

func init() { scenes = append(scenes, lessonScenes...) }

// lessonScenes are a lesson on the screens, and steps done by hand.
var lessonScenes = []scene{
	{"welcome-lessons", func(_ *testing.T, d *driver) {
		atTheDoor(d)
		d.m.welcome.here = d.t.TempDir()
		d.press("down", "down", "enter")
		d.wait("the lessons are listed", func() bool { return len(d.m.welcome.shelf.list) > 0 })
		d.press("down")
	}},
	{"lesson-begin", func(t *testing.T, d *driver) { inLesson(t, d, "failures") }},
	{"lesson-question", func(t *testing.T, d *driver) {
		inLesson(t, d, "failures")
		atTask(d, "device-cause")
		d.press("3", "3", "2", "up")
		atTask(d, "weights-cause")
		d.press("h", "2", "2", "3")
	}},
	{"lesson-right", func(t *testing.T, d *driver) {
		inLesson(t, d, "failures")
		atTask(d, "device-mend")
		d.press("2")
	}},
	{"lesson-number", func(t *testing.T, d *driver) {
		inLesson(t, d, "person")
		atTask(d, "class-number")
		d.press("enter", "1", "enter", "enter", "0")
	}},
	{"lesson-step", func(t *testing.T, d *driver) {
		inLesson(t, d, "failures")
		atTask(d, "killed-failure")
	}},
	{"lesson-step-failed", func(t *testing.T, d *driver) {
		inLesson(t, d, "failures")
		atTask(d, "device-failure")
		d.m.lesson.open = false
		pretend(d, journey.Train, connected()[1])
		d.m.common.Task = screen.TaskDone
		finish(d, journey.Train, problem.New("training-failed", nil, "exit", "1", "line", "AssertionError: Invalid CUDA '--device 0' requested", "log", ".gpuwizard/logs/person.log"), nil)
	}},
	{"lesson-end", func(t *testing.T, d *driver) {
		inLesson(t, d, "person")
		d.m.lesson.intro = false
		d.m.lesson.stand.Task, d.m.lesson.stand.Finished, d.m.lesson.stand.Right = nil, true, 7
		d.m.lesson.stand.Done, d.m.lesson.stand.MoreHints = len(d.m.lesson.stand.Each), false
		for i := range d.m.lesson.stand.Each {
			d.m.lesson.stand.Each[i] = true
		}
	}},
	{"lesson-locked", func(t *testing.T, d *driver) {
		inLesson(t, d, "person")
		d.m.lesson.open = false
		goTo(d, journey.Check)
		d.press("up")
	}},
	{"hand-convert", func(t *testing.T, d *driver) {
		goTo(d, journey.Convert)
		d.press("y")
	}},
	{"hand-upload", func(t *testing.T, d *driver) {
		goTo(d, journey.Upload)
		d.press("y")
	}},
	{"hand-place", func(t *testing.T, d *driver) {
		goTo(d, journey.Train)
		d.press("y", "up", "enter", "/root/autodl-tmp/yolov5")
	}},
	{"hand-differs", func(t *testing.T, d *driver) {
		goTo(d, journey.Classes)
		d.press("y", "h", "down", "enter")
		for range 3 {
			d.m.screens[journey.Classes].Begin()
			for _, e := range []wizard.Event{
				noteOf(wizard.NoteHandLooked, "path", "/root/autodl-tmp/yolov5_code"),
				noteOf(wizard.NoteHandNC, "path", "/root/autodl-tmp/yolov5_code/models/yolov5n.yaml", "line", "4", "got", "80", "want", "1"),
				noteOf(wizard.NoteHandMissing, "what", "data-yaml", "count", "1", "files", "/root/autodl-tmp/yolov5_code/data/person.yaml"),
			} {
				e.Step = journey.Classes
				d.m.screens[journey.Classes].Tell(e)
			}
			d.m.screens[journey.Classes].End(problem.New(wizard.ByHandDiffers, nil, "step", "classes", "count", "2"))
		}
	}},
}

// inLesson makes the project one in which a built-in lesson has been begun.
func inLesson(t *testing.T, d *driver, name string) {
	t.Helper()
	l, err := lesson.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.m.project.Set("platform", wizard.PracticePlatform); err != nil {
		t.Fatal(err)
	}
	w, err := lesson.Start(d.m.project, l)
	if err != nil {
		t.Fatal(err)
	}
	d.m.takeUp(w)
	d.m.refresh()
}

// atTask shows a task as the one to do.
func atTask(d *driver, id string) {
	p := d.m.lesson
	p.intro, p.said = false, nil
	tasks := p.walk.Lesson.Tasks
	state := lesson.State{Lesson: p.walk.Lesson.ID, Began: noon, Tasks: map[string]lesson.Tried{}}
	for i, task := range tasks {
		if task.ID == id {
			break
		}
		tasks[i].Step = "" // or it would have to be done
		state.Tasks[task.ID] = lesson.Tried{Done: true}
	}
	raw, err := json.Marshal(state)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.m.project.SaveLesson(raw, "", ""); err != nil {
		d.t.Fatal(err)
	}
	w := p.walk
	if p.walk, err = lesson.Resume(d.m.project); err != nil {
		d.t.Fatal(err)
	}
	p.walk.Lesson.Tasks = w.Lesson.Tasks
	d.m.copyStand()
	p.rest()
}
