package dataset_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gpuwizard/core/dataset"
	"gpuwizard/core/problem"
)

// A packed file is an entry of an archive under test.
type packed struct {
	zip.FileHeader
	content []byte
}

func pack(t *testing.T, entries ...packed) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.zip")
	if err := os.WriteFile(path, packBytes(t, entries...), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func packBytes(t testing.TB, entries ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range entries {
		w, err := z.CreateHeader(&entries[i].FileHeader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(entries[i].content); err != nil && len(entries[i].content) > 0 {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plain(name string, content []byte) packed {
	return packed{zip.FileHeader{Name: name, Method: zip.Deflate}, content}
}

func (f files) packed() []packed {
	var out []packed
	for _, name := range slices.Sorted(maps.Keys(f)) {
		out = append(out, plain(name, f[name]))
	}
	return out
}

func unpack(t *testing.T, archive, dir string) dataset.Unpacked {
	t.Helper()
	got, err := dataset.Unpack(context.Background(), archive, dir, dataset.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What lies below dir, the mark left out.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != dataset.UnpackedMark {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestUnpack(t *testing.T) {
	archive := pack(t, append(clean().packed(), plain("__MACOSX/train/._p00.jpg", []byte("x")), plain("train/.DS_Store", nil), plain("setup.exe", []byte("x")), plain("train/", nil))...)
	parent := t.TempDir()
	dir := filepath.Join(parent, "未 packed")
	got := unpack(t, archive, dir)
	if got.Files != 24 || got.Reused || len(tree(t, dir)) != 24 {
		t.Errorf("%+v: %v", got, tree(t, dir))
	}
	set := read(t, dir)
	if other := read(t, clean().write(t)); other.Fingerprint != set.Fingerprint || len(set.Findings) > 0 {
		t.Errorf("unpacked, it is another set: %s", told(set.Findings))
	}

	// Once more does nothing; another archive takes its place.
	if again := unpack(t, archive, dir); !again.Reused || again.Files != 24 {
		t.Errorf("%+v", again)
	}
	other := unpack(t, pack(t, plain("a.jpg", picture(20, 20, 1))), dir)
	if other.Reused || !slices.Equal(tree(t, dir), []string{"a.jpg"}) {
		t.Errorf("%+v: %v", other, tree(t, dir))
	}
	if rest, err := os.ReadDir(parent); err != nil || len(rest) != 1 {
		t.Errorf("left behind: %v (%v)", rest, err)
	}
}

func TestUnpackNames(t *testing.T) {
	gb := func(name string) packed {
		text, err := simplifiedchinese.GB18030.NewEncoder().String(name)
		if err != nil {
			t.Fatal(err)
		}
		return packed{zip.FileHeader{Name: text, NonUTF8: true}, nil}
	}
	utf := func(name string) packed { return packed{zip.FileHeader{Name: name, NonUTF8: true}, nil} }
	tests := []struct {
		name    string
		entries []packed
		want    string
	}{
		{"UTF-8", []packed{plain("行人/a b.jpg", nil)}, "行人/a b.jpg"},
		{"UTF-8 that nothing says so of", []packed{utf("行人/图.jpg")}, "行人/图.jpg"},
		{"GB18030", []packed{gb("行人/图片.jpg"), gb("行人/脇.xml")}, "行人/图片.jpg 行人/脇.xml"},
		{"absolute", []packed{plain("/etc/a.jpg", nil), plain(`C:\data\b.jpg`, nil)}, "data/b.jpg etc/a.jpg"},
		{"backslashes", []packed{plain(`train\a.jpg`, nil), plain(`.\train\a.xml`, nil)}, "train/a.jpg train/a.xml"},
	}
	for _, test := range tests {
		dir := filepath.Join(t.TempDir(), "out")
		unpack(t, pack(t, test.entries...), dir)
		if got := strings.Join(tree(t, dir), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	link := packed{zip.FileHeader{Name: "link.jpg"}, []byte("/etc/passwd")}
	link.SetMode(fs.ModeSymlink | 0o777)
	locked := packed{zip.FileHeader{Name: "a.jpg", Flags: 1, Method: zip.Store}, []byte("x")}
	whole := packBytes(t, plain("a.jpg", picture(20, 20, 1)))
	damaged := bytes.Clone(whole)
	damaged[100] ^= 0xFF
	odd := bytes.ReplaceAll(packBytes(t, packed{zip.FileHeader{Name: "a.jpg", Method: zip.Store}, []byte("content")}), []byte{0x14, 0, 8, 0, 0, 0}, []byte{0x14, 0, 8, 0, 99, 0})
	zeros := make([]byte, 4<<20)
	tests := []struct {
		name   string
		data   []byte
		limits dataset.Limits
		want   string // reason and entry
	}{
		{"no zip", []byte("Rar!"), dataset.Limits{}, "not-zip "},
		{"cut off", whole[:len(whole)-30], dataset.Limits{}, "not-zip "},
		{"damaged", damaged, dataset.Limits{}, "damaged a.jpg"},
		{"a rare method", odd, dataset.Limits{}, "method a.jpg"},
		{"a password", packBytes(t, locked), dataset.Limits{}, "locked a.jpg"},
		{"up and out", packBytes(t, plain("x/../../a.jpg", nil)), dataset.Limits{}, "unsafe-name x/../../a.jpg"},
		{"up and out, by backslashes", packBytes(t, plain(`..\a.jpg`, nil)), dataset.Limits{}, `unsafe-name ..\a.jpg`},
		{"twice", packBytes(t, plain("a.jpg", nil), plain("./a.jpg", nil)), dataset.Limits{}, "duplicate a.jpg"},
		{"a file for a folder", packBytes(t, plain("a.jpg", nil), plain("a.jpg/b.jpg", nil)), dataset.Limits{Workers: 1}, "duplicate a.jpg/b.jpg"},
		{"too many", packBytes(t, plain("a.jpg", nil), plain("b.jpg", nil)), dataset.Limits{Files: 1}, "too-large "},
		{"too large", packBytes(t, plain("a.jpg", nil), plain("b.jpg", zeros)), dataset.Limits{Bytes: 1 << 20}, "too-large b.jpg"},
		{"too large in all", packBytes(t, plain("a.jpg", zeros), plain("b.jpg", zeros)), dataset.Limits{Bytes: 5 << 20}, "too-large b.jpg"},
		{"a bomb", bombs(t), dataset.Limits{}, "bomb "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parent := t.TempDir()
			archive := filepath.Join(t.TempDir(), "x.zip")
			if err := os.WriteFile(archive, test.data, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := dataset.Unpack(context.Background(), archive, filepath.Join(parent, "out"), test.limits)
			p, _ := problem.As(err)
			if !problem.Has(err, dataset.ArchiveRefused) || p.Args["reason"]+" "+p.Args["entry"] != test.want || p.Args["path"] != archive {
				t.Errorf("%v, want %s", err, test.want)
			}
			if rest, err := os.ReadDir(parent); err != nil || len(rest) > 0 {
				t.Errorf("left behind: %v (%v)", rest, err)
			}
		})
	}

	// Links are not followed, and not made.
	dir := filepath.Join(t.TempDir(), "out")
	if got := unpack(t, pack(t, link, plain("a.jpg", nil)), dir); !slices.Equal(got.Skipped, []string{"link.jpg"}) || !slices.Equal(tree(t, dir), []string{"a.jpg"}) {
		t.Errorf("%+v: %v", got, tree(t, dir))
	}
}

// bombs is an archive whose entries all are the same few bytes, and say that
// they are large.
func bombs(t *testing.T) []byte {
	data := packBytes(t, plain("a.jpg", make([]byte, 1<<20)))
	// The central directory says what is believed first: 2 GiB.
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	copy(data[at+24:], []byte{0, 0, 0, 0x7F})
	return data
}

func TestUnpackFolders(t *testing.T) {
	archive := pack(t, plain("a.jpg", picture(20, 20, 1)))
	own := files{"mine.txt": []byte("x")}.write(t)
	if _, err := dataset.Unpack(context.Background(), archive, own, dataset.Limits{}); !problem.Has(err, dataset.UnpackTaken) {
		t.Error(err)
	}
	if got := tree(t, own); !slices.Equal(got, []string{"mine.txt"}) {
		t.Error(got)
	}
	file := filepath.Join(own, "mine.txt")
	if _, err := dataset.Unpack(context.Background(), archive, filepath.Join(file, "out"), dataset.Limits{}); !problem.Has(err, dataset.UnpackFailed) && !problem.Has(err, dataset.UnpackTaken) {
		t.Error(err)
	}
	for _, missing := range []string{filepath.Join(own, "no.zip"), own} {
		if _, err := dataset.Unpack(context.Background(), missing, filepath.Join(own, "out"), dataset.Limits{}); !problem.Has(err, dataset.FileUnreadable) {
			t.Error(err)
		}
	}
	// A call that is stopped leaves nothing; what one that was killed has left
	// goes with the next.
	parent := files{".out.unpacking-123/new/a.jpg": []byte("x")}.write(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := dataset.Unpack(ctx, pack(t, clean().packed()...), filepath.Join(parent, "out"), dataset.Limits{Workers: 1, Tell: func(dataset.Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if rest, err := os.ReadDir(parent); err != nil || len(rest) > 0 {
		t.Errorf("left behind: %v (%v)", rest, err)
	}
}

// Whatever an archive holds, nothing is written beside the folder.
func FuzzUnpack(f *testing.F) {
	for _, e := range [][]packed{
		{plain("a.jpg", []byte("x")), plain("b/a.xml", []byte("<annotation/>"))},
		{plain("../a.jpg", nil)},
		{plain("/a.jpg", nil)},
		{plain("a.jpg", nil), plain("a.jpg/b.txt", nil)},
		{{zip.FileHeader{Name: "\xd0\xd0.jpg", NonUTF8: true}, nil}},
	} {
		f.Add(packBytes(f, e...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parent := t.TempDir()
		dir := filepath.Join(parent, "p", "out")
		archive := filepath.Join(parent, "x.zip")
		if err := os.WriteFile(archive, data, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := dataset.Unpack(context.Background(), archive, dir, dataset.Limits{Bytes: 1 << 20, Files: 100})
		rest, _ := os.ReadDir(parent)
		if len(rest) > 2 {
			t.Fatalf("written outside: %v", rest)
		}
		if err != nil {
			if _, ok := problem.As(err); !ok {
				t.Fatal(err)
			}
			return
		}
		if n := len(tree(t, dir)); n != got.Files {
			t.Fatalf("%d files, said to be %d", n, got.Files)
		}
	})
}
