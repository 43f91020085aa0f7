package yolov5

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"testing"

	"gpuwizard/core/problem"
)

type entry struct {
	name, content string
	deflate       bool
}

func archive(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for _, e := range entries {
		method := zip.Store
		if e.deflate {
			method = zip.Deflate
		}
		out, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err == nil {
			_, err = io.WriteString(out, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckWeights(t *testing.T) {
	tensor := strings.Repeat("0123456789abcdef", 4096)
	good := archive(t, entry{name: "best/data.pkl", content: "\x80\x02."}, entry{name: "best/data/0", content: tensor}, entry{name: "best/version", content: "3\n"})
	flipped := bytes.Clone(good)
	flipped[bytes.Index(good, []byte("89abcdef0123"))+40] ^= 1
	for _, tt := range []struct {
		name string
		file []byte
		want WeightsInfo
		code problem.Code
	}{
		{name: "intact", file: good, want: WeightsInfo{Entries: 3, Bytes: int64(len(tensor) + 5), Root: "best"}},
		{name: "packed elsewhere", file: archive(t, entry{"a/data.pkl", tensor, true}), want: WeightsInfo{Entries: 1, Bytes: int64(len(tensor)), Root: "a"}},
		{name: "empty", code: WeightsEmpty},
		{name: "cut", file: good[:len(good)-40], code: WeightsTruncated},
		{name: "cut early", file: good[:100], code: WeightsTruncated},
		{name: "a bit turned over", file: flipped, code: WeightsDamaged},
		{name: "web page", file: []byte("\ufeff\r\n<!DOCTYPE html><html>404</html>"), code: WeightsHTML},
		{name: "pointer", file: []byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), code: WeightsNotArchive},
		{name: "old pickle", file: []byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."), code: WeightsNotArchive},
		{name: "zeros", file: make([]byte, 1000), code: WeightsNotArchive},
		{name: "another archive", file: archive(t, entry{name: "data.pkl", content: "x"}, entry{name: "a/b/data.pkl", content: "x"}), code: WeightsNoModel},
		{name: "empty pickle", file: archive(t, entry{name: "a/data.pkl"}), code: WeightsNoModel},
		{name: "bomb", file: archive(t, entry{"a/data.pkl", strings.Repeat("\x00", 32<<20), true}), code: WeightsDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := CheckWeights(bytes.NewReader(tt.file), int64(len(tt.file)))
			if tt.code != "" {
				wantProblemCode(t, err, tt.code)
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
	_, err := CheckWeights(bytes.NewReader(nil), maxWeights+1)
	wantProblemCode(t, err, FileTooLarge)
}

func TestWriteRehearsal(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := WriteRehearsal(w, "这是演练 rehearsal"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same text gave other bytes")
	}
	info, err := CheckWeights(bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil || !info.Rehearsal || info.Root != "best" {
		t.Fatalf("got %+v, %v", info, err)
	}
	files, err := zip.NewReader(bytes.NewReader(a.Bytes()), int64(a.Len()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := files.Open("REHEARSAL.txt")
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(text); err != nil || string(content) != "这是演练 rehearsal" {
		t.Errorf("got %q, %v", content, err)
	}
}

func FuzzCheckWeights(f *testing.F) {
	var b bytes.Buffer
	if err := WriteRehearsal(&b, "x"); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:80])
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := CheckWeights(bytes.NewReader(file), int64(len(file)))
		if err == nil && (info.Root == "" || info.Bytes > 4*int64(len(file))+1<<20) {
			t.Fatalf("%+v", info)
		}
		if _, ok := problem.As(err); err != nil && !ok {
			t.Fatal(err)
		}
	})
}
