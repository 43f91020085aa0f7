package rental

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
)

// Text is a text for people in the two languages of the program.
type Text struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Sureness says how far a fact is to be trusted; a doubtful one is to be
// worded as doubtful.
type Sureness string

// The degrees of sureness.
const (
	Sure     Sureness = "yes"      // from the platform's own text, or measured
	Likely   Sureness = "likely"   // from one good second-hand source
	Doubtful Sureness = "doubtful" // weak
)

// A Platform rents out GPUs.
type Platform struct {
	ID       string   `yaml:"id"` // as in the plan: autodl, any, practice, ...
	Name     Text     `yaml:"name"`
	Web      string   `yaml:"web"`
	Seen     string   `yaml:"seen"` // year and month of these facts
	Source   string   `yaml:"source"`
	Currency string   `yaml:"currency"`
	Hosts    []string `yaml:"hosts"` // regular expressions for its SSH hosts
	Regions  []Region `yaml:"regions"`
	Disks    []Disk   `yaml:"disks"`  // best for data first
	Prices   []Price  `yaml:"prices"` // seen, per GPU and hour
	Voucher  *Voucher `yaml:"voucher"`
	NoGPU    *NoGPU   `yaml:"no_gpu_mode"`
	Stop     Stop     `yaml:"stop"`
	Login    Howto    `yaml:"login"`

	hosts []*regexp.Regexp
}

// A Region is a part of a platform whose instances share disks.
type Region struct {
	Sign       string   `yaml:"sign"` // the platform's short name
	Also       []string `yaml:"also"` // signs that the same host and storage serve
	Name       Text     `yaml:"name"`
	Hosts      []string `yaml:"hosts"` // SSH hosts, in full
	DataCentre string   `yaml:"data_centre"`
	Storage    string   `yaml:"storage"` // name of a storage shared with other regions
	Sure       Sureness `yaml:"sure"`
}

// A Disk of a platform's instances.
type Disk struct {
	Path        string   `yaml:"path"`
	Use         string   `yaml:"use"`          // data, results, public or system
	RegionBound bool     `yaml:"region_bound"` // seen by instances of one region only
	Fast        bool     `yaml:"fast"`
	ReadOnly    bool     `yaml:"read_only"`
	Stopped     string   `yaml:"stopped"`  // what becomes of it when the instance is stopped
	Released    string   `yaml:"released"` // and when it is released
	SizeGB      int      `yaml:"size_gb"`
	FreeGB      int      `yaml:"free_gb"` // without charge
	QuotaGB     int      `yaml:"quota_gb"`
	Inodes      int      `yaml:"inodes"` // limit of files; 0 if none is known
	Sure        Sureness `yaml:"sure"`
	Note        Text     `yaml:"note"`
}

// Persistent reports whether the disk outlives the instance.
func (d Disk) Persistent() bool { return d.Released == "kept" }

// A Price of a GPU that was seen, in the platform's currency.
type Price struct {
	GPU     string   `yaml:"gpu"`
	PerHour string   `yaml:"per_hour"`
	Seen    string   `yaml:"seen"`
	Sure    Sureness `yaml:"sure"`
}

// A Voucher is money that a new account was seen to get.
type Voucher struct {
	Amount string   `yaml:"amount"`
	Seen   string   `yaml:"seen"`
	Sure   Sureness `yaml:"sure"`
	Source string   `yaml:"source"`
}

// NoGPU is a cheap mode without a GPU, for upload and preparation.
type NoGPU struct {
	PerHour string   `yaml:"per_hour"`
	Sure    Sureness `yaml:"sure"`
}

// Stop is how to end the billing.
type Stop struct {
	Command string   `yaml:"command"` // on the instance; "" if only the panel can
	Sure    Sureness `yaml:"sure"`
	Note    Text     `yaml:"note"`
}

// Howto tells how to log in.
type Howto struct {
	Example string `yaml:"example"`
	KeyOnly bool   `yaml:"key_only"`
	Note    Text   `yaml:"note"`
}

const maxPlatforms = 1 << 20

// Platforms returns what is known of the platforms. The slice and what it
// points to are shared: they must not be changed.
func Platforms() ([]Platform, error) { return loadPlatforms() }

var loadPlatforms = sync.OnceValues(func() ([]Platform, error) {
	return ParsePlatforms(assets.PlatformsYAML)
})

// ParsePlatforms reads platform data. Unknown keys, missing or repeated names
// and amounts that are none are errors.
func ParsePlatforms(data []byte) ([]Platform, error) {
	if len(data) > maxPlatforms {
		return nil, broken(1, "size", nil)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var file struct {
		Version   int        `yaml:"version"`
		Platforms []Platform `yaml:"platforms"`
	}
	if err := decoder.Decode(&file); err != nil {
		return nil, broken(errorLine(err), "yaml", err)
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, broken(errorLine(err), "yaml", err)
	}
	if file.Version != 1 {
		return nil, broken(1, "version", nil)
	}
	ids := map[string]bool{}
	for i := range file.Platforms {
		p := &file.Platforms[i]
		if p.ID == "" || ids[p.ID] {
			return nil, broken(1, "platform "+strconv.Itoa(i+1), nil)
		}
		ids[p.ID] = true
		if what, err := p.check(); err != nil || what != "" {
			return nil, broken(1, p.ID+": "+what, err)
		}
	}
	return file.Platforms, nil
}

func (p *Platform) check() (what string, err error) {
	if p.Name.ZH == "" || p.Name.EN == "" || p.Seen == "" || p.Source == "" {
		return "name, seen, source", nil
	}
	for _, pattern := range p.Hosts {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return "hosts", err
		}
		p.hosts = append(p.hosts, re)
	}
	signs := map[string]bool{}
	for _, r := range p.Regions {
		for _, sign := range r.signs() {
			if sign == "" || signs[sign] {
				return "region " + sign, nil
			}
			signs[sign] = true
		}
		for _, host := range r.Hosts {
			if !validHost(host) || !p.matches(host) {
				return "region " + r.Sign + ": host", nil
			}
		}
	}
	for _, price := range p.Prices {
		if _, err := ParseMoney(price.PerHour, p.Currency); err != nil || price.Seen == "" {
			return "price of " + price.GPU, err
		}
	}
	if p.Voucher != nil {
		if _, err := ParseMoney(p.Voucher.Amount, p.Currency); err != nil {
			return "voucher", err
		}
	}
	if p.NoGPU != nil {
		if _, err := ParseMoney(p.NoGPU.PerHour, p.Currency); err != nil {
			return "no_gpu_mode", err
		}
	}
	return "", nil
}

func broken(line int, what string, cause error) error {
	return problem.New(PlatformsBroken, cause, "what", what).AtLine(line)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func errorLine(err error) int {
	if err == nil {
		return 1
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

func (p *Platform) matches(host string) bool {
	for _, re := range p.hosts {
		if re.MatchString(host) {
			return true
		}
	}
	return false
}

func (r Region) signs() []string { return append([]string{r.Sign}, r.Also...) }

// PlatformByID returns the platform that a plan names.
func PlatformByID(id string) (Platform, bool) {
	all, _ := Platforms()
	for _, p := range all {
		if p.ID == id {
			return p, true
		}
	}
	return Platform{}, false
}

// PlatformOf returns the platform that an SSH host belongs to, or the platform
// "any": addresses in digits belong to none.
func PlatformOf(host string) Platform {
	all, _ := Platforms()
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, p := range all {
		if p.matches(host) {
			return p
		}
	}
	p, _ := PlatformByID("any")
	return p
}

// RegionOf returns the region that an SSH host serves. AutoDL's names drift:
// what the instance says of itself counts more.
func RegionOf(host string) (Region, bool) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, r := range PlatformOf(host).Regions {
		for _, h := range r.Hosts {
			if h == host {
				return r, true
			}
		}
	}
	return Region{}, false
}

// RegionBySign returns the region that the platform calls sign, in any case.
func (p Platform) RegionBySign(sign string) (Region, bool) {
	for _, r := range p.Regions {
		for _, s := range r.signs() {
			if strings.EqualFold(s, sign) {
				return r, true
			}
		}
	}
	return Region{}, false
}

// Price returns the price per hour that was seen for a GPU, as nvidia-smi
// names it ("NVIDIA GeForce RTX 4090"), or false.
func (p Platform) Price(gpu string) (Money, Price, bool) {
	name := plainGPU(gpu)
	for _, price := range p.Prices {
		if plainGPU(price.GPU) == name {
			m, err := ParseMoney(price.PerHour, p.Currency)
			return m, price, err == nil
		}
	}
	return Money{}, Price{}, false
}

var gpuNoise = regexp.MustCompile(`(?i)nvidia|geforce|tesla|rtx|pcie|sxm\d*|\d+gb\b|[\s-]`)

func plainGPU(name string) string {
	return strings.ToLower(gpuNoise.ReplaceAllString(name, ""))
}

// Colocation says whether two regions see the same storage.
type Colocation string

// The answers of SameRegion.
const (
	Together Colocation = "together" // an instance in one sees the disks of the other
	Apart    Colocation = "apart"    // it does not
	Unknown  Colocation = "unknown"  // same place, but nothing says that they share storage
)

// SameRegion tells whether an instance in region a sees the disks of region b.
func SameRegion(a, b Region) Colocation {
	switch {
	case a.Sign == "" || b.Sign == "":
		return Unknown
	case a.Sign == b.Sign, a.Storage != "" && a.Storage == b.Storage:
		return Together
	case a.DataCentre != "" && a.DataCentre == b.DataCentre, a.Name.ZH == b.Name.ZH:
		return Unknown
	}
	return Apart
}
