package label

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"gpuwizard/core/dataset"
)

// maxStem keeps paths short enough for every system.
const maxStem = 80

// outNames chooses the names, without suffix, that pictures get in the
// prepared folder; items and result have the same order. A name that is plain
// and alone stays as it is. Every other one gets some digits of the digest of
// its path, so that the choice depends on no order.
func outNames(items []*dataset.Item) []string {
	type place struct{ part, stem string }
	wanted := make([]string, len(items))
	count := map[place]int{}
	for i, it := range items {
		wanted[i] = plain(stem(it.Image))
		// Systems that ignore case are met on either side of the way.
		count[place{it.Part, strings.ToLower(wanted[i])}]++
	}
	used := map[place]bool{}
	out := make([]string, len(items))
	for i, it := range items {
		name := wanted[i]
		if name == stem(it.Image) && !reserved(name) && count[place{it.Part, strings.ToLower(name)}] == 1 {
			out[i] = name
			used[place{it.Part, strings.ToLower(name)}] = true
		}
	}
	for i, it := range items {
		if out[i] != "" {
			continue
		}
		sum := sha256.Sum256([]byte(it.Image))
		for n := 4; ; n++ {
			name := strings.TrimLeft(wanted[i]+"-"+hex.EncodeToString(sum[:n]), "-")
			key := place{it.Part, strings.ToLower(name)}
			if !used[key] {
				out[i], used[key] = name, true
				break
			}
		}
	}
	return out
}

func stem(rel string) string {
	base := path.Base(rel)
	return strings.TrimSuffix(base, path.Ext(base))
}

// plain leaves letters and digits of ASCII, dots, underlines and dashes within
// a name; everything else becomes a dash.
func plain(name string) string {
	s := strings.Map(func(r rune) rune {
		if isPlain(r) {
			return r
		}
		return '-'
	}, name)
	if len(s) > maxStem {
		s = s[:maxStem]
	}
	// No hidden files, no names that look like options, none that Windows
	// would cut at the end.
	return strings.TrimRight(strings.TrimLeft(s, ".-"), ".")
}

func isPlain(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.'
}

// reserved names are devices on Windows, with any suffix.
func reserved(name string) bool {
	if name == "" {
		return true
	}
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}

// suffix returns the picture's own suffix where it tells the truth, else the
// one that belongs to the content.
func suffix(it *dataset.Item) string {
	own := strings.ToLower(path.Ext(it.Image))
	switch it.Format {
	case "jpeg":
		if own == ".jpeg" {
			return own
		}
		return ".jpg"
	case "tiff":
		if own == ".tiff" {
			return own
		}
		return ".tif"
	default:
		return "." + it.Format
	}
}
