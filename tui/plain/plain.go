// Package plain is the journey as lines of text: numbered questions and
// answers, nothing redrawn. It serves screen readers, pipes, terminals that
// cannot do more, programs that read JSON, and runs without a person.
//
// It drives core/wizard as the screens do and knows no step by itself.
package plain

import (
	"bufio"
	"context"
	"io"
	"sync"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// Options say how to speak and whom to ask.
type Options struct {
	In   io.Reader // answers, one a line; nil if nobody can be asked
	Out  io.Writer
	Text *text.Text
	JSON bool // one object a line instead of sentences; nobody is asked
	Yes  bool // take the defaults; nobody is asked
	// Width is how many cells a line of the terminal has; nil where there is
	// none, and lines stay as they are.
	Width func() int
	// Panel opens platforms' own interfaces; it may be nil.
	Panel wizard.PanelOpener
	// Missing asks only what has neither an answer nor a default.
	Missing bool
	// OnInterrupt has the next Ctrl-C skip what is under way, until giveBack is
	// called, where it else ends the program; nil if it cannot.
	OnInterrupt func(skip func()) (giveBack func())
	// ReadPassword reads a password without showing it; nil if nobody can be
	// asked for one.
	ReadPassword func() (string, error)
}

// A Console is a wizard.Face of lines.
type Console struct {
	o  Options
	in *bufio.Reader

	mu       sync.Mutex
	progress time.Time    // when progress was last told
	secret   rental.Login // the last one that came with its password, in memory
	loose    string       // a password that came without its login
	failed   error        // of writing: there is nobody to tell
	epochs   int          // told of, of the training at work
	look     look
	cost     *wizard.Meter // as it was told last; nil before
	written  *text.Text    // the words for what goes elsewhere than to the terminal
}

// New returns a console.
func New(o Options) *Console {
	c := &Console{o: o}
	c.speak(o.Text)
	if o.In != nil {
		c.in = bufio.NewReader(o.In)
	}
	return c
}

// asks reports whether a person is there to answer.
func (c *Console) asks() bool { return c.in != nil && !c.o.Yes && !c.o.JSON }

// Walk does the steps that are not done, up to and with until. It asks what a
// step needs to know, unless nobody is there, and ends at the first step that
// fails for good.
func (c *Console) Walk(ctx context.Context, p *wizard.Project, connect wizard.Connector, until journey.Step) error {
	c.speakOf(p)
	if _, err := p.Verify(ctx); err != nil {
		return problem.New(wizard.Cancelled, err)
	}
	for _, step := range journey.Steps() {
		status := p.Journey().Of(step)
		if status.State == journey.Done {
			c.alreadyDone(status)
		} else if err := c.Do(ctx, p, connect, step); err != nil {
			return err
		}
		if step == until {
			break
		}
	}
	return c.failed
}

// Do does one step, whatever its state. After a failure a person may try again,
// with other answers or the same.
func (c *Console) Do(ctx context.Context, p *wizard.Project, connect wizard.Connector, step journey.Step) error {
	c.speakOf(p)
	c.heading(step, p.Journey().Of(step))
	ask := c.asks()
	do := func(env wizard.Env) error { return p.Run(ctx, step, env) }
	for {
		if ask {
			if err := c.questions(ctx, p, step); err != nil {
				return err
			}
		}
		c.speakOf(p)
		err := do(wizard.Env{Connect: connect, Panel: c.o.Panel, Face: c, Report: c.written.WriteReport})
		do = func(env wizard.Env) error { return p.Run(ctx, step, env) }
		if missing, ok := problem.As(err); ok && missing.Code == planfile.AnswerMissing && !c.o.JSON {
			c.putThere(missing.Args["key"], p.Dir())
		}
		if err == nil || !c.asks() || ctx.Err() != nil {
			return err
		}
		c.Problem(err)
		words := c.o.Text.Plain()
		choices := []string{words.TryAgain, words.ChangeAnswers, words.StopHere}
		remedy := p.Remedy()
		offered := step == journey.Train && remedy != nil && remedy.Kind != journey.RemedyGoTo
		if offered {
			choices = append([]string{c.o.Text.Remedy(*remedy)}, choices...)
		}
		choice, askErr := c.choose(ctx, words.AfterFailure, choices, 0)
		if !offered {
			choice++
		}
		if askErr != nil || choice == 3 {
			return &Told{err}
		}
		if choice == 0 {
			do = func(env wizard.Env) error { return p.ApplyMend(ctx, env) }
		}
		ask = choice == 2
	}
}

// speakOf takes the words for the project's instance: an answer may have made
// it another.
func (c *Console) speakOf(p *wizard.Project) {
	words := text.For(c.o.Text.Lang)
	if p.Practice() {
		words = words.ForPractice()
	}
	c.speak(words)
}

// speak takes these words from here on.
func (c *Console) speak(words *text.Text) {
	c.written, c.o.Text = words, words
	if c.o.Width != nil {
		c.o.Text = words.Keeping(widget.Whole)
	}
}

// Told is an error that the person has seen already.
type Told struct{ Err error }

func (t *Told) Error() string { return t.Err.Error() }

// Unwrap returns the error itself.
func (t *Told) Unwrap() error { return t.Err }
