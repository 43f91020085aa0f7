package transfer_test

import (
	"maps"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

// A server that runs no commands, and one that serves no files.
func TestUploadWithoutCommands(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{Config: []string{"ForceCommand internal-sftp"}})
	proxy := sshdtest.NewProxy(t, s.Addr)
	o := options(s)
	o.Target.Port = proxy.Port
	o.Retries = -1
	i := dial(t, o)
	folder := s.Home + "/sub folder/数据"
	files := sizes(40, 4000)
	maps.Copy(files, odd)
	files["weights/large.pt"] = string(randomBytes(3_000_000))
	first, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || first.SentFiles != len(files) || !first.ReadBack {
		t.Fatalf("%+v, %v", first, err)
	}
	same(t, folder, files)
	again, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || again.SentBytes != 0 || again.Digest != first.Digest {
		t.Errorf("again: %+v, %v", again, err)
	}
	// Cut in the middle: the old folder stays, and the next goes on.
	before := tree(t, folder)
	files["weights/large.pt"] = string(randomBytes(3_500_000))
	proxy.CutAfter(1_500_000)
	if _, err := i.Upload(t.Context(), folder, sources(files), nil); !problem.Has(err, instance.ConnectionLost) {
		t.Errorf("cut: %v", err)
	}
	if !maps.Equal(tree(t, folder), before) {
		t.Error("the old folder was touched")
	}
	third, err := i.Upload(t.Context(), folder, sources(files), nil)
	if err != nil || third.SentBytes >= first.SentBytes {
		t.Errorf("third: %+v, %v", third, err)
	}
	same(t, folder, files)

	write(t, s.Home+"/file", "a file")
	if _, err := i.Upload(t.Context(), s.Home+"/file", sources(sizes(1, 8)), nil); !problem.Has(err, instance.RemoteNotFolder) {
		t.Errorf("a file in its place: %v", err)
	}
}

func TestUploadWithoutSFTP(t *testing.T) {
	t.Parallel()
	s := sshdtest.StartWith(t, sshdtest.Options{NoSFTP: true})
	files := sizes(5, 400)
	files["large"] = strings.Repeat("x", 5_000_000)
	if _, err := dial(t, options(s)).Upload(t.Context(), s.Home+"/data", sources(files), nil); err != nil {
		t.Error(err)
	}
	same(t, s.Home+"/data", files)
}
