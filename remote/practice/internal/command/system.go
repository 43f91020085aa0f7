package command

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// date prints the clock: seconds with +%s, else by the common conversions.
func date(_ context.Context, c *Call) int {
	now := time.Now()
	format := "+%a %b %e %H:%M:%S UTC %Y"
	for _, arg := range c.Args {
		switch {
		case arg == "-u":
		case strings.HasPrefix(arg, "+"):
			format = arg
		default:
			return c.errorf("invalid date '%s'", arg)
		}
	}
	now = now.UTC()
	replaced := strings.NewReplacer(
		"%%", "%", "%s", strconv.FormatInt(now.Unix(), 10), "%N", fmt.Sprintf("%09d", now.Nanosecond()),
		"%Y", now.Format("2006"), "%m", now.Format("01"), "%d", now.Format("02"), "%e", now.Format("_2"),
		"%H", now.Format("15"), "%M", now.Format("04"), "%S", now.Format("05"),
		"%F", now.Format(time.DateOnly), "%T", now.Format(time.TimeOnly), "%Z", "UTC", "%z", "+0000",
		"%a", now.Format("Mon"), "%b", now.Format("Jan"), "%j", now.Format("002"),
	).Replace(format[1:])
	fmt.Fprintln(c.Stdout, replaced)
	return 0
}

func sleep(ctx context.Context, c *Call) int {
	var total time.Duration
	for _, arg := range c.Args {
		if arg == "infinity" {
			total = 1 << 62
			continue
		}
		unit := time.Second
		for suffix, u := range map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour} {
			if before, ok := strings.CutSuffix(arg, suffix); ok {
				arg, unit = before, u
				break
			}
		}
		n, err := strconv.ParseFloat(arg, 64)
		if err != nil || !(n >= 0) || n > 1e9 {
			return c.errorf("invalid time interval '%s'", arg)
		}
		total += time.Duration(min(n*float64(unit), 1<<60))
	}
	if !pause(ctx, total) {
		return 143
	}
	return 0
}

func df(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "Pkih")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	space, err := c.Folder.Space()
	if err != nil {
		return c.errorf("%s", reason(err))
	}
	total, free := space.Total/1024, space.Free/1024
	head := "Filesystem     1024-blocks      Used Available Capacity Mounted on"
	if set['i'] {
		total, free = space.Inodes, space.FreeInodes
		head = "Filesystem          Inodes     IUsed     IFree    IUse% Mounted on"
	}
	printed := false
	code := 0
	for _, name := range names {
		if _, err := c.Folder.Stat(c.path(name)); err != nil {
			code = c.errorf("%s: %s", name, reason(err))
			continue
		}
		if !printed {
			fmt.Fprintln(c.Stdout, head)
			printed = true
		}
		used := max(0, total-free)
		percent := int64(0)
		if total > 0 {
			percent = used * 100 / total
		}
		fmt.Fprintf(c.Stdout, "practice %d %d %d %d%% %s\n", total, used, free, percent, c.Folder.Path())
	}
	return code
}

func du(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "skbh")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	code := 0
	for _, name := range names {
		var total int64
		err := c.walk(c.path(name), func(_ string, info fs.FileInfo) error {
			if info.Mode().IsRegular() {
				total += info.Size()
			}
			return nil
		})
		if err != nil {
			code = c.errorf("cannot access '%s': %s", name, reason(err))
			continue
		}
		if !set['b'] {
			total = (total + 1023) / 1024
		}
		fmt.Fprintf(c.Stdout, "%d\t%s\n", total, name)
	}
	return code
}

// env prints the environment, or runs a command in a changed one.
func env(ctx context.Context, c *Call) int {
	environ := c.Env
	args := c.Args
	for len(args) > 0 {
		if args[0] == "-i" {
			environ = nil
		} else if strings.Contains(args[0], "=") {
			environ = append(environ[:len(environ):len(environ)], args[0])
		} else {
			break
		}
		args = args[1:]
	}
	if len(args) > 0 {
		c.Env = environ
		return c.Run(ctx, args)
	}
	for _, entry := range environ {
		fmt.Fprintln(c.Stdout, entry)
	}
	return 0
}

func tr(_ context.Context, c *Call) int {
	set, names, wrong := options(c.Args, "d")
	if wrong != "" || len(names) == 0 || len(names) == 1 && !set['d'] {
		return c.usage(wrong)
	}
	data, err := io.ReadAll(c.Stdin)
	if err != nil {
		return c.errorf("%s", reason(err))
	}
	unescape := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\0`, "\x00", `\\`, `\`)
	from := []byte(unescape.Replace(names[0]))
	var to []byte
	if !set['d'] {
		to = []byte(unescape.Replace(names[1]))
	}
	out := data[:0]
	for _, b := range data {
		at := strings.IndexByte(string(from), b)
		switch {
		case at < 0:
			out = append(out, b)
		case len(to) > 0:
			out = append(out, to[min(at, len(to)-1)])
		}
	}
	if _, err := c.Stdout.Write(out); err != nil {
		return 1
	}
	return 0
}

func cut(_ context.Context, c *Call) int {
	delimiter, field := "\t", 0
	args := c.Args
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		value := args[0][2:]
		flag := args[0][1]
		args = args[1:]
		if value == "" && len(args) > 0 {
			value, args = args[0], args[1:]
		}
		switch flag {
		case 'd':
			delimiter = value
		case 'f':
			field, _ = strconv.Atoi(value)
		}
	}
	if field < 1 {
		return c.errorf("one field must be given with -f")
	}
	return c.each(args, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		for line := range strings.Lines(string(data)) {
			fields := strings.Split(strings.TrimSuffix(line, "\n"), delimiter)
			switch {
			case len(fields) == 1:
				fmt.Fprintln(c.Stdout, fields[0])
			case field <= len(fields):
				fmt.Fprintln(c.Stdout, fields[field-1])
			default:
				fmt.Fprintln(c.Stdout)
			}
		}
		return err
	})
}
