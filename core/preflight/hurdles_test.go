package preflight_test

import (
	"slices"
	"testing"

	"gpuwizard/core/dataset"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/yolov5"
)

// TestOwnPip holds that a release which installs packages by itself is kept
// from it where it would: OpenCV is there under another name.
func TestOwnPip(t *testing.T) {
	t.Parallel()
	headless := `{"missing": [], "versions": {"tqdm": "4.66.1"}}`
	for _, c := range []struct {
		release yolov5.Release
		sight   string
		ours    bool
		want    dataset.Severity // "" is no hurdle
	}{
		{yolov5.V50, headless, true, dataset.Ruins},
		{yolov5.V61, headless, true, dataset.Harms},
		{yolov5.V61, headless, false, ""}, // it is the person's own copy
		{yolov5.V62, headless, true, ""},  // asked not to, it does not
		{yolov5.V61, `{"missing": [], "versions": {"tqdm": "4.66.1", "cv2": "4.10.0"}}`, true, ""},
		{yolov5.V61, `{"missing": [], "versions": {"tqdm": "4.2.0", "cv2": "4.10.0"}}`, true, dataset.Harms},
		{yolov5.V61, `{}`, true, ""}, // nothing was seen
	} {
		seen, ok := preflight.ParseScene("gpuwizard-preflight " + c.sight)
		if !ok {
			t.Fatal(c.sight)
		}
		training := preflight.Training{
			Site: preflight.Site{Release: c.release, Ours: c.ours, Needs: yolov5.Requirements([]byte("opencv-python>=4.1.2\ntqdm>=4.64.0\n"))},
			Plan: planfile.New(),
		}
		hurdles := training.Hurdles(seen)
		at := slices.IndexFunc(hurdles, func(h preflight.Hurdle) bool { return h.Check == preflight.HurdleOwnPip })
		switch {
		case c.want == "" && at >= 0:
			t.Errorf("%s, %s: %+v", c.release, c.sight, hurdles[at])
		case c.want != "" && (at < 0 || hurdles[at].Severity != c.want || hurdles[at].By != dataset.MendAuto):
			t.Errorf("%s, %s: %+v", c.release, c.sight, hurdles)
		}
	}
}

// TestOptionalModules holds that no time is spent on a module that YOLOv5
// trains as well without, and that a release which would fetch it is kept from
// that.
func TestOptionalModules(t *testing.T) {
	t.Parallel()
	seen, ok := preflight.ParseScene(`gpuwizard-preflight {"missing": ["thop", "pycocotools", "tqdm"], "versions": {}}`)
	if !ok {
		t.Fatal("no scene")
	}
	training := preflight.Training{
		Site: preflight.Site{Release: yolov5.V50, Ours: true, Needs: yolov5.Requirements([]byte("thop\npycocotools>=2.0\ntqdm>=4.64.0\n"))},
		Plan: planfile.New(),
	}
	told := map[preflight.Check]string{}
	for _, h := range training.Hurdles(seen) {
		told[h.Check] = h.Args["modules"]
	}
	if told[preflight.HurdleModules] != "tqdm>=4.64.0" || told[preflight.HurdleOwnPip] != "thop, pycocotools>=2.0, tqdm>=4.64.0" {
		t.Errorf("told %v", told)
	}
}
