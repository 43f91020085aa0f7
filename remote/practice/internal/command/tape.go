package command

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// tapeOptions are what tar is asked for.
type tapeOptions struct {
	action   byte // c, x or t
	file     string
	gzip     bool
	keepTime bool
	verbose  bool
	dir      string
	names    []string
}

func parseTape(c *Call) (tapeOptions, bool) {
	o := tapeOptions{file: "-", keepTime: true, dir: c.Dir}
	args := c.Args
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = append([]string{"-" + args[0]}, args[1:]...) // the old way: tar xf -
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if word == "--" {
			o.names = append(o.names, args...)
			break
		}
		if strings.HasPrefix(word, "--") {
			switch word {
			case "--no-same-owner", "--no-same-permissions", "--same-permissions", "--format=ustar", "--format=pax":
			default:
				c.usage(word)
				return o, false
			}
			continue
		}
		if !strings.HasPrefix(word, "-") || word == "-" {
			o.names = append(o.names, word)
			continue
		}
		for i := 1; i < len(word); i++ {
			switch flag := word[i]; flag {
			case 'c', 'x', 't':
				o.action = flag
			case 'z':
				o.gzip = true
			case 'm':
				o.keepTime = false
			case 'v':
				o.verbose = true
			case 'o', 'p':
			case 'f', 'C':
				value := word[i+1:]
				if value == "" && len(args) > 0 {
					value, args = args[0], args[1:]
				}
				if flag == 'f' {
					o.file = value
				} else {
					o.dir = c.path(value)
				}
				i = len(word)
			default:
				c.usage("-" + string(flag))
				return o, false
			}
		}
	}
	if o.action == 0 {
		c.errorf("You must specify one of the '-ctx' options")
		return o, false
	}
	return o, true
}

// tape is tar. A member that would land outside its folder is refused.
func tape(ctx context.Context, c *Call) int {
	o, ok := parseTape(c)
	if !ok {
		return 2
	}
	if info, err := c.Folder.Stat(o.dir); err != nil || !info.IsDir() {
		c.errorf("%s: Cannot open: No such file or directory", o.dir)
		return 2
	}
	var err error
	if o.action == 'c' {
		err = c.writeTape(ctx, o)
	} else {
		err = c.readTape(ctx, o)
	}
	if err != nil {
		text := reason(err)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			text = "Unexpected EOF in archive"
		}
		c.errorf("%s", text)
		c.errorf("Error is not recoverable: exiting now")
		return 2
	}
	return 0
}

func (c *Call) readTape(ctx context.Context, o tapeOptions) error {
	r, err := c.open(o.file)
	if err != nil {
		return err
	}
	defer r.Close()
	var from io.Reader = r
	if o.gzip {
		if from, err = gzip.NewReader(r); err != nil {
			return err
		}
	}
	archive := tar.NewReader(from)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(o.names) > 0 && !listed(header.Name, o.names) {
			continue
		}
		if o.action == 't' || o.verbose {
			fmt.Fprintln(c.Stdout, header.Name)
		}
		if o.action == 't' {
			continue
		}
		if err := c.unpack(ctx, o, header, archive); err != nil {
			return fmt.Errorf("%s: %s", header.Name, reason(err))
		}
	}
}

func listed(name string, names []string) bool {
	for _, n := range names {
		n = strings.TrimSuffix(n, "/")
		if name == n || strings.HasPrefix(name, n+"/") {
			return true
		}
	}
	return false
}

var errNotBelow = errors.New("the member's name contains '..' or is absolute")

// memberPath is where a member goes, which must be below dir.
func memberPath(dir, name string) (string, error) {
	if name == "" || path.IsAbs(name) || strings.Contains("/"+name+"/", "/../") || strings.ContainsRune(name, 0) {
		return "", errNotBelow
	}
	return path.Join(dir, name), nil
}

func (c *Call) unpack(ctx context.Context, o tapeOptions, header *tar.Header, body io.Reader) error {
	to, err := memberPath(o.dir, header.Name)
	if err != nil {
		return err
	}
	mode := fs.FileMode(header.Mode).Perm()
	if header.Typeflag == tar.TypeDir {
		return c.Folder.MkdirAll(to, mode|0o700)
	}
	if err := c.Folder.MkdirAll(path.Dir(to), 0o755); err != nil {
		return err
	}
	// Away with a former file first: its content may have a second name.
	if info, err := c.Folder.Lstat(to); err == nil && !info.IsDir() {
		if err := c.Folder.Remove(to); err != nil {
			return err
		}
	}
	switch header.Typeflag {
	case tar.TypeReg:
	case tar.TypeSymlink:
		return c.Folder.Symlink(header.Linkname, to)
	case tar.TypeLink:
		from, err := memberPath(o.dir, header.Linkname)
		if err != nil {
			return err
		}
		return c.Folder.Link(from, to)
	default:
		return fmt.Errorf("unsupported member type %q", header.Typeflag)
	}
	f, err := c.Folder.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode|0o600)
	if err != nil {
		return err
	}
	_, err = copyUntil(ctx, f, body)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if o.keepTime {
		return c.Folder.Chtimes(to, header.ModTime, header.ModTime)
	}
	return nil
}

func (c *Call) writeTape(ctx context.Context, o tapeOptions) error {
	w := c.Stdout
	if o.file != "-" {
		f, err := c.Folder.OpenFile(c.path(o.file), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		if err != nil {
			return err
		}
		defer f.Close()
		w = f
	}
	if o.gzip {
		z := gzip.NewWriter(w)
		defer z.Close()
		w = z
	}
	archive := tar.NewWriter(w)
	for _, name := range o.names {
		base := path.Join(o.dir, name)
		err := c.walk(base, func(p string, info fs.FileInfo) error {
			return c.pack(ctx, archive, name+strings.TrimPrefix(p, base), p, info)
		})
		if err != nil {
			return err
		}
	}
	return archive.Close()
}

func (c *Call) pack(ctx context.Context, archive *tar.Writer, name, full string, info fs.FileInfo) error {
	target := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		var err error
		if target, err = c.Folder.Readlink(full); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	header.Name = name
	if info.IsDir() {
		header.Name += "/"
	}
	if err := archive.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := c.Folder.OpenFile(full, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = copyUntil(ctx, archive, io.LimitReader(f, info.Size()))
	return err
}
