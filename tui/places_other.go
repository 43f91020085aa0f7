//go:build !windows

package tui

import (
	"os"
	"path/filepath"
)

// places are the person's own folders, the root, and the disks that systems
// put below some folders: WSL, desktops and macOS.
func places() []string {
	var list []string
	add := func(paths ...string) {
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil && info.IsDir() {
				list = append(list, path)
			}
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		add(home, filepath.Join(home, "Desktop"), filepath.Join(home, "Documents"), filepath.Join(home, "Downloads"))
	}
	add("/")
	for _, pattern := range []string{"/mnt/*", "/media/*/*", "/run/media/*/*", "/Volumes/*"} {
		found, _ := filepath.Glob(pattern)
		add(found...)
	}
	return list
}
