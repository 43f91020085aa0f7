package text

import "gpuwizard/core/problem"

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

// trainingProblems are those of training logs and of what is made of them.
var trainingProblems = map[problem.Code]trouble{
	"log-unreadable": {
		what: say{"无法读取日志 {path}。", "The log {path} cannot be read."},
		next: say{"请检查路径；训练的日志在项目的 .gpuwizard/logs 文件夹里。也可以用 - 从管道读取。", "Check the path; the logs of trainings are in .gpuwizard/logs of the project's folder. With - the log is read from a pipe."},
	},
}
