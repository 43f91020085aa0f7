package yolov5

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A sentence is one that train.py, or what it calls, prints.
type sentence struct {
	first string // word, after "train:" or a number
	re    *regexp.Regexp
	event func(p *Parser, m []string) (Event, bool)
}

// The sentences of all releases.
var sentences = []sentence{
	{
		// v7.0 utils/dataloaders.py, cache_labels
		"Scanning",
		regexp.MustCompile(`^(?:(\w+): )?Scanning (.*?)\.\.\. ?(\d+) images, (\d+) backgrounds, (\d+) corrupt:?(.*)$`),
		func(_ *Parser, m []string) (Event, bool) {
			return scan(m[1], m[2], number(m[3]), number(m[4]), number(m[5]), m[6])
		},
	},
	{
		// v5.0 to v6.2 utils/datasets.py and utils/dataloaders.py
		"Scanning",
		regexp.MustCompile(`^(?:(\w+): )?Scanning '(.*?)' images and labels\.\.\. ?(\d+) found, (\d+) missing, (\d+) empty, (\d+) corrupt(?:ed)?:?(.*)$`),
		func(_ *Parser, m []string) (Event, bool) {
			return scan(m[1], m[2], number(m[3]), number(m[4])+number(m[5]), number(m[6]), m[7])
		},
	},
	{
		"epochs",
		regexp.MustCompile(`^(\d+) epochs completed in (\d+(?:\.\d+)?) hours\.`),
		func(_ *Parser, m []string) (Event, bool) {
			return Finished{Epochs: number(m[1]), Hours: float(m[2])}, true
		},
	},
	{
		"Optimizer",
		regexp.MustCompile(`^Optimizer stripped from (.+?),(?: saved as (.+),)? (\d+(?:\.\d+)?)MB$`),
		func(_ *Parser, m []string) (Event, bool) {
			if m[2] != "" {
				m[1] = m[2]
			}
			return Stripped{Path: m[1], MB: float(m[3])}, true
		},
	},
	{
		"Starting",
		regexp.MustCompile(`^Starting training for (\d+) epochs\.\.\.`),
		func(p *Parser, m []string) (Event, bool) {
			p.epoch, p.final = 0, false
			return Start{Epochs: number(m[1])}, true
		},
	},
	{
		"Logging",
		regexp.MustCompile(`^Logging results to (.+)$`),
		func(_ *Parser, m []string) (Event, bool) { return SaveDir{Path: m[1]}, true },
	},
	{
		"Validating",
		regexp.MustCompile(`^Validating (.+\.pt)\.\.\.$`),
		func(p *Parser, m []string) (Event, bool) {
			p.final = true
			return Scoring{Path: m[1]}, true
		},
	},
	{
		"Results",
		regexp.MustCompile(`^Results saved to (.+)$`),
		func(_ *Parser, m []string) (Event, bool) { return Saved{Path: m[1]}, true },
	},
	{
		// v6.1 utils/torch_utils.py, EarlyStopping
		"Stopping",
		regexp.MustCompile(`^Stopping training early as no improvement observed in last (\d+) epochs\. Best results observed at epoch (\d+),`),
		func(_ *Parser, m []string) (Event, bool) {
			return EarlyStop{Patience: number(m[1]), Best: number(m[2])}, true
		},
	},
	{
		// v6.0 utils/torch_utils.py, EarlyStopping
		"EarlyStopping",
		regexp.MustCompile(`^EarlyStopping patience (\d+) exceeded, stopping training\.`),
		func(_ *Parser, m []string) (Event, bool) {
			return EarlyStop{Patience: number(m[1]), Best: -1}, true
		},
	},
	{
		// v6.2 utils/torch_utils.py, smart_resume; v5.0 to v6.1 say less
		"Resuming",
		regexp.MustCompile(`^Resuming training from (.+?)(?: from epoch (\d+) to (\d+) total epochs)?$`),
		func(_ *Parser, m []string) (Event, bool) {
			e := Resume{From: m[1], Epoch: -1, Epochs: -1}
			if m[2] != "" {
				e.Epoch, e.Epochs = number(m[2]), number(m[3])
			}
			return e, true
		},
	},
	{
		// utils/torch_utils.py, select_device: v5.0 and v6.0 to v6.1 write
		// "torch 1.9", later releases "Python-3.9 torch-1.9"
		"YOLOv5",
		regexp.MustCompile(`^YOLOv5 (?:🚀 )?(.+?) (?:Python-\S+ )?torch[- ](\S+) (.+)$`),
		func(_ *Parser, m []string) (Event, bool) {
			return Banner{Version: m[1], Torch: m[2], Device: strings.TrimSpace(m[3])}, true
		},
	},
}

// sentence reads a line that has nothing around it.
func (p *Parser) sentence(line string) (Event, bool) {
	first, rest := nextField(line)
	if first == "" {
		return nil, false
	}
	if first[len(first)-1] == ':' || isDigit(first[0]) {
		first, _ = nextField(rest) // of "train: Scanning", of "3 epochs completed"
	}
	for _, s := range sentencesBy()[first] {
		if m := s.re.FindStringSubmatch(line); m != nil {
			return s.event(p, m)
		}
	}
	return nil, false
}

// sentencesBy are the sentences by their first words.
var sentencesBy = sync.OnceValue(func() map[string][]sentence {
	by := map[string][]sentence{}
	for _, s := range sentences {
		by[s.first] = append(by[s.first], s)
	}
	return by
})

func scan(set, path string, images, backgrounds, corrupt int, tail string) (Event, bool) {
	e := Scan{Set: set, Path: path, Images: images, Backgrounds: backgrounds, Corrupt: corrupt}
	var ok bool
	e.Checked, e.Total, _, ok = bar(tail)
	e.Done = ok && e.Checked == e.Total
	return e, ok
}

// number reads digits that an expression matched; too many of them are -1.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return n
}

func float(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return v
}
