package transfer

import (
	"io"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/instance"
)

const (
	digestA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	digestB = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
)

func testList(t testing.TB) *list {
	t.Helper()
	var files []instance.Source
	for _, name := range []string{"a", "dir/b", "new\nline", "new", `back\slash`} {
		files = append(files, instance.Source{
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
		"one " + oddKey("new\nline") + " " + digestA,
		"one " + oddKey("a") + " " + digestA,
		"one nonsense " + digestA,
		"one " + oddKey("new") + " nonsense",
		"M end target",
	} {
		_, _ = io.WriteString(f, line+"\n")
	}
	if f.target["a"] != "" || f.target["new"] != "" {
		t.Errorf("believed: %v", f.target)
	}
	if f.target["new\nline"] != digestA {
		t.Errorf("odd: %v", f.target)
	}
	if p := l.plan(f); p.unchanged || len(p.send) != 4 {
		t.Errorf("plan: %+v", p)
	}
}

// What was noted of a large file counts until it was lost.
func TestRangesAreTakenOver(t *testing.T) {
	size := int64(10*bigSize + 1)
	l, err := newList("/root/data", []instance.Source{{
		Path: "big", Size: size, SHA256: digestA,
		Open: func() (io.ReadCloser, error) { return nil, io.EOF },
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		log  string
		want []span
	}{
		{"nothing", "", []span{{0, 641}}},
		{"some", "range KEY 64 64\nrange KEY 0 3\nrange KEY 70 100\n", []span{{3, 61}, {170, 471}}},
		{"all but the last block", "range KEY 0 640\n", []span{{640, 1}}},
		{"all", "range KEY 0 641\n", nil},
		{"more than all", "range KEY 0 9000\n", nil},
		{"lost", "range KEY 0 640\nlost KEY\nrange KEY 1 1\n", []span{{0, 1}, {2, 639}}},
		{"another's", "range " + digestB + " 0 64\n", []span{{0, 641}}},
		{"nonsense", "range KEY -1 64\nrange KEY 0 0\nrange KEY x y\nrange KEY\nlost\nrange KEY 0 99999999999999999999\n", []span{{0, 641}}},
	} {
		f := newFindings("M", l)
		_, _ = io.WriteString(f, "M tree log\n"+strings.ReplaceAll(c.log, "KEY", bigKey(l.files[0]))+"M end\nM held\n")
		p := l.plan(f)
		if len(p.bigs) != 1 || !slices.Equal(p.bigs[0].missing, c.want) {
			t.Errorf("%s: %+v", c.name, p.bigs)
			continue
		}
		var want int64
		for _, s := range c.want {
			want += p.bigs[0].bytes(s)
		}
		if p.keptBytes != size-want || p.need != want {
			t.Errorf("%s: keeps %d, needs %d", c.name, p.keptBytes, p.need)
		}
	}
}

func FuzzFindings(f *testing.F) {
	f.Add("M tree target\n" + digestA + "  ./a\nM end target\nM held\n")
	f.Add("M tree log\n" + digestA + "  ./dir/b\none " + oddKey("new") + " " + digestA + "\nrange " + digestA + " 0 64\nM end\nM held\nM held\n")
	f.Add("M kib /dev/sda1 100 50 50 50% /\nM inodes - 0 0 0 - /\nM fail write /x\nM published\n")
	l := testList(f)
	l.files[0].Size = 3*bigSize + 7
	f.Fuzz(func(t *testing.T, text string) {
		found := newFindings("M", l)
		// However the pieces fall.
		for i := 0; i < len(text); i += 7 {
			if _, err := io.WriteString(found, text[i:min(i+7, len(text))]); err != nil {
				t.Fatal(err)
			}
		}
		p := l.plan(found)
		if p.keptFiles+len(p.send)+len(p.bigs) != len(l.files) || p.unchanged && len(p.send)+len(p.bigs) > 0 {
			t.Errorf("plan %+v", p)
		}
		for name := range p.there {
			if _, ok := l.byPath[name]; !ok {
				t.Errorf("keeps %q, which is not wanted", name)
			}
		}
		for _, b := range p.bigs {
			at := int64(0)
			for _, s := range b.missing {
				if s.seek < at || s.count <= 0 || s.end() > b.all() || b.bytes(s) <= 0 {
					t.Fatalf("missing %v", b.missing)
				}
				at = s.end()
			}
		}
		if found.space.bytes < -1 || found.space.inodes < -1 || p.keptBytes < 0 {
			t.Errorf("space %+v, keeps %d", found.space, p.keptBytes)
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
