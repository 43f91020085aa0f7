package practice_test

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"gpuwizard/remote/practice"
)

// Nothing that is tried from inside touches or shows what lies outside.
func TestConfined(t *testing.T) {
	top := t.TempDir()
	if real, err := filepath.EvalSymlinks(top); err == nil {
		top = real
	}
	secret := filepath.Join(top, "secret")
	if err := os.WriteFile(secret, []byte("hidden treasure"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := start(t, practice.Options{Folder: filepath.Join(top, "practice")})
	client := login(t, s)
	if err := os.Symlink(top, filepath.Join(s.Folder(), "root", "out")); err != nil {
		t.Log("no symbolic links here:", err)
	}
	outside := filepath.ToSlash(secret)
	for _, line := range []string{
		"cat " + outside,
		"cat ../../secret",
		"cat < " + outside,
		"cat out/secret",
		"cd ../..; cat secret",
		"cd / && ls && ls " + filepath.ToSlash(top) + " && cat ." + outside,
		"cp " + outside + " copy && cat copy",
		"ln " + outside + " hard && cat hard",
		"ln -s " + outside + " soft; cat soft",
		"ln -s ../../secret soft2; cat soft2",
		". " + outside,
		"sh " + outside,
		"head -c 9 out/secret; tail -c 9 out/secret; wc " + outside,
		"tar c -C out secret",
		"tar cf - " + outside,
		"find " + filepath.ToSlash(top) + " -type f -exec cat {} +",
		"echo out/* ../../*",
		"sha256sum out/secret && echo treasure",
		"dd if=" + outside,
		"mv " + outside + " here; cat here",
		"$(<" + outside + ")",
		"echo gone > " + outside + "; echo gone > out/secret; echo gone >> ../../secret",
		"rm -rf " + outside + " out/secret ../../secret",
		"touch " + outside + " out/new ../../new; mkdir ../../new out/new",
		"chmod 777 out/secret " + outside,
		"cp -R out copied; cat copied/secret",
	} {
		out, _ := run(t, client, line, "")
		if strings.Contains(out, "treasure") {
			t.Errorf("%s\nprinted %q", line, out)
		}
	}

	files, err := sftp.NewClient(client)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	for _, name := range []string{outside, "../../secret", "out/secret", s.Home() + "/../../secret"} {
		if f, err := files.Open(name); err == nil {
			_ = f.Close()
			t.Errorf("SFTP opened %s", name)
		}
		if f, err := files.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC); err == nil {
			_ = f.Close()
			t.Errorf("SFTP opened %s to write", name)
		}
		for what, err := range map[string]error{
			"remove": files.Remove(name), "rename": files.Rename(name, "stolen"), "link": files.Link(name, "linked"),
			"truncate": files.Truncate(name, 0), "chmod": files.Chmod(name, 0o777),
			"rename to": files.PosixRename("miniconda3/bin/python", name),
		} {
			if err == nil {
				t.Errorf("SFTP: %s of %s went through", what, name)
			}
		}
	}
	if err := files.Symlink(outside, "soft3"); err == nil {
		t.Error("SFTP made a link that leads out")
	}

	for _, header := range []tar.Header{
		{Name: "../../escaped", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644},
		{Name: filepath.ToSlash(top) + "/escaped", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644},
		{Name: "a/../../../escaped", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644},
		{Name: "out/escaped", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644},
		{Name: "leads", Typeflag: tar.TypeSymlink, Linkname: outside},
		{Name: "leads", Typeflag: tar.TypeLink, Linkname: "../../secret"},
		{Name: "pipe", Typeflag: tar.TypeFifo},
	} {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if header.Size > 0 {
			if _, err := w.Write([]byte("evil")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if out, exit := run(t, client, "tar xmof -", archive.String()); exit == 0 {
			t.Errorf("tar took %q (%q): %s", header.Name, header.Linkname, out)
		}
	}

	got, err := os.ReadFile(secret)
	if err != nil || string(got) != "hidden treasure" {
		t.Errorf("the secret is now %q, %v", got, err)
	}
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm()&0o111 != 0 {
		t.Errorf("its mode changed: %v, %v", info, err)
	}
	entries, err := os.ReadDir(top)
	if err != nil || len(entries) != 2 {
		t.Errorf("outside lie %v, %v", entries, err)
	}
}
