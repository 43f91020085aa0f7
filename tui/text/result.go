package text

import (
	"strings"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// resultNotes are about what comes along with the model.
var resultNotes = map[wizard.NoteCode]say{
	wizard.NotePredict: {
		"detect.py 用训练好的模型看 {count} 张没拿来训练的图片：几秒到几十秒，算在计费时间里（不想要：result.predictions: no）。",
		"detect.py draws what the model finds on {count} picture{count:s} that it has not learned from: some seconds of paid time (result.predictions: no leaves it out).",
	},
	wizard.NotePredicted: {
		"样例检测：{count} 张图片画上了模型找到的东西[[（{on} 张上共 {objects} 个物体）]]，在 {folder}；在实例上用了 {seconds:seconds}[[，约 {cost:money}]]。",
		"Sample predictions: {count} picture{count:s} with what the model found[[ ({objects} object{objects:s} on {on} of them)]], in {folder}; it took {seconds:seconds} on the instance[[, about {cost:money}]].",
	},
	wizard.NotePredictNull: {
		"模型在这 {count} 张图片上什么都没找到（把握都不到 0.25）。轮数少、图片少时常见：多练几轮，或多标一些图片再练。",
		"The model found nothing on these {count} picture{count:s} (with a confidence of 0.25 or more). That is usual after few epochs or from few pictures: train longer, or label more pictures.",
	},
	wizard.NotePredictNone: {"没有做样例检测：{why:extra}。模型不受影响。", "No sample predictions: {why:extra}. The model is not affected."},
	wizard.NotePredictFail: {"样例检测没有做成：{detail}。模型不受影响[[；完整输出在 {log}]]。", "The sample predictions failed: {detail}. The model is not affected[[; the whole output is in {log}]]."},
	wizard.NoteReport:      {"报告已写好：{path}（一个文件，用浏览器打开，可以发给别人）。", "Wrote the report: {path} (one file for the browser, which you can hand on)."},
	wizard.NoteReportFail:  {"报告没有写成：{detail}。模型不受影响；可以再运行 gpuwizard report。", "The report could not be written: {detail}. The model is not affected; gpuwizard report tries again."},
}

// extraWords say why something that one can do without is not there.
var extraWords = map[string]say{
	"no-pictures":   {"实例上没有可以拿来试的验证图片", "there are no pictures to validate on to try it with"},
	"detect-script": {"这份代码里没有 detect.py", "this code has no detect.py"},
	"exit":          {"程序以退出码 {exit} 结束[[（{output}）]]", "the program ended with exit code {exit}[[ ({output})]]"},
	"late":          {"太久没有做完，已经停下，免得白花钱", "it took too long and was stopped, so as not to cost more"},
	"lost":          {"程序被杀掉了，常常是内存不够[[（最后一行：{output}）]]", "the program was killed, often for lack of memory[[ (last line: {output})]]"},
	"empty":         {"程序结束了，但没有留下结果[[（{output}）]]", "the program ended and left no outcome[[ ({output})]]"},
}

// extraDetail says why an extra failed.
func (t *Text) extraDetail(args map[string]string) string {
	if args["why"] == "problem" {
		return strings.TrimRight(t.ProblemOf(problem.Code(args["code"]), args).What, ".。")
	}
	return t.Fill(extraWords[args["why"]].in(t.Lang), args)
}

var resultQuestions = map[string]questionSay{
	"result.predictions": {
		say{"样例检测", "Sample predictions"},
		say{
			"默认要：取回模型后，用它在实例上看最多 9 张没拿来训练的图片，把画了框的图片带回来，一眼就知道练得好不好。多花几秒到几十秒的计费时间。",
			"Made by default: with the model safe, it looks at up to 9 pictures that it has not learned from, and these come home with its boxes, so that you see what it can do. That takes some seconds more of paid time.",
		},
	},
}

var resultChoices = map[string]map[string]choiceSay{
	"result.predictions": {
		"yes": {say{"要", "make them"}, say{"推荐", "recommended"}},
		"no":  {say{"不要", "no"}, say{"省下几秒", "saves some seconds"}},
	},
}
