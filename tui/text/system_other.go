//go:build !windows

package text

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// System returns the language of the user's system where it has one apart
// from the environment, such as zh_CN, or "".
func System() string {
	if runtime.GOOS != "darwin" {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "-g", "AppleLocale").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
