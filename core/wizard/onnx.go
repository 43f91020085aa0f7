package wizard

import (
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/preflight"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// The notes about the model in ONNX's format.
const (
	NoteExport     NoteCode = "export"      // some seconds to a minute of paid time
	NoteExported   NoteCode = "exported"    // path, ir, opset, nodes, inputs, outputs, bytes, sha256, seconds, cost
	NoteExportPlay NoteCode = "export-play" // path, sha256: the practice instance's stand-in
	// NoteExportNone: why (export-script, onnx-module), command: how to get what
	// is missing.
	NoteExportNone NoteCode = "export-none"
	// NoteExportFail: log, detail: as NotePredictFail.
	NoteExportFail NoteCode = "export-fail"
)

const (
	onnxModule = "onnx"
	exportTime = 5 * time.Minute
)

// export has YOLOv5 write the model in ONNX's format, if that is asked for,
// and brings the file here. Like predict it is an extra.
func (w *work) export(model instance.FileFact, run, folder string) error {
	if w.plan.Result.ONNX != "yes" {
		return nil
	}
	return w.excuse(NoteExportFail, w.exportONNX(model, run, folder))
}

func (w *work) exportONNX(model instance.FileFact, run, folder string) error {
	s, err := w.settingsThere(run)
	if err != nil {
		return err
	}
	name, script := "", ""
	for _, try := range yolov5.ExportScripts {
		text, ok, err := w.readThere(path.Join(s.CodeDir, try))
		if err != nil {
			return err
		}
		if ok {
			name, script = try, text
			break
		}
	}
	if name == "" {
		w.note(NoteExportNone, "why", "export-script", "command", "")
		return nil
	}
	there, err := w.bringONNX(s)
	if err != nil {
		return err
	}
	if !there {
		w.note(NoteExportNone, "why", "onnx-module", "command", shellword.Join(s.Python, "-m", "pip", "install", onnxModule))
		return nil
	}
	w.note(NoteExport)
	weights := path.Join(run, "weights", "best.pt")
	done, err := w.sendOn(errand{
		name: "export", about: []string{model.SHA256}, most: exportTime,
		call: s.Export(name, yolov5.OptionsOf([]byte(script)), weights),
	})
	if err != nil {
		return err
	}
	// It ends with exit code 0 even if it fails.
	ok, failure := yolov5.ExportedOf(done.log)
	if failure != "" {
		done.log = failure
	}
	if !done.ok || !ok {
		w.noteFailed(NoteExportFail, done)
		return nil
	}
	return w.fetchONNX(strings.TrimSuffix(weights, ".pt")+".onnx", folder, done)
}

// bringONNX looks for the module that the export needs, and installs it if it
// is missing: the image's torch stays as it is. there is whether it is there
// then.
func (w *work) bringONNX(s yolov5.Settings) (there bool, err error) {
	for tried := false; ; tried = true {
		exit, err := w.instance.Run(w.ctx, `"$1" -c "$2" </dev/null`, []string{s.Python, "import " + onnxModule}, w.logLines())
		if err != nil || exit == 0 || tried {
			return exit == 0, err
		}
		at := preflight.Site{Python: s.Python, Folder: w.record.Steps[journey.Upload].Fact("folder")}
		if err := w.installModules(at, []string{onnxModule}); err != nil {
			return false, err
		}
	}
}

// fetchONNX brings the exported model here, and takes it for one only if it
// reads as a whole one.
func (w *work) fetchONNX(from, folder string, done outcome) error {
	arrived := w.StatePath("download", "best.onnx")
	var info yolov5.ONNXInfo
	fact, err := w.fetchChecked(from, arrived, func(f *os.File, size int64) (bool, error) {
		var err error
		info, err = yolov5.CheckONNX(f, size)
		return info.Rehearsal, err
	})
	if err != nil {
		return err
	}
	file, err := w.placeIn(arrived, fact, folder, modelName(w.plan)+".onnx")
	if err != nil {
		return err
	}
	w.fact("onnx", w.rel(file))
	if info.Rehearsal {
		w.note(NoteExportPlay, "path", w.rel(file), "sha256", fact.SHA256)
		return nil
	}
	w.note(NoteExported, "path", w.rel(file), "ir", strconv.FormatInt(info.IRVersion, 10), "opset", strconv.FormatInt(info.Opset, 10),
		"nodes", strconv.Itoa(info.Nodes), "inputs", strings.Join(info.Inputs, ", "), "outputs", strings.Join(info.Outputs, ", "),
		"bytes", strconv.FormatInt(fact.Size, 10), "sha256", fact.SHA256, "seconds", errandSeconds(done), "cost", w.priceOf(done))
	return nil
}
