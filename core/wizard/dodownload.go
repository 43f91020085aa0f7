package wizard

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/yolov5"
)

// NotRehearsed is the problem of a file that should be a model, or should not.
const NotRehearsed problem.Code = "not-a-model" // path: the practice instance's stand-in came from a real one

// doDownload fetches the model under the article's name and the run's curves
// beside it, and verifies them, before anything is said of the instance.
func (w *work) doDownload() error {
	if err := w.meet(); err != nil {
		return err
	}
	run := w.record.Steps[journey.Train].Fact("run")
	folder, err := w.resultFolder(run)
	if err != nil {
		return err
	}
	model, fact, err := w.fetchModel(path.Join(run, "weights", "best.pt"), folder)
	if err != nil {
		return err
	}
	if err := w.fetchCurves(run, folder); err != nil {
		return err
	}
	w.fact("model", w.rel(model))
	w.fact("run", run)
	// From here on the model is safe: what follows is an extra, or about money.
	taxi := w.newTaxi()
	if err := w.predict(fact, run, folder); err != nil {
		return err
	}
	if err := w.export(fact, run, folder); err != nil {
		return err
	}
	w.tellIdle()
	if err := w.finish(); err != nil {
		return err
	}
	w.tellBill(taxi)
	return w.excuse(NoteReportFail, w.report(folder))
}

// resultFolder returns the folder for this run's files: "result", or the first
// numbered one that holds nothing of another run. What the practice instance
// plays back goes into "rehearsal".
func (w *work) resultFolder(run string) (string, error) {
	base := resultFolder
	if w.facts.Rehearsal {
		base = rehearsalFolder
	}
	const owner = ".run"
	for n := 1; ; n++ {
		dir := filepath.Join(w.dir, base)
		if n > 1 {
			dir += "-" + strconv.Itoa(n)
		}
		entries, err := os.ReadDir(dir)
		mark, _ := os.ReadFile(filepath.Join(dir, owner))
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && len(entries) == 0:
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return "", cannotWrite(dir, err)
			}
			if err := os.WriteFile(filepath.Join(dir, owner), []byte(run+"\n"), 0o644); err != nil {
				return "", cannotWrite(dir, err)
			}
			return dir, nil
		case err == nil && strings.TrimSpace(string(mark)) == run:
			return dir, nil
		}
	}
}

func (w *work) fetchModel(from, folder string) (string, instance.FileFact, error) {
	arrived := w.StatePath("download", "best.pt")
	fact, err := w.fetchChecked(from, arrived, func(f *os.File, size int64) (bool, error) {
		info, err := yolov5.CheckWeights(f, size)
		return info.Rehearsal, err
	})
	if err != nil {
		return "", fact, err
	}
	model, err := w.place(arrived, fact, filepath.Join(folder, modelName(w.plan)+".pt"))
	return model, fact, err
}

// fetchChecked fetches a file that has to be what it should be, and of a
// rehearsal on an instance that rehearses alone.
func (w *work) fetchChecked(from, arrived string, check func(f *os.File, size int64) (rehearsal bool, err error)) (instance.FileFact, error) {
	fact, err := w.fetch(from, arrived)
	if err != nil {
		return fact, err
	}
	f, err := os.Open(arrived)
	if err != nil {
		return fact, cannotWrite(arrived, err)
	}
	rehearsal, err := check(f, fact.Size)
	f.Close()
	if err == nil && rehearsal != w.facts.Rehearsal {
		err = problem.New(NotRehearsed, nil, "path", from)
	}
	if err != nil {
		os.Remove(arrived)
	}
	return fact, err
}

// modelName is what the article calls the model, without its ending.
func modelName(p planfile.Plan) string { return path.Base(p.Model) + "_best" }

// fetch downloads to a path of the state folder, afresh.
func (w *work) fetch(from, to string) (instance.FileFact, error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return instance.FileFact{}, cannotWrite(to, err)
	}
	// Only a whole file bears this name. It may have changed there since.
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return instance.FileFact{}, cannotWrite(to, err)
	}
	return w.download(from, to)
}

// placeIn is place in a folder that is made for it.
func (w *work) placeIn(arrived string, fact instance.FileFact, folder, name string) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", cannotWrite(folder, err)
	}
	return w.place(arrived, fact, filepath.Join(folder, name))
}

// place gives a verified file its final name without overwriting another: the
// same content is kept as it is, anything else leaves the name to the next
// number.
func (w *work) place(arrived string, fact instance.FileFact, want string) (string, error) {
	name, err := w.settle(arrived, fact, want)
	if err != nil {
		return "", err
	}
	if name != want {
		w.note(NoteKeptFile, "path", w.rel(want))
	}
	w.evidence.Files = append(w.evidence.Files, instance.FileFact{Path: w.rel(name), Size: fact.Size, SHA256: fact.SHA256})
	w.note(NoteSaved, "path", w.rel(name), "bytes", strconv.FormatInt(fact.Size, 10), "sha256", fact.SHA256)
	return name, nil
}

// settle is place for what is no evidence.
func (p *Project) settle(arrived string, fact instance.FileFact, want string) (string, error) {
	ext := filepath.Ext(want)
	for n := 1; ; n++ {
		name := want
		if n > 1 {
			name = strings.TrimSuffix(want, ext) + "-" + strconv.Itoa(n) + ext
		}
		err := os.Link(arrived, name)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			// No links on this file system: the window between look and
			// rename is small, and only this program writes here.
			if _, statErr := os.Lstat(name); errors.Is(statErr, fs.ErrNotExist) {
				err = os.Rename(arrived, name)
			} else {
				err = fs.ErrExist
			}
		}
		if errors.Is(err, fs.ErrExist) {
			if !fileHolds(p.dir, instance.FileFact{Path: p.rel(name), Size: fact.Size, SHA256: fact.SHA256}) {
				continue
			}
			err = nil
		}
		if err != nil {
			return "", cannotWrite(name, err)
		}
		_ = os.Remove(arrived)
		return name, nil
	}
}

const (
	maxCurves     = 40
	maxCurveBytes = 64 << 20
)

// listRun prints the sizes and names of a run's files.
const listRun = `cd "$1" || exit 1
for f in *; do
	[ -f "$f" ] && printf '%s %s\n' "$(wc -c <"$f")" "$f"
done
exit 0
`

// fetchCurves brings results.csv and the pictures that the run drew.
func (w *work) fetchCurves(run, folder string) error {
	var out bytes.Buffer
	exit, err := w.instance.Run(w.ctx, listRun, []string{run}, limited(&out))
	if err != nil {
		return err
	}
	if exit != 0 {
		return problem.New(instance.RemoteMissing, nil, "path", run)
	}
	names := curves(out.String())
	names = names[:min(len(names), maxCurves)]
	return w.bringSmall(run, names, folder)
}

// bringSmall downloads small files of a folder on the instance, and gives them
// their names in a folder here.
func (w *work) bringSmall(from string, names []string, folder string) error {
	facts, err := w.fetchSmall(from, names)
	if err != nil {
		return err
	}
	for i, name := range names {
		if _, err := w.placeIn(w.smallFile(name), facts[i], folder, name); err != nil {
			return err
		}
	}
	return nil
}

// fetchesAtOnce is how many small files are fetched at a time. Most of what one
// takes is waiting, and the instance is paid for meanwhile.
const fetchesAtOnce = 4

func (w *work) smallFile(name string) string { return w.StatePath("download", "small", name) }

// fetchSmall downloads small files of a folder on the instance.
func (w *work) fetchSmall(from string, names []string) ([]instance.FileFact, error) {
	dir := w.smallFile("")
	if err := os.RemoveAll(dir); err != nil {
		return nil, cannotWrite(dir, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, cannotWrite(dir, err)
	}
	facts := make([]instance.FileFact, len(names))
	return facts, w.endure(func() (further bool, err error) {
		var arrived atomic.Bool
		all, ctx := errgroup.WithContext(w.ctx)
		all.SetLimit(fetchesAtOnce)
		for i, name := range names {
			if facts[i].SHA256 != "" {
				continue
			}
			all.Go(func() (err error) {
				facts[i], err = w.instance.Download(ctx, path.Join(from, name), w.smallFile(name), func(instance.Progress) {})
				if err == nil {
					arrived.Store(true)
				}
				return err
			})
		}
		err = all.Wait()
		return arrived.Load(), err
	})
}

// curves picks from listRun's output what is worth having. The names come from
// elsewhere: only plain ones are taken.
func curves(list string) []string {
	var names []string
	for name, size := range fileSizes(list) {
		if size <= 0 || size > maxCurveBytes || planfile.CheckName(name) != nil {
			continue
		}
		if slices.Contains([]string{".csv", ".txt", ".png", ".jpg", ".yaml"}, strings.ToLower(path.Ext(name))) {
			names = append(names, name)
		}
	}
	// results.csv first: it is the one that must come.
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(bool2int(strings.HasPrefix(b, "results."))-bool2int(strings.HasPrefix(a, "results.")), strings.Compare(a, b))
	})
	return names
}

// fileSizes reads listRun's output.
func fileSizes(list string) map[string]int64 {
	sizes := map[string]int64{}
	for _, line := range strings.Split(list, "\n") {
		size, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseInt(size, 10, 64); ok && err == nil {
			sizes[name] = n
		}
	}
	return sizes
}
