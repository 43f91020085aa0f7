package keymap_test

import (
	"reflect"
	"testing"

	"github.com/charmbracelet/bubbles/key"

	"gpuwizard/tui/keymap"
	"gpuwizard/tui/text"
)

// Whatever a key does is in the help, in both languages, with keys that are
// really bound. Two keys of one meaning, such as up and down, share a line.
func TestTheHelpKnowsEveryKey(t *testing.T) {
	for _, lang := range []text.Lang{text.ZH, text.EN} {
		words := text.For(lang)
		m := keymap.New(words, true)
		told := map[string]bool{}
		for _, g := range m.Groups(words) {
			if g.Title == "" || len(g.Keys) == 0 {
				t.Errorf("%s: the group %+v", lang, g)
			}
			for _, b := range g.Keys {
				told[b.Help().Key+" "+b.Help().Desc] = true
			}
		}
		all := reflect.ValueOf(*m)
		for i := range all.NumField() {
			b := all.Field(i).Interface().(key.Binding)
			name := all.Type().Field(i).Name
			if b.Help().Key == "" || b.Help().Desc == "" || len(b.Keys()) == 0 {
				t.Errorf("%s: %s does nothing, or says nothing", lang, name)
			}
			if !told[b.Help().Key+" "+b.Help().Desc] {
				t.Errorf("%s: %s is not in the help", lang, name)
			}
		}
	}
}
