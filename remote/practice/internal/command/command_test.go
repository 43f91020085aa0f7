package command

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"gpuwizard/remote/practice/internal/confine"
)

// box is a folder to run commands in.
type box struct {
	t      testing.TB
	folder *confine.Folder
	table  map[string]Func
}

func newBox(t testing.TB) *box {
	t.Helper()
	folder, err := confine.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	table := Table()
	maps.Copy(table, (Machine{Hostname: "practice", User: "root", GPU: "Practice GPU"}).Commands())
	return &box{t, folder, table}
}

func (b *box) write(name, content string) {
	b.t.Helper()
	if code, _, errs := b.run("", "mkdir", "-p", strings.TrimSuffix("./"+name, "/"+last(name))); code != 0 {
		b.t.Fatal(errs)
	}
	if code, _, errs := b.run(content, "dd", "of="+name); code != 0 {
		b.t.Fatal(errs)
	}
}

func last(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (b *box) read(name string) string {
	b.t.Helper()
	text, err := b.folder.ReadFile(confine.Abs(b.folder.Path(), name), 1<<20)
	if err != nil {
		return "(" + reason(err) + ")"
	}
	return string(text)
}

func (b *box) run(stdin string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	c := &Call{
		Name: args[0], Args: args[1:], Dir: b.folder.Path(), Folder: b.folder,
		Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr,
	}
	c.Run = func(ctx context.Context, args []string) int {
		inner := *c
		inner.Name, inner.Args = args[0], args[1:]
		return b.table[args[0]](ctx, &inner)
	}
	code = b.table[args[0]](b.t.Context(), c)
	return code, stdout.String(), stderr.String()
}

func TestOutput(t *testing.T) {
	b := newBox(t)
	b.write("five", "1\n2\n3\n4\n5\n")
	b.write("open", "a\nb")
	b.write("d/x.txt", "xx")
	b.write("d/e/y.txt", "y")
	b.write("a\\b\nc", "odd")
	// The results are those of GNU coreutils 9.1, findutils 4.9.
	for _, c := range []struct {
		args  string // words separated by "|"
		stdin string
		want  string
		code  int
	}{
		{args: "cat|five|-", stdin: "in", want: "1\n2\n3\n4\n5\nin"},
		{args: "cat|nosuch|open", want: "a\nb", code: 1},
		{args: "head|-n|2|five", want: "1\n2\n"},
		{args: "head|-2|five", want: "1\n2\n"},
		{args: "head|-c|3|five", want: "1\n2"},
		{args: "head|-c|-3|five", want: "1\n2\n3\n4"},
		{args: "head|-n|9|open", want: "a\nb"},
		{args: "tail|-n|2|five", want: "4\n5\n"},
		{args: "tail|-n|+4|five", want: "4\n5\n"},
		{args: "tail|-n|1|open", want: "b"},
		{args: "tail|-n|0|five", want: ""},
		{args: "tail|-c|3|five", want: "\n5\n"},
		{args: "tail|-c|99|open", want: "a\nb"},
		{args: "tail|-c|+9|five", want: "5\n"},
		{args: "tail|-c|+1|open", want: "a\nb"},
		{args: "tail|-c|+99|five", want: ""},
		{args: "tail|-c|+3", stdin: "abcd", want: "cd"},
		{args: "wc|-c", stdin: "abc", want: "3\n"},
		{args: "wc|-l|five", want: "5 five\n"},
		{args: "sort|-rn", stdin: "2\n10\n1\n", want: "10\n2\n1\n"},
		{args: "tr|-d|\\r", stdin: "a\r\n", want: "a\n"},
		{args: "stat|-c|%s %i %n|five|open", want: "10 0 five\n3 0 open\n"},
		{args: "dd|bs=2|count=1|iflag=fullblock", stdin: "abcd", want: "ab"},
		{args: "dd|bs=2|skip=1|if=five", want: "2\n3\n4\n5\n"},
		{args: "cut|-d:|-f2", stdin: "a:b:c\n", want: "b\n"},
		{args: "basename|/a/b.txt|.txt", want: "b\n"},
		{args: "dirname|/a/b", want: "/a\n"},
		{args: "find|d|-type|f|-name|*.txt", want: "d/e/y.txt\nd/x.txt\n"},
		{args: "find|.|-maxdepth|1|-type|d", want: ".\n./d\n"},
		{args: "find|d|-mindepth|1|-maxdepth|1|-print", want: "d/e\nd/x.txt\n"},
		{args: "find|d|-type|f|-exec|cat|{}|+", want: "yxx"},
		{args: "find|d|-type|f|-exec|basename|{}|;", want: "y.txt\nx.txt\n"},
		{args: "find|nosuch", code: 1},
		{args: "sha256sum|open", want: "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78  open\n"},
		{args: "sha256sum|a\\b\nc", want: "\\990cb8ebd0afb7150da453a213036a92f2c05e091df0d803e62d257ea7796c27  a\\\\b\\nc\n"},
		{args: "dd|bs=1|count=3", stdin: "abcdef", want: "abc"},
		{args: "dd|bs=2|skip=1|count=1", stdin: "abcdef", want: "cd"},
		{args: "dd|bs=x", code: 1},
		{args: "uname|-sm", want: "Linux x86_64\n"},
		{args: "id|-un", want: "root\n"},
		{args: "id|-u", want: "0\n"},
		{args: "nproc", want: "4\n"},
		{args: "hostname", want: "practice\n"},
		{args: "nvidia-smi|--query-gpu=name,memory.total,driver_version|--format=csv,noheader,nounits", want: "Practice GPU, 24576, 550.54\n"},
		{args: "nvidia-smi|--query-gpu=nonsense", want: "Field \"nonsense\" is not a valid field to query.\n", code: 2},
		{args: "stat|-c|%s %F|open", want: "3 regular file\n"},
		{args: "ls|d", want: "e\nx.txt\n"},
		{args: "sleep|x", code: 1},
		{args: "rm|-q", code: 2},
		{args: "env|A=1", want: "A=1\n"},
	} {
		code, out, _ := b.run(c.stdin, strings.Split(c.args, "|")...)
		if out != c.want || code != c.code {
			t.Errorf("%s\ngot  %q, %d\nwant %q, %d", c.args, out, code, c.want, c.code)
		}
	}
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		name   string
		do     []string // commands, words separated by "|"
		failed bool     // the last one
		want   map[string]string
	}{
		{"move replaces", []string{"mv|a|b"}, false, map[string]string{"a": "(No such file or directory)", "b": "A"}},
		{"move into", []string{"mv|a|d"}, false, map[string]string{"d/a": "A"}},
		{"move a folder", []string{"mv|d|e"}, false, map[string]string{"e/x": "X"}},
		{"move onto an empty folder", []string{"mkdir|e", "mv|-T|d|e"}, false, map[string]string{"e/x": "X"}},
		{"not onto a full one", []string{"mkdir|e", "touch|e/y", "mv|-T|d|e"}, true, map[string]string{"d/x": "X"}},
		{"not into itself", []string{"mv|d|d"}, true, map[string]string{"d/x": "X"}},
		{"not a folder onto a file", []string{"mv|d|a"}, true, map[string]string{"a": "A", "d/x": "X"}},
		{"nothing to move", []string{"mv|nosuch|a"}, true, map[string]string{"a": "A"}},
		{"copy", []string{"cp|-p|a|c"}, false, map[string]string{"a": "A", "c": "A"}},
		{"copy deep", []string{"cp|-R|d|e"}, false, map[string]string{"e/x": "X", "d/x": "X"}},
		{"copy several", []string{"cp|a|b|d/"}, false, map[string]string{"d/a": "A", "d/b": "B"}},
		{"no folder without -R", []string{"cp|d|e"}, true, map[string]string{"e/x": "(No such file or directory)"}},
		{"not onto itself", []string{"cp|a|a"}, true, map[string]string{"a": "A"}},
		{"link", []string{"ln|a|c", "rm|a"}, false, map[string]string{"c": "A"}},
		{"link several", []string{"ln|a|b|d/"}, false, map[string]string{"d/a": "A", "d/b": "B"}},
		{"link onto", []string{"ln|a|b"}, true, map[string]string{"b": "B"}},
		{"link by force", []string{"ln|-f|a|b"}, false, map[string]string{"b": "A"}},
		{"remove", []string{"rm|-rf|a|d|nosuch"}, false, map[string]string{"a": "(No such file or directory)", "d/x": "(No such file or directory)", "b": "B"}},
		{"remove a folder", []string{"rm|d"}, true, map[string]string{"d/x": "X"}},
		{"remove nothing", []string{"rm|nosuch"}, true, nil},
		{"remove a full folder", []string{"rmdir|d"}, true, map[string]string{"d/x": "X"}},
		{"rmdir of a file", []string{"rmdir|a"}, true, map[string]string{"a": "A"}},
		{"mkdir twice", []string{"mkdir|d"}, true, nil},
		{"mkdir -p twice", []string{"mkdir|-p|d/e/f", "mkdir|-p|d/e"}, false, nil},
		{"mkdir under a file", []string{"mkdir|-p|a/b"}, true, map[string]string{"a": "A"}},
		{"copy what is in a folder", []string{"mkdir|e", "cp|-R|d/.|e"}, false, map[string]string{"e/x": "X"}},
		{"link what is in a folder", []string{"mkdir|e", "touch|e/x", "cp|-alf|d/.|e", "dd|status=none|if=b|of=e/x|conv=notrunc"}, false, map[string]string{"d/x": "B"}},
		{"link not onto", []string{"cp|-l|a|b"}, true, map[string]string{"b": "B"}},
		{"write into the middle", []string{"dd|status=none|if=b|of=d/x|bs=1|seek=2|conv=notrunc"}, false, map[string]string{"d/x": "X\x00B"}},
		{"cut a file", []string{"dd|if=b|of=d/x|bs=1|seek=4|conv=notrunc", "dd|status=none|if=/dev/null|of=d/x|bs=1|seek=1|count=0"}, false, map[string]string{"d/x": "X"}},
		{"touch under a file", []string{"touch|a/b"}, true, nil},
		{"dot", []string{"rm|-rf|d/."}, true, map[string]string{"d/x": "X"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBox(t)
			b.write("a", "A")
			b.write("b", "B")
			b.write("d/x", "X")
			code, errs := 0, ""
			for _, line := range c.do {
				code, _, errs = b.run("", strings.Split(line, "|")...)
			}
			if (code != 0) != c.failed || c.failed == (errs == "") {
				t.Errorf("exit code %d, %q", code, errs)
			}
			for name, want := range c.want {
				if got := b.read(name); got != want {
					t.Errorf("%s holds %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestModes(t *testing.T) {
	for _, c := range []struct {
		text string
		old  fs.FileMode
		want fs.FileMode
		ok   bool
	}{
		{"755", 0o600, 0o755, true},
		{"+x", 0o644, 0o755, true},
		{"u+x,go-w", 0o666, 0o744, true},
		{"a=r", 0o777, 0o444, true},
		{"u=rwX", 0o644, 0o644, true},
		{"z+x", 0o644, 0, false},
		{"888", 0o644, 0, false},
	} {
		if got, ok := newMode(c.text, c.old, false); got != c.want || ok != c.ok {
			t.Errorf("%s of %o: %o, %v", c.text, c.old, got, ok)
		}
	}
}

func TestSumsAreChecked(t *testing.T) {
	b := newBox(t)
	b.write("a\\b\nc", "odd")
	b.write("x", "x")
	_, list, _ := b.run("", "sha256sum", "x", "a\\b\nc")
	if code, out, _ := b.run(list, "sha256sum", "-c"); code != 0 || out != "x: OK\na\\\\b\\nc: OK\n" {
		t.Errorf("%d %q", code, out)
	}
	b.write("x", "y")
	if code, out, errs := b.run(list, "sha256sum", "-c", "--quiet", "-"); code != 1 || out != "x: FAILED\n" || !strings.Contains(errs, "did NOT match") {
		t.Errorf("%d %q %q", code, out, errs)
	}
	if code, _, _ := b.run("", "rm", "x"); code != 0 {
		t.Fatal("rm")
	}
	if code, out, _ := b.run(list, "sha256sum", "-c", "--quiet"); code != 1 || out != "x: FAILED open or read\n" {
		t.Errorf("%d %q", code, out)
	}
}

func TestTarRoundTrip(t *testing.T) {
	b := newBox(t)
	b.write("d/x", "X")
	b.write("d/e/y", strings.Repeat("y", 100_000))
	if code, _, errs := b.run("", "chmod", "755", "d/x"); code != 0 {
		t.Fatal(errs)
	}
	for _, flags := range [][2]string{{"cf", "xf"}, {"-czf", "-xzf"}} {
		code, archive, errs := b.run("", "tar", flags[0], "-", "-C", "d", "x", "e")
		if code != 0 {
			t.Fatal(errs)
		}
		b.write("out/x", "in the way")
		if code, _, errs := b.run("", "ln", "-f", "out/x", "twin"); code != 0 {
			t.Fatal(errs)
		}
		if code, _, errs := b.run(archive, "tar", flags[1], "-", "-C", "out"); code != 0 {
			t.Fatal(errs)
		}
		if b.read("out/x") != "X" || len(b.read("out/e/y")) != 100_000 {
			t.Errorf("%s came back wrong", flags[0])
		}
		if b.read("twin") != "in the way" {
			t.Error("a file's second name was written through")
		}
		if _, out, _ := b.run("", "stat", "-c", "%a", "out/x"); out != "755\n" {
			t.Errorf("mode %s", out)
		}
		if code, _, _ := b.run(archive[:len(archive)/2], "tar", flags[1], "-", "-C", "out"); code != 2 {
			t.Errorf("half an archive gives %d", code)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	b := newBox(t)
	b.write("log", "one\n")
	for _, args := range [][]string{{"sleep", "600"}, {"sleep", "infinity"}, {"tail", "-f", "log"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		c := &Call{Name: args[0], Args: args[1:], Dir: b.folder.Path(), Folder: b.folder, Stdout: io.Discard, Stderr: io.Discard}
		done := make(chan struct{})
		go func() { defer close(done); b.table[args[0]](ctx, c) }()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Errorf("%v goes on", args)
		}
		cancel()
	}
}

func TestBrokenStreamsAreReported(t *testing.T) {
	b := newBox(t)
	for _, name := range []string{"cat", "sha256sum", "wc", "dd"} {
		c := &Call{Name: name, Dir: b.folder.Path(), Folder: b.folder, Stdin: iotest.ErrReader(errors.New("cut")), Stdout: io.Discard, Stderr: io.Discard}
		if code := b.table[name](t.Context(), c); code == 0 {
			t.Errorf("%s took a broken input for a good one", name)
		}
	}
}

func FuzzSumLine(f *testing.F) {
	f.Add(strings.Repeat("ab", 32) + "  name")
	f.Add(`\` + strings.Repeat("ab", 32) + ` *na\\me\n`)
	f.Fuzz(func(t *testing.T, line string) {
		got, ok := parseSumLine(line)
		if !ok {
			return
		}
		if len(got.digest) != 64 {
			t.Errorf("%q has the digest %q", line, got.digest)
		}
		mark := ""
		if escapeName(got.name) != got.name {
			mark = `\`
		}
		again, ok := parseSumLine(mark + got.digest + "  " + escapeName(got.name))
		if !ok || again != got {
			t.Errorf("%q: %+v, then %+v", line, got, again)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	for _, name := range []string{"a/b", "../x", "/x", "a/../../x", "./a"} {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		_ = w.WriteHeader(&tar.Header{Name: name, Size: 1, Mode: 0o644, Typeflag: tar.TypeReg})
		_, _ = w.Write([]byte("x"))
		_ = w.Close()
		f.Add(archive.Bytes())
	}
	f.Fuzz(func(t *testing.T, archive []byte) {
		top := t.TempDir()
		folder, err := confine.Open(top + "/in")
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		c := &Call{
			Name: "tar", Args: []string{"xmof", "-"}, Dir: folder.Path(), Folder: folder,
			Stdin: bytes.NewReader(archive), Stdout: io.Discard, Stderr: io.Discard,
		}
		tape(t.Context(), c)
		outside, err := confine.Open(top)
		if err != nil {
			t.Fatal(err)
		}
		defer outside.Close()
		if entries, err := outside.ReadDir(outside.Path()); err != nil || len(entries) != 1 {
			t.Errorf("beside the folder lie %v, %v", entries, err)
		}
	})
}
