package transfer_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/sshdtest"
)

// The same scripts under the shells that images have, and without the commands
// that some lack.
func TestTransferUnderEveryShell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sh      string
		without []string
		want    problem.Code // "" if it works all the same
	}{
		{"dash", nil, ""},
		{"bash", nil, ""},
		{"mksh", nil, ""},
		{"busybox", nil, ""},
		{"dash", []string{"tar"}, ""},
		{"dash", []string{"openssl"}, ""},
		{"dash", []string{"openssl", "sha256sum"}, ""},
		{"dash", []string{"openssl", "sha256sum", "shasum"}, ""},
		{"dash", []string{"openssl", "sha256sum", "shasum", "tar", "stat", "python"}, ""},
		{"dash", []string{"sha256sum", "shasum", "stat"}, ""},
		{"dash", []string{"ln"}, ""},
		{"busybox", []string{"tar"}, instance.NoTool},
		{"busybox", []string{"sha256sum"}, instance.NoTool},
	} {
		t.Run(strings.Join(append([]string{c.sh}, c.without...), "-"), func(t *testing.T) {
			t.Parallel()
			path := sshdtest.Toolbox(t, c.sh, c.without...)
			s := sshdtest.StartWith(t, sshdtest.Options{Env: []string{"PATH=" + path}})
			i := dial(t, options(s))
			folder := s.Home + "/it's data"
			files := sizes(20, 400)
			maps.Copy(files, odd)
			files["models/it's large.pt"] = string(randomBytes(9_000_001))
			_, err := i.Upload(t.Context(), folder, sources(files), nil)
			if c.want != "" {
				if !problem.Has(err, c.want) {
					t.Errorf("got %v, want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, folder, files)
			files["plain.txt"] = "changed"
			receipt, err := i.Upload(t.Context(), folder, sources(files), nil)
			if err != nil || receipt.SentFiles != 1 {
				t.Errorf("again: %+v, %v", receipt, err)
			}
			same(t, folder, files)

			content := randomBytes(600_000)
			write(t, s.Home+"/-best.pt", string(content))
			to := filepath.Join(t.TempDir(), "best.pt")
			write(t, to+".part", string(content[:300_000]))
			if _, err := i.Download(t.Context(), s.Home+"/-best.pt", to, nil); err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(to); !bytes.Equal(got, content) {
				t.Error("the download differs")
			}
		})
	}
}
