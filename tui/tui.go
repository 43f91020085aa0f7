// Package tui is the wizard on a screen: a root model that routes between the
// screens of the seven steps, with a step bar, a header, the keys that work,
// and dialogs above.
//
// It drives core/wizard and nothing else, as the line face does. Screens live
// in tui/screen, what they are made of in tui/widget, every sentence in
// tui/text. The connection to an instance is handed in.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/mattn/go-runewidth"

	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/quiet"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// Options are what the program hands to the screens.
type Options struct {
	// Project is shown at once; without one the first screen asks for it.
	Project *wizard.Project
	// Here is the folder in which the program was started, Recent the file of
	// the projects of before; "" keeps none.
	Here, Recent string
	// Practice makes the project of a rehearsal.
	Practice func() (*wizard.Project, error)
	// Lesson is the lesson that Project is done in, if it is; TakeLesson makes
	// the project of another.
	Lesson     *lesson.Walk
	TakeLesson func(*lesson.Lesson) (*wizard.Project, error)
	Connect    wizard.Connector
	Panel      wizard.PanelOpener // platforms' own interfaces; it may be nil
	Lang       text.Lang
	// RealTraining says that the practice instance really trains, so that its
	// outcome is a model and no rehearsal.
	RealTraining bool
	In           io.Reader // os.Stdin if nil
	Out          io.Writer // os.Stdout if nil
	NoColor      bool      // besides the environment variable NO_COLOR
	ASCII        bool      // draw with ASCII characters alone
}

// A Result says where the person left.
type Result struct {
	Project *wizard.Project // nil if none was chosen
	Lesson  *lesson.Walk    // that it was done in, or nil
	Step    journey.Step    // whose screen was shown last
	Model   string          // the model's path if all steps are done, else ""
	// Training says that a training may go on at a rented instance, Billed that
	// such an instance was not seen to be off.
	Training, Billed bool
}

func init() { quiet.Over() }

// flushesPerSecond is how often Bubble Tea looks whether there is a new frame:
// often, so that a key is answered soon. How many frames there are is the
// business of pace.
const flushesPerSecond = 120

// lastWait is how long a step at work is given to put its record away.
const lastWait = 5 * time.Second

// quitWait is how long the screens are given to end when told to.
const quitWait = time.Second

// Run shows the screens until the person quits or ctx ends. The terminal is
// restored in any case.
func Run(ctx context.Context, o Options) (Result, error) {
	// Chinese locales make this package count line-drawing characters as two
	// cells wide, and terminals draw them as one.
	runewidth.DefaultCondition.EastAsianWidth = false

	if o.Out == nil {
		o.Out = os.Stdout
	}
	o.Out = share(o.Out)
	_, noColor := os.LookupEnv("NO_COLOR")
	theme := widget.NewTheme(widget.ThemeOptions{
		Out: o.Out, NoColor: o.NoColor || noColor && os.Getenv("NO_COLOR") != "", ASCII: o.ASCII,
		Light: lightGround(os.Stdin, os.Stdout),
	})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newRoot(ctx, o, theme)
	m.pace = &pace{}
	// The program ends when watchStops lets it, so that they do not both set
	// the terminal.
	running, kill := context.WithCancel(context.WithoutCancel(ctx))
	p := tea.NewProgram(m, programOptions(running, o)...)
	ended := make(chan struct{})
	afterwards := watchStops(ctx, p, m.up, func() {
		// One that is killed closes its input while that is being read.
		go p.Quit()
		select {
		case <-ended:
		case <-time.After(quitWait):
		}
		kill()
	})
	_, err := p.Run()
	close(ended)
	cancel()
	afterwards()
	m.settle(lastWait)
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil && !errors.Is(err, tea.ErrProgramPanic) {
		err = nil
	}
	if m.crash != nil {
		err = m.crash
	}
	if err != nil {
		return m.result(), fmt.Errorf("screen: %w", err)
	}
	return m.result(), nil
}

func programOptions(ctx context.Context, o Options) []tea.ProgramOption {
	options := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithOutput(o.Out), tea.WithAltScreen(), tea.WithFPS(flushesPerSecond),
		// Signals end the context; Bubble Tea's own handler of them may wait for
		// ever for a program that the context has ended.
		tea.WithoutSignalHandler(),
	}
	// On Windows the size is told through os.Stdin only if it is the input as
	// it stands.
	if o.In != nil && o.In != io.Reader(os.Stdin) {
		options = append(options, tea.WithInput(o.In))
	}
	return options
}
