package wizard_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// A glance shows what its parts show one by one, and the next one sees what
// came into the folder meanwhile.
func TestGlance(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := wizard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	same := func() {
		t.Helper()
		g := p.Glance(nil)
		if !reflect.DeepEqual(g.Plan, p.Plan()) || !reflect.DeepEqual(g.Journey, p.Journey()) || !reflect.DeepEqual(g.Offers, p.Offers(nil)) {
			t.Errorf("%+v is not what its parts are", g)
		}
		for _, step := range journey.Steps() {
			if !reflect.DeepEqual(g.Questions[step], p.Questions(step)) {
				t.Errorf("%s: %+v, not %+v", step, g.Questions[step], p.Questions(step))
			}
		}
	}
	same()
	if got := p.Plan().Data; got != "" {
		t.Errorf("data %q in an empty folder", got)
	}
	for _, name := range []string{"train_data/train/a.xml", "code/train.py", "code/models/m.yaml"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	same()
	if plan := p.Glance(nil).Plan; plan.Data != "train_data" || plan.Code.Folder != "code" {
		t.Errorf("data %q, code %q", plan.Data, plan.Code.Folder)
	}
	if err := p.Set("gpu", "A800"); err != nil {
		t.Fatal(err)
	}
	same()
	if plan := p.Glance(nil).Plan; plan.Price.PerHour != 5.59 {
		t.Errorf("the price of an A800 is %v", plan.Price.PerHour)
	}
	if err := p.Set("platform", wizard.PracticePlatform); err != nil {
		t.Fatal(err)
	}
	if g := p.Glance(nil); g.Offers != nil {
		t.Errorf("a rehearsal has %d offers", len(g.Offers))
	}
}
