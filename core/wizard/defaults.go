package wizard

import (
	"io/fs"
	"os"
	"path"
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
	case "code.folder", "code.zip":
		if p.plan.Code != (planfile.Code{}) {
			return ""
		}
		return p.nearestCode(key)
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

// subfolders lists the folders in a folder that may be the person's, in order
// of their names. What is in a project of its own, such as a rehearsal or a
// lesson, belongs to that one.
func subfolders(dir string) []string {
	var names []string
	for _, e := range someEntries(dir) {
		name := e.Name()
		ours := slices.Contains([]string{preparedFolder, resultFolder, rehearsalFolder}, name)
		if e.IsDir() && !strings.HasPrefix(name, ".") && !ours && !isProject(filepath.Join(dir, name)) {
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
// or up to two levels below; without any, the zips that are no code. Where all
// are parts of one data set, such as train and test, it is the folder itself.
func dataChoices(p *Project) []Choice { return p.found("data", findData) }

func findData(p *Project) []Choice {
	var choices []Choice
	for _, name := range subfolders(p.dir) {
		dir := filepath.Join(p.dir, name)
		if looksLabelled(dir, 2) && !looksLikeCode(os.DirFS(dir), ".") {
			choices = append(choices, Choice{Value: name})
		}
	}
	if len(choices) > 0 && !slices.ContainsFunc(choices, func(c Choice) bool { return !isPart(c.Value) }) {
		return []Choice{{Value: "."}}
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
func codeChoices(p *Project) []Choice {
	return p.found("code", func(p *Project) []Choice { return p.nearby(codeIn) })
}

func codeIn(dir string) []string {
	return slices.DeleteFunc(subfolders(dir), func(name string) bool {
		return !looksLikeCode(os.DirFS(filepath.Join(dir, name)), ".")
	})
}

// nearby are the things of a kind in the project's folder, and then those in
// the folder around the data where that is another: what goes with two sets of
// pictures lies beside them, and the second has its project inside itself.
func (p *Project) nearby(in func(dir string) []string) []Choice {
	var choices []Choice
	for _, name := range in(p.dir) {
		choices = append(choices, Choice{Value: name})
	}
	around := p.aroundData()
	if around == "" || around == p.dir {
		return choices
	}
	from := filepath.ToSlash(around)
	if r, err := filepath.Rel(p.dir, around); err == nil && (r == ".." || filepath.IsLocal(r)) {
		from = filepath.ToSlash(r)
	}
	for _, name := range in(around) {
		choices = append(choices, Choice{Value: path.Join(from, name), Args: map[string]string{besideData: around}})
	}
	return choices
}

// besideData is the detail of a choice that was found beside the data: the
// folder in which it lies.
const besideData = "beside"

// aroundData is the folder that the data lie in, or "" without data.
func (p *Project) aroundData() string {
	data := p.plan.Data
	if data == "" {
		data = first(dataChoices(p))
	}
	if data == "" {
		return ""
	}
	return filepath.Dir(p.path(data))
}

// nearestCode is the code to propose, if it is of the kind that the key is for:
// what is in the project comes before what lies beside its data, and a folder
// before a zip.
func (p *Project) nearestCode(key string) string {
	folders, zips := codeChoices(p), zipChoices(p)
	for _, beside := range []bool{false, true} {
		in := func(c Choice) bool { return (c.Args[besideData] != "") == beside }
		if at := slices.IndexFunc(folders, in); at >= 0 {
			if key == "code.folder" {
				return folders[at].Value
			}
			return ""
		}
		if at := slices.IndexFunc(zips, in); at >= 0 {
			if key == "code.zip" {
				return zips[at].Value
			}
			return ""
		}
	}
	return ""
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

func zipChoices(p *Project) []Choice {
	return p.found("zip", func(p *Project) []Choice { return p.nearby(zipsIn) })
}

func zipsIn(dir string) []string {
	var names []string
	for _, e := range someEntries(dir) {
		if name := e.Name(); !e.IsDir() && isZip(name) && strings.Contains(strings.ToLower(name), "yolo") {
			names = append(names, name)
		}
	}
	return names
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
