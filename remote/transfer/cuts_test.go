package transfer_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gpuwizard/core/problem"
	"gpuwizard/remote"
	"gpuwizard/remote/practice"
	"gpuwizard/remote/sshdtest"
	"gpuwizard/remote/transfer"
)

// cutsWanted is how often the link is cut: with GPUWIZARD_TEST_FULL as often as
// the whole proof takes.
func cutsWanted(full int) int {
	if os.Getenv("GPUWIZARD_TEST_FULL") != "" {
		return full
	}
	return 12
}

// Cuts at random bytes: the connection ends, is reset, goes silent or slow. All
// ends byte-identical, nothing is seen before, and little is sent twice.
func TestCutsInProcess(t *testing.T) {
	t.Parallel()
	s, err := practice.Start(t.Context(), practice.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	proxy := sshdtest.NewProxy(t, s.Addr())
	cut(t, proxy, remote.Options{
		Target:   remote.Target{User: s.User(), Host: "127.0.0.1", Port: proxy.Port},
		HostKey:  s.Fingerprint(),
		Password: func(context.Context, int) (string, error) { return s.Password(), nil },
	}, s.Home(), filepath.Join(s.Folder(), "root"), cutsWanted(1000))
}

func TestCutsOpenSSH(t *testing.T) {
	t.Parallel()
	s := sshdtest.Start(t)
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	cut(t, proxy, o, s.Home, s.Home, cutsWanted(100))
}

// cut uploads and downloads until the link was cut so many times. home is the
// home folder as the instance and as this machine knows it.
func cut(t *testing.T, proxy *sshdtest.Proxy, o remote.Options, home, homeHere string, cuts int) {
	o.Retries = -1
	o.KeepAlive = 400 * time.Millisecond
	i := dial(t, o)
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	made := map[string]int{}
	total := 0
	var kind string
	// hurt prepares the next cut; hurts counts one that was felt.
	hurt := func() {
		proxy.Drop()
		at := int64(r.Float64() * r.Float64() * 5e6)
		kind = []string{"end", "reset", "reset", "slow", "slow", "stall"}[r.IntN(6)]
		proxy.Throttle(0)
		proxy.Reset(kind != "end")
		switch kind {
		case "stall":
			proxy.StallAfter(at)
		case "slow":
			proxy.Throttle(4_000_000)
			proxy.CutAfter(at)
		default:
			proxy.CutAfter(at)
		}
	}
	hurts := func(err error) {
		if _, ok := problem.As(err); !ok {
			t.Fatal(err)
		}
		made[kind]++
		total++
	}
	heal := func() {
		proxy.Throttle(0)
		proxy.CutAfter(-1)
		proxy.Drop()
	}
	var most int64
	// spare fails if more was sent twice than a block a cut.
	spare := func(what string, passed, size int64, cuts int) {
		t.Helper()
		tries := int64(cuts) + 1
		// What a connection and its scripts take, and archives' headers.
		overhead := tries*200_000 + size/10
		twice := passed - size - overhead
		if twice > tries*transfer.Block {
			t.Errorf("%s: %d bytes were sent twice over %d cuts", what, twice, cuts)
		}
		most = max(most, twice/tries)
	}
	for round := 0; total < cuts; round++ {
		files := sizes(60, 30_000+r.IntN(60_000))
		files["weights/large.pt"] = string(randomBytes(6_000_000 + r.IntN(8_000_000)))
		var size int64
		for _, text := range files {
			size += int64(len(text))
		}
		folder, here := fmt.Sprintf("%s/data%d", home, round), fmt.Sprintf("%s/data%d", homeHere, round)
		before, cutsBefore := proxy.Passed(), total
		for {
			if total < cuts {
				hurt()
			} else {
				heal()
			}
			_, err := i.Upload(t.Context(), folder, sources(files), nil)
			if err == nil {
				break
			}
			hurts(err)
			if _, err := os.Stat(here); err == nil && len(tree(t, here)) != len(files) {
				t.Fatal("half of the folder is visible")
			}
		}
		heal()
		same(t, here, files)
		spare("upload", proxy.Passed()-before, size, total-cutsBefore)

		content := []byte(files["weights/large.pt"])
		to := filepath.Join(t.TempDir(), "large.pt")
		before, cutsBefore = proxy.Passed(), total
		for {
			if total < cuts {
				hurt()
			} else {
				heal()
			}
			_, err := i.Download(t.Context(), folder+"/weights/large.pt", to, nil)
			if err == nil {
				break
			}
			hurts(err)
			if _, err := os.Stat(to); err == nil {
				t.Fatal("the file became visible")
			}
		}
		heal()
		if got, _ := os.ReadFile(to); !bytes.Equal(got, content) {
			t.Fatal("the download differs")
		}
		spare("download", proxy.Passed()-before, int64(len(content)), total-cutsBefore)
		if err := os.RemoveAll(here); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d cuts: %v; at most %d bytes sent twice a cut, on average of one file or folder", total, made, max(0, most))
}
