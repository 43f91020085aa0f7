package export_test

import (
	"strings"
	"testing"

	"gpuwizard/core/export"
	"gpuwizard/core/wizard"
)

// A run of an engine has a name that the engine takes, whatever the project is
// called; the files of the training keep theirs.
func TestNamesOfRuns(t *testing.T) {
	for name, want := range map[string]string{"person": "person", "my_set": "my-set", "2024-raccoon_": "run-2024-raccoon", "_": "run"} {
		for _, format := range []export.Format{export.SkyPilot, export.Dstack} {
			r := wizard.Recipe{Name: name, Dir: "/home/x", Dataset: "prepared/dataset", Changes: "prepared/code", Command: []string{"train.py", "--data", "data/" + name + ".yaml"}}
			r.Code.Folder = "yolov5_code"
			var b strings.Builder
			if err := export.Write(&b, format, r, export.Say{Sky: []string{"ssh {name}"}, Dstack: []string{"ssh {name}"}}); err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{"name: \"" + want + "\"\n", "# ssh " + want + "\n", "data/" + name + ".yaml"} {
				if !strings.Contains(b.String(), line) {
					t.Errorf("%s as %s: no %q:\n%s", name, format, line, b.String())
				}
			}
		}
	}
	var b strings.Builder
	if err := export.Write(&b, export.Shell, wizard.Recipe{Name: "person"}, export.Say{}); err == nil || b.Len() > 0 {
		t.Errorf("a script without a login: %v, %q", err, b.String())
	}
}
