package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"time"

	"gpuwizard/remote/practice/internal/command"
)

// A Failure is a training that does not go well: what train.py writes and how
// it ends, for the folder that it lies in and the data set.
type Failure func(code, dataset string) (log []byte, exit int)

// Fail lets the trainings from now on fail; nil lets them go well again.
func (p *Python) Fail(f Failure) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = f
}

func (p *Python) failing() Failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// failLine is how long a line of a failure takes, before it is speeded up.
const failLine = 400 * time.Millisecond

// fail plays a failure: the same log whatever was asked for.
func (p *Python) fail(ctx context.Context, c *command.Call, script, dataset string, f Failure) int {
	log, exit := f(path.Dir(script), dataset)
	fmt.Fprintln(c.Stderr, "REHEARSAL 演练: nothing is trained here. This is the recording of a real YOLOv5 training that failed, with its own settings. 这里没有训练任何东西：这是一次真实的、失败了的 YOLOv5 训练的录像，其中的设置以录像为准。")
	for line := range bytes.Lines(log) {
		if _, err := c.Stderr.Write(line); err != nil {
			return 1
		}
		select {
		case <-ctx.Done():
			return 143 // ended by a signal, like the real one
		case <-time.After(time.Duration(float64(failLine) / p.speed)):
		}
	}
	return exit
}
