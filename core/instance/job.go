package instance

import "time"

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
