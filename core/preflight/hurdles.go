package preflight

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// The checks before a training, with the names of their Args.
const (
	HurdleModules   Check = "modules"         // modules: the code asks for them and the Python lacks them
	HurdleOldModule Check = "modules-old"     // modules: with the versions that are there
	HurdleFont      Check = "font"            // file
	HurdleClasses   Check = "class-count"     // file, got, want
	HurdleYAML      Check = "data-yaml"       // file: the data set YAML is missing, broken or leads elsewhere
	HurdleData      Check = "data-path"       // path: pictures that are not there
	HurdleLabels    Check = "labels"          // path, found, pictures
	HurdleEmpty     Check = "labels-empty"    // path, pictures
	HurdleTopClass  Check = "labels-class"    // file, class, nc
	HurdleNoWeights Check = "weights-missing" // file: to be fetched by YOLOv5
	HurdleWeights   Check = "weights-broken"  // file, bytes
	HurdleForeign   Check = "weights-release" // file, names
	HurdleDisk      Check = "disk"            // path, free (bytes), need
	HurdleInodes    Check = "inodes"          // path, free, need
	HurdleReadOnly  Check = "runs-readonly"   // path
	HurdleShm       Check = "shm"             // free (bytes)
	HurdleGit       Check = "git"             // path
	HurdleWatchers  Check = "watchers"        // names: services that want an account or a network
	HurdleCache     Check = "old-cache"       // files
	HurdleNoGPU     Check = "gpu-none"        // no GPU at all
	HurdleUnseen    Check = "gpu-unseen"      // gpu, torch: the machine has one and torch does not see it
	HurdleArch      Check = "gpu-arch"        // gpu, sm, torch
	HurdleBroken    Check = "gpu-broken"      // gpu, why
	HurdleBusy      Check = "gpu-busy"        // gpu, free (bytes), of
	HurdleNMS       Check = "nms"             // torch, torchvision
	HurdleOldCode   Check = "code-old"        // names (np-int, np-trapz, float-long, pillow10), numpy, torch, pillow
	HurdleOwnPip    Check = "own-pip"         // modules; names (own-pip)
	HurdleTorch26   Check = "torch26"         // torch
	HurdleNumPy     Check = "numpy-abi"       // numpy, torch
	HurdleOptions   Check = "options"         // names: arguments that this train.py does not take
	HurdleLoads     Check = "code-loads"      // rule, quote, meaning_zh, meaning_en: train.py does not even start
)

// What a training leaves on the disk, beside its checkpoints.
const (
	plotBytes  = 60 << 20
	runInodes  = 200
	busyShare  = 0.15 // of a GPU's memory that others may hold
	smallShm   = 1 << 30
	checkpoint = 4 // a checkpoint with its optimizer, in sizes of the model
)

// Adapts reports whether a check is seen to by adapting the copy of the code on
// the instance, in the ways that its argument names says.
func (c Check) Adapts() bool { return c == HurdleOldCode || c == HurdleOwnPip }

// A Training is what is going to be started: where, by which plan, on which
// instance.
type Training struct {
	Site
	Plan  planfile.Plan
	Facts instance.Facts
	Sent  bool // the weights were sent from here
}

// Hurdles judges a scene: what would end or harm the training, worst first.
func (t Training) Hurdles(s Scene) []Hurdle {
	var list []Hurdle
	add := func(check Check, severity dataset.Severity, by dataset.Mend, remedy *journey.Remedy, details ...string) {
		args := map[string]string{}
		for i := 0; i+1 < len(details); i += 2 {
			args[details[i]] = clean.Line(details[i+1])
		}
		list = append(list, Hurdle{Check: check, Severity: severity, State: Found, By: by, Remedy: remedy, Args: args})
	}
	t.gpu(s, add)
	t.codeHurdles(s, add)
	t.dataHurdles(s, add)
	t.weightsHurdles(s, add)
	t.room(s, add)
	slices.SortStableFunc(list, func(a, b Hurdle) int { return severityRank[a.Severity] - severityRank[b.Severity] })
	return list
}

var severityRank = map[dataset.Severity]int{dataset.Ruins: 0, dataset.Harms: 1, dataset.Minor: 2}

type adder func(check Check, severity dataset.Severity, by dataset.Mend, remedy *journey.Remedy, details ...string)

// again sends what the wizard made once more, which puts it back as it was.
// What the person put there, the person mends.
func (t Training) again() *journey.Remedy {
	if !t.Ours {
		return &journey.Remedy{Kind: journey.RemedyGoTo, Step: journey.Upload}
	}
	return &journey.Remedy{Kind: journey.RemedyRedo, Step: journey.Upload}
}

// own is who adapts the copy of the code: the wizard, if it is the wizard's.
func (t Training) own() dataset.Mend {
	if !t.Ours {
		return dataset.MendNone
	}
	return dataset.MendAuto
}

func scratch() *journey.Remedy {
	return &journey.Remedy{Kind: journey.RemedyAnswer, Key: "weights", Value: ""}
}

func (t Training) gpu(s Scene, add adder) {
	if s.Torch == "" || t.Plan.Train.Device == "cpu" {
		return
	}
	onCPU := &journey.Remedy{Kind: journey.RemedyAnswer, Key: "train.device", Value: "cpu"}
	name := ""
	if len(t.Facts.GPUs) > 0 {
		name = t.Facts.GPUs[0].Name
	}
	switch {
	case !s.CUDAReady && name == "":
		add(HurdleNoGPU, dataset.Harms, dataset.MendNone, nil)
		return
	case !s.CUDAReady:
		add(HurdleUnseen, dataset.Ruins, dataset.MendAsk, onCPU, "gpu", name, "torch", s.Torch)
		return
	}
	for _, gpu := range s.GPUs {
		if gpu.Capability != "" && len(s.Archs) > 0 && !fits(gpu.Capability, s.Archs) {
			add(HurdleArch, dataset.Ruins, dataset.MendAsk, onCPU, "gpu", gpu.Name, "sm", gpu.Capability, "torch", s.Torch)
			return
		}
	}
	if s.CUDAWorks != nil && !*s.CUDAWorks {
		add(HurdleBroken, dataset.Ruins, dataset.MendAsk, onCPU, "gpu", name, "why", s.CUDAError)
		return
	}
	if s.NMS != nil && !*s.NMS {
		add(HurdleNMS, dataset.Ruins, dataset.MendNone, nil, "torch", s.Torch, "torchvision", s.TorchVision)
	}
	for _, gpu := range s.GPUs {
		if gpu.Free > 0 && float64(gpu.Bytes-gpu.Free) > busyShare*float64(gpu.Bytes) {
			add(HurdleBusy, dataset.Harms, dataset.MendNone, nil, "gpu", gpu.Name,
				"free", strconv.FormatInt(gpu.Free, 10), "of", strconv.FormatInt(gpu.Bytes, 10))
		}
	}
}

// fits reports whether a torch has code for a GPU: machine code of its major
// number and no later one, or code that the driver compiles.
func fits(capability string, archs []string) bool {
	for _, arch := range archs {
		kind, number, ok := strings.Cut(arch, "_")
		number = strings.TrimRight(number, "af") // sm_90a is for that one alone
		have, err1 := strconv.Atoi(number)
		want, err2 := strconv.Atoi(capability)
		if !ok || err1 != nil || err2 != nil {
			continue
		}
		if kind == "sm" && have/10 == want/10 && have <= want || kind == "compute" && have <= want {
			return true
		}
	}
	return false
}

func (t Training) codeHurdles(s Scene, add adder) {
	var missing, old []string
	for _, r := range t.Needs {
		if r.Optional {
			continue // not worth a second of paid time
		}
		switch version := s.Versions[r.Import]; {
		case slices.Contains(s.Missing, r.Import):
			missing = append(missing, r.Name+r.Spec)
		case version != "" && !r.Satisfied(version):
			old = append(old, r.Name+r.Spec)
		}
	}
	if len(missing) > 0 {
		add(HurdleModules, dataset.Ruins, dataset.MendAuto, nil, "modules", strings.Join(missing, ", "))
	}
	if len(old) > 0 {
		severity := dataset.Minor
		if t.Release == yolov5.V50 && !t.Ours {
			// It calls pip by itself, and dies if that fails.
			severity = dataset.Harms
		}
		add(HurdleOldModule, severity, dataset.MendAsk, &journey.Remedy{Kind: journey.RemedyCommand, Command: "pip install " + shellword.Join(old...)},
			"modules", strings.Join(old, ", "))
	}
	if unknown := t.Options.Unknown(t.Plan.Train.Extra); len(unknown) > 0 {
		add(HurdleOptions, dataset.Ruins, dataset.MendAsk, &journey.Remedy{Kind: journey.RemedyAnswer, Key: "train.extra", Value: planfile.JoinList(without(t.Plan.Train.Extra, unknown))},
			"names", strings.Join(unknown, ", "))
	}
	if names := t.adaptations(s); len(names) > 0 {
		severity := dataset.Ruins
		if len(names) == 1 && names[0] == "pillow10" {
			severity = dataset.Harms
		}
		add(HurdleOldCode, severity, t.own(), nil, "names", strings.Join(names, ", "), "numpy", s.NumPy, "torch", s.Torch, "pillow", s.Pillow)
	}
	if names := t.thoughtMissing(s); len(names) > 0 && t.Ours && t.Release.RunsPip() {
		severity := dataset.Harms
		if t.Release == yolov5.V50 {
			severity = dataset.Ruins
		}
		add(HurdleOwnPip, severity, dataset.MendAuto, nil, "modules", strings.Join(names, ", "), "names", "own-pip")
	}
	if s.NumPyFits != nil && !*s.NumPyFits {
		add(HurdleNumPy, dataset.Ruins, dataset.MendAsk, &journey.Remedy{Kind: journey.RemedyCommand, Command: `pip install "numpy<2"`}, "numpy", s.NumPy, "torch", s.Torch)
	}
	if t.Release != yolov5.Master && yolov5.AtLeast(s.Torch, "2.6") {
		add(HurdleTorch26, dataset.Minor, dataset.MendAuto, nil, "torch", s.Torch)
	}
	if len(s.Watchers) > 0 {
		add(HurdleWatchers, dataset.Minor, dataset.MendAuto, nil, "names", strings.Join(s.Watchers, ", "))
	}
	if s.Git {
		add(HurdleGit, dataset.Harms, t.own(), nil, "path", path.Join(t.Code, ".git"))
	}
	for _, name := range t.Fonts() {
		if s.Fonts != nil && s.Fonts[name] == 0 {
			add(HurdleFont, dataset.Harms, dataset.MendAuto, nil, "file", path.Join(t.Config(), name))
			break
		}
	}
}

// adaptations names what the copy of the code needs for libraries that are
// newer than it.
func (t Training) adaptations(s Scene) []string {
	var names []string
	if t.Release.SameCounts() && yolov5.AtLeast(s.NumPy, "1.24") {
		names = append(names, "np-int")
	}
	if t.Release != yolov5.Master && s.Trapz != nil && !*s.Trapz {
		names = append(names, "np-trapz")
	}
	if slices.Contains([]yolov5.Release{yolov5.V50, yolov5.V60, yolov5.V61}, t.Release) && yolov5.AtLeast(s.Torch, "1.12") {
		names = append(names, "float-long")
	}
	if t.Release != yolov5.Master && yolov5.AtLeast(s.Pillow, "10") {
		names = append(names, "pillow10")
	}
	return names
}

// thoughtMissing are the packages that YOLOv5 is going to find missing or too
// old, since it looks for them by name and not for their modules.
func (t Training) thoughtMissing(s Scene) []string {
	if s.Versions == nil {
		return nil // it was not seen
	}
	var names []string
	for _, r := range t.Needs {
		if version, known := s.Versions[r.Import]; !known || !r.Satisfied(version) {
			names = append(names, r.Name+r.Spec)
		}
	}
	return names
}

func (t Training) dataHurdles(s Scene, add adder) {
	want := len(t.Classes)
	if t.Data != "" && s.DataYAML == nil {
		if _, looked := s.Trouble["yamls"]; !looked && s.Sets != nil {
			add(HurdleYAML, dataset.Ruins, dataset.MendAsk, t.again(), "file", t.Data)
		}
	} else if s.DataYAML != nil {
		t.dataYAML(*s.DataYAML, add)
	}
	if s.ModelYML != nil {
		if got, _, err := yolov5.ClassCount([]byte(*s.ModelYML)); err != nil || got != want {
			add(HurdleClasses, dataset.Ruins, dataset.MendAsk, t.again(), "file", t.Cfg, "got", strconv.Itoa(got), "want", strconv.Itoa(want))
		}
	}
	for _, part := range []string{"train", "val"} {
		if set, ok := s.Sets[part]; ok {
			t.set(part, set, add)
		}
	}
	var old []string
	kind := "numpy"
	if t.Release == yolov5.V50 {
		kind = "zip"
	}
	for _, c := range s.Caches {
		// One of pictures on the disk has pictures; those of labels are meant.
		if c.Kind != kind && strings.HasPrefix(c.Path, t.Dataset+"/") {
			old = append(old, c.Path)
		}
	}
	if len(old) > 0 {
		add(HurdleCache, dataset.Harms, t.own(), nil, "files", strings.Join(old, ", "))
	}
}

func (t Training) dataYAML(text string, add adder) {
	d, err := yolov5.ParseDataYAML([]byte(text))
	if err != nil {
		add(HurdleYAML, dataset.Ruins, dataset.MendAsk, t.again(), "file", t.Data)
		return
	}
	if want := len(t.Classes); len(d.Names) != want || d.NC > 0 && d.NC != want {
		got := len(d.Names)
		if got == want {
			got = d.NC
		}
		add(HurdleClasses, dataset.Ruins, dataset.MendAsk, t.again(), "file", t.Data, "got", strconv.Itoa(got), "want", strconv.Itoa(want))
	}
	for part, folders := range map[string][]string{"train": d.Train, "val": d.Val} {
		want := path.Join(t.Dataset, "images", part)
		for _, f := range folders {
			if !path.IsAbs(f) {
				f = path.Join(d.Path, f)
			}
			if path.Clean(f) != want {
				add(HurdleYAML, dataset.Ruins, dataset.MendAsk, t.again(), "file", t.Data)
				return
			}
		}
	}
}

func (t Training) set(part string, s Set, add adder) {
	count := strconv.Itoa(s.Pictures)
	switch {
	case !s.Exists || s.Pictures == 0:
		add(HurdleData, dataset.Ruins, dataset.MendAsk, t.again(), "path", s.Path)
	case s.Labels == 0:
		add(HurdleLabels, dataset.Ruins, dataset.MendAsk, t.again(), "path", s.Folder, "found", "0", "pictures", count)
	case s.Read == s.Labels && s.Filled == 0 && part == "train":
		add(HurdleEmpty, dataset.Ruins, dataset.MendAsk, t.again(), "path", s.Folder, "pictures", count)
	case s.Top >= len(t.Classes):
		add(HurdleTopClass, dataset.Ruins, dataset.MendAsk, t.again(), "file", s.TopFile, "class", strconv.Itoa(s.Top), "nc", strconv.Itoa(len(t.Classes)))
	}
}

func (t Training) weightsHurdles(s Scene, add adder) {
	w := s.Weights
	if t.Weights == "" || w == nil {
		return
	}
	remedy := t.again()
	if !t.Sent {
		remedy = scratch()
	}
	switch {
	case !w.Exists && t.Sent:
		add(HurdleWeights, dataset.Ruins, dataset.MendAsk, remedy, "file", t.Weights, "bytes", "0")
	case !w.Exists:
		add(HurdleNoWeights, dataset.Harms, dataset.MendAsk, remedy, "file", t.Weights)
	case w.HTML || w.Zip && !w.Whole || !w.Zip && !w.Legacy:
		add(HurdleWeights, dataset.Ruins, dataset.MendAsk, remedy, "file", t.Weights, "bytes", strconv.FormatInt(w.Bytes, 10))
	case len(w.Unknown) > 0:
		add(HurdleForeign, dataset.Ruins, dataset.MendAsk, scratch(), "file", t.Weights, "names", strings.Join(w.Unknown, ", "))
	}
}

// modelBytes is about what a model's weights take, by its name.
func modelBytes(model string) int64 {
	for letter, size := range map[string]int64{"n": 4 << 20, "s": 15 << 20, "m": 42 << 20, "l": 93 << 20, "x": 174 << 20} {
		if strings.HasPrefix(model, "yolov5"+letter) {
			return size
		}
	}
	return 100 << 20
}

func (t Training) room(s Scene, add adder) {
	runs, ok := s.Disks["runs"]
	// last.pt and best.pt, and while one is written, a third.
	need := 3*checkpoint*modelBytes(t.Plan.Model) + plotBytes
	free := strconv.FormatInt(runs.Free, 10)
	switch {
	case !ok:
	case !runs.Writable:
		add(HurdleReadOnly, dataset.Ruins, dataset.MendNone, nil, "path", runs.Path)
	case runs.Free < need:
		add(HurdleDisk, dataset.Ruins, dataset.MendNone, nil, "path", runs.Path, "free", free, "need", strconv.FormatInt(need, 10))
	case runs.Inodes >= 0 && runs.Inodes < runInodes:
		add(HurdleInodes, dataset.Ruins, dataset.MendNone, nil, "path", runs.Path, "free", strconv.FormatInt(runs.Inodes, 10), "need", fmt.Sprint(runInodes))
	}
	if shm, ok := s.Disks["shm"]; ok && shm.Free < smallShm {
		// The number of workers is chosen by it.
		add(HurdleShm, dataset.Minor, dataset.MendAuto, nil, "free", strconv.FormatInt(shm.Free, 10))
	}
}

// without drops arguments with their values.
func without(words, names []string) []string {
	var kept []string
	dropping := false
	for _, word := range words {
		name, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(word, "--") {
			dropping = slices.Contains(names, name)
		}
		if !dropping {
			kept = append(kept, word)
		}
	}
	return kept
}
