package text

// LinkText says how the connection to the instance stands, in the status line.
type LinkText = linkOf[string]

type linkOf[T any] struct {
	Away T // the connection is lost and is being made again
	Off  T // the instance was seen to be off
}

var linkWords = linkOf[say]{
	Away: say{"正在重新连接", "reconnecting"},
	Off:  say{"已看到关机", "seen to be off"},
}

// Link returns the words for the connection to the instance.
func (t *Text) Link() LinkText { return spoken[LinkText](t, linkWords) }
