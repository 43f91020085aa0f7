package digest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpuwizard/core/digest"
)

func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// look is what whoever sends a file does: it reads one that is not known.
func look(c *digest.Cache, file string) (size int64, got string, err error) {
	info, got, learn, err := c.Look(file)
	if err != nil {
		return 0, "", err
	}
	if got == "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, "", err
		}
		got = sum(string(text))
		learn(got)
	}
	return info.Size(), got, nil
}

func TestCache(t *testing.T) {
	dir := t.TempDir()
	file, cache := filepath.Join(dir, "图片 1\n.jpg"), filepath.Join(dir, "state", "digests")
	long := time.Now().Add(-time.Hour)
	write := func(text string, changed time.Time) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what, want string, reread bool) {
		t.Helper()
		c := digest.Open(cache, reread)
		size, got, err := look(c, file)
		if err != nil || got != sum(want) || size != int64(len(want)) {
			t.Errorf("%s: %d, %s, %v", what, size, got, err)
		}
		if err := c.Save(); err != nil {
			t.Error(err)
		}
	}
	write("first", long)
	expect("new", "first", false)
	write("other", long)
	expect("known by size and time", "first", false)
	expect("read again on request", "other", true)
	expect("known from then on", "other", false)
	write("longer", long)
	expect("another size", "longer", false)
	write("LONGER", long.Add(time.Nanosecond))
	expect("another time", "LONGER", false)
	write("just", time.Now())
	expect("just written", "just", false)
	write("now!", time.Now())
	expect("written again in the same moment", "now!", false)

	for _, broken := range []string{"", "nonsense", "gpuwizard digests 1\nx\n" + sum("x") + " 1 2 unquoted\n"} {
		if err := os.WriteFile(cache, []byte(broken), 0o644); err != nil {
			t.Fatal(err)
		}
		expect("after a broken cache", "now!", false)
	}
	if _, _, err := look(digest.Open(cache, false), filepath.Join(dir, "none")); !os.IsNotExist(err) {
		t.Errorf("missing: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("gpuwizard digests 1\n" + sum("x") + " 1 2 \"/a\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		cache, file := filepath.Join(dir, "digests"), filepath.Join(dir, "a")
		for name, content := range map[string]string{cache: text, file: "a"} {
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, got, err := look(digest.Open(cache, true), file); err != nil || got != sum("a") {
			t.Errorf("%s, %v", got, err)
		}
	})
}
