package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"gpuwizard/core/dataset/internal/jsonscan"
)

// value reads any value the way encoding/json puts it into an any.
func value(s *jsonscan.Scanner) (any, error) {
	switch s.Kind() {
	case '{':
		out := map[string]any{}
		err := s.Object(func(key []byte) error {
			name := string(key)
			v, err := value(s)
			out[name] = v
			return err
		})
		return out, err
	case '[':
		out := []any{}
		err := s.Array(func(int) error {
			v, err := value(s)
			out = append(out, v)
			return err
		})
		return out, err
	case '"':
		text, err := s.Text(1 << 20)
		return string(text), err
	case '0':
		text, err := s.Scalar(1 << 20)
		return json.Number(text), err
	case 't':
		return s.Truth()
	}
	return nil, s.Skip()
}

func parse(r io.Reader) (any, error) {
	s := jsonscan.New(r)
	v, err := value(s)
	if err == nil {
		err = s.End()
	}
	return v, err
}

var texts = []string{
	`{"a": [1, -2.5e+3, "x\ny", true, false, null, {}], "b": {"c": []}}`,
	`"\u884c\u4eba \ud83d\ude00 \ud83d x \ud83d\n \ud83d\u0041 \ude00 \ud83d\ud83d\ude00 行人"`,
	`[]`, `0`, `-0`, `01`, `1.`, `.5`, `1e`, `1e5`, `+1`, `-`, `[1,]`, `{"a":1,}`, `[1 2]`, `{"a" 1}`, `{a:1}`, `[`, `{`, `"`, `"\x"`, `"\u12g4"`,
	"\"a\tb\"", "\"\x7f\"", ` [ 1 , 2 ] `, `[1]x`, `nul`, `true`, `truex`, "", " ", "[\"a\\\"b\", \"\\\\\"]", `[1]]`, `{"":{"":[""]}}`,
	`123456789012345678901234567890`, strings.Repeat("[", 150) + strings.Repeat("]", 150),
}

// What is read is what encoding/json reads, whatever the size of the buffer's
// pieces, and passing over a value takes what reading it takes.
func compare(t *testing.T, data []byte) {
	got, err := parse(bytes.NewReader(data))
	var want any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	valid := json.Valid(data) && d.Decode(&want) == nil
	switch {
	case errors.Is(err, jsonscan.ErrTooDeep) || errors.Is(err, jsonscan.ErrTooLong):
		return
	case err == nil != valid:
		// The reader's text is UTF-8 by contract, and Python's words are no JSON.
		if bytes.Contains(data, []byte("NaN")) || bytes.Contains(data, []byte("Infinity")) {
			return
		}
		t.Fatalf("%q: %v, encoding/json says %v", data, err, valid)
	case valid && utf8.Valid(data) && !reflect.DeepEqual(got, want):
		t.Fatalf("%q: read %#v, want %#v", data, got, want)
	}
	var e *jsonscan.Error
	if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Line > 1+bytes.Count(data, []byte("\n"))) {
		t.Fatalf("%q: %v", data, err)
	}
	again, err2 := parse(iotest.OneByteReader(bytes.NewReader(data)))
	if fmt.Sprint(err) != fmt.Sprint(err2) || err == nil && !reflect.DeepEqual(got, again) {
		t.Fatalf("%q byte by byte: %v, %v", data, again, err2)
	}
	s := jsonscan.New(bytes.NewReader(data))
	err3 := s.Skip()
	if err3 == nil {
		err3 = s.End()
	}
	if err == nil != (err3 == nil) {
		t.Fatalf("%q: read with %v, passed over with %v", data, err, err3)
	}
}

func TestTexts(t *testing.T) {
	for _, text := range texts {
		compare(t, []byte(text))
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(compare)
}

func TestPython(t *testing.T) {
	s := jsonscan.New(strings.NewReader(`[NaN, -Infinity, "2.5", null, 7]`))
	var got []float64
	err := s.Array(func(int) error {
		v, err := s.Float()
		got = append(got, v)
		return err
	})
	if err != nil || len(got) != 5 || !math.IsNaN(got[0]) || !math.IsInf(got[1], -1) || got[2] != 2.5 || !math.IsNaN(got[3]) || got[4] != 7 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestLines(t *testing.T) {
	for text, line := range map[string]int{"[1,\n2,\nx]": 3, "\n\n[": 3, "[\"a\n\"]": 1, "[1]\n\n7": 3, "{\n\"a\":\n}": 3} {
		_, err := parse(strings.NewReader(text))
		var e *jsonscan.Error
		if !errors.As(err, &e) || e.Line != line {
			t.Errorf("%q: %v, want line %d", text, err, line)
		}
	}
}

// endless is a string that never ends.
type endless struct {
	start io.Reader
	body  string
	left  int
}

func (e *endless) Read(p []byte) (int, error) {
	if n, _ := e.start.Read(p); n > 0 {
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) {
		n += copy(p[n:], e.body)
	}
	e.left -= n
	return n, nil
}

// What is passed over is not kept.
func TestSkipKeepsNothing(t *testing.T) {
	for _, body := range []string{"aaaaaaaa", `\ud800`, `\n`} {
		s := jsonscan.New(&endless{strings.NewReader(`"`), body, 4 << 20})
		allocated := testing.AllocsPerRun(1, func() { _ = s.Skip() })
		if allocated > 100 {
			t.Errorf("%s: %v allocations", body, allocated)
		}
		s.Reset(&endless{strings.NewReader(`"`), body, 4 << 20})
		if _, err := s.Text(1000); !errors.Is(err, jsonscan.ErrTooLong) {
			t.Errorf("%s: %v", body, err)
		}
	}
	s := jsonscan.New(&endless{strings.NewReader("1"), "1", 1 << 20})
	if err := s.Skip(); !errors.Is(err, jsonscan.ErrTooLong) {
		t.Error(err)
	}
	s.Reset(&endless{strings.NewReader("["), "[", 1 << 20})
	if err := s.Skip(); !errors.Is(err, jsonscan.ErrTooDeep) {
		t.Error(err)
	}
}

func BenchmarkSkip(b *testing.B) {
	data := []byte("[" + strings.Repeat(`{"id": 12, "segmentation": [[125.12, 539.69, 140.94, 522.43, 100.67, 496.54]], "iscrowd": 0},`, 10000) + "0]")
	b.SetBytes(int64(len(data)))
	s := jsonscan.New(nil)
	for b.Loop() {
		s.Reset(bytes.NewReader(data))
		if err := s.Skip(); err != nil {
			b.Fatal(err)
		}
	}
}
