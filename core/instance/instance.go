// Package instance is the contract between the steps of the journey and the
// rented machine: what a step may ask of an instance, the facts, files, jobs and
// guards that are spoken of, and the problems that may come back.
//
// Nothing here acts. Package remote fulfils the contract over SSH; package
// core/wizard relies on it, and its tests stand in for it.
package instance

import (
	"context"
	"io"

	"gpuwizard/core/problem"
)

// An Instance is the rented machine as the steps need it. Package remote
// implements it over SSH; the practice instance is reached the same way.
//
// Paths on the instance are absolute and use slashes. An operation that loses
// its connection returns a problem with the code ConnectionLost and may be
// called again: the next call connects anew.
type Instance interface {
	// Look asks, in one round trip, what the instance is and has.
	Look(ctx context.Context) (Facts, error)

	// Run runs a POSIX shell script with args as $1, $2, ... and copies its
	// output (both streams) to out as it comes. The exit status is returned;
	// err is set only when the script could not be run or its end not seen.
	Run(ctx context.Context, script string, args []string, out io.Writer) (exit int, err error)

	// Upload makes folder hold exactly the files given: what is there already
	// with the same digest is kept, the rest is sent, everything is verified by
	// SHA-256 on the instance, and only then does folder appear or change.
	Upload(ctx context.Context, folder string, files []Source, tell func(Progress)) (Receipt, error)

	// Download fetches one file to a local path that must not exist yet,
	// resuming what an earlier call left beside it, verified by SHA-256.
	Download(ctx context.Context, from, to string, tell func(Progress)) (FileFact, error)

	// StartJob starts a detached job in its folder, or finds it there: asked
	// twice with the same folder, it starts once.
	StartJob(ctx context.Context, job Job) (JobState, error)

	// ReadJob returns the job's state and up to some hundred KiB of its log
	// from a byte offset.
	ReadJob(ctx context.Context, folder string, offset int64) (JobState, []byte, error)

	// StopJob asks the job to end, then ends it; it is not an error if the job
	// has ended already.
	StopJob(ctx context.Context, folder string) (JobState, error)

	// ArmGuard puts a watcher on the instance, in the place of one that is
	// there, and returns what was read back from it.
	ArmGuard(ctx context.Context, g Guard) (GuardState, error)

	// ReadGuard returns what the guard in a folder says of itself.
	ReadGuard(ctx context.Context, folder string) (GuardState, error)

	// TellGuard gives the guard a word, and returns what it says then. Where
	// there is none, that is no error.
	TellGuard(ctx context.Context, folder string, word GuardWord) (GuardState, error)

	// TurnOff runs the platform's command to stop the instance; folder is the
	// guard's. The connection may end with the instance: what is known of the
	// command until then is returned beside the error.
	TurnOff(ctx context.Context, folder, command string) (Switched, error)

	// Probe says what answers at the instance's address. It does not log in
	// and asks nobody anything.
	Probe(ctx context.Context) (Presence, error)

	// Close ends the connection. Jobs go on, and so does a guard.
	Close() error
}

// Codes of problems that an Instance returns.
const (
	ConnectionLost    problem.Code = "connection-lost"    // host
	ConnectionRefused problem.Code = "connection-refused" // host, port, via
	HostUnknown       problem.Code = "host-unknown"       // host, via: no such name
	HostUnreachable   problem.Code = "host-unreachable"   // host, port, via: no answer in time
	ServerNotReady    problem.Code = "server-not-ready"   // host, port: closed before authentication
	WrongPassword     problem.Code = "wrong-password"     // host, user
	KeyRefused        problem.Code = "key-refused"        // host, user
	LoginNeeded       problem.Code = "login-needed"       // host, user: no password and no key to try
	HostKeyUnknown    problem.Code = "host-key-unknown"   // host, got (fingerprint)
	HostKeyChanged    problem.Code = "host-key-changed"   // host, want, got (fingerprints)
	HostKeyRejected   problem.Code = "host-key-rejected"  // host: the user said no
	// KeyNotTaken: host. A key was put where the server should look, and it still
	// did not let its owner in; the key was taken away again.
	KeyNotTaken       problem.Code = "key-not-taken"
	AlgorithmMismatch problem.Code = "algorithm-mismatch" // host
	NoShell           problem.Code = "no-shell"           // host: commands are refused
	NoTool            problem.Code = "no-tool"            // tool, host: missing on the instance
	RemoteNoSpace     problem.Code = "remote-no-space"    // path, need, free (bytes)
	RemoteNoInodes    problem.Code = "remote-no-inodes"   // path, need, free
	RemoteQuota       problem.Code = "remote-quota"       // path: this account may keep no more there
	RemoteReadOnly    problem.Code = "remote-read-only"   // path
	RemoteNotFolder   problem.Code = "remote-not-folder"  // path: a file where a folder should be
	RemoteMissing     problem.Code = "remote-missing"     // path
	RemoteFailed      problem.Code = "remote-failed"      // what, exit, output
	// RemoteSilent: host, seconds. The link lives, and a program there neither
	// takes nor says anything any more.
	RemoteSilent problem.Code = "remote-silent"
	// RemoteNonsense: host. What a program there says is no answer, or is
	// not true: too long, or of files that are not there.
	RemoteNonsense problem.Code = "remote-nonsense"
	// RemoteContested: path. Other programs go on changing what is put together.
	RemoteContested   problem.Code = "remote-contested"
	ChecksumDiffers   problem.Code = "checksum-differs"    // path, want, got
	LocalFileChanged  problem.Code = "local-file-changed"  // path: changed while it was sent
	LocalNoSpace      problem.Code = "local-no-space"      // path
	LocalFileExists   problem.Code = "local-file-exists"   // path
	RemoteFileChanged problem.Code = "remote-file-changed" // path: changed while it was read
)
