package yolov5

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"gpuwizard/core/problem"
)

// script makes a train.py with the marks that tell releases apart.
func script(imports, columns string, options ...string) string {
	var b strings.Builder
	b.WriteString(imports + "\n")
	for _, o := range append([]string{"'--weights', type=str", "'--cfg', type=str", "'--batch-size', type=int", "'--epochs', type=int"}, options...) {
		fmt.Fprintf(&b, "    parser.add_argument(%s)\n", o)
	}
	fmt.Fprintf(&b, "    print((%s * 7))\n", columns)
	return b.String()
}

func TestReleaseOf(t *testing.T) {
	size := "'--imgsz', '--img', '--img-size', type=int"
	double := func(s string) string { return strings.ReplaceAll(s, "'", `"`) }
	for _, tt := range []struct {
		want   Release
		code   problem.Code
		script string
	}{
		{want: V50, script: script("import torch", "'%10s'", "'--img-size', nargs='+', type=int", "'--adam', action='store_true'")},
		{want: V60, script: script("import torch", "'%10s'", size, "'--adam', action='store_true'")},
		{want: V61, script: script("import torch", "'%10s'", size, "'--optimizer', type=str")},
		{want: V62, script: script("import torch", "'%10s'", size, "'--optimizer', type=str", "'--seed', type=int")},
		{want: V70, script: script("import torch", "'%11s'", size, "'--optimizer', type=str", "'--seed', type=int")},
		{want: V70, script: double(script("import torch", "'%11s'", size, "'--seed', type=int"))},
		{want: Master, script: double(script("from ultralytics.utils.patches import torch_load", "'%11s'", size, "'--seed', type=int"))},
		{code: NotYOLOv5, script: "print('hello')\n"},
		{code: ReleaseUnknown, script: script("import torch", "'%9s'", size)},
		{code: ReleaseUnknown, script: script("import torch", "'%10s'", "'--img', type=int")},
	} {
		got, err := ReleaseOf(fstest.MapFS{"train.py": {Data: []byte(tt.script)}})
		if tt.code != "" {
			wantProblem(t, err, tt.code, "")
		} else if err != nil || got != tt.want {
			t.Errorf("got %q, %v; want %q", got, err, tt.want)
		}
	}
	_, err := ReleaseOf(fstest.MapFS{})
	wantProblem(t, err, NotYOLOv5, "")
}

func TestRequirements(t *testing.T) {
	got := Requirements([]byte("\ufeff# base ----\r\nmatplotlib>=3.2.2\nPillow\nopencv-python >= 4.1.1 , < 5  # vision\n" +
		"PyYAML>=5.3.1\ntorch>=1.7.0  # see https://pytorch.org\ntorchvision\ngitpython\nscikit-learn==0.19.2\n" +
		"# wandb\n-r other.txt\n--index-url https://example.org\nhttps://example.org/x.whl\n" +
		"tritonclient[all]~=2.24.0\nnumpy>=1.18; python_version < \"3.9\"\nsetuptools>=70.0.0 # fix\nevil; rm -rf /\nbad name here\nultralytics-thop>=2.1.6"))
	want := []Requirement{
		{Name: "matplotlib", Spec: ">=3.2.2", Import: "matplotlib", Line: 2},
		{Name: "Pillow", Import: "PIL", Line: 3},
		{Name: "opencv-python", Spec: ">=4.1.1,<5", Import: "cv2", Line: 4},
		{Name: "PyYAML", Spec: ">=5.3.1", Import: "yaml", Line: 5},
		{Name: "torch", Spec: ">=1.7.0", Import: "torch", Line: 6, Keep: true},
		{Name: "torchvision", Import: "torchvision", Line: 7, Keep: true},
		{Name: "gitpython", Import: "git", Line: 8},
		{Name: "scikit-learn", Spec: "==0.19.2", Import: "sklearn", Line: 9},
		{Name: "tritonclient", Spec: "~=2.24.0", Import: "tritonclient", Line: 14},
		{Name: "numpy", Spec: ">=1.18", Marker: `python_version < "3.9"`, Import: "numpy", Line: 15},
		{Name: "setuptools", Spec: ">=70.0.0", Import: "setuptools", Line: 16},
		{Name: "evil", Marker: "rm -rf /", Import: "evil", Line: 17},
		{Name: "ultralytics-thop", Spec: ">=2.1.6", Import: "thop", Line: 19, Optional: true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func FuzzRequirements(f *testing.F) {
	f.Add([]byte("numpy>=1.18.5 # x\ntorch[all] ~= 2 ; python_version<'3'\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, r := range Requirements(in) {
			// Name and version go into a command line.
			if bad := "$`;&|<>()\\'\"\n\r "; strings.ContainsAny(r.Name, bad) || strings.ContainsAny(strings.NewReplacer("<", "", ">", "").Replace(r.Spec), bad) || strings.HasPrefix(r.Name, "-") {
				t.Fatalf("%+v", r)
			}
		}
	})
}
