package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

func cat(ctx context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "u")
	if wrong != "" {
		return c.usage(wrong)
	}
	_ = set
	return c.each(names, func(_ string, r io.Reader) error {
		_, err := copyUntil(ctx, c.Stdout, r)
		return err
	})
}

// each opens the operands one after the other, or the standard input if there
// are none.
func (c *Call) each(names []string, do func(name string, r io.Reader) error) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		r, err := c.open(name)
		if err == nil {
			err = do(name, r)
			r.Close()
		}
		if err != nil {
			code = c.errorf("%s: %s", name, reason(err))
		}
	}
	return code
}

// span is what head and tail are asked for: "-n 5", "-5", "-c +7".
type span struct {
	count   int64
	bytes   bool
	from    bool // "+N": from there on, counted from 1
	allBut  bool // head -c -N
	follow  bool
	operand []string
}

func parseSpan(c *Call) (span, bool) {
	s := span{count: 10}
	args := c.Args
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			s.operand = append(s.operand, args...)
			return s, true
		case arg == "-q" || arg == "--quiet":
			continue
		case arg == "-f" || arg == "-F":
			s.follow = true
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			s.operand = append(s.operand, arg)
			continue
		}
		value := arg[1:]
		if arg[1] == 'c' || arg[1] == 'n' {
			s.bytes = arg[1] == 'c'
			value = arg[2:]
			if value == "" && len(args) > 0 {
				value, args = args[0], args[1:]
			}
		}
		s.from = strings.HasPrefix(value, "+")
		s.allBut = strings.HasPrefix(value, "-") && arg[1] != value[0]
		n, err := strconv.ParseInt(strings.TrimLeft(value, "+-"), 10, 64)
		if err != nil {
			c.errorf("invalid number: '%s'", value)
			return s, false
		}
		s.count = n
	}
	return s, true
}

func head(ctx context.Context, c *Call) int {
	s, ok := parseSpan(c)
	if !ok {
		return 1
	}
	return c.each(s.operand, func(_ string, r io.Reader) error {
		switch {
		case s.bytes && !s.allBut:
			// Not a byte more than asked for: what follows on the standard
			// input belongs to the next command.
			_, err := copyUntil(ctx, c.Stdout, io.LimitReader(r, s.count))
			return err
		case s.bytes:
			data, err := io.ReadAll(r)
			if err == nil {
				_, err = c.Stdout.Write(data[:max(0, int64(len(data))-s.count)])
			}
			return err
		}
		lines := bufio.NewReader(r)
		for range s.count {
			line, err := lines.ReadBytes('\n')
			if _, err := c.Stdout.Write(line); err != nil {
				return err
			}
			if err == io.EOF {
				return nil
			}
			if err != nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
		}
		return nil
	})
}

func tail(ctx context.Context, c *Call) int {
	s, ok := parseSpan(c)
	if !ok {
		return 1
	}
	return c.each(s.operand, func(name string, r io.Reader) error {
		if err := tailOnce(ctx, c.Stdout, r, s); err != nil || !s.follow || name == "-" {
			return err
		}
		for pause(ctx, 100*time.Millisecond) {
			if _, err := copyUntil(ctx, c.Stdout, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func tailOnce(ctx context.Context, w io.Writer, r io.Reader, s span) error {
	if s.from && s.bytes {
		skip := max(0, s.count-1)
		if f, ok := r.(*os.File); ok {
			if size, err := f.Seek(0, io.SeekEnd); err == nil {
				if _, err := f.Seek(min(skip, size), io.SeekStart); err != nil {
					return err
				}
				_, err := copyUntil(ctx, w, f)
				return err
			}
		}
		if _, err := io.CopyN(io.Discard, r, skip); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		_, err := copyUntil(ctx, w, r)
		return err
	}
	if f, ok := r.(*os.File); ok && s.bytes {
		if _, err := f.Seek(-s.count, io.SeekEnd); err == nil {
			_, err := copyUntil(ctx, w, f)
			return err
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch {
	case s.bytes:
		data = data[max(0, int64(len(data))-s.count):]
	case s.from:
		for range max(0, s.count-1) {
			_, data, _ = bytes.Cut(data, []byte("\n"))
		}
	default:
		data = data[lastLines(data, s.count):]
	}
	_, err = w.Write(data)
	return err
}

// lastLines is where the last n lines begin.
func lastLines(data []byte, n int64) int {
	at := len(data)
	if n > 0 && at > 0 && data[at-1] == '\n' {
		at--
	}
	for ; n > 0; n-- {
		at = bytes.LastIndexByte(data[:at], '\n')
		if at < 0 {
			return 0
		}
	}
	return min(at+1, len(data))
}

func wc(ctx context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "clw")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(set) == 0 {
		set = map[byte]bool{'c': true, 'l': true, 'w': true}
	}
	return c.each(names, func(name string, r io.Reader) error {
		var count wordCounter
		if _, err := copyUntil(ctx, &count, r); err != nil {
			return err
		}
		var fields []string
		for _, f := range []struct {
			flag  byte
			count int64
		}{{'l', count.lines}, {'w', count.words}, {'c', count.bytes}} {
			if set[f.flag] {
				fields = append(fields, strconv.FormatInt(f.count, 10))
			}
		}
		if len(names) > 0 {
			fields = append(fields, name)
		}
		_, err := fmt.Fprintln(c.Stdout, strings.Join(fields, " "))
		return err
	})
}

type wordCounter struct {
	lines, words, bytes int64
	inWord              bool
}

func (w *wordCounter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			w.lines++
		}
		space := b == ' ' || b >= '\t' && b <= '\r'
		if !space && !w.inWord {
			w.words++
		}
		w.inWord = !space
	}
	w.bytes += int64(len(p))
	return len(p), nil
}

func sortLines(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "rnuz")
	if wrong != "" {
		return c.usage(wrong)
	}
	end := "\n"
	if set['z'] {
		end = "\x00"
	}
	var lines []string
	code := c.each(names, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if text := strings.TrimSuffix(string(data), end); len(data) > 0 {
			lines = append(lines, strings.Split(text, end)...)
		}
		return err
	})
	slices.SortStableFunc(lines, func(a, b string) int {
		order := 0
		if set['n'] {
			x, _ := strconv.ParseFloat(strings.TrimSpace(a), 64)
			y, _ := strconv.ParseFloat(strings.TrimSpace(b), 64)
			order = int(min(1, max(-1, x-y)))
		}
		if order == 0 {
			order = strings.Compare(a, b)
		}
		if set['r'] {
			order = -order
		}
		return order
	})
	if set['u'] {
		lines = slices.Compact(lines)
	}
	for _, line := range lines {
		fmt.Fprint(c.Stdout, line, end)
	}
	return code
}

func baseName(_ context.Context, c *Call) int {
	args := c.Args
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.errorf("missing operand")
	}
	name := path.Base(args[0])
	if len(args) > 1 && name != args[1] {
		name = strings.TrimSuffix(name, args[1])
	}
	fmt.Fprintln(c.Stdout, name)
	return 0
}

func dirName(_ context.Context, c *Call) int {
	args := c.Args
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.errorf("missing operand")
	}
	for _, name := range args {
		fmt.Fprintln(c.Stdout, path.Dir(name))
	}
	return 0
}
