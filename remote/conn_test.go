package remote

import (
	"testing"
	"time"
)

// A dead link is noticed within 15 s: after three silent intervals, which are
// looked at four times each.
func TestDeadLinkIsNoticedInTime(t *testing.T) {
	t.Parallel()
	keepAlive := Options{}.withDefaults().KeepAlive
	if worst := 3*keepAlive + keepAlive/4; worst > 15*time.Second {
		t.Errorf("a dead link may go unnoticed for %v", worst)
	}
}
