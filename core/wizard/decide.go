package wizard

import (
	"hash/crc32"
	"math"
	"path"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/yolov5"
)

// A Choosing says how an option of the training came to its value.
type Choosing string

// The reasons for a setting, with the names of their Args beside value.
const (
	ChooseGiven       Choosing = "given"        // the plan says so
	ChooseUsual       Choosing = "usual"        // the wizard's default
	ChooseLocal       Choosing = "local"        // weights that were sent along
	ChooseFetched     Choosing = "fetched"      // weights that YOLOv5 fetches
	ChooseScratch     Choosing = "scratch"      // no weights
	ChooseAutoBatch   Choosing = "auto-batch"   // YOLOv5 measures it on the GPU
	ChooseMemory      Choosing = "memory"       // by the GPU's memory; bytes
	ChooseFewPictures Choosing = "few-pictures" // more would leave too few steps an epoch; pictures
	ChooseOnCPU       Choosing = "on-cpu"       // no GPU to fill
	ChooseMultiple    Choosing = "multiple"     // of the number of GPUs; gpus
	ChooseProcessors  Choosing = "processors"   // by the container's; cpus
	ChooseShm         Choosing = "shm"          // by the shared memory; bytes
	ChooseCacheFits   Choosing = "cache-fits"   // all pictures fit into memory; bytes
	ChooseCacheOff    Choosing = "cache-off"    // they do not, or it would not help; bytes
	ChooseOneGPU      Choosing = "one-gpu"
	ChooseAllGPUs     Choosing = "all-gpus"     // gpus
	ChooseCPU         Choosing = "cpu"          // there is no GPU that torch sees
	ChooseLauncherOld Choosing = "launcher-old" // several GPUs, and this release cannot use them with this torch; gpus
)

// A Decision is one option of the training with its reason. The words are in
// tui/text: why, and the price of choosing otherwise.
type Decision struct {
	Option string            `json:"option"`
	Value  string            `json:"value"`
	Why    Choosing          `json:"why"`
	Args   map[string]string `json:"args,omitempty"`
}

// machine is what decisions go by.
type machine struct {
	gpus     []seenGPU
	cpus     float64
	memory   int64 // bytes; 0 is unknown
	shm      int64 // free bytes; below 0 is unknown
	torch    string
	pictures int // to train on
	all      int // with those to validate on
}

// About how much GPU memory a picture of 640 pixels takes in a training, in
// bytes, by the model's size: rounded up from what trainings with a batch of 16
// are seen to use.
var pictureMemory = map[string]float64{"n": 0.12e9, "s": 0.23e9, "m": 0.42e9, "l": 0.68e9, "x": 1.05e9}

const (
	baseMemory   = 1.2e9 // of CUDA and the model itself
	usableMemory = 0.8
	largestBatch = 128
	usualBatch   = 16
	// fewestSteps is how many batches an epoch should have at least: a model
	// learns by steps, and an epoch of two teaches next to nothing.
	fewestSteps = 10
	mostWorkers = 8
	cacheShare  = 0.3 // of the memory may be filled with pictures
)

// batchFor is about the largest batch that a GPU holds.
func batchFor(model string, imgsz int, memory int64) int {
	each := 0.3e9
	for letter, bytes := range pictureMemory {
		if strings.HasPrefix(model, "yolov5"+letter) {
			each = bytes
		}
	}
	each *= float64(imgsz) * float64(imgsz) / (640 * 640)
	n := (float64(memory)*usableMemory - baseMemory) / each
	return powerOfTwo(min(n, largestBatch))
}

// powerOfTwo is the largest that is not above n, and at least 1.
func powerOfTwo(n float64) int {
	if !(n >= 2) {
		return 1
	}
	return 1 << int(math.Log2(n))
}

// decide chooses what the plan leaves open, and says why for each option.
func (w *work) decide(s site, m machine) (yolov5.Settings, []Decision) {
	t := w.plan.Train
	run := w.evidence.Fact("run")
	o := yolov5.Settings{
		Release: s.release, Options: s.options, Python: s.python, CodeDir: s.code, ConfigDir: s.config(), Mute: s.muted(w),
		Cfg: s.cfg, Weights: s.weights, Data: s.data, Epochs: t.Epochs, ImgSize: t.ImgSize,
		Project: path.Dir(run), Name: path.Base(run), ExistOK: true, Extra: t.Extra, GPUs: 1,
	}
	var list []Decision
	say := func(option, value string, why Choosing, details ...string) {
		d := Decision{Option: option, Value: value, Why: why, Args: map[string]string{}}
		for i := 0; i+1 < len(details); i += 2 {
			d.Args[details[i]] = details[i+1]
		}
		list = append(list, d)
	}
	given := func(key string) Choosing {
		if w.Project.plan.Given(key) {
			return ChooseGiven
		}
		return ChooseUsual
	}
	file, _, _ := w.weights(w.plan)
	switch {
	case s.weights == "":
		say("weights", "", ChooseScratch)
	case file != "":
		say("weights", s.weights, ChooseLocal)
	default:
		say("weights", s.weights, ChooseFetched)
	}
	say("cfg", o.Cfg, given("model"))
	say("data", o.Data, ChooseUsual)
	say("epochs", strconv.Itoa(o.Epochs), given("train.epochs"))
	say("imgsz", strconv.Itoa(o.ImgSize), given("train.imgsz"))

	o.Device, o.GPUs = t.Device, gpuCount(t.Device)
	switch {
	case t.Device != "auto":
		say("device", t.Device, ChooseGiven)
	case len(m.gpus) == 0:
		o.Device, o.GPUs = "cpu", 0
		say("device", "cpu", ChooseCPU)
	case len(m.gpus) == 1:
		o.Device, o.GPUs = "0", 1
		say("device", "0", ChooseOneGPU)
	default:
		o.GPUs = len(m.gpus)
		if o.Launcher = yolov5.LauncherOf(s.release, m.torch); o.Launcher == "" {
			o.Device, o.GPUs = "0", 1
			say("device", "0", ChooseLauncherOld, "gpus", strconv.Itoa(len(m.gpus)))
			break
		}
		o.Device = strings.Join(numbers(o.GPUs), ",")
		say("device", o.Device, ChooseAllGPUs, "gpus", strconv.Itoa(o.GPUs))
	}
	if o.GPUs > 1 {
		if o.Launcher = yolov5.LauncherOf(s.release, m.torch); o.Launcher == "" {
			o.GPUs = 1
		}
		o.Port = 20000 + int(crc32.ChecksumIEEE([]byte(run))%20000)
	}
	batch, why, detail := w.decideBatch(o, m)
	o.Batch = batch
	say("batch", strconv.Itoa(batch), why, detail...)

	workers, why, detail := w.decideWorkers(o, m)
	o.Workers = workers
	say("workers", strconv.Itoa(workers), why, detail...)

	cache, why, detail := w.decideCache(o, m)
	o.Cache = cache
	say("cache", cache, why, detail...)
	return o, list
}

// gpuCount is how many GPUs a device names.
func gpuCount(device string) int {
	if device == "cpu" || device == "auto" {
		return 0
	}
	return strings.Count(device, ",") + 1
}

func numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return list
}

func (w *work) decideBatch(o yolov5.Settings, m machine) (int, Choosing, []string) {
	t := w.plan.Train
	if t.Batch > 0 {
		batch := t.Batch
		if o.GPUs > 1 && batch%o.GPUs != 0 {
			batch = max(1, batch/o.GPUs) * o.GPUs
			return batch, ChooseMultiple, []string{"gpus", strconv.Itoa(o.GPUs)}
		}
		why := ChooseUsual
		if w.Project.plan.Given("train.batch") {
			why = ChooseGiven
		}
		return batch, why, nil
	}
	few := max(1, m.pictures/fewestSteps)
	if o.GPUs == 0 || len(m.gpus) == 0 {
		if m.pictures > 0 && usualBatch > few {
			return max(2, powerOfTwo(float64(few))), ChooseFewPictures, []string{"pictures", strconv.Itoa(m.pictures)}
		}
		return usualBatch, ChooseOnCPU, nil
	}
	fits := batchFor(w.plan.Model, o.ImgSize, m.gpus[0].Bytes) * o.GPUs
	switch {
	case m.pictures > 0 && fits > few:
		batch := max(2, powerOfTwo(float64(few)))
		batch = max(1, batch/o.GPUs) * o.GPUs
		return min(batch, fits), ChooseFewPictures, []string{"pictures", strconv.Itoa(m.pictures)}
	case o.GPUs == 1 && o.Release.AutoBatch():
		return -1, ChooseAutoBatch, nil
	}
	return fits, ChooseMemory, []string{"bytes", strconv.FormatInt(m.gpus[0].Bytes, 10)}
}

// decideWorkers leaves a processor to the training itself: YOLOv5's own eight
// would starve a container with two. Batches come from the workers through the
// shared memory, two of each at a time, and for validation from twice as many,
// of twice the size.
func (w *work) decideWorkers(o yolov5.Settings, m machine) (int, Choosing, []string) {
	if w.plan.Train.Workers >= 0 {
		return w.plan.Train.Workers, ChooseGiven, nil
	}
	processes := max(1, o.GPUs)
	n := 2
	if m.cpus > 0 {
		n = max(0, min(mostWorkers, (int(m.cpus)-1)/processes))
	}
	batch := o.Batch
	if batch < 0 && len(m.gpus) > 0 {
		batch = batchFor(w.plan.Model, o.ImgSize, m.gpus[0].Bytes)
	}
	each := int64(batch/processes) * int64(o.ImgSize) * int64(o.ImgSize) * 3
	if m.shm >= 0 && each > 0 {
		if room := int(m.shm / (10 * each * int64(processes))); room < n {
			return room, ChooseShm, []string{"bytes", strconv.FormatInt(m.shm, 10)}
		}
	}
	return n, ChooseProcessors, []string{"cpus", strconv.FormatFloat(m.cpus, 'f', -1, 64)}
}

func (w *work) decideCache(o yolov5.Settings, m machine) (string, Choosing, []string) {
	need := int64(m.all) * int64(o.ImgSize) * int64(o.ImgSize) * 3 * int64(max(1, o.GPUs))
	args := []string{"bytes", strconv.FormatInt(need, 10)}
	switch c := w.plan.Train.Cache; {
	case c == "no":
		return "", ChooseGiven, nil
	case c != "auto":
		return c, ChooseGiven, nil
	case o.GPUs == 0 || m.memory <= 0 || float64(need) > cacheShare*float64(m.memory):
		return "", ChooseCacheOff, args
	}
	return "ram", ChooseCacheFits, args
}

// NoteSetting is one option of the training, told with its reason.
const NoteSetting NoteCode = "setting" // option, value, why, plus the Choosing's own: bytes, cpus, gpus, pictures

func (d Decision) note() []string {
	details := []string{"option", d.Option, "value", clean.Line(d.Value), "why", string(d.Why)}
	for name, value := range d.Args {
		details = append(details, name, value)
	}
	return details
}
