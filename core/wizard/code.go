package wizard

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
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
	name string   // as the person knows it
	dir  string   // of this computer; "" in a zip
	bad  []string // entries of a zip that are left out for their names
}

// openCode opens the plan's code. The caller closes it.
func (p *Project) openCode(plan planfile.Plan) (codeFolder, error) {
	if plan.Code.Zip != "" {
		return openCodeZip(p.path(plan.Code.Zip))
	}
	dir := p.path(plan.Code.Folder)
	if plan.Code.Folder == "" {
		return codeFolder{}, problem.New(planfile.AnswerMissing, nil, "key", "code.folder")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return codeFolder{}, problem.New(CodeMissing, err, "path", dir)
	}
	return insideCode(codeFolder{FS: os.DirFS(dir), Closer: io.NopCloser(nil), name: dir, dir: dir})
}

func openCodeZip(name string) (codeFolder, error) {
	z, err := zip.OpenReader(name)
	if os.IsNotExist(err) {
		return codeFolder{}, problem.New(CodeMissing, err, "path", name)
	}
	if err != nil {
		return codeFolder{}, problem.New(CodeUnreadable, err, "path", name)
	}
	code := codeFolder{FS: &z.Reader, Closer: z, name: name}
	if code.bad, err = cleanZip(&z.Reader); err != nil {
		err = problem.New(CodeTooLarge, err, "path", name, "max", fmt.Sprint(maxCodeBytes))
	} else {
		code, err = insideCode(code)
	}
	if err != nil {
		z.Close()
	}
	return code, err
}

// cleanZip takes out of an archive the entries whose names lead out of it or
// occur twice, and returns these; sizes that it tells itself are added up before
// anything is unpacked.
func cleanZip(z *zip.Reader) (bad []string, err error) {
	if len(z.File) > maxZipEntries {
		return nil, errBomb
	}
	seen := map[string]bool{}
	total := uint64(0)
	z.File = slices.DeleteFunc(z.File, func(f *zip.File) bool {
		name := strings.ReplaceAll(f.Name, `\`, "/")
		at := path.Clean(name)
		drive := len(name) > 1 && name[1] == ':'
		if path.IsAbs(name) || drive || at == ".." || strings.HasPrefix(at, "../") || strings.Contains("/"+name, "/../") || seen[at] {
			bad = append(bad, f.Name)
			return true
		}
		seen[at] = true
		total += min(f.UncompressedSize64, maxCodeBytes+1) // capped: no lie may make the sum wrap
		return false
	})
	if total > maxCodeBytes {
		return bad, errBomb
	}
	return bad, nil
}

var errBomb = errors.New("unpacked, it would be too large")

// maxZipEntries leaves room for what of an archive stays here.
const maxZipEntries = 5 * maxCodeFiles

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
			if code.dir != "" {
				code.dir = filepath.Join(code.dir, e.Name())
			}
			return code, nil
		}
	}
	return code, problem.New(CodeNotYOLOv5, nil, "path", code.name)
}

const (
	maxCodeFiles = 20000
	maxCodeBytes = 2 << 30
	maxYAMLBytes = 1 << 20
)

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
func (p *Project) weights(plan planfile.Plan) (file, name string, err error) {
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
func (p *Project) codeFingerprint(ctx context.Context, plan planfile.Plan) (string, error) {
	if plan.Code.OnInstance() {
		return journey.Digest(plan.Code.Git, plan.Code.Remote), nil
	}
	files, err := p.codeFiles(ctx, plan)
	if err != nil {
		return "", err
	}
	return journey.Digest(sumLines(files)...), nil
}

// codeFiles are the files of the code and the weights.
func (p *Project) codeFiles(ctx context.Context, plan planfile.Plan) ([]instance.FileFact, error) {
	code, err := p.openCode(plan)
	if err != nil {
		return nil, err
	}
	defer code.Close()
	list, _, err := code.sources(p.digests())
	if err != nil {
		return nil, err
	}
	file, name, err := p.weights(plan)
	if err != nil {
		return nil, err
	}
	if file != "" {
		s, err := knownSource(p.digests(), file, name)
		if err != nil {
			return nil, problem.New(WeightsMissing, err, "path", file)
		}
		list = append(list, s)
	}
	files := make([]instance.FileFact, 0, len(list))
	for _, s := range list {
		sum, err := s.Sum(ctx)
		if err != nil {
			return nil, problem.New(CodeUnreadable, err, "path", s.Path)
		}
		files = append(files, instance.FileFact{Path: s.Path, Size: s.Size, SHA256: sum})
	}
	p.keepDigests()
	return files, nil
}

// sumLines writes files the way sha256sum does.
func sumLines(files []instance.FileFact) []string {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = f.SHA256 + "  " + f.Path
	}
	return lines
}
