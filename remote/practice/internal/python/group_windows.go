package python

import (
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A group is a process with all its descendants: a job object of Windows.
type group struct{ job windows.Handle }

func newGroup(*exec.Cmd) *group {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return &group{}
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, _ = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))) // kill ends the job all the same
	return &group{job: job}
}

func (g *group) started(cmd *exec.Cmd) {
	if g.job == 0 {
		return
	}
	const access = windows.PROCESS_SET_QUOTA | windows.PROCESS_TERMINATE
	process, err := windows.OpenProcess(access, false, uint32(cmd.Process.Pid))
	if err != nil {
		return // it has ended already
	}
	defer windows.CloseHandle(process)
	_ = windows.AssignProcessToJobObject(g.job, process) // else it is ended alone
}

func (g *group) terminate(cmd *exec.Cmd) error {
	if g.job != 0 {
		_ = windows.TerminateJobObject(g.job, 143)
	}
	return cmd.Process.Kill()
}

func (g *group) kill() {
	if g.job != 0 {
		_ = windows.CloseHandle(g.job)
		g.job = 0
	}
}

func exitCode(exit *exec.ExitError) int { return exit.ExitCode() }
