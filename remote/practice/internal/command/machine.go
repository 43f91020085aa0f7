package command

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// A Machine is what the instance says of itself. GPU is "" where there is
// none.
type Machine struct {
	Hostname, User, GPU string
}

// Commands returns the commands that tell about the machine.
func (m Machine) Commands() map[string]Func {
	table := map[string]Func{"hostname": m.hostname, "id": m.id, "whoami": m.whoami, "nproc": m.nproc, "uname": m.uname}
	if m.GPU != "" {
		table["nvidia-smi"] = m.nvidiaSMI
	}
	return table
}

func (m Machine) hostname(_ context.Context, c *Call) int {
	fmt.Fprintln(c.Stdout, m.Hostname)
	return 0
}

func (m Machine) whoami(_ context.Context, c *Call) int {
	fmt.Fprintln(c.Stdout, m.User)
	return 0
}

func (m Machine) id(_ context.Context, c *Call) int {
	set, _, wrong := options(c.Args, "unga")
	switch {
	case wrong != "":
		return c.usage(wrong)
	case set['n']:
		fmt.Fprintln(c.Stdout, m.User)
	case set['u'] || set['g']:
		fmt.Fprintln(c.Stdout, 0)
	default:
		fmt.Fprintf(c.Stdout, "uid=0(%s) gid=0(%[1]s) groups=0(%[1]s)\n", m.User)
	}
	return 0
}

const cpus = 4

func (m Machine) nproc(_ context.Context, c *Call) int {
	fmt.Fprintln(c.Stdout, cpus)
	return 0
}

func (m Machine) uname(_ context.Context, c *Call) int {
	set, _, wrong := options(c.Args, "snrmao")
	if wrong != "" {
		return c.usage(wrong)
	}
	if len(set) == 0 {
		set['s'] = true
	}
	var words []string
	for _, w := range []struct {
		flag  byte
		value string
	}{{'s', "Linux"}, {'n', m.Hostname}, {'r', "6.1.0-practice"}, {'m', "x86_64"}, {'o', "GNU/Linux"}} {
		if set[w.flag] || set['a'] {
			words = append(words, w.value)
		}
	}
	fmt.Fprintln(c.Stdout, strings.Join(words, " "))
	return 0
}

// gpuMemory of the made-up GPU, in MiB.
const gpuMemory = 24576

// nvidiaSMI answers --query-gpu with the fields asked for, or prints a line.
func (m Machine) nvidiaSMI(_ context.Context, c *Call) int {
	values := map[string]string{
		"index": "0", "name": m.GPU, "driver_version": "550.54", "uuid": "GPU-practice", "count": "1",
		"utilization.gpu": "87", "temperature.gpu": "61",
	}
	memory := map[string]int{"memory.total": gpuMemory, "memory.used": 3072, "memory.free": gpuMemory - 3072}
	query, format := "", ""
	for _, arg := range c.Args {
		if v, ok := strings.CutPrefix(arg, "--query-gpu="); ok {
			query = v
		}
		if v, ok := strings.CutPrefix(arg, "--format="); ok {
			format = v
		}
		if arg == "-L" {
			fmt.Fprintf(c.Stdout, "GPU 0: %s (UUID: GPU-practice)\n", m.GPU)
			return 0
		}
	}
	if query == "" {
		fmt.Fprintf(c.Stdout, "| 0  %s | %d MiB |\n", m.GPU, gpuMemory)
		return 0
	}
	fields := strings.Split(query, ",")
	row := make([]string, len(fields))
	for i, field := range fields {
		field = strings.TrimSpace(field)
		value, known := values[field]
		if n, ok := memory[field]; ok {
			known, value = true, strconv.Itoa(n)
			if !strings.Contains(format, "nounits") {
				value += " MiB"
			}
		}
		if !known {
			fmt.Fprintf(c.Stdout, "Field %q is not a valid field to query.\n", field)
			return 2
		}
		row[i] = value
	}
	if !strings.Contains(format, "noheader") {
		fmt.Fprintln(c.Stdout, strings.Join(fields, ", "))
	}
	fmt.Fprintln(c.Stdout, strings.Join(row, ", "))
	return 0
}
