// Package keymap says which key does what, once: screens ask it, the footer
// and the help are written from it.
package keymap

import (
	"github.com/charmbracelet/bubbles/key"

	"gpuwizard/tui/text"
)

// A Map is all keys of the program.
type Map struct {
	// Everywhere.
	Up, Down, Accept, Close, Back, Next, Jump, Overview, Help, Suspend, Quit key.Binding
	// A step at work, and one that failed.
	Stop, Skip, Log, Retry, Mend key.Binding
	// A step done by hand, and a lesson.
	ByHand, Hint, Task key.Binding
	// A training.
	OtherChart, Extend key.Binding
	// The help.
	PrevTab, NextTab key.Binding
	// The pictures.
	Data, Page, NextPicture, PrevPicture, ZoomIn, ZoomOut key.Binding
	// The tables of GPUs, prices and regions.
	Compare, Sort, Platforms, OtherTable key.Binding
	// Choosing a folder.
	ParentFolder key.Binding
	// The log.
	PageUp, PageDown, Top, Follow, Left, Right, Search, NextMatch, PrevMatch, Copy key.Binding
}

// A Group is keys that belong together, for the help.
type Group struct {
	Title string
	Keys  []key.Binding
}

// New returns the keys with what they do said in a language. Without arrows
// their names are written out.
func New(t *text.Text, arrows bool) *Map {
	words, market, watch := t.Keys(), t.Market(), t.Watch()
	updown, left, right := "↑ ↓", "←", "→"
	if !arrows {
		updown, left, right = "Up Down", "Left", "Right"
	}
	bind := func(shown, does string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
	}
	return &Map{
		Up:       bind(updown, words.Move, "up", "k", "shift+tab"),
		Down:     bind(updown, words.Move, "down", "j", "tab"),
		Accept:   bind("Enter", words.Choose, "enter", " "),
		Close:    bind("Esc", words.Close, "esc"),
		Back:     bind("b "+left, words.Back, "b", "left", "h"),
		Next:     bind("n "+right, words.Next, "n", "right"),
		Jump:     bind("1-7", words.Jump, "1", "2", "3", "4", "5", "6", "7"),
		Overview: bind("o", words.Overview, "o"),
		Help:     bind("?", words.Help, "?", "f1"),
		Suspend:  bind("Ctrl-Z", words.Suspend, "ctrl+z"),
		Quit:     bind("q", words.Quit, "q", "ctrl+c"),

		Stop:  bind("Esc", words.Stop, "esc"),
		Skip:  bind("s", words.Skip, "s"),
		Log:   bind("l", words.Log, "l"),
		Retry: bind("r", words.Retry, "r"),
		Mend:  bind("m", words.Mend, "m"),

		ByHand:     bind("y", words.ByHand, "y"),
		Hint:       bind("h", words.Hint, "h"),
		Task:       bind("g", words.Task, "g"),
		OtherChart: bind("v", watch.OtherChart, "v"),
		Extend:     bind("e", watch.Extend, "e"),

		PrevTab: bind(left, words.PrevTab, "left", "shift+tab", "h"),
		NextTab: bind(right+" Tab", words.NextTab, "right", "tab", "l"),

		Data:        bind("d", words.Data, "d"),
		Page:        bind("Tab", words.Page, "tab"),
		NextPicture: bind(left+" "+right, words.Picture, "right", "n"),
		PrevPicture: bind(left+" "+right, words.Picture, "left", "b"),
		ZoomIn:      bind("+ -", words.Zoom, "+", "="),
		ZoomOut:     bind("+ -", words.Zoom, "-"),

		Compare:    bind("t", market.Compare, "t"),
		Sort:       bind("s", market.Sort, "s"),
		Platforms:  bind("p", market.Platforms, "p"),
		OtherTable: bind("Tab", market.OtherTable, "tab", "shift+tab", "right", "left"),

		ParentFolder: bind(left, words.ParentFolder, "left", "backspace"),

		PageUp:    bind("PgUp", words.PageUp, "pgup"),
		PageDown:  bind("PgDn", words.PageDown, "pgdown"),
		Top:       bind("Home", words.Top, "home"),
		Follow:    bind("f", words.Follow, "f", "end"),
		Left:      bind("[", words.Left, "["),
		Right:     bind("]", words.Right, "]"),
		Search:    bind("/", words.Search, "/"),
		NextMatch: bind("n", words.NextMatch, "n"),
		PrevMatch: bind("N", words.PrevMatch, "N"),
		Copy:      bind("c", words.Copy, "c"),
	}
}

// Groups are all keys for the help, those of one meaning once.
func (m *Map) Groups(t *text.Text) []Group {
	words := t.Keys()
	return []Group{
		{words.Everywhere, []key.Binding{m.Up, m.Accept, m.Close, m.Back, m.Next, m.Jump, m.Overview, m.Help, m.Suspend, m.Quit}},
		{words.AtWork, []key.Binding{m.Stop, m.Skip, m.Log, m.OtherChart, m.Extend, m.Retry, m.Mend}},
		{words.InLesson, []key.Binding{m.ByHand, m.Hint, m.Task}},
		{words.InData, []key.Binding{m.Data, m.Page, m.NextPicture, m.ZoomIn}},
		{t.Market().GPUs, []key.Binding{m.Compare, m.Sort, m.Platforms, m.OtherTable}},
		{words.InFolders, []key.Binding{m.ParentFolder, m.Search}},
		{words.InHelp, []key.Binding{m.PrevTab, m.NextTab, m.Copy}},
		{words.InLog, []key.Binding{m.PageUp, m.PageDown, m.Top, m.Follow, m.Left, m.Right, m.Search, m.NextMatch, m.PrevMatch, m.Copy}},
	}
}

// As returns a binding that says something else of what it does, for the
// footer.
func As(b key.Binding, does string) key.Binding {
	b.SetHelp(b.Help().Key, does)
	return b
}
