package remote

import "golang.org/x/sys/windows"

// errRefused is the system's word for a port that nobody listens on.
const errRefused = windows.WSAECONNREFUSED
