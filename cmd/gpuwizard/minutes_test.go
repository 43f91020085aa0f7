package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/journey"
	"gpuwizard/core/planfile"
	"gpuwizard/core/rental"
	"gpuwizard/core/wizard"
	"gpuwizard/remote/practice"
	"gpuwizard/tui/plain"
	"gpuwizard/tui/text"
)

// How long things take on a rented instance, for comparing the journey by hand
// with the wizard's. Each is an assumption; the sources say what it rests on.
// They are the same for both, except what only people do.
const (
	sshAnswers   = 20 * time.Second // billed before SSH answers: the panel's 运行中 comes some seconds earlier (users of AutoDL)
	noticed      = 2 * time.Second  // half the pause between two looks for the GPU, rounded up
	loginTakes   = time.Second      // the handshake: some round trips and the keys
	lookTakes    = 3 * time.Second  // one look: shells, nvidia-smi and two or three Pythons, none of which imports torch
	torchTakes   = 8 * time.Second  // whatever imports torch (5 to 8 s on AutoDL images, and 4 s here)
	triedTakes   = 4 * time.Second  // beside that, for trying the model on nine pictures
	commandTakes = time.Second      // any other command over SSH: a round trip and a shell
	installTakes = 30 * time.Second // one package by pip from a mirror, such as opencv-python
	stopTakes    = 10 * time.Second // from shutdown to 已关机
	fromInstance = 2e6              // bytes a second, home from a region's gateway
	modelBytes   = 3.9e6            // a yolov5n as it is when a training has ended; that of the practice instance is a stand-in
	smallFiles   = 50               // files a second unpacked on a network disk, which the platform calls slow for small files
	pictures     = 1000             // of the data set, each with a label

	// The article names neither its pictures nor its epochs. The code that it
	// uses (it has yolov5n, and is of 2022) trains for 300 epochs unless it is
	// told otherwise.
	itsEpochs = 300

	// What a reader of the article does with the GPU on, from its steps 6 to 9:
	// somebody who types such commands for the first time.
	opensJupyter  = time.Minute
	opensTerminal = time.Minute
	typesUnzip    = time.Minute     // three archives
	editsPath     = 3 * time.Minute // pwd, cd, vim, i, the path, Esc, :wq!
	converts      = time.Minute
	writesYAML    = 3 * time.Minute // data/person.yaml
	editsTrain    = 3 * time.Minute // defaults in train.py
	editsNC       = time.Minute     // models/yolov5n.yaml
	requirements  = 2 * time.Minute // pip install -r requirements.txt, without the tqdm error
	comesBack     = 5 * time.Minute // after the training has ended; a forgotten night would be hours
	findsModel    = 2 * time.Minute // runs, the newest folder, best.pt in the web page
	shutsDown     = time.Minute     // which the article leaves out
)

// byHand is the article's way, from the moment that the instance is created.
func byHand() []stage {
	return []stage{
		{"until SSH and JupyterLab answer", sshAnswers + opensJupyter},
		{"terminals, autodl-nas", opensTerminal},
		{"unzip three archives", typesUnzip + 2*pictures*time.Second/smallFiles},
		{"edit the path in vim", editsPath},
		{"pip install opencv-python", installTakes},
		{"convert the labels", converts},
		{"write person.yaml", writesYAML},
		{"edit train.py", editsTrain},
		{"edit nc", editsNC},
		{"pip install -r requirements.txt", requirements},
		{trains, 0},
		{"come back", comesBack},
		{"find and download best.pt", findsModel},
		{"shut down", shutsDown},
	}
}

const trains = "train"

// A stage is something that happens while the GPU is paid for.
type stage struct {
	name string
	time time.Duration
}

// power is whether an instance is billed, and for what.
type power int

const (
	off power = iota
	cheap
	gpu
)

// paid is an instance that counts what is paid for, with the times above, while
// the practice instance does the work. It begins without its GPU.
type paid struct {
	instance.Instance
	power  power
	ended  bool
	logged bool // since the last start

	mu     sync.Mutex
	trains bool // what passes meanwhile costs nothing more
	stages []stage
	fetch  struct{ at, most int } // downloads at this moment, and at most
	small  time.Duration          // of the downloads of small files
}

func (p *paid) pass(name string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.power == gpu && !p.trains {
		p.stages = append(p.stages, stage{name, d})
	}
}

func (p *paid) train(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trains = on
}

func (p *paid) turn(to power) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.power, p.logged = to, false
}

// login is a step's coming: the connection is made once.
func (p *paid) login() {
	p.mu.Lock()
	first := !p.logged
	p.logged = true
	p.mu.Unlock()
	if first {
		p.pass("log in", loginTakes)
	}
}

func (p *paid) Look(ctx context.Context) (instance.Facts, error) {
	p.pass("look at the instance", lookTakes)
	facts, err := p.Instance.Look(ctx)
	facts.Practice = false // a rented one, as far as the steps can see
	facts.CPUs, facts.MemoryMiB = 16, 64<<10
	if p.power != gpu {
		facts.GPUs, facts.CPUs, facts.MemoryMiB = nil, 0.5, 2048
	}
	return facts, err
}

func (p *paid) Run(ctx context.Context, script string, args []string, out io.Writer) (int, error) {
	if strings.Contains(script, `" -L 2>/dev/null`) {
		return map[power]int{gpu: 0, cheap: 1, off: 1}[p.power], nil
	}
	switch {
	case strings.Contains(script, "pip install"):
		p.pass("pip install "+args[len(args)-1], installTakes)
	case slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "# gpuwizard preflight") }):
		p.pass("look at what the training needs", torchTakes)
	case strings.Contains(script, "train.py --help"):
		p.pass("see whether the code loads", torchTakes)
	default:
		p.pass("a command", commandTakes)
	}
	return p.Instance.Run(ctx, script, args, out)
}

func (p *paid) Upload(ctx context.Context, folder string, files []instance.Source, tell func(instance.Progress)) (instance.Receipt, error) {
	receipt, err := p.Instance.Upload(ctx, folder, files, tell)
	p.pass("upload "+path.Base(folder), time.Duration(float64(receipt.SentBytes)/1e6*float64(time.Second)))
	return receipt, err
}

func (p *paid) Download(ctx context.Context, from, to string, tell func(instance.Progress)) (instance.FileFact, error) {
	p.mu.Lock()
	p.fetch.at++
	p.fetch.most = max(p.fetch.most, p.fetch.at)
	p.mu.Unlock()
	fact, err := p.Instance.Download(ctx, from, to, tell)
	fetch := func(bytes float64) time.Duration {
		return commandTakes + time.Duration(bytes/fromInstance*float64(time.Second))
	}
	takes := fetch(float64(fact.Size))
	if name := path.Base(from); name == "best.pt" {
		p.pass("download "+name, fetch(modelBytes))
		takes = 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fetch.at--
	p.small += takes
	return fact, err
}

func (p *paid) StartJob(ctx context.Context, job instance.Job) (instance.JobState, error) {
	if slices.Contains(job.Command, "train.py") {
		p.pass("start the training", commandTakes)
		p.train(true)
	} else {
		p.pass("try the model on some pictures", commandTakes+torchTakes+triedTakes)
	}
	return p.Instance.StartJob(ctx, job)
}

func (p *paid) ReadJob(ctx context.Context, folder string, offset int64) (instance.JobState, []byte, error) {
	state, chunk, err := p.Instance.ReadJob(ctx, folder, offset)
	if state.Phase == instance.JobExited && !p.ended {
		p.ended = true
		p.train(false)
		p.pass(trains, 0) // its time is put in afterwards
		p.pass("the end is noticed", commandTakes)
	}
	return state, chunk, err
}

// The guard is at work beside the training: it takes a command each time.

func (p *paid) ArmGuard(context.Context, instance.Guard) (instance.GuardState, error) {
	p.pass("arm the guard", commandTakes)
	return instance.GuardState{Phase: instance.GuardArmed}, nil
}

func (p *paid) ReadGuard(context.Context, string) (instance.GuardState, error) {
	if !p.ended {
		return instance.GuardState{Phase: instance.GuardAbsent}, nil
	}
	return instance.GuardState{Phase: instance.GuardArmed}, nil
}

func (p *paid) TellGuard(context.Context, string, instance.GuardWord) (instance.GuardState, error) {
	return instance.GuardState{Phase: instance.GuardArmed}, nil
}

func (p *paid) TurnOff(context.Context, string, string) (instance.Switched, error) {
	p.pass(fmt.Sprintf("download curves and pictures, %d at a time", p.fetch.most), p.small/time.Duration(p.fetch.most))
	p.pass("shut down", stopTakes)
	p.turn(off)
	return instance.Switched{Began: true}, nil
}

func (p *paid) Probe(context.Context) (instance.Presence, error) {
	if p.power == off {
		return instance.PortRefuses, nil
	}
	return instance.PortAnswers, nil
}

func (p *paid) Close() error { return nil }

// renter is a person who restarts the instance with its GPU when asked to.
type renter struct {
	*plain.Console
	at *paid
}

func (r renter) NewLogin(context.Context, rental.Login, wizard.LoginReason) (rental.Login, error) {
	r.at.turn(gpu)
	r.at.pass("until SSH answers", sshAnswers+noticed)
	return rental.Login{}, nil
}

func total(stages []stage, training time.Duration) (sum time.Duration) {
	for _, s := range stages {
		if sum += s.time; s.name == trains {
			sum += training
		}
	}
	return sum
}

// TestPaidMinutes goes the wizard's real steps on the practice instance, counts
// what is paid for with the GPU on, and sets it beside the article's way:
//
//	go test -v -run PaidMinutes ./cmd/gpuwizard
func TestPaidMinutes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := makePractice(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range [][2]string{
		{"platform", "autodl"},
		{"region", "nm-B1"},
		{"login", "ssh -p 10309 root@connect.nmb1.seetacloud.com"},
		{"price.per_hour", "1.32"},
		{"gpu", "RTX 3090"},
		{"finish", "stop"},
	} {
		if err := p.Set(a[0], a[1]); err != nil {
			t.Fatal(err)
		}
	}
	r := &rehearsal{options: practice.Options{Speed: 4000}}
	defer r.close()
	at := &paid{power: cheap}
	connect := func(ctx context.Context, _ planfile.Plan, _ string, _ wizard.Face) (instance.Instance, error) {
		if at.Instance == nil {
			var none practice.Failure
			host, err := r.connect(ctx, p.StatePath(), none)
			if err != nil {
				return nil, err
			}
			at.Instance = host
		}
		at.login()
		return at, nil
	}
	var out strings.Builder
	face := renter{plain.New(plain.Options{Out: &out, Text: text.For(text.EN)}), at}
	for _, step := range journey.Steps() {
		env := wizard.Env{Connect: connect, Face: face, StopPause: time.Millisecond}
		if err := p.Run(t.Context(), step, env); err != nil {
			t.Fatalf("%s: %v\n%s", step, err, out.String())
		}
		if step == journey.Upload && len(at.stages) > 0 {
			t.Errorf("the upload was paid for with the GPU: %v", at.stages)
		}
	}
	if at.power != off || !at.ended {
		t.Fatalf("at the end: power %d\n%s", at.power, out.String())
	}

	var recorded struct {
		Seconds float64 `json:"seconds"`
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join("..", "..", "remote", "practice", "recording", "recording.json"))), &recorded); err != nil {
		t.Fatal(err)
	}
	forecast := func(n, epochs int) time.Duration {
		e, ok := rental.Known().Estimate(rental.Workload{Model: "yolov5n", ImgSize: 640, Epochs: epochs, Train: n * 4 / 5, Val: n / 5}, "RTX 3090", 1)
		if !ok {
			t.Fatal("no forecast")
		}
		return e.Time
	}
	hand, wizards := byHand(), at.stages
	beside := total(wizards, 0)
	var table strings.Builder
	fmt.Fprintf(&table, "paid GPU minutes                                by hand            with the wizard\n")
	for _, c := range []struct {
		name     string
		training time.Duration
	}{
		{"the recorded training", time.Duration(recorded.Seconds * float64(time.Second))},
		{"1,000 pictures, 100 epochs (forecast)", forecast(pictures, 100)},
		{"1,000 pictures, 300 epochs (forecast)", forecast(pictures, itsEpochs)},
		{"3,000 pictures, 300 epochs (forecast)", forecast(3*pictures, itsEpochs)},
		{"10,000 pictures, 100 epochs (forecast)", forecast(10*pictures, 100)},
	} {
		a, b := total(hand, c.training), total(wizards, c.training)
		share := func(whole time.Duration) float64 { return 100 * c.training.Seconds() / whole.Seconds() }
		fmt.Fprintf(&table, "%-40s %6.1f (%4.1f %% train)  %6.1f (%4.1f %% train)\n", c.name, a.Minutes(), share(a), b.Minutes(), share(b))
		if b >= a {
			t.Errorf("%s: %v by hand, %v with the wizard", c.name, a, b)
		}
		if c.training >= forecast(pictures, itsEpochs) && share(b) <= 95 {
			t.Errorf("%s: only %.1f %% of the wizard's minutes train", c.name, share(b))
		}
	}
	fmt.Fprintf(&table, "beside the training: by hand %v, with the wizard %v; 95 %% are reached from %v of training on\n",
		total(hand, 0), beside.Round(time.Second), (19 * beside).Round(time.Second))
	for _, s := range wizards {
		fmt.Fprintf(&table, "  with the wizard: %-42s %v\n", s.name, s.time.Round(time.Second))
	}
	t.Log("\n" + table.String())
	// Booting and shutting down are the platform's.
	if own := beside - sshAnswers - stopTakes; own > 55*time.Second {
		t.Errorf("the wizard's steps take %v of paid GPU time beside the training", own)
	}
}
