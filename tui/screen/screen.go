// Package screen holds the screens of the seven steps: one file a step for
// what only that step shows, over one body of form, work, outcome and failure
// that they share.
//
// A screen opens no other screen and does no work of its own: its Update
// reports what the person wants (Answer, Start, Stop, Skip, Back, Next, Show, GoTo,
// Quit) and the root model decides.
package screen

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// Common is what all screens share; the root changes it in place.
type Common struct {
	Theme    *widget.Theme
	Text     *text.Text
	Keys     *keymap.Map
	Now      func() time.Time
	Plan     planfile.Plan
	Practice bool           // the practice instance: nothing costs money
	Folder   string         // the project's
	Chosen   wizard.Offer   // the plan's choice, with its forecast
	Offers   []wizard.Offer // what can be rented
	Market   *wizard.Market // what a platform told last, or nil
	NoData   bool           // no labelled pictures are in the folder, and none were named
	Done     map[journey.Step]bool
	Task     Task
	Veiled   bool // the remedy of a failure is for the student to find
}

// Task is how a lesson's task stands to the step in view.
type Task int

// Whether there is a lesson, and whether its task has just been done.
const (
	NoTask Task = iota
	TaskOpen
	TaskDone
)

// What a screen reports.
type (
	// Answer is a new value for a key of the plan.
	Answer struct {
		Step       journey.Step
		Key, Value string
	}
	// Start asks to do the step.
	Start struct{ Step journey.Step }
	// Mend asks to apply the remedy of the step's failure, and to go on.
	Mend struct{ Step journey.Step }
	// Stop asks to end the step at work.
	Stop struct{}
	// Skip asks to cut short what the step can do without.
	Skip struct{}
	// Back and Next ask for the screen before and after this one.
	Back struct{}
	Next struct{}
	// GoTo asks for the questions of a step.
	GoTo struct{ Step journey.Step }
	// Show asks for the screen of a step as it stands.
	Show struct{ Step journey.Step }
	// Copy asks to put lines where they can be pasted from.
	Copy struct{ Lines []string }
	// Say asks to show one line in place of the keys.
	Say struct{ Text string }
	// ToTask asks for the lesson's task.
	ToTask struct{}
	// Quit asks to leave the wizard.
	Quit struct{}
)

type mode int

const (
	asking  mode = iota // the form
	working             // the step runs
	ended               // it is done
	failed
	byHand // the person does it; see hand.go
)

// A Screen is the screen of one step.
type Screen struct {
	*Common
	Step journey.Step
	// OnPaste takes what is pasted into the line of a question; see
	// widget.Input.
	OnPaste func(key, value, paste string) (string, bool)

	mode    mode
	status  journey.Status
	number  int
	form    widget.Form
	menu    widget.Menu
	panel   panel
	hand    *hand // while it is done by hand
	notes   []note
	work    work
	log     widget.Log
	showLog bool          // the log fills the screen
	query   *widget.Input // what to search the log for, while it is typed
	problem text.ProblemText
	stopped bool // it failed only in that the person stopped it
	began   time.Time
	took    time.Duration
	// explained: the pane beside the screen says what the step is for.
	explained bool
	height    int // of the body, when it was drawn last
}

// panel is what one step shows beyond what all do.
type panel interface {
	// begin forgets what an earlier run showed.
	begin()
	// tell takes an event in.
	tell(wizard.Event)
	// aside stands below the form, as much of it as there is room for.
	aside(width, height int) []string
	// work stands above the log while the step runs.
	work(width, height int) []string
	// outcome stands above the evidence when the step is done.
	outcome(width int) []string
	// facts names the evidence to show, in order.
	facts() []string
}

// chooser is a panel that can take the place of the form, to choose there.
type chooser interface {
	// opens handles a key while it is closed, if the key opens it.
	opens(tea.KeyMsg) (report any, opened bool)
	isOpen() bool
	close()
	refresh() // what is chosen from may have changed
	key(tea.KeyMsg) any
	view(width, height int) []string
	hints() []key.Binding
	typing() bool
}

// keyed is a panel with keys of its own while the step runs and after it.
type keyed interface {
	keys(tea.KeyMsg) (report any, done bool)
	keyHints() []key.Binding
}

// detailer is a panel that has more to say of a failure.
type detailer interface {
	details(width, height int) []string
}

// gister is a panel that tells in short at the end what a run told at length.
type gister interface {
	gist([]note) []note
}

// A note is one line of what a step told.
type note struct {
	code    wizard.NoteCode
	text    string
	command bool
	content bool // of a file, to be typed
	hurdle  preflight.Check
}

// New returns the screen of a step.
func New(c *Common, step journey.Step) *Screen {
	s := &Screen{Common: c, Step: step}
	for i, each := range journey.Steps() {
		if each == step {
			s.number = i + 1
		}
	}
	s.panel = newPanel(s)
	w := c.Text
	s.form = widget.Form{Theme: c.Theme, Words: widget.FormWords{
		Default: w.Default, Empty: w.Empty, TypeOther: w.TypeOther, Required: w.Required, Start: w.Step(step).Start, Search: w.SearchFor + w.Colon, Colon: w.Colon,
		Locked: w.Lessons().Fixed,
	}, OnPaste: func(key, value, paste string) (string, bool) {
		if s.OnPaste == nil {
			return "", false
		}
		return s.OnPaste(key, value, paste)
	}, Aside: func(width, height int) []string { return s.panel.aside(width, height) }}
	return s
}

func newPanel(s *Screen) panel {
	switch s.Step {
	case journey.Region:
		return &region{Screen: s, market: market{Screen: s}}
	case journey.Check:
		return &check{Screen: s}
	case journey.Convert:
		return &convert{Screen: s}
	case journey.Classes:
		return &classes{Screen: s}
	case journey.Upload:
		return &upload{Screen: s}
	case journey.Train:
		return &train{Screen: s}
	}
	return &download{Screen: s}
}

// Refresh shows where the step stands and its questions with their present
// answers. A screen at work, or with an outcome in view, keeps showing that.
func (s *Screen) Refresh(status journey.Status, questions []wizard.Question) {
	was, waited := s.status, s.Waits()
	s.status = status
	s.form.Words.Start = s.Text.Step(s.Step).Start
	if s.watchesOn() {
		s.form.Words.Start = s.Text.WatchOn
	}
	if c := s.chooser(); c != nil {
		c.refresh()
	}
	fields := make([]widget.Field, 0, len(questions))
	for _, q := range questions {
		fields = append(fields, s.field(q))
	}
	s.form.SetFields(fields)
	if waited && !s.Waits() {
		s.form.Reset()
	}
	known := was.Step != ""
	switch {
	case s.mode == working, known && was.State == status.State:
	case known && (s.mode == asking || s.mode == byHand) && status.State != journey.Done:
		// The person is at the form, or at work by hand: it stays as it is.
	default:
		s.enter(status)
	}
}

// Enter is called when the screen comes into view.
func (s *Screen) Enter() {
	if s.mode != working && s.mode != byHand {
		s.enter(s.status)
	}
}

// Edit shows the form, whatever the outcome was.
func (s *Screen) Edit() {
	if s.mode != working {
		s.mode, s.hand = asking, nil
		s.form.FocusTop()
	}
}

func (s *Screen) enter(status journey.Status) {
	s.showLog, s.query, s.hand = false, nil, nil
	if c := s.chooser(); c != nil {
		c.close()
	}
	switch {
	case status.State == journey.Done:
		s.mode = ended
		s.menu = widget.Menu{Buttons: s.doneButtons()}
	case status.State == journey.Failed && status.Evidence != nil && status.Evidence.Failure != nil:
		s.fail(status.Evidence.Failure.Code, s.Text.Failure(*status.Evidence.Failure))
	default:
		s.mode = asking
		s.form.Reset()
	}
}

func (s *Screen) field(q wizard.Question) widget.Field {
	words := s.Text.Question(q.Key)
	f := widget.Field{
		Key: q.Key, Title: words.Title, Why: words.Why, Value: q.Value,
		Default: !q.Given && q.Value != "", Missing: q.Required && q.Value == "", Open: q.Open,
		Shown: s.Text.Answer(q.Key, q.Value, s.Plan.Price.Currency), Locked: q.Locked,
	}
	for _, c := range q.Choices {
		label, remark := s.Text.Choice(q.Key, c)
		f.Choices = append(f.Choices, widget.Option{Value: c.Value, Label: label, Remark: remark})
		if c.Value == q.Value {
			f.Shown = label
		}
	}
	return f
}

// Begin shows that the step runs.
func (s *Screen) Begin() {
	s.mode, s.showLog, s.query = working, false, nil
	s.form.Close()
	s.notes, s.work, s.problem = nil, work{}, text.ProblemText{}
	s.log.Reset()
	s.began = s.Now()
	s.panel.begin()
}

// Working reports whether the step runs.
func (s *Screen) Working() bool { return s.mode == working }

// Asking reports whether the screen shows its questions.
func (s *Screen) Asking() bool { return s.mode == asking && s.chooser() == nil }

// Startable reports whether a key may set the step going: at its questions, or
// after it failed.
func (s *Screen) Startable() bool { return s.mode == asking || s.mode == failed }

// chooser is what has taken the place of the form, or nil.
func (s *Screen) chooser() chooser {
	if c, ok := s.panel.(chooser); ok && s.mode == asking && c.isOpen() {
		return c
	}
	return nil
}

// Waits reports whether something is needed that is not here yet: it may come
// while the person looks on.
func (s *Screen) Waits() bool {
	return s.mode == asking && !s.form.Busy() && (s.Step == journey.Region && s.NoData || s.waitsFor() != "")
}

// waitsFor is the key of the folder that is needed and of which there is none
// to choose.
func (s *Screen) waitsFor() string {
	for _, f := range s.form.Fields {
		if f.Missing && len(f.Choices) == 0 && (f.Key == "data" || f.Key == "code.folder") {
			return f.Key
		}
	}
	return ""
}

// Typing reports whether keys are letters of an answer.
func (s *Screen) Typing() bool {
	if c := s.chooser(); c != nil {
		return c.typing()
	}
	return s.query != nil || s.mode == asking && s.form.Busy() || s.mode == byHand && s.hand.input != nil
}

// loginProblems are mended by another login, which is asked before the upload.
var loginProblems = []problem.Code{
	instance.ConnectionRefused, instance.HostUnreachable, instance.HostUnknown, instance.ServerNotReady,
	instance.WrongPassword, instance.KeyRefused, instance.LoginNeeded, rental.LoginNoPort,
}

// Refuse shows why an answer was not taken.
func (s *Screen) Refuse(key, value string, err error) {
	s.mode, s.hand = asking, nil
	why := s.Text.Problem(err)
	if problem.Has(err, planfile.AnswerMissing) {
		s.form.Reset()
		return
	}
	s.form.Refuse(key, value, s.Text.Join(why.What, why.Next))
}
