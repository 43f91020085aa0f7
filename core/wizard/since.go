package wizard

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/natefinch/atomic"

	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
)

// A ChangeKind says what is not any more as it was when a step was done.
type ChangeKind string

// The kinds of changes.
const (
	ChangedAnswer ChangeKind = "answer"  // Name is the plan's key
	ChangedFile   ChangeKind = "changed" // Name is a path
	AddedFile     ChangeKind = "added"
	RemovedFile   ChangeKind = "removed"
	MissingPath   ChangeKind = "missing" // a folder or file that the plan names is not there
	OtherOutcome  ChangeKind = "step"    // Name is an earlier step: it has another outcome, or is to be done
)

// A Change is one thing that makes a step stale.
type Change struct {
	Kind   ChangeKind `json:"kind"`
	Name   string     `json:"name"`
	Before string     `json:"before,omitempty"` // of an answer
	After  string     `json:"after,omitempty"`
}

// maxChanges bounds the changes that are named; the first tell enough.
const maxChanges = 50

// since says what changed since a stale step was done, and how many things
// there are in all.
func (p *Project) since(ctx context.Context, s journey.Status) (changes []Change, total int) {
	if s.State != journey.Stale || s.Evidence == nil {
		return nil, 0
	}
	plan := p.effective()
	switch s.Reason {
	case journey.AnswersChanged:
		changes = changedAnswers(s.Evidence.Used, plan.Used(s.Step))
	case journey.DataChanged, journey.DataGone:
		changes = p.changedData(ctx, plan)
	case journey.CodeChanged, journey.CodeGone:
		changes = p.changedCode(ctx, plan)
	case journey.FilesChanged:
		for _, name := range s.Changed {
			kind := ChangedFile
			if _, err := os.Lstat(p.path(name)); err != nil {
				kind = MissingPath
			}
			changes = append(changes, Change{Kind: kind, Name: name})
		}
	case journey.EarlierChanged:
		for _, n := range s.Step.Needs() {
			if now := p.record.Steps[n]; now == nil || p.Journey().Of(n).State != journey.Done || now.Output != s.Evidence.From[n] {
				changes = append(changes, Change{Kind: OtherOutcome, Name: string(n)})
			}
		}
	}
	return changes[:min(len(changes), maxChanges)], len(changes)
}

// changedAnswers compares by key. Records of earlier versions do not know
// which answers a step used: for them there is nothing to tell.
func changedAnswers(before, now map[string]string) (changes []Change) {
	if before == nil {
		return nil
	}
	for _, key := range planfile.Keys() {
		was, is := before[key], now[key]
		switch {
		case was == is:
		case is == "" && (key == "data" || key == "code.folder" || key == "code.zip"):
			// The wizard had found it, and it is not there any more.
			changes = append(changes, Change{Kind: MissingPath, Name: was})
		default:
			changes = append(changes, Change{Kind: ChangedAnswer, Name: key, Before: was, After: is})
		}
	}
	return changes
}

// Lists of what a step read here, by which a later look names what changed:
// the fingerprints only tell that something did.
const (
	dataList = "data.list" // size, time and path of the data's files
	codeList = "code.list" // digest and path of the code's files
)

// maxListed bounds a list; without one, changes are not named.
const maxListed = 200_000

// keepLists keeps what a step that is done has read here.
func (p *Project) keepLists(ctx context.Context, step journey.Step, plan planfile.Plan) {
	switch step {
	case journey.Check:
		p.keepDataList(plan)
	case journey.Classes, journey.Upload:
		if files, err := p.codeFiles(ctx, plan); err == nil && !plan.Code.OnInstance() {
			_ = atomic.WriteFile(p.StatePath(codeList), strings.NewReader(strings.Join(sumLines(files), "\n")+"\n"))
		}
	}
}

// keepDataList lists the data's files as they are now. It is a help for later,
// so that failing is no failure.
func (p *Project) keepDataList(plan planfile.Plan) {
	lines, err := listFolder(p.dataFolder(plan))
	if err != nil || len(lines) > maxListed {
		_ = os.Remove(p.StatePath(dataList))
		return
	}
	var b bytes.Buffer
	for _, name := range sortedKeys(lines) {
		fmt.Fprintf(&b, "%s %s\n", lines[name], name)
	}
	_ = atomic.WriteFile(p.StatePath(dataList), &b)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// listFolder returns size and time of the files below a folder, without the
// hidden ones and those whose names would break a line.
func listFolder(dir string) (map[string]string, error) {
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != dir && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || strings.ContainsAny(d.Name(), "\n\r") || len(found) > maxListed {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return nil
		}
		found[filepath.ToSlash(rel)] = strconv.FormatInt(info.Size(), 10) + " " + strconv.FormatInt(info.ModTime().Unix(), 10)
		return nil
	})
	return found, err
}

// changedData compares the data's files with the list. Where a size differs
// the file surely changed; where the time alone does, it may have been copied,
// and counts only if nothing else explains the other fingerprint.
func (p *Project) changedData(ctx context.Context, plan planfile.Plan) []Change {
	folder := p.dataFolder(plan)
	if _, err := os.Stat(p.path(plan.Data)); err != nil {
		return []Change{{Kind: MissingPath, Name: p.rel(p.path(plan.Data))}}
	}
	before := p.readList(dataList, 2)
	now, err := listFolder(folder)
	if err != nil || before == nil || ctx.Err() != nil {
		return nil
	}
	var sure, perhaps []Change
	for _, name := range unionKeys(before, now) {
		was, there := before[name]
		is, here := now[name]
		wasSize, _, _ := strings.Cut(was, " ")
		isSize, _, _ := strings.Cut(is, " ")
		at := p.rel(filepath.Join(folder, filepath.FromSlash(name)))
		switch {
		case !there:
			sure = append(sure, Change{Kind: AddedFile, Name: at})
		case !here:
			sure = append(sure, Change{Kind: RemovedFile, Name: at})
		case wasSize != isSize:
			sure = append(sure, Change{Kind: ChangedFile, Name: at})
		case was != is:
			perhaps = append(perhaps, Change{Kind: ChangedFile, Name: at})
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return perhaps
}

func unionKeys(a, b map[string]string) []string {
	all := make(map[string]bool, len(a))
	for key := range a {
		all[key] = true
	}
	for key := range b {
		all[key] = true
	}
	return sortedKeys(all)
}

// readList reads a list by path; fields is how many words stand before it.
func (p *Project) readList(name string, fields int) map[string]string {
	f, err := os.Open(p.StatePath(name))
	if err != nil {
		return nil
	}
	defer f.Close()
	list := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan() && len(list) <= maxListed; {
		rest, at := s.Text(), 0
		for range fields {
			n := strings.IndexByte(rest[at:], ' ')
			if n < 0 {
				return nil
			}
			at += n + 1
		}
		list[rest[at:]] = rest[:at-1]
	}
	return list
}

func (p *Project) changedCode(ctx context.Context, plan planfile.Plan) []Change {
	files, err := p.codeFiles(ctx, plan)
	if err != nil {
		if plan.Code.Zip != "" {
			return []Change{{Kind: MissingPath, Name: plan.Code.Zip}}
		}
		return []Change{{Kind: MissingPath, Name: plan.Code.Folder}}
	}
	before := p.readList(codeList, 1)
	if before == nil {
		return nil
	}
	now := map[string]string{}
	for _, f := range files {
		now[" "+f.Path] = f.SHA256 // as readList cuts it
	}
	folder := plan.Code.Folder
	if plan.Code.Zip != "" {
		folder = plan.Code.Zip
	}
	var changes []Change
	for _, name := range unionKeys(before, now) {
		_, there := before[name]
		_, here := now[name]
		kind := ChangedFile
		switch {
		case before[name] == now[name]:
			continue
		case !there:
			kind = AddedFile
		case !here:
			kind = RemovedFile
		}
		changes = append(changes, Change{Kind: kind, Name: path.Join(filepath.ToSlash(folder), strings.TrimSpace(name))})
	}
	return changes
}
