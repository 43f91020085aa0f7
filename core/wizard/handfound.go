package wizard

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// foundDataset reads what the person made, here or on the instance; nil if it
// is not there, which has been told then.
func (w *work) foundDataset() (*handmade, error) {
	if w.hand.There {
		return w.foundThere()
	}
	tried := []string{handFolder, w.plan.Data, filepath.Join(w.plan.Data, handFolder)}
	if w.hand.Folder != "" {
		tried = []string{w.hand.Folder}
	}
	for _, name := range tried {
		dir := w.path(name)
		if info, err := os.Stat(filepath.Join(dir, "labels")); err == nil && info.IsDir() {
			return readFound(w.ctx, dir, w.rel(dir))
		}
	}
	for _, name := range tried {
		deeper, _ := filepath.Glob(filepath.Join(w.path(name), "*", "labels"))
		if len(deeper) > 0 {
			w.differs(NoteHandDeeper, "path", name, "found", w.rel(filepath.Dir(deeper[0])))
			return nil, nil
		}
	}
	w.differs(NoteHandNoFolder, "what", "labels", "path", tried[0])
	return nil, nil
}

// maxHandLabel bounds one label file of the person's.
const maxHandLabel = 1 << 20

func readFound(ctx context.Context, dir, name string) (*handmade, error) {
	f := &handmade{name: name, pictures: map[string]string{}, labels: map[string]string{}}
	for _, sub := range []string{"images", "labels"} {
		root := filepath.Join(dir, sub)
		err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			rel, err := filepath.Rel(root, at)
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			rel = filepath.ToSlash(rel)
			if sub == "images" {
				f.pictures[rel], err = fileDigest(at)
				return err
			}
			if stem, ok := strings.CutSuffix(rel, ".txt"); ok && path.Base(rel) != "classes.txt" {
				text, err := readUpTo(at, maxHandLabel)
				f.labels[stem] = text
				return err
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, problem.New(dataset.FolderUnreadable, err, "path", root)
		}
	}
	return f, nil
}

func readUpTo(name string, limit int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	return string(data), err
}

// packLabels writes the label files of a folder to its output.
const packLabels = `cd "$1" || exit 4
exec tar cf - labels 2>/dev/null`

const maxLabelTar = 1 << 30

// foundThere is foundDataset for the instance: digests of the pictures, and the
// labels themselves.
func (w *work) foundThere() (*handmade, error) {
	if err := w.meet(); err != nil {
		return nil, err
	}
	folder := w.hand.Folder
	if folder == "" {
		places, err := w.placesThere()
		if err != nil {
			return nil, err
		}
		if folder = places.dataset; folder == "" {
			w.differs(NoteHandNoFolder, "what", "dataset", "path", w.facts.Home)
			return nil, nil
		}
	}
	files, err := filesThere(w.ctx, w.instance, path.Join(folder, "images"))
	if err != nil {
		return nil, err
	}
	if files == nil {
		w.differs(NoteHandNoFolder, "what", "pictures", "path", path.Join(folder, "images"))
		return nil, nil
	}
	f := &handmade{name: folder, pictures: files}
	f.labels, err = labelsThere(w.ctx, w.instance, folder)
	w.fact("place", folder)
	return f, err
}

func labelsThere(ctx context.Context, host instance.Instance, folder string) (map[string]string, error) {
	labels := map[string]string{}
	r, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := untarLabels(io.LimitReader(r, maxLabelTar), labels)
		_, _ = io.Copy(io.Discard, r) // so that the script is not held up
		done <- err
	}()
	exit, err := host.Run(ctx, packLabels, []string{folder}, out)
	_ = out.Close()
	readErr := <-done
	switch {
	case err != nil:
		return nil, err
	case exit != 0:
		return labels, nil
	case readErr != nil:
		return nil, problem.New(instance.RemoteFailed, readErr, "what", "tar", "exit", "0", "output", "")
	}
	return labels, nil
}

func untarLabels(r io.Reader, labels map[string]string) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		stem, ok := strings.CutSuffix(strings.TrimPrefix(path.Clean(h.Name), "labels/"), ".txt")
		if !ok || h.Typeflag != tar.TypeReg || path.Base(h.Name) == "classes.txt" {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(t, maxHandLabel))
		if err != nil {
			return err
		}
		labels[stem] = string(text)
	}
}
