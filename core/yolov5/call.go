package yolov5

import (
	"path"
	"strconv"
	"strings"

	"gpuwizard/core/shellword"
)

// A Call is a program of YOLOv5 with its arguments, to be run in its folder.
type Call struct {
	Dir     string
	Env     []string // NAME=VALUE
	Command []string
}

// Shell returns the call as one line that a person can paste into a shell on
// the instance.
func (c Call) Shell() string {
	var words []string
	if c.Dir != "" {
		words = append(words, "cd", shellword.Quote(c.Dir), "&&")
	}
	for _, env := range c.Env {
		name, value, _ := strings.Cut(env, "=")
		words = append(words, name+"="+shellword.Quote(value))
	}
	for _, arg := range c.Command {
		words = append(words, shellword.Quote(arg))
	}
	return strings.Join(words, " ")
}

// DetectScript draws what a model finds on pictures.
const DetectScript = "detect.py"

// ExportScripts write a model in other formats; v5.0 has the second.
var ExportScripts = []string{"export.py", "models/export.py"}

// Detect is the call that draws what weights find on the pictures of a folder
// into the folder out. options are those of the detect.py at hand.
func (s Settings) Detect(options Options, weights, pictures, out string) Call {
	args := []string{DetectScript, "--weights", weights, "--source", pictures}
	if s.ImgSize > 0 {
		// Every release takes this name.
		args = append(args, "--img-size", strconv.Itoa(s.ImgSize))
	}
	if device, _, _ := strings.Cut(s.Device, ","); device != "" && device != "auto" {
		args = append(args, "--device", device)
	}
	if s.Data != "" && options.Has("--data") {
		// Its default need not be there any more (v6.1 and later).
		args = append(args, "--data", s.Data)
	}
	return s.call(append(args, "--project", path.Dir(out), "--name", path.Base(out), "--exist-ok"))
}

// Export is the call that writes weights as ONNX, beside them: best.pt becomes
// best.onnx. options are those of the script, one of ExportScripts.
func (s Settings) Export(script string, options Options, weights string) Call {
	args := []string{script, "--weights", weights}
	if s.ImgSize > 0 {
		args = append(args, "--img-size", strconv.Itoa(s.ImgSize))
	}
	if s.Data != "" && options.Has("--data") {
		args = append(args, "--data", s.Data)
	}
	if options.Has("--include") {
		args = append(args, "--include", "onnx")
	}
	return s.call(args)
}

func (s Settings) call(args []string) Call {
	// Up to v6.1 both scripts call pip for whatever they miss, without asking:
	// it finds nothing to put in the place of the image's torch.
	env := append(s.Env(), "PIP_NO_INDEX=1")
	return Call{Dir: s.CodeDir, Env: env, Command: append([]string{s.python()}, args...)}
}

func (s Settings) python() string {
	if s.Python == "" {
		return "python3"
	}
	return s.Python
}
