//go:build linux || darwin

package confine

import (
	"os"

	"golang.org/x/sys/unix"
)

// Space asks the host for the disk that the folder lies on.
func (f *Folder) Space() (Space, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(f.root.Name(), &st); err != nil {
		return Space{}, os.NewSyscallError("statfs", err)
	}
	block := int64(st.Bsize)
	return Space{
		Total:      int64(st.Blocks) * block,
		Free:       int64(st.Bavail) * block,
		Inodes:     int64(st.Files),
		FreeInodes: int64(st.Ffree),
	}, nil
}
