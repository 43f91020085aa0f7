package text_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"gpuwizard/core/dataset"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/text"
)

// A constant of the program whose value needs a sentence.
type constant struct {
	name, value, where string
	args               []string // as its comment names them
}

// parsed is one of the program's files.
type parsed struct {
	set  *token.FileSet
	file *ast.File
}

// program parses the whole program once, without its tests.
var program = sync.OnceValues(func() ([]parsed, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	var all []parsed
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		all = append(all, parsed{set, file})
		return err
	})
	return all, err
})

// constants finds the string constants of some types in the whole program's
// source.
func constants(t *testing.T, types ...string) []constant {
	t.Helper()
	all, err := program()
	if err != nil {
		t.Fatal(err)
	}
	var found []constant
	for _, s := range all {
		for _, decl := range s.file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				spec := spec.(*ast.ValueSpec)
				if !slices.Contains(types, typeName(spec.Type, s.file.Name.Name)) {
					continue
				}
				for i, value := range spec.Values {
					lit, ok := value.(*ast.BasicLit)
					if !ok {
						t.Errorf("%s: %s is no literal", s.set.Position(spec.Pos()), spec.Names[i].Name)
						continue
					}
					v, _ := strconv.Unquote(lit.Value)
					comment := spec.Comment.Text() + spec.Doc.Text()
					if comment == "" && len(gen.Specs) == 1 {
						comment = gen.Doc.Text()
					}
					found = append(found, constant{
						name: spec.Names[i].Name, value: v, where: s.set.Position(spec.Pos()).String(),
						args: argNames(comment, spec.Names[i].Name),
					})
				}
			}
		}
	}
	if len(found) == 0 {
		t.Errorf("no constants of %v", types)
	}
	return found
}

func repository(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// moduleRoot is the folder of go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the tests")
		}
		dir = parent
	}
}

func typeName(e ast.Expr, pkg string) string {
	switch e := e.(type) {
	case *ast.Ident:
		return pkg + "." + e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	}
	return ""
}

var (
	parens  = regexp.MustCompile(`\([^)]*\)`)
	argName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
)

// argNames reads the names of the details from a constant's comment: words
// with commas between, up to a colon, in front of which nothing else stands.
func argNames(comment, name string) []string {
	comment = strings.TrimPrefix(strings.TrimSpace(comment), name+":")
	var names []string
	for _, part := range strings.FieldsFunc(parens.ReplaceAllString(comment, ""), func(r rune) bool { return r == ';' || r == '.' }) {
		part, _, _ = strings.Cut(part, ":")
		for _, word := range strings.Split(part, ",") {
			if word = strings.TrimSpace(word); argName.MatchString(word) {
				names = append(names, word)
			}
		}
	}
	return names
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_-]+)(?::([a-z]+))?\}`)

// checkArgs fails for a detail that the constant's comment does not name.
func checkArgs(t *testing.T, c constant, sentence string, more ...string) {
	t.Helper()
	for _, m := range placeholder.FindAllStringSubmatch(sentence, -1) {
		if !slices.Contains(c.args, m[1]) && !slices.Contains(c.args, m[1]+"_zh") && !slices.Contains(more, m[1]) {
			t.Errorf("%s: the sentence of %s wants {%s}, the constant has %v", c.where, c.value, m[1], c.args)
		}
	}
	if strings.Count(sentence, "[[") != strings.Count(sentence, "]]") || strings.TrimSpace(sentence) != sentence {
		t.Errorf("%s: brackets or blanks in %q", c.value, sentence)
	}
}

func languages() []*text.Text { return []*text.Text{text.For(text.ZH), text.For(text.EN)} }

func TestEveryProblemHasSentences(t *testing.T) {
	declared := map[problem.Code]bool{}
	for _, c := range constants(t, "problem.Code") {
		code := problem.Code(c.value)
		declared[code] = true
		for _, lang := range languages() {
			form, ok := lang.ProblemForm(code)
			if !ok || form.What == "" || form.Next == "" {
				t.Errorf("%s: %s %q has no sentences in %s; details: %v", c.where, c.name, c.value, lang.Lang, c.args)
				continue
			}
			checkArgs(t, c, form.What)
			checkArgs(t, c, form.Next)
		}
	}
	for _, code := range text.For(text.EN).ProblemCodes() {
		if !declared[code] {
			t.Errorf("there are sentences for %q, which nothing declares", code)
		}
	}
}

func TestEveryNoteHasASentence(t *testing.T) {
	for _, c := range constants(t, "wizard.NoteCode") {
		for _, lang := range languages() {
			form, ok := lang.NoteForm(wizard.NoteCode(c.value))
			if !ok {
				t.Errorf("%s: %s %q has no sentence in %s; details: %v", c.where, c.name, c.value, lang.Lang, c.args)
			}
			checkArgs(t, c, form)
		}
	}
}

func TestEveryCheckHasASentence(t *testing.T) {
	for _, c := range constants(t, "dataset.Check") {
		for _, lang := range []text.Lang{text.ZH, text.EN} {
			title := text.For(lang).FindingTitle(map[string]string{"check": c.value})
			if title == c.value || utf8.RuneCountInString(title) > 26 {
				t.Errorf("finding %s is called %q in a list", c.value, title)
			}
		}
		forms := text.FindingForms(dataset.Check(c.value))
		if forms[c.value] == nil {
			t.Errorf("%s: %s %q has no sentence", c.where, c.name, c.value)
		}
		for key, both := range forms {
			for _, form := range both {
				if form == "" {
					t.Errorf("finding %s lacks a language", key)
				}
				checkArgs(t, c, form, "boxes", "class", "other", "other-boxes", "of")
			}
		}
	}
}

// Findings come in kinds, and reasons are plain words: both are read from the
// package's source.
func TestEveryKindAndReasonHasAWord(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join(repository(t), "core", "dataset", "*.go"))
	if err != nil || len(sources) == 0 {
		t.Fatal(err, "no sources")
	}
	kind := regexp.MustCompile(`f\.add(?:All)?\((\w+), .*"kind", "([a-z-]+)"`)
	reason := regexp.MustCompile(`\s(?:Broken|Picture|Archive)\w+\s*= "([a-z-]+)"`)
	checks := map[string]string{}
	for _, c := range constants(t, "dataset.Check") {
		checks[c.name] = c.value
	}
	kinds, reasons := 0, 0
	for _, name := range sources {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range kind.FindAllStringSubmatch(string(data), -1) {
			kinds++
			check := checks[m[1]]
			if forms := text.FindingForms(dataset.Check(check)); forms[check+"/"+m[2]] == nil && m[2] != "same" {
				t.Errorf("%s: kind %s of %s has no sentence", filepath.Base(name), m[2], check)
			}
		}
		for _, m := range reason.FindAllStringSubmatch(string(data), -1) {
			reasons++
			for _, lang := range languages() {
				if got := lang.Fill("{x:word}", map[string]string{"x": m[1]}); got == m[1] {
					t.Errorf("%s: reason %s has no word in %s", filepath.Base(name), m[1], lang.Lang)
				}
			}
		}
	}
	if kinds < 10 || reasons < 10 {
		t.Errorf("only %d kinds and %d reasons were found", kinds, reasons)
	}
}

func TestEveryNameHasAWord(t *testing.T) {
	for _, lang := range languages() {
		for _, c := range constants(t, "journey.Step") {
			s := lang.Step(journey.Step(c.value))
			for i, field := range []string{s.Name, s.Short, s.Why, s.ByHand, s.Does, s.Start} {
				if field == "" {
					t.Errorf("step %s lacks field %d in %s", c.value, i, lang.Lang)
				}
			}
		}
		for _, c := range constants(t, "journey.State") {
			if lang.State(journey.State(c.value)) == "" {
				t.Errorf("state %s has no word in %s", c.value, lang.Lang)
			}
		}
		for _, c := range constants(t, "journey.Reason") {
			if lang.Reason(journey.Reason(c.value)) == "" {
				t.Errorf("reason %s has no sentence in %s", c.value, lang.Lang)
			}
		}
		for _, c := range constants(t, "wizard.LoginReason") {
			reason := wizard.LoginReason(c.value)
			title, why := lang.NewLogin(reason, "ssh -p 1 root@h")
			if named := strings.Contains(why, "ssh -p 1 root@h"); title == "" || why == "" || named == (reason == wizard.LoginLacking) {
				t.Errorf("the reason %s to ask for a login has no words in %s", c.value, lang.Lang)
			}
		}
		for _, c := range constants(t, "dataset.Severity") {
			if lang.Severity(dataset.Severity(c.value)) == "" {
				t.Errorf("severity %s has no word in %s", c.value, lang.Lang)
			}
		}
		for _, c := range constants(t, "dataset.Mend") {
			if lang.Mend(dataset.Ruins, dataset.Mend(c.value)) == "" {
				t.Errorf("mend %s has no word in %s", c.value, lang.Lang)
			}
		}
	}
}

func TestEveryPartOfTheChecklistHasWords(t *testing.T) {
	for _, lang := range languages() {
		for _, c := range constants(t, "wizard.PartName") {
			args := map[string]string{}
			for _, name := range c.args {
				args[name] = "7"
			}
			label, shown := lang.Part(wizard.Part{Name: wizard.PartName(c.value), State: wizard.PartHolds, Args: args})
			if label == "" || shown == "" {
				t.Errorf("%s: part %s is %q, %q in %s", c.where, c.value, label, shown, lang.Lang)
			}
		}
		for _, c := range constants(t, "wizard.PartState") {
			if lang.PartState(wizard.PartState(c.value)) == "" {
				t.Errorf("state %s of a part has no words in %s", c.value, lang.Lang)
			}
		}
		for _, c := range constants(t, "wizard.ChangeKind") {
			if said := lang.Change(wizard.Change{Kind: wizard.ChangeKind(c.value), Name: "convert"}); said == "" {
				t.Errorf("change %s has no words in %s", c.value, lang.Lang)
			}
		}
	}
}

func TestPracticeSaysNothingOfMoney(t *testing.T) {
	for _, words := range languages() {
		practice := words.ForPractice()
		for _, step := range journey.Steps() {
			if s := practice.Step(step); s.Name != words.Step(step).Name || s.Why == "" || s.Does == "" {
				t.Errorf("%s: %+v", step, s)
			}
		}
		for _, said := range []string{
			practice.LeaveTraining,
			practice.Note(wizard.NoteJobStarted, map[string]string{"folder": "x"}),
			practice.Step(journey.Download).Why,
		} {
			if strings.Contains(said, "计费") || strings.Contains(said, "billing") || strings.Contains(said, "关电脑都不影响") {
				t.Errorf("in practice: %s", said)
			}
		}
		if words.LeaveTraining == practice.LeaveTraining {
			t.Error("practice changed the words of a rented instance")
		}
	}
}

func TestNothingIsEmpty(t *testing.T) {
	for _, lang := range languages() {
		v := reflect.ValueOf(lang.Words)
		for i := range v.NumField() {
			if v.Field(i).String() == "" {
				t.Errorf("%s is empty in %s", v.Type().Field(i).Name, lang.Lang)
			}
		}
	}
}

// planKeys reads the keys of the plan from the message for an unknown one.
func planKeys(t *testing.T) []string {
	t.Helper()
	plan := planfile.New()
	p, ok := problem.As(plan.Set("no such key", ""))
	if !ok {
		t.Fatal("an unknown key is no problem")
	}
	keys := strings.Split(p.Args["allowed"], ", ")
	return slices.DeleteFunc(keys, func(key string) bool { return key == "version" })
}

func TestEveryPlanKeyHasItsQuestion(t *testing.T) {
	keys := planKeys(t)
	if len(keys) < 20 {
		t.Fatalf("only %d keys: %v", len(keys), keys)
	}
	for _, lang := range languages() {
		for _, key := range keys {
			if q := lang.Question(key); q.Title == key || q.Title == "" || q.Why == "" {
				t.Errorf("the key %s has no question in %s", key, lang.Lang)
			}
		}
	}
}

func TestEveryChoiceHasALabel(t *testing.T) {
	p, err := wizard.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range languages() {
		for _, step := range journey.Steps() {
			for _, q := range p.Questions(step) {
				for _, c := range q.Choices {
					label, _ := lang.Choice(q.Key, c)
					if strings.TrimSpace(label) == "" || strings.ContainsAny(label, "{}[]") {
						t.Errorf("choice %q of %s has the label %q in %s", c.Value, q.Key, label, lang.Lang)
					}
				}
			}
		}
	}
}

func TestFill(t *testing.T) {
	en, zh := text.For(text.EN), text.For(text.ZH)
	args := map[string]string{
		"n": "1234567", "bytes": "1536000", "need": "check", "host": "a\x1b[31mb", "empty": "",
		"meaning_zh": "显存不够", "meaning_en": "no memory", "epoch": "4", "brace": "{n}",
	}
	tests := []struct{ form, en, zh string }{
		{"{n:count} files", "1,234,567 files", "1,234,567 files"},
		{"{bytes:size}", "1.5 MB", "1.5 MB"},
		{"{need:step}", "Check data", "检查数据"},
		{"{host}", "ab", "ab"},
		{"x[[, {empty}]]y", "xy", "xy"},
		{"x[[, {n}]]y", "x, 1234567y", "x, 1234567y"},
		{"{meaning}", "no memory", "显存不够"},
		{"{epoch:next}", "5", "5"},
		{"{missing}", "", ""},
		{"在 {need:step} 里", "在 Check data 里", "在检查数据里"},
		{"{brace} stays", "{n} stays", "{n} stays"},
		{"open { brace", "open { brace", "open { brace"},
	}
	for _, test := range tests {
		if got := en.Fill(test.form, args); got != test.en {
			t.Errorf("Fill(%q) = %q, want %q", test.form, got, test.en)
		}
		if got := zh.Fill(test.form, args); got != test.zh {
			t.Errorf("Fill(%q) in Chinese = %q, want %q", test.form, got, test.zh)
		}
	}
}

func TestForms(t *testing.T) {
	zh, en := text.For(text.ZH), text.For(text.EN)
	for _, test := range []struct {
		words                  *text.Text
		sentence, value, wants string
	}{
		{en, "{x:count} picture{x:s}", "1", "1 picture"},
		{en, "{x:count} picture{x:s}", "1200", "1,200 pictures"},
		{en, "{x:count} picture{x:s}", "0", "0 pictures"},
		{en, "{x} box{x:es}", "1", "1 box"},
		{en, "{x} box{x:es}", "2", "2 boxes"},
		{en, "{x:panel}", "autodl", "the panel of AutoDL"},
		{en, "{x:panel}", "any", "the site that rents it to you"},
		{zh, "到{x:panel}关机", "any", "到租给你的网站关机"},
		{zh, "{x:rehearsed}", "Practice GPU (rehearsal)", "Practice GPU（演练）"},
		{en, "{x:rehearsed}", "Practice GPU (rehearsal)", "Practice GPU (rehearsal)"},
		{zh, "{x:host}", "practice", "练习实例"},
		{zh, "{x:host}", "10.0.0.1:22", "10.0.0.1:22"},
		{zh, "{x:state}", "logs/a.log", ".gpuwizard/logs/a.log"},
	} {
		if got := test.words.Fill(test.sentence, map[string]string{"x": test.value}); got != test.wants {
			t.Errorf("%s of %s: %q, want %q", test.sentence, test.value, got, test.wants)
		}
	}
}

func TestFillHoldsAgainstHostileDetails(t *testing.T) {
	args := map[string]string{"path": "\x1b]0;title\x07" + strings.Repeat("长", 5000) + "\u202e\r\n[[{path}]]"}
	got := text.For(text.ZH).Problem(problem.New("no-such-folder", nil, "path", args["path"]))
	if len(got.What) > 1000 || strings.ContainsAny(got.What, "\x1b\r\n\u202e") {
		t.Errorf("%d bytes: %q", len(got.What), got.What)
	}
}

func TestProblems(t *testing.T) {
	en := text.For(text.EN)
	wrapped := fmt.Errorf("while opening: %w", problem.New("answer-wrong", nil, "key", "train.epochs", "got", "x", "allowed", "1..100000"))
	got := en.Problem(wrapped)
	if got.What != "Epochs cannot be “x”." || got.Next != "Allowed: 1 to 100000." {
		t.Errorf("%+v", got)
	}
	plain := en.Problem(fmt.Errorf("disk on fire"))
	if !strings.Contains(plain.What, "disk on fire") || plain.Next == "" {
		t.Errorf("%+v", plain)
	}
	if got := en.ProblemOf("no-such-code", nil); !strings.Contains(got.What, "no-such-code") {
		t.Errorf("%+v", got)
	}
}

func TestDetect(t *testing.T) {
	tests := []struct {
		name   string
		env    map[string]string
		system string
		want   text.Lang
	}{
		{"nothing", nil, "", text.EN},
		{"LANG", map[string]string{"LANG": "zh_CN.UTF-8"}, "en-US", text.ZH},
		{"LC_ALL first", map[string]string{"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "zh-CN", text.EN},
		{"LC_MESSAGES before LANG", map[string]string{"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "", text.ZH},
		{"another language", map[string]string{"LANG": "fr_FR.UTF-8"}, "zh-CN", text.EN},
		{"C decides nothing", map[string]string{"LANG": "C.UTF-8"}, "zh-Hans-CN", text.ZH},
		{"the system's", nil, "zh-CN", text.ZH},
		{"no language of that name", nil, "zhuang", text.EN},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			env := func(name string) string { return test.env[name] }
			if got := text.Detect(env, func() string { return test.system }); got != test.want {
				t.Errorf("Detect = %s, want %s", got, test.want)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	en, zh := text.For(text.EN), text.For(text.ZH)
	got := []string{
		en.Size(0), en.Size(999), en.Size(1000), en.Size(9_960), en.Size(12_345_678), en.Size(999_600), en.Size(1 << 62),
		en.Count(-1234567), en.Count(12), en.Duration(65 * time.Second), zh.Duration(3 * time.Hour), en.Duration(-1),
		en.Money(1.88, "CNY"), zh.Money(1.88, "CNY"), en.Money(0.4, "USD"), en.Money(2, "GBP"), en.Figure(0.12345),
	}
	want := []string{
		"0 B", "999 B", "1.0 kB", "10 kB", "12 MB", "1.0 MB", "5 EB",
		"-1,234,567", "12", "1 min 5 s", "3 小时", "0 s",
		"CNY 1.88", "1.88 元", "$0.40", "2.00 GBP", "0.123",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("format %d: %q, want %q", i, got[i], want[i])
		}
	}
}
