package command

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

func find(ctx context.Context, c *Call) int {
	var starts []string
	args := c.Args
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "!" {
		starts, args = append(starts, args[0]), args[1:]
	}
	if len(starts) == 0 {
		starts = []string{"."}
	}
	q, ok := parseQuery(c, args)
	if !ok {
		return 1
	}
	code := 0
	for _, start := range starts {
		base := c.path(start)
		err := c.walk(base, func(p string, info fs.FileInfo) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			shown := start
			rest := strings.TrimPrefix(strings.TrimPrefix(p, base), "/")
			if rest != "" {
				shown = strings.TrimSuffix(start, "/") + "/" + rest
			}
			depth := 0
			if rest != "" {
				depth = strings.Count(rest, "/") + 1
			}
			if depth >= q.minDepth && q.matches(shown, info) {
				if exit := q.found(ctx, c, shown, p, info); exit != 0 {
					code = exit
				}
			}
			if depth >= q.maxDepth {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			code = c.errorf("'%s': %s", start, reason(err))
		}
	}
	if exit := q.runMany(ctx, c); exit != 0 {
		code = exit
	}
	return code
}

// A query is what find looks for and does with what it finds.
type query struct {
	minDepth, maxDepth int
	tests              []func(name string, info fs.FileInfo) bool
	print, remove      bool
	end                string
	exec               []string // the command, without {} +
	many               bool
	batch              []string
}

func parseQuery(c *Call, args []string) (*query, bool) {
	q := &query{maxDepth: 1 << 20, end: "\n"}
	negate := false
	add := func(test func(string, fs.FileInfo) bool) {
		want := !negate
		negate = false
		q.tests = append(q.tests, func(n string, i fs.FileInfo) bool { return test(n, i) == want })
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		value := ""
		switch word {
		case "-type", "-name", "-path", "-maxdepth", "-mindepth", "-newer":
			if len(args) == 0 {
				c.errorf("missing argument to '%s'", word)
				return nil, false
			}
			value, args = args[0], args[1:]
		}
		switch word {
		case "!", "-not":
			negate = !negate
		case "-a":
		case "-type":
			add(func(_ string, i fs.FileInfo) bool {
				return value == "f" && i.Mode().IsRegular() || value == "d" && i.IsDir() ||
					value == "l" && i.Mode()&fs.ModeSymlink != 0
			})
		case "-name":
			add(func(n string, _ fs.FileInfo) bool {
				ok, err := path.Match(value, path.Base(n))
				return err == nil && ok
			})
		case "-maxdepth", "-mindepth":
			n, err := strconv.Atoi(value)
			if err != nil {
				c.errorf("invalid argument '%s' to '%s'", value, word)
				return nil, false
			}
			if word == "-maxdepth" {
				q.maxDepth = n
			} else {
				q.minDepth = n
			}
		case "-print":
			q.print = true
		case "-print0":
			q.print, q.end = true, "\x00"
		case "-delete":
			q.remove = true
		case "-exec":
			end := slices.IndexFunc(args, func(s string) bool { return s == ";" || s == "+" })
			if end < 1 {
				c.errorf("missing argument to '-exec'")
				return nil, false
			}
			q.exec, q.many = args[:end], args[end] == "+"
			args = args[end+1:]
		default:
			c.errorf("unknown predicate '%s'", word)
			return nil, false
		}
	}
	if q.exec == nil && !q.remove {
		q.print = true
	}
	return q, true
}

func (q *query) matches(name string, info fs.FileInfo) bool {
	for _, test := range q.tests {
		if !test(name, info) {
			return false
		}
	}
	return true
}

func (q *query) found(ctx context.Context, c *Call, shown, full string, info fs.FileInfo) int {
	if q.print {
		fmt.Fprint(c.Stdout, shown, q.end)
	}
	switch {
	case q.remove && info.IsDir():
		return c.errorf("cannot delete '%s': Is a directory", shown)
	case q.remove:
		if err := c.Folder.Remove(full); err != nil {
			return c.errorf("cannot delete '%s': %s", shown, reason(err))
		}
	case q.many:
		q.batch = append(q.batch, shown)
		if len(q.batch) >= 1000 {
			return q.runMany(ctx, c)
		}
	case q.exec != nil:
		args := make([]string, len(q.exec))
		for i, word := range q.exec {
			args[i] = strings.ReplaceAll(word, "{}", shown)
		}
		c.Run(ctx, args)
	}
	return 0
}

// runMany runs the command of "-exec CMD {} +" on what was found so far.
func (q *query) runMany(ctx context.Context, c *Call) int {
	if len(q.batch) == 0 {
		return 0
	}
	args := slices.Clone(q.exec)
	if args[len(args)-1] == "{}" {
		args = args[:len(args)-1]
	}
	args = append(args, q.batch...)
	q.batch = nil
	if c.Run(ctx, args) != 0 {
		return 1
	}
	return 0
}
