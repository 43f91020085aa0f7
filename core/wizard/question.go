package wizard

import (
	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
)

// A QuestionKind says how a question is answered.
type QuestionKind string

// The kinds of questions.
const (
	AskChoice QuestionKind = "choice" // one of Choices
	AskText   QuestionKind = "text"
	AskNumber QuestionKind = "number"
	AskList   QuestionKind = "list"   // values with commas between
	AskFolder QuestionKind = "folder" // on this computer; Choices are those found
)

// A Question is one thing to know before a step can do its work. Its words
// live in tui/text under its key.
type Question struct {
	Key      string       `json:"key"` // of the plan
	Step     journey.Step `json:"step"`
	Kind     QuestionKind `json:"kind"`
	Value    string       `json:"value"`             // the answer in the plan, or the default
	Default  string       `json:"default"`           // "" if there is none
	Given    bool         `json:"given"`             // Value is the person's own answer
	Required bool         `json:"required"`          // the step cannot go on with ""
	Choices  []Choice     `json:"choices,omitempty"` // what to choose from; others may be allowed
	Open     bool         `json:"open,omitempty"`    // a value beside Choices may be typed
	Locked   bool         `json:"locked,omitempty"`  // a lesson keeps it from being changed
}

// A Choice is one answer to choose, with the details that its label shows.
type Choice struct {
	Value string            `json:"value"`
	Args  map[string]string `json:"args,omitempty"` // name_zh, name_en, note_zh, note_en, price, ...
}

// Questions returns the questions of a step, in the order to ask them.
func (p *Project) Questions(step journey.Step) []Question {
	defer p.look()()
	var questions []Question
	for _, ask := range asked(step) {
		q := Question{Key: ask.key, Step: step, Kind: ask.kind, Required: ask.required, Open: ask.open}
		q.Default = p.defaultOf(ask.key)
		q.Value = p.plan.Get(ask.key)
		q.Given = p.plan.Given(ask.key)
		q.Locked = p.isLocked(ask.key)
		if !q.Given && q.Default != "" {
			q.Value = q.Default
		}
		if ask.choices != nil {
			q.Choices = ask.choices(p)
		}
		if ask.when == nil || ask.when(p) {
			questions = append(questions, q)
		}
	}
	return questions
}

type asking struct {
	key      string
	kind     QuestionKind
	required bool
	open     bool
	choices  func(*Project) []Choice
	when     func(*Project) bool
}

// asked lists what each step asks. What is not here keeps its default and can
// be changed in the plan file.
func asked(step journey.Step) []asking {
	rented := func(p *Project) bool { return !p.Practice() }
	switch step {
	case journey.Region:
		return []asking{
			{key: "platform", kind: AskChoice, required: true, choices: platformChoices},
			{
				key: "region", kind: AskChoice, choices: regionChoices, open: true,
				when: func(p *Project) bool { return len(regionChoices(p)) > 0 },
			},
			{
				key: "gpu", kind: AskChoice, choices: gpuChoices, open: true,
				when: func(p *Project) bool { return rented(p) && p.effective().Platform != "any" },
			},
			{key: "price.per_hour", kind: AskNumber, choices: priceChoices, open: true, when: rented},
			{key: "price.budget", kind: AskNumber, when: rented},
			{
				key: "price.voucher", kind: AskNumber, choices: voucherChoices, open: true,
				when: func(p *Project) bool { return rented(p) && len(voucherChoices(p)) > 0 },
			},
			{key: "guard.after", kind: AskChoice, required: true, choices: values(planfile.AfterStop, planfile.AfterKeep), when: rented},
		}
	case journey.Check:
		return []asking{
			{key: "data", kind: AskFolder, required: true, choices: dataChoices, open: true},
			{key: "mend.look", kind: AskChoice, choices: values("full", "quick")},
			{key: "mend.pair", kind: AskChoice, choices: values("name", "filename"), when: found(dataset.ForeignLabels)},
		}
	case journey.Convert:
		return []asking{
			{key: "classes", kind: AskList, required: true},
			{key: "mend.merge", kind: AskChoice, choices: values("no", "yes"), when: found(dataset.ClassNames)},
			{key: "mend.split", kind: AskChoice, choices: values("given", "new"), when: func(p *Project) bool { return !needsSplit(p) && found(dataset.Leak)(p) }},
			{key: "split.val", kind: AskNumber, when: func(p *Project) bool { return needsSplit(p) || p.plan.Mend.Split == "new" }},
			{key: "mend.difficult", kind: AskChoice, choices: values("keep", "skip"), when: found(dataset.Difficult)},
			{key: "mend.unlabelled", kind: AskChoice, choices: values("background", "skip"), when: found(dataset.Unlabelled)},
			{key: "mend.turned", kind: AskChoice, choices: values("seen", "stored"), when: found(dataset.Rotated)},
		}
	case journey.Classes:
		return []asking{
			{key: "name", kind: AskText, required: true},
			{key: "code.folder", kind: AskFolder, choices: codeChoices, open: true, required: true, when: codeIsFolder},
			{key: "model", kind: AskChoice, required: true, choices: values("yolov5n", "yolov5s", "yolov5m", "yolov5l", "yolov5x"), open: true},
			{key: "weights", kind: AskChoice, choices: weightChoices, open: true},
			{key: "train.epochs", kind: AskNumber, required: true},
			{key: "train.batch", kind: AskNumber, required: true},
			{key: "train.imgsz", kind: AskNumber, required: true},
		}
	case journey.Upload:
		return []asking{{key: "login", kind: AskText, required: true, choices: hostChoices, open: true, when: rented}}
	case journey.Download:
		return []asking{
			{key: "result.predictions", kind: AskChoice, choices: values("yes", "no")},
			{key: "result.onnx", kind: AskChoice, choices: values("no", "yes")},
			{key: "finish", kind: AskChoice, choices: values("ask", "keep", "stop"), when: rented},
		}
	}
	return nil
}

func values(names ...string) func(*Project) []Choice {
	return func(*Project) []Choice {
		var choices []Choice
		for _, n := range names {
			choices = append(choices, Choice{Value: n})
		}
		return choices
	}
}
