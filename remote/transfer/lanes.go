package transfer

import (
	"context"
	"time"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// Lanes is a Host that can make more connections than the first.
type Lanes interface {
	// RoundTrip measures the way to the instance and back.
	RoundTrip(ctx context.Context) (time.Duration, error)
	// CloseLanes closes all connections but the first.
	CloseLanes()
}

// Uploads and downloads double their connections, from one, for as long as that
// makes them faster.
const (
	// maxLanes is how many connections are used at most.
	maxLanes = 8
	// laneStreams is how many channels each has: while the script of one digests
	// what came, the other receives.
	laneStreams = 2
	// nearby is a round trip that is too short to wait for anything: there, more
	// connections only cost processor time.
	nearby = 3 * time.Millisecond
	// worthIt is by how much the rate must grow for more connections to stay.
	worthIt = 1.15
)

// settling is how long the rate is measured to compare it.
func settling(rtt time.Duration) time.Duration { return max(400*time.Millisecond, 6*rtt) }

// moment is how long to wait before looking again whether anything moves.
func moment(rtt time.Duration) time.Duration { return max(10*time.Millisecond, rtt/4) }

func speed(since time.Time, bytes int64) float64 {
	return float64(bytes) / max(time.Since(since).Seconds(), 1e-3)
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// isLink tells a connection that failed from what failed over it.
func isLink(err error) bool {
	p, ok := problem.As(err)
	if !ok {
		return false
	}
	switch p.Code {
	case instance.NoTool, instance.RemoteNoSpace, instance.RemoteNoInodes, instance.RemoteQuota, instance.RemoteReadOnly, instance.RemoteNotFolder,
		instance.RemoteFailed, instance.RemoteSilent, instance.RemoteNonsense, instance.ChecksumDiffers, instance.LocalFileChanged, LocalUnreadable:
		return false
	}
	return true
}
