package rehearsal

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/practice/internal/command"
)

const nothingExported = "REHEARSAL 演练: nothing is exported here; this file stands in for a model. 这里没有导出任何东西：这个文件只是模型的替身。"

// export is export.py: a file that reads as ONNX, beside the weights.
func (p *Python) export(c *command.Call, script string, args []string) int {
	if p.lacks("onnx") {
		// It ends with exit code 0, like the real one.
		fmt.Fprintln(c.Stderr, "ONNX: export failure ❌ 0.0s: No module named 'onnx'")
		return 0
	}
	full, missing := weightsOf(c, values(args))
	if missing != nil {
		return refused(c, script, missing)
	}
	fmt.Fprintln(c.Stderr, nothingExported)
	var file bytes.Buffer
	err := yolov5.WriteRehearsalONNX(&file, nothingExported)
	name := strings.TrimSuffix(full, path.Ext(full)) + ".onnx"
	if err == nil {
		err = (&player{Call: c, run: path.Dir(name)}).write(path.Base(name), file.Bytes())
	}
	if err != nil {
		fmt.Fprintf(c.Stderr, "ONNX: export failure ❌ 0.0s: %v\n", err)
		return 0
	}
	fmt.Fprintf(c.Stderr, "ONNX: export success ✅ 0.0s, saved as %s\n", name)
	return 0
}
