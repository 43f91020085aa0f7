package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gpuwizard/core/censor"
	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
)

// reportCommand writes what came of the training as one file for the browser,
// or one text that a student can paste to the teacher.
func (a *app) reportCommand() *cobra.Command {
	var help bool
	var name string
	c := &cobra.Command{
		Use: "report", Short: a.text.CommandHelp("report"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			if !help {
				return a.writeTrainingReport(cmd.Context(), p, name)
			}
			text, err := a.helpMe(cmd.Context(), p)
			if err != nil {
				return err
			}
			_, err = io.WriteString(a.out, text)
			return err
		},
	}
	c.Flags().BoolVar(&help, "help-me", false, a.text.FlagHelp("help-me"))
	c.Flags().StringVar(&name, "html", "", a.text.FlagHelp("report-html"))
	return c
}

// writeTrainingReport writes the report into a file of a name, or beside the
// model.
func (a *app) writeTrainingReport(ctx context.Context, p *wizard.Project, name string) error {
	if err := looked(ctx, p); err != nil {
		return err
	}
	if name != "" {
		full, err := filepath.Abs(name)
		if err != nil {
			return problem.New(outUnwritable, err, "path", name)
		}
		name = full
	}
	name, err := p.WriteReport(name, a.text.WriteReport)
	if err != nil {
		return err
	}
	a.console().Tell(wizard.Event{Step: journey.Download, Kind: wizard.KindNote, Code: wizard.NoteReport, Args: map[string]string{"path": name}})
	return nil
}

// lastLines is how much of a log is told.
const lastLines = 30

// helpMe tells versions, where the steps stand, the last error, the end of the
// last log and what is known of the instance, with everything struck out that
// is nobody else's business.
func (a *app) helpMe(ctx context.Context, p *wizard.Project) (string, error) {
	list, err := p.Checklist(ctx, nil, time.Now())
	if err != nil {
		return "", problem.New(wizard.Cancelled, err)
	}
	var b bytes.Buffer
	words := a.text.Report()
	fmt.Fprintf(&b, "%s\n\n", words.Title)
	fmt.Fprintf(&b, "gpuwizard %s, %s, %s/%s, %s, TERM=%s, %s\n\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		a.text.Lang, clean.Line(os.Getenv("TERM")), list.At.Format("2006-01-02 15:04 -0700"))
	if a.lesson != nil {
		stand := a.lesson.Stand()
		fmt.Fprintf(&b, "%s: %s, %d/%d\n\n", a.text.Lessons().Title, a.lesson.Lesson.ID, stand.Done, len(a.lesson.Lesson.Tasks))
	}
	c := a.consoleTo(&b)
	c.Checklist(list, nil)
	plan := p.Plan()
	fmt.Fprintf(&b, "\n%s\n", words.Plan)
	for _, key := range []string{"platform", "region", "data", "classes", "code.folder", "code.zip", "code.git", "code.remote", "model", "weights", "train.epochs", "train.batch", "train.imgsz", "train.device", "train.extra"} {
		if value := plan.Get(key); value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", key, clean.Line(value))
		}
	}
	fmt.Fprintf(&b, "\n%s\n", words.Instance)
	for _, step := range []journey.Step{journey.Upload, journey.Train} {
		if e := list.Of(step).Evidence; e != nil {
			for _, name := range []string{"gpu", "torch", "folder", "code", "run", "exit", "rehearsal"} {
				if value := e.Fact(name); value != "" {
					fmt.Fprintf(&b, "  %s %s: %s\n", step, name, clean.Line(value))
				}
			}
		}
	}
	for _, s := range list.Steps {
		if s.Evidence != nil && s.Evidence.Failure != nil {
			fmt.Fprintf(&b, "\n%s %s: %s %v\n", words.Error, s.Step, s.Evidence.Failure.Code, s.Evidence.Failure.Args)
		}
	}
	for _, file := range []string{newest(p.StatePath("logs")), p.StatePath("crash.log")} {
		if lines := tail(file, lastLines); len(lines) > 0 {
			fmt.Fprintf(&b, "\n%s %s\n", words.Log, filepath.Base(file))
			for _, line := range lines {
				fmt.Fprintf(&b, "  | %s\n", line)
			}
		}
	}
	return a.censor(p).Text(b.String()), nil
}

// censor knows what this computer and this project would give away.
func (a *app) censor(p *wizard.Project) *censor.Censor {
	c := &censor.Censor{}
	c.Strike(a.logins.password, censor.Secret)
	for _, token := range a.tokens.all() {
		c.Strike(token, censor.Secret)
	}
	c.Environment(os.Environ())
	c.Strike(p.Dir(), ".")
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		c.Strike(home, "~")
	}
	names := []string{os.Getenv("USER"), os.Getenv("USERNAME"), os.Getenv("LOGNAME")}
	if me, err := user.Current(); err == nil {
		names = append(names, me.Username, me.Name)
	}
	plan := p.Plan()
	if login, err := rental.ParseLogin(plan.Login); err == nil {
		c.Strike(login.Address(), censor.Host)
		c.Strike(login.Host, censor.Host)
		names = append(names, login.User)
	}
	for _, name := range names {
		// The same on every instance: it gives nobody away.
		if name != "root" {
			c.Strike(name, censor.User)
		}
	}
	if name, err := os.Hostname(); err == nil {
		c.Strike(name, censor.Host)
	}
	c.Strike(p.Student(), censor.User)
	return c
}

func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 8 {
			version += " " + s.Value[:8]
		}
		if s.Key == "vcs.modified" && s.Value == "true" {
			version += "+"
		}
	}
	return version
}

// newest is the newest file of a folder, or "".
func newest(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	name, last := "", time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().After(last) {
			name, last = filepath.Join(dir, e.Name()), info.ModTime()
		}
	}
	return name
}

// tail is the last lines of a file, cleaned; none if it cannot be read.
func tail(name string, count int) []string {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	const most = 64 << 10
	if info, err := f.Stat(); err == nil && info.Size() > most {
		if _, err := f.Seek(-most, io.SeekEnd); err != nil {
			return nil
		}
	}
	var lines []string
	out := clean.NewLines(func(line string, live bool) {
		if !live {
			lines = append(lines, line)
		}
	})
	if _, err := io.Copy(out, f); err != nil {
		return nil
	}
	out.Flush()
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines[max(0, len(lines)-count):]
}
