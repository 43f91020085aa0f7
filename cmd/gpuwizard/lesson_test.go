package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/wizard"
)

// fact is what a step of a project came to.
func fact(t *testing.T, dir string, step journey.Step, name string) string {
	t.Helper()
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p.Journey().Of(step).Evidence.Fact(name)
}

// rightAnswer is what to answer to a question, and wrongAnswers what not to.
func rightAnswer(t *testing.T, dir string, task lesson.Task) string {
	t.Helper()
	switch task.Kind() {
	case lesson.KindChoose:
		for i, o := range task.Choose {
			if o.Right {
				return strconv.Itoa(i + 1)
			}
		}
	case lesson.KindNumber:
		return fmt.Sprint(task.Number.Max)
	}
	value := fact(t, dir, task.Fact.Step, task.Fact.Name)
	if task.Fact.Name == "best_epoch" {
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		value = strconv.Itoa(n + 1)
	}
	return value
}

func wrongAnswers(task lesson.Task) []string {
	if task.Kind() != lesson.KindChoose {
		return []string{"98765"}
	}
	var wrong []string
	for i, o := range task.Choose {
		if !o.Right {
			wrong = append(wrong, strconv.Itoa(i+1))
		}
	}
	return wrong
}

// taker takes a lesson through the face for programs.
type taker struct {
	t    *testing.T
	in   *io.PipeWriter
	out  *bufio.Scanner
	code chan int
}

func takeLesson(t *testing.T, args ...string) *taker {
	t.Helper()
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	k := &taker{t: t, in: inW, out: bufio.NewScanner(outR), code: make(chan int, 1)}
	k.out.Buffer(nil, 1<<20)
	go func() {
		var errs bytes.Buffer
		code := run(t.Context(), args, streams{in: inR, out: outW, err: &errs})
		_ = outW.Close()
		k.code <- code
	}()
	t.Cleanup(func() { _ = inW.Close(); _ = outR.Close() })
	return k
}

// stop ends the input and returns the exit code.
func (k *taker) stop() int {
	_ = k.in.Close()
	for k.out.Scan() {
	}
	return <-k.code
}

func (k *taker) say(input string) {
	k.t.Helper()
	if _, err := io.WriteString(k.in, input+"\n"); err != nil {
		k.t.Fatal(err)
	}
}

// next reads up to an event of one of these kinds.
func (k *taker) next(kinds ...string) map[string]any {
	k.t.Helper()
	for k.out.Scan() {
		var o map[string]any
		if err := json.Unmarshal(k.out.Bytes(), &o); err != nil {
			k.t.Fatalf("not JSON: %q", k.out.Text())
		}
		if o["code"] == string(wizard.NoteDiagnosis) {
			k.t.Errorf("what the student is to find is told: %v", o)
		}
		for _, kind := range kinds {
			if o["event"] == kind {
				return o
			}
		}
	}
	k.t.Fatalf("the output ended before %v", kinds)
	return nil
}

// TestLessonsFromEndToEnd takes every built-in lesson through the face for
// programs: every wrong answer and then the right one, every hint, every step.
func TestLessonsFromEndToEnd(t *testing.T) {
	t.Parallel()
	for _, name := range lesson.Names() {
		t.Run(name, func(t *testing.T) {
			l, err := lesson.Find(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "课 lesson")
			k := takeLesson(t, "practice", "--lesson", name, "--json", "--speed", "2000", "--dir", dir)
			for i, task := range l.Tasks {
				o := k.next("task")
				if o["task"] != task.ID || o["number"] != float64(i+1) || o["title"] == "" || o["text"] == "" {
					t.Fatalf("task %d is %v, want %s", i+1, o, task.ID)
				}
				for range task.Hints {
					k.say(`{"hint":true}`)
					if f := k.next("feedback"); f["verdict"] != "hinted" {
						t.Errorf("%s: %v", task.ID, f)
					}
					o = k.next("task")
				}
				if hints, _ := o["hints"].([]any); len(hints) != len(task.Hints) {
					t.Errorf("%s: hints %v", task.ID, o["hints"])
				}
				switch task.Kind() {
				case lesson.KindRead:
					k.say(`{"read":true}`)
					k.next("feedback")
				case lesson.KindStep:
					k.say(`{"run":true}`)
					if task.Fails != "" {
						if f := k.next("feedback"); f["verdict"] != "passed" {
							t.Fatalf("%s: %v", task.ID, f)
						}
					}
				default:
					for _, wrong := range wrongAnswers(task) {
						k.say(`{"answer":"` + wrong + `"}`)
						f := k.next("feedback")
						if f["verdict"] != "wrong" || task.Kind() == lesson.KindChoose && f["why"] == "" {
							t.Errorf("%s, answer %s: %v", task.ID, wrong, f)
						}
						k.next("task")
					}
					k.say(`{"answer":"no answer at all"}`)
					if f := k.next("feedback"); f["verdict"] != "unfit" {
						t.Errorf("%s: %v", task.ID, f)
					}
					k.next("task")
					k.say(`{"answer":"` + rightAnswer(t, dir, task) + `"}`)
					if f := k.next("feedback"); f["verdict"] != "correct" {
						t.Fatalf("%s: %v", task.ID, f)
					}
				}
			}
			if o := k.next("finished", "short", "task"); o["event"] != "finished" || o["right"] != float64(l.Questions()) {
				t.Errorf("at the end: %v", o)
			}
			if code := k.stop(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			// It is finished for whoever comes back after a week, too.
			k = takeLesson(t, "--json", "--dir", dir)
			if o := k.next("finished", "task"); o["event"] != "finished" {
				t.Errorf("opened again: %v", o)
			}
			k.stop()
		})
	}
}

// TestLessonGoesBackToALostStep holds that a step is looked at again, never
// believed.
func TestLessonGoesBackToALostStep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	k := takeLesson(t, "practice", "--lesson", "person", "--json", "--speed", "2000", "--dir", dir)
	for range 2 {
		k.next("task")
		k.say(`{"run":true}`)
		k.next("task")
		k.say(`{"answer":"1"}`)
		if f := k.next("feedback"); f["verdict"] != "correct" {
			break // the second question
		}
	}
	if code := k.stop(); code != exitUser {
		t.Errorf("exit code %d", code)
	}
	if err := os.Remove(filepath.Join(dir, "train_data", "train", "person-001.xml")); err != nil {
		t.Fatal(err)
	}
	k = takeLesson(t, "--json", "--dir", dir)
	if o := k.next("task"); o["task"] != "check" {
		t.Errorf("with a label deleted: %v", o)
	}
	k.stop()
}

func TestLessonKeepsItsAnswers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "p")
	k := takeLesson(t, "practice", "--lesson", "failures", "--json", "--dir", dir)
	k.next("task")
	k.stop()
	plan := filepath.Join(dir, "gpuwizard.yaml")
	if text := read(t, plan); !strings.Contains(text, "batch: 256") || !strings.Contains(text, "platform: practice") {
		t.Errorf("%s", text)
	}
	// A locked answer that was edited by hand is put back.
	write(t, plan, strings.Replace(read(t, plan), "data: train_data", "data: elsewhere", 1))
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lesson.Resume(p); err != nil {
		t.Fatal(err)
	}
	if err := p.Set("data", "x"); err == nil || !strings.Contains(err.Error(), string(wizard.AnswerLocked)) {
		t.Errorf("a locked answer was changed: %v", err)
	}
	// Another lesson does not go into the same folder, nor a lesson into a
	// real project.
	if r := program(t, "practice", "--lesson", "mend", "--dir", dir); r.code != exitUsage {
		t.Errorf("exit code %d: %s", r.code, r.all())
	}
	real := t.TempDir()
	write(t, filepath.Join(real, "gpuwizard.yaml"), "platform: autodl\n")
	if r := program(t, "--lesson", "person", "--dir", real); r.code != exitUsage {
		t.Errorf("exit code %d: %s", r.code, r.all())
	}
	if r := program(t, "--lesson", "nothing"); r.code != exitUsage || !strings.Contains(r.all(), "person, mend, failures") {
		t.Errorf("exit code %d: %s", r.code, r.all())
	}
}

// TestLessonByNumbers takes the first lesson as somebody does who cannot see a
// screen, with three wrong answers before the reminder of a hint.
func TestLessonByNumbers(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string][]string{
		"en": {"Train a person detector", "Task 1 of", "Choose a region", "Task 2 of", "Not quite", "Not quite", "Not quite", "Would a hint help", "Hint 1 of 2", "Right.", "Task 3 of", "Your progress is kept"},
		"zh": {"训练一个人体检测模型", "任务 1/", "选择地区", "任务 2/", "不对", "不对", "不对", "要不要看一个提示", "提示 1/2", "答对了", "任务 3/", "进度已保存"},
	} {
		t.Run(lang, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "p")
			// Do the step; wrong, wrong, wrong; a hint; right; stop.
			typed := "1\n2\n3\n2\n4\n1\n3\n"
			r := programWith(t, streams{in: strings.NewReader(typed)}, "practice", "--lesson", "person", "--plain", "--lang", lang, "--dir", dir)
			rest := r.all()
			for _, word := range words {
				_, after, ok := strings.Cut(rest, word)
				if !ok {
					t.Fatalf("no %q in its place:\n%s", word, r.all())
				}
				rest = after
			}
		})
	}
}
