package text

import (
	"io"
	"path"
	"path/filepath"
	"strconv"

	"gpuwizard/core/dataset"
	"gpuwizard/core/planfile"
	"gpuwizard/core/preflight"
	"gpuwizard/core/report"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// reportPage are the words of the report of a training, by the fields of
// report.Words.
var reportPage = struct {
	Title, Rehearsal, Model, File, Size, Digest, Samples, SamplesNote, Curves, CurvesNote,
	Accuracy, TrainLoss, ValLoss, Precision, Recall, Box, Object, Class, Drawn, DrawnNote,
	Settings, Command, Option, Value, Why, Data, Findings, NoFindings, Log, Cost, CostUnknown, CostPractice, Next, Missing say
}{
	Title:        say{"训练报告", "Training report"},
	Rehearsal:    say{"演练：这是一次录好的训练的回放，这里没有训练任何东西，模型文件也不是模型。", "A rehearsal: a recorded training was played back. Nothing was trained here, and the model file is no model."},
	Model:        say{"模型", "The model"},
	File:         say{"文件", "file"},
	Size:         say{"大小", "size"},
	Digest:       say{"校验值 SHA-256", "checksum, SHA-256"},
	Samples:      say{"样例检测", "Sample predictions"},
	SamplesNote:  say{"没拿来训练的图片，框是模型画的，数字是它的把握（0 到 1）。漏掉的、框错的，一眼就能看出来。", "Pictures that the model has not learned from. The boxes are its own, with how sure it is, from 0 to 1. What it missed or took for something else shows at a glance."},
	Curves:       say{"训练曲线", "Curves of the training"},
	CurvesNote:   say{"横轴是轮数；虚线是 best.pt 所在的那一轮。精度应当上升，误差应当下降；验证误差回升说明练过头了。", "Epochs from left to right; the dashed line is the one that best.pt is of. Accuracy should rise and losses fall; a validation loss that rises again means that it learns the pictures by heart."},
	Accuracy:     say{"精度", "Accuracy"},
	TrainLoss:    say{"训练误差", "Training loss"},
	ValLoss:      say{"验证误差", "Validation loss"},
	Precision:    say{"精确率", "precision"},
	Recall:       say{"召回率", "recall"},
	Box:          say{"框", "box"},
	Object:       say{"有没有物体", "object"},
	Class:        say{"类别", "class"},
	Drawn:        say{"YOLOv5 画的图", "What YOLOv5 drew"},
	DrawnNote:    say{"都在模型旁边的文件夹里。", "All of it lies in the model's folder."},
	Settings:     say{"训练设置", "Settings of the training"},
	Command:      say{"在实例上运行的命令", "the command that was run on the instance"},
	Option:       say{"设置", "option"},
	Value:        say{"取值", "value"},
	Why:          say{"原因", "why"},
	Data:         say{"数据", "The data"},
	Findings:     say{"检查数据时发现的问题", "What the check of the data found"},
	NoFindings:   say{"没有发现问题。", "Nothing was found."},
	Log:          say{"日志里值得知道的", "What the log tells"},
	Cost:         say{"花费", "Cost"},
	CostUnknown:  say{"没有算出花费：没有填价格，或者实例没有说开机了多久，或者中途重启过。以平台的账单为准。", "No cost was worked out: the price is not known, the instance does not say since when it is on, or it was restarted. The platform's bill counts."},
	CostPractice: practiceCosts,
	Next:         say{"接下来：在自己的电脑上使用模型", "What next: use the model on your own computer"},
	Missing:      say{"没有 results.csv，画不出曲线。", "There are no results to draw curves of."},
}

// verdicts say what the figures mean, by the best mAP50: in a word, and in a
// sentence.
var verdicts = []struct {
	from float64
	word say
	say  say
}{
	{0.8, say{"很好", "very good"}, say{"很好：验证图片上的物体大多找得到，框也准。", "Very good: most objects on the validation pictures are found, with boxes that fit."}},
	{0.5, say{"可用", "usable"}, say{"可用：多数物体找得到，难认的会漏掉。想更准：多标一些图片，或者换大一号的模型。", "Usable: most objects are found, hard ones are missed. For more: label more pictures, or take the next larger model."}},
	{0.2, say{"还不够好", "not good enough yet"}, say{"还不够好：漏掉的不少。多练几轮，或多标一些图片再练。", "Not good enough yet: a good deal is missed. Train for more epochs, or label more pictures."}},
	{0, say{"还用不了", "not usable yet"}, say{"还用不了：几乎什么都认不出。先看下面的数据问题和样例检测，再多练几轮。", "Not usable yet: next to nothing is recognised. Look at the findings and the sample predictions below, then train for more epochs."}},
}

var stillRising = say{"最好的一轮就在最后：还没有练到头，多练几轮多半会更好。", "The best epoch is among the last: it had not finished learning, and more epochs are likely to help."}

func (t *Text) verdict(best yolov5.Epoch, epochs int) string {
	said := ""
	for _, v := range verdicts {
		if best.MAP50 >= v.from {
			said = v.say.in(t.Lang)
			break
		}
	}
	if epochs > 1 && best.Number >= epochs-1-epochs/20 {
		said = t.Join(said, stillRising.in(t.Lang))
	}
	return said
}

// advice is what to do with the model, as in the article's last step.
type adviceSay struct{ say, run say }

var (
	adviceCopy = adviceSay{say{
		"把模型复制到自己电脑上的 yolov5_code 文件夹里（和 detect.py 放在一起）：",
		"Copy the model into the folder yolov5_code of your own computer, beside detect.py:",
	}, say{"{model}", "{model}"}}
	adviceInstall = adviceSay{say{
		"第一次用时，在 yolov5_code 里打开终端，装好需要的库（不需要显卡）：",
		"The first time, open a terminal in yolov5_code and install what it needs; a GPU is not needed:",
	}, say{"python -m pip install -r requirements.txt", "python -m pip install -r requirements.txt"}}
	adviceDetect = adviceSay{say{
		"检测图片、文件夹或视频；结果在 runs/detect 里最新的文件夹：",
		"Detect in a picture, a folder or a video; the outcome is in the newest folder of runs/detect:",
	}, say{"python detect.py --weights {base} --img-size {imgsz} --source 图片或文件夹", "python detect.py --weights {base} --img-size {imgsz} --source PICTURE-OR-FOLDER"}}
	adviceCamera = adviceSay{say{"用摄像头：", "With a camera:"}, say{
		"python detect.py --weights {base} --img-size {imgsz} --source 0", "python detect.py --weights {base} --img-size {imgsz} --source 0",
	}}
	adviceCheck = adviceSay{say{
		"换电脑或发给别人之后，核对文件没有损坏：结果要和上面的校验值一样（Windows 用第一行，macOS 和 Linux 用第二行）：",
		"After copying it elsewhere, see that it is whole: this must print the checksum above (the first line on Windows, the second on macOS and Linux):",
	}, say{"certutil -hashfile {base} SHA256\nshasum -a 256 {base}", "certutil -hashfile {base} SHA256\nshasum -a 256 {base}"}}
	adviceReal = adviceSay{say{
		"换成自己的数据：新建一个文件夹，放进 train_data 和 yolov5_code，在那里运行（再往下是有了真正的模型之后怎么用）：",
		"With data of your own: make a new folder, put train_data and yolov5_code into it, and run there (what follows is for the model that comes of it):",
	}, say{"gpuwizard", "gpuwizard"}}
)

var (
	adviceONNX = adviceSay{say{
		"ONNX 文件给别的程序用（OpenCV、onnxruntime、手机）。v6.0 起的 detect.py 也能用它：",
		"The ONNX file is for other programs: OpenCV, onnxruntime, phones. Since v6.0, detect.py takes it as well:",
	}, say{"python -m pip install onnxruntime\npython detect.py --weights {onnx} --img-size {imgsz} --source 图片或文件夹", "python -m pip install onnxruntime\npython detect.py --weights {onnx} --img-size {imgsz} --source PICTURE-OR-FOLDER"}}
	adviceNoONNX = adviceSay{say{
		"要在别的程序里用，需要 ONNX 格式：在 gpuwizard.yaml 里写 result: {onnx: yes}，实例还在的时候再下载一次：",
		"For other programs it is wanted as ONNX: write result: {onnx: yes} into gpuwizard.yaml, and download once more while the instance is there:",
	}, say{"gpuwizard download", "gpuwizard download"}}
)

func (t *Text) advice(plan planfile.Plan, facts map[string]string) []report.Advice {
	list := []adviceSay{adviceCopy, adviceInstall, adviceDetect, adviceCamera, adviceCheck}
	if facts["onnx"] != "" {
		list = append(list, adviceONNX)
	} else {
		list = append(list, adviceNoONNX)
	}
	if facts["rehearsal"] == "true" {
		list = append([]adviceSay{adviceReal}, list...)
	}
	model := filepath.ToSlash(facts["model"])
	args := map[string]string{"onnx": path.Base(filepath.ToSlash(facts["onnx"])), "model": model, "base": path.Base(model), "imgsz": strconv.Itoa(plan.Train.ImgSize)}
	var said []report.Advice
	for _, a := range list {
		said = append(said, report.Advice{Say: a.say.in(t.Lang), Type: t.Fill(a.run.in(t.Lang), args)})
	}
	return said
}

// WriteReport writes the report of a project whose model is here.
func (t *Text) WriteReport(w io.Writer, p *wizard.Project) error {
	words := report.Words{
		Lang: string(t.Lang), Verdict: t.verdict, Fact: t.Fact, Sentence: t.Note, Bytes: t.Size, Severity: t.Severity, Mend: t.Mend, Advice: t.advice,
		Decision: func(d preflight.Decision) (option, value, why string) {
			s := t.Decision(d)
			return s.Name, s.Value, s.Why
		},
		Finding: t.FindingAlone,
		Diagnosis: func(f yolov5.Finding) string {
			return t.Note(wizard.NoteHarm, wizard.FoundArgs(f))
		},
	}
	t.speak(reportPage, &words)
	return report.Write(w, p, words)
}

// FindingAlone is a finding's sentence without its severity and files, for
// pages that show these by themselves.
func (t *Text) FindingAlone(f dataset.Finding) string {
	args := wizard.FindingArgs(f)
	delete(args, "severity")
	delete(args, "files")
	return t.Finding(args)
}
