package text

import (
	"strconv"
	"time"

	"gpuwizard/core/yolov5"
)

// TrainingText holds the words about a training at work. Its fields are filled
// from trainingWords by name.
type TrainingText struct {
	Epoch   string // epoch, epochs, map50, best, at, left: one epoch is over
	About   string // time
	UpTo    string // time
	Instant string // less than a second
	MendKey string // what the key for a remedy does
	Shall   string // mend: whether to take a hurdle away
	// The same as a question above the screen, and why there is none later.
	MendTitle, MendWhy, MendHow, MendElse, MendYes, MendNo, MendLater string
}

var trainingWords = struct {
	Epoch, About, UpTo, Instant, MendKey, Shall, MendTitle, MendWhy, MendHow, MendElse, MendYes, MendNo, MendLater say
}{
	Epoch: say{
		"第 {epoch} 轮，共 {epochs} 轮[[：mAP50 {map50}]][[，目前最好 {best}]][[（第 {at} 轮）]][[，还要{left}]]",
		"epoch {epoch} of {epochs}[[: mAP50 {map50}]][[, best so far {best}]][[ (epoch {at})]][[, {left} left]]",
	},
	About:   say{"约 {time}", "about {time}"},
	UpTo:    say{"最多 {time}", "at most {time}"},
	Instant: say{"不到 1 秒", "under 1 s"},
	MendKey: say{"处理", "mend"},
	Shall:   say{"现在处理（{mend}）？", "Mend it now ({mend})?"},

	MendTitle: say{"训练开始之前", "Before the training begins"},
	MendWhy:   say{"{what}。{why}", "{what}. {why}"},
	MendHow:   say{"向导可以处理：{mend}。", "The wizard can mend it: {mend}."},
	MendElse:  say{"一分钟内没有回答，就照现在的样子开始训练。", "Without an answer within a minute the training begins as things are."},
	MendYes:   say{"处理，再训练", "Mend it, then train"},
	MendNo:    say{"照样训练", "Train as things are"},
	MendLater: say{
		"训练已经开始，中途改不了正在用的东西。让它训练完；它因此失败时，失败画面会给出处理办法；重新开始训练时，向导也会再问。",
		"The training has begun, and what it works with cannot be changed under it. Let it go on: if it fails of this, the mend is offered then; and the next start asks again.",
	},
}

// Training returns the words about a training at work.
func (t *Text) Training() TrainingText { return spoken[TrainingText](t, trainingWords) }

// TimeLeft writes how long a training may still take: a span, or one time where
// the span is narrow. It is "" while nothing can be said.
func (t *Text) TimeLeft(s yolov5.Standing) string {
	if s.Left <= 0 {
		return ""
	}
	low, high := t.rough(s.LeftLow), t.rough(s.LeftHigh)
	if low == t.rough(0) && low != high {
		return t.Fill(t.Training().UpTo, map[string]string{"time": high})
	}
	if low == high || s.LeftHigh-s.LeftLow < s.Left/5 {
		return t.Fill(t.Training().About, map[string]string{"time": t.rough(s.Left)})
	}
	return t.between(low, high)
}

// Pace writes how long one epoch takes.
func (t *Text) Pace(d time.Duration) string {
	if d < time.Second {
		return t.Training().Instant
	}
	return t.Duration(d)
}

// rough writes a span of time no finer than a forecast of it can be.
func (t *Text) rough(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return t.Duration(d.Round(5 * time.Second))
	case d < 10*time.Minute:
		return t.Duration(d.Round(30 * time.Second))
	case d < time.Hour:
		return t.Duration(d.Round(time.Minute))
	}
	return t.Duration(d.Round(5 * time.Minute))
}

// EpochLine tells of an epoch that is over.
func (t *Text) EpochLine(s yolov5.Standing) string {
	args := map[string]string{"epoch": strconv.Itoa(s.Epoch + 1), "epochs": strconv.Itoa(s.Epochs), "left": t.TimeLeft(s)}
	for _, e := range s.Curve {
		if e.Number == s.Epoch {
			args["map50"] = t.Figure(e.MAP50)
		}
	}
	if s.Best != nil {
		args["best"], args["at"] = t.Figure(s.Best.MAP50), strconv.Itoa(s.Best.Number+1)
	}
	return t.Fill(t.Training().Epoch, args)
}
