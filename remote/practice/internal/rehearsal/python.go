package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

// What the Python that isn't there says of itself.
const (
	version     = "3.11.9"
	torch       = "2.1.0 (rehearsal)"
	cuda        = "12.1"
	nothingDone = "REHEARSAL 演练: nothing is installed here. 这里没有安装任何东西。"
)

// A Python plays the instance's Python.
type Python struct {
	recording *Recording
	speed     float64

	mu      sync.Mutex
	missing []string // modules, by the name that is imported
	failure Failure
}

// NewPython returns a Python that lacks some modules until pip is asked for
// them. Speed 0 lets a playback take some ten seconds.
func NewPython(r *Recording, speed float64, missing []string) *Python {
	if speed <= 0 {
		speed = max(1, r.length().Seconds()/10)
	}
	return &Python{recording: r, speed: speed, missing: slices.Clone(missing)}
}

// Run is the commands python and python3.
func (p *Python) Run(ctx context.Context, c *command.Call) int {
	args := c.Args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		option, rest := args[0], args[1:]
		switch {
		case option == "-c" && len(rest) > 0:
			return p.program(c, rest[0], rest[1:])
		case option == "-m" && len(rest) > 0:
			return p.module(c, rest[0], rest[1:])
		case option == "-V" || option == "--version":
			fmt.Fprintln(c.Stdout, "Python "+version)
			return 0
		}
		args = rest
	}
	if len(args) == 0 || args[0] == "-" {
		return refuse(c)
	}
	script := confine.Abs(c.Dir, args[0])
	if info, err := c.Folder.Stat(script); err != nil || info.IsDir() {
		fmt.Fprintf(c.Stderr, "python: can't open file '%s': [Errno 2] No such file or directory\n", script)
		return 2
	}
	switch path.Base(script) {
	case "train.py":
		return p.train(ctx, c, script, args[1:])
	case "detect.py":
		return p.detect(c, script, args[1:])
	case "export.py":
		return p.export(c, script, args[1:])
	}
	return refuse(c)
}

func refuse(c *command.Call) int {
	fmt.Fprintln(c.Stderr, "REHEARSAL 演练: this Python only plays a training back. 这个 Python 只会播放训练录像。")
	return 1
}

// program answers the wizard's own programs, which say in their first line
// what they are.
func (p *Python) program(c *command.Call, text string, args []string) int {
	first, _, _ := strings.Cut(text, "\n")
	switch strings.TrimSpace(first) {
	case "# gpuwizard probe":
		// The folder that holds bin/python.
		fmt.Fprintf(c.Stdout, "python-version=%s\npython-prefix=%s\npython-torch=%s\npython-cuda=%s\npython-cuda-ready=likely\n",
			version, "/root/miniconda3", torch, cuda)
		return 0
	case "# gpuwizard font", "# gpuwizard mend":
		return 0
	case "# gpuwizard receive":
		return 1 // the script does without
	case "# gpuwizard preflight":
		return p.preflight(c, args)
	case "# gpuwizard checkpoint":
		// A playback leaves nothing to go on from until it has ended.
		for _, name := range args {
			state := "missing"
			if info, err := c.Folder.Stat(confine.Abs(c.Dir, name)); err == nil && info.Mode().IsRegular() {
				state = "done"
			}
			fmt.Fprintf(c.Stdout, "%s\t%s\n", name, state)
		}
		return 0
	}
	if name, ok := strings.CutPrefix(strings.TrimSpace(text), "import "); ok && !strings.ContainsAny(name, "\n;, ") {
		if p.lacks(name) {
			return noModule(c, "<string>", 1, name)
		}
		return 0
	}
	return refuse(c)
}

// preflight answers the look before a training with what there is to see here:
// which modules are missing, and a torch that sees its GPU.
func (p *Python) preflight(c *command.Call, args []string) int {
	var asked struct {
		Imports [][]string `json:"imports"`
	}
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &asked) != nil {
		return refuse(c)
	}
	missing := []string{}
	for _, pair := range asked.Imports {
		if len(pair) > 0 && p.lacks(pair[0]) {
			missing = append(missing, pair[0])
		}
	}
	answer, err := json.Marshal(map[string]any{
		"python": version, "torch": torch, "cuda": cuda, "cuda_ready": true, "missing": missing,
	})
	if err != nil {
		return refuse(c)
	}
	fmt.Fprintf(c.Stdout, "gpuwizard-preflight %s\n", answer)
	return 0
}

func (p *Python) lacks(module string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.missing, module)
}

func noModule(c *command.Call, file string, line int, name string) int {
	fmt.Fprintf(c.Stderr, "Traceback (most recent call last):\n  File \"%s\", line %d, in <module>\nModuleNotFoundError: No module named '%s'\n", file, line, name)
	return 1
}

func (p *Python) module(c *command.Call, name string, args []string) int {
	if name != "pip" {
		fmt.Fprintf(c.Stderr, "python: No module named %s\n", name)
		return 1
	}
	return p.pip(c, args)
}

// Pip is the commands pip and pip3.
func (p *Python) Pip(_ context.Context, c *command.Call) int { return p.pip(c, c.Args) }

func (p *Python) pip(c *command.Call, args []string) int {
	if len(args) == 0 || args[0] != "install" {
		fmt.Fprintln(c.Stdout, "pip 24.0 (rehearsal)")
		return 0
	}
	var list []byte
	for args = args[1:]; len(args) > 0; args = args[1:] {
		switch {
		case (args[0] == "-r" || args[0] == "--requirement") && len(args) > 1:
			args = args[1:]
			text, err := c.Folder.ReadFile(confine.Abs(c.Dir, args[0]), 1<<20)
			if err != nil {
				fmt.Fprintf(c.Stderr, "ERROR: Could not open requirements file: [Errno 2] No such file or directory: '%s'\n", args[0])
				return 1
			}
			list = append(append(list, text...), '\n')
		case (args[0] == "-i" || args[0] == "--index-url") && len(args) > 1:
			args = args[1:]
		case !strings.HasPrefix(args[0], "-"):
			list = append(append(list, args[0]...), '\n')
		}
	}
	required := yolov5.Requirements(list)
	if len(required) == 0 {
		fmt.Fprintln(c.Stderr, "ERROR: You must give at least one requirement to install (see \"pip help install\")")
		return 1
	}
	p.install(c.Stdout, required)
	return 0
}

func (p *Python) install(w io.Writer, required []yolov5.Requirement) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(w, nothingDone)
	for _, r := range required {
		before := len(p.missing)
		p.missing = slices.DeleteFunc(p.missing, func(m string) bool { return m == r.Import || m == r.Name })
		if len(p.missing) < before {
			fmt.Fprintf(w, "Successfully installed %s (rehearsal)\n", r.Name)
		} else {
			fmt.Fprintf(w, "Requirement already satisfied: %s (rehearsal)\n", r.Name)
		}
	}
}
