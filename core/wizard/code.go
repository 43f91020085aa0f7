package wizard

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Codes of problems with the YOLOv5 code.
const (
	CodeMissing    problem.Code = "code-missing"    // path: no such folder or zip
	CodeNotYOLOv5  problem.Code = "code-not-yolov5" // path: no train.py beside a models folder
	CodeUnreadable problem.Code = "code-unreadable" // path
	CodeTooLarge   problem.Code = "code-too-large"  // path, max (bytes)
	ModelMissing   problem.Code = "model-missing"   // model, path, allowed
	WeightsMissing problem.Code = "weights-missing" // path
)

// A codeFolder is the YOLOv5 code on this computer: a folder, or a zip that
// holds one.
type codeFolder struct {
	fs.FS
	io.Closer
	name string // as the person knows it
}

// onInstance reports whether the code is brought to the instance from
// elsewhere, so that it cannot be read here.
func (c Code) onInstance() bool { return c.Git != "" || c.Remote != "" }

// openCode opens the plan's code. The caller closes it.
func (p *Project) openCode(plan Plan) (codeFolder, error) {
	if plan.Code.Zip != "" {
		return openCodeZip(p.path(plan.Code.Zip))
	}
	dir := p.path(plan.Code.Folder)
	if plan.Code.Folder == "" {
		return codeFolder{}, problem.New(AnswerMissing, nil, "key", "code.folder")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return codeFolder{}, problem.New(CodeMissing, err, "path", dir)
	}
	return insideCode(codeFolder{os.DirFS(dir), io.NopCloser(nil), dir})
}

func openCodeZip(name string) (codeFolder, error) {
	z, err := zip.OpenReader(name)
	if os.IsNotExist(err) {
		return codeFolder{}, problem.New(CodeMissing, err, "path", name)
	}
	if err != nil {
		return codeFolder{}, problem.New(CodeUnreadable, err, "path", name)
	}
	code, err := insideCode(codeFolder{&z.Reader, z, name})
	if err != nil {
		z.Close()
	}
	return code, err
}

// insideCode finds the code in a folder that holds nothing else: unpacking a
// release leaves it one level down.
func insideCode(code codeFolder) (codeFolder, error) {
	if looksLikeCode(code.FS, ".") {
		return code, nil
	}
	entries, err := fs.ReadDir(code.FS, ".")
	if err != nil {
		return code, problem.New(CodeUnreadable, err, "path", code.name)
	}
	for _, e := range entries {
		if e.IsDir() && looksLikeCode(code.FS, e.Name()) {
			sub, err := fs.Sub(code.FS, e.Name())
			if err != nil {
				return code, problem.New(CodeUnreadable, err, "path", code.name)
			}
			code.FS = sub
			return code, nil
		}
	}
	return code, problem.New(CodeNotYOLOv5, nil, "path", code.name)
}

// What of a code folder stays here: the history (whose presence makes YOLOv5
// reach for the network), earlier runs, what Python and editors leave behind.
// Weights are sent by name, so that no others travel along.
var (
	codeLeftOut = []string{".git", ".github", ".idea", ".vscode", "__pycache__", ".DS_Store", ".ipynb_checkpoints"}
	// At the top only: utils/loggers/wandb is code.
	codeTopLeftOut = []string{"runs", "wandb"}
)

const (
	maxCodeFiles = 20000
	maxCodeBytes = 2 << 30
	maxYAMLBytes = 1 << 20
)

// sources lists the files of the code with their digests.
func (c codeFolder) sources() ([]instance.Source, error) {
	var list []instance.Source
	var bytes int64
	err := fs.WalkDir(c.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return problem.New(CodeUnreadable, err, "path", path.Join(filepath.ToSlash(c.name), name))
		}
		if slices.Contains(codeLeftOut, d.Name()) || slices.Contains(codeTopLeftOut, name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		ext := strings.ToLower(path.Ext(name))
		if !d.Type().IsRegular() || ext == ".pt" || ext == ".pyc" {
			return nil
		}
		s, err := fileSource(c.FS, name, name)
		if err != nil {
			return problem.New(CodeUnreadable, err, "path", path.Join(filepath.ToSlash(c.name), name))
		}
		list = append(list, s)
		if bytes += s.Size; bytes > maxCodeBytes || len(list) > maxCodeFiles {
			return problem.New(CodeTooLarge, nil, "path", c.name, "max", fmt.Sprint(maxCodeBytes))
		}
		return nil
	})
	return list, err
}

// fileSource describes a file to be sent under another name.
func fileSource(fsys fs.FS, name, as string) (instance.Source, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return instance.Source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return instance.Source{}, err
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, maxCodeBytes+1))
	if err != nil {
		return instance.Source{}, err
	}
	return instance.Source{
		Path: as, Size: n, SHA256: hex.EncodeToString(h.Sum(nil)), Exec: info.Mode()&0o100 != 0,
		Open: func() (io.ReadCloser, error) { return fsys.Open(name) },
	}, nil
}

// localSource is fileSource for a path of this computer.
func localSource(name, as string) (instance.Source, error) {
	return fileSource(os.DirFS(filepath.Dir(name)), filepath.Base(name), as)
}

// modelYAML reads the model's YAML from the code.
func (c codeFolder) modelYAML(model string) (name string, data []byte, err error) {
	for _, name := range modelPaths(model) {
		f, err := c.Open(name)
		if err != nil {
			continue
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxYAMLBytes))
		if err != nil {
			return "", nil, problem.New(CodeUnreadable, err, "path", name)
		}
		return name, data, nil
	}
	found, _ := fs.Glob(c.FS, "models/*.yaml")
	for i, name := range found {
		found[i] = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	return "", nil, problem.New(ModelMissing, nil, "model", model, "path", c.name, "allowed", strings.Join(found, ", "))
}

func modelPaths(model string) []string {
	return []string{"models/" + model + ".yaml", "models/hub/" + model + ".yaml"}
}

// weights returns the local file to start from, or "" when there is none to
// send: from scratch, or left to YOLOv5 to fetch. name is what train.py gets.
func (p *Project) weights(plan Plan) (file, name string, err error) {
	switch plan.Weights {
	case "":
		return "", "", nil
	case "auto":
		name = plan.Model + ".pt"
		for _, dir := range []string{p.dir, p.path(plan.Code.Folder)} {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, name, nil
			}
		}
		return "", name, nil
	}
	path := p.path(plan.Weights)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		if inCode := filepath.Join(p.path(plan.Code.Folder), plan.Weights); plan.Code.Folder != "" && !filepath.IsAbs(plan.Weights) {
			if info, err := os.Stat(inCode); err == nil && info.Mode().IsRegular() {
				return inCode, filepath.Base(inCode), nil
			}
		}
		return "", "", problem.New(WeightsMissing, err, "path", path)
	}
	return path, filepath.Base(path), nil
}

// codeFingerprint changes when the code or the weights on this computer do.
func (p *Project) codeFingerprint(plan Plan) (string, error) {
	if plan.Code.onInstance() {
		return digestOf(plan.Code.Git, plan.Code.Remote), nil
	}
	lines, err := p.codeLines(plan)
	if err != nil {
		return "", err
	}
	return digestOf(lines...), nil
}

// codeLines lists the files of the code and the weights: "sha256  path".
func (p *Project) codeLines(plan Plan) ([]string, error) {
	code, err := p.openCode(plan)
	if err != nil {
		return nil, err
	}
	defer code.Close()
	list, err := code.sources()
	if err != nil {
		return nil, err
	}
	lines := make([]string, 0, len(list)+1)
	for _, s := range list {
		lines = append(lines, s.SHA256+"  "+s.Path)
	}
	file, name, err := p.weights(plan)
	if err != nil {
		return nil, err
	}
	if file != "" {
		s, err := localSource(file, name)
		if err != nil {
			return nil, problem.New(WeightsMissing, err, "path", file)
		}
		lines = append(lines, s.SHA256+"  "+s.Path)
	}
	return lines, nil
}
