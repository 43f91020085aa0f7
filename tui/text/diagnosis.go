package text

// DiagnosisText holds the words about what a log tells. Its fields are filled
// from diagnosisWords by name.
type DiagnosisText struct {
	Nothing  string
	Fatal    string // line, meaning
	Harmless string // line, meaning
	Quote    string // line, quote
}

var diagnosisWords = struct {
	Nothing, Fatal, Harmless, Quote say
}{
	Nothing:  say{"日志里没有失败的迹象。", "The log shows no sign of a failure."},
	Fatal:    say{"✗ {meaning}", "✗ {meaning}"},
	Harmless: say{"! {meaning}", "! {meaning}"},
	Quote:    say{"第 {line} 行：{quote}", "line {line}: {quote}"},
}

// Diagnosis returns the words about what a log tells.
func (t *Text) Diagnosis() DiagnosisText {
	var w DiagnosisText
	t.speak(diagnosisWords, &w)
	return w
}
