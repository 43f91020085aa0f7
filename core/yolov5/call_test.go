package yolov5_test

import (
	"strings"
	"testing"

	"gpuwizard/core/yolov5"
)

func TestCalls(t *testing.T) {
	s := yolov5.Settings{
		Release: yolov5.V70, Python: "/opt/python", CodeDir: "/root/my code", Data: "data/person.yaml", ImgSize: 320, Device: "0,1",
		Weights: "yolov5n.pt", Cfg: "models/yolov5n.yaml", Epochs: 5, Batch: 4,
	}
	withData := yolov5.OptionsOf([]byte(`add_argument('--data', type=str) add_argument('--include', nargs='+')`))
	tests := []struct {
		name string
		call yolov5.Call
		want string
	}{
		{
			"detect of v5.0, v6.0", s.Detect(nil, "/run/best.pt", "/in", "/out/drawn"),
			"/opt/python detect.py --weights /run/best.pt --source /in --img-size 320 --device 0 --project /out --name drawn --exist-ok",
		},
		{
			"detect since v6.1", s.Detect(withData, "/run/best.pt", "/in", "/out/drawn"),
			"/opt/python detect.py --weights /run/best.pt --source /in --img-size 320 --device 0 --data data/person.yaml --project /out --name drawn --exist-ok",
		},
		{
			"export of v5.0", s.Export("models/export.py", nil, "/run/best.pt"),
			"/opt/python models/export.py --weights /run/best.pt --img-size 320",
		},
		{
			"export since v6.0", s.Export("export.py", withData, "/run/best.pt"),
			"/opt/python export.py --weights /run/best.pt --img-size 320 --data data/person.yaml --include onnx",
		},
	}
	for _, tt := range tests {
		if got := strings.Join(tt.call.Command, " "); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
		if shell := tt.call.Shell(); !strings.HasPrefix(shell, "cd '/root/my code' && ") || !strings.Contains(shell, " PIP_NO_INDEX=1 ") {
			t.Errorf("%s: %s", tt.name, shell)
		}
	}
}

func TestDetectedOf(t *testing.T) {
	tests := []struct {
		name, log string
		want      yolov5.Detected
	}{
		{"v7.0", "Fusing layers... \nimage 1/3 /a/1: 2.jpg: 96x96 2 persons, 1 traffic light, 13.8ms\r\n" +
			"image 2/3 /a/b.jpg: 64x96 (no detections), 6.3ms\nimage 3/3 /a/c.jpg: 64x96 1 person, 6.3ms\nSpeed: 0.1ms\n", yolov5.Detected{3, 1, 4}},
		{"v6.1", "image 1/2 /a/b.jpg: 96x96 2 persons, Done. (0.013s)\nimage 2/2 /a/b.jpg: 96x96 Done. (0.013s)\n", yolov5.Detected{2, 1, 2}},
		{"v5.0 with a warning", "image 1/2 /a/b.jpg: /usr/lib/functional.py:504: UserWarning: torch.meshgrid: \n  return _VF\n64x64 3 persons, Done. (0.041s)\n" +
			"image 2/2 /a/c.jpg: 64x64 Done. (0.034s)\n", yolov5.Detected{2, 1, 3}},
		{"other words", "detect: weights=['/a/best.pt'], source=/a\nimage\nimage 1/2\n", yolov5.Detected{}},
		{"nothing", "", yolov5.Detected{}},
	}
	for _, tt := range tests {
		if got := yolov5.DetectedOf(tt.log); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
