package plain_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
	"gpuwizard/tui/widget"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestPassword(t *testing.T) {
	typed := func(s string, err error) func() (string, error) { return func() (string, error) { return s, err } }
	for _, test := range []struct {
		name    string
		o       plain.Options
		attempt int
		says    string
		wants   string
		ends    problem.Code
	}{
		{"typed", plain.Options{ReadPassword: typed("secret\r\n", nil)}, 1, "Password for ssh -p 10309 root@", "secret", ""},
		{"with blanks of a web page", plain.Options{ReadPassword: typed("\u00a0secret\u3000", nil)}, 1, "Password for", "secret", ""},
		{"again", plain.Options{ReadPassword: typed("secret", nil)}, 2, "That password was refused", "secret", ""},
		{"nobody to ask", plain.Options{}, 1, "", "", instance.LoginNeeded},
		{"nobody is asked", plain.Options{ReadPassword: typed("x", nil), Yes: true}, 1, "", "", instance.LoginNeeded},
		{"a program is not asked", plain.Options{ReadPassword: typed("x", nil), JSON: true}, 1, "", "", instance.LoginNeeded},
		{"the input ends", plain.Options{ReadPassword: typed("", io.EOF)}, 1, "Password for", "", instance.LoginNeeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, out := console(test.o, strings.NewReader(""))
			got, err := c.Password(t.Context(), login, test.attempt)
			if got != test.wants || code(err) != test.ends {
				t.Errorf("%q, %v", got, err)
			}
			if !strings.Contains(out.String(), test.says) || strings.Contains(out.String(), "secret") {
				t.Errorf("said %q", out)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c, _ := console(plain.Options{ReadPassword: func() (string, error) { select {} }}, strings.NewReader(""))
	if _, err := c.Password(ctx, login, 1); code(err) != wizard.Cancelled {
		t.Errorf("a password that nobody types: %v", err)
	}
}

func TestTrustHost(t *testing.T) {
	fresh := wizard.HostKey{Host: "a.example:22", Type: "ssh-ed25519", Fingerprint: "SHA256:new"}
	changed := fresh
	changed.Known = []string{"SHA256:old"}
	for _, test := range []struct {
		name  string
		o     plain.Options
		typed io.Reader
		key   wizard.HostKey
		says  []string
		wants bool
		ends  problem.Code
	}{
		{"yes", plain.Options{}, strings.NewReader("Y\n"), fresh, []string{"a.example:22", "ssh-ed25519", "SHA256:new"}, true, ""},
		{"in Chinese", plain.Options{Text: text.For(text.ZH)}, strings.NewReader("是\n"), fresh, []string{"第一次连接"}, true, ""},
		{"Enter is no", plain.Options{}, strings.NewReader("\n"), fresh, nil, false, ""},
		{"changed", plain.Options{}, strings.NewReader("yes\n"), changed, []string{"Careful", "SHA256:old", "SHA256:new"}, true, ""},
		{"the input ends", plain.Options{}, strings.NewReader(""), fresh, nil, false, instance.HostKeyUnknown},
		{"the input ends, changed", plain.Options{}, strings.NewReader(""), changed, nil, false, instance.HostKeyChanged},
		{"nobody is asked", plain.Options{Yes: true}, strings.NewReader("y\n"), fresh, nil, false, instance.HostKeyUnknown},
		{"nobody is asked, changed", plain.Options{Yes: true}, strings.NewReader("y\n"), changed, nil, false, instance.HostKeyChanged},
		{"nobody is there", plain.Options{}, nil, fresh, nil, false, instance.HostKeyUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, out := console(test.o, test.typed)
			got, err := c.TrustHost(t.Context(), test.key)
			if got != test.wants || code(err) != test.ends || inOrder(out.String(), test.says) {
				t.Errorf("%v, %v\n%s", got, err, out)
			}
		})
	}
}

func TestStopInstance(t *testing.T) {
	for typed, wants := range map[string]bool{"y\n": true, "n\n": false, "\n": false, "": false} {
		c, out := console(plain.Options{}, strings.NewReader(typed))
		got, err := c.StopInstance(t.Context(), "a.example:22")
		if got != wants || err != nil || !strings.Contains(out.String(), "a.example:22") {
			t.Errorf("%q: %v, %v\n%s", typed, got, err, out)
		}
	}
	c, out := console(plain.Options{Yes: true}, strings.NewReader("y\n"))
	if got, err := c.StopInstance(t.Context(), "a.example:22"); got || err != nil || out.Len() > 0 {
		t.Errorf("without a person: %v, %v\n%s", got, err, out)
	}
}

func TestStartInstance(t *testing.T) {
	price, err := rental.ParseMoney("1.32", "CNY")
	if err != nil {
		t.Fatal(err)
	}
	s := wizard.Start{Platform: "autodl", Host: "a.example:22", PerHour: price, Restart: true}
	for typed, wants := range map[string]bool{"y\n": true, "n\n": false, "\n": false, "": false} {
		c, out := console(plain.Options{}, strings.NewReader(typed))
		got, err := c.StartInstance(t.Context(), s)
		if got != wants || err != nil || !strings.Contains(out.String(), "a.example:22") || !strings.Contains(out.String(), "1.32") {
			t.Errorf("%q: %v, %v\n%s", typed, got, err, out)
		}
	}
	c, out := console(plain.Options{Yes: true}, strings.NewReader("y\n"))
	if got, err := c.StartInstance(t.Context(), s); got || err != nil || out.Len() > 0 {
		t.Errorf("without a person: %v, %v\n%s", got, err, out)
	}
}

// The clock stands still: what comes too soon comes too soon on any machine.
func TestTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := console(plain.Options{}, nil)
		for _, e := range []wizard.Event{
			{Kind: wizard.KindNote, Code: wizard.NoteDataRead, Args: map[string]string{"pictures": "1", "boxes": "2", "classes": "person"}},
			{Kind: wizard.KindCommand, Line: "python \x1b[2Jtrain.py"},
			{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: "send", Files: 1, FilesTotal: 9, Bytes: 10, BytesTotal: 2000}},
			{Kind: wizard.KindProgress, Progress: &instance.Progress{Phase: "send", Files: 2, FilesTotal: 9}}, // too soon after
			{Kind: wizard.KindLog, Line: "ended"},
			{Kind: wizard.KindLog, Line: "at work", Live: true},
		} {
			c.Tell(e)
		}
		want := "  Read 1 picture with 2 boxes; classes: person.\n  $ python train.py\n  sending  1 of 9  10 B of 2.0 kB\n  | ended\n"
		if got := out.String(); got != want {
			t.Errorf("got %q\nwant %q", got, want)
		}
	})
}

func TestProblemsAreWrapped(t *testing.T) {
	err := problem.New(planfile.UnknownKey, nil, "path", "/home/lin/person/gpuwizard.yaml", "line", "2", "key", "platfrom",
		"allowed", strings.Repeat("platform, ", 20)+"region")
	c, out := console(plain.Options{Width: func() int { return 60 }}, nil)
	c.Problem(err)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	for _, line := range lines {
		if widget.Width(line) > 60 {
			t.Errorf("too wide: %q", line)
		}
	}
	if len(lines) < 4 || !strings.HasPrefix(lines[0], "✗ /home") {
		t.Errorf("%q", lines)
	}
	c, out = console(plain.Options{}, nil)
	c.Problem(err)
	if n := strings.Count(out.String(), "\n"); n != 2 {
		t.Errorf("%d lines where the width is not known", n)
	}
}

func someJourney() journey.Journey {
	var j journey.Journey
	for _, step := range journey.Steps() {
		j.Steps = append(j.Steps, journey.Status{Step: step, State: journey.Todo})
	}
	j.Steps[1] = journey.Status{Step: journey.Check, State: journey.Done, Evidence: &journey.Evidence{Complete: true, Ended: noon, Facts: map[string]string{
		"boxes": "3411", "class_names": "person", "findings": "1", "format": "voc", "pictures": "1280", "split": "given", "checks": "leak",
	}}}
	j.Steps[2] = journey.Status{
		Step: journey.Convert, State: journey.Stale, Reason: journey.FilesChanged,
		Changed: []string{"a.txt", "b\x1b[2J.txt", "c.txt", "d.txt"},
	}
	j.Steps[3] = journey.Status{Step: journey.Classes, State: journey.Failed, Evidence: &journey.Evidence{Failure: &journey.Failure{
		Code: "model-missing", Args: map[string]string{"path": "yolov5_code", "model": "yolov9", "allowed": "yolov5n"},
	}}}
	j.Steps[4].State = journey.Running
	j.Current, j.Verified = journey.Region, true
	return j
}

// checked is a checklist of that journey.
func checked() wizard.Checklist {
	list := wizard.Checklist{Journey: someJourney(), At: noon}
	for _, s := range list.Steps {
		list.Checked = append(list.Checked, wizard.Checked{Status: s})
	}
	list.Checked[1].Parts = []wizard.Part{
		{Name: wizard.PartRead, State: wizard.PartHolds, Args: map[string]string{"pictures": "1280", "boxes": "3411", "class_names": "person"}},
		{Name: wizard.PartSound, State: wizard.PartHolds, Args: map[string]string{"findings": "1"}},
	}
	list.Checked[2].Since = []wizard.Change{
		{Kind: wizard.ChangedFile, Name: "prepared/b\x1b[2J.txt"},
		{Kind: wizard.ChangedAnswer, Name: "split.val", Before: "0.2", After: "0.3|"},
	}
	list.Checked[2].SinceTotal = 2
	list.Checked[3].Parts = []wizard.Part{{Name: wizard.PartModel, State: wizard.PartOpen}}
	list.Checked[4].Parts = []wizard.Part{{Name: wizard.PartCode, State: wizard.PartUnseen, Args: map[string]string{"files": "1", "bytes": "1500", "folder": "/root/x"}}}
	return list
}

func TestChecklist(t *testing.T) {
	c, out := console(plain.Options{}, nil)
	c.Checklist(checked(), nil)
	want := `[ ] 1. Choose region: to do
[x] 2. Check data: done
    [x] pictures and labels read: 1,280 pictures, 3,411 boxes, classes person
    [x] nothing that would ruin a training: 1 finding to know of
[~] 3. Convert labels: to do again: Files that this step made are missing or changed, so it has to be done again.
      ! file changed: prepared/b.txt
      ! answer changed: Share for validation, was 0.2, is 0.3|
[!] 4. Edit class count: failed
      There is no model yolov9 in yolov5_code.
      → There are: yolov5n. Choose another model size, or take the complete YOLOv5 code.
    [ ] class count in the model YAML
[>] 5. Upload: not finished
[ ] 6. Train: to do
[ ] 7. Download: to do

The evidence on this computer was looked at again; what lies on the instance was not (--connect looks there too).
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	list := checked()
	list.Current, list.Connected = "", true
	out.Reset()
	c.Checklist(list, nil)
	if !strings.HasSuffix(out.String(), "on the instance was looked at again.\nAll seven steps are done.\n") {
		t.Errorf("%s", out)
	}
	// Done with the steps is not done with the bill.
	for _, billed := range []bool{true, false} {
		list.Billed = billed
		out.Reset()
		c.Checklist(list, nil)
		if strings.HasSuffix(out.String(), "The instance is billed while it is on: stop it in the panel when you are done.\n") != billed {
			t.Errorf("billed %v:\n%s", billed, out)
		}
	}
	out.Reset()
	c.Checklist(checked(), problem.New(instance.ConnectionRefused, nil, "host", "a.example", "port", "22"))
	if inOrder(out.String(), []string{"[>] 5. Upload", "could not be looked at", "a.example"}) {
		t.Errorf("%s", out)
	}
}

func TestMarkdown(t *testing.T) {
	c, out := console(plain.Options{}, nil)
	c.Markdown(checked())
	for _, line := range []string{
		"# gpuwizard: where things stand",
		"| 2 | Check data | done | pictures and labels read: 1,280 pictures, 3,411 boxes, classes person<br>nothing that would ruin a training: 1 finding to know of |",
		`**answer changed: Share for validation, was 0.2, is 0.3\|**`,
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape sequence in the document")
	}
}

// objects reads what a console wrote for a program.
func objects(t *testing.T, out string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(out) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		list = append(list, o)
	}
	return list
}

func TestJSON(t *testing.T) {
	c, out := console(plain.Options{JSON: true}, strings.NewReader("ignored\n"))
	nan := math.NaN()
	for _, e := range []wizard.Event{
		{Step: journey.Train, Kind: wizard.KindNote, Code: wizard.NoteModulesOK},
		{Step: journey.Train, Kind: wizard.KindLog, Line: "ended"},
		{Step: journey.Train, Kind: wizard.KindLog, Line: "at work", Live: true},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Progress{Epoch: 1, Epochs: 3, Batch: 1, Batches: 2}},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Progress{Epoch: 1, Epochs: 3, Batch: 2, Batches: 2, Train: yolov5.Losses{Box: 0.5, Obj: nan, Cls: math.Inf(1)}}},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Validation{Epoch: 1, Class: "person"}},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Validation{Epoch: 1, Class: "all", Final: true}},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Validation{Epoch: 1, Class: "all", Precision: nan, Recall: 1, MAP50: 0.5, MAP: 0}},
		{Step: journey.Train, Kind: wizard.KindMetrics, Metrics: yolov5.Banner{}},
	} {
		c.Tell(e)
	}
	list := objects(t, out.String())
	if len(list) != 4 {
		t.Fatalf("%d objects:\n%s", len(list), out)
	}
	if list[0]["text"] != "Every Python module that the training needs is there." || list[1]["line"] != "ended" {
		t.Errorf("%v", list[:2])
	}
	trained, scored := list[2]["metrics"].(map[string]any), list[3]["metrics"].(map[string]any)
	if trained["box_loss"] != 0.5 || trained["obj_loss"] != nil || trained["cls_loss"] != nil || trained["epochs"] != 3.0 {
		t.Errorf("%v", trained)
	}
	if scored["precision"] != nil || scored["recall"] != 1.0 || scored["map50"] != 0.5 || scored["map50_95"] != 0.0 {
		t.Errorf("%v", scored)
	}
}

func TestJSONProblemsStatusAndEnd(t *testing.T) {
	c, out := console(plain.Options{JSON: true}, nil)
	c.Problem(problem.New(instance.ConnectionRefused, nil, "host", "a.example", "port", "22"))
	c.Problem(errors.New("no code"))
	c.Finished("/home/lin/person/result/yolov5n_best.pt")
	list := objects(t, out.String())
	if list[0]["event"] != "error" || list[0]["code"] != "connection-refused" || list[0]["what"] != "a.example refuses connections at port 22." {
		t.Errorf("%v", list[0])
	}
	if list[1]["code"] != string(wizard.StepFailed) || !strings.Contains(list[1]["what"].(string), "no code") {
		t.Errorf("%v", list[1])
	}
	if list[2]["event"] != "done" || list[2]["model"] != "/home/lin/person/result/yolov5n_best.pt" {
		t.Errorf("%v", list[2])
	}
	out.Reset()
	c.Checklist(checked(), nil)
	steps := objects(t, out.String())
	if len(steps) != 7 || steps[1]["state"] != "done" || steps[2]["reason"] != string(journey.FilesChanged) {
		t.Errorf("%v", steps)
	}
	out.Reset()
	if err := c.Walk(t.Context(), newProject(t), noInstance, journey.Check); err != nil {
		t.Fatal(err)
	}
	for _, o := range objects(t, out.String()) {
		if o["event"] == nil {
			t.Errorf("no event: %v", o)
		}
	}
	out.Reset()
	if err := c.Walk(t.Context(), open(t, t.TempDir()), noInstance, journey.Check); code(err) != planfile.AnswerMissing {
		t.Errorf("ended with %v", err)
	}
	objects(t, out.String())
}

func TestFinished(t *testing.T) {
	c, out := console(plain.Options{}, nil)
	c.Finished("/x/yolov5n_best.pt")
	if !strings.HasSuffix(out.String(), "\n/x/yolov5n_best.pt\n") {
		t.Errorf("the last line of %q", out)
	}
}

func TestNewLogin(t *testing.T) {
	old := rental.Login{User: "root", Host: "h.example", Port: 10309}
	for _, tt := range []struct {
		name, typed string
		want        rental.Login
		password    string
	}{
		{"the old one", "\n", rental.Login{}, ""},
		{"another port", "ssh -p 2222 root@h.example\n", rental.Login{User: "root", Host: "h.example", Port: 2222}, ""},
		{"with its password", "ssh -p 2222 root@h.example aB3+/xYz9012\n", rental.Login{User: "root", Host: "h.example", Port: 2222, Password: "aB3+/xYz9012"}, "aB3+/xYz9012"},
		{"without its port at first", "ssh root@connect.nmb1.seetacloud.com\nssh -p 22 root@connect.nmb1.seetacloud.com\n", rental.Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 22}, ""},
		{"typed wrongly at first", "what?\nroot@h.example:2222\n", rental.Login{User: "root", Host: "h.example", Port: 2222}, ""},
	} {
		c, out := console(plain.Options{}, strings.NewReader(tt.typed))
		got, err := c.NewLogin(t.Context(), old, wizard.LoginForGPU)
		if err != nil || got != tt.want {
			t.Errorf("%s: got %v, %v", tt.name, got, err)
		}
		if tt.password == "" {
			continue
		}
		if strings.Contains(out.String(), tt.password) {
			t.Errorf("%s: the password is shown: %s", tt.name, out)
		}
		if password, err := c.Password(t.Context(), got, 1); err != nil || password != tt.password {
			t.Errorf("%s: the password is asked for again: %q, %v", tt.name, password, err)
		}
	}
	c, _ := console(plain.Options{Yes: true}, nil)
	if _, err := c.NewLogin(t.Context(), old, wizard.LoginForGPU); !problem.Has(err, instance.LoginNeeded) {
		t.Errorf("with nobody there: %v", err)
	}
}
