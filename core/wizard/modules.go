package wizard

import (
	"bytes"
	"io"
	"path"
	"strconv"
	"strings"

	"gpuwizard/assets"
	"gpuwizard/core/clean"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// ensureModules installs what the code's requirements.txt asks for and the
// Python lacks; never torch, which came with the image for its GPU.
func (w *work) ensureModules(python, code string) error {
	var list bytes.Buffer
	exit, err := w.instance.Run(w.ctx, printFile, []string{path.Join(code, "requirements.txt")}, limited(&list))
	if err != nil || exit != 0 {
		return err
	}
	byImport := map[string]string{}
	var imports []string
	for _, r := range yolov5.Requirements(list.Bytes()) {
		if !r.Keep && r.Marker == "" {
			imports = append(imports, r.Import)
			byImport[r.Import] = r.Name + r.Spec
		}
	}
	missing, err := w.missingModules(python, imports)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		w.note(NoteModulesOK)
		return nil
	}
	var packages []string
	for _, m := range missing {
		packages = append(packages, byImport[m])
	}
	w.note(NoteModules, "missing", strings.Join(packages, ", "))
	output := w.pip(python, packages)
	if missing, err = w.missingModules(python, missing); err != nil || len(missing) == 0 {
		return err
	}
	// Some modules are asked for and not needed. The code itself says.
	var help bytes.Buffer
	exit, err = w.instance.Run(w.ctx, `cd "$1" && YOLOv5_AUTOINSTALL=false "$2" train.py --help </dev/null`, []string{code, python}, limited(&help))
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(ModulesMissing, nil, "modules", strings.Join(missing, ", "), "output", lastLine(output+"\n"+help.String()))
	}
	w.note(NoteModulesFailed, "missing", strings.Join(missing, ", "))
	return nil
}

func (w *work) missingModules(python string, imports []string) ([]string, error) {
	var out bytes.Buffer
	args := append([]string{python, assets.ModulesProbe}, imports...)
	exit, err := w.instance.Run(w.ctx, `python=$1 probe=$2; shift 2; "$python" -c "$probe" "$@" </dev/null`, args, limited(&out))
	if err != nil {
		return nil, err
	}
	if exit != 0 {
		return nil, problem.New(RemoteFailed, nil, "what", python, "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
	}
	var missing []string
	known := map[string]bool{}
	for _, m := range imports {
		known[m] = true
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if line = strings.TrimSpace(line); known[line] {
			missing = append(missing, line)
		}
	}
	return missing, nil
}

// pip installs packages one call each, so that one that cannot be had does not
// keep the others away, and returns the end of its output.
func (w *work) pip(python string, packages []string) string {
	var all string
	for _, name := range packages {
		w.command(python + " -m pip install " + name)
		var out bytes.Buffer
		lines := clean.NewLines(func(line string, live bool) {
			w.env.Face.Tell(Event{Step: w.step, Kind: KindLog, Line: line, Live: live})
		})
		_, err := w.instance.Run(w.ctx, `"$1" -m pip install --no-input --disable-pip-version-check "$2" </dev/null`,
			[]string{python, name}, io.MultiWriter(limited(&out), lines))
		lines.Flush()
		all = out.String()
		if err != nil {
			return err.Error()
		}
	}
	return all
}

// placeFont saves YOLOv5 the download of a font. Where it cannot, the training
// may still have a network: that is told, and no reason to stop.
func (w *work) placeFont(python, config string) error {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, `"$1" -c "$2" "$3" </dev/null`, []string{python, assets.FontScript, config}, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		w.note(NoteNoFont, "output", lastLine(out.String()))
	}
	return nil
}
