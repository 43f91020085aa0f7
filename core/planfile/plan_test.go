package planfile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

const fullPlan = `# my plan
version: 1
name: person                 # names the data set
platform: autodl
region: nm-B1
login: ssh -p 10309 root@connect.nmb1.seetacloud.com
data: train_data
classes: [person, "no", '1']
code: {folder: yolov5_code}
model: yolov5n
weights: yolov5n.pt          # "" trains from scratch
train: {epochs: 100, batch: 16, imgsz: 640, device: auto, extra: []}
price: {per_hour: 1.88, currency: CNY, budget: 10}
remote: {folder: auto, python: auto}
finish: ask
`

func TestPlanIsReadAsWritten(t *testing.T) {
	plan, err := planfile.Parse([]byte(fullPlan), "gpuwizard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if plan.Region != "nm-B1" || plan.Train.Epochs != 100 || plan.Price.PerHour != 1.88 || plan.Code.Folder != "yolov5_code" {
		t.Errorf("read %+v", plan)
	}
	if want := []string{"person", "no", "1"}; !reflect.DeepEqual(plan.Classes, want) {
		t.Errorf("classes %q, want %q", plan.Classes, want)
	}
	if !plan.Given("train.epochs") || plan.Given("host_key") {
		t.Error("Given confuses answers and defaults")
	}
}

func TestPlanProblemsNameLineAndAllowed(t *testing.T) {
	tests := []struct {
		name, text string
		code       problem.Code
		line, key  string
		allowed    string // part of it
	}{
		{"unknown key", "version: 1\nnmae: x\n", planfile.UnknownKey, "2", "nmae", "name"},
		{"unknown key below", "train:\n  epochs: 1\n  epoch: 2\n", planfile.UnknownKey, "3", "train.epoch", "epochs"},
		{"unknown key deep below", "a: {b: {c: 1}}\n", planfile.UnknownKey, "1", "a", "version"},
		{"word for a number", "train: {epochs: many}\n", planfile.WrongValue, "1", "train.epochs", "1..100000"},
		{"number out of range", "train:\n  epochs: 0\n", planfile.WrongValue, "2", "train.epochs", "1.."},
		{"not a multiple of 32", "train: {imgsz: 100}\n", planfile.WrongValue, "1", "train.imgsz", "32"},
		{"unknown platform", "platform: nowhere\n", planfile.WrongValue, "1", "platform", "autodl"},
		{"unknown finish", "\nfinish: maybe\n", planfile.WrongValue, "2", "finish", "ask, keep, stop"},
		{"list for a text", "name: [a]\n", planfile.WrongValue, "1", "name", "person"},
		{"text for a group", "train: yes\n", planfile.WrongValue, "1", "train", "epochs"},
		{"mapping for a text", "name: {a: b}\n", planfile.WrongValue, "1", "name", ""},
		{"doubled class", "classes: [a, a]\n", planfile.WrongValue, "1", "classes", "person"},
		{"same key twice", "name: a\nname: b\n", planfile.KeyTwice, "2", "name", ""},
		{"later version", "version: 2\n", planfile.OtherVersion, "1", "", ""},
		{"broken YAML", "name: a\n\tdata: b\n", planfile.Syntax, "2", "", ""},
		{"a list", "- a\n", planfile.Syntax, "1", "", ""},
		{"reference", "name: &a person\ndata: *a\n", planfile.WrongValue, "2", "data", ""},
		{"password with the login", "login: \"ssh -p 1 root@h.example.com\\nSecretWord12\"\n", planfile.WrongValue, "1", "login", ""},
		{"remote folder is the root", "remote: {folder: /}\n", planfile.WrongValue, "1", "remote.folder", "auto"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := planfile.Parse([]byte(tt.text), "gpuwizard.yaml")
			p, ok := problem.As(err)
			if !ok || p.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
			if p.Args["line"] != tt.line || tt.key != "" && p.Args["key"] != tt.key || !strings.Contains(p.Args["allowed"], tt.allowed) {
				t.Errorf("details %v, want line %s, key %s, allowed with %q", p.Args, tt.line, tt.key, tt.allowed)
			}
		})
	}
}

func TestPlanKeepsCommentsAndOrder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, planfile.Name)
	if err := os.WriteFile(path, []byte(fullPlan), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Set("train.epochs", "7"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# my plan", "# names the data set", `# "" trains from scratch`, "epochs: 7,", `"no"`, "'1'", "per_hour: 1.88"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("lost %q in:\n%s", want, got)
		}
	}
	if again, err := planfile.Read(dir); err != nil || again.Train.Epochs != 7 || len(again.Classes) != 3 {
		t.Errorf("read back %+v, %v", again, err)
	}
	before := string(got)
	if err := p.Set("train.epochs", "none"); !problem.Has(err, planfile.AnswerWrong) {
		t.Errorf("wrong answer: %v", err)
	}
	if after, _ := os.ReadFile(path); string(after) != before {
		t.Error("a refused answer changed the plan")
	}
}

func TestEveryAnswerSurvivesTheFile(t *testing.T) {
	answers := map[string]string{
		"name": "two-words", "platform": "any", "region": "nm-B1", "login": "ssh -p 22 root@host.example.com",
		"host_key": "SHA256:" + strings.Repeat("a", 43), "data": "图片 与 标签", "classes": `person, a\,b, no, 1.0, 人\，物, x\\y, # z`,
		"code.zip": "yolov5 code.zip", "model": "yolov5s", "weights": "", "train.epochs": "3", "train.batch": "-1",
		"train.imgsz": "96", "train.device": "0,1", "train.extra": `--patience, 50, --hyp, a b.yaml`, "split.val": "0.25",
		"split.seed": "42", "price.per_hour": "1.88", "price.currency": "USD", "price.budget": "12.5",
		"remote.folder": "/root/autodl-tmp/x", "remote.python": "/root/miniconda3/bin/python", "remote.limit": "2M", "finish": "stop",
	}
	dir := t.TempDir()
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range answers {
		if err := p.Set(key, value); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
	}
	want := p.Plan()
	plan, err := planfile.Read(dir)
	if err != nil {
		data, _ := os.ReadFile(filepath.Join(dir, planfile.Name))
		t.Fatalf("%v\n%s", err, data)
	}
	for key := range answers {
		if got := plan.Get(key); got != want.Get(key) {
			t.Errorf("%s is %q, want %q", key, got, want.Get(key))
		}
		if !plan.Given(key) {
			t.Errorf("%s is not given", key)
		}
	}
	if len(plan.Classes) != 7 {
		t.Errorf("classes %q", plan.Classes)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullPlan))
	f.Add([]byte("a: &a [*a]\nname: *a"))
	f.Add([]byte("train: {epochs: 0x10, extra: [--x]}\nclasses: person"))
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := planfile.Parse(data, "p")
		if err != nil {
			if _, ok := problem.As(err); !ok {
				t.Errorf("no problem but %v", err)
			}
			return
		}
		dir := t.TempDir()
		if err := planfile.Write(dir, plan); err != nil {
			t.Fatalf("cannot write what was read: %v", err)
		}
		again, err := planfile.Read(dir)
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		for _, key := range []string{"name", "classes", "train.epochs", "train.extra", "login", "data", "weights", "price.budget"} {
			if plan.Get(key) != again.Get(key) {
				t.Errorf("%s: %q became %q", key, plan.Get(key), again.Get(key))
			}
		}
	})
}
