package plain

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/lesson"
	"gpuwizard/core/recent"
	"gpuwizard/core/wizard"
	"gpuwizard/tui/widget"
)

// Places are what to choose a project from.
type Places struct {
	Here     string
	Recent   []recent.Project
	Practice func() (*wizard.Project, error)
	// TakeLesson makes the project of a lesson.
	TakeLesson func(*lesson.Lesson) (*wizard.Project, error)
}

// Welcome asks where to begin. It returns nil to begin in the folder at hand,
// which it does as well where nobody can be asked.
func (c *Console) Welcome(ctx context.Context, places Places) (*wizard.Project, error) {
	if !c.asks() {
		return nil, nil
	}
	words := c.o.Text.Welcome()
	c.line(words.Title)
	c.line("  " + words.Promise)
	for {
		labels := []string{
			words.Here + c.o.Text.Colon + widget.Whole(clean.Line(places.Here)), words.Practice + " (" + words.PracticeWhy + ")",
			c.o.Text.Lessons().Take + " (" + c.o.Text.Lessons().TakeWhy + ")", words.New + " (" + words.NewWhy + ")",
		}
		for _, p := range places.Recent {
			labels = append(labels, c.past(p))
		}
		at, err := c.choose(ctx, "", labels, 0)
		if errors.Is(err, io.EOF) {
			c.line("")
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		var p *wizard.Project
		switch at {
		case 0:
			p, err = wizard.OpenFor(places.Here)
		case 1:
			p, err = places.Practice()
		case 2:
			var l *lesson.Lesson
			if l, err = c.chooseLesson(ctx, places.Here); err != nil {
				return nil, err
			}
			if l == nil {
				continue
			}
			p, err = places.TakeLesson(l)
		case 3:
			var dir string
			if dir, err = c.folder(ctx, places.Here); err != nil {
				return nil, err
			}
			if dir == "" {
				continue
			}
			p, err = wizard.OpenFor(dir)
		default:
			p, err = wizard.Open(places.Recent[at-4].Dir)
		}
		if err != nil {
			c.Problem(err)
			continue
		}
		return p, nil
	}
}

// chooseLesson lets a lesson be chosen; nil if the person thought better of
// it.
func (c *Console) chooseLesson(ctx context.Context, here string) (*lesson.Lesson, error) {
	list := lesson.List(here)
	labels := make([]string, 0, len(list)+1)
	for _, l := range list {
		labels = append(labels, c.o.Text.LessonTitle(l.Title)+" ("+c.o.Text.AboutLesson(l)[0]+")")
	}
	at, err := c.choose(ctx, c.o.Text.Lessons().WhichOne, append(labels, c.o.Text.Keys().Cancel), 0)
	if err != nil || at == len(list) {
		return nil, err
	}
	return list[at], nil
}

// past tells a project of before and where it stands.
func (c *Console) past(p recent.Project) string {
	words, said := c.o.Text.Welcome(), widget.Whole(clean.Line(p.Dir))
	project, err := wizard.Open(p.Dir)
	if err != nil {
		return said
	}
	j := project.Journey()
	if j.Done() {
		return said + " (" + words.AllDone + ")"
	}
	return said + " (" + c.fill(words.NextStep, "step", string(j.Current)) + ")"
}

// maxListed bounds the folders that are read out.
const maxListed = 60

// folder lets a folder be chosen by walking through folders, or by some letters
// of its name; "" if the person thought better of it.
func (c *Console) folder(ctx context.Context, dir string) (string, error) {
	words := c.o.Text.Welcome()
	holds := "" // what the names that are listed hold
	for {
		c.line("? " + words.Choose + c.o.Text.Colon + widget.Whole(clean.Line(dir)))
		c.line("  " + c.sight(wizard.LookAt(dir)))
		names := subfolders(dir, holds)
		holds = ""
		labels := append([]string{words.Use, words.Up}, names...)
		labels = append(labels, words.TypeFolder, c.o.Text.Keys().Cancel)
		at, err := c.choose(ctx, "", labels, 0)
		if err != nil {
			return "", err
		}
		switch {
		case at == 0:
			return dir, nil
		case at == 1:
			dir = filepath.Dir(dir)
		case at < 2+len(names):
			dir = filepath.Join(dir, names[at-2])
		case at == len(labels)-1:
			return "", nil
		default:
			c.prompt(c.o.Text.Plain().TypeOther)
			typed, err := c.read(ctx)
			if err != nil {
				return "", err
			}
			if typed == "" {
				continue
			}
			path := typed
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			switch info, err := os.Stat(path); {
			case err == nil && info.IsDir():
				dir = path
			case len(subfolders(dir, typed)) > 0:
				holds = typed
			default:
				c.line("  " + c.fill(words.Unreadable, "detail", path))
			}
		}
	}
}

func (c *Console) sight(s wizard.Sight) string {
	words := c.o.Text.Welcome()
	if s.Project {
		return words.SeenProject
	}
	if s.Pictures == 0 {
		return words.SeenNothing
	}
	return c.fill(words.Seen, "pictures", strconv.Itoa(s.Pictures), "labels", strconv.Itoa(s.Labels))
}

// subfolders are the folders in a folder whose names hold something, at most
// maxListed of them.
func subfolders(dir, holds string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		wanted := !strings.HasPrefix(name, ".") && strings.Contains(strings.ToLower(name), strings.ToLower(holds))
		if wanted && e.IsDir() && name == clean.Line(name) && len(names) < maxListed {
			names = append(names, name)
		}
	}
	return names
}
