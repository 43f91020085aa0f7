package confine

// A Space is what a disk has, in bytes and inodes.
type Space struct {
	Total, Free, Inodes, FreeInodes int64
}
