package plain

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// questions asks everything that a step wants to know, with the present answer
// as the default.
func (c *Console) questions(ctx context.Context, p *wizard.Project, step journey.Step) error {
	asked := map[string]bool{}
	for {
		// One answer may bring up another question: they are read afresh.
		list := p.Questions(step)
		at := slices.IndexFunc(list, func(q wizard.Question) bool {
			// A rehearsal has its platform: another one would make it real.
			rehearsed := q.Key == "platform" && q.Given && q.Value == wizard.PracticePlatform
			return !asked[q.Key] && !q.Locked && !rehearsed && (!c.o.Missing || q.Required && q.Value == "")
		})
		if at < 0 {
			return nil
		}
		q := list[at]
		asked[q.Key] = true
		if err := c.question(ctx, p, q); err != nil {
			return err
		}
	}
}

func (c *Console) question(ctx context.Context, p *wizard.Project, q wizard.Question) error {
	words := c.o.Text.Question(q.Key)
	c.line("")
	c.line("? " + words.Title)
	if words.Why != "" {
		c.line("  " + words.Why)
	}
	if q.Value == "" && len(q.Choices) == 0 {
		c.putThere(q.Key, p.Dir())
	}
	for {
		value, err := c.answer(ctx, q)
		if errors.Is(err, io.EOF) {
			// Nobody is there any more: the same as if nobody had been.
			c.line("")
			return problem.New(planfile.AnswerMissing, err, "key", q.Key)
		}
		if err != nil {
			return err
		}
		if q.Key == "login" {
			value = c.takeLogin(value)
		}
		if value == q.Value && (q.Given || value == q.Default) && (value != "" || !q.Required) {
			return nil
		}
		if value == "" && q.Required {
			c.Problem(problem.New(planfile.AnswerMissing, nil, "key", q.Key))
			continue
		}
		if err := p.Set(q.Key, value); err != nil {
			c.Problem(err)
			continue
		}
		return nil
	}
}

// putThere says what is missing in the project's folder and where to get it.
func (c *Console) putThere(key, dir string) {
	var form string
	switch key {
	case "data":
		form = c.o.Text.PutData
	case "code.folder":
		form = c.o.Text.PutCode
	default:
		return
	}
	c.line("  " + c.fill(form, "folder", dir))
}

func (c *Console) answer(ctx context.Context, q wizard.Question) (string, error) {
	words := c.o.Text.Plain()
	if len(q.Choices) == 0 {
		return c.typed(ctx, q.Value)
	}
	var labels []string
	chosen := -1
	for i, choice := range q.Choices {
		label, remark := c.o.Text.Choice(q.Key, choice)
		if remark != "" {
			label += " (" + remark + ")"
		}
		labels = append(labels, label)
		if choice.Value == q.Value {
			chosen = i
		}
	}
	if q.Open {
		if chosen < 0 && q.Value == "" && q.Required {
			chosen = len(labels) // nothing is proposed: a value has to be typed
		}
		if chosen < 0 {
			now := widget.Whole(clean.Line(q.Value))
			if q.Value == "" {
				now = c.o.Text.Market().NotSure
			}
			labels = append(labels, now)
			chosen = len(labels) - 1
		}
		labels = append(labels, words.Other)
	}
	at, err := c.choose(ctx, "", labels, max(chosen, 0))
	switch {
	case err != nil:
		return "", err
	case at < len(q.Choices):
		return q.Choices[at].Value, nil
	case at < len(labels)-1:
		return q.Value, nil
	}
	c.prompt(words.TypeOther)
	return c.read(ctx)
}

func (c *Console) typed(ctx context.Context, value string) (string, error) {
	words := c.o.Text.Plain()
	if value == "" {
		c.prompt(words.EnterValue)
	} else {
		c.prompt(c.fill(words.EnterDefault, "value", value))
	}
	answer, err := c.read(ctx)
	if answer == "" {
		answer = value
	}
	return answer, err
}

// choose lists labels with numbers and returns the index of the one chosen;
// Enter alone is for the one that is chosen already, or none below 0.
func (c *Console) choose(ctx context.Context, title string, labels []string, chosen int) (int, error) {
	words := c.o.Text.Plain()
	if title != "" {
		c.line("? " + title)
	}
	for i, label := range labels {
		c.line("  " + strconv.Itoa(i+1) + ") " + label)
	}
	high := strconv.Itoa(len(labels))
	form := words.EnterNumber
	if chosen < 0 {
		form = words.EnterOne
	}
	for {
		c.prompt(c.fill(form, "low", "1", "high", high, "default", strconv.Itoa(chosen+1)))
		answer, err := c.read(ctx)
		if err != nil {
			return 0, err
		}
		if answer == "" && chosen >= 0 {
			return chosen, nil
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(labels) {
			return n - 1, nil
		}
		c.line(c.fill(words.NotANumber, "low", "1", "high", high))
	}
}

func (c *Console) confirm(ctx context.Context, question string) (bool, error) {
	c.line(question)
	c.prompt(c.o.Text.Plain().YesNo)
	answer, err := c.read(ctx)
	return isYes(answer), err
}

func isYes(answer string) bool {
	return slices.Contains([]string{"y", "yes", "是"}, strings.ToLower(answer))
}

// maxAnswer bounds a typed or piped line.
const maxAnswer = 64 << 10

// read reads one line. The end of the input is io.EOF.
func (c *Console) read(ctx context.Context) (string, error) {
	answer, err := inTime(ctx, func() (string, error) {
		var b strings.Builder
		for b.Len() < maxAnswer {
			r, _, err := c.in.ReadRune()
			if errors.Is(err, io.EOF) && b.Len() > 0 || r == '\n' {
				return strings.TrimSpace(b.String()), nil
			}
			if errors.Is(err, io.EOF) {
				return "", err
			}
			if err != nil {
				return "", problem.New(wizard.Cancelled, err)
			}
			b.WriteRune(r)
		}
		return "", problem.New(wizard.Cancelled, errors.New("a line without end"))
	})
	if ctx.Err() != nil {
		// The prompt still stands in the line.
		c.line("")
	}
	return answer, err
}

// inTime waits for a read that cannot be interrupted, no longer than ctx.
func inTime(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", problem.New(wizard.Cancelled, ctx.Err())
	case r := <-done:
		return r.text, r.err
	}
}
