package text

import (
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
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
	wizard.NotePredictPlay: {"演练的样例检测：{count} 张图片，框是录好的那次训练画的，在 {folder}。", "Sample predictions of the rehearsal: {count} picture{count:s} with what the recorded model found, in {folder}."},
	wizard.NoteExportPlay:  {"演练的 ONNX 文件已保存：{path}（校验一致 {sha256:short}，按 ONNX 格式读得通；里面没有模型）。", "Saved the rehearsal's ONNX file: {path} (checksum verified: {sha256:short}; it reads as ONNX, and holds no model)."},
	wizard.NoteExport: {
		"export.py 把模型另存为 ONNX 格式：十几秒到一两分钟，算在计费时间里（你在 result.onnx 里要的）。",
		"export.py writes the model as ONNX: some seconds to a minute or two of paid time (as result.onnx asks).",
	},
	wizard.NoteExported: {
		"ONNX 模型已保存：{path}（{bytes:size}）。已核对：与实例上的文件 SHA-256 一致（{sha256:short}）；整个文件按 ONNX 格式从头到尾读得通，版本 {ir}，算子集 {opset}，{nodes:count} 个运算，输入 {inputs}，输出 {outputs}；YOLOv5 在实例上用 onnx 自带的检查器检查过。没有核对：它和 .pt 的检测结果是否一样。用了 {seconds:seconds}[[，约 {cost:money}]]。",
		"Saved the model as ONNX: {path} ({bytes:size}). Verified: its SHA-256 is that of the file on the instance ({sha256:short}); it reads as ONNX from its first byte to its last, version {ir}, operators {opset}, {nodes:count} operation{nodes:s}, input {inputs}, output {outputs}; and YOLOv5 had onnx's own checker pass it there. Not verified: that it finds what the .pt finds. It took {seconds:seconds}[[, about {cost:money}]].",
	},
	wizard.NoteExportNone: {"没有导出 ONNX：{why:extra}[[。在实例上运行 {command} 之后，再下载一次]]。模型不受影响。", "No ONNX was exported: {why:extra}[[. Run {command} on the instance, then download once more]]. The model is not affected."},
	wizard.NoteExportFail: {"ONNX 没有导出成：{detail}。模型不受影响[[；完整输出在 {log}]]。", "The export to ONNX failed: {detail}. The model is not affected[[; the whole output is in {log}]]."},
	wizard.NoteReport:     {"报告已写好：{path}（一个文件，用浏览器打开，可以发给别人）。", "Wrote the report: {path} (one file for the browser, which you can hand on)."},
	wizard.NoteReportFail: {"报告没有写成：{detail}。模型不受影响；可以再运行 gpuwizard report。", "The report could not be written: {detail}. The model is not affected; gpuwizard report tries again."},
}

// resultProblems are about what comes along with the model.
var resultProblems = map[problem.Code]trouble{
	yolov5.ONNXBroken: {
		say{"这个文件不是完整的 ONNX 模型：{detail}。", "This file is no whole ONNX model: {detail}."},
		say{"再下载一次；还是这样，就在实例上重新导出。", "Download it once more; if it stays, export it anew on the instance."},
	},
}

// extraWords say why something that one can do without is not there.
var extraWords = map[string]say{
	"no-pictures":   {"实例上没有可以拿来试的验证图片", "there are no pictures to validate on to try it with"},
	"detect-script": {"这份代码里没有 detect.py", "this code has no detect.py"},
	"export-script": {"这份代码里没有 export.py", "this code has no export.py"},
	"onnx-module":   {"实例的 Python 里没有 onnx 模块，也没能装上", "the instance's Python lacks the module onnx, and it could not be installed"},
	"exit":          {"程序以退出码 {exit} 结束[[（{output}）]]", "the program ended with exit code {exit}[[ ({output})]]"},
	"late":          {"太久没有做完，已经停下，免得白花钱", "it took too long and was stopped, so as not to cost more"},
	"lost":          {"程序被杀掉了，常常是内存不够[[（最后一行：{output}）]]", "the program was killed, often for lack of memory[[ (last line: {output})]]"},
	"empty":         {"程序结束了，但没有留下结果[[（{output}）]]", "the program ended and left no outcome[[ ({output})]]"},
}

// extraDetail says why an extra failed.
func (t *Text) extraDetail(args map[string]string) string {
	if args["why"] == "problem" {
		return t.ProblemOf(problem.Code(args["code"]), args).What
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
	"result.onnx": {
		say{"另存为 ONNX", "The model as ONNX"},
		say{
			"默认不要：yolov5_code 用的是 .pt。要在 OpenCV、手机或别的程序里用模型才需要 ONNX。要的话在实例上导出（多花几十秒），取回并核对；缺 onnx 模块时只装它，不动 torch。",
			"Not made by default: yolov5_code uses the .pt. ONNX is for OpenCV, phones and other programs. If asked for, it is exported on the instance in some seconds to a minute, fetched and verified; the module onnx is installed if it is missing, and torch left alone.",
		},
	},
}

var resultChoices = map[string]map[string]choiceSay{
	"result.predictions": {
		"yes": {say{"要", "make them"}, say{"推荐", "recommended"}},
		"no":  {say{"不要", "no"}, say{"省下几秒", "saves some seconds"}},
	},
	"result.onnx": {
		"no":  {say{"不要", "no"}, say{"推荐", "recommended"}},
		"yes": {say{"导出", "export it"}, say{"给 OpenCV、手机等", "for OpenCV, phones and others"}},
	},
}
