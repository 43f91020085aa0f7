//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/lesson"
	"gpuwizard/tui/text"
)

// TestLessonsByKeysAlone takes lessons to their end in a terminal by keys
// alone: every wrong answer of every question, then the right one. One lesson a
// language by default, all of them where GPUWIZARD_TEST_LESSONS is set.
func TestLessonsByKeysAlone(t *testing.T) {
	t.Parallel()
	take := map[string][]string{"zh": {"person"}, "en": {"mend"}}
	if os.Getenv("GPUWIZARD_TEST_LESSONS") != "" {
		take = map[string][]string{"zh": lesson.Names(), "en": lesson.Names()}
	}
	for lang, names := range take {
		for _, name := range names {
			t.Run(lang+"/"+name, func(t *testing.T) {
				l, err := lesson.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				dir := filepath.Join(t.TempDir(), "p")
				k := &keyTaker{terminal: openTerminal(t, "practice", "--lesson", name, "--lang", lang, "--speed", "2000", "--dir", dir), text: text.For(text.Lang(lang))}
				words := k.text.Lessons()
				for i, task := range l.Tasks {
					k.task()
					if title := k.text.OfLesson(task.Title); !strings.Contains(k.terminal.text(0), title) {
						t.Fatalf("task %d, %q, does not come:\n%s", i+1, title, k.terminal.text(0))
					}
					if !task.Asks() {
						k.say("1")
						continue
					}
					for _, wrong := range wrongAnswers(task) {
						k.answer(task, wrong)
						k.task()
						if said := k.terminal.text(k.before); !strings.Contains(said, words.Wrong) {
							t.Errorf("%s, answer %s: %s", task.ID, wrong, said)
						}
					}
					k.answer(task, rightAnswer(t, dir, task))
					k.expect(k.since, words.Right)
				}
				k.expect(0, strconv.Itoa(l.Questions()))
				if code := k.ended(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				done := k.text.Fill(words.Finished, map[string]string{"right": strconv.Itoa(l.Questions()), "questions": strconv.Itoa(l.Questions())})
				if all := k.terminal.text(0); !strings.Contains(all, done) {
					t.Errorf("no %q at the end:\n%s", done, all)
				}
			})
		}
	}
}

// keyTaker answers what a lesson asks in a terminal.
type keyTaker struct {
	*terminal
	text          *text.Text
	since, before int // where the output was when the last, and the one before, was typed
}

func (k *keyTaker) say(line string) {
	k.before, k.since = k.since, k.mark()
	k.press(line + "\r")
}

// task waits until the lesson asks what to do. What a step asks on the way is
// answered with Enter.
func (k *keyTaker) task() {
	k.t.Helper()
	stop := k.text.Lessons().Stop
	deadline := time.After(2 * time.Minute)
	for {
		said := strings.TrimRight(k.terminal.text(k.since), " ")
		if strings.HasSuffix(said, ":") || strings.HasSuffix(said, "：") {
			if strings.Contains(said, stop) {
				k.before, k.since = k.since, k.mark()
				return
			}
			k.say("")
			continue
		}
		select {
		case <-k.more:
		case <-k.wait:
			k.t.Fatalf("ended:\n%s", k.terminal.text(0))
		case <-deadline:
			k.t.Fatalf("nothing is asked:\n%s", k.terminal.text(0))
		}
	}
}

func (k *keyTaker) answer(task lesson.Task, answer string) {
	k.t.Helper()
	if task.Kind() == lesson.KindChoose {
		k.say(answer)
		return
	}
	k.say("1")
	k.expect(k.since, k.text.Plain().EnterValue[:len("请")])
	k.say(answer)
}
