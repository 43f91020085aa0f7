// Package transfer brings files to an instance and back, so that nothing is
// ever visible that was not verified there (or here) by SHA-256.
//
// An upload replaces a folder: a try takes a lock beside it, links what is
// right already into an empty folder of its own, receives the rest as one tar
// stream, digests everything there, and is then renamed into place. A download
// grows a file NAME.part, resumed where it ended, and renames it when its
// digest is that of the file on the instance.
//
// Where nothing can be run, both go over SFTP: what was written is read back,
// and what is fetched is read twice.
//
// How scripts reach the instance is package shell's business; the scripts are
// assets/instance/upload.sh and download.sh.
package transfer
