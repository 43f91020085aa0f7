package tui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/lesson"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/keymap"
	"gpuwizard/tui/screen"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// root is the program's model: it owns the project, runs the steps and decides
// which screen is shown.
//
// The project is no thing for two goroutines: while it is looked at or a step
// runs, the model draws from what it copied before, and what would change the
// project waits in queue.
type root struct {
	ctx     context.Context
	options Options
	project *wizard.Project
	text    *text.Text
	common  *screen.Common
	face    *face

	width, height int
	pace          *pace  // nil draws whenever it is asked
	frame         string // the window as it was last drawn
	painting      bool   // a message that draws is on its way

	journey journey.Journey
	screens map[journey.Step]*screen.Screen
	at      journey.Step

	touched   bool // a key was pressed
	verifying bool
	running   journey.Step              // "" if none
	survey    *dataset.Survey           // of the data, that the step reads
	stock     map[string][]rental.Stock // what platforms told of it, by platform
	meter     *wizard.Meter             // what the instance has cost, as told last; nil if not known
	metered   time.Time                 // when it was
	link      link                      // to the instance, as the step at work told of it
	words     chan instance.GuardWord   // for the guard, while the step runs
	trains    bool                      // the step watches a training that goes on without it
	stop      context.CancelFunc
	logName   string // the file of the log that a step brings here; "" before one does
	old       oldLog
	done      chan struct{} // closed when the goroutine of the step has ended
	queue     []any         // reports of screens that wait for the project

	welcome  *welcome    // nil while a project is open
	lesson   *lessonPage // nil outside of a lesson
	overview *overview   // nil if it is not shown
	browser  *browser    // likewise
	gallery  *gallery    // likewise
	help     *help       // likewise
	acts     map[journey.Step][]wizard.Act
	dialog   *widget.Dialog
	asking   chan reply // the step that the dialog answers
	answers  func(value string, cancelled bool) tea.Cmd
	flash    string // one line in place of the keys, until the next one
	deaf     time.Time
	came     unasked
	quit     bool
	away     bool          // the terminal is being given back
	up       chan struct{} // closed when messages are handled
	crash    error
}

// Messages of the model to itself.
type (
	verifiedMsg struct {
		findings []dataset.Finding
		err      error
	}
	ranMsg struct {
		step journey.Step
		err  error
	}
	tickMsg struct{}
	upMsg   struct{}
	// returnedMsg says that the terminal was taken up again.
	returnedMsg struct{}
	paintMsg    struct{}
	// sayMsg is one line in place of the keys.
	sayMsg  struct{ text string }
	lookMsg struct{}
	// crashMsg is a panic in a goroutine of ours.
	crashMsg struct{ err error }
)

func newRoot(ctx context.Context, o Options, theme *widget.Theme) *root {
	m := &root{
		ctx: ctx, options: o, project: o.Project, text: text.For(o.Lang), face: newFace(),
		acts: map[journey.Step][]wizard.Act{}, up: make(chan struct{}),
	}
	m.common = &screen.Common{Theme: theme, Text: m.text, Keys: keymap.New(m.text, theme.Signs.Braille), Now: time.Now}
	m.width, m.height = widget.MinWidth, widget.MinHeight
	if m.project == nil {
		m.welcome = newWelcome(o.Here)
		return m
	}
	m.begin(o.Lesson)
	return m
}

// begin shows the project as its record has it, and the lesson that it is done
// in, if it is.
func (m *root) begin(w *lesson.Walk) {
	m.common.Folder = m.project.Dir()
	m.logName, m.old = "", oldLog{}
	m.screens = map[journey.Step]*screen.Screen{}
	for _, step := range journey.Steps() {
		s := screen.New(m.common, step)
		s.OnPaste = m.pasted
		m.screens[step] = s
	}
	m.takeUp(w)
	m.refresh()
	m.at = m.first()
}

// first is the step to begin at: the first that is not done, else the last.
func (m *root) first() journey.Step {
	if m.journey.Done() {
		return journey.Download
	}
	return m.journey.Current
}

// Init starts looking at the evidence: the first frame is drawn from the
// record and does not wait for it.
func (m *root) Init() tea.Cmd {
	first := m.lookAround
	if m.project != nil {
		first = m.verify
	}
	return tea.Batch(m.face.wait(m.ctx), look(), first(), func() tea.Msg { return upMsg{} })
}

func (m *root) verify() tea.Cmd {
	m.verifying = true
	p := m.project
	return m.guard(func() tea.Msg {
		_, err := p.Verify(m.ctx)
		return verifiedMsg{p.Findings(), err}
	})
}

// guard makes a command's panic a message, so that the terminal is restored.
func (m *root) guard(work func() tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = crashMsg{m.noteCrash(r, debug.Stack())}
			}
		}()
		return work()
	}
}

func (m *root) noteCrash(value any, stack []byte) error {
	places := []string{filepath.Join(os.TempDir(), "gpuwizard-crash.log")}
	if m.project != nil {
		places = append([]string{m.project.StatePath("crash.log")}, places...)
	}
	for _, path := range places {
		// A project that nothing was done in yet has no folder for it.
		_ = os.MkdirAll(filepath.Dir(path), 0o755)
		if os.WriteFile(path, fmt.Appendf(nil, "%v\n\n%s", value, stack), 0o600) == nil {
			return errors.New(m.text.Fill(m.text.PanicLine, map[string]string{"path": path}))
		}
	}
	return fmt.Errorf("panic: %v\n%s", value, stack)
}

// refresh copies what is drawn from the project. The project must be at rest.
func (m *root) refresh() {
	g := m.project.Glance(m.stock)
	m.journey = snapshot(g.Journey)
	m.common.Plan, m.common.Chosen, m.common.Offers = g.Plan, g.Chosen, g.Offers
	m.practise(m.project.Practice())
	m.common.Done = map[journey.Step]bool{}
	for _, s := range m.journey.Steps {
		m.common.Done[s.Step] = s.State == journey.Done
	}
	m.copyStand()
	m.common.NoData = unanswered(g.Questions[journey.Check], "data")
	for _, step := range journey.Steps() {
		m.screens[step].Refresh(m.journey.Of(step), g.Questions[step])
	}
}

// practise takes the words for a rehearsal, or those for the real thing.
func (m *root) practise(practice bool) {
	if practice == m.common.Practice {
		return
	}
	m.common.Practice, m.text = practice, text.For(m.options.Lang)
	if practice {
		m.text = m.text.ForPractice()
	}
	m.common.Text = m.text
}

// unanswered reports whether a question has no answer and nothing to choose.
func unanswered(questions []wizard.Question, key string) bool {
	return slices.ContainsFunc(questions, func(q wizard.Question) bool {
		return q.Key == key && q.Value == "" && len(q.Choices) == 0
	})
}

// snapshot copies a journey with its evidence, which a step at work changes.
func snapshot(j journey.Journey) journey.Journey {
	j.Steps = slices.Clone(j.Steps)
	for i, s := range j.Steps {
		if s.Evidence != nil {
			e := *s.Evidence
			e.Facts = maps.Clone(e.Facts)
			j.Steps[i].Evidence = &e
		}
	}
	return j
}

// Update takes a message in.
func (m *root) Update(msg tea.Msg) (_ tea.Model, do tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			m.crash, do = m.noteCrash(r, debug.Stack()), tea.Quit
		}
	}()
	before := m.front()
	cmd := m.update(msg)
	_, pressed := msg.(tea.KeyMsg)
	_, resized := msg.(tea.WindowSizeMsg)
	if !pressed {
		m.cameUp(before)
	}
	return m, tea.Batch(cmd, m.paint(pressed || resized), m.untilRead(), m.readOldLog())
}

// paint draws the window if its turn has come, and else asks for a message
// when it has.
func (m *root) paint(urgent bool) tea.Cmd {
	if m.pace == nil {
		return nil
	}
	wait := m.pace.wait(time.Now(), urgent)
	switch {
	case wait == 0:
		m.frame = m.draw()
		return nil
	case m.painting:
		return nil
	}
	m.painting = true
	return tea.Tick(wait, func(time.Time) tea.Msg { return paintMsg{} })
}

func (m *root) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyMsg:
		return m.keys(msg)
	case eventsMsg:
		m.tell(msg)
		return tea.Batch(m.face.wait(m.ctx), m.lookOn())
	case askMsg:
		m.tell(m.face.take())
		m.question(ask(msg))
		return m.face.wait(m.ctx)
	case verifiedMsg:
		m.verifying = false
		m.settleLesson()
		m.refresh()
		for _, f := range msg.findings {
			m.screens[journey.Check].Recall(wizard.Event{
				Step: journey.Check, Kind: wizard.KindNote, Code: wizard.NoteFinding, Args: wizard.FindingArgs(f),
			})
		}
		if !m.touched {
			m.at = m.first()
		}
		if msg.err != nil && m.ctx.Err() == nil {
			m.flash = m.text.Problem(msg.err).What
		}
		return m.workQueue()
	case ranMsg:
		return m.ran(msg)
	case tickMsg:
		if m.browser != nil && (!m.browser.view.Final || m.browser.view.Progress.Phase != dataset.Whole) {
			return tea.Batch(tick(), m.lookOn())
		}
		if m.running != "" {
			return tick()
		}
	case lookMsg:
		if m.project != nil && m.atRest() && m.dialog == nil && m.screens[m.at].Waits() {
			m.refresh()
		}
		return look()
	case hereMsg:
		if m.welcome != nil {
			m.welcome.seen = &msg.sight
		}
	case recentMsg:
		if m.welcome != nil {
			m.welcome.recent = msg
		}
	case foldersMsg:
		return m.listed(msg)
	case sightMsg:
		if m.welcome != nil && m.welcome.picker != nil {
			m.welcome.picker.sights[msg.dir] = msg.sight
		}
	case galleryMsg:
		if m.gallery != nil && m.gallery.asked == msg.file {
			m.gallery.shown = msg
		}
	case previewMsg, sizesMsg, surveyMsg:
		return m.browsed(msg)
	case openedMsg:
		return m.opened(msg)
	case oldLinesMsg, oldCountMsg, oldFindMsg:
		m.oldRead(msg)
	case marketMsg:
		m.told(wizard.Market(msg))
	case lessonsMsg:
		m.listLessons(msg)
	case checklistMsg:
		return m.checklisted(msg)
	case upMsg:
		close(m.up)
	case returnedMsg:
		m.away = false
	case paintMsg:
		m.painting = false
	case unreadMsg:
		m.came.ticks = false
	case sayMsg:
		m.flash = msg.text
	case crashMsg:
		m.crash = msg.err
		return tea.Quit
	}
	return nil
}

// suspend stops the program until it is continued; see watchStops.
func (m *root) suspend() tea.Cmd {
	switch {
	case m.away: // a key that was held down
	case stopSelf():
		m.away = true
	default:
		m.flash = m.text.NoSuspend
	}
	return nil
}

func tick() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{} })
}

// look is the next glance into a folder in which something is still missing.
func look() tea.Cmd {
	return tea.Tick(lookEvery, func(time.Time) tea.Msg { return lookMsg{} })
}

const lookEvery = 2 * time.Second

func (m *root) result() Result {
	r := Result{Step: m.at, Project: m.project}
	if m.project == nil {
		return r
	}
	if m.lesson != nil {
		r.Lesson = m.lesson.walk
	}
	if !m.common.Practice {
		r.Training = m.mayTrain()
		r.Billed = m.project.Billed()
	}
	if m.journey.Done() {
		r.Model = m.journey.Of(journey.Download).Evidence.Fact("model")
	}
	return r
}
