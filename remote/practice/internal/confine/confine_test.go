package confine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestPathsOnWindows(t *testing.T) {
	for _, c := range []struct{ dir, name, want, native string }{
		{"/C:/box/root", "a/b", "/C:/box/root/a/b", "C:/box/root/a/b"},
		{`C:\box\root`, `a\b`, "/C:/box/root/a/b", "C:/box/root/a/b"},
		{"/C:/box", "/C:/box/x/../y", "/C:/box/y", "C:/box/y"},
		{"/C:/box", "C:/other", "/C:/other", "C:/other"},
		{`C:\here\C:\box`, "f", "/C:/box/f", "C:/box/f"},
		{"/C:/box", "../../..", "/C:/", "C:/"},
		{"/C:/box", "/etc/passwd", "/etc/passwd", "/etc/passwd"},
		{"/C:/box", "/D:/x", "/D:/x", "D:/x"},
		{"/C:/box", "C:", "/C:/", "C:/"},
	} {
		got := abs(c.dir, c.name, true)
		if got != c.want || native(got, true) != c.native {
			t.Errorf("%s in %s: %s, natively %s; want %s, %s", c.name, c.dir, got, native(got, true), c.want, c.native)
		}
	}
}

func TestAbs(t *testing.T) {
	for _, c := range []struct{ dir, name, want string }{
		{"/box", "a", "/box/a"},
		{"/box", "/a/../b/", "/b"},
		{"/box", "../../..", "/"},
		{"/box", `C:\x`, `/box/C:\x`},
		{"/", "", "/"},
	} {
		if got := abs(c.dir, c.name, false); got != c.want {
			t.Errorf("%q in %s: %s, want %s", c.name, c.dir, got, c.want)
		}
	}
}

func FuzzLocate(f *testing.F) {
	for _, name := range []string{"/x", "../..", "a/../../b", "/tmp/box", "//", "", ".", "\x00"} {
		f.Add(name)
	}
	folder := &Folder{path: "/tmp/box"}
	f.Fuzz(func(t *testing.T, name string) {
		rel, where := folder.locate(Abs("/tmp/box/root", name))
		if where == inside && !filepath.IsLocal(rel) && !strings.ContainsAny(name, "\x00:\\") {
			t.Errorf("%q is inside as %q", name, rel)
		}
	})
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(filepath.Join(dir, "box"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Virtual("/proc/x", func() []byte { return []byte("virtual\n") })
	at := func(name string) string { return f.Path() + "/" + name }
	if err := errors.Join(f.MkdirAll(at("d/e"), 0o755), f.Mkdir(at("g"), 0o755)); err != nil {
		t.Fatal(err)
	}
	file, err := f.OpenFile(at("file"), os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	open := func(name string, flag int) error {
		file, err := f.OpenFile(name, flag, 0o644)
		if err == nil {
			_ = file.Close()
		}
		return err
	}
	second := func(_ any, err error) error { return err }
	parent := filepath.ToSlash(filepath.Dir(f.HostPath()))
	if onWindows {
		parent = "/" + parent
	}
	for what, c := range map[string]struct{ err, want error }{
		"read outside":          {open("/nowhere/x", os.O_RDONLY), fs.ErrNotExist},
		"write outside":         {open("/nowhere/x", os.O_WRONLY|os.O_CREATE), fs.ErrPermission},
		"write beside":          {open(parent+"/x", os.O_WRONLY|os.O_CREATE), fs.ErrPermission},
		"read missing":          {open(at("no"), os.O_RDONLY), fs.ErrNotExist},
		"create twice":          {open(at("file"), os.O_WRONLY|os.O_CREATE|os.O_EXCL), fs.ErrExist},
		"null":                  {open("/dev/null", os.O_WRONLY|os.O_TRUNC), nil},
		"read virtual":          {open("/proc/x", os.O_RDONLY), nil},
		"write virtual":         {open("/proc/x", os.O_WRONLY), fs.ErrPermission},
		"stat virtual":          {second(f.Stat("/proc/x")), nil},
		"stat ancestor":         {second(f.Stat(parent)), nil},
		"stat outside":          {second(f.Stat("/nowhere")), fs.ErrNotExist},
		"list ancestor":         {second(f.ReadDir(parent)), nil},
		"list outside":          {second(f.ReadDir("/nowhere")), fs.ErrNotExist},
		"list a file":           {second(f.ReadDir(at("file"))), syscall.ENOTDIR},
		"mkdir outside":         {f.Mkdir("/nowhere", 0o755), fs.ErrPermission},
		"mkdir ancestor":        {f.Mkdir(parent, 0o755), fs.ErrExist},
		"mkdir -p ancestor":     {f.MkdirAll(parent, 0o755), nil},
		"mkdir twice":           {f.Mkdir(at("d"), 0o755), fs.ErrExist},
		"remove the root":       {f.RemoveAll(f.Path()), fs.ErrPermission},
		"remove an ancestor":    {f.RemoveAll(parent), fs.ErrPermission},
		"rename the root":       {f.Rename(f.Path(), at("x")), fs.ErrPermission},
		"rename out":            {f.Rename(at("file"), parent+"/x"), fs.ErrPermission},
		"link in":               {f.Link("/nowhere/x", at("x")), fs.ErrNotExist},
		"symlink to a path":     {f.Symlink("/etc", at("s")), fs.ErrPermission},
		"symlink up":            {f.Symlink("../../x", at("d/s")), fs.ErrPermission},
		"readlink of a file":    {second(f.Readlink(at("nolink"))), fs.ErrNotExist},
		"chmod outside":         {f.Chmod("/nowhere", 0o700), fs.ErrNotExist},
		"time of what is there": {f.Chmod(at("file"), 0o600), nil},
	} {
		if !errors.Is(c.err, c.want) || c.want == nil && c.err != nil {
			t.Errorf("%s: %v, want %v", what, c.err, c.want)
		}
	}
	if space, err := f.Space(); err != nil || space.Total <= 0 || space.Free <= 0 {
		t.Errorf("%+v, %v", space, err)
	}
}
