package widget_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"gpuwizard/tui/widget"
)

func TestWrapWhole(t *testing.T) {
	path := widget.Whole("/home/lin/我的 图片/数据 1")
	tests := []struct {
		name, in string
		width    int
		want     []string
	}{
		{"words", "one two three", 8, []string{"one two", "three"}},
		{"a long word is left alone", "go to a/long/path/name now", 10, []string{"go to", "a/long/path/name", "now"}},
		{"chinese", "检查数据，几秒钟", 8, []string{"检查数", "据，几秒", "钟"}},
		{"what may be copied", "看 " + path + " 里的文件", 30, []string{"看 /home/lin/我的 图片/数据 1", "里的文件"}},
		{"wider than a line", "打不开 " + path + "。", 12, []string{"打不开", "/home/lin/我的 图片/数据 1。"}},
		{"several", widget.Whole("a b.jpg") + ", " + widget.Whole("c d.jpg"), 10, []string{"a b.jpg,", "c d.jpg"}},
		{"only what may be copied", path, 5, []string{"/home/lin/我的 图片/数据 1"}},
		{"this program", "then type gpuwizard stop now", 16, []string{"then type", "gpuwizard stop", "now"}},
		{"an option's value", "or gpuwizard run --until classes first", 30, []string{"or", "gpuwizard run --until classes", "first"}},
		{"a dash is none", "one - two three", 7, []string{"one -", "two", "three"}},
		{"empty", "", 5, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := widget.WrapWhole(test.in, test.width); !reflect.DeepEqual(got, test.want) {
				t.Errorf("WrapWhole(%q, %d) = %q, want %q", test.in, test.width, got, test.want)
			}
		})
	}
}

func FuzzWrapWhole(f *testing.F) {
	f.Add("看 ", "/home/我的 图片/a", " 里 one two", 12)
	f.Add("", "a b", "c", 2)
	f.Fuzz(func(t *testing.T, before, whole, after string, width int) {
		if !utf8.ValidString(before) || !utf8.ValidString(whole) {
			t.Skip()
		}
		if all := before + whole + after; width < 2 || width > 200 || len(all) > 2000 || strings.ContainsFunc(all, func(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 || r == '\uFFFD' }) {
			t.Skip()
		}
		lines := widget.WrapWhole(before+widget.Whole(whole)+after, width)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got, want := squeeze(strings.Join(lines, "")), squeeze(before+whole+after); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if whole := strings.TrimSpace(whole); !strings.Contains(strings.Join(lines, "\n"), whole) {
			t.Errorf("%q is torn apart in %q", whole, lines)
		}
	})
}
