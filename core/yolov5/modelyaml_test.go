package yolov5

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

const modelSample = "# a model\n\n# Parameters\nnc: 80  # number of classes\ndepth_multiple: 0.33\n" +
	"anchors:\n  - [10,13, 16,30]  # P3/8\nhead:\n  [[-1, 1, Conv, [512, 1, 1]],\n   [[17, 20], 1, Detect, [nc, anchors]],  # Detect\n  ]\n"

func TestSetClassCount(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
		n, line        int
	}{
		{"as released", modelSample, strings.Replace(modelSample, "nc: 80", "nc: 3", 1), 80, 4},
		{"CR LF", strings.ReplaceAll(modelSample, "\n", "\r\n"), strings.ReplaceAll(strings.Replace(modelSample, "nc: 80", "nc: 3", 1), "\n", "\r\n"), 80, 4},
		{"CR alone", "a: 1\rnc: 80\rb: 2\r", "a: 1\rnc: 3\rb: 2\r", 80, 2},
		{"byte order mark", "\ufeffnc: 80\na: 1\n", "\ufeffnc: 3\na: 1\n", 80, 1},
		{"no final newline", "a: 1\nnc: 80", "a: 1\nnc: 3", 80, 2},
		{"trailing spaces", "nc: 80   \na: 1\n", "nc: 3   \na: 1\n", 80, 1},
		{"wide spacing", "nc  :\t  80 # n\n", "nc  :\t  3 # n\n", 80, 1},
		{"double-quoted key", "\"nc\": 80\n", "\"nc\": 3\n", 80, 1},
		{"quoted value", "'nc': '80'\n", "'nc': '3'\n", 80, 1},
		{"flow", "{nc: 80, depth_multiple: 0.33}", "{nc: 3, depth_multiple: 0.33}", 80, 1},
		{"flow without spaces", `{"a":1,"nc":80}`, `{"a":1,"nc":3}`, 80, 1},
		{"flow over lines", "{a: [1,\n 2],\n  nc: 80,\n}\n", "{a: [1,\n 2],\n  nc: 3,\n}\n", 80, 3},
		{"anchor and alias", "nc: &n 80\nalso: *n\n", "nc: &n 3\nalso: *n\n", 80, 1},
		{"tag", "nc: !!int 80\n", "nc: !!int 3\n", 80, 1},
		{"value on the next line", "nc:\n  80\na: 1\n", "nc:\n  3\na: 1\n", 80, 2},
		{"document marks", "%YAML 1.1\n---\nnc: 80\n...\n", "%YAML 1.1\n---\nnc: 3\n...\n", 80, 3},
		{"Chinese before it", "# 类别数量\n名字: 人 # 注\nnc: 80 # 类别\n", "# 类别数量\n名字: 人 # 注\nnc: 3 # 类别\n", 80, 3},
		{"Chinese on its line", "{名字: '人', nc: 80}\n", "{名字: '人', nc: 3}\n", 80, 1},
		{"GBK comment", "# \xc0\xe0\xb1\xf0\nnc: 80 # \xca\xfd\n", "# \xc0\xe0\xb1\xf0\nnc: 3 # \xca\xfd\n", 80, 2},
		{"nc deeper first", "head:\n  nc: 5\nnc: 80\n", "head:\n  nc: 5\nnc: 3\n", 80, 3},
		{"nc in a comment", "# nc: 7\nnc: 80\n", "# nc: 7\nnc: 3\n", 80, 2},
		{"one class", "nc: 1\n", "nc: 3\n", 1, 1},
		{"unchanged", "nc: 3\n", "nc: 3\n", 3, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, line, err := ClassCount([]byte(tt.in))
			if err != nil || n != tt.n || line != tt.line {
				t.Fatalf("ClassCount = %d, %d, %v; want %d, %d", n, line, err, tt.n, tt.line)
			}
			in := []byte(tt.in)
			got, err := SetClassCount(in, 3)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got\n%q, want\n%q", got, tt.want)
			}
			if string(in) != tt.in {
				t.Error("the input was changed")
			}
		})
	}
}

func TestSetClassCountRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		code     problem.Code
		line     string
	}{
		{"empty", "", ModelYAMLNoMap, "1"},
		{"only a comment", "# nc: 80\n", ModelYAMLNoMap, "1"},
		{"list", "\n- nc\n- 80\n", ModelYAMLNoMap, "2"},
		{"text", "nc 80\n", ModelYAMLNoMap, "1"},
		{"broken", "nc: 80\nb: [1, 2\nc: 3\n", ModelYAMLBroken, "2"},
		{"tab indent", "a: 1\nb:\n\tc: 1\nnc: 80\n", ModelYAMLBroken, "3"},
		{"two documents", "nc: 80\n---\nnc: 3\n", ModelYAMLBroken, "2"},
		{"UTF-16", "\xff\xfen\x00c\x00:\x00 \x008\x000\x00", ModelYAMLBroken, "1"},
		{"missing", "depth_multiple: 0.33\n", ModelNCMissing, ""},
		{"only deeper", "a: {nc: 3}\n", ModelNCMissing, ""},
		{"twice", "nc: 80\na: 1\nnc: 3\n", ModelNCTwice, "3"},
		{"twice, quoted", "nc: 80\n'nc': 3\n", ModelNCTwice, "2"},
		{"nothing", "a: 1\nnc:\n", ModelNCUnclear, "2"},
		{"text value", "nc: eighty\n", ModelNCUnclear, "1"},
		{"real", "nc: 80.0\n", ModelNCUnclear, "1"},
		{"negative", "nc: -80\n", ModelNCUnclear, "1"},
		{"octal", "nc: 0120\n", ModelNCUnclear, "1"},
		{"hexadecimal", "nc: 0x50\n", ModelNCUnclear, "1"},
		{"block", "nc: |\n  80\n", ModelNCUnclear, "1"},
		{"list value", "nc: [80]\n", ModelNCUnclear, "1"},
		{"alias", "a: &n 80\nnc: *n\n", ModelNCUnclear, "2"},
		{"escaped", "nc: \"\\x380\"\n", ModelNCUnclear, "1"},
		{"too many", "nc: 99999999999999999999\n", ModelNCUnclear, "1"},
		{"glued comment", "nc: 80#classes\n", ModelNCUnclear, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := SetClassCount([]byte(tt.in), 3)
			wantProblem(t, err, tt.code, tt.line)
			_, _, err = ClassCount([]byte(tt.in))
			wantProblem(t, err, tt.code, tt.line)
		})
	}
	for _, n := range []int{-1, 0, maxClassCount + 1} {
		_, err := SetClassCount([]byte(modelSample), n)
		wantProblem(t, err, ClassCountBad, "")
	}
	_, err := SetClassCount(make([]byte, maxYAML+1), 3)
	wantProblem(t, err, FileTooLarge, "")
}

func wantProblem(t *testing.T, err error, code problem.Code, line string) {
	t.Helper()
	p, ok := problem.As(err)
	if !ok || p.Code != code || p.Args["line"] != line {
		t.Errorf("err = %v, want code %s at line %q", err, code, line)
	}
}

func FuzzSetClassCount(f *testing.F) {
	f.Add([]byte(modelSample), 3)
	f.Add([]byte("\ufeff{a: [1,\r\n 2], \"nc\" : &x 80, b: *x}"), 12)
	f.Add([]byte("# \xc0\xe0\nnc: '80' # 类\r"), 1)
	f.Add([]byte("? nc\n: !!int\n  80\n? [a]\n: b\n"), 7)
	f.Add([]byte("a: |\n  nc: 1\nnc: 80"), 100)
	f.Fuzz(func(t *testing.T, in []byte, nc int) {
		before, line, readErr := ClassCount(in)
		out, err := SetClassCount(in, nc)
		if err != nil {
			return
		}
		if readErr != nil {
			t.Fatalf("written though unreadable: %v", readErr)
		}
		after, newLine, err := ClassCount(out)
		if err != nil || after != nc || newLine != line {
			t.Fatalf("ClassCount = %d, %d, %v after setting %d on line %d", after, newLine, err, nc, line)
		}
		back, err := SetClassCount(out, max(before, 1))
		if err != nil {
			t.Fatal(err)
		}
		if before > 0 && !bytes.Equal(back, in) {
			t.Fatalf("there and back: %q, was %q", back, in)
		}
		// Only one run of digits may differ.
		old, fresh := strconv.Itoa(before), strconv.Itoa(nc)
		if len(out)-len(in) != len(fresh)-len(old) {
			t.Fatalf("lengths: %q, %q", in, out)
		}
		var a, b map[string]any
		text := bytes.TrimPrefix(in, byteOrderMark)
		if yaml.Unmarshal(plainASCII(text), &a) != nil {
			return // the parser reads nodes of some files that it cannot decode
		}
		if err := yaml.Unmarshal(plainASCII(bytes.TrimPrefix(out, byteOrderMark)), &b); err != nil {
			t.Fatal(err)
		}
		if len(a) != len(b) {
			t.Fatalf("keys: %v, %v", a, b)
		}
	})
}

func wantProblemCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !problem.Has(err, code) {
		t.Errorf("err = %v, want code %s", err, code)
	}
}
