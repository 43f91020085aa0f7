package confine

import (
	"os"

	"golang.org/x/sys/windows"
)

// Space asks the host for the disk that the folder lies on. Windows has no
// inodes to count.
func (f *Folder) Space() (Space, error) {
	name, err := windows.UTF16PtrFromString(f.root.Name())
	if err != nil {
		return Space{}, err
	}
	var free, total, all uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, &total, &all); err != nil {
		return Space{}, os.NewSyscallError("GetDiskFreeSpaceEx", err)
	}
	return Space{Total: int64(total), Free: int64(free), Inodes: 1 << 20, FreeInodes: 1 << 20}, nil
}
