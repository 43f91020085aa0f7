//go:build !windows

package remote

import (
	"errors"
	"io"
	"net"
	"os"
)

func dialAgent() (io.ReadWriteCloser, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, errors.New("no SSH agent")
	}
	return net.Dial("unix", socket)
}
