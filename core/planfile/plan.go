package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/natefinch/atomic"
	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

// Name is the name of the plan in the project's folder.
const Name = "gpuwizard.yaml"

// Version is the version of the plan that this program reads and writes.
const Version = 1

const maxPlanBytes = 1 << 20

// A Plan holds the person's answers: the content of gpuwizard.yaml. Paths in
// it are relative to the project's folder or absolute.
type Plan struct {
	Name     string   // names the data set YAML, the remote folder, the report
	Platform string   // a platform of core/rental, "any" or "practice"
	GPU      string   // such as "RTX 4090"; "" is not known
	GPUCount int      // of the instance
	Region   string   // the platform's sign of a region, "" if it has none
	Login    string   // ssh command without a password
	Instance string   // the platform's name of the instance, for its own interface; "" lets the instance say
	HostKey  string   // "SHA256:..." if the host's key is to be exactly this
	Remember string   // a Memory: how to log in again after a login with a password
	Data     string   // folder of labelled pictures
	Classes  []string // in the order of their ids
	Code     Code
	Model    string // model YAML without its ending, such as yolov5n
	Weights  string // .pt file to start from; "" trains from scratch
	Train    Training
	Split    Split
	Mend     Mends
	Price    Price
	Remote   Remote
	Guard    Guard
	Result   Result
	Finish   string // "ask", "keep" or "stop": the instance once the model is here
	given    map[string]bool
}

// Code is where the YOLOv5 code comes from; one of the four is set.
type Code struct {
	Folder string // here
	Zip    string // here
	Git    string // URL, with "#TAG" for a tag; cloned on the instance
	Remote string // folder on the instance
}

// OnInstance reports whether the code is brought to the instance from
// elsewhere, so that it cannot be read here.
func (c Code) OnInstance() bool { return c.Git != "" || c.Remote != "" }

// Training is the settings of the training itself.
type Training struct {
	Epochs  int      // at least 1
	Batch   int      // pictures a step; autoBatch leaves it to the wizard and YOLOv5
	ImgSize int      // pixels, a multiple of 32
	Device  string   // "auto", "cpu", or GPU numbers such as "0" or "0,1"
	Workers int      // processes that load pictures; below 0 the wizard chooses
	Cache   string   // decoded pictures kept: "auto", "no", "ram" or "disk"
	Extra   []string // further arguments of train.py
}

// autoBatch is the batch size that is chosen when the instance is known.
const autoBatch = -1

// Split is how flat data is split into training and validation.
type Split struct {
	Val  float64 // share for validation, above 0 and below 1
	Seed int     // same seed, same split
}

// Price is what the instance costs.
type Price struct {
	PerHour  float64 // of the whole instance; 0 is unknown
	Currency string  // ISO 4217
	Budget   float64 // 0 is none
	Voucher  float64 // that the platform gave, and that is spent first
}

// Remote is where things go on the instance.
type Remote struct {
	// Limit is the most bytes a second of a transfer, such as "2M"; "" is no
	// limit.
	Limit  string
	Folder string // absolute, or "auto"
	Python string // absolute, or "auto"
}

// Result is what comes along with the model.
type Result struct {
	Predictions string // "yes": what the model finds on some of the pictures to validate on
	ONNX        string // "yes": the model in that format too
}

// A Memory is how the next login goes without a typed password: the plan's key
// "remember".
type Memory string

// The ways to log in again.
const (
	RememberAsk     Memory = "ask"     // the person is to be asked
	RememberKey     Memory = "key"     // by a key that is put on the instance
	RememberKeyring Memory = "keyring" // by the password, kept in the system's keyring
	RememberNothing Memory = "no"      // not at all: the password is typed each time
)

// Codes of problems with a plan or an answer.
const (
	Syntax          problem.Code = "plan-syntax"       // path, line, detail
	UnknownKey      problem.Code = "plan-unknown-key"  // path, line, key, allowed
	KeyTwice        problem.Code = "plan-key-twice"    // path, line, key
	OtherVersion    problem.Code = "plan-version"      // path, line, got, want
	WrongValue      problem.Code = "plan-wrong-value"  // path, line, key, got, allowed
	Unreadable      problem.Code = "plan-unreadable"   // path
	TooLarge        problem.Code = "plan-too-large"    // path, max (bytes)
	Unwritable      problem.Code = "plan-unwritable"   // path
	AnswerWrong     problem.Code = "answer-wrong"      // key, got, allowed
	AnswerMissing   problem.Code = "answer-missing"    // key
	AnswerHasSecret problem.Code = "answer-has-secret" // key: a password was pasted with the login
)

// New returns a plan in which everything has its default, where there is
// one that does not depend on the folder.
func New() Plan {
	return Plan{
		Name:     "",
		Model:    "yolov5n",
		Weights:  "auto",
		Train:    Training{Epochs: 100, Batch: autoBatch, ImgSize: 640, Device: "auto", Workers: -1, Cache: "auto"},
		Split:    Split{Val: 0.2, Seed: 1},
		Mend:     defaultMends(),
		GPUCount: 1,
		Price:    Price{Currency: "CNY"},
		Remote:   Remote{Folder: "auto", Python: "auto"},
		Guard:    Guard{Budget: GuardAuto, Idle: defaultIdle, Grace: DefaultGrace},
		Result:   Result{Predictions: "yes", ONNX: "no"},
		Finish:   "ask",
		Remember: string(RememberAsk),
	}
}

// Read reads the plan in a project's folder. Without a file it returns
// New. Every problem in the file is told with its line.
func Read(dir string) (Plan, error) {
	path := filepath.Join(dir, Name)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return New(), nil
	}
	if err != nil {
		return Plan{}, problem.New(Unreadable, err, "path", path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPlanBytes+1))
	if err != nil {
		return Plan{}, problem.New(Unreadable, err, "path", path)
	}
	if len(data) > maxPlanBytes {
		return Plan{}, problem.New(TooLarge, nil, "path", path, "max", strconv.Itoa(maxPlanBytes))
	}
	return Parse(data, path)
}

// Parse reads a plan from text; path is for the messages.
func Parse(data []byte, path string) (Plan, error) {
	plan := New()
	root, err := parseYAML(data, path)
	if err != nil || root == nil {
		return plan, err
	}
	given := map[string]bool{}
	if err := readMapping(&plan, root, "", path, given, 0); err != nil {
		return Plan{}, err
	}
	plan.given = given
	return plan, nil
}

// Given reports whether the plan file holds this key itself, so that the
// value is the person's answer and no default.
func (p Plan) Given(key string) bool { return p.given[key] }

// Keys are the keys that a plan may hold besides its version, in the order in
// which a new file lists them.
func Keys() []string { return planKeys()[1:] }

// Allowed says what is allowed for a key: values or an example.
func Allowed(key string) string {
	if f := fieldOf(key); f != nil {
		return f.allows()
	}
	return ""
}

// Get returns the value of a key as text, the way Set takes it.
func (p *Plan) Get(key string) string {
	if f := fieldOf(key); f != nil {
		return f.get(p)
	}
	return ""
}

// Default gives a key a value that is nobody's answer, after checking it.
func (p *Plan) Default(key, value string) error {
	f := fieldOf(key)
	if f == nil {
		return problem.New(UnknownKey, nil, "key", key, "allowed", strings.Join(planKeys(), ", "))
	}
	if err := f.set(p, value); err != nil {
		return wrongValue(f, value, err)
	}
	return nil
}

// Set gives a key a new value, the person's answer, after checking it.
func (p *Plan) Set(key, value string) error {
	if err := p.Default(key, value); err != nil {
		return err
	}
	given := map[string]bool{key: true}
	for k := range p.given {
		given[k] = true
	}
	p.given = given
	return nil
}

func wrongValue(f *field, value string, err error) error {
	if _, ok := problem.As(err); ok {
		return err
	}
	if secretive(f.key) {
		value = ""
	}
	return problem.New(AnswerWrong, err, "key", f.key, "got", value, "allowed", f.allows())
}

// Write writes the plan into the project's folder: a new file, or the old
// one with its comments and order, and only the values that differ changed.
func Write(dir string, plan Plan) error {
	path := filepath.Join(dir, Name)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return problem.New(Unreadable, err, "path", path)
	}
	data, err := renderPlan(plan, old, path)
	if err != nil {
		return err
	}
	if bytes.Equal(data, old) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return problem.New(Unwritable, err, "path", path)
	}
	if err := atomic.WriteFile(path, bytes.NewReader(data)); err != nil {
		return problem.New(Unwritable, err, "path", path)
	}
	return nil
}

func renderPlan(plan Plan, old []byte, path string) ([]byte, error) {
	root, err := parseYAML(old, path)
	if err != nil {
		return nil, err
	}
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	if nodeAt(root, "version") == nil {
		version := &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(Version)}
		root.Content = append([]*yaml.Node{{Kind: yaml.ScalarNode, Value: "version"}, version}, root.Content...)
	}
	fresh := New()
	for _, f := range planFields {
		want := f.get(&plan)
		inFile := nodeAt(root, f.key) != nil
		if !inFile && !plan.Given(f.key) && want == f.get(&fresh) {
			continue
		}
		if n := nodeAt(root, f.key); n != nil {
			// A value that already says the same keeps its own spelling.
			var probe Plan
			if readScalar(&probe, f, n) == nil && f.get(&probe) == want {
				continue
			}
		}
		setNode(root, f.key, want, f.list)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("writing %s: %w", Name, err)
	}
	return b.Bytes(), nil
}
