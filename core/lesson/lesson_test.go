package lesson_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/lesson"
	"gpuwizard/core/problem"
)

func TestBuiltInLessonsAreWellFormed(t *testing.T) {
	for _, name := range lesson.Names() {
		l, err := lesson.Find(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if l.ID != name || len(l.Tasks) < 8 || l.Questions() < 5 || l.Finish.Right == 0 {
			t.Errorf("%s: id %s, %d tasks, %d questions", name, l.ID, len(l.Tasks), l.Questions())
		}
		for _, task := range l.Tasks {
			if task.Kind() != lesson.KindRead && len(task.Hints) == 0 {
				t.Errorf("%s: %s has no hint", name, task.ID)
			}
			for _, o := range task.Choose {
				if !o.Right && o.Why.EN == "" {
					t.Errorf("%s: %s says nothing about the wrong answer %q", name, task.ID, o.Text.EN)
				}
			}
		}
	}
}

const head = `lesson: 1
id: small
title: {zh: 题, en: title}
text: {zh: 文, en: text}
`

const task = `tasks:
  - id: one
    title: {zh: 题, en: title}
    text: {zh: 文, en: text}
`

func TestLessonMistakesAreTold(t *testing.T) {
	for _, test := range []struct {
		name, text string
		code       problem.Code
		line       string
		details    map[string]string
	}{
		{"empty", "", lesson.Missing, "1", map[string]string{"key": "lesson"}},
		{"no YAML", "lesson: [1\n", lesson.Syntax, "1", nil},
		{"two documents", head + task + "---\nx: 1\n", lesson.Syntax, "", nil},
		{"not a mapping", "- lesson\n", lesson.WrongValue, "1", nil},
		{"another version", strings.Replace(head, "lesson: 1", "lesson: 2", 1) + task, lesson.WrongValue, "1", map[string]string{"allowed": "1 .. 1", "got": "2"}},
		{"an unknown key", head + "colour: red\n" + task, lesson.UnknownKey, "5", map[string]string{"key": "colour"}},
		{"a key twice", head + "id: other\n" + task, lesson.Twice, "5", map[string]string{"key": "id"}},
		{"no tasks", head, lesson.Missing, "1", map[string]string{"key": "tasks"}},
		{"one language", head + strings.Replace(task, "text: {zh: 文, en: text}", "text: {zh: 文}", 1), lesson.Missing, "8", map[string]string{"key": "en"}},
		{"an empty text", head + strings.Replace(task, "en: text}", "en: ''}", 1), lesson.WrongValue, "8", map[string]string{"key": "en"}},
		{"an odd id", head + strings.Replace(task, "id: one", "id: One Two", 1), lesson.WrongValue, "6", map[string]string{"allowed": "a-z, 0-9, -"}},
		{"an id twice", head + task + strings.TrimPrefix(task, "tasks:\n"), lesson.WrongValue, "9", nil},
		{"no such step", head + task + "    step: fly\n", lesson.WrongValue, "9", map[string]string{"got": "fly", "allowed": "region, check, convert, classes, upload, train, download"}},
		{"two kinds", head + task + "    step: check\n    number: {min: 1, max: 2}\n", lesson.WrongValue, "6", map[string]string{"allowed": "one of step, choose, number, fact"}},
		{"no right option", head + task + "    choose: [{zh: 甲, en: a}]\n", lesson.Missing, "6", map[string]string{"key": "right"}},
		{"a range upside down", head + task + "    number: {min: 3, max: 1}\n", lesson.WrongValue, "9", nil},
		{"an unknown fact", head + task + "    fact: {step: train, name: speed}\n", lesson.WrongValue, "9", map[string]string{"allowed": "epochs, best_epoch, map50, map"}},
		{"by hand without a step", head + task + "    by_hand: yes\n", lesson.Missing, "6", map[string]string{"key": "step"}},
		{"tries of a step", head + task + "    step: check\n    tries: 3\n", lesson.WrongValue, "6", nil},
		{"a failure of another step", head + task + "    step: check\n    fails: no-cuda\n", lesson.WrongValue, "6", map[string]string{"allowed": "step: train"}},
		{"an answer that the plan refuses", head + "preset: {train.epochs: many}\n" + task, lesson.WrongValue, "5", map[string]string{"key": "train.epochs", "allowed": "1..100000"}},
		{"an answer to nothing", head + "preset: {train.speed: 1}\n" + task, lesson.UnknownKey, "5", map[string]string{"key": "train.speed"}},
		{"a login", head + "preset: {login: ssh root@a.example}\n" + task, lesson.UnknownKey, "5", map[string]string{"key": "login"}},
		{"an unknown lock", head + "locked: [train.speed]\n" + task, lesson.WrongValue, "5", nil},
		{"an unknown fault", head + "data: {sample: yes, faults: [gremlins]}\n" + task, lesson.WrongValue, "5", map[string]string{"got": "gremlins"}},
		{"an unknown failure", head + "practice: yes\nfailures: [{log: gremlins, until: {weights: x}}]\n" + task, lesson.WrongValue, "6", nil},
		{"a failure without practice", head + "failures: [{log: no-cuda, until: {train.device: cpu}}]\n" + task, lesson.Missing, "1", map[string]string{"key": "practice"}},
		{"more right answers than questions", head + task + "finish: {right: 1}\n", lesson.WrongValue, "9", map[string]string{"allowed": "0 .. 0"}},
		{"a reference", head + task + "    hints: &a [*a]\n", lesson.WrongValue, "9", nil},
		{"yes or no", head + "practice: maybe\n" + task, lesson.WrongValue, "5", map[string]string{"allowed": "yes, no"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := lesson.Parse([]byte(test.text), "l.yaml")
			p, ok := problem.As(err)
			if !ok || p.Code != test.code || p.Args["path"] != "l.yaml" {
				t.Fatalf("%v, want %s", err, test.code)
			}
			if test.line != "" && p.Args["line"] != test.line {
				t.Errorf("line %s, want %s: %v", p.Args["line"], test.line, err)
			}
			for name, want := range test.details {
				if p.Args[name] != want {
					t.Errorf("%s is %q, want %q", name, p.Args[name], want)
				}
			}
		})
	}
	if _, err := lesson.Find("no such lesson"); !problem.Has(err, lesson.NoSuch) {
		t.Error(err)
	}
	big := filepath.Join(t.TempDir(), "big.yaml")
	if err := os.WriteFile(big, []byte(strings.Repeat("# more\n", 1<<18)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := lesson.Find(big); !problem.Has(err, lesson.TooLarge) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + task))
	for _, name := range lesson.Names() {
		l, err := lesson.Find(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(l.Source())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := lesson.Parse(data, "l.yaml")
		if (l == nil) == (err == nil) {
			t.Fatalf("%v, %v", l, err)
		}
		if l == nil {
			if p, ok := problem.As(err); !ok || p.Args["line"] == "" && p.Code != lesson.TooLarge {
				t.Fatalf("no line: %v", err)
			}
			return
		}
		again, err := lesson.Parse(l.Source(), "l.yaml")
		if err != nil || again.Digest() != l.Digest() || len(again.Tasks) != len(l.Tasks) {
			t.Fatalf("read again: %v", err)
		}
	})
}
