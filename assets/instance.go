package assets

import _ "embed"

// Scripts that run on an instance: POSIX sh, with no more than the commands
// that every Linux image and the practice instance have.
var (
	// LookScript says what the instance is and has.
	//go:embed instance/look.sh
	LookScript string
	// PythonProbe tells about the Python that runs it; LookScript's argument.
	//go:embed instance/probe.py
	PythonProbe string
	// AuthorizeScript lets the owner of a key in.
	//go:embed instance/authorize.sh
	AuthorizeScript string
	// KnownScript tells whether a folder is what it was when it was published.
	//go:embed instance/known.sh
	KnownScript string
	// SumScript finds what tells SHA-256 on the instance.
	//go:embed instance/sum.sh
	SumScript string
	// UploadScript replaces one folder, whole or not at all; SumScript and
	// KnownScript come before it, and ReceiveProgram is its $receive_code.
	//go:embed instance/upload.sh
	UploadScript string
	// ReceiveProgram is what UploadScript does with a stream, in Python.
	//go:embed instance/receive.py
	ReceiveProgram string
	// DownloadScript tells about a file and reads it; SumScript comes before it.
	//go:embed instance/download.sh
	DownloadScript string
	//go:embed instance/process.sh
	processScript string
	//go:embed instance/job.sh
	jobScript string
	//go:embed instance/guard.sh
	guardScript string
	// PreflightScript looks at what a training is going to need.
	//go:embed instance/preflight.py
	PreflightScript string
	// MendScript puts right what it found, in the wizard's own folders.
	//go:embed instance/mend.py
	MendScript string
	// CheckpointScript says from which checkpoint a training can go on.
	//go:embed instance/checkpoint.py
	CheckpointScript string
	// FontScript puts a font where YOLOv5 looks for one; its argument.
	//go:embed instance/font.py
	FontScript string
)

var (
	// JobScript starts, follows and stops a job that outlives the connection.
	JobScript = processScript + jobScript
	// GuardScript ends a training and stops the instance when nobody is there.
	GuardScript = processScript + guardScript
)
