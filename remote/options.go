package remote

import (
	"context"
	"net"
	"strconv"
	"time"

	"gpuwizard/core/problem"
	"gpuwizard/remote/guard"
)

// Codes of problems that only this package returns; the others are declared
// beside instance.Instance.
const (
	// IdentityUnreadable: path. A key file that was named could not be used, and
	// nothing else let the user in.
	IdentityUnreadable problem.Code = "identity-unreadable"
	// NotSSH: host, port. Something answers there that is no SSH server.
	NotSSH problem.Code = "not-ssh"
	// MoreThanKey: host, user, wants (methods). The server took the key or the
	// password, and wants something else as well that nobody gave.
	MoreThanKey problem.Code = "more-than-key"
	// JumpRefused: host, via. The host on the way passes no connections on.
	JumpRefused problem.Code = "jump-refused"
)

// A Target is where to log in.
type Target struct {
	User string
	Host string
	Port int // 0 is 22
}

func (t Target) address() string {
	return net.JoinHostPort(t.Host, t.port())
}

func (t Target) port() string {
	if t.Port == 0 {
		return "22"
	}
	return strconv.Itoa(t.Port)
}

// Options say how to log in. Only Target must be set. The functions may be
// called from any goroutine, one at a time, and may take as long as a person
// takes: a server that loses its patience meanwhile is dialled again.
type Options struct {
	Target Target
	// Via is the host through which Target is reached; nil is directly. Its
	// problems have the detail "hop", with its name.
	Via *Options

	// HostKey, if set, is the only host key that passes: "SHA256:...".
	HostKey string
	// KnownHosts are files in OpenSSH's known_hosts format; they are only read.
	KnownHosts []string
	// AddTo is a file of the same format for host keys that TrustHost accepted.
	// What it says of a host comes before what KnownHosts say.
	AddTo string
	// TrustHost decides on a host key that is unknown or changed. Without it
	// neither passes.
	TrustHost func(ctx context.Context, q HostQuestion) (bool, error)

	// Identities are private key files, or public ones of keys that the agent
	// holds.
	Identities []string
	// UseAgent offers the keys of the user's SSH agent, with IdentitiesOnly
	// those alone that Identities name.
	UseAgent       bool
	IdentitiesOnly bool
	// Password returns the password; attempts count from 1 to 3. It is kept in
	// memory for the next connection, and nowhere else.
	Password func(ctx context.Context, attempt int) (string, error)
	// Passphrase returns the passphrase of a key file; attempts as above. An
	// empty one leaves the key out. It is not asked for where the agent has the
	// key, nor before the server would take it.
	Passphrase func(ctx context.Context, file string, attempt int) (string, error)
	// Question answers what the server asks beside the password. Without it,
	// the password is the answer to every hidden question.
	Question func(ctx context.Context, q Question) (string, error)

	// Dialer makes the connection under SSH; nil is a net.Dialer. It has no
	// meaning with Via.
	Dialer func(ctx context.Context, network, address string) (net.Conn, error)
	// KeepAlive is how long the link may be silent before it is tried; after
	// three times that it is taken for dead. 0 is 4 s.
	KeepAlive time.Duration
	// Silence is how long a transfer goes on when the link lives, but nothing is
	// taken or answered; longer where much is to be read. 0 is five minutes.
	Silence time.Duration
	// Retries is how often a server that closes the connection before
	// authentication is tried again, RetryPause apart: 0 is 10 times and 3 s,
	// a negative number never.
	Retries    int
	RetryPause time.Duration
	// GuardPace is how often a guard looks; the zero value is its own.
	GuardPace guard.Pace
	// Waiting, if set, is told before each such pause.
	Waiting func(attempt int, cause error)
	// Patience is how long a connection that was there once is tried to be made
	// again, RetryPause apart, before an operation fails; 0 is not at all.
	// Reconnecting, if set, is told once when that begins.
	Patience     time.Duration
	Reconnecting func(cause error)
}

// A Question is one that the server asks. The texts are cleaned.
type Question struct {
	Name, Instruction string // what it says about its questions; may be empty
	Prompt            string
	Echo              bool // the answer may be seen while it is typed
}

// A HostQuestion asks whether a host's key is to be trusted.
type HostQuestion struct {
	Host        string // as in known_hosts: host or [host]:port
	Fingerprint string // "SHA256:..."
	KeyType     string // e.g. "ssh-ed25519"
	// Known are the fingerprints known for the host before: if there are any,
	// its key has changed.
	Known []string
}

// Limits that hold everywhere.
const (
	maxAsked         = 3 // times that a password or passphrase is asked for
	maxKeys          = 5 // keys offered: OpenSSH's server hangs up after six tries
	dialTimeout      = 15 * time.Second
	handshakeSilence = 20 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Dialer == nil {
		o.Dialer = (&net.Dialer{}).DialContext
	}
	if o.KeepAlive == 0 {
		o.KeepAlive = 4 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = 5 * time.Minute
	}
	switch {
	case o.Retries == 0:
		o.Retries = 10
	case o.Retries < 0:
		o.Retries = 0
	}
	if o.RetryPause == 0 {
		o.RetryPause = 3 * time.Second
	}
	return o
}
