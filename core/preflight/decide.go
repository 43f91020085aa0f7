package preflight

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

// A Machine is what decisions go by.
type Machine struct {
	GPUs     []GPU
	CPUs     float64
	Memory   int64 // bytes; 0 is unknown
	Shm      int64 // free bytes; below 0 is unknown
	Torch    string
	Pictures int // to train on
	All      int // with those to validate on
}

// About how much GPU memory a picture of 640 pixels takes in a training, in
// bytes, by the model's size: rounded up from what trainings with a batch of 16
// are seen to use.
var pictureMemory = map[string]float64{"n": 0.12e9, "s": 0.23e9, "m": 0.42e9, "l": 0.68e9, "x": 1.05e9}

const (
	baseMemory   = 1.2e9 // of CUDA and the model itself
	usableMemory = 0.8
	largestBatch = 128
	// fewestSteps is how many batches an epoch should have at least: a model
	// learns by steps, and an epoch of two teaches next to nothing.
	fewestSteps = 10
	mostWorkers = 8
	cacheShare  = 0.3 // of the memory may be filled with pictures
)

// UsualBatch is YOLOv5's own default.
const UsualBatch = 16

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

// Decide chooses what the plan leaves open, for a run into a folder of its own
// there, and says why for each option. Modules in the folder mute seem not to be
// installed; "" is no such folder.
func (t Training) Decide(m Machine, run, mute string) (yolov5.Settings, []Decision) {
	plan := t.Plan.Train
	o := yolov5.Settings{
		Release: t.Release, Options: t.Options, Python: t.Python, CodeDir: t.Code, ConfigDir: t.Config(), Mute: mute,
		Cfg: t.Cfg, Weights: t.Weights, Data: t.Data, Epochs: plan.Epochs, ImgSize: plan.ImgSize,
		Project: path.Dir(run), Name: path.Base(run), ExistOK: true, Extra: plan.Extra, GPUs: 1,
	}
	var list []Decision
	say := func(option, value string, why Choosing, details ...string) {
		d := Decision{Option: option, Value: value, Why: why, Args: map[string]string{}}
		for i := 0; i+1 < len(details); i += 2 {
			d.Args[details[i]] = details[i+1]
		}
		list = append(list, d)
	}
	switch {
	case t.Weights == "":
		say("weights", "", ChooseScratch)
	case t.Sent:
		say("weights", t.Weights, ChooseLocal)
	default:
		say("weights", t.Weights, ChooseFetched)
	}
	say("cfg", o.Cfg, t.given("model"))
	say("data", o.Data, ChooseUsual)
	say("epochs", strconv.Itoa(o.Epochs), t.given("train.epochs"))
	say("imgsz", strconv.Itoa(o.ImgSize), t.given("train.imgsz"))

	device, gpus, why, detail := t.decideDevice(m)
	o.Device, o.GPUs = device, gpus
	say("device", device, why, detail...)
	if gpus > 1 {
		o.Launcher = yolov5.LauncherOf(t.Release, m.Torch)
		o.Port = 20000 + int(crc32.ChecksumIEEE([]byte(run))%20000)
	}
	batch, why, detail := t.decideBatch(o, m)
	o.Batch = batch
	say("batch", strconv.Itoa(batch), why, detail...)

	workers, why, detail := t.decideWorkers(o, m)
	o.Workers = workers
	say("workers", strconv.Itoa(workers), why, detail...)

	cache, why, detail := t.decideCache(o, m)
	o.Cache = cache
	say("cache", cache, why, detail...)
	return o, list
}

// given is the reason for a setting that nothing but the plan decides.
func (t Training) given(key string) Choosing {
	if t.Plan.Given(key) {
		return ChooseGiven
	}
	return ChooseUsual
}

// decideDevice chooses the device, and how many GPUs are trained on at once:
// several need a launcher that this release and this torch have.
func (t Training) decideDevice(m Machine) (device string, gpus int, why Choosing, detail []string) {
	several := yolov5.LauncherOf(t.Release, m.Torch) != ""
	if device := t.Plan.Train.Device; device != "auto" {
		gpus := gpuCount(device)
		if !several {
			gpus = min(gpus, 1)
		}
		return device, gpus, ChooseGiven, nil
	}
	detail = []string{"gpus", strconv.Itoa(len(m.GPUs))}
	switch {
	case len(m.GPUs) == 0:
		return "cpu", 0, ChooseCPU, nil
	case len(m.GPUs) == 1:
		return "0", 1, ChooseOneGPU, nil
	case !several:
		return "0", 1, ChooseLauncherOld, detail
	}
	return strings.Join(numbers(len(m.GPUs)), ","), len(m.GPUs), ChooseAllGPUs, detail
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

func (t Training) decideBatch(o yolov5.Settings, m Machine) (int, Choosing, []string) {
	if batch := t.Plan.Train.Batch; batch > 0 {
		if o.GPUs > 1 && batch%o.GPUs != 0 {
			batch = max(1, batch/o.GPUs) * o.GPUs
			return batch, ChooseMultiple, []string{"gpus", strconv.Itoa(o.GPUs)}
		}
		return batch, t.given("train.batch"), nil
	}
	few := max(1, m.Pictures/fewestSteps)
	if o.GPUs == 0 || len(m.GPUs) == 0 {
		if m.Pictures > 0 && UsualBatch > few {
			return max(2, powerOfTwo(float64(few))), ChooseFewPictures, []string{"pictures", strconv.Itoa(m.Pictures)}
		}
		return UsualBatch, ChooseOnCPU, nil
	}
	fits := batchFor(t.Plan.Model, o.ImgSize, m.GPUs[0].Bytes) * o.GPUs
	switch {
	case m.Pictures > 0 && fits > few:
		batch := max(2, powerOfTwo(float64(few)))
		batch = max(1, batch/o.GPUs) * o.GPUs
		return min(batch, fits), ChooseFewPictures, []string{"pictures", strconv.Itoa(m.Pictures)}
	case o.GPUs == 1 && o.Release.AutoBatch():
		return -1, ChooseAutoBatch, nil
	}
	return fits, ChooseMemory, []string{"bytes", strconv.FormatInt(m.GPUs[0].Bytes, 10)}
}

// decideWorkers leaves a processor to the training itself: YOLOv5's own eight
// would starve a container with two. Batches come from the workers through the
// shared memory, two of each at a time, and for validation from twice as many,
// of twice the size.
func (t Training) decideWorkers(o yolov5.Settings, m Machine) (int, Choosing, []string) {
	if t.Plan.Train.Workers >= 0 {
		return t.Plan.Train.Workers, ChooseGiven, nil
	}
	processes := max(1, o.GPUs)
	n := 2
	if m.CPUs > 0 {
		n = max(0, min(mostWorkers, (int(m.CPUs)-1)/processes))
	}
	batch := o.Batch
	if batch < 0 && len(m.GPUs) > 0 {
		batch = batchFor(t.Plan.Model, o.ImgSize, m.GPUs[0].Bytes)
	}
	each := int64(batch/processes) * int64(o.ImgSize) * int64(o.ImgSize) * 3
	if m.Shm >= 0 && each > 0 {
		if room := int(m.Shm / (10 * each * int64(processes))); room < n {
			return room, ChooseShm, []string{"bytes", strconv.FormatInt(m.Shm, 10)}
		}
	}
	return n, ChooseProcessors, []string{"cpus", strconv.FormatFloat(m.CPUs, 'f', -1, 64)}
}

func (t Training) decideCache(o yolov5.Settings, m Machine) (string, Choosing, []string) {
	need := int64(m.All) * int64(o.ImgSize) * int64(o.ImgSize) * 3 * int64(max(1, o.GPUs))
	args := []string{"bytes", strconv.FormatInt(need, 10)}
	switch c := t.Plan.Train.Cache; {
	case c == "no":
		return "", ChooseGiven, nil
	case c != "auto":
		return c, ChooseGiven, nil
	case o.GPUs == 0 || m.Memory <= 0 || float64(need) > cacheShare*float64(m.Memory):
		return "", ChooseCacheOff, args
	}
	return "ram", ChooseCacheFits, args
}

// Details are the decision's parts as names and values in turn.
func (d Decision) Details() []string {
	details := []string{"option", d.Option, "value", clean.Line(d.Value), "why", string(d.Why)}
	for name, value := range d.Args {
		details = append(details, name, value)
	}
	return details
}
