// Package text holds every sentence that a person reads, in Chinese and in
// English side by side, and writes sizes, times and money the way each
// language does.
//
// Codes come from core and remote: problems, notes, reasons, checks. A test
// reads the source of the whole program and holds that each of them has its
// sentence here. Nothing here draws.
package text

import (
	"maps"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// A Text is all the sentences in one language.
type Text struct {
	Lang Lang
	// Words are the fixed words and sentences of the screens.
	Words
	steps     map[journey.Step]StepText
	questions map[string]QuestionText
	problems  map[problem.Code]ProblemText
	notes     map[wizard.NoteCode]string
	keep      func(string) string // see Keeping
}

// StepText tells what a step is.
type StepText struct {
	Name   string // as the article has it: 选择地区, choose region
	Short  string // for the step bar
	Gist   string // what it does, in some words
	Why    string // why the step exists, one sentence
	ByHand string // how it is done without the wizard
	Does   string // what the wizard is going to do
	Start  string // the label of the button that starts it
}

// QuestionText asks for one answer.
type QuestionText struct {
	Title string // a few words
	Why   string // what it means, and why the default is what it is
}

// ProblemText tells of a problem: What happened and to which file, and what to
// do Next.
type ProblemText struct{ What, Next string }

// For returns the sentences in one language; English for an unknown one.
func For(lang Lang) *Text {
	if lang == ZH {
		return chinese()
	}
	return english()
}

var (
	chinese = sync.OnceValue(func() *Text { return build(ZH) })
	english = sync.OnceValue(func() *Text { return build(EN) })
)

// say is one sentence in both languages.
type say struct{ zh, en string }

func (s say) in(lang Lang) string {
	if lang == ZH {
		return s.zh
	}
	return s.en
}

func build(lang Lang) *Text {
	t := &Text{
		Lang:      lang,
		steps:     map[journey.Step]StepText{},
		questions: map[string]QuestionText{},
		problems:  map[problem.Code]ProblemText{},
		notes:     map[wizard.NoteCode]string{},
	}
	t.speak(words, &t.Words)
	for step, s := range steps {
		t.steps[step] = StepText{
			Name: s.name.in(lang), Short: s.short.in(lang), Gist: s.gist.in(lang), Why: s.why.in(lang),
			ByHand: s.byHand.in(lang), Does: s.does.in(lang), Start: s.start.in(lang),
		}
	}
	for _, group := range []map[string]questionSay{
		questions, rentalQuestions, guardQuestions,
		trainingQuestions,
		transferQuestions,
		resultQuestions,
	} {
		for key, q := range group {
			t.questions[key] = QuestionText{Title: q.title.in(lang), Why: q.why.in(lang)}
		}
	}
	for _, group := range []map[problem.Code]trouble{
		planProblems, stepProblems, dataProblems, codeProblems, loginProblems, instanceProblems, commandProblems, practiceProblems, moneyProblems,
		trainingProblems,
		routeProblems,
		panelProblems, gpuProblems,
		handProblems,
		guardProblems,
		lessonProblems,
		classProblems,
		exportProblems,
		transferProblems,
		resultProblems,
	} {
		for code, p := range group {
			t.problems[code] = ProblemText{What: p.what.in(lang), Next: p.next.in(lang)}
		}
	}
	for _, group := range []map[wizard.NoteCode]say{
		notes, rentalNotes,
		trainingNotes,
		handNotes,
		loginNotes,
		guardNotes, stopNotes, startNotes,
		transferNotes,
		resultNotes,
	} {
		for code, n := range group {
			t.notes[code] = n.in(lang)
		}
	}
	return t
}

// speak fills the text fields of to with the sentences of from, which has a
// field of type say for each, of the same name.
func (t *Text) speak(from, to any) {
	said, fields := reflect.ValueOf(from), reflect.ValueOf(to).Elem()
	for i := range said.NumField() {
		fields.FieldByName(said.Type().Field(i).Name).SetString(said.Field(i).Interface().(say).in(t.Lang))
	}
}

// spoken is a set of words in this language: the fields of W are those of
// from.
func spoken[W any](t *Text, from any) W {
	var w W
	t.speak(from, &w)
	return w
}

// Step returns what a step is called and why it exists.
func (t *Text) Step(step journey.Step) StepText { return t.steps[step] }

// State returns the word for a state.
func (t *Text) State(state journey.State) string { return states[state].in(t.Lang) }

// Reason says why a step is stale.
func (t *Text) Reason(reason journey.Reason) string { return reasons[reason].in(t.Lang) }

// Question returns the words of a question by its key.
func (t *Text) Question(key string) QuestionText {
	if q, ok := t.questions[key]; ok {
		return q
	}
	return QuestionText{Title: key}
}

// Choice returns the label of a choice and a short remark on it, which may be
// empty.
func (t *Text) Choice(key string, c wizard.Choice) (label, remark string) {
	if strings.HasPrefix(key, "price.") {
		label = t.Answer(key, c.Value, c.Args["currency"])
		return label, t.Fill(choiceForms[key].remark.in(t.Lang), c.Args)
	}
	known, ok := choices[key][c.Value]
	if !ok {
		known, ok = guardChoices[key][c.Value]
	}
	if !ok {
		known, ok = resultChoices[key][c.Value]
	}
	if ok {
		return t.Fill(known.label.in(t.Lang), c.Args), t.Fill(known.remark.in(t.Lang), c.Args)
	}
	if form, ok := choiceForms[key]; ok {
		args := map[string]string{"value": c.Value}
		maps.Copy(args, c.Args)
		return t.Fill(form.label.in(t.Lang), args), t.Fill(form.remark.in(t.Lang), args)
	}
	return t.Fill("{value}", map[string]string{"value": c.Value}), ""
}

// Answer writes an answer that is no choice: amounts with their currency, and
// what 0 means.
func (t *Text) Answer(key, value, currency string) string {
	if value == "auto" {
		return t.value("word", value)
	}
	amount, err := strconv.ParseFloat(value, 64)
	if err != nil || key != "price.per_hour" && key != "price.budget" && key != "price.voucher" {
		return t.value("", value)
	}
	switch {
	case amount != 0:
		return t.Money(amount, currency)
	case key == "price.budget":
		return t.NoBudget
	case key == "price.voucher":
		return noVoucher.in(t.Lang)
	}
	return t.PriceUnknown
}

// Note writes a note that a step told.
func (t *Text) Note(code wizard.NoteCode, args map[string]string) string {
	switch code {
	case wizard.NoteFinding:
		return t.Finding(args)
	case wizard.NoteSetting:
		return t.setting(args)
	}
	if code == wizard.NotePanelTrouble {
		return t.ProblemOf(problem.Code(args["code"]), args).What
	}
	form, ok := t.notes[code]
	if !ok {
		return t.value("", string(code))
	}
	if code == wizard.NotePredictFail || code == wizard.NoteExportFail || code == wizard.NoteReportFail {
		args = maps.Clone(args)
		args["detail"] = t.extraDetail(args)
	}
	return t.Fill(form, args)
}

// Problem says what an error means and what to do next. An error that is no
// problem.Problem is told as it is.
func (t *Text) Problem(err error) ProblemText {
	p, ok := problem.As(err)
	if !ok {
		p = problem.New(wizard.StepFailed, err, "detail", err.Error())
	}
	return t.ProblemOf(p.Code, p.Args)
}

// ProblemOf is Problem for a code and its details.
func (t *Text) ProblemOf(code problem.Code, args map[string]string) ProblemText {
	form, ok := t.problems[code]
	if !ok {
		form = t.problems[wizard.StepFailed]
		args = map[string]string{"detail": string(code)}
	}
	said := ProblemText{What: t.Fill(form.What, args), Next: t.Fill(form.Next, args)}
	if args["hop"] != "" {
		said.What = t.Fill(hopTrouble.what.in(t.Lang), args) + said.What
		if !ofAnyHost[code] {
			said.Next = t.Fill(hopTrouble.next.in(t.Lang), args)
		}
	}
	return said
}

// Known reports whether a problem's code has a sentence of its own.
func (t *Text) Known(code problem.Code) bool {
	_, ok := t.problems[code]
	return ok
}

// Phase returns the words for a phase of progress, or the phase itself.
func (t *Text) Phase(phase string) string {
	if s, ok := phases[phase]; ok {
		return s.in(t.Lang)
	}
	return strings.TrimSpace(t.value("", phase))
}

// Fact returns the label and the value of a fact that a step keeps as its
// evidence; label is "" for facts that say nothing to a person.
func (t *Text) Fact(name, value string) (label, shown string) {
	f, ok := facts[name]
	if !ok || value == "" {
		return "", ""
	}
	return f.label.in(t.Lang), t.value(f.form, value)
}
