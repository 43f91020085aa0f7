package text

// DiagnosisText holds the words about what a log tells. Its fields are filled
// from diagnosisWords by name.
type DiagnosisText struct {
	Nothing  string
	Fatal    string // line, meaning
	Harmless string // line, meaning
	Quote    string // line, quote
	Likely   string // after a meaning of which one cannot be certain
	Guessed  string // after one that no line states
}

// Sure is what is said of how sure a finding is; "" if it is certain.
func (w DiagnosisText) Sure(degree string) string {
	return map[string]string{"likely": w.Likely, "guessed": w.Guessed}[degree]
}

var diagnosisWords = struct {
	Nothing, Fatal, Harmless, Quote, Likely, Guessed say
}{
	Nothing:  say{"日志里没有失败的迹象。", "The log shows no sign of a failure."},
	Fatal:    say{"✗ {meaning}", "✗ {meaning}"},
	Harmless: say{"! {meaning}", "! {meaning}"},
	Quote:    say{"第 {line} 行：{quote}", "line {line}: {quote}"},
	Likely:   say{"（多半如此，也可能有别的原因）", " (Likely; there may be another cause.)"},
	Guessed:  say{"（日志里没有写明，这是推测）", " (A guess: no line of the log says so.)"},
}

// Diagnosis returns the words about what a log tells.
func (t *Text) Diagnosis() DiagnosisText { return spoken[DiagnosisText](t, diagnosisWords) }
