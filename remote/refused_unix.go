//go:build !windows

package remote

import "syscall"

// errRefused is the system's word for a port that nobody listens on.
const errRefused = syscall.ECONNREFUSED
