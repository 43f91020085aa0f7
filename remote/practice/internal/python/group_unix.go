//go:build unix

package python

import (
	"os/exec"
	"syscall"
)

// A group is a process with all its descendants.
type group struct{ id int }

func newGroup(cmd *exec.Cmd) *group {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &group{}
}

func (g *group) started(cmd *exec.Cmd) { g.id = cmd.Process.Pid }

func (g *group) terminate(cmd *exec.Cmd) error {
	return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
}

func (g *group) kill() {
	_ = syscall.Kill(-g.id, syscall.SIGKILL) // as a rule nothing is left
}

func exitCode(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
