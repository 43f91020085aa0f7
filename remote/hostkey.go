package remote

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/natefinch/atomic"
	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// maxKnownHosts bounds what is read of one known_hosts file.
const maxKnownHosts = 16 << 20

// hostKeys decides on the host keys of one target.
type hostKeys struct {
	address string // host:port
	pinned  string
	addTo   string
	files   []string
	loaded  bool
	own     *knownhosts.HostKeyDB // of addTo; nil if empty
	others  *knownhosts.HostKeyDB

	mu       sync.Mutex
	accepted string // fingerprint that the user accepted in this session
}

// An untrusted host key; the handshake ends with it, so that a person can
// decide while no server waits.
type untrusted struct {
	key   ssh.PublicKey
	known []string
	// revoked keys are never asked about.
	revoked bool
}

func (u *untrusted) Error() string { return "host key is not trusted: " + ssh.FingerprintSHA256(u.key) }

func newHostKeys(o Options) *hostKeys {
	return &hostKeys{address: o.Target.address(), pinned: o.HostKey, addTo: o.AddTo, files: o.KnownHosts}
}

// load reads what is known, once. It is called when the target was reached: a
// key that was accepted on the way there may be the target's own.
func (h *hostKeys) load() (err error) {
	if h.loaded {
		return nil
	}
	if h.others, err = loadKnownHosts(h.files); err != nil {
		return err
	}
	if h.addTo != "" {
		if h.own, err = loadKnownHosts([]string{h.addTo}); err != nil {
			return err
		}
	}
	h.loaded = true
	return nil
}

// check is the ssh.HostKeyCallback.
func (h *hostKeys) check(address string, _ net.Addr, key ssh.PublicKey) error {
	fingerprint := ssh.FingerprintSHA256(key)
	if h.pinned != "" {
		if fingerprint == h.pinned {
			return nil
		}
		return &untrusted{key: key, known: []string{h.pinned}}
	}
	h.mu.Lock()
	accepted := h.accepted
	h.mu.Unlock()
	if fingerprint == accepted {
		return nil
	}
	// Only the name counts; the address behind a proxy says nothing.
	var verdicts []error
	for _, db := range []*knownhosts.HostKeyDB{h.own, h.others} {
		if db == nil {
			continue
		}
		err := db.HostKeyCallback()(address, &net.TCPAddr{IP: net.IPv4zero}, key)
		var revoked *xknownhosts.RevokedError
		if errors.As(err, &revoked) {
			return &untrusted{key: key, revoked: true}
		}
		verdicts = append(verdicts, err)
	}
	for _, err := range verdicts {
		var differs *xknownhosts.KeyError
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &differs):
			return err
		case len(differs.Want) > 0:
			return &untrusted{key: key, known: fingerprints(differs.Want)}
		}
	}
	return &untrusted{key: key}
}

func fingerprints(keys []xknownhosts.KnownKey) []string {
	var list []string
	for _, k := range keys {
		if f := ssh.FingerprintSHA256(k.Key); !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// algorithms puts those first of which a key is known: a server that is offered
// others first shows another key, which would look like a change.
func (h *hostKeys) algorithms() []string {
	var algos []string
	for _, db := range []*knownhosts.HostKeyDB{h.own, h.others} {
		if db != nil && len(algos) == 0 {
			algos = slices.Clone(db.HostKeyAlgorithms(h.address))
		}
	}
	for _, a := range ssh.SupportedAlgorithms().HostKeys {
		if !slices.Contains(algos, a) {
			algos = append(algos, a)
		}
	}
	return algos
}

// knownName is the host as known_hosts writes it.
func knownName(address string) string { return knownhosts.Normalize(address) }

// keyFamilies are tried one after another for a pinned fingerprint, which does
// not say of what type its key is.
func keyFamilies() [][]string {
	return [][]string{
		{ssh.KeyAlgoED25519},
		{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521},
		{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
	}
}

// accept remembers the user's yes, in the file if there is one: a file that
// can't be written means only that the question comes again another day.
func (h *hostKeys) accept(key ssh.PublicKey) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.accepted = ssh.FingerprintSHA256(key)
	if h.addTo != "" {
		_ = addKnownHost(h.addTo, h.address, key)
	}
}

// addKnownHost writes the host's key in place of what the file said of it.
func addKnownHost(file, address string, key ssh.PublicKey) error {
	name := knownName(address)
	var b bytes.Buffer
	old, err := readKnownHosts(file)
	if err != nil {
		return err
	}
	for _, line := range bytes.Split(old, []byte("\n")) {
		fields := strings.Fields(string(line))
		if len(fields) == 0 || fields[0] == name {
			continue
		}
		b.Write(line)
		b.WriteByte('\n')
	}
	b.WriteString(knownhosts.Line([]string{address}, key) + "\n")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return atomic.WriteFile(file, &b)
}

func readKnownHosts(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxKnownHosts {
		return nil, &os.PathError{Op: "read", Path: file, Err: errors.New("not a known_hosts file")}
	}
	return os.ReadFile(file)
}

// loadKnownHosts reads those of the files that are there. A line that can't be
// understood is left out, as OpenSSH does; the library would refuse the file.
func loadKnownHosts(files []string) (*knownhosts.HostKeyDB, error) {
	var lines [][]byte
	for _, file := range files {
		text, err := readKnownHosts(file)
		if err != nil {
			continue // then the host is unknown, and the user is asked
		}
		for _, line := range bytes.Split(text, []byte("\n")) {
			line = bytes.TrimSpace(line)
			if len(line) == 0 || line[0] == '#' {
				continue
			}
			if _, _, _, _, _, err := ssh.ParseKnownHosts(line); err == nil {
				lines = append(lines, line)
			}
		}
	}
	db, err := newDB(lines)
	if err == nil {
		return db, nil
	}
	// Some line is odd in another way: find those that are not.
	lines = slices.DeleteFunc(lines, func(line []byte) bool {
		_, err := newDB([][]byte{line})
		return err != nil
	})
	return newDB(lines)
}

// newDB goes through a file, because the library reads files only.
func newDB(lines [][]byte) (*knownhosts.HostKeyDB, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	f, err := os.CreateTemp("", "gpuwizard-known-hosts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(append(bytes.Join(lines, []byte("\n")), '\n'))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return knownhosts.NewDB(f.Name())
}
