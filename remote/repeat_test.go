package remote_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/remote"
)

// An upload that finds everything as it was waits twice: for the channel, and
// for the command's answer. The server counts what a client waits for.
func TestRepeatedUploadTakesTwoRoundTrips(t *testing.T) {
	t.Parallel()
	s := newServer(t, &ssh.ServerConfig{NoClientAuth: true})
	i, err := remote.Dial(t.Context(), s.options())
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	var files []instance.Source
	for n := range 200 {
		text := strings.Repeat(fmt.Sprint(n), 100)
		sum := sha256.Sum256([]byte(text))
		files = append(files, instance.Source{
			Path: fmt.Sprintf("images/%d.jpg", n), Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
		})
	}
	folder := t.TempDir() + "/data"
	first, err := i.Upload(t.Context(), folder, files, nil)
	if err != nil || first.SentFiles != len(files) {
		t.Fatalf("%+v, %v", first, err)
	}
	before := s.Asked.Load()
	again, err := i.Upload(t.Context(), folder, files, nil)
	if err != nil || again.SentBytes != 0 || again.Digest != first.Digest {
		t.Errorf("again: %+v, %v", again, err)
	}
	if trips := s.Asked.Load() - before; trips > 2 {
		t.Errorf("it waited %d times", trips)
	}
}
