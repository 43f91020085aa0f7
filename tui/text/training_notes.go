package text

import (
	"gpuwizard/core/journey"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// trainingNotes are what the train step says on its way.
var trainingNotes = map[wizard.NoteCode]say{
	wizard.NoteHarm:         {"{meaning}{mend}[[（日志第 {line} 行：{quote}）]]", "{meaning} {mend}[[ (line {line} of the log: {quote})]]"},
	wizard.NoteNoLook:       {"训练前的检查没有得到回答（退出码 {exit}[[，{output}]]），直接训练。", "The check before the training got no answer (exit code {exit}[[, {output}]]), so it is started without."},
	wizard.NoteSetting:      {"{option}：{value}", "{option}: {value}"},
	wizard.NoteMendFailed:   {"这条命令没有成功（退出码 {exit}）：{command}。[[{output}]]照样再试一次训练。", "This command did not succeed (exit code {exit}): {command}. [[{output}. ]]The training is tried all the same."},
	wizard.NoteResume:       {"上次练到第 {epoch:next} 轮，从 last.pt 接着练。", "The training got to epoch {epoch:next}; it goes on from last.pt."},
	wizard.NoteResumeBest:   {"last.pt 写到一半坏了，退一步，从 best.pt（第 {epoch:next} 轮）接着练。", "last.pt is broken off, so the training goes back a step and on from best.pt (epoch {epoch:next})."},
	wizard.NoteResumeDone:   {"这次训练的各轮都已练完，没有要接着练的。", "All epochs of this training are done: there is nothing to go on with."},
	wizard.NoteResumeNone:   {"上次还没存下检查点，从头开始。", "No checkpoint had been saved yet, so it begins anew."},
	wizard.NoteResumeBroken: {"last.pt 和 best.pt 都不完整，没法接着练，从头开始。", "Neither last.pt nor best.pt is whole: it cannot go on and begins anew."},
}

// trainingProblems are those of trainings and of their logs.
var trainingProblems = map[problem.Code]trouble{
	"log-unreadable": {
		what: say{"无法读取日志 {path}。", "The log {path} cannot be read."},
		next: say{"请检查路径；训练的日志在项目的 .gpuwizard/logs 文件夹里。也可以用 - 从管道读取。", "Check the path; the logs of trainings are in .gpuwizard/logs of the project's folder. With - the log is read from a pipe."},
	},
	wizard.HurdleLeft: {
		what: say{"训练前的检查发现 {count} 处会让训练失败的问题，所以没有启动训练。", "The check before the training found {count} thing{count:s} that would end it, so it was not started."},
		next: say{"上面写着每一处是什么、怎么办；向导能处理的，可以让它现在处理。", "Each is explained above, with what mends it; what the wizard can mend, it can mend now."},
	},
	wizard.NoRemedy: {
		what: say{"“{step:step}”的这次失败没有可以自动处理的办法。", "There is no remedy that the wizard could apply for the failure of {step:step}."},
		next: say{"请按它的说明去做，然后再试。", "Do what its explanation says, then try again."},
	},
}

var trainingQuestions = map[string]questionSay{
	"train.workers": {
		say{"读图片的进程数", "Workers"},
		say{
			"auto 按实例分到的处理器和共享内存选。报 Bus error 或内存不足时填 0 或更小的数，会慢一些。",
			"auto goes by the instance's processors and shared memory. After “Bus error”, or when memory runs out, take 0 or fewer; it gets slower.",
		},
	},
	"train.cache": {
		say{"图片缓存", "Picture cache"},
		say{
			"auto 在内存放得下时把图片解开放进内存，每轮省下解码的时间。no 不用，ram 总用，disk 放在磁盘上（大约是原来的十倍大）。",
			"auto keeps decoded pictures in memory where they fit, which saves decoding them each epoch. no never does, ram always, disk puts them on the disk at some ten times their size.",
		},
	},
}

// Remedy says what applying a remedy does, in a few words for a button.
func (t *Text) Remedy(r journey.Remedy) string {
	args := map[string]string{"key": r.Key, "value": r.Value, "command": r.Command, "step": string(r.Step)}
	form := remedies[r.Kind]
	if r.Kind == journey.RemedyAnswer && r.Value == "" {
		form = say{"把“{key:question}”清空，再训练", "Empty “{key:question}” and train again"}
		if r.Key == "weights" {
			form = say{"不用权重，从零开始训练", "Train from scratch, without weights"}
		}
	}
	return t.Fill(form.in(t.Lang), args)
}

var remedies = map[journey.RemedyKind]say{
	journey.RemedyAnswer:  {"把“{key:question}”改为 {value}，再训练", "Set “{key:question}” to {value} and train again"},
	journey.RemedyCommand: {"在实例上运行 {command}，再训练", "Run {command} on the instance and train again"},
	journey.RemedyRedo:    {"重做“{step:step}”，再训练", "Do “{step:step}” again and train"},
	journey.RemedyResume:  {"从最近的检查点接着训练", "Go on from the last checkpoint"},
	journey.RemedyAgain:   {"由向导再启动一次训练", "Let the wizard start the training once more"},
	journey.RemedyGoTo:    {"去“{step:step}”", "Go to “{step:step}”"},
}
