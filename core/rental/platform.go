package rental

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	Kept     *Kept    `yaml:"kept"`
	API      *API     `yaml:"api"`
	Traps    []Text   `yaml:"traps"` // of its instances, in plain words
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

// DataDisks are the folders of the disks that an instance is quick on and people
// put their things on, the first choice first.
func (p Platform) DataDisks() []string {
	var list []string
	for _, d := range p.Disks {
		if d.Fast && d.Path != "/" {
			list = append(list, d.Path)
		}
	}
	return list
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
	PerHour   string   `yaml:"per_hour"`
	CPUs      float64  `yaml:"cpus"` // what an instance in that mode has
	MemoryMiB int64    `yaml:"memory_mib"`
	Sure      Sureness `yaml:"sure"`
	Note      Text     `yaml:"note"`
}

// Kept is for how long a stopped instance, or its disk, is kept.
type Kept struct {
	Days int      `yaml:"days"`
	Sure Sureness `yaml:"sure"`
	Note Text     `yaml:"note"`
}

// API is the interface that the platform has for programs.
type API struct {
	Variable string   `yaml:"variable"` // of the environment, for the developer token
	Seen     string   `yaml:"seen"`
	Sure     Sureness `yaml:"sure"`
	Note     Text     `yaml:"note"` // where the token is found, and what it reaches
}

// Stop is how to end the billing.
type Stop struct {
	Command string `yaml:"command"` // a line of shell on the instance; "" if only the panel can
	// Releases is whether the command gives the instance back, with every disk
	// that does not outlive it.
	Releases bool     `yaml:"releases"`
	Sure     Sureness `yaml:"sure"`
	Note     Text     `yaml:"note"`
}

// Howto tells how to log in.
type Howto struct {
	Example string `yaml:"example"`
	KeyOnly bool   `yaml:"key_only"`
	// OwnPort is whether every instance has a port of its own at a host that
	// many share: without it, a login leads to another machine.
	OwnPort bool `yaml:"own_port"`
	Note    Text `yaml:"note"`
}

// Platforms returns what is known of the platforms.
func Platforms() []Platform { return Known().Platforms }

func (p *Platform) check() *fault {
	p.hosts = nil
	if p.Name.ZH == "" || p.Name.EN == "" || p.Seen == "" || p.Source == "" {
		return &fault{what: "name, seen, source"}
	}
	for _, pattern := range p.Hosts {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return &fault{at: []string{"hosts"}, what: "hosts", err: err}
		}
		p.hosts = append(p.hosts, re)
	}
	signs := map[string]bool{}
	for i, r := range p.Regions {
		at := []string{"regions", either(r.Sign, strconv.Itoa(i))}
		for _, sign := range r.signs() {
			if sign == "" || signs[sign] {
				return &fault{at: at, what: "region " + sign}
			}
			signs[sign] = true
		}
		for _, host := range r.Hosts {
			if !validHost(host) || !p.matches(host) {
				return &fault{at: append(at, "hosts"), what: "region " + r.Sign + ": hosts"}
			}
		}
	}
	for i, d := range p.Disks {
		if !strings.HasPrefix(d.Path, "/") {
			return &fault{at: []string{"disks", either(d.Path, strconv.Itoa(i))}, what: "disk " + d.Path}
		}
	}
	for i, price := range p.Prices {
		at := []string{"prices", either(price.GPU, strconv.Itoa(i))}
		if price.GPU == "" || price.Seen == "" {
			return &fault{at: at, what: "price: gpu, seen"}
		}
		if f := p.amount(price.PerHour, "price of "+price.GPU, append(at, "per_hour")...); f != nil {
			return f
		}
	}
	if p.Voucher != nil {
		if f := p.amount(p.Voucher.Amount, "voucher", "voucher", "amount"); f != nil {
			return f
		}
	}
	if p.NoGPU != nil {
		if f := p.amount(p.NoGPU.PerHour, "no_gpu_mode", "no_gpu_mode", "per_hour"); f != nil {
			return f
		}
	}
	if p.API != nil && !variableName.MatchString(p.API.Variable) {
		return &fault{at: []string{"api", "variable"}, what: "api: variable"}
	}
	return nil
}

var variableName = regexp.MustCompile(`^GPUWIZARD_TOKEN_[A-Z0-9_]+$`)

func (p *Platform) amount(s, what string, at ...string) *fault {
	if _, err := ParseMoney(s, p.Currency); err != nil {
		return &fault{at: at, what: what, err: err}
	}
	return nil
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
	for _, p := range Platforms() {
		if p.ID == id {
			return p, true
		}
	}
	return Platform{}, false
}

// PlatformOf returns the platform that an SSH host belongs to, or the platform
// "any": addresses in digits belong to none.
func PlatformOf(host string) Platform {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, p := range Platforms() {
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
		if slices.Contains(r.Hosts, host) {
			return r, true
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

// Colocation says whether two regions see the same storage.
type Colocation string

// The answers of SameRegion.
const (
	Together Colocation = "together" // an instance in one sees the disks of the other
	Apart    Colocation = "apart"    // it does not
	Unknown  Colocation = "unknown"  // same place, but nothing says that they share storage
)

// Sharing lists the signs of the regions whose instances see the disks of r, its
// own first.
func (p Platform) Sharing(r Region) []string {
	signs := r.signs()
	for _, other := range p.Regions {
		if other.Sign != r.Sign && SameRegion(r, other) == Together {
			signs = append(signs, other.signs()...)
		}
	}
	return signs
}

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
