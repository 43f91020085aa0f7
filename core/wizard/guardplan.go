package wizard

import (
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// Codes of problems with the guard.
const (
	BudgetSpent problem.Code = "budget-spent" // seconds (that the instance was on, as far as that was seen), cost, budget
	EndPassed   problem.Code = "end-passed"   // got: the latest end lies in the past
)

// guard returns the orders for the guard as the plan has them.
func (w *work) guard() (instance.Guard, error) {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	plan := w.plan.Guard
	g := instance.Guard{Folder: w.guardFolder(), Job: w.evidence.Fact("job"), Stop: platform.Stop.Command}
	var err error
	if g.Budget, err = w.budgetLeft(); err != nil {
		return g, err
	}
	if plan.Until != "" {
		end, err := w.latestEnd()
		if err != nil {
			return g, err
		}
		if g.End = end.Sub(w.env.Now()); g.End <= 0 {
			return g, problem.New(EndPassed, nil, "got", plan.Until)
		}
	}
	if plan.Idle != planfile.GuardOff {
		g.Idle, _ = planfile.ParseSpan(plan.Idle) // checked when it was set
	}
	if g.Grace, err = planfile.ParseSpan(plan.Grace); err != nil {
		g.Grace, _ = planfile.ParseSpan(planfile.DefaultGrace)
	}
	g.After = plan.After == planfile.AfterStop && !w.stopLoses()
	return g, nil
}

// guardFolder is the guard's own on the instance.
func (w *work) guardFolder() string { return guardFolder(w.Project) }

func guardFolder(p *Project) string {
	folder := p.record.Steps[journey.Upload].Fact("folder")
	if folder == "" {
		return ""
	}
	return path.Join(folder, "guard")
}

// stopLoses reports whether stopping the instance gives its disk away, with
// all that was not fetched.
func (w *work) stopLoses() bool {
	platform, _ := rental.PlatformByID(w.plan.Platform)
	if !platform.Stop.Releases {
		return false
	}
	folder := w.record.Steps[journey.Upload].Fact("folder")
	for _, d := range platform.Disks {
		if d.Persistent() && (folder == d.Path || strings.HasPrefix(folder, d.Path+"/")) {
			return false
		}
	}
	return true
}

// budgetLeft is how long the instance may still be on; 0 is no such rule. What
// the instance has been on for already is paid for too, and what was seen of
// earlier starts.
func (w *work) budgetLeft() (time.Duration, error) {
	var whole time.Duration
	price := w.plan.Price
	switch w.plan.Guard.Budget {
	case planfile.GuardOff:
		return 0, nil
	case planfile.GuardAuto, "":
		if price.Budget <= 0 || price.PerHour <= 0 {
			return 0, nil
		}
		whole = min(time.Duration(price.Budget/price.PerHour*float64(time.Hour)), planfile.LongestSpan)
	default:
		whole, _ = planfile.ParseSpan(w.plan.Guard.Budget)
	}
	paid := w.facts.Uptime + w.paidBefore()
	left := whole - paid
	if left <= 0 {
		return 0, problem.New(BudgetSpent, nil,
			"seconds", seconds(paid),
			"cost", strconv.FormatFloat(paid.Hours()*price.PerHour, 'f', 2, 64)+" "+price.Currency,
			"budget", strconv.FormatFloat(whole.Hours()*price.PerHour, 'f', 2, 64)+" "+price.Currency)
	}
	return left, nil
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second).Seconds()), 10)
}

// latestEnd is the moment of the plan's latest end. It is kept with the job:
// tomorrow "22:30" would be another.
func (w *work) latestEnd() (time.Time, error) {
	const kept = "guard_until"
	said, moment, _ := strings.Cut(w.evidence.Fact(kept), "|")
	if t, err := time.Parse(time.RFC3339, moment); err == nil && said == w.plan.Guard.Until {
		return t, nil
	}
	end, err := planfile.ParseUntil(w.plan.Guard.Until, w.env.Now())
	if err != nil {
		return time.Time{}, problem.New(planfile.AnswerWrong, err, "key", "guard.until", "got", w.plan.Guard.Until, "allowed", planfile.Allowed("guard.until"))
	}
	w.fact(kept, w.plan.Guard.Until+"|"+end.Format(time.RFC3339))
	return end, nil
}

// defaultAfter stops the instance after the training where that is possible and
// loses nothing: a disk that is kept holds the model until somebody comes.
func (p *Project) defaultAfter() string {
	id := p.plan.Platform
	if !p.plan.Given("platform") {
		id = p.defaultOf("platform")
	}
	platform, ok := rental.PlatformByID(id)
	if !ok || platform.Stop.Command == "" || platform.Stop.Releases {
		return planfile.AfterKeep
	}
	return planfile.AfterStop
}
