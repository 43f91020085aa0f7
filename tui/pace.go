package tui

import "time"

// Frames are drawn when something changed, and no more often than this in the
// long run: a slow link carries no more, and an eye sees no more.
const (
	framesPerSecond = 20
	// saved is how many frames may come at once after a calm.
	saved = 5
	// kept is how many of them wait for keys, which are answered at once even
	// while a log pours in.
	kept = 3
)

// pace says when the next frame may be drawn.
type pace struct {
	frames float64 // that may be drawn now
	at     time.Time
}

// wait takes a frame if its turn has come and returns 0, else how long to wait
// for it. urgent is a frame that answers a person.
func (p *pace) wait(now time.Time, urgent bool) time.Duration {
	p.frames = min(saved, p.frames+now.Sub(p.at).Seconds()*framesPerSecond)
	if p.at.IsZero() {
		p.frames = saved
	}
	p.at = now
	need := 1.0
	if !urgent {
		need += kept
	}
	if p.frames >= need {
		p.frames--
		return 0
	}
	return time.Duration((need - p.frames) / framesPerSecond * float64(time.Second))
}
