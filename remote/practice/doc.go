// Package practice is the practice instance: a rented machine as the wizard
// sees it, inside this program. It is an SSH and SFTP server on the loopback
// with a host key and a password of its own, kept in memory only, and a shell
// that runs the very scripts that a real instance gets. It needs no sh, tar or
// Python of the host and behaves the same on Linux, macOS and Windows.
//
// Everything happens in one folder: what lies outside is not there. Training
// is played back from a recording (see internal/rehearsal), unless a folder
// with YOLOv5's code and a real Python are given: then train.py is run.
//
// How the wizard reaches an instance is in package remote, which knows nothing
// of this one.
package practice
