//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
)

// TestLessonsByKeysAlone takes lessons to their end on the screens, in a
// terminal and by keys alone: every wrong answer of every question, then the
// right one. One lesson a language by default, all of them where
// GPUWIZARD_TEST_LESSONS is set.
func TestLessonsByKeysAlone(t *testing.T) {
	t.Parallel()
	take := map[string][]string{"zh": {"failures"}, "en": {"mend"}}
	if os.Getenv("GPUWIZARD_TEST_LESSONS") != "" {
		take = map[string][]string{"zh": lesson.Names(), "en": lesson.Names()}
	}
	for lang, names := range take {
		for _, name := range names {
			t.Run(lang+"/"+name, func(t *testing.T) {
				t.Parallel()
				l, err := lesson.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				dir := filepath.Join(t.TempDir(), "p")
				k := &keyTaker{
					terminal: openTerminal(t, "practice", "--lesson", name, "--lang", lang, "--speed", "2000", "--dir", dir),
					words:    text.For(text.Lang(lang)).ForPractice(), dir: dir,
				}
				words := k.words.Lessons()
				k.first(words.Begin)
				for i, task := range l.Tasks {
					k.say("\r") // begin, or on to the next task
					k.first(k.words.LessonTitle(task.Title))
					switch task.Kind() {
					case lesson.KindRead:
						continue // Enter has read it
					case lesson.KindStep:
						k.do(task)
						continue
					}
					for n, wrong := range wrongAnswers(task) {
						k.answer(task, wrong)
						k.until(func() bool { return k.tried(task).Tries == n+1 })
						if why := choice(task, wrong).Why; why != (lesson.Text{}) {
							k.first(head(k.words.OfLesson(why)))
						} else if n == 0 {
							k.first(words.Wrong)
						}
					}
					k.answer(task, rightAnswer(t, dir, task))
					k.first(words.Right)
					if tried := k.tried(task); !tried.Right || !tried.Done {
						t.Fatalf("task %d, %s: %+v", i+1, task.ID, tried)
					}
				}
				k.say("\r")
				done := k.words.Fill(words.Finished, map[string]string{"right": strconv.Itoa(l.Questions()), "questions": strconv.Itoa(l.Questions())})
				k.first(head(done))
				k.say("q")
				if code := k.ended(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				k.restored()
				if said := k.terminal.text(k.since); !strings.Contains(said, done) {
					t.Errorf("no %q at the end:\n%s", done, said)
				}
			})
		}
	}
}

// keyTaker takes a lesson on the screens.
type keyTaker struct {
	*terminal
	words *text.Text
	dir   string
	since int // where the output was when a key was pressed last
}

func (k *keyTaker) say(keys string) {
	k.since = k.mark()
	k.press(keys)
}

// first waits until one of some texts is drawn, and returns it.
func (k *keyTaker) first(texts ...string) (found string) {
	k.t.Helper()
	k.until(func() bool {
		said := k.terminal.text(k.since)
		for _, text := range texts {
			if strings.Contains(said, text) {
				found = text
				return true
			}
		}
		return false
	})
	return found
}

// until waits for something that comes with a change of the screen, or after it.
func (k *keyTaker) until(holds func() bool) {
	k.t.Helper()
	deadline := time.After(3 * time.Minute)
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-k.more:
		case <-again.C:
		case <-k.wait:
			k.t.Fatalf("ended:\n%s", k.terminal.text(k.since))
		case <-deadline:
			k.t.Fatalf("it never comes:\n%s", k.terminal.text(k.since))
		}
	}
}

// do does what leads to a task of a step, on the steps' own screens.
func (k *keyTaker) do(task lesson.Task) {
	k.t.Helper()
	words, steps := k.words.Lessons(), map[string]journey.Step{}
	var numbers []string
	for i, step := range journey.Steps() {
		number := k.words.Fill(k.words.StepOf, map[string]string{"number": strconv.Itoa(i + 1), "total": strconv.Itoa(len(journey.Steps()))})
		steps[number], numbers = step, append(numbers, number)
	}
	for range 2 * len(steps) {
		k.say("\r") // to the first step to be done
		step := steps[k.first(numbers...)]
		start := "\r"
		if state := checklist(k.t.(*testing.T), k.dir)[string(step)]["state"]; state == "failed" || state == "done" {
			start = "r" // once more; the first button may be another
		}
		k.say(start)
		if k.first(words.ToTask, atHand(k.words.StopYes)) != words.ToTask {
			k.say("\r")
			k.first(words.ToTask)
		}
		if said := k.terminal.text(k.since); task.Fails != "" && (strings.Contains(said, "日志第") || strings.Contains(said, "of the log:")) {
			k.t.Errorf("%s: what the student is to find is told:\n%s", task.ID, said)
		}
		k.say("g")
		if k.first(words.Next, k.words.Fill(words.DoIt, map[string]string{"step": string(task.Step)})) == words.Next {
			return
		}
	}
	k.t.Fatalf("task %s is never done:\n%s", task.ID, k.terminal.text(k.since))
}

func (k *keyTaker) answer(task lesson.Task, answer string) {
	if task.Kind() == lesson.KindChoose {
		k.say(answer)
		return
	}
	k.say("\r")
	k.first(k.words.Lessons().TypeIt + strings.TrimSpace(k.words.Colon))
	k.say(answer + "\r")
}

// tried is what the record has of a task.
func (k *keyTaker) tried(task lesson.Task) lesson.Tried {
	k.t.Helper()
	p, err := wizard.Open(k.dir)
	if err != nil {
		k.t.Fatal(err)
	}
	w, err := lesson.Resume(p)
	if err != nil {
		k.t.Fatal(err)
	}
	return w.State().Tasks[task.ID]
}

// choice is the option of a question that an answer chooses.
func choice(task lesson.Task, answer string) lesson.Option {
	if n, err := strconv.Atoi(answer); err == nil && n <= len(task.Choose) {
		return task.Choose[n-1]
	}
	return lesson.Option{}
}

// head is as much of a sentence as stands in one line for sure.
func head(sentence string) string {
	runes := []rune(sentence)
	return string(runes[:min(len(runes), 12)])
}
