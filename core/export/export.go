// Package export writes a project's journey down for others to do: as a shell
// script that needs ssh and tar alone, and as a task for SkyPilot or dstack,
// which rent the machine themselves.
//
// What is written holds no password and no token: ssh asks, or takes the key
// that it is given on the script's command line.
package export

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"gopkg.in/yaml.v3"

	"gpuwizard/assets"
	"gpuwizard/core/problem"
	"gpuwizard/core/shellword"
	"gpuwizard/core/wizard"
)

// A Format is what a journey is written as.
type Format string

// The formats.
const (
	Shell    Format = "sh"
	SkyPilot Format = "skypilot"
	Dstack   Format = "dstack"
)

// Formats are all of them.
func Formats() []Format { return []Format{Shell, SkyPilot, Dstack} }

// Say is what the script says, in a language, and what stands above it.
type Say struct {
	About, Sky, Dstack []string // comments: how it is used

	NoData, LogIn, OtherKey, NoLogin, Gather, NoCode, NoModel,
	Send, NotSent, Train, NoTorch, Failed, Fetch, NotFetched, Done, StillOn string
}

// NoLogin is the problem of a script for which no login is known.
const NoLogin problem.Code = "export-no-login" // no details

// forms by format.
var forms = map[Format]string{Shell: "run.sh", SkyPilot: "sky.yaml", Dstack: "dstack.yaml"}

// Write writes a recipe. Of say, lines may hold {name}, {file}, {folder} and
// {model}.
func Write(w io.Writer, format Format, r wizard.Recipe, say Say) error {
	if format == Shell && r.Login.Host == "" {
		return problem.New(NoLogin, nil)
	}
	if format != Shell {
		r.Name = engineName(r.Name)
	}
	form, err := template.New("").Funcs(template.FuncMap{"q": shellword.Quote, "y": quoteYAML, "indent": indent}).
		ParseFS(assets.Export, "export/"+forms[format], "export/parts.sh")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := form.ExecuteTemplate(w, forms[format], fill(r, say)); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// engineName is a project's name as both engines take it for a run and a host:
// small letters, digits and dashes, with a letter up front.
func engineName(name string) string {
	name = strings.Trim(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "-")
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		name = strings.TrimSuffix("run-"+name, "-")
	}
	return name[:min(len(name), 40)]
}

// filled is what the forms see.
type filled struct {
	wizard.Recipe
	Say Say

	Target          string   // user@host
	Options         []string // of ssh
	Repository, Tag string
	Place, Receive  string // shell text for the instance
	Words           string // the training's command, quoted
	ResultDir       string
	ResultStem      string // without .pt
	ShortGPU        string
	Absolute        struct{ Dataset, Changes, Folder, Zip, Weights string }
	Setup, Run      string
}

func fill(r wizard.Recipe, say Say) filled {
	f := filled{Recipe: r, Words: shellword.Join(r.Command...), ResultDir: path.Dir(r.Result), ResultStem: strings.TrimSuffix(r.Result, ".pt")}
	f.Target = r.Login.Host
	if r.Login.User != "" {
		f.Target = r.Login.User + "@" + f.Target
	}
	if r.Login.Port > 0 {
		f.Options = append(f.Options, "-p", fmt.Sprint(r.Login.Port))
	}
	if r.Login.Key != "" {
		f.Options = append(f.Options, "-i", r.Login.Key)
	}
	if r.Login.Jump != "" {
		f.Options = append(f.Options, "-J", r.Login.Jump)
	}
	f.Repository, f.Tag, _ = strings.Cut(r.Code.Git, "#")
	f.Place = place(r)
	f.Receive = shellword.Join("sh", "-c", "set -e; "+strings.ReplaceAll(f.Place, "\n", "; ")+`; mkdir -p "$folder/$1"; exec tar -xf - -C "$folder/$1"`, "sh") + " "
	f.ShortGPU = strings.NewReplacer("NVIDIA ", "", "GeForce ", "", " ", "").Replace(r.GPU)
	for _, p := range []struct {
		to   *string
		from string
	}{
		{&f.Absolute.Dataset, r.Dataset},
		{&f.Absolute.Changes, r.Changes},
		{&f.Absolute.Folder, r.Code.Folder},
		{&f.Absolute.Zip, r.Code.Zip},
		{&f.Absolute.Weights, r.Weights},
	} {
		if *p.to = p.from; p.from != "" && !filepath.IsAbs(p.from) {
			*p.to = filepath.Join(r.Dir, filepath.FromSlash(p.from))
		}
	}
	f.Setup, f.Run = f.setup(), f.run()
	f.Say = f.told(say)
	return f
}

// place finds the folder on the instance, as the wizard does.
func place(r wizard.Recipe) string {
	if r.Folder != "" {
		return "folder=" + shellword.Quote(strings.TrimSuffix(r.Folder, "/"))
	}
	name := shellword.Quote("gpuwizard-" + r.Name)
	lines := []string{`folder=$HOME/` + name}
	for _, at := range slices.Backward(r.Disks) {
		disk := shellword.Quote(at)
		lines = append(lines, fmt.Sprintf("if [ -d %s ] && [ -w %s ]; then folder=%s/%s; fi", disk, disk, disk, name))
	}
	return strings.Join(lines, "\n")
}

// there is where a rented machine of an engine has everything.
const there = "/tmp/gpuwizard"

// setup gathers the code on the machine that an engine rents.
func (f *filled) setup() string {
	lines := []string{"set -e", "cd " + there, "rm -rf code"}
	switch {
	case f.Code.Zip != "":
		lines = append(lines, "rm -rf from", "python -m zipfile -e code.zip from")
	case f.Code.Git != "":
		tag := ""
		if f.Tag != "" {
			tag = " --branch " + shellword.Quote(f.Tag)
		}
		lines = append(lines, "rm -rf from", "git clone -q --depth 1"+tag+" -- "+shellword.Quote(f.Repository)+" from")
	}
	lines = append(lines, "mkdir code",
		`for dir in from/* from; do if [ -f "$dir/train.py" ]; then train=$dir; fi; done`,
		`cp -R "$train/." code`, "rm -rf code/.git code/runs")
	if !f.ModelHere {
		for _, name := range f.Models {
			quoted := shellword.Quote("code/" + name)
			lines = append(lines, fmt.Sprintf(`if [ -f %s ]; then sed -i 's/^\(nc:[[:space:]]*\)[0-9][0-9]*/\1%d/' %s; fi`, quoted, f.Classes, quoted))
		}
	}
	lines = append(lines, "cp -R changes/. code")
	if f.Weights != "" {
		lines = append(lines, "cp "+shellword.Quote(f.WeightsName)+" code")
	}
	return strings.Join(append(lines, "pip install -q -r code/requirements.txt"), "\n")
}

func (f *filled) run() string {
	return strings.Join([]string{
		"cd " + there + "/code", "export WANDB_MODE=disabled", "python " + f.Words + " --project " + there + "/runs --name train --exist-ok",
	}, "\n")
}

// told fills what stands above a form, with the commands that go with it.
func (f *filled) told(say Say) Say {
	fillIn := strings.NewReplacer(
		"{name}", f.Name, "{model}", f.Result, "{best}", there+"/runs/train/weights/best.pt",
		"{send}", strings.Join(f.sending(), "\n"),
	)
	for _, lines := range []*[]string{&say.About, &say.Sky, &say.Dstack} {
		var filled []string
		for _, line := range *lines {
			filled = append(filled, strings.Split(fillIn.Replace(line), "\n")...)
		}
		*lines = filled
	}
	return say
}

// sending is the commands that send everything to a machine of dstack, which
// takes files of up to 2 MB itself.
func (f *filled) sending() []string {
	var lines []string
	send := func(from, to string) {
		if from != "" {
			lines = append(lines, "  tar -cf - -C "+shellword.Quote(from)+" . | ssh "+f.Name+" 'mkdir -p "+there+"/"+to+" && tar -xf - -C "+there+"/"+to+"'")
		}
	}
	one := func(from, to string) {
		if from != "" {
			lines = append(lines, "  ssh "+f.Name+" 'cat >"+there+"/"+to+"' <"+shellword.Quote(from))
		}
	}
	send(f.Absolute.Dataset, "dataset")
	send(f.Absolute.Changes, "changes")
	send(f.Absolute.Folder, "from")
	one(f.Absolute.Zip, "code.zip")
	one(f.Absolute.Weights, f.WeightsName)
	return append(lines, "  ssh "+f.Name+" touch "+there+"/sent")
}

// quoteYAML writes a string so that YAML reads it as one.
func quoteYAML(s string) (string, error) {
	out, err := yaml.Marshal(&yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: s})
	return strings.TrimSpace(string(out)), err
}

func indent(n int, text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Repeat(" ", n) + line
	}
	return strings.Join(lines, "\n")
}
