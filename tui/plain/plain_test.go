package plain_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
)

func code(err error) problem.Code {
	if p, ok := problem.As(err); ok {
		return p.Code
	}
	return ""
}

func TestQuestions(t *testing.T) {
	for _, test := range []struct {
		name, typed string
		step        journey.Step
		says        []string // in this order
		key, wants  string
		ends        problem.Code
	}{
		{
			"Enter takes the defaults", "\n\n\n\n\n\n\n", journey.Region,
			[]string{
				"Step 1 of 7", "? Platform", "1) AutoDL", "? Region", "7) Beijing B (bj-B1; shares its disk with bj-B2)", "18) not sure yet (leave it open)", "Enter for 18", "? GPU", "3) RTX 3090 (CNY 1.32 an hour", "Enter for 3", "? Price", "? Budget", "? Voucher", "? After the training",
				"Kept: AutoDL", "GPU: 1 x RTX 3090, CNY 1.32 an hour (a price seen", "Forecast: 4 pictures and 100 epochs on RTX 3090", "New accounts",
			},
			"platform", "autodl", "",
		},
		{"a choice by its number", "10\n", journey.Region, []string{"10) Practice instance", "Kept: Practice instance"}, "platform", wizard.PracticePlatform, ""},
		{
			"no such number is asked again", "99\nx\n0\n10\n", journey.Region,
			[]string{"from 1 to 10.", "from 1 to 10.", "from 1 to 10.", "Kept: Practice instance"},
			"platform", wizard.PracticePlatform, "",
		},
		{"an answer of one's own", "\n19\nxx-Z9\n\n\n\n\n\n", journey.Region, []string{"something else", "Type it: ", "region xx-Z9"}, "region", "xx-Z9", ""},
		{
			"a wrong answer is asked again", "\n\n\n\nlots\n10\n\n\n", journey.Region,
			[]string{"? Budget", "✗ Budget cannot be “lots”.", "→ Allowed:", "At CNY 1.32 an hour the budget of CNY 10.00 lasts some 7.5 hours"},
			"price.budget", "10", "",
		},
		{"the input ends", "\n", journey.Region, []string{"? Region"}, "platform", "autodl", planfile.AnswerMissing},
		{"a line without its end counts", "\n\n\n\n5\n2\n2", journey.Region, []string{"? Budget", "? Voucher", "Kept", "The voucher pays"}, "guard.after", "keep", ""},
		{"the folder that is here", "\n\n", journey.Check, []string{"? Data folder", "1) train_data", "Read 4 pictures with 4 boxes"}, "data", "train_data", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newProject(t)
			c, out := console(plain.Options{}, strings.NewReader(test.typed))
			err := c.Do(t.Context(), p, noInstance, test.step)
			if code(err) != test.ends {
				t.Errorf("ended with %v, want %q", err, test.ends)
			}
			if inOrder(out.String(), test.says) {
				t.Errorf("not in this order: %q\n%s", test.says, out)
			}
			for _, q := range p.Questions(test.step) {
				if q.Key == test.key && q.Value != test.wants {
					t.Errorf("%s is %q, want %q\n%s", q.Key, q.Value, test.wants, out)
				}
			}
		})
	}
}

// inOrder reports whether a part is missing or out of its place.
func inOrder(said string, parts []string) (wrong bool) {
	for _, part := range parts {
		_, after, found := strings.Cut(said, part)
		if !found {
			return true
		}
		said = after
	}
	return false
}

func TestAnEmptyFolderSaysWhatToPutThere(t *testing.T) {
	for _, test := range []struct {
		name  string
		o     plain.Options
		typed io.Reader
	}{
		{"asked", plain.Options{}, strings.NewReader("")},
		{"nobody to ask", plain.Options{Yes: true}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			p := open(t, dir)
			c, out := console(test.o, test.typed)
			err := c.Do(t.Context(), p, noInstance, journey.Check)
			if code(err) != planfile.AnswerMissing {
				t.Errorf("ended with %v", err)
			}
			if inOrder(out.String(), []string{"no labelled pictures in " + dir, "pictures and labels", "YOLO txt", "gpuwizard practice"}) {
				t.Errorf("%s", out)
			}
		})
	}
}

func TestFailureMenu(t *testing.T) {
	for _, test := range []struct {
		name, typed string
		mend        bool // the folder appears while the menu is open
		says        []string
		ends        bool
	}{
		{"stop here", "\n\n3\n", false, []string{"✗ There is no folder", "→ Change the data folder", "? What now?", "3) stop here"}, true},
		{"try again in vain, then stop", "\n\n1\n3\n", false, []string{"✗ There is no folder", "✗ There is no folder"}, true},
		{"other answers", "\n\n2\n1\n\n", true, []string{"✗ There is no folder", "? What now?", "? Data folder", "1) train_data", "Read 4 pictures"}, false},
		{"the input ends at the menu", "\n\n", false, []string{"? What now?"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newProject(t)
			if err := p.Set("data", "nowhere"); err != nil {
				t.Fatal(err)
			}
			c, out := console(plain.Options{}, strings.NewReader(test.typed))
			err := c.Do(t.Context(), p, noInstance, journey.Check)
			var told *plain.Told
			if errors.As(err, &told) != test.ends {
				t.Errorf("ended with %v\n%s", err, out)
			}
			if test.ends && (code(err) == "" || told.Error() == "") {
				t.Errorf("the error lost its code: %v", err)
			}
			if inOrder(out.String(), test.says) {
				t.Errorf("not in this order: %q\n%s", test.says, out)
			}
		})
	}
}

func TestWalkLeavesOutWhatIsDone(t *testing.T) {
	p := newProject(t)
	c, out := console(plain.Options{Yes: true}, nil)
	if err := c.Walk(t.Context(), p, noInstance, journey.Convert); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if inOrder(out.String(), []string{"Step 1 of 7", "Step 2 of 7", "Step 3 of 7", "Converted 4 pictures"}) || strings.Contains(out.String(), "Step 4") {
		t.Errorf("%s", out)
	}
	out.Reset()
	if err := c.Walk(t.Context(), p, noInstance, journey.Convert); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "done before, and the evidence still holds") != 3 {
		t.Errorf("%s", out)
	}
	// What lost its evidence is done again, and says why.
	if err := os.Remove(filepath.Join(p.Dir(), "prepared", "dataset", "labels", "train", "train0.txt")); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := c.Walk(t.Context(), p, noInstance, journey.Convert); err != nil {
		t.Fatal(err)
	}
	if inOrder(out.String(), []string{"Step 3 of 7: Convert labels", "missing or changed", "train0.txt", "Converted"}) {
		t.Errorf("%s", out)
	}
}

func TestWalkEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, _ := console(plain.Options{Yes: true}, nil)
	if err := c.Walk(ctx, newProject(t), noInstance, journey.Download); code(err) != wizard.Cancelled {
		t.Errorf("ended with %v", err)
	}
	// A read that never ends does not hold it up.
	in, _ := io.Pipe()
	c, _ = console(plain.Options{}, in)
	if err := c.Do(ctx, newProject(t), noInstance, journey.Region); code(err) != wizard.Cancelled {
		t.Errorf("ended with %v", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAReaderThatLeftIsToldOf(t *testing.T) {
	c := plain.New(plain.Options{Out: brokenPipe{}, Text: text.For(text.EN), Yes: true})
	if err := c.Walk(t.Context(), newProject(t), noInstance, journey.Region); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("ended with %v", err)
	}
}

func TestPracticeSpeaksOfPractice(t *testing.T) {
	p := newProject(t)
	if err := p.Set("platform", wizard.PracticePlatform); err != nil {
		t.Fatal(err)
	}
	for lang, wants := range map[text.Lang]string{text.EN: "This is practice", text.ZH: "这是练习"} {
		c, out := console(plain.Options{Yes: true, Text: text.For(lang)}, nil)
		if err := c.Do(t.Context(), p, noInstance, journey.Region); err != nil || !strings.Contains(out.String(), wants) {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
