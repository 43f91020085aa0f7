package tui

import (
	"testing"
	"time"
)

// A log that pours is drawn at most 20 times a second in the long run, and a
// key that comes meanwhile is answered at once.
func TestPace(t *testing.T) {
	var p pace
	now := noon
	drawn := 0
	for range 10_000 { // ten seconds
		now = now.Add(time.Millisecond)
		if p.wait(now, false) == 0 {
			drawn++
		}
	}
	if drawn < 10*framesPerSecond-saved || drawn > 10*framesPerSecond+saved {
		t.Errorf("%d frames in ten seconds", drawn)
	}
	if wait := p.wait(now, true); wait != 0 {
		t.Errorf("a key waits for %v", wait)
	}
	// A key held down is no flood of frames either.
	for range 1000 {
		p.wait(now, true)
	}
	if wait := p.wait(now, true); wait <= 0 || wait > time.Second/framesPerSecond {
		t.Errorf("a held key waits for %v", wait)
	}
}

func TestPaceSaysHowLongToWait(t *testing.T) {
	var p pace
	now := noon
	for range 2000 {
		wait := p.wait(now, false)
		if wait == 0 {
			continue
		}
		now = now.Add(wait + time.Microsecond)
		if again := p.wait(now, false); again != 0 {
			t.Fatalf("waited for %v, and then %v", wait, again)
		}
	}
}
