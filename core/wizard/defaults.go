package wizard

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
)

// fill fills the defaults of this folder in; see effective.
func (p *Project) fill() *planfile.Plan {
	plan := p.plan
	for _, key := range planfile.Keys() {
		if plan.Given(key) {
			continue
		}
		if value := p.defaultOf(key); value != "" && plan.Get(key) != value {
			_ = plan.Default(key, value) // one that does not fit is none
		}
	}
	return &plan
}

// propose returns the default for a key; see defaultOf.
func (p *Project) propose(key string) string {
	switch key {
	case "platform":
		if host := p.loginHost(); host != "" {
			return rental.PlatformOf(host).ID
		}
		return "autodl"
	case "region":
		if r, ok := rental.RegionOf(p.loginHost()); ok {
			return r.Sign
		}
		return ""
	case "gpu":
		if best, ok := p.bestOffer(p.proposed()); ok {
			return best.GPU
		}
		return ""
	case "price.per_hour":
		if price := p.knownPrice(); price != "" {
			return price
		}
	case "price.currency":
		if platform, ok := rental.PlatformByID(p.proposed().Platform); ok {
			return platform.Currency
		}
	case "data":
		return first(dataChoices(p))
	case "classes":
		return p.record.Steps[journey.Check].Fact("class_names")
	case "name":
		if len(p.plan.Classes) > 0 {
			return plainName(p.plan.Classes[0])
		}
		if names := planfile.SplitList(p.record.Steps[journey.Check].Fact("class_names")); len(names) > 0 {
			return plainName(names[0])
		}
		return ""
	case "guard.after":
		return p.defaultAfter()
	case "code.folder":
		if p.plan.Code != (planfile.Code{}) || first(zipChoices(p)) != "" && first(codeChoices(p)) == "" {
			return ""
		}
		return first(codeChoices(p))
	case "code.zip":
		if p.plan.Code != (planfile.Code{}) || first(codeChoices(p)) != "" {
			return ""
		}
		return first(zipChoices(p))
	}
	fresh := planfile.New()
	return fresh.Get(key)
}

func first(choices []Choice) string {
	if len(choices) == 0 {
		return ""
	}
	return choices[0].Value
}

func plainName(class string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(class) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('_')
		}
	}
	if name := strings.Trim(b.String(), "-_"); name != "" {
		return name
	}
	return "dataset"
}

// maxLook bounds how many entries of a folder are looked at for a proposal.
const maxLook = 2000

// subfolders lists the folders below the project's own that may be the
// person's, in order of their names. What is in a project of its own, such as
// a rehearsal or a lesson, belongs to that one.
func (p *Project) subfolders() []string {
	var names []string
	for _, e := range someEntries(p.dir) {
		name := e.Name()
		ours := slices.Contains([]string{preparedFolder, resultFolder, rehearsalFolder}, name)
		if e.IsDir() && !strings.HasPrefix(name, ".") && !ours && !isProject(filepath.Join(p.dir, name)) {
			names = append(names, name)
		}
	}
	return names
}

func someEntries(dir string) []fs.DirEntry {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	entries, _ := f.ReadDir(maxLook)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

// dataChoices are the folders that look like labelled pictures: labels in them
// or up to two levels below; without any, the zips that are no code.
func dataChoices(p *Project) []Choice { return p.found("data", findData) }

func findData(p *Project) []Choice {
	var choices []Choice
	for _, name := range p.subfolders() {
		dir := filepath.Join(p.dir, name)
		if looksLabelled(dir, 2) && !looksLikeCode(os.DirFS(dir), ".") {
			choices = append(choices, Choice{Value: name})
		}
	}
	// The article's name comes first where there are several.
	slices.SortStableFunc(choices, func(a, b Choice) int {
		return bool2int(b.Value == "train_data") - bool2int(a.Value == "train_data")
	})
	if len(choices) == 0 {
		for _, e := range someEntries(p.dir) {
			if name := e.Name(); !e.IsDir() && isZip(name) && !strings.Contains(strings.ToLower(name), "yolo") {
				choices = append(choices, Choice{Value: name})
			}
		}
	}
	if len(choices) == 0 && looksLabelled(p.dir, 0) {
		choices = append(choices, Choice{Value: "."})
	}
	return choices
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}

func looksLabelled(dir string, depth int) bool {
	entries := someEntries(dir)
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		if !e.IsDir() && (ext == ".xml" || ext == ".json") || e.IsDir() && e.Name() == "labels" {
			return true
		}
	}
	for _, e := range entries {
		if depth > 0 && e.IsDir() && looksLabelled(filepath.Join(dir, e.Name()), depth-1) {
			return true
		}
	}
	return false
}

// codeChoices are the folders that look like YOLOv5: train.py beside models.
func codeChoices(p *Project) []Choice { return p.found("code", findCode) }

func findCode(p *Project) []Choice {
	var choices []Choice
	for _, name := range p.subfolders() {
		if looksLikeCode(os.DirFS(filepath.Join(p.dir, name)), ".") {
			choices = append(choices, Choice{Value: name})
		}
	}
	return choices
}

func looksLikeCode(code fs.FS, dir string) bool {
	at := func(name string) string {
		if dir == "." {
			return name
		}
		return dir + "/" + name
	}
	if _, err := fs.Stat(code, at("train.py")); err != nil {
		return false
	}
	info, err := fs.Stat(code, at("models"))
	return err == nil && info.IsDir()
}

func zipChoices(p *Project) []Choice { return p.found("zip", findZips) }

func findZips(p *Project) []Choice {
	var choices []Choice
	for _, e := range someEntries(p.dir) {
		name := e.Name()
		if !e.IsDir() && strings.EqualFold(filepath.Ext(name), ".zip") && strings.Contains(strings.ToLower(name), "yolo") {
			choices = append(choices, Choice{Value: name})
		}
	}
	return choices
}

func codeIsFolder(p *Project) bool {
	c := p.effective().Code
	return c.Zip == "" && c.Git == "" && c.Remote == ""
}

func needsSplit(p *Project) bool { return p.record.Steps[journey.Check].Fact("split") == "none" }

// weightChoices: weights that are here, from scratch, or whatever fits.
func weightChoices(p *Project) []Choice {
	choices := []Choice{{Value: "auto"}}
	for _, e := range someEntries(p.dir) {
		if !e.IsDir() && strings.EqualFold(filepath.Ext(e.Name()), ".pt") {
			choices = append(choices, Choice{Value: e.Name()})
		}
	}
	return append(choices, Choice{Value: ""})
}

func platformChoices(*Project) []Choice {
	var choices []Choice
	for _, pl := range rental.Platforms() {
		choices = append(choices, Choice{Value: pl.ID, Args: map[string]string{
			"name_zh": pl.Name.ZH, "name_en": pl.Name.EN,
		}})
	}
	return choices
}

func (p *Project) platform() (rental.Platform, bool) {
	return rental.PlatformByID(p.effective().Platform)
}

func regionChoices(p *Project) []Choice {
	pl, _ := p.platform()
	var choices []Choice
	for _, r := range pl.Regions {
		choices = append(choices, Choice{Value: r.Sign, Args: map[string]string{
			"name_zh": r.Name.ZH, "name_en": r.Name.EN, "with": strings.Join(pl.Sharing(r)[1:], ", "),
		}})
	}
	return choices
}

// priceChoices are the prices seen on the platform, with the GPU's name; where
// the GPU is chosen and its price known, that one.
func priceChoices(p *Project) []Choice {
	pl, _ := p.platform()
	plan := p.effective()
	var choices []Choice
	for _, price := range pl.Prices {
		choice := Choice{Value: price.PerHour, Args: map[string]string{
			"gpu": price.GPU, "currency": pl.Currency, "date": price.Seen,
		}}
		if rental.SameGPU(price.GPU, plan.GPU) {
			choice.Value = p.knownPrice()
			return []Choice{choice}
		}
		choices = append(choices, choice)
	}
	return choices
}
