package dataset

import (
	"path"
	"unicode/utf8"
)

// checkNames names pictures whose file names the systems on the way may read
// differently; they get plain names in the prepared folder.
func checkNames(f *findings, it *Item) {
	name := path.Base(it.Image)
	for i := range len(name) {
		if name[i] < utf8.RuneSelf {
			continue
		}
		encoding := encodingUTF8
		if !utf8.ValidString(name) {
			encoding = "unknown"
			if _, enc := decode([]byte(name)); enc != "" {
				encoding = enc
			}
		}
		f.add(Encoding, Minor, MendAuto, it.Image, "kind", "name", "encoding", encoding)
		return
	}
}
