package wizard_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

const codeThere = "/root/autodl-tmp/gpuwizard-person/code"

// sentCode does the steps up to the upload, and returns what was sent as code
// and what was told to stay here.
func sentCode(t *testing.T, p *wizard.Project) (sent map[string]string, left map[string]string, err error) {
	t.Helper()
	f := newFake()
	face, err := run(t, p, f, journey.Upload)
	sent, left = map[string]string{}, map[string]string{}
	for _, s := range f.uploads[codeThere] {
		text := f.code[s.Path]
		if sum, err := s.Sum(t.Context()); err != nil || sum != sha([]byte(text)) || s.Size != int64(len(text)) {
			t.Errorf("%s: %d bytes told, %d came", s.Path, s.Size, len(text))
		}
		sent[s.Path] = text
	}
	for _, e := range face.events {
		if e.Kind == wizard.KindNote && e.Code == wizard.NoteCodeLeftOut {
			left = e.Args
		}
	}
	return sent, left, err
}

// A link in the code's folder leads nowhere, and what stays here is told with
// its reason.
func TestCodeFolderWithLinks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a right there")
	}
	p := newProject(t)
	code := filepath.Join(p.Dir(), "yolov5_code")
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, filepath.Join(secret, "id_ed25519"), "private")
	write(t, filepath.Join(code, "runs", "exp", "results.csv"), "old")
	write(t, filepath.Join(code, "utils", "loggers", "wandb", "log.py"), "code")
	for name, to := range map[string]string{
		"keys": secret, "key.py": filepath.Join(secret, "id_ed25519"), "up": "..", "loop": ".", "gone": "nowhere",
	} {
		if err := os.Symlink(to, filepath.Join(code, name)); err != nil {
			t.Fatal(err)
		}
	}
	sent, left, err := sentCode(t, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range sent {
		if strings.Contains(text, "private") || strings.HasPrefix(name, "keys") || strings.HasPrefix(name, "up") || strings.HasPrefix(name, "loop") {
			t.Errorf("%s was sent", name)
		}
	}
	if sent["utils/loggers/wandb/log.py"] != "code" {
		t.Error("YOLOv5's own wandb folder was left out")
	}
	want := map[string]string{
		"history": ".git", "leavings": "runs", "weights": "big.pt", "links": "gone, key.py, keys, loop, up",
	}
	if fmt.Sprint(left) != fmt.Sprint(want) {
		t.Errorf("told %v, want %v", left, want)
	}
}

// entry is one of a zip's.
type entry struct {
	name, text string
	mode       fs.FileMode
	size       uint64 // unpacked, as the zip tells it; 0 is the text's
}

func writeZip(t *testing.T, p *wizard.Project, entries []entry) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name}
		if e.text != "" { // a compressor costs more than the whole entry
			h.Method = zip.Deflate
		}
		h.SetMode(e.mode | 0o644)
		create := z.CreateHeader
		if e.size > 0 {
			h.UncompressedSize64, create = e.size, z.CreateRaw
		}
		w, err := create(h)
		if err == nil && !strings.HasSuffix(e.name, "/") {
			_, err = io.WriteString(w, e.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.Dir(), "code.zip"), b.String())
	if err := p.Set("code.zip", "code.zip"); err != nil {
		t.Fatal(err)
	}
}

var zipCode = []entry{
	{name: "yolov5-7.0/train.py", text: `"--weights" "--batch-size" "--epochs" "--cfg" "--imgsz" "%11s"`},
	{name: "yolov5-7.0/models/yolov5n.yaml", text: "nc: 80\n"},
}

// A zip that was made to do harm: nothing leaves the code's folder, nothing is
// taken for something else, and what was left out is told.
func TestHostileCodeZip(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	writeZip(t, p, slices.Concat(zipCode, []entry{
		{name: "../../../etc/cron.d/job", text: "evil"},
		{name: "yolov5-7.0/../../up.py", text: "evil"},
		{name: "yolov5-7.0/models/../train.py", text: "evil"},
		{name: "/etc/passwd", text: "evil"},
		{name: `..\..\windows.py`, text: "evil"},
		{name: `C:\windows\evil.py`, text: "evil"},
		{name: "yolov5-7.0/train.py", text: "evil twin"},
		{name: "yolov5-7.0/link.py", text: "/etc/shadow", mode: fs.ModeSymlink},
		{name: "yolov5-7.0/pipe", mode: fs.ModeNamedPipe},
		{name: "yolov5-7.0/Train.py", text: "another, by its case"},
		{name: "yolov5-7.0/-rf", text: "dash"},
		{name: "yolov5-7.0/new\nline.py", text: "newline"},
		{name: "yolov5-7.0/.git/config", text: "history"},
	}))
	sent, left, err := sentCode(t, p)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range sent {
		if strings.Contains(text, "evil") || strings.Contains(name, "..") || strings.HasPrefix(name, "/") {
			t.Errorf("%q was sent: %q", name, text)
		}
	}
	for name, text := range map[string]string{
		"train.py": zipCode[0].text, "Train.py": "another, by its case", "-rf": "dash", "new\nline.py": "newline",
	} {
		if sent[name] != text {
			t.Errorf("%q holds %q", name, sent[name])
		}
	}
	if left["links"] != "link.py, pipe" || left["history"] != ".git" || !strings.Contains(left["names"], "../../../etc/cron.d/job") || !strings.Contains(left["names"], "+2") {
		t.Errorf("told %v", left)
	}
}

// A bomb is refused by what it says of itself, and one that lies about it by
// what comes out.
func TestCodeZipBombs(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	writeZip(t, p, append(zipCode, entry{name: "yolov5-7.0/bomb.bin", text: strings.Repeat("\x00", 1<<20)}))
	file := filepath.Join(p.Dir(), "code.zip")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for size, want := range map[uint32]problem.Code{3 << 30: wizard.CodeTooLarge, 10: wizard.CodeUnreadable} {
		b := bytes.Clone(whole)
		// The size, unpacked, stands in the directory's entry.
		at := bytes.LastIndex(b, []byte("PK\x01\x02"))
		for n := range 4 {
			b[at+24+n] = byte(size >> (8 * n))
		}
		write(t, file, string(b))
		if _, _, err := sentCode(t, p); !problem.Has(err, want) {
			t.Errorf("%d bytes told: %v, want %s", size, err, want)
		}
	}
	writeZip(t, p, append(zipCode, entry{name: "yolov5-7.0/wraps.bin", size: math.MaxUint64}))
	if _, _, err := sentCode(t, p); !problem.Has(err, wizard.CodeTooLarge) {
		t.Errorf("sizes whose sum wraps: %v", err)
	}
	many := slices.Clone(zipCode)
	for n := range 100_001 {
		many = append(many, entry{name: fmt.Sprintf("yolov5-7.0/%d", n)})
	}
	writeZip(t, p, many)
	if _, _, err := sentCode(t, p); !problem.Has(err, wizard.CodeTooLarge) {
		t.Errorf("too many entries: %v", err)
	}
}

// The code is known by size and time until it is to be read again.
func TestCodeIsKnownBySizeAndTime(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	train := filepath.Join(p.Dir(), "yolov5_code", "train.py")
	old := time.Now().Add(-time.Hour)
	text, err := os.ReadFile(train)
	if err == nil {
		err = os.Chtimes(train, old, old)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := sentCode(t, p); err != nil {
		t.Fatal(err)
	}
	// Changed so that neither size nor time shows it: only reading does.
	write(t, train, strings.Repeat("x", len(text)))
	if err := os.Chtimes(train, old, old); err != nil {
		t.Fatal(err)
	}
	state := func(reread bool) journey.State {
		p, err := wizard.Open(p.Dir())
		if err != nil {
			t.Fatal(err)
		}
		if reread {
			p.Reread()
		}
		j, err := p.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return j.Of(journey.Upload).State
	}
	if got := state(false); got != journey.Done {
		t.Errorf("by size and time: %s", got)
	}
	if got := state(true); got != journey.Stale {
		t.Errorf("read again: %s", got)
	}
}
