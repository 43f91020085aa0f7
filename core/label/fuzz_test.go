package label

import (
	"bytes"
	"io"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gpuwizard/core/dataset"
)

// A manifest that is read says nothing that Prepare would not have written,
// and says the same once it is written and read again.
func FuzzManifest(f *testing.F) {
	sum := strings.Repeat("0a", 32)
	f.Add([]byte(headComplete + "\nclass \"a b\"\ncount 1 2 3 4\ndigest x\n"))
	f.Add([]byte(headWriting + "\nfile " + sum + " 12 1700000000000000001 images/train/a.jpg \"train/\\u4eba a.jpg\"\nown labels/val/b.txt\nskip val \"c.jpg\"\n"))
	f.Add([]byte(headWriting + "\nown images/train/../../x\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		parse := func(r io.Reader) (*journal, int, error) {
			var files []File
			j, line, err := parseJournal(r, func(f File) { files = append(files, f) })
			if err == nil {
				j.Files = files
			}
			return j, line, err
		}
		j, line, err := parse(bytes.NewReader(data))
		if err != nil {
			if line < 1 {
				t.Fatalf("%v at line %d", err, line)
			}
			return
		}
		for _, file := range j.Files {
			j.own = append(j.own, file.Path)
		}
		for _, path := range j.own {
			if !filepath.IsLocal(filepath.FromSlash(path)) || strings.Count(path, "/") != 2 || strings.Contains(path, "..") && strings.Contains(path, "/..") {
				t.Fatalf("path %q", path)
			}
		}
		dir := t.TempDir()
		if err := j.write(dir, nil); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(dir, dataset.PreparedMark))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		again, _, err := parse(f)
		if err != nil || !reflect.DeepEqual(j, again) {
			t.Fatalf("%v\n%+v\n%+v", err, j, again)
		}
	})
}

// A row is within half a unit of the exact value, its values lie between 0 and
// 1, and reading it gives the box back.
func FuzzRow(f *testing.F) {
	f.Add(0.0, 0.0, 640.0, 480.0, uint16(640), uint16(480))
	f.Add(10.00032, 0.1, 30.00032, 99.9, uint16(640), uint16(480))
	f.Add(9999.0, 1.0, 1.0, 10000.0, uint16(10000), uint16(10000))
	f.Fuzz(func(t *testing.T, x0, y0, x1, y1 float64, w, h uint16) {
		for _, v := range []float64{x0, y0, x1, y1} {
			if math.IsNaN(v) || math.Abs(v) > 1e9 {
				return
			}
		}
		width, height := int(w%10000)+1, int(h%10000)+1
		b, ok := dataset.Box{XMin: x0, YMin: y0, XMax: x1, YMax: y1}.Within(width, height)
		if !ok {
			return
		}
		row := string(appendRow(nil, 3, b, width, height))
		fields := strings.Fields(row)
		if len(fields) != 5 || fields[0] != "3" {
			t.Fatalf("row %q", row)
		}
		var got [4]float64
		for i, want := range exactValues(b, width, height) {
			v, ok := new(big.Rat).SetString(fields[i+1])
			if !ok || v.Sign() < 0 || v.Cmp(big.NewRat(1, 1)) > 0 {
				t.Fatalf("row %q", row)
			}
			got[i], _ = v.Float64()
			off := v.Sub(v, want)
			if off.Abs(off).Cmp(big.NewRat(1, 2*scale)) > 0 {
				t.Fatalf("%+v in %dx%d: row %q, want %s", b, width, height, row, want.FloatString(12))
			}
		}
		for i, edge := range []struct{ got, want float64 }{
			{(got[0] - got[2]/2) * float64(width), b.XMin},
			{(got[1] - got[3]/2) * float64(height), b.YMin},
			{(got[0] + got[2]/2) * float64(width), b.XMax},
			{(got[1] + got[3]/2) * float64(height), b.YMax},
		} {
			if math.Abs(edge.got-edge.want) > 0.01 {
				t.Fatalf("edge %d of %+v reads as %v", i, b, edge.got)
			}
		}
	})
}

func exactValues(b dataset.Box, width, height int) [4]*big.Rat {
	x0, y0, x1, y1 := decimal(b.XMin), decimal(b.YMin), decimal(b.XMax), decimal(b.YMax)
	value := func(a, b *big.Rat, sign int64, d int) *big.Rat {
		sum := new(big.Rat).Mul(a, big.NewRat(sign, 1))
		sum.Add(sum, b)
		return sum.Mul(sum, big.NewRat(1, int64(d)))
	}
	return [4]*big.Rat{value(x0, x1, 1, 2*width), value(y0, y1, 1, 2*height), value(x0, x1, -1, width), value(y0, y1, -1, height)}
}
