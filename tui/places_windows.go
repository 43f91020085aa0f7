package tui

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// places are the person's own folders and the drives.
func places() []string {
	var list []string
	if home, err := os.UserHomeDir(); err == nil {
		list = append(list, home)
		for _, name := range []string{"Desktop", "Documents", "Downloads"} {
			if info, err := os.Stat(filepath.Join(home, name)); err == nil && info.IsDir() {
				list = append(list, filepath.Join(home, name))
			}
		}
	}
	drives, err := windows.GetLogicalDrives()
	if err != nil {
		return list
	}
	for i := range 26 {
		if drives&(1<<i) != 0 {
			list = append(list, string(rune('A'+i))+`:\`)
		}
	}
	return list
}
