package rental

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Training is what is known of how long trainings take; its figures are
// explained where they are kept.
type Training struct {
	Models   []Model    `yaml:"models"`
	Slower   float64    `yaml:"slower"`
	Low      float64    `yaml:"low"`
	High     float64    `yaml:"high"`
	DecodeMS float64    `yaml:"decode_ms"`
	LoadMS   float64    `yaml:"load_ms"`
	StartS   float64    `yaml:"start_s"`
	EpochS   float64    `yaml:"epoch_s"`
	CPUMS    float64    `yaml:"cpu_ms"`
	AroundS  float64    `yaml:"around_s"`
	Measured []Measured `yaml:"measured"`
}

// A Model is a size of YOLOv5.
type Model struct {
	Name        string  `yaml:"name"`
	GFLOPS      float64 `yaml:"gflops"`
	PublishedMS float64 `yaml:"published_ms"`
}

// Measured is a training that somebody timed.
type Measured struct {
	GPU     string  `yaml:"gpu"`
	Model   string  `yaml:"model"`
	ImgSize int     `yaml:"imgsz"`
	MS      float64 `yaml:"ms"`      // for a picture in an epoch
	Loaders int     `yaml:"loaders"` // processes that load pictures
	Cached  bool    `yaml:"cached"`  // the pictures were decoded beforehand
	Source  string  `yaml:"source"`
}

func (t Training) check() *fault {
	at := func(keys ...string) []string { return append([]string{"training"}, keys...) }
	for key, value := range map[string]float64{
		"slower": t.Slower, "low": t.Low, "high": t.High, "decode_ms": t.DecodeMS, "load_ms": t.LoadMS,
		"start_s": t.StartS, "epoch_s": t.EpochS, "cpu_ms": t.CPUMS, "around_s": t.AroundS,
	} {
		if !(value > 0 && value < 1e6) {
			return &fault{at: at(key), what: key}
		}
	}
	if t.Low > 1 || t.High < 1 {
		return &fault{at: at("low"), what: "low, high"}
	}
	for i, m := range t.Models {
		if m.Name == "" || !(m.GFLOPS > 0 && m.GFLOPS < 1e6) || !(m.PublishedMS > 0 && m.PublishedMS < 1e6) {
			return &fault{at: at("models", either(m.Name, strconv.Itoa(i))), what: "models"}
		}
	}
	for i, m := range t.Measured {
		if !(m.MS > 0) || m.ImgSize <= 0 || m.Loaders <= 0 || m.Source == "" {
			return &fault{at: at("measured", strconv.Itoa(i)), what: "measured"}
		}
	}
	return nil
}

// A Workload is what a training has to do.
type Workload struct {
	Model      string // yolov5n, as in the plan
	ImgSize    int
	Epochs     int
	Train, Val int     // pictures
	Megapixels float64 // of a picture, as it is stored; 0 is not known
	CPUs       float64 // of the instance; 0 is not known
}

// A Bound is what a training waits for most of the time.
type Bound string

// What trainings wait for.
const (
	BoundGPU    Bound = "gpu"
	BoundLoader Bound = "loader" // the CPUs that decode the pictures: a faster GPU would not help
	BoundCPU    Bound = "cpu"    // it runs without a GPU
)

// An Estimate is how long a training is going to take, before it has begun: the
// most likely time, and a range that holds what others have measured.
type Estimate struct {
	Time  time.Duration `json:"time_ns"`
	Low   time.Duration `json:"low_ns"`
	High  time.Duration `json:"high_ns"`
	Epoch time.Duration `json:"epoch_ns"` // of Time
	Bound Bound         `json:"bound,omitempty"`
}

const (
	usualMegapixels = 0.3 // 640 by 480, as in COCO
	mostLoaders     = 8   // YOLOv5's own default
	parallel        = 0.9 // what each of several GPUs is worth
)

// loadersOf is how many processes that load pictures suit a machine: one
// processor is left to the training itself.
func loadersOf(cpus float64) int {
	if cpus <= 0 {
		return 2
	}
	return max(0, min(mostLoaders, int(cpus)-1))
}

// Estimate reckons how long a training takes on a number of GPUs, or without
// one for gpu = "". It is ok = false for a GPU or a model that is not known.
func (c *Catalogue) Estimate(w Workload, gpu string, count int) (e Estimate, ok bool) {
	t := c.Training
	var model Model
	for _, m := range t.Models {
		if m.Name == modelSize(w.Model) {
			model, ok = m, true
		}
	}
	if !ok || w.Epochs <= 0 || w.Train <= 0 || w.ImgSize <= 0 {
		return e, false
	}
	var perPicture float64 // milliseconds
	if gpu == "" {
		perPicture, e.Bound = t.cpuPicture(model, w), BoundCPU
	} else {
		g, known := c.GPUNamed(gpu)
		if !known {
			return e, false
		}
		loaders := mostLoaders
		if w.CPUs > 0 {
			loaders = max(1, loadersOf(w.CPUs))
		}
		perPicture, e.Bound = t.picture(model, g, max(1, count), w, loaders, false)
	}
	epoch := t.EpochS*1000 + perPicture*float64(w.Train+w.Val)
	total := t.StartS*1000 + epoch*float64(w.Epochs)
	e.Time, e.Low, e.High = span(total), span(total*t.Low), span(total*t.High)
	e.Epoch = span(epoch)
	return e, true
}

// picture is the time for one picture in an epoch. Loading goes on beside the
// training, so the slower of the two counts; a picture for validation was seen
// to take as long as one for training.
func (t Training) picture(m Model, g GPU, count int, w Workload, loaders int, cached bool) (ms float64, bound Bound) {
	area := math.Pow(float64(w.ImgSize)/640, 2)
	gpu := m.PublishedMS * area / g.speed()
	if count > 1 {
		gpu /= float64(count) * parallel
	}
	megapixels := w.Megapixels
	if megapixels <= 0 {
		megapixels = usualMegapixels
	}
	load := t.LoadMS * area
	if !cached {
		const mosaic = 4 // pictures that one sample is made of
		load += mosaic * t.DecodeMS * megapixels
	}
	load /= float64(loaders)
	if load > gpu {
		return load * t.Slower, BoundLoader
	}
	return gpu * t.Slower, BoundGPU
}

func (t Training) cpuPicture(m Model, w Workload) float64 {
	cpus := w.CPUs
	if cpus <= 0 {
		cpus = 2
	}
	return t.CPUMS * m.GFLOPS * math.Pow(float64(w.ImgSize)/640, 2) / cpus
}

// modelSize drops what follows the size in names such as models/yolov5n.yaml
// and yolov5n6.
func modelSize(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimSuffix(strings.ToLower(name), ".yaml")
	if at := strings.IndexAny(name, "-_"); at > 0 {
		name = name[:at]
	}
	return strings.TrimSuffix(name, "6")
}

func span(ms float64) time.Duration {
	const longest = 10 * 365 * 24 * time.Hour
	if ms >= float64(longest/time.Millisecond) {
		return longest
	}
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Second)
}
