// Package digest remembers the SHA-256 of local files, so that a file that has
// kept its size and time need not be read again.
package digest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/natefinch/atomic"
)

// settled is how old a file must have been when it was read, for its time to
// tell a later change: clocks of file systems tick as slowly as this.
const settled = 2 * time.Second

// maxEntries bounds what is kept; the rest is read again next time.
const maxEntries = 1 << 20

// A Cache knows digests by path, size and time. Its methods may be called from
// several goroutines.
type Cache struct {
	file   string
	reread bool

	mu      sync.Mutex
	known   map[string]entry
	changed bool
}

type entry struct {
	sum  string
	size int64
	time int64 // of the last change, in nanoseconds since 1970
}

// Open reads the cache that Save wrote into a file. One that is missing or
// broken is empty: it holds nothing that can't be found out again. With reread,
// nothing that is in it is believed.
func Open(file string, reread bool) *Cache {
	c := &Cache{file: file, reread: reread, known: map[string]entry{}}
	f, err := os.Open(file)
	if err != nil {
		return c
	}
	defer f.Close()
	c.known = parse(f)
	return c
}

const head = "gpuwizard digests 1"

// parse reads lines of "digest size time path", the path quoted as in Go.
func parse(r io.Reader) map[string]entry {
	known := map[string]entry{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	if !s.Scan() || s.Text() != head {
		return known
	}
	for s.Scan() && len(known) < maxEntries {
		f := strings.SplitN(s.Text(), " ", 4)
		if len(f) != 4 || !isSum(f[0]) {
			continue
		}
		size, err1 := strconv.ParseInt(f[1], 10, 64)
		changed, err2 := strconv.ParseInt(f[2], 10, 64)
		path, err3 := strconv.Unquote(f[3])
		if err1 == nil && err2 == nil && err3 == nil && size >= 0 {
			known[path] = entry{f[0], size, changed}
		}
	}
	return known
}

func isSum(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && strings.ToLower(s) == s
}

// Look says what a file is, with the SHA-256 of its content, in lower-case hex,
// if that is known. Else learn takes it from whoever reads the file next.
func (c *Cache) Look(path string) (info fs.FileInfo, sum string, learn func(sum string), err error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, "", nil, err
	}
	before, err := os.Stat(full)
	if err != nil {
		return nil, "", nil, err
	}
	c.mu.Lock()
	e, ok := c.known[full]
	c.mu.Unlock()
	if ok && !c.reread && e.size == before.Size() && e.time == before.ModTime().UnixNano() {
		return before, e.sum, nil, nil
	}
	began := time.Now()
	return before, "", func(sum string) {
		after, err := os.Stat(full)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.changed = true
		if err == nil && after.Size() == before.Size() && after.ModTime().Equal(before.ModTime()) && began.Sub(after.ModTime()) >= settled {
			c.known[full] = entry{sum, after.Size(), after.ModTime().UnixNano()}
		} else {
			delete(c.known, full)
		}
	}, nil
}

// Save writes the cache back, if there is anything new in it.
func (c *Cache) Save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.changed {
		return nil
	}
	var b bytes.Buffer
	b.WriteString(head + "\n")
	n := 0
	for path, e := range c.known {
		if n++; n > maxEntries {
			break
		}
		fmt.Fprintf(&b, "%s %d %d %s\n", e.sum, e.size, e.time, strconv.Quote(path))
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return err
	}
	if err := atomic.WriteFile(c.file, &b); err != nil {
		return err
	}
	c.changed = false
	return nil
}
