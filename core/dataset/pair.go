package dataset

import (
	"path"
	"strings"
)

// kindFolders are folder names that say what lies in them and nothing about
// which pictures belong together, in lower case.
var kindFolders = map[string]bool{
	"images": true, "image": true, "imgs": true, "img": true, "jpegimages": true,
	"pictures": true, "pics": true, "photos": true,
	"annotations": true, "annotation": true, "annos": true, "anno": true,
	"labels": true, "label": true, "xmls": true, "xml": true,
}

func stem(rel string) string {
	base := path.Base(rel)
	return strings.TrimSuffix(base, path.Ext(base))
}

// pairKey is equal for a picture and its annotation: the path without its
// suffix and without folders that only name a kind.
func pairKey(rel string) string {
	dir := path.Dir(rel)
	var b strings.Builder
	for name := range strings.SplitSeq(dir, "/") {
		if name != "." && !kindFolders[strings.ToLower(name)] {
			b.WriteString(name)
			b.WriteByte('/')
		}
	}
	b.WriteString(stem(rel))
	return b.String()
}

// pair returns for each picture the index of its annotation, or -1, and the
// annotations that belong to none. Both lists are in byte order.
func pair(pictures, annotations []string) (of []int, orphans []int) {
	of = make([]int, len(pictures))
	taken := make([]bool, len(annotations))
	match := func(key func(string) string, unique bool) {
		byKey := make(map[string][]int)
		for i, rel := range annotations {
			if !taken[i] {
				byKey[key(rel)] = append(byKey[key(rel)], i)
			}
		}
		wanted := make(map[string]int)
		for i, rel := range pictures {
			if of[i] < 0 {
				wanted[key(rel)]++
			}
		}
		for i, rel := range pictures {
			if of[i] >= 0 {
				continue
			}
			candidates := byKey[key(rel)]
			if unique && (len(candidates) != 1 || wanted[key(rel)] != 1) {
				continue
			}
			best := -1
			for _, c := range candidates {
				if taken[c] {
					continue
				}
				if best < 0 || path.Dir(annotations[c]) == path.Dir(rel) {
					best = c
				}
			}
			if best >= 0 {
				of[i], taken[best] = best, true
			}
		}
	}
	for i := range of {
		of[i] = -1
	}
	match(pairKey, false)
	match(stem, true) // annotations of all parts in one folder
	for i, t := range taken {
		if !t {
			orphans = append(orphans, i)
		}
	}
	return of, orphans
}
