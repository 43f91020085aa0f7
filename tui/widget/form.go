package widget

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A Field is one question of a form.
type Field struct {
	Key     string
	Title   string
	Why     string // shown while the field has the focus
	Value   string // the answer, as it is written
	Shown   string // the answer, for people; "" shows Value
	Default bool   // the answer was proposed, not given
	Missing bool   // an answer is needed
	Locked  bool   // the answer cannot be changed
	Choices []Option
	Open    bool // another answer than the choices may be typed
}

// An Option is one answer to choose.
type Option struct {
	Value, Label, Remark string

	other bool // no value: leads to typing one
}

// FormWords are the words that a form needs.
type FormWords struct {
	Default, Empty, TypeOther, Required, Start, Search, Locked, Colon string
}

// A Form asks questions in rows with an action below them. Enter on a row
// opens its choices, or a line to type on the last row of the form's area,
// where input methods show their candidates.
type Form struct {
	Theme  *Theme
	Words  FormWords
	Fields []Field
	// OnPaste takes what is pasted into a field; see Input.
	OnPaste func(key, value, paste string) (string, bool)
	// Aside draws what helps to answer, into at most height lines: it stands
	// above the line to type, where there is room.
	Aside func(width, height int) []string

	focus   int // len(Fields) is the action
	picking bool
	picked  int
	filter  Filter // of the choices
	input   *Input
	notice  string // beside the field in focus: why an answer was refused
}

// A FormEvent is what a key led to.
type FormEvent struct {
	Answer     bool // Key has the new Value
	Key, Value string
	Start      bool // the action was chosen
	Unused     bool // nothing here takes what was pasted
}

// Reset puts the focus where a person would go on: at the first field that
// needs an answer, else at the action.
func (f *Form) Reset() {
	f.Close()
	f.focus = len(f.Fields)
	for i, field := range f.Fields {
		if field.Missing {
			f.focus = i
			return
		}
	}
}

// FocusTop puts the focus on the first field.
func (f *Form) FocusTop() {
	f.Close()
	f.focus = 0
}

// Close ends typing and choosing without an answer.
func (f *Form) Close() {
	f.picking, f.input, f.notice, f.filter = false, nil, "", Filter{}
}

// SetFields replaces the fields and keeps the focus.
func (f *Form) SetFields(fields []Field) {
	f.Fields = fields
	f.focus = min(f.focus, len(fields))
}

// Refuse shows why an answer was not taken, and opens the field again with it.
func (f *Form) Refuse(key, value, why string) {
	for i, field := range f.Fields {
		if field.Key == key {
			f.focus = i
			f.typeInto(value)
			f.notice = why
		}
	}
}

// Busy reports whether keys go to an open field.
func (f *Form) Busy() bool { return f.picking || f.input != nil }

// Typing reports whether a line is being typed.
func (f *Form) Typing() bool { return f.input != nil }

// AtAction reports whether the focus is on the action.
func (f *Form) AtAction() bool { return f.focus >= len(f.Fields) }

// Focused is the key of the field in focus, or "".
func (f *Form) Focused() string {
	if f.AtAction() {
		return ""
	}
	return f.field().Key
}

// Update handles a key.
func (f *Form) Update(msg tea.KeyMsg) FormEvent {
	switch {
	case f.input != nil:
		return f.updateInput(msg)
	case f.picking:
		return f.updatePick(msg)
	}
	if msg.Paste {
		return FormEvent{Unused: f.AtAction() || !f.pasteOnto(msg)}
	}
	switch msg.String() {
	case "up", "k", "shift+tab":
		f.move(-1)
	case "down", "j", "tab":
		f.move(1)
	case "enter", " ":
		if f.AtAction() {
			return FormEvent{Start: true}
		}
		f.open()
	}
	return FormEvent{}
}

func (f *Form) move(by int) {
	n := len(f.Fields) + 1
	f.focus = (f.focus + by + n) % n
}

func (f *Form) field() *Field { return &f.Fields[f.focus] }

func (f *Form) open() {
	field := f.field()
	if field.Locked {
		return
	}
	if len(field.Choices) == 0 {
		f.typeInto(field.typed())
		return
	}
	f.picking, f.picked = true, 0
	for i, o := range field.Choices {
		if o.Value == field.Value {
			f.picked = i
		}
	}
}

// Type opens the line to type the answer of a field.
func (f *Form) Type(key string) {
	for i, field := range f.Fields {
		if field.Key == key {
			f.focus = i
			f.typeInto(field.typed())
		}
	}
}

// typed is what stands in the line at first: the present answer, unless it is a
// default that is shown as a word: who types wants something else.
func (f *Field) typed() string {
	if f.Default && f.Shown != "" && f.Shown != f.Value {
		return ""
	}
	return f.Value
}

func (f *Form) typeInto(value string) {
	f.picking, f.notice = false, ""
	f.input = NewInput(f.Theme, value, false)
	if f.OnPaste != nil {
		key := f.field().Key
		f.input.OnPaste = func(value, paste string) (string, bool) { return f.OnPaste(key, value, paste) }
	}
}

// options are the choices that are listed: all, or those that hold what is
// searched for.
func (f *Form) options() []Option {
	field := f.field()
	all := append([]Option(nil), field.Choices...)
	all = slices.DeleteFunc(all, func(o Option) bool { return !f.filter.Holds(o.Label + " " + o.Remark) })
	if field.Open {
		all = append(all, Option{Label: f.Words.TypeOther, other: true})
	}
	return all
}

// pasteOnto opens the field in focus for a paste, in place of its answer.
func (f *Form) pasteOnto(msg tea.KeyMsg) bool {
	if f.field().Locked || len(f.field().Choices) > 0 && !f.field().Open || len(PastedLines(string(msg.Runes))) == 0 {
		return false
	}
	f.typeInto("")
	f.input.Update(msg)
	return true
}

func (f *Form) updatePick(msg tea.KeyMsg) FormEvent {
	if msg.Paste && !f.filter.Typing() {
		return FormEvent{Unused: !f.pasteOnto(msg)}
	}
	if f.filter.Typing() {
		f.filter.Update(msg)
		f.picked = 0
		return FormEvent{}
	}
	options := f.options()
	n := max(1, len(options))
	switch msg.String() {
	case "up", "k", "shift+tab":
		f.picked = (f.picked - 1 + n) % n
	case "down", "j", "tab":
		f.picked = (f.picked + 1) % n
	case "home":
		f.picked = 0
	case "end":
		f.picked = n - 1
	case "/":
		f.filter.Open(f.Theme)
	case "esc", "left":
		if f.filter.On() {
			f.filter.Clear()
			f.picked = 0
			return FormEvent{}
		}
		f.Close()
	case "enter", " ":
		if f.picked >= len(options) {
			return FormEvent{}
		}
		if options[f.picked].other {
			f.typeInto(f.field().typed())
			return FormEvent{}
		}
		return f.answer(options[f.picked].Value)
	}
	return FormEvent{}
}

func (f *Form) updateInput(msg tea.KeyMsg) FormEvent {
	switch msg.Type {
	case tea.KeyEsc:
		f.Close()
	case tea.KeyEnter:
		value := strings.TrimSpace(f.input.Value())
		if field := f.field(); value == "" && field.Default && field.typed() == "" {
			f.Close() // the default stays
			f.move(1)
			return FormEvent{}
		}
		return f.answer(value)
	default:
		f.notice = ""
		f.input.Update(msg)
	}
	return FormEvent{}
}

func (f *Form) answer(value string) FormEvent {
	key := f.field().Key
	f.Close()
	f.move(1)
	return FormEvent{Answer: true, Key: key, Value: value}
}
