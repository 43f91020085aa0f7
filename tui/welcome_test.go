package tui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/journey"
	"gpuwizard/core/recent"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// atFirst is the program without a project, in a folder.
func atFirst(t *testing.T, here string, o Options) *driver {
	t.Helper()
	o.Here = here
	if o.Recent == "" {
		o.Recent = filepath.Join(t.TempDir(), "config", "recent.json")
	}
	d := drive(t, nil, o)
	d.do(d.m.Init())
	d.wait("the folder is looked at", func() bool { return d.m.welcome.seen != nil })
	return d
}

func (d *driver) inProject(dir string) {
	d.t.Helper()
	d.wait("the project is open", func() bool { return d.m.welcome == nil && !d.m.verifying })
	if got := d.m.project.Dir(); got != dir {
		d.t.Errorf("in %s, want %s", got, dir)
	}
	d.see(d.m.text.Step(d.m.at).Name)
}

func TestWelcomeStartsHere(t *testing.T) {
	dir := newProject(t).Dir()
	d := atFirst(t, dir, Options{})
	d.see("labelled pictures are here: train_data")
	d.press("enter")
	d.inProject(dir)
	if list := recent.List(d.m.options.Recent); len(list) != 1 || list[0].Dir != dir {
		t.Errorf("remembered: %v", list)
	}
	// Back to the first screen, from which the project is taken up again.
	d.press("o")
	d.wait("the evidence is looked at", func() bool { return !d.m.verifying })
	d.press("up", "enter")
	if d.m.welcome == nil {
		d.press("up", "enter")
	}
	d.see("Recent projects")
	d.see("0 of 7 done")
	d.press("down", "down", "down", "down", "enter")
	d.inProject(dir)
	d.press("q")
	d.wait("the program quits", func() bool { return d.quit })
	if r := d.m.result(); r.Project == nil || r.Project.Dir() != dir {
		t.Errorf("result %+v", r)
	}
}

func TestWelcomePractice(t *testing.T) {
	dir := newProject(t).Dir()
	failed := true
	practice := func() (*wizard.Project, error) {
		if failed {
			return nil, errors.New("no room")
		}
		p, err := wizard.Open(dir)
		if err == nil {
			err = p.Set("platform", wizard.PracticePlatform)
		}
		return p, err
	}
	d := atFirst(t, t.TempDir(), Options{Practice: practice})
	d.see("no labelled pictures are here yet")
	d.press("down", "enter")
	d.see("no room")
	failed = false
	d.press("enter")
	d.inProject(dir)
	d.see("REHEARSAL")
	// The words of a rehearsal stay with it.
	d.m.leaveProject()
	if view := d.m.View(); strings.Contains(view, "REHEARSAL") {
		t.Errorf("at the first screen:\n%s", view)
	}
}

// A new project is made by walking to a folder: nothing is typed.
func TestWelcomeNewProject(t *testing.T) {
	top := t.TempDir()
	for _, name := range []string{"aaa", ".hidden", "my person", "zzz"} {
		if err := os.MkdirAll(filepath.Join(top, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(top, "my person", "pictures")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(newProject(t).Dir(), "train_data"))); err != nil {
		t.Fatal(err)
	}
	d := atFirst(t, top, Options{})
	d.press("down", "down", "down", "enter")
	d.see("Use this folder")
	d.see("my person/")
	if view := d.m.View(); strings.Contains(view, "hidden") {
		t.Errorf("a hidden folder:\n%s", view)
	}
	d.press("down", "down", "down")
	d.see("6 pictures, 6 label files")
	d.press("enter")
	d.see("pictures/")
	d.press("backspace")
	d.see("zzz/")
	if got := d.m.welcome.picker.focused(); got != filepath.Join(top, "my person") {
		t.Errorf("back up, the focus is on %s", got)
	}
	d.press("enter")
	d.see("pictures/")
	d.press("down", "down", "enter")
	d.wait("in the data", func() bool { return d.m.welcome.picker.dir == data })
	d.press("enter")
	// The pictures were chosen: the project lies around them.
	d.inProject(filepath.Join(top, "my person"))
	if got := d.m.project.Plan().Data; got != "pictures" {
		t.Errorf("data %q", got)
	}
}

// Among many folders one is found by some letters of its name.
func TestAFolderIsFoundByItsName(t *testing.T) {
	top := t.TempDir()
	for _, name := range []string{"alpha", "beta", "My Quiet Pictures", "omega"} {
		if err := os.MkdirAll(filepath.Join(top, name, "inner"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d := atFirst(t, top, Options{})
	d.press("down", "down", "down", "enter")
	d.see("omega/")
	d.press("/", "q", "u")
	d.see("My Quiet Pictures/")
	if view := d.m.View(); strings.Contains(view, "alpha/") || strings.Contains(view, "Use this folder") || d.quit || d.m.help != nil {
		t.Errorf("other rows than those asked for:\n%s", view)
	}
	if got := d.m.welcome.picker.focused(); got != filepath.Join(top, "My Quiet Pictures") {
		t.Errorf("the focus is on %s", got)
	}
	// Enter ends the typing, and Enter again goes into the folder, all of which is listed.
	d.press("enter", "enter")
	d.wait("in the folder", func() bool { return d.m.welcome.picker.dir == filepath.Join(top, "My Quiet Pictures") })
	d.see("inner/")
	d.see("Use this folder")
	// Nothing holds this: Enter opens nothing, and Esc lists all again before it closes.
	d.press("/", "?", "enter", "enter")
	d.see("Nothing holds “?”")
	d.press("esc")
	d.see("inner/")
	d.press("esc")
	d.see("Recent projects")
}

func TestAFolderThatCannotBeOpened(t *testing.T) {
	top := t.TempDir()
	d := atFirst(t, top, Options{})
	d.press("down", "down", "down", "enter")
	d.see("Use this folder")
	d.do(d.m.walkTo(filepath.Join(top, "gone")))
	d.see("cannot be opened")
	d.see("Use this folder")
	d.press("esc")
	d.see("Recent projects")
}

// Above every disk are the places, from which each disk can be reached.
func TestPlaces(t *testing.T) {
	rows, err := folders("")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%v, %v", rows, err)
	}
	root := filepath.VolumeName(t.TempDir()) + string(filepath.Separator)
	found := false
	for _, r := range rows {
		found = found || r.path == root
	}
	if !found || up(root) != "" {
		t.Errorf("%q is not among %v, or above it is %q", root, rows, up(root))
	}
}

func TestOverview(t *testing.T) {
	p := newProject(t)
	d := drive(t, p, Options{}).open()
	d.press("enter")
	d.wait("the step is done", func() bool { return d.m.journey.Of(journey.Region).State == journey.Done })
	d.press("o")
	d.see("platform and region: AutoDL, nm-B1")
	d.press("down", "down", "enter")
	if d.m.overview != nil || d.m.at != journey.Convert {
		t.Errorf("at %s", d.m.at)
	}
	// While letters are typed, o is a letter.
	d.press("4", "up", "up", "up", "enter")
	d.press("o")
	if d.m.overview != nil {
		t.Error("the overview came while typing")
	}
	d.press("esc", "o", "6")
	if d.m.at != journey.Train {
		t.Errorf("at %s", d.m.at)
	}
}

// Projects of the same name are told apart, however long their paths are.
func TestNoTwoProjectsLookTheSame(t *testing.T) {
	d := drive(t, newProject(t), Options{})
	d.m.leaveProject()
	long := "/a-folder-whose-name-is-longer-than-the-column/of-the-names/person"
	var list recentMsg
	for _, dir := range []string{"/a/x/person", "/b/x/person", "/c/person", "/one" + long, "/two" + long, "/home/lin/行人检测行人检测行人检测行人检测"} {
		list = append(list, past{Project: recent.Project{Dir: filepath.FromSlash(dir), Opened: noon}, next: journey.Region})
	}
	d.send(list)
	names := d.m.welcome.names(choiceWidth, "…")
	want := []string{"a/x/person", "b/x/person", "c/person", "…f-the-names/person", "…-names/person (2)", "…检测行人检测行人检测"}
	for i, name := range names {
		if name = filepath.ToSlash(name); !strings.HasSuffix(name, strings.TrimPrefix(want[i], "…")) || widget.Width(name) > choiceWidth {
			t.Errorf("%q, want %q", name, want[i])
		}
	}
	d.see("b/x/person")
	seen := map[string]bool{}
	for _, line := range d.m.recentLines(80) {
		if line = line[:strings.Index(line, "of 7")]; seen[line] {
			t.Errorf("twice: %q", line)
		}
		seen[line] = true
	}
}
