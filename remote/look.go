package remote

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/remote/shell"
)

const (
	maxLook  = 256 << 10 // bytes of answer
	maxFact  = 512       // bytes of one value
	maxItems = 64        // GPUs, Pythons, disks, tools
)

// Look asks what the instance is and has; see instance.Instance.
func (i *Instance) Look(ctx context.Context) (instance.Facts, error) {
	folders := diskFolders()
	var out firstSeen
	r, err := host{i}.Run(ctx, shell.Command{
		Script: assets.LookScript,
		Args:   append([]string{assets.PythonProbe}, folders...),
		Output: shell.Limit(&out, maxLook),
	})
	if problem.Has(err, instance.NoShell) {
		if facts, ok := i.lookAtFiles(ctx); ok {
			return facts, nil
		}
	}
	if err != nil {
		return instance.Facts{}, err
	}
	facts, complete := parseFacts(out.String())
	if !complete {
		return facts, problem.New(instance.RemoteFailed, errNoAnswer,
			"what", "look", "exit", strconv.Itoa(r.Exit), "output", shell.Clean(r.Stderr, 1000))
	}
	if !facts.Clock.IsZero() {
		facts.ClockOffset = facts.Clock.Sub(out.when).Round(time.Second)
	}
	return facts, nil
}

// diskFolders are where the platforms keep their disks, and where those that
// are not known have them.
func diskFolders() []string {
	var folders []string
	for _, p := range rental.Platforms() {
		for _, d := range p.Disks {
			if !slices.Contains(folders, d.Path) {
				folders = append(folders, d.Path)
			}
		}
	}
	for _, folder := range []string{"/workspace", "/mnt", "/data"} {
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	return folders
}

// firstSeen notes when its first bytes came.
type firstSeen struct {
	bytes.Buffer
	when time.Time
}

func (f *firstSeen) Write(p []byte) (int, error) {
	if f.when.IsZero() {
		f.when = time.Now()
	}
	return f.Buffer.Write(p)
}

// parseFacts reads the answer of the look script: lines of a key, "=" and a
// value. It takes what it understands, and says whether the last line came.
func parseFacts(text string) (f instance.Facts, complete bool) {
	var l limits
	var b boot
	var says platformSays
	var driver string
	var probed []instance.GPU // what one Python found: nvidia-smi may be missing
	probedBy := 0
	var prefixes []string // of the Pythons: which of them are the same one
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if !ok {
			continue
		}
		value = strings.Join(strings.Fields(shell.Clean(value, maxFact)), " ")
		switch key {
		case "uname":
			f.OS = value
		case "hostname":
			f.Hostname = value
		case "user":
			f.User = value
		case "home":
			if path.IsAbs(value) {
				f.Home = path.Clean(value)
			}
		case "clock":
			if n := number(value); n > 0 && n < 1<<40 {
				f.Clock = time.Unix(n, 0)
			}
		case "practice":
			f.Practice = value == "rehearsal" || value == "real"
			f.Rehearsal = value == "rehearsal"
		case "variable":
			says.take(value)
		case "driver":
			driver = value
		case "shm-kib":
			if total, _, ok := shell.ParseDF(value); ok && total < math.MaxInt64/1024 {
				f.ShmBytes = total * 1024
			}
		case "gpu":
			if g, ok := parseGPU(value); ok && len(f.GPUs) < maxItems {
				f.GPUs = append(f.GPUs, g)
			}
		case "python-gpu":
			if len(probed) == 0 {
				probedBy = len(f.Pythons)
			}
			if g, ok := parseGPU(value + "," + driver); ok && len(f.Pythons) == probedBy && len(probed) < maxItems {
				probed = append(probed, g)
			}
		case "tool":
			if len(f.Tools) < maxItems && value != "" {
				f.Tools = append(f.Tools, value)
			}
		case "disk":
			if path.IsAbs(value) && len(f.Disks) < maxItems {
				f.Disks = append(f.Disks, instance.Disk{Path: value, FreeInodes: -1})
			}
		case "disk-kib", "disk-inodes", "disk-writable":
			if n := len(f.Disks); n > 0 {
				diskFact(&f.Disks[n-1], key, value)
			}
		case "python":
			if len(f.Pythons) < maxItems && path.IsAbs(value) {
				f.Pythons = append(f.Pythons, instance.Python{Path: value})
				prefixes = append(prefixes, "")
			}
		case "python-prefix":
			if n := len(prefixes); n > 0 {
				prefixes[n-1] = value
			}
		case "python-version", "python-torch", "python-cuda", "python-cuda-ready":
			if n := len(f.Pythons); n > 0 {
				pythonFact(&f.Pythons[n-1], key, value)
			}
		case "end":
			complete = value == "look"
		default:
			l.take(key, value)
			b.take(key, value)
		}
	}
	if len(f.GPUs) == 0 {
		f.GPUs = probed
	}
	f.Platform, f.Region, f.ID = says.best(f.Hostname)
	f.Boot, f.Uptime = b.best()
	f.Pythons = bestPythons(f.Pythons, prefixes)
	f.CPUs, f.MemoryMiB = l.best()
	return f, complete
}

func parseGPU(line string) (instance.GPU, bool) {
	fields := strings.Split(line, ",")
	if len(fields) < 3 {
		return instance.GPU{}, false
	}
	n := len(fields)
	memory := strings.TrimSpace(fields[n-2])
	g := instance.GPU{
		Name:      strings.TrimSpace(strings.Join(fields[:n-2], ",")),
		MemoryMiB: max(number(memory), 0),
		Driver:    strings.TrimSpace(fields[n-1]),
	}
	// A GPU that shares the machine's memory has none of its own: "[N/A]". What
	// is neither is a sentence about an error.
	return g, g.Name != "" && (g.MemoryMiB > 0 || strings.HasPrefix(memory, "["))
}

func diskFact(d *instance.Disk, key, value string) {
	switch key {
	case "disk-kib":
		if total, free, ok := shell.ParseDF(value); ok && total < math.MaxInt64/1024 && free < math.MaxInt64/1024 {
			d.TotalBytes, d.FreeBytes = total*1024, free*1024
		}
	case "disk-inodes":
		// File systems that make inodes as they need them say 0 of 0.
		if total, free, ok := shell.ParseDF(value); ok && total > 0 {
			d.FreeInodes = free
		}
	case "disk-writable":
		d.Writable = value == "yes"
	}
}

func pythonFact(p *instance.Python, key, value string) {
	switch key {
	case "python-version":
		p.Version = value
	case "python-torch":
		p.Torch = value
	case "python-cuda":
		p.CUDA = value
	case "python-cuda-ready":
		p.CUDAReady = value == "likely"
	}
}

// bestPythons leaves out those that did not start and those named twice, and
// puts first what can train: torch that sees a GPU, torch, then Python 3.
func bestPythons(list []instance.Python, prefixes []string) []instance.Python {
	var kept []instance.Python
	var seen []string
	for i, p := range list {
		id := prefixes[i] + " " + p.Version
		if p.Version == "" || prefixes[i] != "" && slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		kept = append(kept, p)
	}
	rank := func(p instance.Python) int {
		switch {
		case p.CUDAReady:
			return 0
		case p.Torch != "" && p.CUDA != "":
			return 1
		case p.Torch != "":
			return 2
		case strings.HasPrefix(p.Version, "2."):
			return 4
		}
		return 3
	}
	slices.SortStableFunc(kept, func(a, b instance.Python) int { return cmp.Compare(rank(a), rank(b)) })
	return kept
}

// number is s as a number, 0 if it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// errNoAnswer is why an answer of the instance could not be used.
var errNoAnswer = errors.New("the script's answer is not complete")
