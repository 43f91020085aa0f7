package yolov5

import "time"

// An Event is something that a line of a training log says. Figures that a
// release does not print are NaN, counts that it does not print are -1.
type Event interface{ event() }

// Banner is the first line: what runs and on what.
type Banner struct {
	Version string // of YOLOv5: a tag, a git description or a date
	Torch   string
	Device  string // "CPU", "CUDA:0 (NVIDIA GeForce RTX 3090, 24268MiB)", ...
}

// onCPU reports whether the training runs without a GPU.
func (b Banner) onCPU() bool { return b.Device == "CPU" }

// Scan tells of reading the labels; it comes again and again until Done.
type Scan struct {
	Set         string // "train" or "val"; "" if the line does not say
	Path        string
	Images      int // with a label file
	Backgrounds int // without objects: label file missing or empty
	Corrupt     int // pictures that YOLOv5 leaves out, silently
	Checked     int
	Total       int
	Done        bool
}

// SaveDir tells the folder of the run, relative to the code folder or absolute.
type SaveDir struct{ Path string }

// Start tells that the first epoch begins.
type Start struct{ Epochs int }

// Resume tells that a training goes on. Epochs are counted from 0; -1 where
// the release does not say.
type Resume struct {
	From   string
	Epoch  int
	Epochs int
}

// Progress tells of an epoch being trained: the losses are means over the
// batches so far. After the last batch it comes once more, with the same
// figures.
type Progress struct {
	Epoch     int // from 0
	Epochs    int
	GPUMem    float64 // in 1e9 bytes
	Train     Losses
	Instances int // labels in the batch
	ImgSize   int
	Batch     int // batches done
	Batches   int
	Elapsed   time.Duration // since the epoch began, in whole seconds as a rule; -1 if not printed
}

// ValidationProgress tells of batches validated.
type ValidationProgress struct {
	Epoch   int // -1 before the first epoch
	Batch   int
	Batches int
	Elapsed time.Duration // since it began; -1 if not printed
}

// Validation is a row of figures: of all classes together, or of one class,
// which YOLOv5 prints after the last epoch only.
type Validation struct {
	Epoch     int    // the epoch validated, -1 before the first one
	Final     bool   // of best.pt after the training, not of the epoch
	Class     string // "all", or the name of a class
	Images    int
	Instances int
	Precision float64
	Recall    float64
	MAP50     float64
	MAP       float64 // mAP at IoU 0.5 to 0.95
}

// EarlyStop tells that the training ends before its last epoch.
type EarlyStop struct {
	Patience int
	Best     int // epoch, from 0; -1 in v6.0, which does not say
}

// Finished tells that all epochs are done. The model is whole only when its
// optimizer has been stripped after that.
type Finished struct {
	Epochs int
	Hours  float64
}

// Stripped tells that a model file has been written in its final form.
type Stripped struct {
	Path string
	MB   float64
}

// Scoring tells that the model in Path is validated after the training.
type Scoring struct{ Path string }

// Saved is the last line of a training that ended well (v6.0 and later).
type Saved struct{ Path string }

func (Banner) event()             {}
func (Scan) event()               {}
func (SaveDir) event()            {}
func (Start) event()              {}
func (Resume) event()             {}
func (Progress) event()           {}
func (ValidationProgress) event() {}
func (Validation) event()         {}
func (EarlyStop) event()          {}
func (Finished) event()           {}
func (Stripped) event()           {}
func (Scoring) event()            {}
func (Saved) event()              {}
