package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/natefinch/atomic"
	"github.com/spf13/cobra"

	"gpuwizard/core/lesson"
	"gpuwizard/core/lesson/class"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// Codes of problems with a class's folder.
const (
	classThere  problem.Code = "class-there"  // path: the folder has something in it
	classUnmade problem.Code = "class-unmade" // path
)

func (a *app) classCommand() *cobra.Command {
	c := &cobra.Command{Use: "class", Short: a.text.CommandHelp("class"), Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	c.AddCommand(a.classNewCommand(), a.classReportCommand())
	return c
}

func (a *app) classNewCommand() *cobra.Command {
	var students, data string
	c := &cobra.Command{
		Use: "new DIR", Short: a.text.CommandHelp("class new"), Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := lesson.Find(a.lessonName)
			if err != nil {
				return err
			}
			roster, err := class.ReadRoster(students)
			if err != nil {
				return err
			}
			if err := a.makeClass(args[0], data, l, roster); err != nil {
				return err
			}
			a.tellClass(args[0], l, roster)
			return nil
		},
	}
	c.Flags().StringVar(&students, "students", "", a.text.FlagHelp("students"))
	c.Flags().StringVar(&data, "data", "", a.text.FlagHelp("class-data"))
	_ = c.MarkFlagRequired("students") // the flag is there
	return c
}

// makeClass makes a folder with one for each student in it: the lesson, its
// pictures and a plan. What is drawn is drawn once.
func (a *app) makeClass(dir, data string, l *lesson.Lesson, roster class.Roster) error {
	entries, err := os.ReadDir(dir)
	if len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return problem.New(classThere, err, "path", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return problem.New(classUnmade, err, "path", dir)
	}
	drawn, err := os.MkdirTemp(dir, ".drawn-")
	if err != nil {
		return problem.New(classUnmade, err, "path", dir)
	}
	defer os.RemoveAll(drawn)
	if l.Data.Sample {
		if err := l.WriteData(drawn); err != nil {
			return err
		}
		data = drawn
	}
	for _, s := range roster.Students {
		if err := a.makeStudent(filepath.Join(dir, s.Folder), data, l, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) makeStudent(dir, data string, l *lesson.Lesson, s class.Student) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return problem.New(classUnmade, err, "path", dir)
	}
	if data != "" {
		if err := os.CopyFS(filepath.Join(dir, dataFolder), os.DirFS(data)); err != nil {
			return problem.New(classUnmade, err, "path", dir)
		}
	}
	open := wizard.Open
	if l.Practice {
		open = func(dir string) (*wizard.Project, error) { return makePractice(dir, "", l) }
	}
	p, err := open(dir)
	if err != nil {
		return err
	}
	if s.Login != "" && !l.Practice {
		if err := p.Set("login", s.Login); err != nil {
			return err
		}
	}
	if _, err := lesson.Start(p, l); err != nil {
		return err
	}
	return p.SetStudent(s.Name)
}

func (a *app) tellClass(dir string, l *lesson.Lesson, roster class.Roster) {
	c := a.console()
	words := c.Words().Class()
	say := func(form string, details ...string) { c.Line(c.Words().FillWith(form, details...)) }
	say(words.Made, "count", strconv.Itoa(len(roster.Students)), "folder", dir)
	if roster.Secrets > 0 {
		say(words.NoSecrets, "count", strconv.Itoa(roster.Secrets))
	}
	logins := 0
	for _, s := range roster.Students {
		if s.Login != "" {
			logins++
		}
	}
	switch {
	case logins == 0:
	case l.Practice:
		say(words.NoLogins, "count", strconv.Itoa(logins))
	default:
		say(words.Password)
	}
	say(words.HandOut)
	say(words.Collect, "command", "gpuwizard class report "+quoteForPerson(dir))
}

func (a *app) classReportCommand() *cobra.Command {
	var asCSV, asHTML string
	c := &cobra.Command{
		Use: "report FILE...", Short: a.text.CommandHelp("class report"), Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var l *lesson.Lesson
			if a.lessonName != "" {
				var err error
				if l, err = lesson.Find(a.lessonName); err != nil {
					return err
				}
			}
			rows := class.Report(args, l, time.Now())
			a.console().Class(rows)
			table := a.text.ClassTable(rows)
			var out bytes.Buffer
			if asCSV != "" {
				if err := class.WriteCSV(&out, table); err != nil {
					return err
				}
				if err := a.saveReport(asCSV, &out); err != nil {
					return err
				}
			}
			if asHTML == "" {
				return nil
			}
			words := a.text.Class()
			page := class.Page{Lang: string(a.text.Lang), Title: words.Title, Notes: []string{words.Shows, words.ShowsNot}, Table: table}
			for _, r := range rows {
				page.Marked = append(page.Marked, len(r.Marks) > 0)
			}
			out.Reset()
			if err := class.WriteHTML(&out, page); err != nil {
				return err
			}
			return a.saveReport(asHTML, &out)
		},
	}
	c.Flags().StringVar(&asCSV, "csv", "", a.text.FlagHelp("csv"))
	c.Flags().StringVar(&asHTML, "html", "", a.text.FlagHelp("class-html"))
	return c
}

func (a *app) saveReport(name string, content *bytes.Buffer) error {
	if err := atomic.WriteFile(name, content); err != nil {
		return problem.New(outUnwritable, err, "path", name)
	}
	if !a.json {
		_, _ = a.out.Write([]byte(a.text.Fill(a.text.Class().Saved, map[string]string{"path": name}) + "\n"))
	}
	return nil
}
