package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

// window is a running program with the ends of its terminal.
type window struct {
	program *tea.Program
	model   *root
	keys    *io.PipeWriter
	done    chan error

	mu      sync.Mutex
	written bytes.Buffer // since the last look
	bytes   int
	frames  int
	more    chan struct{}
}

// Write takes a frame, as a terminal does.
func (w *window) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written.Write(p)
	w.bytes += len(p)
	w.frames++
	select {
	case w.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// openWindow runs the program in a window of 120 by 40.
func openWindow(tb testing.TB, p *wizard.Project, o Options) *window {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	in, keys := io.Pipe()
	w := &window{keys: keys, done: make(chan error, 1), more: make(chan struct{}, 1)}
	o.Project, o.In, o.Out, o.Lang = p, in, w, text.EN
	w.model = newRoot(ctx, o, widget.NewTheme(widget.ThemeOptions{NoColor: true}))
	w.model.pace = &pace{}
	w.program = tea.NewProgram(reachable{w.model}, programOptions(ctx, o)...)
	go func() {
		_, err := w.program.Run()
		w.done <- err
	}()
	w.program.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
	tb.Cleanup(func() {
		cancel()
		_ = keys.Close()
		<-w.done
		w.model.settle(lastWait)
	})
	return w
}

// until waits for a text in what is written from now on.
func (w *window) until(tb testing.TB, text string) {
	tb.Helper()
	deadline := time.NewTimer(3 * time.Minute)
	defer deadline.Stop()
	for {
		w.mu.Lock()
		seen := bytes.Contains(w.written.Bytes(), []byte(text))
		all := w.written.String()
		w.mu.Unlock()
		if seen {
			return
		}
		select {
		case <-w.more:
		case <-deadline.C:
			tb.Fatalf("%q was not written; this was:\n%q", text, all)
		}
	}
}

// forget begins to look anew.
func (w *window) forget() (bytes, frames int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	bytes, frames = w.bytes, w.frames
	w.written.Reset()
	w.bytes, w.frames = 0, 0
	return bytes, frames
}

func (w *window) press(tb testing.TB, key string) {
	tb.Helper()
	if _, err := io.WriteString(w.keys, key); err != nil {
		tb.Fatal(err)
	}
}

// reachable is the model with a door: what comes as a function is done between
// two messages, where the model is at rest.
type reachable struct{ *root }

func (r reachable) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	do, ok := msg.(func() tea.Cmd)
	if !ok {
		_, cmd := r.root.Update(msg)
		return r, cmd
	}
	cmd := do()
	return r, tea.Batch(cmd, r.paint(true))
}

func (w *window) do(what func(*root) tea.Cmd) {
	done := make(chan struct{})
	w.program.Send(func() tea.Cmd {
		defer close(done)
		return what(w.model)
	})
	<-done
}

// trainingWindow shows a training that is at work, with events of the
// caller's making.
func trainingWindow(tb testing.TB) *window {
	w := openWindow(tb, newProject(tb), Options{})
	w.until(tb, "Choose region")
	w.do(func(m *root) tea.Cmd {
		// Whoever pressed a key is not led elsewhere once the evidence was looked at.
		m.running, m.stop, m.touched = journey.Train, func() {}, true
		m.show(journey.Train)
		m.screens[journey.Train].Begin()
		return nil
	})
	w.until(tb, "step 6 of 7")
	return w
}

func logLine(i int) wizard.Event {
	return wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: fmt.Sprintf("%9d/99      3.2G    0.0612   0.02733         0         21       640", i)}
}

// BenchmarkKeyToFrame measures, while 200,000 lines a second pour into the
// log, the time from a key to the frame that answers it.
func BenchmarkKeyToFrame(b *testing.B) {
	w := trainingWindow(b)
	stop, poured := make(chan struct{}), make(chan int)
	go func() {
		n, began := 0, time.Now()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				poured <- n
				return
			case <-tick.C:
				for n < int(time.Since(began).Seconds()*200_000) {
					w.model.face.Tell(logLine(n))
					n++
				}
			}
		}
	}()
	var all, worst time.Duration
	presses, frames := 0, 0
	start := time.Now()
	for b.Loop() {
		for i, answer := range []string{"step 5 of 7", "step 6 of 7"} {
			// People press some keys a second; frames come in between.
			time.Sleep(time.Duration(60+7*(presses%9)) * time.Millisecond)
			_, f := w.forget()
			frames += f
			pressed := time.Now()
			w.press(b, []string{"b", "n"}[i])
			w.until(b, answer)
			took := time.Since(pressed)
			all += took
			worst = max(worst, took)
			presses++
		}
	}
	elapsed := time.Since(start)
	close(stop)
	b.ReportMetric(float64(<-poured)/elapsed.Seconds(), "lines/s")
	b.ReportMetric(float64(frames)/elapsed.Seconds(), "frames/s")
	b.ReportMetric(float64(all.Microseconds())/1000/float64(presses), "ms/key")
	b.ReportMetric(float64(worst.Microseconds())/1000, "ms-worst")
}

// BenchmarkChangedLine measures the bytes that Bubble Tea's renderer writes
// when one line of the window changed, beside the floor: that line, and a
// sequence that puts the cursor there.
func BenchmarkChangedLine(b *testing.B) {
	w := trainingWindow(b)
	for i := range 100 {
		w.model.face.Tell(logLine(i))
	}
	live := func(i int) string { return fmt.Sprintf("     now at %06d of some batches", i) }
	tell := func(i int) {
		w.model.face.Tell(wizard.Event{Step: journey.Train, Kind: wizard.KindLog, Line: live(i), Live: true})
		w.until(b, live(i))
	}
	tell(0)
	// The clock in the head of the screen would be a second line.
	w.do(func(m *root) tea.Cmd {
		m.common.Now = func() time.Time { return noon }
		return nil
	})
	tell(1)
	w.forget()
	total, frames := 0, 0
	for i := 2; b.Loop(); i++ {
		// A window that did not change is not written again.
		w.program.Send(sayMsg{})
		tell(i)
		n, f := w.forget()
		total, frames = total+n, frames+f
	}
	floor := len(live(0)) + len("\x1b[39;3H")
	b.ReportMetric(float64(total)/float64(frames), "B/frame")
	b.ReportMetric(float64(floor), "B/floor")
}

// BenchmarkPour sends the log of a training through the whole program, from
// the instance to the pane and to the disk, and holds that the log on the disk
// is whole.
func BenchmarkPour(b *testing.B) {
	const lines = 200_000
	var log strings.Builder
	for i := range lines {
		fmt.Fprintf(&log, "%9d/99      3.2G    0.0612   0.02733         0         21       640: 100%%|####| 12/12 00:02\n", i)
	}
	p := newProject(b)
	if err := p.Set("login", loginLine); err != nil {
		b.Fatal(err)
	}
	in := newMachine()
	w := openWindow(b, p, Options{Connect: in.connect})
	for _, step := range journey.Steps()[:5] {
		runStep(b, w, step)
	}
	in.log = log.String()
	var spent time.Duration
	for b.Loop() {
		start := time.Now()
		runStep(b, w, journey.Train)
		spent += time.Since(start)
		var kept []byte
		w.do(func(m *root) tea.Cmd {
			s := m.journey.Of(journey.Train)
			if s.State != journey.Done {
				b.Errorf("the training is %s: %+v", s.State, s.Evidence)
			}
			kept, _ = os.ReadFile(m.project.StatePath(filepath.FromSlash(s.Evidence.Fact("log"))))
			return nil
		})
		if string(kept) != in.log {
			b.Fatalf("%d bytes of %d are on the disk", len(kept), len(in.log))
		}
	}
	b.ReportMetric(float64(lines*b.N)/spent.Seconds(), "lines/s")
}

// runStep does a step and waits for its end.
func runStep(tb testing.TB, w *window, step journey.Step) {
	tb.Helper()
	w.rest()
	w.do(func(m *root) tea.Cmd { return m.start(step) })
	w.rest()
}

// rest waits until nobody uses the project.
func (w *window) rest() {
	for rests := false; !rests; {
		w.do(func(m *root) tea.Cmd {
			rests = m.atRest()
			return nil
		})
		if !rests {
			<-w.more // a frame: something happened
		}
	}
}
