package transfer

import (
	"io"
	"strings"
	"testing"

	"gpuwizard/core/wizard"
)

const (
	digestA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	digestB = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
)

func testList(t testing.TB) *list {
	t.Helper()
	var files []wizard.Source
	for _, name := range []string{"a", "dir/b", "new\nline", "new", `back\slash`} {
		files = append(files, wizard.Source{
			Path: name, Size: 1, SHA256: digestA,
			Open: func() (io.ReadCloser, error) { return nil, io.EOF },
		})
	}
	l, err := newList("/root/data", files)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestParseDigest(t *testing.T) {
	for line, want := range map[string]string{
		digestA + "  ./a":                   "a",              // GNU, BusyBox, shasum
		digestA + " *./dir/b c":             "dir/b c",        // binary mode, openssl -r
		`\` + digestA + `  ./back\\slash`:   `back\slash`,     // GNU
		digestA + `  ./back\slash`:          `back\slash`,     // BusyBox
		`\` + digestA + `  ./new\nline\\n`:  "new\nline\\n",   // GNU
		digestA + "  ./ leading":            " leading",       //
		digestA + "  ./图片/一.jpg":            "图片/一.jpg",       //
		digestA + "  a":                     "",               // not below the folder
		digestA + "  ./":                    "",               //
		strings.ToUpper(digestA) + "  ./a":  "",               //
		digestA[1:] + "  ./a":               "",               //
		digestA:                             "",               //
		"":                                  "",               //
		"find: ./x: Permission denied":      "",               //
		digestA + "  ./" + digestB + "  ./": digestB + "  ./", //
	} {
		digest, name, ok := parseDigest(line)
		if ok != (want != "") || ok && (name != want || digest != digestA) {
			t.Errorf("%q: got %q, %v, want %q", line, name, ok, want)
		}
	}
}

// A name with a line break in it can pose as another file's line.
func TestForgedLinesProveNothing(t *testing.T) {
	l := testList(t)
	f := newFindings("M", l)
	for _, line := range []string{
		digestA + "  ./outside", // before any listing
		"M tree target",
		digestB + "  ./a",
		digestA + "  ./a",   // of "x\n<digest>  ./a"
		digestA + "  ./new", // odd: of "new\nline", or of "new"
		"M end target",
		"M one 0 " + digestA,
		"M one 99 " + digestA,
		"M one -1 " + digestA,
		"M one 1 nonsense",
	} {
		_, _ = io.WriteString(f, line+"\n")
	}
	if f.target["a"] != "" || f.target["new"] != "" {
		t.Errorf("believed: %v", f.target)
	}
	if f.target[l.odd[0]] != digestA {
		t.Errorf("odd: %v", f.target)
	}
	if p := l.plan(f); p.unchanged || len(p.send) != 4 {
		t.Errorf("plan: %+v", p)
	}
}

func FuzzFindings(f *testing.F) {
	f.Add("M tree target\n" + digestA + "  ./a\nM end target\nM held\n")
	f.Add("M tree part\n" + digestA + "  ./owner.1/dir/b\nM end part\nM one 0 " + digestA + "\nM held\nM held\n")
	f.Add("M kib /dev/sda1 100 50 50 50% /\nM inodes - 0 0 0 - /\nM fail write /x\n")
	l := testList(f)
	f.Fuzz(func(t *testing.T, text string) {
		found := newFindings("M", l)
		// However the pieces fall.
		for i := 0; i < len(text); i += 7 {
			if _, err := io.WriteString(found, text[i:min(i+7, len(text))]); err != nil {
				t.Fatal(err)
			}
		}
		p := l.plan(found)
		if p.keptFiles+len(p.send) != len(l.files) || p.unchanged && len(p.send) > 0 {
			t.Errorf("plan %+v", p)
		}
		for name := range p.kept {
			if _, ok := l.byPath[name]; !ok {
				t.Errorf("keeps %q, which is not wanted", name)
			}
		}
		if found.freeBytes < -1 || found.freeInodes < -1 {
			t.Errorf("space %d %d", found.freeBytes, found.freeInodes)
		}
	})
}

func FuzzParseFact(f *testing.F) {
	f.Add("noise\nM fact 123 " + digestA + "\n")
	f.Add("M fail tool sha256sum\n")
	f.Fuzz(func(t *testing.T, text string) {
		size, digest, _, ok := parseFact(text, "M")
		if ok && (size < 0 || !isDigest(digest)) {
			t.Errorf("%d %q", size, digest)
		}
	})
}
