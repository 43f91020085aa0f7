package widget

import (
	"strings"

	"gpuwizard/core/clean"
)

// View draws the form into at most height lines.
func (f *Form) View(width, height int) []string {
	if f.picking {
		return f.viewPick(width, height)
	}
	foot := f.foot(width)
	all, at := f.rows(width)
	rows := Window(f.Theme, all, at, max(1, height-len(foot)))
	if f.input == nil {
		return Clip(append(rows, foot...), min(height, len(rows)+len(foot)))
	}
	// The line to type is the last row of the area.
	room := max(0, height-len(foot))
	if f.Aside != nil {
		if aside := f.Aside(width, room-len(rows)-1); len(aside) > 0 && len(rows)+1+len(aside) <= room {
			rows = append(append(rows, ""), aside...)
		}
	}
	return append(Clip(rows, room), foot...)
}

// Height is how many lines the form takes, whichever field is in focus.
func (f *Form) Height(width int) int {
	rows, _ := f.rows(width)
	foot := 0
	for _, field := range f.Fields {
		foot = max(foot, 1+len(Wrap(field.Why, width-2)))
	}
	return len(rows) + foot
}

func (f *Form) titleWidth(width int) int {
	widest := 0
	for _, field := range f.Fields {
		widest = max(widest, Width(field.Title))
	}
	return min(widest, width/3)
}

func (f *Form) rows(width int) (rows []string, at int) {
	t := f.Theme
	titles := f.titleWidth(width)
	for i, field := range f.Fields {
		if i == f.focus {
			at = i
		}
		rows = append(rows, f.row(i, field, titles, width))
	}
	if len(rows) > 0 {
		rows = append(rows, "")
	}
	if f.AtAction() {
		at = len(rows)
	}
	return append(rows, t.Button(f.Words.Start, f.AtAction())), at
}

func (f *Form) row(i int, field Field, titles, width int) string {
	t := f.Theme
	focused := i == f.focus
	lead, title := "  ", Pad(field.Title, titles, t.Signs.More)
	if focused {
		lead, title = t.Cursor.Render(t.Signs.Point+" "), t.Cursor.Render(title)
	}
	shown := field.Shown
	if shown == "" {
		shown = clean.Line(field.Value)
	}
	tag := ""
	value := t.Strong.Render(shown)
	switch {
	case field.Missing:
		value, tag = t.Warn.Render(f.Words.Required), ""
	case shown == "":
		value = t.Dim.Render(f.Words.Empty)
	case field.Locked:
		value, tag = t.Plain.Render(shown), t.Dim.Render(f.Words.Locked)
	case field.Default:
		value, tag = t.Plain.Render(shown), t.Dim.Render(f.Words.Default)
	}
	room := width - titles - 4
	return lead + title + "  " + Spread(value, tag, room, t.Signs.More)
}

// foot is what stands below the rows: why the field in focus is asked, or the
// line to type.
func (f *Form) foot(width int) []string {
	t := f.Theme
	if f.AtAction() {
		return nil
	}
	field := f.field()
	lines := []string{""}
	for _, line := range Wrap(field.Why, width-2) {
		lines = append(lines, "  "+t.Dim.Render(line))
	}
	if f.input == nil {
		return lines
	}
	if f.notice != "" {
		for _, line := range Wrap(f.notice, width-2) {
			lines = append(lines, "  "+t.Bad.Render(line))
		}
	}
	prompt := Cut(field.Title, width/3, t.Signs.More) + f.Words.Colon
	return append(lines, "", "  "+t.Accent.Render(prompt)+f.input.View(width-2-Width(prompt)))
}

// viewPick draws the choices of the field in focus as a list of its own.
func (f *Form) viewPick(width, height int) []string {
	t, field, options := f.Theme, f.field(), f.options()
	lines := []string{t.Accent.Render(Cut(field.Title, width, t.Signs.More))}
	for _, line := range Wrap(field.Why, width) {
		lines = append(lines, t.Dim.Render(line))
	}
	lines = append(lines, "")
	labels := 0
	for _, o := range options {
		labels = max(labels, Width(o.Label))
	}
	labels = min(labels, width/2)
	var rows []string
	for i, o := range options {
		label := Pad(o.Label, labels, t.Signs.More)
		mark := " "
		if o.Value == field.Value && !o.other {
			mark = t.Signs.Done
		}
		row := "  " + t.Good.Render(mark) + " " + label
		if i == f.picked {
			row = t.Cursor.Render(t.Signs.Point+" ") + t.Good.Render(mark) + " " + t.Cursor.Render(label)
		}
		if o.Remark != "" {
			row += "  " + t.Dim.Render(Cut(o.Remark, max(0, width-labels-6), t.Signs.More))
		}
		rows = append(rows, strings.TrimRight(row, " "))
	}
	if f.filter.On() {
		lines = append(lines[:len(lines)-1], f.filter.View(t, f.Words.Search, width), "")
	}
	return append(lines, Window(t, rows, f.picked, max(1, height-len(lines)))...)
}
