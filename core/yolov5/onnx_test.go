package yolov5_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// A protobuf writer: field writes one of number and content.
func field(b []byte, number uint64, content any) []byte {
	switch content := content.(type) {
	case int:
		return binary.AppendUvarint(binary.AppendUvarint(b, number<<3), uint64(content))
	case string:
		b = binary.AppendUvarint(binary.AppendUvarint(b, number<<3|2), uint64(len(content)))
		return append(b, content...)
	case []byte:
		return field(b, number, string(content))
	}
	panic("no such content")
}

func message(fields ...any) (b []byte) {
	for i := 0; i < len(fields); i += 2 {
		b = field(b, uint64(fields[i].(int)), fields[i+1])
	}
	return b
}

// onnxValue is an input or output with its dimensions: numbers, or names.
func onnxValue(name string, dims ...any) []byte {
	var shape []byte
	for _, d := range dims {
		if n, ok := d.(int); ok {
			shape = field(shape, 1, message(1, n))
		} else {
			shape = field(shape, 1, message(2, d))
		}
	}
	return message(1, name, 2, message(1, message(1, 1, 2, shape)))
}

// onnxModel is a model with a graph of these fields.
func onnxModel(graph ...any) []byte {
	return message(1, 7, 2, "pytorch", 3, "1.13", 7, message(graph...), 8, message(2, 12), 14, message(1, "stride", 2, "32"))
}

func wholeONNX() []byte {
	return onnxModel(
		1, message(1, "images", 2, "a", 4, "Conv"), 1, message(1, "a", 2, "output0", 4, "Sigmoid"), 2, "torch_jit",
		5, message(1, 2, 1, 3, 2, 1, 8, "weight", 9, strings.Repeat("f", 24)), 5, message(1, []byte{2, 3}, 2, 7, 9, strings.Repeat("i", 48)),
		11, onnxValue("images", 1, 3, "height", 640), 12, onnxValue("output0", 1, 25200, 6),
	)
}

func checkONNX(data []byte) (yolov5.ONNXInfo, error) {
	return yolov5.CheckONNX(bytes.NewReader(data), int64(len(data)))
}

func TestCheckONNX(t *testing.T) {
	info, err := checkONNX(wholeONNX())
	if err != nil {
		t.Fatal(err)
	}
	if info.IRVersion != 7 || info.Opset != 12 || info.Producer != "pytorch" || info.Nodes != 2 || info.Rehearsal ||
		!slices.Equal(info.Inputs, []string{"images 1x3xheightx640"}) || !slices.Equal(info.Outputs, []string{"output0 1x25200x6"}) {
		t.Errorf("%+v", info)
	}
	var stand bytes.Buffer
	if err := yolov5.WriteRehearsalONNX(&stand, "REHEARSAL"); err != nil {
		t.Fatal(err)
	}
	if info, err := checkONNX(stand.Bytes()); err != nil || !info.Rehearsal || info.Inputs[0] != "images 1x3x64x64" {
		t.Errorf("the stand-in: %+v, %v", info, err)
	}
}

func TestBrokenONNX(t *testing.T) {
	input, output := onnxValue("images", 1), onnxValue("out", 1)
	node := message(4, "Conv")
	tests := []struct {
		name, detail string
		data         []byte
	}{
		{"a web page", "", []byte("<!DOCTYPE html><html></html>")},
		{"zeros", "no protocol buffer", make([]byte, 4096)},
		{"a pickle", "", []byte("PK\x03\x04 and so on")},
		{"another protocol buffer", "no version of ONNX", message(2, "name")},
		{"no operators", "no version of the operators", message(1, 7, 7, message(1, node, 11, input, 12, output))},
		{"other operators", "no version of the operators", message(1, 7, 7, message(1, node, 11, input, 12, output), 8, message(1, "com.example", 2, 3))},
		{"no graph", "no graph", message(1, 7, 8, message(2, 12))},
		{"two graphs", "no graph", message(1, 7, 7, message(1, node, 11, input, 12, output), 7, message(1, node), 8, message(2, 12))},
		{"an empty graph", "no graph of operations", onnxModel(11, input, 12, output)},
		{"no input", "no input", onnxModel(1, node, 12, output)},
		{"no output", "no input or no output", onnxModel(1, node, 11, input)},
		{"an operation without a name", "no name", onnxModel(1, message(1, "a"), 11, input, 12, output)},
		{"a tensor cut short", "24", onnxModel(1, node, 5, message(1, 2, 1, 3, 2, 1, 9, "short"), 11, input, 12, output)},
		{"a tensor beyond all bounds", "larger", onnxModel(1, node, 5, message(1, 1<<40, 1, 1<<40, 2, 1, 9, "short"), 11, input, 12, output)},
	}
	for _, tt := range tests {
		_, err := checkONNX(tt.data)
		p, ok := problem.As(err)
		if !ok || p.Code != yolov5.ONNXBroken || !strings.Contains(p.Args["detail"], tt.detail) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := checkONNX(nil); !problem.Has(err, yolov5.WeightsEmpty) {
		t.Errorf("nothing: %v", err)
	}
}

// No beginning of a model is one, wherever it ends, and no byte too many.
func TestONNXCutShort(t *testing.T) {
	whole := wholeONNX()
	// What follows the operators may be missing: nothing tells that it was there.
	end := bytes.LastIndex(whole, message(8, message(2, 12))) + len(message(8, message(2, 12)))
	for n := range whole {
		if _, err := checkONNX(whole[:n]); err == nil && n != end {
			t.Errorf("the first %d of %d bytes pass", n, len(whole))
		}
	}
	if _, err := checkONNX(append(whole, 0)); err == nil {
		t.Error("with a byte more it passes")
	}
}

// A file that torch wrote, if one is named.
func TestRealONNX(t *testing.T) {
	name := os.Getenv("GPUWIZARD_TEST_ONNX")
	if name == "" {
		t.Skip("GPUWIZARD_TEST_ONNX names no file")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := checkONNX(data)
	t.Logf("%+v", info)
	if err != nil {
		t.Error(err)
	}
	for n := 0; n < len(data); n += max(1, len(data)/997) {
		if _, err := checkONNX(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes pass", n, len(data))
		}
	}
}

func FuzzCheckONNX(f *testing.F) {
	f.Add(wholeONNX())
	f.Add([]byte("\x08\x07\x3a\x00"))
	var stand bytes.Buffer
	_ = yolov5.WriteRehearsalONNX(&stand, "a")
	f.Add(stand.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := checkONNX(data)
		if err != nil {
			return
		}
		if info.Nodes == 0 || len(info.Inputs) == 0 || len(info.Outputs) == 0 || info.IRVersion < 1 || info.Opset < 1 {
			t.Errorf("passes as %+v", info)
		}
		for _, s := range append(append([]string{info.Producer}, info.Inputs...), info.Outputs...) {
			if strings.ContainsAny(s, "\x1b\n\r") {
				t.Errorf("%q is not clean", s)
			}
		}
	})
}

func TestExportedOf(t *testing.T) {
	tests := []struct {
		name, log string
		ok        bool
		failure   string
	}{
		{"v5.0", "Starting ONNX export with onnx 1.12.0...\nONNX export success, saved as /a/best.onnx\nCoreML export failure: No module named 'coremltools'\n", true, ""},
		{"v5.0 without onnx", "ONNX export failure: No module named 'onnx'\n", false, "ONNX export failure: No module named 'onnx'"},
		{"v6.1", "\x1b[34m\x1b[1mONNX:\x1b[0m export success, saved as /a/best.onnx (7.4 MB)\n", true, ""},
		{"v7.0", "\x1b[34m\x1b[1mONNX:\x1b[0m export success ✅ 0.6s, saved as /a/best.onnx (7.4 MB)\r\n", true, ""},
		{"v7.0 that fails", "\x1b[34m\x1b[1mONNX:\x1b[0m export failure ❌ 0.1s: no room\n", false, "ONNX: export failure ❌ 0.1s: no room"},
		{"success, then a check that fails", "ONNX: export success\nONNX: export failure: bad\n", false, "ONNX: export failure: bad"},
		{"nothing", "Fusing layers...\n", false, ""},
	}
	for _, tt := range tests {
		if ok, failure := yolov5.ExportedOf(tt.log); ok != tt.ok || failure != tt.failure {
			t.Errorf("%s: %v, %q", tt.name, ok, failure)
		}
	}
}
