//go:build linux

// Versus compares this program's upload with what people use instead, over a
// real OpenSSH server at the other end of a line with a delay, and prints one
// table. As root on Linux:
//
//	go run ./remote/transfer/versus
//
// That takes some eleven minutes on two processors.
//
// The server and the clients live in two network namespaces. At a round trip of
// 0 ms a pair of virtual cards joins them; else a delay line does, which holds
// every packet for half of the round trip (see line.go): windows, slow starts
// and acknowledgements are the kernel's own.
//
// Two sets are sent: 5,000 files of 20 to 100 KB, and one file of 500 MB, both
// random; each "cold" to an empty place, and "again" without changes. The tools
// take turns, so that what else the machine does falls on all of them alike. A
// tool that would take minutes sends a part of the files, and its time is
// scaled up: a "~" says so. Ours is a process like the others: it logs in,
// digests the files here while it sends them (once: "again" knows them by size
// and time), and has them verified there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

type options struct {
	rtt     []time.Duration
	sets    []string
	tools   []string
	runs    []int // turns, for each round trip
	files   int
	big     int64
	dir     string
	patient bool
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == uploadVerb {
		os.Exit(uploadMain(os.Args[2:]))
	}
	var o options
	rtt := flag.String("rtt", "0,20,100", "round trips in milliseconds")
	sets := flag.String("sets", "small,big", "what is sent: small, big")
	tools := flag.String("tools", strings.Join(toolNames(), ","), "who sends it")
	runs := flag.String("runs", "3,3,1", "turns of each tool over each line; the table shows medians, and tools that wait for round trips take one")
	flag.IntVar(&o.files, "files", 5000, "files of the small set")
	flag.Int64Var(&o.big, "big", 500, "megabytes of the big set")
	flag.StringVar(&o.dir, "dir", "", "where the files lie; default is /dev/shm, so that no disk is measured")
	flag.BoolVar(&o.patient, "patient", false, "send all files with every tool, however long it takes")
	flag.Parse()
	for _, ms := range strings.Split(*rtt, ",") {
		n, err := strconv.Atoi(ms)
		if err != nil || n < 0 {
			fail(fmt.Errorf("-rtt %s", *rtt))
		}
		o.rtt = append(o.rtt, time.Duration(n)*time.Millisecond)
	}
	for n := range o.rtt {
		list := strings.Split(*runs, ",")
		turns, err := strconv.Atoi(list[min(n, len(list)-1)])
		if err != nil || turns < 1 {
			fail(fmt.Errorf("-runs %s", *runs))
		}
		o.runs = append(o.runs, turns)
	}
	o.sets, o.tools = strings.Split(*sets, ","), strings.Split(*tools, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := compare(ctx, o); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "versus:", err)
	os.Exit(1)
}

// A column is one set over one line.
type column struct {
	set   string
	rtt   time.Duration
	again bool
}

func (c column) String() string {
	again := "cold"
	if c.again {
		again = "again"
	}
	return fmt.Sprintf("%s %d ms %s", c.set, c.rtt.Milliseconds(), again)
}

// A figure is a time in one place of the table.
type figure struct {
	seconds float64
	scaled  bool
}

func (f figure) String() string {
	if f.scaled {
		return "~" + strconv.FormatFloat(f.seconds, 'f', 0, 64)
	}
	return strconv.FormatFloat(f.seconds, 'f', 2, 64)
}

type table struct {
	columns []column
	rows    []string
	all     map[string]map[column][]figure
	memory  int64 // the most that ours took
}

func (t *table) add(tool string, c column, f figure) {
	if t.all[tool] == nil {
		t.all[tool] = map[column][]figure{}
	}
	t.all[tool][c] = append(t.all[tool][c], f)
}

func (t *table) median(tool string, c column) (figure, bool) {
	list := slices.Clone(t.all[tool][c])
	if len(list) == 0 {
		return figure{}, false
	}
	slices.SortFunc(list, func(a, b figure) int {
		if a.seconds < b.seconds {
			return -1
		}
		return 1
	})
	return list[len(list)/2], true
}

func compare(ctx context.Context, o options) error {
	if os.Geteuid() != 0 {
		return errors.New("network namespaces need root")
	}
	base := o.dir
	if base == "" {
		base = os.TempDir()
		if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
			base = "/dev/shm"
		}
	}
	work, err := os.MkdirTemp(base, "versus")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	fmt.Printf("%s, %d CPUs, %s; files in %s\n", versionOf("ssh", "-V"), runtime.NumCPU(), runtime.Version(), base)
	fmt.Printf("%s; %s\n", versionOf("rsync", "--version"), versionOf("rclone", "version"))
	for _, set := range o.sets {
		fmt.Printf("making %s\n", set)
		if err := makeSet(filepath.Join(work, set), set, o); err != nil {
			return err
		}
	}
	t := &table{rows: o.tools, all: map[string]map[column][]figure{}}
	for n, rtt := range o.rtt {
		if err := overLine(ctx, o, work, rtt, o.runs[n], t); err != nil {
			return err
		}
	}
	t.print()
	return nil
}

func versionOf(name string, args ...string) string {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil && len(out) == 0 {
		return name + ": not installed"
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first)
}

// overLine lets all tools send all sets over one line.
func overLine(ctx context.Context, o options, work string, rtt time.Duration, runs int, t *table) error {
	l, err := newLine(rtt)
	if err != nil {
		return fmt.Errorf("a line of %v: %w", rtt, err)
	}
	defer l.close()
	s, err := startServer(l, work)
	if err != nil {
		return err
	}
	defer s.stop()
	seen, err := s.roundTrip()
	if err != nil {
		return err
	}
	login, err := s.loginTime(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("round trip %v: %.2f ms seen; ssh logs in within %.2f s\n", rtt, float64(seen.Microseconds())/1000, login.Seconds())
	for _, set := range o.sets {
		cold, again := column{set, rtt, false}, column{set, rtt, true}
		t.columns = append(t.columns, cold, again)
		for run := range runs {
			for _, tool := range o.tools {
				if err := ctx.Err(); err != nil {
					return err
				}
				if slow[tool] && run > 0 {
					continue
				}
				r, err := s.turn(ctx, tool, set, work, o, rtt, login)
				if err != nil {
					fmt.Printf("  %s, %s: %v\n", cold, tool, err)
					continue
				}
				t.add(tool, cold, r.cold)
				t.add(tool, again, r.again)
				t.memory = max(t.memory, r.memory)
				fmt.Printf("  %s, %s, turn %d: %v, again %v%s\n", set, tool, run+1, r.cold, r.again, r.remark)
			}
		}
	}
	return nil
}

func (t *table) print() {
	fmt.Println("\nseconds, medians:")
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, c := range t.columns {
		fmt.Fprintf(w, "\t%s", c)
	}
	fmt.Fprintln(w, "\t")
	for _, tool := range t.rows {
		fmt.Fprint(w, tool)
		for _, c := range t.columns {
			text := "-"
			if f, ok := t.median(tool, c); ok {
				text = f.String()
			}
			fmt.Fprintf(w, "\t%s", text)
		}
		fmt.Fprintln(w, "\t")
	}
	for _, peer := range []string{toolTar, toolRsync} {
		fmt.Fprintf(w, "ours / %s", peer)
		for _, c := range t.columns {
			text := "-"
			ours, ok1 := t.median(toolOurs, c)
			theirs, ok2 := t.median(peer, c)
			if ok1 && ok2 {
				text = strconv.FormatFloat(ours.seconds/theirs.seconds, 'f', 2, 64)
			}
			fmt.Fprintf(w, "\t%s", text)
		}
		fmt.Fprintln(w, "\t")
	}
	_ = w.Flush()
	fmt.Printf("\nThe most memory that ours took: %.1f MB.\n", float64(t.memory)/1e6)
}
