package wizard_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

func TestPathsAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	for typed, want := range map[string]string{
		"train_data":                   "train_data",
		` "/data/my pictures" `:        "/data/my pictures",
		`'/data/my pictures'`:          "/data/my pictures",
		`"`:                            `"`,
		`it's`:                         `it's`,
		"~" + "/pictures":              filepath.Join(home, "pictures"),
		"~user/pictures":               "~user/pictures",
		"~":                            "~",
		`"~/my pictures"`:              filepath.Join(home, "my pictures"),
		strings.Repeat("目", 3) + "/数据": strings.Repeat("目", 3) + "/数据",
	} {
		p := newProject(t)
		if err := p.Set("data", typed); err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if got := p.Plan().Data; got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestFindingsAreKept(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if found := p.Findings(); found != nil {
		t.Errorf("before any check: %v", found)
	}
	path := p.StatePath("findings.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]int{
		`[{"Check":"leak","Severity":"harms","Mend":"ask","Files":["a.jpg","b.jpg"]},{"Check":"difficult"}]`: 2,
		`null`: 0, ``: 0, `[{"Check":`: 0, `{"Check":"leak"}`: 0,
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := p.Findings(); len(got) != want {
			t.Errorf("%s: %v", content, got)
		}
	}
}

func TestTheFirstStepThatIsNeededIsNamed(t *testing.T) {
	t.Parallel()
	err := newProject(t).Run(t.Context(), journey.Train, wizard.Env{})
	if p, ok := problem.As(err); !ok || p.Code != wizard.StepNotReady || p.Args["need"] == string(journey.Upload) {
		t.Errorf("%v", err)
	}
}
