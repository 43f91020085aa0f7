package tui

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// groundPatience is how long a terminal is given to say what colour its
// background has. Most answer within some milliseconds, even over SSH; one
// that never does must not keep anybody waiting.
const groundPatience = 200 * time.Millisecond

// lightGround reports whether the terminal's background is light. It is asked
// once and before Bubble Tea reads.
func lightGround(in, out *os.File) bool {
	if light, ok := lightReply(askGround(in, out, groundPatience)); ok {
		return light
	}
	return lightVariable(os.Getenv("COLORFGBG"))
}

var groundReply = regexp.MustCompile(`\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})`)

// lightReply reads what a terminal said of its background.
func lightReply(reply string) (light, ok bool) {
	m := groundReply.FindStringSubmatch(reply)
	if m == nil {
		return false, false
	}
	part := func(digits string) float64 {
		n, _ := strconv.ParseUint(digits, 16, 32)
		return float64(n) / float64(uint64(1)<<(4*len(digits))-1)
	}
	return 0.299*part(m[1])+0.587*part(m[2])+0.114*part(m[3]) > 0.5, true
}

// lightVariable reads the variable that some terminals set, such as 15;0: the
// numbers of the colours of text and background.
func lightVariable(value string) bool {
	ground := value[strings.LastIndex(value, ";")+1:]
	n, err := strconv.Atoi(ground)
	return err == nil && (n == 7 || n > 8 && n < 16)
}

// lateReply reports whether what looks like keys is a reply that a terminal
// gave after its time. It must not be typed into an answer.
func lateReply(msg tea.KeyMsg) bool {
	if !msg.Alt || msg.Type != tea.KeyRunes || len(msg.Runes) == 0 {
		return false
	}
	return strings.HasPrefix(string(msg.Runes), "]1") || string(msg.Runes) == `\`
}
