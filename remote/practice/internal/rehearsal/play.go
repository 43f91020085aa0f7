package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/yolov5"
	"gpuwizard/remote/practice/internal/command"
	"gpuwizard/remote/practice/internal/confine"
)

const usage = `usage: train.py [-h] [--weights WEIGHTS] [--cfg CFG] [--data DATA] [--epochs EPOCHS] [--project PROJECT] [--name NAME] ...
`

// train is train.py.
func (p *Python) train(ctx context.Context, c *command.Call, script string, args []string) int {
	// YOLOv5 v7.0 imports tqdm before it looks at its arguments.
	for _, name := range []string{"numpy", "torch", "yaml", "tqdm", "cv2", "pandas", "PIL", "matplotlib"} {
		if p.lacks(name) {
			return noModule(c, script, 28, name)
		}
	}
	a, err := parseArguments(args)
	if err != nil {
		fmt.Fprintf(c.Stderr, "%strain.py: error: %v\n", usage, err)
		return 2
	}
	if a.help {
		fmt.Fprint(c.Stdout, usage)
		return 0
	}
	if a.resumes {
		return p.resume(c, script, a)
	}
	banner := p.banner(a)
	dataset, err := checker{c, path.Dir(script)}.check(a)
	if failure := p.failing(); failure != nil && err == nil {
		return p.fail(ctx, c, script, dataset, failure)
	}
	fmt.Fprintln(c.Stderr, banner)
	if err != nil {
		return refused(c, script, err)
	}
	run, shown := runFolder(c, a)
	player := player{
		Call: c, tape: p.recording.For(path.Dir(script), dataset, a.project, shown),
		run: run, speed: p.speed, banner: banner,
	}
	return player.play(ctx)
}

func refused(c *command.Call, script string, err error) int {
	var r *refusal
	if errors.As(err, &r) {
		fmt.Fprint(c.Stderr, r.log)
	}
	fmt.Fprintf(c.Stderr, "Traceback (most recent call last):\n  File \"%s\", line 633, in <module>\n    main(opt)\n%v\n", script, err)
	return 1
}

// resume says what YOLOv5 v7.0 says of a training that has ended; a playback
// that was stopped leaves nothing to go on from.
func (p *Python) resume(c *command.Call, script string, a arguments) int {
	name := a.resume
	if name == "" {
		name = "last.pt"
	}
	if _, err := c.Folder.Stat(confine.Abs(c.Dir, name)); err != nil {
		return refused(c, script, &refusal{error: "AssertionError: File not found: " + name})
	}
	return refused(c, script, &refusal{error: fmt.Sprintf(
		"AssertionError: %s training to %d epochs is finished, nothing to resume.\nStart a new training without --resume, i.e. 'python train.py --weights %[1]s'",
		name, p.recording.Epochs)})
}

// banner is the log's first and last line.
func (p *Python) banner(a arguments) string {
	speed := strconv.FormatFloat(p.speed, 'f', 0, 64)
	if p.speed < 10 {
		speed = strconv.FormatFloat(p.speed, 'f', 1, 64)
	}
	r := p.recording
	text := fmt.Sprintf("REHEARSAL 演练: nothing is trained here. This is the recording of a real YOLOv5 %s training (%s), played back %s times faster, with the recording's own settings (%d epochs).",
		r.Release, r.Device, speed, r.Epochs)
	if n, err := strconv.Atoi(a.epochs); err == nil && n != r.Epochs {
		text += fmt.Sprintf(" You asked for %d epochs.", n)
	}
	text += fmt.Sprintf(" 这里没有训练任何东西：这是一次真实的 YOLOv5 %s 训练（%s）的录像，以 %s 倍速播放，轮数等设置以录像为准（%d 轮）",
		r.Release, r.Device, speed, r.Epochs)
	if n, err := strconv.Atoi(a.epochs); err == nil && n != r.Epochs {
		text += fmt.Sprintf("，而不是你要求的 %d 轮", n)
	}
	return text + "。"
}

// runFolder is the folder that a run writes to, and how YOLOv5 prints it: the
// name gets a number if it is taken (utils/general.py, increment_path).
func runFolder(c *command.Call, a arguments) (full, shown string) {
	shown = path.Join(a.project, a.name)
	full = confine.Abs(c.Dir, shown)
	if a.existOK {
		return full, shown
	}
	for n := 2; n < 9999; n++ {
		if _, err := c.Folder.Stat(full); err != nil {
			break
		}
		shown = path.Join(a.project, a.name+strconv.Itoa(n))
		full = confine.Abs(c.Dir, shown)
	}
	return full, shown
}

// A player plays one recording into one folder.
type player struct {
	*command.Call
	tape   *Recording
	run    string
	speed  float64
	banner string
}

// tick is how often the log grows at most.
const tick = 20 * time.Millisecond

func (p *player) play(ctx context.Context) int {
	err := p.begin()
	if err == nil {
		err = p.playLog(ctx)
	}
	if ctx.Err() != nil {
		return 143 // ended by a signal, like the real one
	}
	if err == nil {
		err = p.end()
	}
	if err != nil {
		fmt.Fprintf(p.Stderr, "OSError: %v\n", err)
		return 1
	}
	fmt.Fprintln(p.Stderr, p.banner)
	return 0
}

func (p *player) begin() error {
	if err := p.Folder.MkdirAll(p.run+"/weights", 0o755); err != nil {
		return err
	}
	for name, text := range p.tape.yaml {
		note := "# REHEARSAL 演练: the settings of the recording\n"
		if err := p.write(name, append([]byte(note), text...)); err != nil {
			return err
		}
	}
	return nil
}

// playLog writes the log in the recording's time, and a row of results.csv
// whenever an epoch has ended.
func (p *player) playLog(ctx context.Context) error {
	ends := epochEnds(p.tape.log)
	start := time.Now()
	written, rows := 0, 0
	marks := p.tape.marks
	for len(marks) > 0 {
		now := time.Duration(float64(time.Since(start)) * p.speed)
		due := written
		for len(marks) > 0 && marks[0].at <= now {
			due, marks = marks[0].end, marks[1:]
		}
		if _, err := p.Stderr.Write(p.tape.log[written:due]); err != nil {
			return err
		}
		written = due
		passed := 0
		for passed < len(ends) && ends[passed] <= written {
			passed++
		}
		if passed > rows || rows == 0 && passed > 0 {
			rows = passed
			if err := p.results(rows); err != nil {
				return err
			}
		}
		if len(marks) == 0 {
			break
		}
		wait := max(tick, time.Duration(float64(marks[0].at-now)/p.speed))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil
}

// epochEnds are the positions where an epoch's validation is complete: after
// the line of all classes together.
func epochEnds(log []byte) []int {
	var ends []int
	at := 0
	for line := range bytes.Lines(log) {
		at += len(line)
		fields := bytes.Fields(line)
		if len(fields) == 7 && string(fields[0]) == "all" {
			ends = append(ends, at)
		}
	}
	return ends
}

// results writes results.csv with so many rows. The last validation, of
// best.pt, has no row of its own.
func (p *player) results(rows int) error {
	n := min(rows+1, len(p.tape.results))
	return p.write("results.csv", []byte(strings.Join(p.tape.results[:n], "")))
}

func (p *player) end() error {
	if err := p.results(len(p.tape.results)); err != nil {
		return err
	}
	for name, picture := range p.tape.picture {
		if err := p.write(name, picture); err != nil {
			return err
		}
	}
	var file bytes.Buffer
	if err := yolov5.WriteRehearsal(&file, p.banner); err != nil {
		return err
	}
	return errors.Join(p.write("weights/last.pt", file.Bytes()), p.write("weights/best.pt", file.Bytes()))
}

// write replaces a file of the run whole.
func (p *player) write(name string, content []byte) error {
	full := path.Join(p.run, name)
	f, err := p.Folder.OpenFile(full+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(content))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return p.Folder.Rename(full+".part", full)
}
