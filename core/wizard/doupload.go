package wizard

import (
	"bytes"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/label"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/core/yolov5"
)

// Codes of problems with the instance as the steps find it.
const (
	NoPython     problem.Code = "no-python"      // host: no Python at all
	NoTorch      problem.Code = "no-torch"       // python: the best Python found has no torch
	NoDataFolder problem.Code = "no-data-folder" // path: nowhere to put the data
	CloneFailed  problem.Code = "clone-failed"   // url, output
)

func (w *work) doUpload() error {
	if err := w.meet(); err != nil {
		return err
	}
	began := w.env.Now()
	if len(w.facts.GPUs) > 0 {
		w.tellCheapUpload()
	}
	folder, err := w.chooseFolder()
	if err != nil {
		return err
	}
	w.fact("folder", folder)
	if w.facts.ID != "" {
		w.fact("instance_of", w.facts.Platform)
		w.fact("instance_id", w.facts.ID)
	}
	manifest, err := label.ReadManifest(w.preparedDataset())
	if err != nil {
		return problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Convert))
	}
	if err := w.send("dataset", path.Join(folder, "dataset"), w.datasetSources(manifest)); err != nil {
		return err
	}
	yaml := w.dataYAML(path.Join(folder, "dataset"), manifest.Classes)
	if w.plan.Code.OnInstance() {
		err = w.bringCode(folder, yaml, len(manifest.Classes))
	} else {
		err = w.sendCode(folder, yaml)
	}
	if err != nil {
		return err
	}
	if err := w.prepareThere(folder); err != nil {
		return err
	}
	w.tellUploadPaid(w.env.Now().Sub(began))
	w.evidence.Output = journey.Digest(folder, w.evidence.Receipts["dataset"].Digest, w.evidence.Receipts["code"].Digest)
	w.evidence.Code, err = w.codeFingerprint(w.ctx, w.plan)
	return err
}

// meet connects, looks at the instance and tells what it is.
func (w *work) meet() error {
	w.note(NoteConnecting, "host", w.host())
	if err := w.connect(); err != nil {
		return err
	}
	host := w.host() // on the way there another login may have been given
	w.tellHost()
	gpu := ""
	if len(w.facts.GPUs) > 0 {
		gpu = clean.Line(w.facts.GPUs[0].Name)
	}
	best, noTorch := w.choosePython() // the zero Python with an error
	w.fact("host", host)
	w.fact("gpu", gpu)
	w.fact("torch", best.Torch)
	w.fact("cpus", strconv.FormatFloat(w.facts.CPUs, 'f', -1, 64))
	w.note(NoteConnected, "host", host, "gpu", gpu, "python", best.Version, "torch", best.Torch)
	if w.facts.Rehearsal {
		w.fact("rehearsal", "true")
		w.note(NoteRehearsal)
	} else if gpu == "" && w.step == journey.Upload {
		w.tellNoGPU()
	}
	if w.step == journey.Upload || w.step == journey.Train {
		w.tellPlace()
	}
	if w.step == journey.Upload {
		w.tellPrice()
		w.tellDisks()
		if noTorch != nil {
			w.tellNoTorch()
		}
	}
	return nil
}

// tellNoTorch says early that the instance lacks what a training needs: data
// can be sent all the same.
func (w *work) tellNoTorch() {
	python := ""
	if len(w.facts.Pythons) > 0 {
		python = clean.Line(w.facts.Pythons[0].Path)
	}
	w.note(NoteNoTorch, "python", python)
}

func (w *work) host() string {
	if w.Practice() {
		return PracticePlatform
	}
	if login, err := ReadLogin(w.plan.Login); err == nil {
		return login.Address()
	}
	return ""
}

// choosePython returns the plan's Python, or the best with torch.
func (w *work) choosePython() (instance.Python, error) {
	for _, p := range w.facts.Pythons {
		if w.plan.Remote.Python == p.Path || w.plan.Remote.Python == "auto" && p.Torch != "" {
			return p, nil
		}
	}
	if w.plan.Remote.Python != "auto" {
		return instance.Python{Path: w.plan.Remote.Python}, nil
	}
	if len(w.facts.Pythons) == 0 {
		return instance.Python{}, problem.New(NoPython, nil, "host", w.host())
	}
	return instance.Python{}, problem.New(NoTorch, nil, "python", w.facts.Pythons[0].Path)
}

// chooseFolder returns the plan's folder on the instance, or one of the
// project's name on the platform's disk for data, else at home.
func (w *work) chooseFolder() (string, error) {
	if w.plan.Remote.Folder != "auto" {
		return strings.TrimSuffix(w.plan.Remote.Folder, "/"), nil
	}
	base := w.facts.Home
	if platform, ok := w.platform(); ok {
		there := func(want string) bool {
			return slices.ContainsFunc(w.facts.Disks, func(d instance.Disk) bool { return d.Path == want && d.Writable })
		}
		disks := platform.DataDisks()
		if at := slices.IndexFunc(disks, there); at >= 0 {
			base = disks[at]
		}
	}
	if base == "" {
		return "", problem.New(NoDataFolder, nil, "path", base)
	}
	folder := path.Join(base, "gpuwizard-"+w.plan.Name)
	for _, d := range w.facts.Disks {
		if d.Path == base {
			w.note(NoteFolder, "folder", folder, "free", strconv.FormatInt(d.FreeBytes, 10))
			return folder, nil
		}
	}
	w.note(NoteFolder, "folder", folder, "free", "")
	return folder, nil
}

func (w *work) datasetSources(manifest label.Manifest) []instance.Source {
	root := w.preparedDataset()
	list := make([]instance.Source, 0, len(manifest.Files))
	for _, f := range manifest.Files {
		name := filepath.Join(root, filepath.FromSlash(f.Path))
		list = append(list, instance.Source{
			Path: f.Path, Size: f.Size, SHA256: f.Sum.String(),
			Open: func() (io.ReadCloser, error) { return os.Open(name) },
		})
	}
	return list
}

func (w *work) send(what, folder string, files []instance.Source) error {
	receipt, err := w.upload(folder, files)
	if err != nil {
		return err
	}
	if w.evidence.Receipts == nil {
		w.evidence.Receipts = map[string]instance.Receipt{}
	}
	w.evidence.Receipts[what] = receipt
	if receipt.ReadBack {
		w.note(NoteReadBack, "host", w.host(), "folder", receipt.Folder)
	}
	w.note(NoteUploaded, "what", what, "files", strconv.Itoa(receipt.Files), "bytes", strconv.FormatInt(receipt.Bytes, 10),
		"sent_files", strconv.Itoa(receipt.SentFiles), "sent_bytes", strconv.FormatInt(receipt.SentBytes, 10), "folder", receipt.Folder)
	return w.save()
}

// sendCode uploads the local code with the files of the classes step in their
// places, and the weights beside train.py.
func (w *work) sendCode(folder string, dataYAML []byte) error {
	code, err := w.openCode(w.plan)
	if err != nil {
		return err
	}
	defer code.Close()
	files, left, err := code.sources(w.digests())
	if err != nil {
		return err
	}
	w.tellLeftOut(left)
	overlay, err := w.overlay(dataYAML)
	if err != nil {
		return err
	}
	return w.send("code", path.Join(folder, "code"), overlaid(files, overlay))
}

// overlay lists what goes over the code as it came.
func (w *work) overlay(dataYAML []byte) ([]instance.Source, error) {
	list := []instance.Source{bytesSource("data/"+w.plan.Name+".yaml", dataYAML)}
	if name := w.record.Steps[journey.Classes].Fact("model_yaml"); name != "" {
		s, err := localSource(filepath.Join(w.preparedCode(), filepath.FromSlash(name)), name)
		if err != nil {
			return nil, problem.New(StepNotReady, err, "step", string(w.step), "need", string(journey.Classes))
		}
		list = append(list, s)
	}
	file, name, err := w.weights(w.plan)
	if err != nil {
		return nil, err
	}
	if file != "" {
		s, err := knownSource(w.digests(), file, name)
		if err != nil {
			return nil, problem.New(WeightsMissing, err, "path", file)
		}
		list = append(list, s)
	} else if name != "" {
		w.note(NoteWeightsThere, "weights", name)
	}
	return list, nil
}

func overlaid(files, over []instance.Source) []instance.Source {
	for _, o := range over {
		files = slices.DeleteFunc(files, func(f instance.Source) bool { return f.Path == o.Path })
	}
	return append(files, over...)
}

func bytesSource(name string, data []byte) instance.Source {
	return instance.Source{
		Path: name, Size: int64(len(data)), SHA256: journey.Digest(string(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// The code comes from the instance itself or from a repository: a copy is made
// beside the target and takes its name when it is whole. The folder that the
// person has there stays as it is.
const bringScript = `
set -e
to=$1 kind=$2 from=$3 tag=$4
rm -rf "$to.new"
if [ "$kind" = git ]; then
	if [ -n "$tag" ]; then set -- --branch "$tag"; else set --; fi
	GIT_TERMINAL_PROMPT=0 git clone --quiet --depth 1 "$@" -- "$from" "$to.new" </dev/null
	rm -rf "$to.new/.git"
else
	mkdir -p "$to.new"
	cp -R "$from/." "$to.new"
	rm -rf "$to.new/.git" "$to.new/runs"
fi
test -f "$to.new/train.py"
`

const placeScript = `
set -e
to=$1 over=$2
cp -R "$over/." "$to.new"
rm -rf "$to.old" "$over"
if [ -e "$to" ]; then mv "$to" "$to.old"; fi
mv "$to.new" "$to"
rm -rf "$to.old"
`

const printFile = `cat -- "$1"`

func (w *work) bringCode(folder string, dataYAML []byte, classes int) error {
	code := path.Join(folder, "code")
	kind, from, tag := "copy", w.plan.Code.Remote, ""
	if w.plan.Code.Git != "" {
		kind = "git"
		from, tag, _ = strings.Cut(w.plan.Code.Git, "#")
	}
	w.command("[" + kind + "] " + shellword.Join(from, code))
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, bringScript, []string{code, kind, from, tag}, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(CloneFailed, nil, "url", from, "output", lastLine(out.String()))
	}
	overlay, err := w.overlay(dataYAML)
	if err != nil {
		return err
	}
	model, err := w.modelOnInstance(code+".new", classes)
	if err != nil {
		return err
	}
	overFolder := path.Join(folder, "changes")
	if err := w.send("code", overFolder, overlaid(overlay, []instance.Source{model})); err != nil {
		return err
	}
	return w.mustRun(w.ctx, placeScript, code, overFolder)
}

// modelOnInstance edits the class count of a model YAML that is only there.
func (w *work) modelOnInstance(code string, classes int) (instance.Source, error) {
	for _, name := range modelPaths(w.plan.Model) {
		var out bytes.Buffer
		exit, err := w.instance.Run(w.ctx, printFile, []string{path.Join(code, name)}, limited(&out))
		if err != nil {
			return instance.Source{}, err
		}
		if exit != 0 {
			continue
		}
		from, line, err := yolov5.ClassCount(out.Bytes())
		if err != nil {
			return instance.Source{}, err
		}
		edited, err := yolov5.SetClassCount(out.Bytes(), classes)
		if err != nil {
			return instance.Source{}, err
		}
		w.note(NoteModelYAML, "path", name, "from", strconv.Itoa(from), "to", strconv.Itoa(classes), "line", strconv.Itoa(line))
		w.fact("model_yaml", name)
		return bytesSource(name, edited), nil
	}
	return instance.Source{}, problem.New(ModelMissing, nil, "model", w.plan.Model, "path", code, "allowed", "")
}

// mustRun runs a script whose failure has no other explanation than its output.
func (w *work) mustRun(ctx context.Context, script string, args ...string) error {
	var out bytes.Buffer
	exit, err := w.instance.Run(ctx, script, args, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(instance.RemoteFailed, nil, "what", path.Base(args[0]), "exit", strconv.Itoa(exit), "output", lastLine(out.String()))
	}
	return nil
}

// maxOutput bounds what is kept of a script's output.
const maxOutput = 1 << 20

// limited writes up to maxOutput bytes into b and drops the rest.
func limited(b *bytes.Buffer) io.Writer { return &limitedWriter{b} }

type limitedWriter struct{ b *bytes.Buffer }

func (l *limitedWriter) Write(p []byte) (int, error) {
	if room := maxOutput - l.b.Len(); room > 0 {
		l.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return clean.Line(lines[len(lines)-1])
}
