package plain

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// progressEvery is how often progress is a line of its own: a screen reader
// reads each of them aloud.
const progressEvery = 3 * time.Second

// Tell writes an event as a line, or as an object for a program.
func (c *Console) Tell(e wizard.Event) {
	if c.o.JSON {
		c.tellJSON(e)
		return
	}
	c.watch(e)
	switch e.Kind {
	case wizard.KindNote:
		if line := c.o.Text.Note(e.Code, e.Args); line != "" {
			c.line("  " + line)
		}
	case wizard.KindCommand:
		c.verbatim("  $ " + clean.Line(e.Line))
	case wizard.KindContent:
		c.verbatim("    " + clean.Line(e.Line))
	case wizard.KindProgress:
		c.tellProgress(*e.Progress)
	case wizard.KindLog:
		if !e.Live {
			c.verbatim("  | " + e.Line)
		}
	case wizard.KindTraining:
		c.tellTraining(*e.Training)
	case wizard.KindCost:
		c.tellCost(e.Meter)
	case wizard.KindHurdle:
		c.line("  " + c.o.Text.HurdleLine(*e.Hurdle))
	}
}

// tellTraining says after an epoch how it went and what is left.
func (c *Console) tellTraining(s yolov5.Standing) {
	if s.EpochShare < 1 || s.Phase != yolov5.Learning || len(s.Curve) == c.epochs {
		return
	}
	c.epochs = len(s.Curve)
	c.line("  " + c.o.Text.EpochLine(s))
}

func (c *Console) tellProgress(p instance.Progress) {
	now := time.Now()
	c.mu.Lock()
	due := now.Sub(c.progress) >= progressEvery
	if due {
		c.progress = now
	}
	c.mu.Unlock()
	if !due {
		return
	}
	parts := []string{c.o.Text.Phase(p.Phase)}
	if p.FilesTotal > 0 {
		parts = append(parts, c.fill(c.o.Text.Plain().PictureOf, "done", strconv.Itoa(p.Files), "total", strconv.Itoa(p.FilesTotal)))
	}
	if p.BytesTotal > 0 {
		parts = append(parts, c.fill(c.o.Text.Plain().PictureOf, "done", c.o.Text.Size(p.Bytes), "total", c.o.Text.Size(p.BytesTotal)))
	}
	if p.Rate > 0 {
		parts = append(parts, c.fill(c.o.Text.Rate, "rate", c.o.Text.Size(int64(p.Rate))))
	}
	if p.Left > 0 {
		parts = append(parts, c.fill(c.o.Text.Left, "time", c.o.Text.Duration(time.Duration(p.Left*float64(time.Second)))))
	}
	c.line("  " + strings.Join(parts, "  "))
}

// TrustHost asks whether a host key may be trusted. Where nobody can be asked,
// no key passes.
func (c *Console) TrustHost(ctx context.Context, key wizard.HostKey) (bool, error) {
	if !c.asks() {
		return false, untrusted(key)
	}
	words := c.o.Text.Plain()
	form := words.HostKeyNew
	if len(key.Known) > 0 {
		form = words.HostKeyOther
	}
	c.line(c.fill(form, "host", key.Host, "type", key.Type, "fingerprint", key.Fingerprint, "known", strings.Join(key.Known, ", ")))
	for {
		c.line(words.TrustIt)
		c.prompt(words.YesNo)
		answer, err := c.read(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return false, untrusted(key)
		case err == nil && c.keepLoose(answer):
			continue
		}
		return isYes(answer), err
	}
}

// untrusted is the problem of a host key that nobody was there to judge.
func untrusted(key wizard.HostKey) error {
	if len(key.Known) > 0 {
		return problem.New(instance.HostKeyChanged, nil, "host", key.Host, "want", strings.Join(key.Known, ", "), "got", key.Fingerprint)
	}
	return problem.New(instance.HostKeyUnknown, nil, "host", key.Host, "got", key.Fingerprint)
}

// NewLogin asks for the way to an instance that was restarted. What cannot be
// read is asked for again; an empty line is the old way.
func (c *Console) NewLogin(ctx context.Context, old rental.Login, why wizard.LoginReason) (rental.Login, error) {
	if !c.asks() {
		return rental.Login{}, problem.New(instance.LoginNeeded, nil, "host", old.Host, "user", old.User)
	}
	_, words := c.o.Text.NewLogin(why, old.Command())
	c.line("? " + words)
	for {
		if old.Host != "" {
			c.prompt(c.fill(c.o.Text.Plain().EnterDefault, "value", old.Command()))
		}
		answer, err := c.read(ctx)
		if errors.Is(err, io.EOF) {
			return rental.Login{}, problem.New(instance.LoginNeeded, err, "host", old.Host, "user", old.User)
		}
		if err != nil || answer == "" {
			return rental.Login{}, err
		}
		login, err := wizard.ReadWholeLogin(answer)
		if err != nil {
			c.Problem(err)
			continue
		}
		c.mu.Lock()
		c.secret = login
		c.mu.Unlock()
		return login, nil
	}
}

// StopInstance asks whether to stop the instance; the answer of nobody is no.
func (c *Console) StopInstance(ctx context.Context, host string) (bool, error) {
	return c.agrees(ctx, c.fill(c.o.Text.Plain().StopInstance, "host", host))
}

// agrees asks for a yes; the answer of nobody is no.
func (c *Console) agrees(ctx context.Context, question string) (bool, error) {
	if !c.asks() {
		return false, nil
	}
	yes, err := c.confirm(ctx, question)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return yes, err
}

// StartInstance asks whether to start the instance, which costs money; the
// answer of nobody is no.
func (c *Console) StartInstance(ctx context.Context, s wizard.Start) (bool, error) {
	return c.agrees(ctx, c.o.Text.Start(s).Why)
}

// Mend asks whether to take a hurdle away. Where nobody is asked, what changes
// no answer of the person's is done.
func (c *Console) Mend(ctx context.Context, h preflight.Hurdle) (bool, error) {
	if c.o.Yes {
		return h.Remedy.Safe(), nil
	}
	return c.agrees(ctx, c.fill(c.o.Text.Training().Shall, "mend", c.o.Text.Hurdle(h.Check, h.Args).Mend))
}

// Problem says what an error means and what to do next.
func (c *Console) Problem(err error) {
	if c.o.JSON {
		c.problemJSON(err)
		return
	}
	said := c.o.Text.Problem(err)
	c.line("✗ " + said.What)
	if said.Next != "" {
		c.line("  → " + said.Next)
	}
}

// fill fills a form of the line face with details given as name, value.
func (c *Console) fill(form string, details ...string) string {
	return c.o.Text.FillWith(form, details...)
}
