package planfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/journey"
)

// A field is one key of the plan: how its value is read, checked and shown.
type field struct {
	key     string
	step    journey.Step // the step whose answer it is
	allowed string       // what is allowed, for messages: values or an example
	list    bool
	number  bool
	get     func(*Plan) string
	set     func(*Plan, string) error
	setList func(*Plan, []string) error
}

// planFields in the order in which a new file lists them.
var planFields = append([]*field{
	text("name", journey.Classes, "a-z, 0-9, - _ (person)", func(p *Plan) *string { return &p.Name }, CheckName),
	text("platform", journey.Region, "", func(p *Plan) *string { return &p.Platform }, checkPlatform),
	text("region", journey.Region, "nm-B1", func(p *Plan) *string { return &p.Region }, checkLine),
	text("gpu", journey.Region, "RTX 4090", func(p *Plan) *string { return &p.GPU }, checkLine),
	integer("gpu_count", journey.Region, 1, 64, func(p *Plan) *int { return &p.GPUCount }),
	text("login", journey.Upload, "ssh -p 10309 root@connect.nmb1.seetacloud.com", func(p *Plan) *string { return &p.Login }, checkLogin),
	text("instance", journey.Upload, "pro-76419909953e", func(p *Plan) *string { return &p.Instance }, checkInstance),
	text("host_key", journey.Upload, "SHA256:...", func(p *Plan) *string { return &p.HostKey }, checkFingerprint),
	text("remember", journey.Upload, "ask, key, keyring, no", func(p *Plan) *string { return &p.Remember }, oneOf("ask", "key", "keyring", "no")),
	text("data", journey.Check, "train_data", func(p *Plan) *string { return &p.Data }, checkLine),
	classList(),
	text("code.folder", journey.Classes, "yolov5_code", func(p *Plan) *string { return &p.Code.Folder }, checkLine),
	text("code.zip", journey.Classes, "yolov5_code.zip", func(p *Plan) *string { return &p.Code.Zip }, checkLine),
	text("code.git", journey.Classes, "https://host/owner/yolov5#v7.0", func(p *Plan) *string { return &p.Code.Git }, checkGit),
	text("code.remote", journey.Classes, "/root/yolov5", func(p *Plan) *string { return &p.Code.Remote }, checkRemote),
	text("model", journey.Classes, "yolov5n, yolov5s, yolov5m, yolov5l, yolov5x", func(p *Plan) *string { return &p.Model }, checkModel),
	text("weights", journey.Classes, `auto, yolov5n.pt, ""`, func(p *Plan) *string { return &p.Weights }, checkLine),
	integer("train.epochs", journey.Classes, 1, 100000, func(p *Plan) *int { return &p.Train.Epochs }),
	{
		key: "train.batch", step: journey.Classes, allowed: "auto, 1..4096", number: true,
		get: func(p *Plan) string { return autoNumber(p.Train.Batch) },
		set: func(p *Plan, s string) error { return setAutoNumber(&p.Train.Batch, s, 1, 4096) },
	},
	{
		key: "train.imgsz", step: journey.Classes, allowed: "32, 64, 96, ... 4096", number: true,
		get: func(p *Plan) string { return strconv.Itoa(p.Train.ImgSize) },
		set: func(p *Plan, s string) error {
			n, err := strconv.Atoi(s)
			if err != nil || n < 32 || n > 4096 || n%32 != 0 {
				return fmt.Errorf("not a multiple of 32")
			}
			p.Train.ImgSize = n
			return nil
		},
	},
	text("train.device", journey.Classes, "auto, cpu, 0, 0,1", func(p *Plan) *string { return &p.Train.Device }, CheckDevice),
	{
		key: "train.workers", step: journey.Classes, allowed: "auto, 0..64", number: true,
		get: func(p *Plan) string { return autoNumber(p.Train.Workers) },
		set: func(p *Plan, s string) error { return setAutoNumber(&p.Train.Workers, s, 0, 64) },
	},
	text("train.cache", journey.Classes, "auto, no, ram, disk", func(p *Plan) *string { return &p.Train.Cache }, oneOf("auto", "no", "ram", "disk")),
	{
		key: "train.extra", step: journey.Classes, allowed: "[--cos-lr, --patience, 50]", list: true,
		get: func(p *Plan) string { return JoinList(p.Train.Extra) },
		set: func(p *Plan, s string) error { return setExtra(p, SplitList(s)) }, setList: setExtra,
	},
	decimal("split.val", journey.Convert, "0.05 .. 0.5", 0.01, 0.9, func(p *Plan) *float64 { return &p.Split.Val }),
	integer("split.seed", journey.Convert, 0, math.MaxInt32, func(p *Plan) *int { return &p.Split.Seed }),
	decimal("price.per_hour", journey.Region, "1.88 (0 .. 10000)", 0, 10000, func(p *Plan) *float64 { return &p.Price.PerHour }),
	text("price.currency", journey.Region, "CNY, USD, EUR", func(p *Plan) *string { return &p.Price.Currency }, checkCurrency),
	decimal("price.budget", journey.Region, "10 (0 .. 1000000)", 0, 1e6, func(p *Plan) *float64 { return &p.Price.Budget }),
	decimal("price.voucher", journey.Region, "10 (0 .. 1000000)", 0, 1e6, func(p *Plan) *float64 { return &p.Price.Voucher }),
	text("remote.folder", journey.Upload, "auto, /root/autodl-tmp/person", func(p *Plan) *string { return &p.Remote.Folder }, autoOr(checkRemoteFolder)),
	text("remote.limit", journey.Upload, "500K, 2M", func(p *Plan) *string { return &p.Remote.Limit }, checkRate),
	text("remote.python", journey.Upload, "auto, /root/miniconda3/bin/python", func(p *Plan) *string { return &p.Remote.Python }, autoOr(checkRemote)),
	text("result.predictions", journey.Download, "yes, no", func(p *Plan) *string { return &p.Result.Predictions }, oneOf("yes", "no")),
	text("result.onnx", journey.Download, "no, yes", func(p *Plan) *string { return &p.Result.ONNX }, oneOf("no", "yes")),
	text("finish", journey.Download, "ask, keep, stop", func(p *Plan) *string { return &p.Finish }, oneOf("ask", "keep", "stop")),
}, append(guardFields(), mendFields()...)...)

// allows says what is allowed. Which platforms there are, the user's own file
// may have changed.
func (f *field) allows() string {
	if f.key == "platform" {
		return strings.Join(platformNames(), ", ")
	}
	return f.allowed
}

func fieldOf(key string) *field {
	for _, f := range planFields {
		if f.key == key {
			return f
		}
	}
	return nil
}

// planKeys are all the keys that a plan may hold.
func planKeys() []string {
	keys := []string{"version"}
	for _, f := range planFields {
		keys = append(keys, f.key)
	}
	return keys
}

// keysBelow are the keys one level under a group, or the top ones for "".
func keysBelow(group string) []string {
	var keys []string
	for _, key := range planKeys() {
		if group != "" {
			rest, ok := strings.CutPrefix(key, group+".")
			if !ok {
				continue
			}
			key = rest
		}
		key, _, _ = strings.Cut(key, ".")
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func isGroup(key string) bool { return len(keysBelow(key)) > 0 && fieldOf(key) == nil && key != "" }

func isNumberField(key string) bool {
	f := fieldOf(key)
	return key == "version" || f != nil && f.number
}

func text(key string, step journey.Step, allowed string, at func(*Plan) *string, check func(string) error) *field {
	return &field{
		key: key, step: step, allowed: allowed,
		get: func(p *Plan) string { return *at(p) },
		set: func(p *Plan, s string) error {
			s = strings.TrimSpace(s)
			if s != "" {
				if err := check(s); err != nil {
					return err
				}
			}
			*at(p) = s
			return nil
		},
	}
}

func integer(key string, step journey.Step, low, high int, at func(*Plan) *int) *field {
	return &field{
		key: key, step: step, allowed: fmt.Sprintf("%d..%d", low, high), number: true,
		get: func(p *Plan) string { return strconv.Itoa(*at(p)) },
		set: func(p *Plan, s string) error {
			n, err := strconv.Atoi(strings.TrimSpace(s))
			if err != nil || n < low || n > high {
				return fmt.Errorf("out of range")
			}
			*at(p) = n
			return nil
		},
	}
}

// autoNumber writes a number whose choice may be left to the wizard: below 0
// it is. -1 was how that was written before.
func autoNumber(n int) string {
	if n < 0 {
		return "auto"
	}
	return strconv.Itoa(n)
}

func setAutoNumber(at *int, s string, low, high int) error {
	s = strings.TrimSpace(s)
	if s == "auto" || s == "-1" || s == "" {
		*at = -1
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return fmt.Errorf("out of range")
	}
	*at = n
	return nil
}

func decimal(key string, step journey.Step, allowed string, low, high float64, at func(*Plan) *float64) *field {
	return &field{
		key: key, step: step, allowed: allowed, number: true,
		get: func(p *Plan) string { return strconv.FormatFloat(*at(p), 'f', -1, 64) },
		set: func(p *Plan, s string) error {
			x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			if err != nil || math.IsNaN(x) || x < low || x > high {
				return fmt.Errorf("out of range")
			}
			*at(p) = x
			return nil
		},
	}
}

func classList() *field {
	set := func(p *Plan, names []string) error {
		seen := map[string]bool{}
		for _, name := range names {
			if strings.TrimSpace(name) == "" || seen[name] || checkLine(name) != nil {
				return fmt.Errorf("empty, doubled or broken class name")
			}
			seen[name] = true
		}
		p.Classes = names
		return nil
	}
	return &field{
		key: "classes", step: journey.Convert, allowed: "[person]", list: true,
		get: func(p *Plan) string { return JoinList(p.Classes) },
		set: func(p *Plan, s string) error { return set(p, SplitList(s)) }, setList: set,
	}
}

func setExtra(p *Plan, args []string) error {
	for _, arg := range args {
		if checkLine(arg) != nil {
			return fmt.Errorf("not a plain argument")
		}
	}
	p.Train.Extra = args
	return nil
}
