package remote

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/shell"
)

const (
	maxLook  = 256 << 10 // bytes of answer
	maxFact  = 512       // bytes of one value
	maxItems = 64        // GPUs, Pythons, disks, tools
)

// Look asks what the instance is and has; see wizard.Instance.
func (i *Instance) Look(ctx context.Context) (wizard.Facts, error) {
	var out bytes.Buffer
	r, err := host{i}.Run(ctx, shell.Command{
		Script: assets.LookScript,
		Args:   []string{assets.PythonProbe},
		Output: shell.Limit(&out, maxLook),
	})
	if err != nil {
		return wizard.Facts{}, err
	}
	facts, complete := parseFacts(out.String())
	if !complete {
		return facts, problem.New(wizard.RemoteFailed, errNoAnswer,
			"what", "look", "exit", strconv.Itoa(r.Exit), "output", shell.Clean(r.Stderr, 1000))
	}
	return facts, nil
}

// limits of a container, as far as they are known.
type limits struct {
	quota, period float64 // cgroup v1
	cpus          float64
	nproc         float64
	memory, host  int64 // bytes; 0 is unknown
}

// parseFacts reads the answer of the look script: lines of a key, "=" and a
// value. It takes what it understands, and says whether the last line came.
func parseFacts(text string) (f wizard.Facts, complete bool) {
	var l limits
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
		case "region":
			f.Region = value
		case "gpu":
			if g, ok := parseGPU(value); ok && len(f.GPUs) < maxItems {
				f.GPUs = append(f.GPUs, g)
			}
		case "tool":
			if len(f.Tools) < maxItems && value != "" {
				f.Tools = append(f.Tools, value)
			}
		case "disk":
			if path.IsAbs(value) && len(f.Disks) < maxItems {
				f.Disks = append(f.Disks, wizard.Disk{Path: value, FreeInodes: -1})
			}
		case "disk-kib", "disk-inodes", "disk-writable":
			if n := len(f.Disks); n > 0 {
				diskFact(&f.Disks[n-1], key, value)
			}
		case "python":
			if len(f.Pythons) < maxItems && path.IsAbs(value) {
				f.Pythons = append(f.Pythons, wizard.Python{Path: value})
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
		}
	}
	f.Pythons = bestPythons(f.Pythons, prefixes)
	f.CPUs, f.MemoryMiB = l.best()
	return f, complete
}

func parseGPU(line string) (wizard.GPU, bool) {
	fields := strings.Split(line, ",")
	if len(fields) < 3 {
		return wizard.GPU{}, false
	}
	n := len(fields)
	memory := number(strings.TrimSpace(fields[n-2]))
	g := wizard.GPU{
		Name:      strings.TrimSpace(strings.Join(fields[:n-2], ",")),
		MemoryMiB: max(memory, 0),
		Driver:    strings.TrimSpace(fields[n-1]),
	}
	return g, g.Name != ""
}

func diskFact(d *wizard.Disk, key, value string) {
	switch key {
	case "disk-kib":
		if _, free, ok := shell.ParseDF(value); ok && free < math.MaxInt64/1024 {
			d.FreeBytes = free * 1024
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

func pythonFact(p *wizard.Python, key, value string) {
	switch key {
	case "python-version":
		p.Version = value
	case "python-torch":
		p.Torch = value
	case "python-cuda":
		p.CUDA = value
	case "python-cuda-ready":
		p.CUDAReady = value == "yes"
	}
}

// bestPythons leaves out those that did not start and those named twice, and
// puts first what can train: torch that sees a GPU, torch, then Python 3.
func bestPythons(list []wizard.Python, prefixes []string) []wizard.Python {
	var kept []wizard.Python
	var seen []string
	for i, p := range list {
		id := prefixes[i] + " " + p.Version
		if p.Version == "" || prefixes[i] != "" && slices.Contains(seen, id) {
			continue
		}
		seen = append(seen, id)
		kept = append(kept, p)
	}
	rank := func(p wizard.Python) int {
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
	slices.SortStableFunc(kept, func(a, b wizard.Python) int { return cmp.Compare(rank(a), rank(b)) })
	return kept
}

func (l *limits) take(key, value string) {
	switch key {
	case "nproc":
		l.nproc = float64(number(value))
	case "cgroup2-cpu": // "max 100000" or "50000 100000"
		quota, period, _ := strings.Cut(value, " ")
		if q, p := number(quota), number(period); q > 0 && p > 0 {
			l.cpus = float64(q) / float64(p)
		}
	case "cgroup1-quota": // -1 is without limit
		l.quota = float64(number(value))
	case "cgroup1-period":
		l.period = float64(number(value))
	case "cgroup2-memory", "cgroup1-memory":
		if n := number(value); n > 0 {
			l.memory = n
		}
	case "meminfo": // "MemTotal:       16384000 kB"
		if fields := strings.Fields(value); len(fields) >= 2 {
			if n := number(fields[1]); n > 0 && n < math.MaxInt64/1024 {
				l.host = n * 1024
			}
		}
	}
}

// best is the container's limit where it is one: cgroup v1 says a huge number
// for none.
func (l *limits) best() (cpus float64, memoryMiB int64) {
	cpus = l.cpus
	if cpus == 0 && l.quota > 0 && l.period > 0 {
		cpus = l.quota / l.period
	}
	if cpus == 0 || l.nproc > 0 && l.nproc < cpus {
		cpus = max(l.nproc, 0)
	}
	memory := l.memory
	if l.host > 0 && (memory == 0 || memory > l.host) || memory >= 1<<60 {
		memory = l.host
	}
	return cpus, memory >> 20
}

// number is s as a number, 0 if it is none.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
