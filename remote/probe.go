package remote

import (
	"bytes"
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
)

// probeTime is how long an answer may take before there is none.
const probeTime = 8 * time.Second

// Probe says what answers at the instance's address; see instance.Instance. An
// instance that answers on the connection that it has is there, whatever its
// port does. A stranger at the port is never shown a name or a password.
func (i *Instance) Probe(ctx context.Context) (instance.Presence, error) {
	c, key, err := i.last(ctx)
	if err != nil {
		return "", err
	}
	if c != nil && c.alive() && c.answers(ctx, probeTime) {
		return instance.PortAnswers, nil
	}
	found := i.knock(ctx, key)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return found, nil
}

// last returns the connection that there is, or was, and the host's key.
func (i *Instance) last(ctx context.Context) (*conn, ssh.PublicKey, error) {
	select {
	case i.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	defer func() { <-i.turn }()
	if i.conn == nil {
		return nil, nil, nil
	}
	return i.conn, i.conn.key, nil
}

// answers asks the other side for a sign of life.
func (c *conn) answers(ctx context.Context, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answered := make(chan bool, 1)
	go func() {
		_, _, err := c.client.SendRequest("keepalive@openssh.com", true, nil)
		answered <- err == nil
	}()
	select {
	case ok := <-answered:
		return ok
	case <-ctx.Done():
		return false
	}
}

// errSeen ends a handshake once the host has shown its key.
var errSeen = errors.New("the host's key was seen")

// knock makes a new connection as far as the host's key.
func (i *Instance) knock(ctx context.Context, want ssh.PublicKey) instance.Presence {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	tcp, err := (&try{i: i}).reach(ctx)
	if err != nil {
		if problem.Has(err, instance.ConnectionRefused) {
			return instance.PortRefuses
		}
		return instance.PortSilent
	}
	raw := newLiveConn(tcp)
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	defer raw.Close()
	var shown ssh.PublicKey
	config := &ssh.ClientConfig{
		User:          "nobody",
		ClientVersion: clientVersion,
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			shown = key
			return errSeen
		},
	}
	if want != nil {
		config.HostKeyAlgorithms = algorithmsOf(want)
	}
	if c, _, _, err := ssh.NewClientConn(raw, i.o.Target.address(), config); err == nil {
		_ = c.Close() // not without a key, so never
	}
	greeting := raw.greeting()
	switch {
	case shown != nil && (want == nil || bytes.Equal(shown.Marshal(), want.Marshal())):
		return instance.PortAnswers
	case shown != nil, greeting != "" && !isBusy(greeting):
		// Another key, none of the kind that ours has, or no SSH at all.
		return instance.PortOther
	case ctx.Err() != nil:
		return instance.PortSilent
	}
	return instance.PortClosed
}

// algorithmsOf are the ways in which a key of this kind is shown.
func algorithmsOf(key ssh.PublicKey) []string {
	if key.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return []string{key.Type()}
}
