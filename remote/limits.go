package remote

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// limits of a container, as far as they are known: those of its control group
// and of all above it, of which the smallest holds.
type limits struct {
	quota float64 // cgroup v1, until its period comes
	cpus  float64
	nproc float64
	// bytes; 0 is unknown
	memory, host int64
}

func (l *limits) take(key, value string) {
	switch key {
	case "nproc":
		l.nproc = float64(number(value))
	case "cgroup2-cpu": // "max 100000" or "50000 100000"
		quota, period, _ := strings.Cut(value, " ")
		l.limitCPUs(float64(number(quota)), float64(number(period)))
	case "cgroup1-quota": // -1 is without limit
		l.quota = float64(number(value))
	case "cgroup1-period":
		l.limitCPUs(l.quota, float64(number(value)))
		l.quota = 0
	case "cgroup2-memory", "cgroup1-memory":
		// Version 1 says a huge number for none.
		if n := number(value); n > 0 && n < 1<<60 && (l.memory == 0 || n < l.memory) {
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

func (l *limits) limitCPUs(quota, period float64) {
	if quota > 0 && period > 0 && (l.cpus == 0 || quota/period < l.cpus) {
		l.cpus = quota / period
	}
}

// best is the container's limit where it is one, else the host's.
func (l *limits) best() (cpus float64, memoryMiB int64) {
	cpus = l.cpus
	if cpus == 0 || l.nproc > 0 && l.nproc < cpus {
		cpus = max(l.nproc, 0)
	}
	memory := l.memory
	if memory == 0 || l.host > 0 && memory > l.host {
		memory = l.host
	}
	return cpus, memory >> 20
}

// boot is which start of the machine this is.
type boot struct {
	id     string
	first  string // when the first process began, in ticks since the host's boot
	uptime float64
	ticks  float64 // a second
}

func (b *boot) take(key, value string) {
	switch key {
	case "boot":
		b.id = value
	case "first-process": // /proc/1/stat: the name may hold blanks and brackets
		fields := strings.Fields(value[strings.LastIndexByte(value, ')')+1:])
		const began = 19 // the 22nd field, after three
		if len(fields) > began && number(fields[began]) >= 0 {
			b.first = fields[began]
		}
	case "uptime":
		first, _, _ := strings.Cut(value, " ")
		if s, err := strconv.ParseFloat(first, 64); err == nil && s > 0 && s < 1e10 {
			b.uptime = s
		}
	case "ticks":
		b.ticks = float64(number(value))
	}
}

func (b *boot) best() (name string, uptime time.Duration) {
	if b.ticks <= 0 {
		b.ticks = 100
	}
	seconds := b.uptime
	if ago := b.uptime - float64(number(b.first))/b.ticks; b.first != "" && ago >= 0 {
		seconds = ago
	}
	if b.id != "" || b.first != "" {
		name = b.id + "/" + b.first
	}
	return name, time.Duration(seconds * float64(time.Second)).Round(time.Second)
}

// platformSays is what a platform's variables say of the instance.
type platformSays map[string]string

func (p *platformSays) take(variable string) {
	name, value, _ := strings.Cut(variable, "=")
	if *p == nil {
		*p = platformSays{}
	}
	if value != "" && len(*p) < maxItems {
		(*p)[name] = value
	}
}

// autodlHost is how AutoDL calls its containers.
const autodlHost = "autodl-container-"

func (p platformSays) best(hostname string) (platform, region, id string) {
	id, isAutoDL := strings.CutPrefix(hostname, autodlHost)
	switch {
	case p["AutoDLContainerUUID"] != "":
		return "autodl", p["AutoDLRegion"], p["AutoDLContainerUUID"]
	case isAutoDL:
		return "autodl", p["AutoDLRegion"], id
	case p["AutoDLRegion"] != "":
		return "autodl", p["AutoDLRegion"], ""
	case p["RUNPOD_POD_ID"] != "":
		return "runpod", p["RUNPOD_DC_ID"], p["RUNPOD_POD_ID"]
	case p["VAST_CONTAINERLABEL"] != "":
		// Others may call a variable CONTAINER_ID.
		if id := p["CONTAINER_ID"]; id != "" {
			return "vast", "", id
		}
		return "vast", "", strings.TrimPrefix(p["VAST_CONTAINERLABEL"], "C.")
	}
	return "", "", ""
}
