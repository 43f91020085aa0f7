package wizard_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// metered is an instance whose own time passes as it likes: this computer's
// clock means nothing to it.
type metered struct {
	*fakeInstance
	up   float64 // seconds that the machine runs
	on   time.Duration
	pace float64 // seconds that pass with each piece of the log
	boot string
}

func (m *metered) Look(ctx context.Context) (instance.Facts, error) {
	facts, err := m.fakeInstance.Look(ctx)
	facts.Uptime, facts.Boot, facts.CPUs = m.on, m.boot, 8
	return facts, err
}

func (m *metered) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	if strings.Contains(script, "/proc/uptime") {
		_, err := fmt.Fprintf(out, "%.2f\n", m.up)
		return 0, err
	}
	return m.fakeInstance.Run(ctx, script, args, out)
}

func (m *metered) ReadJob(ctx context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	m.up += m.pace
	state, chunk, err := m.fakeInstance.ReadJob(ctx, folder, offset)
	if state.Phase == instance.JobExited {
		state.Started = time.Unix(1_700_000_000, 0)
		state.Ended = state.Started.Add(900 * time.Second)
	}
	return state, chunk, err
}

func (m *metered) connect(context.Context, planfile.Plan, string, wizard.Face) (instance.Instance, error) {
	return m, nil
}

// longLog is a training of some epochs as YOLOv5 prints it.
func longLog(epochs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Starting training for %d epochs...\n", epochs)
	for e := range epochs {
		fmt.Fprintf(&b, "\n      Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size\n")
		fmt.Fprintf(&b, "\r        %d/%d         0G     0.1121    0.01456          0         44         96:   0%%|          | 0/1 00:00", e, epochs-1)
		fmt.Fprintf(&b, "\r        %d/%d         0G     0.1121    0.01456          0         44         96: 100%%|██████████| 1/1 00:30\n", e, epochs-1)
		fmt.Fprintf(&b, "                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%%|██████████| 1/1 00:10\n")
		fmt.Fprintf(&b, "                   all         12         29      0.234      0.483      0.259     0.0674\n")
	}
	fmt.Fprintf(&b, "\n%d epochs completed in 0.1 hours.\n", epochs)
	return b.String()
}

func TestMeter(t *testing.T) {
	t.Parallel()
	p := readyToUpload(t)
	set(t, p, "price.per_hour", "1.88", "price.budget", "1.5", "finish", "keep")
	in := &metered{fakeInstance: newFake(), up: 90_000, on: 30 * time.Minute, pace: 300, boot: "a"}
	in.log, in.chunk = longLog(6), 700
	in.best = modelFile(t, "stand-in")
	in.rehearsal = true // so that the stand-in passes for the model; the meter runs all the same
	face := &fakeFace{}
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	env := wizard.Env{Connect: in.connect, Face: face, Now: func() time.Time { at = at.Add(15 * time.Second); return at }}
	for _, step := range []journey.Step{journey.Region, journey.Upload, journey.Train} {
		if err := p.Run(t.Context(), step, env); err != nil {
			t.Fatal(err)
		}
	}
	var meters []wizard.Meter
	arrived := map[journey.Step]*wizard.Meter{}
	for _, e := range face.events {
		if e.Kind != wizard.KindCost {
			continue
		}
		if _, told := arrived[e.Step]; !told {
			arrived[e.Step] = e.Meter
		} else {
			meters = append(meters, *e.Meter)
		}
	}
	// What was spent is told wherever a step arrives at the instance.
	for _, step := range []journey.Step{journey.Upload, journey.Train} {
		if m := arrived[step]; m == nil || m.Cost.String() != "0.95 CNY" {
			t.Errorf("%s begins with %+v", step, m)
		}
	}
	if len(meters) < 3 {
		t.Fatalf("%d times told", len(meters))
	}
	first, last := meters[0], meters[len(meters)-1]
	if first.On < 30*time.Minute || first.Measured || first.Left <= 0 || first.AtLeast {
		t.Errorf("at first %+v", first)
	}
	for i := 1; i < len(meters); i++ {
		if meters[i].On < meters[i-1].On {
			t.Errorf("the meter ran backwards: %v after %v", meters[i].On, meters[i-1].On)
		}
	}
	// The instance's own uptime went on by 5 minutes a piece; this computer's
	// clock by seconds.
	passed := time.Duration((in.up - 90_000) * float64(time.Second))
	if last.On < 30*time.Minute+passed*8/10 || last.Cost.IsZero() || last.Trained == 0 {
		t.Errorf("at last %+v, and the instance ran for %v more", last, passed)
	}
	one(t, face, wizard.NoteMeasured)
	if n := one(t, face, wizard.NoteBudgetNear); n["budget"] != "1.50 CNY" {
		t.Errorf("near %v", n)
	}
	one(t, face, wizard.NoteBudgetOver)

	// At the end the sum; but not after a restart, when nobody knows the rest.
	in.on = 2 * time.Hour
	face.events = nil
	if err := p.Run(t.Context(), journey.Download, env); err != nil {
		t.Fatal(err)
	}
	if n := one(t, face, wizard.NoteBill); n["trained"] != "900" || !strings.HasPrefix(n["share"], "12.") || n["cost"] == "" {
		t.Errorf("bill %v", n)
	}
	if n := one(t, face, wizard.NoteIdleCost); n["ten"] != "0.32 CNY" || n["night"] != "15.04 CNY" {
		t.Errorf("idle %v", n)
	}
	in.boot = "b"
	face.events = nil
	if err := p.Run(t.Context(), journey.Download, env); err != nil {
		t.Fatal(err)
	}
	if notes := face.notes(wizard.NoteBill); len(notes) != 0 {
		t.Errorf("a bill after a restart: %v", notes)
	}
}

// Without a price, and where nothing is billed, there is no meter.
func TestNoMeter(t *testing.T) {
	t.Parallel()
	p := readyToUpload(t)
	set(t, p, "price.per_hour", "0")
	in := &metered{fakeInstance: newFake(), up: 1, pace: 1}
	face := &fakeFace{}
	for _, step := range []journey.Step{journey.Region, journey.Upload, journey.Train} {
		if err := p.Run(t.Context(), step, wizard.Env{Connect: in.connect, Face: face}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range face.events {
		if e.Kind == wizard.KindCost && e.Meter != nil {
			t.Fatalf("told %+v", e.Meter)
		}
	}
}

// The budget is the project's: what was seen of earlier starts is spent, with
// its GPU or without.
func TestBudgetCountsEarlierStarts(t *testing.T) {
	t.Parallel()
	p := readyToUpload(t)
	set(t, p, "platform", "autodl", "gpu", "RTX 4090", "price.per_hour", "2", "price.budget", "6", "finish", "keep")
	in := &metered{fakeInstance: newFake(), up: 90_000, pace: 1}
	face := &fakeFace{}
	env := wizard.Env{Connect: in.connect, Face: face, Now: func() time.Time { return noon }}
	start := func(boot string, gpu bool, on time.Duration, steps ...journey.Step) error {
		t.Helper()
		in.boot, in.on, in.noGPU, in.sight = boot, on, !gpu, healthySight
		for _, step := range steps {
			if err := p.Run(t.Context(), step, env); err != nil {
				return err
			}
		}
		return nil
	}
	// Three hours are in the budget.
	for _, s := range []error{
		start("a", true, time.Hour, journey.Region, journey.Upload),
		start("a", true, 90*time.Minute, journey.Upload), // the same start, half an hour later
		start("b", false, 2*time.Hour, journey.Upload),   // costs 0.20, the price of 6 minutes
		start("c", true, 10*time.Minute, journey.Train),  // the training
	} {
		if s != nil {
			t.Fatal(s)
		}
	}
	want := 3*time.Hour - 90*time.Minute - 6*time.Minute - 10*time.Minute
	if n := len(in.guard.armed); n != 1 || in.guard.armed[0].Budget != want {
		t.Errorf("armed %+v, want a budget of %v", in.guard.armed, want)
	}
	var costs []string
	for _, e := range face.events {
		if e.Kind == wizard.KindCost && e.Step == journey.Upload {
			cost := "not known"
			if e.Meter != nil {
				cost = e.Meter.Cost.String()
			}
			costs = append(costs, cost)
		}
	}
	// Without its GPU the instance has a price of its own.
	if got := strings.Join(costs, ", "); got != "2.00 CNY, 3.00 CNY, not known" {
		t.Errorf("at the uploads it cost %s", got)
	}
	for _, e := range face.events {
		if e.Kind == wizard.KindCost && e.Step == journey.Train && (e.Meter.Before.String() != "3.20 CNY" || e.Meter.Cost.Amount() < "3.5") {
			t.Errorf("the meter says %+v", *e.Meter)
		}
	}
	// Another program sees the same.
	again, err := wizard.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	p = again
	if err := start("d", true, 3*time.Hour, journey.Upload); err != nil {
		t.Fatal(err)
	}
	in.boot, in.on = "e", time.Minute
	if err := p.ArmGuard(t.Context(), env); !problem.Has(err, wizard.BudgetSpent) {
		t.Errorf("with the budget spent: %v", err)
	}
}
