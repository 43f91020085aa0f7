package command

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// sha256sum prints digests, or checks them with -c. Names that would break a
// line are escaped as GNU coreutils does: a backslash before the digest, then
// "\\", "\n" and "\r" in the name.
func sha256sum(ctx context.Context, c *Call) int {
	check, quiet, status := false, false, false
	var names []string
	for i, arg := range c.Args {
		switch {
		case arg == "--":
			names = append(names, c.Args[i+1:]...)
		case arg == "-c" || arg == "--check":
			check = true
			continue
		case arg == "--quiet":
			quiet = true
			continue
		case arg == "--status":
			status = true
			continue
		case arg == "-b" || arg == "-t":
			continue
		case strings.HasPrefix(arg, "-") && arg != "-":
			return c.usage(arg)
		default:
			names = append(names, arg)
			continue
		}
		break
	}
	if check {
		return c.checkSums(ctx, names, quiet || status, status)
	}
	return c.each(names, func(name string, r io.Reader) error {
		digest, err := digestOf(ctx, r)
		if err != nil {
			return err
		}
		escaped := escapeName(name)
		mark := ""
		if escaped != name {
			mark = `\`
		}
		_, err = fmt.Fprintf(c.Stdout, "%s%s  %s\n", mark, digest, escaped)
		return err
	})
}

func digestOf(ctx context.Context, r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := copyUntil(ctx, h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func escapeName(name string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(name)
}

// A sumLine is one line of a list of digests.
type sumLine struct{ digest, name string }

// parseSumLine reads a line as sha256sum writes it.
func parseSumLine(line string) (sumLine, bool) {
	escaped := strings.HasPrefix(line, `\`)
	line = strings.TrimPrefix(line, `\`)
	if len(line) < 67 || line[64] != ' ' || line[65] != ' ' && line[65] != '*' {
		return sumLine{}, false
	}
	digest, err := hex.DecodeString(line[:64])
	if err != nil {
		return sumLine{}, false
	}
	name := line[66:]
	if escaped {
		name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name)
	}
	return sumLine{digest: hex.EncodeToString(digest), name: name}, true
}

func (c *Call) checkSums(ctx context.Context, lists []string, quiet, silent bool) int {
	malformed, missing, wrong := 0, 0, 0
	code := c.each(lists, func(_ string, r io.Reader) error {
		lines := bufio.NewReader(r)
		for {
			raw, err := lines.ReadBytes('\n')
			if raw = bytes.TrimSuffix(raw, []byte("\n")); len(raw) > 0 {
				line, ok := parseSumLine(string(raw))
				switch {
				case !ok:
					malformed++
				default:
					c.checkSum(ctx, line, quiet, &missing, &wrong)
				}
			}
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	for _, w := range []struct {
		count int
		text  string
	}{
		{malformed, "line(s) improperly formatted"},
		{missing, "listed file(s) could not be read"},
		{wrong, "computed checksum(s) did NOT match"},
	} {
		if w.count > 0 && !silent {
			c.errorf("WARNING: %d %s", w.count, w.text)
		}
	}
	if missing+wrong > 0 {
		return 1
	}
	return code
}

func (c *Call) checkSum(ctx context.Context, line sumLine, quiet bool, missing, wrong *int) {
	r, err := c.open(line.name)
	got := ""
	if err == nil {
		got, err = digestOf(ctx, r)
		r.Close()
	}
	verdict := "OK"
	switch {
	case err != nil:
		*missing++
		verdict = "FAILED open or read"
	case got != line.digest:
		*wrong++
		verdict = "FAILED"
	}
	if verdict != "OK" || !quiet {
		fmt.Fprintf(c.Stdout, "%s: %s\n", escapeName(line.name), verdict)
	}
}
