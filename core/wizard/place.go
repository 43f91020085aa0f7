package wizard

import (
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/rental"
)

// The notes about an instance that is another than the plan says.
const (
	NoteOtherPlatform NoteCode = "other-platform" // want, got
	NoteOtherRegion   NoteCode = "other-region"   // want, got, sees (together, apart, unknown: whether it sees the disk there)
	NoteOtherPrice    NoteCode = "other-price"    // platform, want, got (by its interface)
	NoteOtherGPU      NoteCode = "other-gpu"      // want, got, price (of got, if it was seen)
	// NoteDisk: path, free (bytes), doubt, note_zh, note_en. A disk that is there, and
	// what becomes of what lies on it.
	NoteDisk      NoteCode = "disk"
	NoteNoStorage NoteCode = "no-storage" // platform, paths: the disks that outlive the instance are not there
)

// tellPlace compares what the instance says of itself with the plan: a region
// whose disk is elsewhere, a GPU with another price.
func (w *work) tellPlace() {
	if w.Practice() || w.facts.Practice {
		return
	}
	platform, _ := w.platform()
	// What the login line shows was told before.
	login, _ := ReadLogin(w.plan.Login)
	byHost, _ := rental.RegionOf(login.Host)
	if got := w.facts.Platform; got != "" && got != platform.ID && platform.ID != "" {
		if rental.PlatformOf(login.Host).ID != got {
			w.note(NoteOtherPlatform, "want", platform.ID, "got", got)
		}
		return
	}
	if want, got := w.plan.Region, w.facts.Region; want != "" && got != "" && !strings.EqualFold(want, got) && !strings.EqualFold(byHost.Sign, got) {
		here, _ := platform.RegionBySign(got)
		there, _ := platform.RegionBySign(want)
		if here.Sign != there.Sign || here.Sign == "" {
			w.note(NoteOtherRegion, "want", want, "got", clean.Line(got), "sees", string(rental.SameRegion(here, there)))
		}
	}
	if len(w.facts.GPUs) > 0 && w.plan.GPU != "" {
		if got := clean.Line(w.facts.GPUs[0].Name); !rental.SameGPU(got, w.plan.GPU) {
			price := ""
			if m, _, ok := platform.Price(got); ok {
				price = m.String()
			}
			w.note(NoteOtherGPU, "want", w.plan.GPU, "got", got, "price", price)
		}
	}
	w.tellStorageMissing(platform)
}

// tellPrice compares the plan's price with what the platform's interface says
// of this very instance.
func (w *work) tellPrice() {
	power := w.powerSwitch()
	terms, err := termsOf(w.plan)
	if power == nil || err != nil || w.noGPUMode() {
		return // of no-GPU mode it may tell either price
	}
	rented, err := w.rented(power)
	if err != nil || rented.PerHour.IsZero() {
		return // it is told elsewhere that the interface cannot be used
	}
	if differs, err := rented.PerHour.Compare(terms.PerHour); terms.PerHour.IsZero() || err != nil || differs != 0 {
		w.note(NoteOtherPrice, "platform", w.plan.Platform, "want", known(terms.PerHour), "got", rented.PerHour.String())
	}
}

// tellDisks tells what the platform's disks are that were found: what stays on
// them when the instance is stopped, and when it is gone.
func (w *work) tellDisks() {
	platform, _ := w.platform()
	for _, d := range platform.Disks {
		at := slices.IndexFunc(w.facts.Disks, func(f instance.Disk) bool { return f.Path == d.Path })
		if at < 0 || d.ReadOnly || w.Practice() || w.facts.Practice {
			continue
		}
		doubt := ""
		if d.Sure == rental.Doubtful {
			doubt = "doubtful"
		}
		w.note(NoteDisk, "path", d.Path, "free", strconv.FormatInt(w.facts.Disks[at].FreeBytes, 10), "doubt", doubt, "note_zh", d.Note.ZH, "note_en", d.Note.EN)
	}
}

// tellStorageMissing tells that none of the disks is there that outlive the
// instance: results on its own disk are lost with it.
func (w *work) tellStorageMissing(platform rental.Platform) {
	var paths []string
	for _, d := range platform.Disks {
		if !d.RegionBound || !d.Persistent() {
			continue
		}
		if slices.ContainsFunc(w.facts.Disks, func(f instance.Disk) bool { return f.Path == d.Path }) {
			return
		}
		paths = append(paths, d.Path)
	}
	if len(paths) > 0 && len(w.facts.Disks) > 0 {
		w.note(NoteNoStorage, "platform", platform.ID, "paths", strings.Join(paths, ", "))
	}
}
