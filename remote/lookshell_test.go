package remote_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gpuwizard/core/instance"
	"gpuwizard/remote/sshdtest"
)

// The look knows what a login shell of any kind knows, through its greetings.
func TestLookUnderEveryLoginShell(t *testing.T) {
	t.Parallel()
	for shell, profile := range map[string]struct{ file, set string }{
		"/bin/bash":     {".profile", "export AutoDLRegion=nm-B1; export AutoDLContainerUUID=abc; PATH=$HOME/bin:$PATH; export PATH"},
		"/bin/dash":     {".profile", "export AutoDLRegion=nm-B1; export AutoDLContainerUUID=abc; PATH=$HOME/bin:$PATH; export PATH"},
		"/usr/bin/zsh":  {".zprofile", "export AutoDLRegion=nm-B1 AutoDLContainerUUID=abc; path=($HOME/bin $path)"},
		"/bin/mksh":     {".profile", "export AutoDLRegion=nm-B1 AutoDLContainerUUID=abc PATH=$HOME/bin:$PATH"},
		"/usr/bin/fish": {".config/fish/config.fish", "set -x AutoDLRegion nm-B1; set -x AutoDLContainerUUID abc; set -x PATH $HOME/bin $PATH"},
		"/usr/bin/tcsh": {".login", "setenv AutoDLRegion nm-B1; setenv AutoDLContainerUUID abc; setenv PATH $HOME/bin:$PATH"},
	} {
		t.Run(filepath.Base(shell), func(t *testing.T) {
			if _, err := os.Stat(shell); err != nil {
				t.Skipf("install %s", filepath.Base(shell))
			}
			s := sshdtest.StartWith(t, sshdtest.Options{LoginShell: shell})
			greet(t, s.Home, profile.file, "echo Welcome to the machine\necho /not/a/python\n"+profile.set+"\n")
			for _, name := range []string{".bashrc", ".cshrc", ".zshenv"} {
				greet(t, s.Home, name, "echo Welcome again\n")
			}
			// A Python that only the login shell's PATH leads to.
			python := filepath.Join(s.Home, "bin", "python")
			greet(t, s.Home, "bin/python", "#!/bin/sh\nprintf 'python-version=3.9.9\\npython-prefix=/x\\npython-torch=2.1.0\\n'\n")
			if err := os.Chmod(python, 0o755); err != nil {
				t.Fatal(err)
			}
			facts, err := dial(t, options(s)).Look(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if facts.Platform != "autodl" || facts.Region != "nm-B1" || facts.ID != "abc" {
				t.Errorf("got %q %q %q", facts.Platform, facts.Region, facts.ID)
			}
			if len(facts.Pythons) == 0 || !slices.ContainsFunc(facts.Pythons, func(p instance.Python) bool { return p.Path == python }) {
				t.Errorf("pythons %+v", facts.Pythons)
			}
		})
	}
}

// Where almost nothing is installed, the look tells what there is.
func TestLookAtABareMachine(t *testing.T) {
	t.Parallel()
	for _, sh := range []string{"busybox", "dash"} {
		t.Run(sh, func(t *testing.T) {
			path := sshdtest.Toolbox(t, sh, "python", "python3", "nvidia-smi", "tmux", "sha256sum", "timeout", "nproc", "hostname", "id", "getconf", "env")
			s := sshdtest.StartWith(t, sshdtest.Options{LoginShell: filepath.Join(path, "sh"), Env: []string{"PATH=" + path}})
			facts, err := dial(t, options(s)).Look(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if facts.Home != s.Home || facts.Clock.IsZero() || len(facts.Disks) == 0 || facts.Disks[0].FreeBytes <= 0 || len(facts.GPUs) > 0 {
				t.Errorf("got %+v", facts)
			}
			for _, tool := range []string{"sha256sum", "tmux", "nvidia-smi"} {
				if slices.Contains(facts.Tools, tool) {
					t.Errorf("tools %q", facts.Tools)
				}
			}
			if !slices.Contains(facts.Tools, "tar") || strings.Contains(strings.Join(facts.Tools, ""), "/") {
				t.Errorf("tools %q", facts.Tools)
			}
		})
	}
}
