package remote

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"gpuwizard/assets"
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/remote/shell"
)

// ByPassword reports whether the connection was logged in to with a password.
func (i *Instance) ByPassword() bool { return i.byPassword.Load() }

// Authorize lets the owner of a private key file in without a password from
// now on: its public key, which lies beside it as FILE.pub, is put on the
// instance once, and a login with nothing but this key is made to see that it
// works.
func (i *Instance) Authorize(ctx context.Context, file string) error {
	line, err := publicLine(file)
	if err != nil {
		return problem.New(IdentityUnreadable, err, "path", file)
	}
	answer, err := i.authorize(ctx, "add", line)
	if err != nil {
		return err
	}
	if err = i.tryKey(ctx, file); err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if answer == "added" {
		_, _ = i.authorize(ctx, "remove", line)
	}
	return problem.New(instance.KeyNotTaken, err, "host", i.o.Target.Host)
}

func publicLine(file string) (string, error) {
	text, err := readKeyFile(file + ".pub")
	if err != nil {
		return "", err
	}
	key, comment, options, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil || len(options) > 0 {
		return "", errors.Join(errors.New("not a public key"), err)
	}
	line := string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(key)))
	return strings.TrimSpace(line + " " + shell.Clean(strings.Join(strings.Fields(comment), " "), 100)), nil
}

func (i *Instance) authorize(ctx context.Context, verb, line string) (answer string, err error) {
	var out bytes.Buffer
	r, err := host{i}.Run(ctx, shell.Command{
		Script: assets.AuthorizeScript, Args: []string{verb, line}, Output: shell.Limit(&out, 1<<10),
	})
	if err != nil {
		return "", err
	}
	if r.Exit != 0 {
		return "", problem.New(instance.RemoteFailed, nil, "what", "authorized_keys", "exit", strconv.Itoa(r.Exit), "output", shell.Clean(r.Stderr, 300))
	}
	return strings.TrimSpace(out.String()), nil
}

// tryKey logs in once more, with the key alone.
func (i *Instance) tryKey(ctx context.Context, file string) error {
	o := i.o
	o.Identities, o.IdentitiesOnly = []string{file}, true
	o.Password, o.Passphrase, o.Question, o.TrustHost, o.Waiting, o.Via = nil, nil, nil, nil, nil, nil
	o.Retries = 2
	second := newInstance(o)
	second.via, second.accepted = i.via, i.accepted
	c, err := second.connect(ctx)
	if err != nil {
		return err
	}
	second.drop(c)
	return nil
}

// Usable reports whether a private key file can be used without a passphrase
// and has its public key beside it.
func Usable(file string) bool {
	text, err := readKeyFile(file)
	if err != nil {
		return false
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return false
	}
	public, err := readKeyFile(file + ".pub")
	if err != nil {
		return false
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(public)
	return err == nil && bytes.Equal(key.Marshal(), signer.PublicKey().Marshal())
}

// MakeKey makes a key pair, FILE and FILE.pub, unless it is there already.
func MakeKey(file, comment string) error {
	if _, err := os.Stat(file); err == nil {
		if _, err := os.Stat(file + ".pub"); err == nil {
			return nil
		}
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " " + comment + "\n"
	// The private key last: with it, the pair is there.
	if err := writeNew(file+".pub", []byte(line)); err != nil {
		return err
	}
	return writeNew(file, pem.EncodeToMemory(block))
}

// writeNew writes a file that only its owner may read, whole or not at all.
func writeNew(file string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}
