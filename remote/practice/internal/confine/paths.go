package confine

import (
	"path"
	"regexp"
	"runtime"
	"strings"
)

const onWindows = runtime.GOOS == "windows"

// The instance's paths are the host's, with slashes and a slash in front: on
// Windows "/C:/Users/...", as SFTP has it, so that an absolute path is one to
// whoever takes the instance for the Linux machine that it plays. The
// interpreter of scripts joins such a path to the folder that it is in
// ("C:\here\C:\there"): the last drive in a path counts, since no name on
// Windows can hold a colon.
var drive = regexp.MustCompile(`(?:^|/)([A-Za-z]:)(?:/|$)`)

// native is the host's spelling of an absolute path, with slashes, cleaned.
func native(name string, windows bool) string {
	if !windows {
		return path.Clean(name)
	}
	name = strings.ReplaceAll(name, `\`, "/")
	for {
		at := drive.FindStringSubmatchIndex(name)
		if at == nil {
			return path.Clean(name)
		}
		letter, rest := name[at[2]:at[3]], name[at[3]:]
		if drive.FindStringIndex(rest) == nil {
			return letter + path.Clean("/"+rest)
		}
		name = rest
	}
}

// spelled is the instance's spelling of a native path.
func spelled(name string, windows bool) string {
	if windows && drive.MatchString(name) && !strings.HasPrefix(name, "/") {
		return "/" + name
	}
	return name
}

// Native returns the host's spelling of a path of the instance.
func Native(name string) string { return native(name, onWindows) }

// Abs makes an absolute, clean path of a name that may be relative to dir.
func Abs(dir, name string) string { return abs(dir, name, onWindows) }

func abs(dir, name string, windows bool) string {
	if windows {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if !path.IsAbs(name) && !(windows && len(name) > 1 && name[1] == ':') {
		name = dir + "/" + name
	}
	return spelled(native(name, windows), windows)
}
