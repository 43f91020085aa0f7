package wizard

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

// PlanFile is the name of the plan in the project's folder.
const PlanFile = "gpuwizard.yaml"

// PlanVersion is the version of the plan that this program reads and writes.
const PlanVersion = 1

const maxPlanBytes = 1 << 20

// A Plan holds the person's answers: the content of gpuwizard.yaml. Paths in
// it are relative to the project's folder or absolute.
type Plan struct {
	Name      string   // names the data set YAML, the remote folder, the report
	Platform  string   // a platform of core/rental, "any" or "practice"
	GPU       string   // such as "RTX 4090"; "" is not known
	GPUCount  int      // of the instance
	Region    string   // the platform's sign of a region, "" if it has none
	Login     string   // ssh command without a password
	Instance  string   // the platform's name of the instance, for its own interface; "" lets the instance say
	HostKey   string   // "SHA256:..." if the host's key is to be exactly this
	Remember  string   // a Memory: how to log in again after a login with a password
	Data      string   // folder of labelled pictures
	Classes   []string // in the order of their ids
	Code      Code
	Model     string // model YAML without its ending, such as yolov5n
	Weights   string // .pt file to start from; "" trains from scratch
	Train     Training
	Split     Split
	Mend      Mends
	Price     Price
	Remote    Remote
	Guard     GuardPlan
	Result    ResultPlan
	Finish    string // "ask", "keep" or "stop": the instance once the model is here
	hasFields map[string]bool
}

// Code is where the YOLOv5 code comes from; one of the four is set.
type Code struct {
	Folder string // here
	Zip    string // here
	Git    string // URL, with "#TAG" for a tag; cloned on the instance
	Remote string // folder on the instance
}

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

// ResultPlan is what comes along with the model.
type ResultPlan struct {
	Predictions string // "yes": what the model finds on some of the pictures to validate on
	ONNX        string // "yes": the model in that format too
}

// Codes of problems with a plan or an answer.
const (
	PlanSyntax      problem.Code = "plan-syntax"       // path, line, detail
	PlanUnknownKey  problem.Code = "plan-unknown-key"  // path, line, key, allowed
	PlanTwice       problem.Code = "plan-key-twice"    // path, line, key
	PlanVersionNew  problem.Code = "plan-version"      // path, line, got, want
	PlanWrongValue  problem.Code = "plan-wrong-value"  // path, line, key, got, allowed
	PlanUnreadable  problem.Code = "plan-unreadable"   // path
	PlanTooLarge    problem.Code = "plan-too-large"    // path, max (bytes)
	PlanUnwritable  problem.Code = "plan-unwritable"   // path
	AnswerWrong     problem.Code = "answer-wrong"      // key, got, allowed
	AnswerMissing   problem.Code = "answer-missing"    // key
	AnswerHasSecret problem.Code = "answer-has-secret" // key: a password was pasted with the login
)

// NewPlan returns a plan in which everything has its default, where there is
// one that does not depend on the folder.
func NewPlan() Plan {
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
		Guard:    GuardPlan{Budget: guardAuto, Idle: defaultIdle, Grace: defaultGrace},
		Result:   ResultPlan{Predictions: "yes", ONNX: "no"},
		Finish:   "ask",
		Remember: string(RememberAsk),
	}
}

// ReadPlan reads the plan in a project's folder. Without a file it returns
// NewPlan. Every problem in the file is told with its line.
func ReadPlan(dir string) (Plan, error) {
	path := filepath.Join(dir, PlanFile)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return NewPlan(), nil
	}
	if err != nil {
		return Plan{}, problem.New(PlanUnreadable, err, "path", path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPlanBytes+1))
	if err != nil {
		return Plan{}, problem.New(PlanUnreadable, err, "path", path)
	}
	if len(data) > maxPlanBytes {
		return Plan{}, problem.New(PlanTooLarge, nil, "path", path, "max", strconv.Itoa(maxPlanBytes))
	}
	return ParsePlan(data, path)
}

// ParsePlan reads a plan from text; path is for the messages.
func ParsePlan(data []byte, path string) (Plan, error) {
	plan := NewPlan()
	root, err := parseYAML(data, path)
	if err != nil || root == nil {
		return plan, err
	}
	given := map[string]bool{}
	if err := readMapping(&plan, root, "", path, given, 0); err != nil {
		return Plan{}, err
	}
	plan.hasFields = given
	return plan, nil
}

// Given reports whether the plan file holds this key itself, so that the
// value is the person's answer and no default.
func (p Plan) Given(key string) bool { return p.hasFields[key] }

// Get returns the value of a key as text, the way Set takes it.
func (p *Plan) Get(key string) string {
	if f := fieldOf(key); f != nil {
		return f.get(p)
	}
	return ""
}

// Set gives a key a new value, after checking it.
func (p *Plan) Set(key, value string) error {
	f := fieldOf(key)
	if f == nil {
		return problem.New(PlanUnknownKey, nil, "key", key, "allowed", strings.Join(planKeys(), ", "))
	}
	if err := f.set(p, value); err != nil {
		return wrongValue(f, value, err)
	}
	given := map[string]bool{key: true}
	for k := range p.hasFields {
		given[k] = true
	}
	p.hasFields = given
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

// WritePlan writes the plan into the project's folder: a new file, or the old
// one with its comments and order, and only the values that differ changed.
func WritePlan(dir string, plan Plan) error {
	path := filepath.Join(dir, PlanFile)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return problem.New(PlanUnreadable, err, "path", path)
	}
	data, err := renderPlan(plan, old, path)
	if err != nil {
		return err
	}
	if bytes.Equal(data, old) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return problem.New(PlanUnwritable, err, "path", path)
	}
	if err := atomic.WriteFile(path, bytes.NewReader(data)); err != nil {
		return problem.New(PlanUnwritable, err, "path", path)
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
		version := &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(PlanVersion)}
		root.Content = append([]*yaml.Node{{Kind: yaml.ScalarNode, Value: "version"}, version}, root.Content...)
	}
	fresh := NewPlan()
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
		return nil, fmt.Errorf("writing %s: %w", PlanFile, err)
	}
	return b.Bytes(), nil
}
