package yolov5

// A History gathers the epochs that the events of a training tell, for curves
// while results.csv has not been read. The zero History is empty.
type History struct {
	epochs []Epoch
}

// Add takes an event in. Validation losses and learning rates are not printed,
// so they stay NaN and empty.
func (h *History) Add(e Event) {
	switch e := e.(type) {
	case Progress:
		if e.Batch == e.Batches {
			h.epoch(e.Epoch).Train = e.Train
		}
	case Validation:
		if e.Epoch >= 0 && !e.Final && e.Class == "all" {
			row := h.epoch(e.Epoch)
			row.Precision, row.Recall, row.MAP50, row.MAP = e.Precision, e.Recall, e.MAP50, e.MAP
		}
	}
}

// Epochs returns what is known so far, each epoch once, in order. After a
// resume the later figures of an epoch count.
func (h *History) Epochs() []Epoch { return append([]Epoch(nil), h.epochs...) }

func (h *History) epoch(number int) *Epoch {
	at := len(h.epochs)
	for at > 0 && h.epochs[at-1].Number >= number {
		at--
	}
	if at == len(h.epochs) || h.epochs[at].Number != number {
		h.epochs = append(h.epochs, Epoch{})
		copy(h.epochs[at+1:], h.epochs[at:])
		h.epochs[at] = emptyEpoch(number)
	}
	return &h.epochs[at]
}
