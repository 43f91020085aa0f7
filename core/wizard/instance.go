package wizard

import (
	"context"
	"io"
	"time"

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
	AlgorithmMismatch problem.Code = "algorithm-mismatch"  // host
	NoShell           problem.Code = "no-shell"            // host: commands are refused
	NoTool            problem.Code = "no-tool"             // tool, host: missing on the instance
	RemoteNoSpace     problem.Code = "remote-no-space"     // path, need, free (bytes)
	RemoteNoInodes    problem.Code = "remote-no-inodes"    // path, need, free
	RemoteReadOnly    problem.Code = "remote-read-only"    // path
	RemoteNotFolder   problem.Code = "remote-not-folder"   // path: a file where a folder should be
	RemoteMissing     problem.Code = "remote-missing"      // path
	RemoteFailed      problem.Code = "remote-failed"       // what, exit, output
	ChecksumDiffers   problem.Code = "checksum-differs"    // path, want, got
	LocalFileChanged  problem.Code = "local-file-changed"  // path: changed while it was sent
	LocalNoSpace      problem.Code = "local-no-space"      // path
	LocalFileExists   problem.Code = "local-file-exists"   // path
	RemoteFileChanged problem.Code = "remote-file-changed" // path: changed while it was read
)

// A Source is one local file to be sent.
type Source struct {
	Path   string // relative to the folder, with slashes, no ".." and no leading slash
	Size   int64  // bytes
	SHA256 string // lower-case hex of the content
	Exec   bool   // executable by its owner
	// Open returns the content; several streams may read it at once. What also
	// is an io.Seeker is read in parts.
	Open func() (io.ReadCloser, error)
}

// A FileFact is a file with its evidence.
type FileFact struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// A Receipt says what an upload found and did; read back from the instance.
type Receipt struct {
	Folder    string `json:"folder"`
	Files     int    `json:"files"`
	Bytes     int64  `json:"bytes"`
	SentFiles int    `json:"sent_files"`
	SentBytes int64  `json:"sent_bytes"`
	Digest    string `json:"digest"` // SHA-256 over the sorted lines "sha256  path\n"
	// ReadBack says that the instance runs no commands: it digested nothing, and
	// all was verified by reading it back.
	ReadBack bool `json:"read_back,omitempty"`
}

// Progress of something that is counted; zero totals are unknown.
type Progress struct {
	Phase      string `json:"phase"` // "scan", "hash", "compare", "send", "verify", "publish", "fetch", ...
	Files      int    `json:"files,omitempty"`
	FilesTotal int    `json:"files_total,omitempty"`
	Bytes      int64  `json:"bytes,omitempty"`
	BytesTotal int64  `json:"bytes_total,omitempty"`
	Path       string `json:"path,omitempty"` // the file in hand
	// Rate is bytes a second, of the last seconds; Left the seconds that the
	// rest takes at that rate. 0 is unknown.
	Rate float64 `json:"rate,omitempty"`
	Left float64 `json:"left,omitempty"`
}

// A Job is a command that must outlive the connection.
type Job struct {
	Folder  string   // the job's own folder: its identity
	Dir     string   // working folder of the command
	Command []string // program and arguments
	Env     []string // NAME=VALUE, added to the environment; no secrets
	// Whole are endings of the names of files that the command must not leave
	// half written when it is asked to end.
	Whole []string
}

// JobPhase is where a job stands.
type JobPhase string

// The phases of a job.
const (
	JobAbsent   JobPhase = "absent"   // no such job
	JobStarting JobPhase = "starting" // asked for, not seen running yet
	JobRunning  JobPhase = "running"
	JobExited   JobPhase = "exited" // ended by itself or by a signal; see Exit
	JobLost     JobPhase = "lost"   // not running, and left no exit code: killed, or the instance restarted
)

// A JobState is what the instance says of a job.
type JobState struct {
	Phase   JobPhase  `json:"phase"`
	Exit    int       `json:"exit"` // exit code, 128+n for signal n; valid when Phase is JobExited
	LogSize int64     `json:"log_size"`
	Started time.Time `json:"started"` // by the instance's clock; zero if unknown
	Ended   time.Time `json:"ended"`   // likewise
	// Beat is when it last showed a sign of life, by the instance's clock. Ran
	// is how long it ran, counted by the instance's uptime: the clock may be set
	// meanwhile. Of a job that was lost it counts until its last sign of life.
	Beat     time.Time     `json:"beat"`
	Ran      time.Duration `json:"ran"`
	Rebooted bool          `json:"rebooted"` // the instance restarted since the job's start
}

// Facts are what an instance says of itself.
type Facts struct {
	Hostname string    `json:"hostname"`
	OS       string    `json:"os"` // as uname -sm says
	User     string    `json:"user"`
	Home     string    `json:"home"`
	Clock    time.Time `json:"clock"`
	// ClockOffset is its clock less this computer's, to a second or two.
	ClockOffset time.Duration `json:"clock_offset"`
	// Boot names one start of the machine, or of the container: another name
	// means that it was restarted. Uptime is how long ago that was; 0 is unknown.
	Boot      string        `json:"boot"`
	Uptime    time.Duration `json:"uptime"`
	GPUs      []GPU         `json:"gpus"`
	CPUs      float64       `json:"cpus"`       // limit of the container, else of the host
	MemoryMiB int64         `json:"memory_mib"` // likewise
	// ShmBytes is the size of /dev/shm, in which the processes that load
	// pictures hand them on; 0 is unknown.
	ShmBytes int64    `json:"shm_bytes"`
	Pythons  []Python `json:"pythons"` // best first
	Disks    []Disk   `json:"disks"`
	Tools    []string `json:"tools"` // of those that the wizard may use, the ones present
	// What the platform says of it on the machine itself: the platform's ID as
	// in the plan, the region's sign, and the platform's name for the instance.
	Platform  string `json:"platform"`
	Region    string `json:"region"`
	ID        string `json:"id"`
	Practice  bool   `json:"practice"` // the built-in practice instance
	Rehearsal bool   `json:"rehearsal"`
}

// A GPU of the instance.
type GPU struct {
	Name      string `json:"name"`
	MemoryMiB int64  `json:"memory_mib"`
	Driver    string `json:"driver"`
}

// A Python found on the instance.
type Python struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Torch   string `json:"torch"` // "" if torch is not installed
	CUDA    string `json:"cuda"`  // the CUDA version torch was built for, "" for a CPU build
	// CUDAReady is whether torch sees a GPU.
	CUDAReady bool `json:"cuda_ready"`
}

// A Disk of the instance: a folder to put things in and what is left there.
type Disk struct {
	Path       string `json:"path"`
	TotalBytes int64  `json:"total_bytes"`
	FreeBytes  int64  `json:"free_bytes"`
	FreeInodes int64  `json:"free_inodes"` // -1 if unknown
	Writable   bool   `json:"writable"`
}
