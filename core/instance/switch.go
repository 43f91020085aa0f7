package instance

// Switched is how far the platform's command to stop the instance came.
type Switched struct {
	Began  bool   `json:"began"` // it was seen to begin
	Ended  bool   `json:"ended"` // and to end, with Exit and Output
	Exit   int    `json:"exit"`
	Output string `json:"output,omitempty"`
}

// A Presence is what answers at the address of the instance.
type Presence string

// What may be found there. Nobody logs in to find out.
const (
	PortAnswers Presence = "answers" // the instance's own SSH server, with its host key
	PortOther   Presence = "other"   // something else: another host key, or no SSH server
	PortClosed  Presence = "closed"  // connections are taken, and ended without a word
	PortRefuses Presence = "refuses" // connections are refused
	PortSilent  Presence = "silent"  // nothing answers; so it would without a network, too
)
