package rental

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
)

const base = `version: 1
platforms:
  - id: x
    name: {zh: 一, en: one}
    seen: 2026-09
    source: none
    currency: CNY
    prices: [{gpu: RTX 4090, per_hour: "1.88", seen: 2026-09}]
gpus:
  - {name: RTX 4090, memory_gb: 24, tensor_tflops: 165.2, bandwidth: 1008}
training: {slower: 1, low: 0.5, high: 2, decode_ms: 9, load_ms: 10, start_s: 30, epoch_s: 1, cpu_ms: 200, around_s: 60}
`

func TestParseRefuses(t *testing.T) {
	if c, err := Parse([]byte(base)); err != nil || len(c.Platforms) != 1 {
		t.Fatal(c, err)
	}
	platform := strings.Split(strings.Split(base, "platforms:\n")[1], "gpus:")[0]
	for name, bad := range map[string]struct{ text, line string }{
		"empty":          {"", "1"},
		"version":        {strings.Replace(base, "version: 1", "version: 2", 1), "1"},
		"unknown key":    {strings.Replace(base, "gpus:", "    colour: red\ngpus:", 1), "9"},
		"twice":          {strings.Replace(base, "gpus:", platform+"gpus:", 1), "9"},
		"no id":          {strings.Replace(base, "id: x", "id: ''", 1), "3"},
		"no name":        {strings.Replace(base, "en: one", "en: ''", 1), "3"},
		"host pattern":   {strings.Replace(base, "gpus:", "    hosts: ['(']\ngpus:", 1), "9"},
		"region host":    {strings.Replace(base, "gpus:", "    hosts: ['^a\\.example$']\n    regions: [{sign: r, hosts: [b.example]}]\ngpus:", 1), "10"},
		"sign twice":     {strings.Replace(base, "gpus:", "    regions:\n      - {sign: r}\n      - {sign: s, also: [r]}\ngpus:", 1), "11"},
		"price":          {strings.Replace(base, `"1.88"`, "'-1'", 1), "8"},
		"disk":           {strings.Replace(base, "gpus:", "    disks: [{path: data}]\ngpus:", 1), "9"},
		"voucher":        {strings.Replace(base, "gpus:", "    voucher: {amount: ten}\ngpus:", 1), "9"},
		"token variable": {strings.Replace(base, "gpus:", "    api: {variable: HOME}\ngpus:", 1), "9"},
		"gpu":            {strings.Replace(base, "bandwidth: 1008", "bandwidth: 0", 1), "10"},
		"training":       {strings.Replace(base, "slower: 1,", "slower: -1,", 1), "11"},
		"not a number":   {strings.Replace(base, "slower: 1,", "slower: .nan,", 1), "11"},
		"alias":          {strings.Replace(base, "gpus:", "gpus: &g", 1), "9"},
		"two documents":  {base + "---\n" + base, "12"},
		"no YAML at all": {"\t{", "1"},
	} {
		_, err := Parse([]byte(bad.text))
		p, ok := problem.As(err)
		if !ok || p.Code != PlatformsBroken {
			t.Errorf("%s: %v", name, err)
		} else if p.Args["line"] != bad.line && name != "two documents" {
			t.Errorf("%s: line %s (%s), want %s", name, p.Args["line"], p.Args["what"], bad.line)
		}
	}
}

func TestOverlay(t *testing.T) {
	c, err := Overlay([]byte(base), []byte(`version: 1
platforms:
  - id: x
    seen: 2026-12
    prices:
      - {gpu: RTX 4090, per_hour: 2.05, seen: 2026-12}
      - {gpu: RTX 9999, per_hour: 9, seen: 2026-12}
  - id: school
    name: {zh: 学校, en: School}
    seen: 2026-12
    source: our lab
    currency: CNY
gpus:
  - {name: RTX 9999, memory_gb: 96, tensor_tflops: 900, bandwidth: 4000}
`))
	if err != nil {
		t.Fatal(err)
	}
	x := c.Platforms[0]
	if x.Name.EN != "one" || x.Seen != "2026-12" || x.Source != "none" || len(x.Prices) != 2 || x.Prices[0].PerHour != "2.05" || x.Prices[1].GPU != "RTX 9999" {
		t.Errorf("%+v", x)
	}
	if len(c.Platforms) != 2 || c.Platforms[1].ID != "school" || c.Training.DecodeMS != 9 {
		t.Errorf("%+v", c)
	}
	if g, ok := c.GPUNamed("NVIDIA GeForce RTX 9999"); !ok || g.MemoryGB != 96 {
		t.Errorf("%+v, %v", g, ok)
	}
	// The price of GPUs of one name in the user's own file: the line is theirs.
	for over, line := range map[string]string{
		"version: 1\nplatforms:\n  - id: x\n    prices:\n      - {gpu: RTX 4090, per_hour: lots, seen: now}\n": "5",
		"version: 1\nplatforms:\n  - id: y\n": "3",
		"version: 1\n\ncolour: red\n":         "3",
		"version: 3\n":                        "1",
		"- a list\n":                          "1",
	} {
		_, err := Overlay([]byte(base), []byte(over))
		if p, ok := problem.As(err); !ok || p.Code != PlatformsBroken || p.Args["line"] != line {
			t.Errorf("%q: %v, want line %s", over, err, line)
		}
	}
}

func TestLay(t *testing.T) {
	t.Cleanup(func() { known.Store(nil) })
	dir := t.TempDir()
	file := filepath.Join(dir, CatalogueFile)
	if err := Lay(file); err != nil || known.Load() != nil {
		t.Errorf("without a file: %v", err)
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("version: 1\nplatforms:\n  - id: autodl\n    prices:\n      - {gpu: RTX 4090, per_hour: x, seen: 2026-12}\n")
	if p, ok := problem.As(Lay(file)); !ok || p.Args["path"] != file || p.Args["line"] != "5" {
		t.Errorf("a broken file: %v", p)
	}
	write("version: 1\nplatforms:\n  - id: autodl\n    prices:\n      - {gpu: RTX 4090, per_hour: 1.5, seen: 2026-12}\n")
	if err := Lay(file); err != nil {
		t.Fatal(err)
	}
	autodl, _ := PlatformByID("autodl")
	if m, price, ok := autodl.Price("RTX 4090"); !ok || m.Decimal() != "1.50" || price.Seen != "2026-12" || len(autodl.Regions) < 10 {
		t.Errorf("%v %v %v", m, price, ok)
	}
	for _, empty := range []string{"", "\n", "# nothing yet\n"} {
		write(empty)
		if err := Lay(file); err != nil {
			t.Errorf("%q: %v", empty, err)
		}
	}
	if err := Lay(dir); !problem.Has(err, PlatformsUnread) {
		t.Errorf("a folder: %v", err)
	}
}

// Every trial of the forecast: what others have measured lies in the range that
// the forecast states, and the range is no wider than it has to be.
func TestMeasuredTrainingsAreInTheRange(t *testing.T) {
	c := Known()
	least, most := 10.0, 0.0
	for _, m := range c.Training.Measured {
		g, ok := c.GPUNamed(m.GPU)
		at := slices.IndexFunc(c.Training.Models, func(model Model) bool { return model.Name == m.Model })
		if !ok || at < 0 {
			t.Errorf("%s, %s: not known", m.GPU, m.Model)
			continue
		}
		ms, bound := c.Training.picture(c.Training.Models[at], g, 1, Workload{ImgSize: m.ImgSize}, m.Loaders, m.Cached)
		ratio := m.MS / ms
		least, most = min(least, ratio), max(most, ratio)
		t.Logf("%-9s %s: forecast %5.2f ms (%s), measured %5.2f, ratio %.2f", m.GPU, m.Model, ms, bound, m.MS, ratio)
		if ratio < c.Training.Low || ratio > c.Training.High {
			t.Errorf("%s, %s: ratio %.2f is outside %v to %v (%s)", m.GPU, m.Model, ratio, c.Training.Low, c.Training.High, m.Source)
		}
	}
	if least > c.Training.Low*1.5 || most < c.Training.High/1.5 {
		t.Errorf("the range %v to %v is wider than %.2f to %.2f by far", c.Training.Low, c.Training.High, least, most)
	}
}

func TestEstimate(t *testing.T) {
	c := Known()
	w := Workload{Model: "yolov5n", ImgSize: 640, Epochs: 100, Train: 1000, Val: 250}
	of := func(w Workload, gpu string, count int) Estimate {
		t.Helper()
		e, ok := c.Estimate(w, gpu, count)
		if !ok || e.Low > e.Time || e.Time > e.High || e.Low <= 0 {
			t.Fatalf("%+v on %s: %+v, %v", w, gpu, e, ok)
		}
		return e
	}
	small := of(w, "RTX 4090", 1)
	if small.Bound != BoundLoader {
		t.Errorf("yolov5n on a 4090 is bound by %s", small.Bound)
	}
	large := w
	large.Model = "models/yolov5x.yaml"
	if e := of(large, "NVIDIA GeForce RTX 4090", 1); e.Bound != BoundGPU || e.Time < 2*small.Time {
		t.Errorf("yolov5x: %+v beside %+v", e, small)
	}
	if one, two := of(large, "RTX 4090", 1), of(large, "RTX 4090", 2); two.Time >= one.Time {
		t.Errorf("two GPUs take %v, one %v", two.Time, one.Time)
	}
	photos := w
	photos.Megapixels = 12
	if e := of(photos, "RTX 4090", 1); e.Bound != BoundLoader || e.Time < 10*small.Time {
		t.Errorf("photos of 12 megapixels: %+v beside %+v", e, small)
	}
	weak := w
	weak.CPUs = 2
	if e := of(weak, "RTX 4090", 1); e.Time <= small.Time {
		t.Errorf("with two processors %v, without saying %v", e.Time, small.Time)
	}
	longer := w
	longer.Epochs *= 2
	if e := of(longer, "RTX 4090", 1); e.Epoch != small.Epoch || e.Time <= small.Time {
		t.Errorf("twice the epochs: %+v beside %+v", e, small)
	}
	for name, bad := range map[string]Workload{
		"another model": {Model: "resnet", ImgSize: 640, Epochs: 1, Train: 1}, "no pictures": {Model: "yolov5n", ImgSize: 640, Epochs: 1},
		"no epochs": {Model: "yolov5n", ImgSize: 640, Train: 1}, "huge": {Model: "", ImgSize: 1, Epochs: 1, Train: 1},
	} {
		if e, ok := c.Estimate(bad, "RTX 4090", 1); ok {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if _, ok := c.Estimate(w, "Quadro 5", 1); ok {
		t.Error("a GPU that nobody knows")
	}
	// Trainings timed on two cores of a CPU: 160 and 40 pictures.
	for size, seconds := range map[int]float64{96: 5.5, 160: 197.0 / 30} {
		e := of(Workload{Model: "yolov5n", ImgSize: size, Epochs: 30, Train: 160, Val: 40, CPUs: 2}, "", 0)
		measured := seconds*30 + 10
		if got := e.Time.Seconds(); measured < got*c.Training.Low || measured > got*c.Training.High || e.Bound != BoundCPU {
			t.Errorf("%d pixels on a CPU: forecast %v, measured %.0f s", size, e.Time, measured)
		}
	}
}

func TestGPUNamed(t *testing.T) {
	for name, want := range map[string]string{
		"NVIDIA GeForce RTX 4090": "RTX 4090", "RTX_4090": "RTX 4090", "4090": "RTX 4090", "NVIDIA GeForce RTX 4090 D": "RTX 4090 D",
		"NVIDIA A100-SXM4-80GB": "A100", "NVIDIA A100 80GB PCIe": "A100", "Tesla V100-SXM2-16GB": "V100", "Tesla T4": "T4",
		"NVIDIA H100 80GB HBM3": "H100", "NVIDIA RTX A5000": "RTX A5000", "NVIDIA L20": "L20", "NVIDIA RTX 6000 Ada Generation": "RTX 6000 Ada",
		"NVIDIA GeForce RTX 2080 Ti": "RTX 2080 Ti", "": "", "Quadro": "", "NVIDIA": "", "A1000": "",
	} {
		g, ok := Known().GPUNamed(name)
		if g.Name != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, g.Name, want)
		}
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add([]byte("version: 1\nplatforms:\n  - id: x\n    prices: [{gpu: RTX 4090, per_hour: 2, seen: now}]\n"))
	f.Add([]byte("version: 1\ngpus: [{name: a}, {name: a}]\ntraining: {measured: []}\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, over []byte) {
		c, err := Overlay([]byte(base), over)
		if err != nil {
			p, ok := problem.As(err)
			if !ok || p.Code != PlatformsBroken {
				t.Fatal(err)
			}
			if n, _ := strconv.Atoi(p.Args["line"]); n < 1 || n > strings.Count(string(over), "\n")+strings.Count(string(over), "\r")+2 {
				t.Fatalf("line %s of %q", p.Args["line"], over)
			}
			return
		}
		if fault := c.check(); fault != nil {
			t.Fatalf("taken although %+v", fault)
		}
		if _, err := Parse(assets.PlatformsYAML); err != nil {
			t.Fatal(err)
		}
	})
}
