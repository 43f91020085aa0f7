package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// dd copies blocks: exactly count of them and not a byte more, so that what
// follows on the standard input is left for the next command. It always waits
// for a block to fill.
func dd(ctx context.Context, c *Call) int {
	value := map[string]string{
		"bs": "512", "count": "-1", "if": "-", "of": "-", "skip": "0", "seek": "0",
		"status": "", "iflag": "", "conv": "",
	}
	for _, arg := range c.Args {
		name, v, ok := strings.Cut(arg, "=")
		if _, known := value[name]; !ok || !known {
			return c.errorf("unrecognized operand '%s'", arg)
		}
		value[name] = v
	}
	block, count, skip, seek := size(value["bs"]), size(value["count"]), size(value["skip"]), size(value["seek"])
	if block <= 0 || skip < 0 || seek < 0 {
		return c.errorf("invalid number")
	}
	in, err := c.open(value["if"])
	if err != nil {
		return c.errorf("failed to open '%s': %s", value["if"], reason(err))
	}
	defer in.Close()
	var out io.Writer = c.Stdout
	if value["of"] != "-" {
		f, err := c.Folder.OpenFile(c.path(value["of"]), os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return c.errorf("failed to open '%s': %s", value["of"], reason(err))
		}
		defer f.Close()
		if err := place(f, seek*block, strings.Contains(value["conv"], "notrunc")); err != nil {
			return c.errorf("'%s': cannot seek: %s", value["of"], reason(err))
		}
		out = f
	}
	if err := skipOver(ctx, in, skip*block); err != nil {
		return c.errorf("error reading: %s", reason(err))
	}
	var from io.Reader = in
	if count >= 0 {
		from = io.LimitReader(in, count*block)
	}
	n, err := copyUntil(ctx, out, from)
	if err != nil {
		return c.errorf("%s", reason(err))
	}
	if value["status"] != "none" {
		fmt.Fprintf(c.Stderr, "%d+%d records in\n%[1]d+%[2]d records out\n%[3]d bytes copied\n", n/block, min(1, n%block), n)
	}
	return 0
}

// place goes to where writing begins, and cuts off what is there.
func place(f *os.File, offset int64, keep bool) error {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	if !keep {
		if err := f.Truncate(offset); err != nil {
			return err
		}
	}
	_, err := f.Seek(offset, io.SeekStart)
	return err
}

// skipOver leaves out the beginning of what is read.
func skipOver(ctx context.Context, in io.Reader, n int64) error {
	if f, ok := in.(io.Seeker); ok {
		if _, err := f.Seek(n, io.SeekStart); err == nil {
			return nil
		}
	}
	_, err := copyUntil(ctx, io.Discard, io.LimitReader(in, n))
	return err
}

// size reads a number with dd's suffixes; -1 is what is no number.
func size(s string) int64 {
	factor := int64(1)
	for suffix, f := range map[string]int64{"k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30} {
		if before, ok := strings.CutSuffix(s, suffix); ok {
			s, factor = before, f
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<40/factor {
		return -1
	}
	return n * factor
}
