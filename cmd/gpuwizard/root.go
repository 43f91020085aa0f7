package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"gpuwizard/core/instance"
	"gpuwizard/core/lesson"
	"gpuwizard/core/planfile"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/practice"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
)

// Exit codes, as the command line promises them.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitUser   = 3
)

// streams are the program's ends; tests bring their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// terminal is whether a person sits at both ends.
	terminal bool
	// dumb is whether the terminal can do no more than lines.
	dumb         bool
	readPassword func() (string, error)
	// restore shows again what is typed, if the program ends while it asks for
	// a password.
	restore func()
	// interrupts are nil where Ctrl-C only ever ends the program.
	interrupts *interrupts
	// quit is nil where nobody tells the program to quit.
	quit *quit
}

func systemStreams() streams {
	s := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, interrupts: &interrupts{}}
	in, out := int(os.Stdin.Fd()), int(os.Stdout.Fd())
	s.terminal = term.IsTerminal(in) && term.IsTerminal(out)
	s.dumb = os.Getenv("TERM") == "dumb"
	if term.IsTerminal(in) {
		var asking atomic.Pointer[term.State]
		s.readPassword = func() (string, error) {
			if state, err := term.GetState(in); err == nil {
				asking.Store(state)
			}
			password, err := term.ReadPassword(in)
			asking.Store(nil)
			return string(password), err
		}
		s.restore = func() {
			if state := asking.Load(); state != nil {
				_ = term.Restore(in, state)
			}
		}
	}
	return s
}

// app is what the subcommands share: the flags, and what stays open until the
// end.
type app struct {
	streams
	text  *text.Text
	lines *bufio.Reader // of in, for all but the screens: what one has read ahead is the next one's

	lang, dir, identity string
	plainFace, json     bool
	yes, onPractice     bool
	started             bool // the command line made sense
	missing             bool // ask only what has no answer
	until               string
	code, python        string
	speed               float64
	limit               string // bytes a second of transfers
	reread              bool
	lessonName          string
	lesson              *lesson.Walk // nil outside of one

	cleanup   []func()
	logins    *logins
	tokens    *tokens
	rehearsal *rehearsal
}

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	a := &app{streams: s, text: text.For(language(args)), lines: bufio.NewReader(s.in)}
	a.logins = newLogins("")
	a.rehearsal = &rehearsal{}
	if s.restore != nil {
		defer s.restore()
	}
	defer a.rehearsal.close()
	defer a.logins.close()
	defer func() {
		for _, f := range a.cleanup {
			f()
		}
	}()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	code := a.exitCode(root.ExecuteContext(ctx))
	if file := s.quit.file(); file != "" {
		fmt.Fprintln(a.err, a.text.FillWith(a.text.QuitLine, "path", file))
		return max(code, exitFailed)
	}
	return code
}

// language is the one asked for on the command line, which counts for its help
// and its mistakes too, else the system's.
func language(args []string) text.Lang {
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if lang, known := text.ParseLang(value); ok && known {
			return lang
		}
	}
	return text.Detect(os.Getenv, text.System)
}

// exitCode tells the error, if nobody has, and what it is worth.
func (a *app) exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	var told *plain.Told
	var code exitError
	_, known := problem.As(err)
	switch {
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &told):
	case !a.started:
		if !known {
			err = problem.New(wrongCommand, err, "detail", err.Error())
		}
		a.complain(err)
		return exitUsage
	default:
		a.complain(err)
	}
	switch {
	case wrongUsage(err):
		return exitUsage
	case needsUser(err):
		return exitUser
	}
	return exitFailed
}

// complain tells an error where errors belong; to a program, among the objects
// that it reads.
func (a *app) complain(err error) {
	if !a.json {
		a.out = a.err
	}
	a.console().Problem(err)
}

// exitError is an exit code about which everything has been said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "gpuwizard",
		Short:         a.text.CommandHelp("gpuwizard"),
		Args:          cobra.NoArgs,
		Version:       programVersion(),
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			a.started = true
			return a.settle()
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd.Context()) },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.lang, "lang", "", a.text.FlagHelp("lang"))
	flags.StringVar(&a.dir, "dir", "", a.text.FlagHelp("dir"))
	flags.BoolVar(&a.plainFace, "plain", false, a.text.FlagHelp("plain"))
	flags.BoolVar(&a.json, "json", false, a.text.FlagHelp("json"))
	flags.BoolVar(&a.onPractice, "practice", false, a.text.FlagHelp("practice"))
	flags.StringVar(&a.identity, "identity", "", a.text.FlagHelp("identity"))
	flags.StringVar(&a.lessonName, "lesson", "", a.text.FlagHelp("lesson"))
	flags.StringVar(&a.code, "code", "", a.text.FlagHelp("code"))
	flags.StringVar(&a.python, "python", "", a.text.FlagHelp("python"))
	flags.Float64Var(&a.speed, "speed", 0, a.text.FlagHelp("speed"))
	root.SetUsageTemplate(a.text.UsageTemplate())
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.Flags().Bool("version", false, a.text.FlagHelp("version"))
	root.PersistentFlags().BoolP("help", "h", false, a.text.FlagHelp("help"))
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(a.practiceCommand(), a.runCommand(), a.statusCommand(), a.checkCommand(), a.convertCommand(), a.previewCommand(), a.diagnoseCommand(), a.pricesCommand())
	root.AddCommand(a.handCommand(), a.classCommand(), a.reportCommand(), a.exportCommand())
	root.AddCommand(a.instanceCommands()...)
	for _, c := range a.stepCommands() {
		root.AddCommand(c)
	}
	explainUsage(root)
	return root
}

// settle takes the flags that concern every command.
func (a *app) settle() error {
	if a.lang != "" {
		lang, ok := text.ParseLang(a.lang)
		if !ok {
			return problem.New(planfile.AnswerWrong, nil, "key", "--lang", "got", a.lang, "allowed", "zh, en")
		}
		a.text = text.For(lang)
	}
	if config, err := os.UserConfigDir(); err == nil {
		if err := rental.Lay(filepath.Join(config, "gpuwizard", rental.CatalogueFile)); err != nil {
			return err
		}
	}
	a.tokens = takeTokens()
	if (a.code == "") != (a.python == "") {
		return problem.New(practiceNoPython, nil)
	}
	if a.code != "" {
		// The plan's paths are relative to the project's folder, the command
		// line's to this one.
		code, err := filepath.Abs(a.code)
		if err != nil {
			return err
		}
		a.code = code
	}
	if a.speed < 0 {
		return problem.New(planfile.AnswerWrong, nil, "key", "--speed", "got", fmt.Sprint(a.speed), "allowed", "> 0")
	}
	if err := a.checkLimit(); err != nil {
		return err
	}
	a.logins.identity = a.identity
	a.rehearsal.options = practice.Options{Speed: a.speed, Python: a.python}
	return nil
}

// open opens the project that the flags name, with its lesson.
func (a *app) open() (*wizard.Project, error) {
	p, err := a.withLesson(a.openProject)
	if err == nil && a.reread {
		p.Reread()
	}
	return p, err
}

// looked looks at the project's evidence on this computer again.
func looked(ctx context.Context, p *wizard.Project) error {
	if _, err := p.Verify(ctx); err != nil {
		return problem.New(wizard.Cancelled, err)
	}
	return nil
}

// joined lists names for a person.
func joined[T ~string](names []T) string {
	var list []string
	for _, name := range names {
		list = append(list, string(name))
	}
	return strings.Join(list, ", ")
}

func (a *app) openProject(l *lesson.Lesson) (*wizard.Project, error) {
	if a.onPractice {
		dir := a.dir
		if dir == "" {
			dir = practiceDefault
		}
		return makePractice(dir, a.code, l)
	}
	dir := a.dir
	if dir == "" {
		dir = "."
	}
	return wizard.Open(dir)
}

// connect is the wizard.Connector of all faces.
func (a *app) connect(ctx context.Context, plan planfile.Plan, dir string, face wizard.Face) (instance.Instance, error) {
	i, err := a.reach(ctx, plan, dir, face)
	if err == nil {
		a.setTransfer(i, plan)
	}
	return i, err
}

func (a *app) reach(ctx context.Context, plan planfile.Plan, dir string, face wizard.Face) (instance.Instance, error) {
	if plan.Platform == wizard.PracticePlatform {
		return a.rehearsal.connect(ctx, dir, rehearse(plan, dir))
	}
	i, err := a.logins.connect(ctx, plan, dir, face)
	if err == nil {
		a.tokens.remember(ctx, plan, face)
	}
	return i, err
}

// size is the terminal's, or what most have.
func (a *app) size() (columns, rows int) {
	if columns, rows, err := term.GetSize(int(os.Stdout.Fd())); err == nil && a.terminal && columns > 10 && rows > 5 {
		return columns, rows
	}
	return 80, 24
}

func (a *app) console() *plain.Console { return a.consoleTo(a.out) }

func (a *app) consoleTo(out io.Writer) *plain.Console { return a.consoleFor(out, out) }

// consoleFor writes to out what is going to be shown on the last.
func (a *app) consoleFor(out, last io.Writer) *plain.Console {
	o := plain.Options{In: a.lines, Out: out, Panel: a.tokens.panel, Text: a.text, JSON: a.json, Yes: a.yes, Missing: a.missing}
	if f, ok := last.(*os.File); ok && !a.json && term.IsTerminal(int(f.Fd())) {
		o.Width = func() int {
			columns, _, _ := term.GetSize(int(f.Fd()))
			return columns
		}
	}
	if a.readPassword != nil {
		o.ReadPassword = a.readPassword
	}
	if a.terminal && a.interrupts != nil {
		o.OnInterrupt = a.interrupts.take
	}
	return plain.New(o)
}
