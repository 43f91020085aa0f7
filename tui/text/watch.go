package text

import (
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// WatchText is what a training at work shows beside its log.
type WatchText = watchOf[string]

type watchOf[T any] struct {
	OfEpoch, OfRun        T // what the two bars are of
	Left                  T // time
	Best                  T // epoch, map50, map
	NoBest                T
	Speed                 T // time of an epoch
	Money                 T // cost, total, high
	MoneyAtLeast          T // likewise, where the instance does not say since when it is on
	MoneyNone             T // in a rehearsal
	Meter                 T // price, cost: in the status line
	Guard                 T // time, rule: it stops the instance
	GuardEnds, GuardTells T // likewise: it ends the training, and only tells
	GuardWaits, GuardGone T
	Settings, SettingsAre T // model, epochs, size
	Extend                T // the key
	Extending             T // said once it is pressed
	CannotExtend          T
	Dropped               T // count

	// The charts, and the names of their curves.
	Accuracy, Losses, OtherChart  T
	AccuracyShort, LossesShort    T
	BestEpoch                     T // epoch, value
	Precision, Recall, Val        T
	Preparing, Scanning, Learning T
	Validating, Finishing, Over   T
}

var watchWords = watchOf[say]{
	OfEpoch: say{"本轮", "epoch"}, OfRun: say{"全程", "training"},
	Left:   say{"还要{time}", "{time} left"},
	Best:   say{"最好：第 {epoch} 轮，mAP50 {map50}，mAP50-95 {map}", "best: epoch {epoch}, mAP50 {map50}, mAP50-95 {map}"},
	NoBest: say{"第一轮验证完才有精度", "no figures before the first epoch is validated"},
	Speed:  say{"每轮 {time}", "{time} an epoch"},
	Money: say{
		"已花 {cost:money}[[，练完约 {total:money}]][[（最多 {high:money}）]]",
		"{cost:money} so far[[, about {total:money} at the end]][[, {high:money} at most]]",
	},
	MoneyAtLeast: say{
		"从看到它起至少已花 {cost:money}[[，练完约 {total:money}]][[（最多 {high:money}）]]",
		"at least {cost:money} since first seen[[, about {total:money} at the end]][[, {high:money} at most]]",
	},
	MoneyNone: say{"练习，不花钱", "practice costs nothing"},
	Meter:     say{"{price}/时，已花 {cost:money}", "{price}/h, {cost:money} so far"},
	Guard:     say{"值守：{time}后停机（{rule:guard}）", "guard stops the instance in {time} ({rule:guard})"},

	GuardEnds:  say{"值守：{time}后结束训练（{rule:guard}）", "guard ends the training in {time} ({rule:guard})"},
	GuardTells: say{"值守：{time}后提醒（{rule:guard}）", "guard gives word in {time} ({rule:guard})"},

	GuardWaits: say{"值守在岗，现在没有规则在倒计时", "the guard is armed; no rule is counting down now"},
	GuardGone:  say{"值守不在：没有谁会替你停机", "no guard: nobody stops the instance for you"},
	Settings:   say{"要训练", "to train"}, SettingsAre: say{"{model}，{epochs} 轮，图片边长 {size}", "{model}, {epochs} epochs, pictures of {size} pixels"},
	Extend:    say{"值守 +1 小时", "guard +1 h"},
	Extending: say{"正在让值守推后 1 小时；推后了会告诉你。", "Asking the guard for one more hour; its answer is shown here."},

	CannotExtend: say{"没有值守可以推后。", "There is no guard to ask for more time."},
	Dropped:      say{"YOLOv5 悄悄丢掉了 {count} 张图片", "YOLOv5 silently left {count} picture{count:s} out"},

	Accuracy: say{"精度（1 为满分）", "accuracy (1 is perfect)"}, Losses: say{"误差（越小越好；大写字母是验证集）", "losses (less is better; capitals: validation)"},
	AccuracyShort: say{"最近一轮", "latest"}, LossesShort: say{"误差", "losses"},
	OtherChart: say{"换曲线", "curves"},
	BestEpoch:  say{"* 最好：第 {epoch} 轮，{value}", "* best: epoch {epoch}, {value}"},
	Precision:  say{"精确率", "precision"}, Recall: say{"召回率", "recall"}, Val: say{"验证", "val"},
	Preparing: say{"正在载入代码、模型和权重", "loading code, model and weights"}, Scanning: say{"正在读标签", "reading the labels"},
	Learning: say{"训练中", "training"}, Validating: say{"验证中", "validating"},
	Finishing: say{"各轮都已练完，正在整理 best.pt", "all epochs are done; best.pt is made ready"}, Over: say{"已结束", "over"},
}

// CostLine says what an instance has cost by now, and what it is going to as
// its meter had it.
func (t *Text) CostLine(m wizard.Meter, now rental.Money) string {
	form := t.Watch().Money
	if m.AtLeast {
		form = t.Watch().MoneyAtLeast
	}
	args := map[string]string{"cost": now.String(), "total": "", "high": ""}
	if m.Left > 0 && !m.Total.IsZero() {
		args["total"] = m.Total.String()
		if over, err := m.TotalHigh.Compare(m.Total); err == nil && over > 0 {
			args["high"] = m.TotalHigh.String()
		}
	}
	return t.Fill(form, args)
}

// Watch returns the words about a training at work.
func (t *Text) Watch() WatchText { return spoken[WatchText](t, watchWords) }

// TrainingPhase says what a training does.
func (t *Text) TrainingPhase(p yolov5.Phase) string {
	w := t.Watch()
	return map[yolov5.Phase]string{
		yolov5.Preparing: w.Preparing, yolov5.Scanning: w.Scanning, yolov5.Learning: w.Learning,
		yolov5.Validating: w.Validating, yolov5.Finishing: w.Finishing, yolov5.Over: w.Over,
	}[p]
}
