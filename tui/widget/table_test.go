package widget_test

import (
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"gpuwizard/tui/widget"
)

func TestTable(t *testing.T) {
	table := widget.Table{
		Columns: []widget.Column{{Title: "显卡"}, {Title: "每小时", Right: true}, {Title: "平台", Spare: 1}, {Title: "见于", Spare: 2}},
		Rows:    [][]string{{"RTX 4090", "1.88 元", "AutoDL", "2026-09"}, {"A800", "15.59 元", "恒源云", ""}, {"另一种", "", "矩池云", "2026"}},
		Marked:  1, Sorted: 1,
	}
	draw := func(width, height int) []string { return table.View(theme(), width, height) }
	if got, want := draw(60, 9), []string{
		"    显卡        每小时  平台    见于",
		"▸   RTX 4090   1.88 元  AutoDL  2026-09",
		"  ✓ A800      15.59 元  恒源云",
		"    另一种              矩池云  2026",
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("drawn:\n%s", strings.Join(got, "\n"))
	}
	// Columns give way in their order, and the words of the last ones are cut.
	if got := draw(35, 9)[1]; got != "▸   RTX 4090   1.88 元  AutoDL" {
		t.Errorf("%q", got)
	}
	if got := draw(24, 9)[1]; got != "▸   RTX 4090   1.88 元" {
		t.Errorf("%q", got)
	}
	for width := 20; width < 60; width++ {
		for _, line := range draw(width, 9) {
			if w := widget.Width(line); w > width {
				t.Errorf("%q takes %d of %d cells", line, w, width)
			}
		}
	}
	table.Update(tea.KeyMsg{Type: tea.KeyUp})
	if table.At() != 0 {
		t.Errorf("above the first row is %d", table.At())
	}
	table.Update(tea.KeyMsg{Type: tea.KeyEnd})
	if got := draw(60, 3); len(got) != 3 || !strings.HasPrefix(got[2], "▸   另一种") {
		t.Errorf("at the end: %q", got)
	}
	table.Rows = nil
	if got := draw(60, 3); table.At() != -1 || len(got) != 1 {
		t.Errorf("without rows: %d, %q", table.At(), got)
	}
}
