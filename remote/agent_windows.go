package remote

import (
	"io"
	"os"
	"strings"
	"time"

	"github.com/Microsoft/go-winio"
)

// pipes is how the names of Windows' named pipes begin.
const pipes = `\\.\pipe\`

// dialAgent opens the named pipe of the agent: the one that SSH_AUTH_SOCK
// names, as other agents set it, or that of Windows' own OpenSSH.
func dialAgent() (io.ReadWriteCloser, error) {
	pipe := os.Getenv("SSH_AUTH_SOCK")
	if !strings.HasPrefix(strings.ToLower(strings.ReplaceAll(pipe, "/", `\`)), pipes) {
		pipe = pipes + "openssh-ssh-agent"
	}
	patience := 2 * time.Second
	return winio.DialPipe(strings.ReplaceAll(pipe, "/", `\`), &patience)
}
