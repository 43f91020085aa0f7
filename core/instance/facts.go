package instance

import "time"

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
	// CUDAReady is whether there is a GPU whose driver runs what torch was built
	// for. That it computes is seen before a training.
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
