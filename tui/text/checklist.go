package text

import (
	"strconv"

	"gpuwizard/core/wizard"
)

// A part of the checklist: what it is called, and what shows that it is done.
type partSay struct{ label, shown say }

var parts = map[wizard.PartName]partSay{
	wizard.PartPlatform: {say{"平台和地区", "platform and region"}, say{"{platform:platform}[[，{region}]]", "{platform:platform}[[, {region}]]"}},
	wizard.PartPrice:    {say{"每小时价格", "price per hour"}, say{"{price:money}", "{price:money}"}},
	wizard.PartRead:     {say{"读图片和标注", "pictures and labels read"}, say{"{pictures:count} 张图片，{boxes:count} 个框[[，类别 {class_names}]]", "{pictures:count} picture{pictures:s}, {boxes:count} box{boxes:es}[[, classes {class_names}]]"}},
	wizard.PartSound:    {say{"没有会毁掉训练的问题", "nothing that would ruin a training"}, say{"[[另有提醒 {findings:count} 条]]", "[[{findings:count} finding{findings:s} to know of]]"}},
	wizard.PartLabels:   {say{"YOLO 标签", "YOLO labels"}, say{"训练 {train:count} 张，验证 {val:count} 张，{boxes:count} 个框，在 {folder}", "{train:count} picture{train:s} to train on, {val:count} to validate on, {boxes:count} box{boxes:es}, in {folder}"}},
	wizard.PartDataYAML: {say{"数据集 YAML", "data set YAML"}, say{"{path}", "{path}"}},
	wizard.PartModel:    {say{"模型 YAML 的类别数", "class count in the model YAML"}, say{"nc: {nc}[[，{path}]]", "nc: {nc}[[, {path}]]"}},
	wizard.PartSettings: {say{"训练设置", "settings of the training"}, say{"{epochs:count} 轮，每批图片数：{batch:auto}，图片边长 {imgsz}", "{epochs:count} epoch{epochs:s}, pictures per batch: {batch:auto}, image size {imgsz}"}},
	wizard.PartLogin:    {say{"登录", "login"}, say{"{host:host}[[，{gpu:rehearsed}]]", "{host:host}[[, {gpu:rehearsed}]]"}},
	wizard.PartDataset:  {say{"数据集", "data set"}, say{"{files:count} 个文件[[，{bytes:size}]]，在 {folder}", "{files:count} file{files:s}[[, {bytes:size}]], in {folder}"}},
	wizard.PartCode:     {say{"YOLOv5 代码", "YOLOv5's code"}, say{"{files:count} 个文件[[，{bytes:size}]]，在 {folder}", "{files:count} file{files:s}[[, {bytes:size}]], in {folder}"}},
	wizard.PartStarted:  {say{"训练已启动", "training started"}, say{"{run}", "{run}"}},
	wizard.PartEpochs:   {say{"训练轮数", "epochs"}, say{"{epochs} / {of}", "{epochs} of {of}"}},
	wizard.PartBest:     {say{"最好的模型 best.pt", "the best model, best.pt"}, say{"[[mAP50 {map50}]]", "[[mAP50 {map50}]]"}},
	wizard.PartSaved:    {say{"模型已取回", "model brought home"}, say{"{model}，校验值 {sha256:short}", "{model}, checksum {sha256:short}"}},
	wizard.PartCurves:   {say{"曲线和记录", "curves and records"}, say{"{count} 个文件", "{count} file{count:s}"}},
	wizard.PartONNX:     {say{"ONNX 格式的模型", "the model as ONNX"}, say{"在 {folder}", "in {folder}"}},
	wizard.PartSamples:  {say{"样例检测", "sample predictions"}, say{"{count} 张图片，在 {folder}", "{count} picture{count:s}, in {folder}"}},
	wizard.PartMeter:    {say{"停止计费", "billing stopped"}, say{"{instance:word}", "{instance:word}"}},
}

var partStates = map[wizard.PartState]say{
	wizard.PartHolds:   {"已核对", "seen"},
	wizard.PartDiffers: {"和记录不一样", "not as it was"},
	wizard.PartOpen:    {"未做", "to do"},
	wizard.PartUnseen:  {"在实例上，这次没有去看", "on the instance, not looked at this time"},
}

var changes = map[wizard.ChangeKind]say{
	wizard.ChangedAnswer: {"回答改了：{name:question}[[，原来是 {before}]][[，现在是 {after}]]", "answer changed: {name:question}[[, was {before}]][[, is {after}]]"},
	wizard.ChangedFile:   {"文件变了：{name}", "file changed: {name}"},
	wizard.AddedFile:     {"多了文件：{name}", "file added: {name}"},
	wizard.RemovedFile:   {"少了文件：{name}", "file removed: {name}"},
	wizard.MissingPath:   {"不在原来的地方：{name}", "not where it was: {name}"},
	wizard.OtherOutcome:  {"前面的“{name:step}”要先做，或者结果变了", "the earlier step “{name:step}” is to be done first, or has another outcome"},
}

// ListWords are the words of the checklist.
type ListWords = listOf[string]

type listOf[T any] struct {
	MoreChanges T // {total}
	LookedHere  T
	LookedThere T
	NotThere    T
	LookAgain   T

	// The checklist as a document.
	Title, Step, State, Evidence T
	At                           T // {time}
}

var listWords = listOf[say]{
	MoreChanges: say{"……一共 {total:count} 处", "... {total:count} in all"},
	LookedHere:  say{"已重新核对本机上的证据；在实例上的没有看（加 --connect 就连上去看）。", "The evidence on this computer was looked at again; what lies on the instance was not (--connect looks there too)."},
	LookedThere: say{"已重新核对本机和实例上的证据。", "The evidence on this computer and on the instance was looked at again."},
	NotThere:    say{"没能看到实例：", "The instance could not be looked at:"},
	LookAgain:   say{"按回车再看一次，输入 q 再回车结束。有变化时会自动再列一遍。", "Enter looks again, q and Enter ends. When something changes, the list is written again."},
	Title:       say{"gpuwizard 进度", "gpuwizard: where things stand"},
	Step:        say{"步骤", "step"}, State: say{"状态", "state"}, Evidence: say{"证据", "evidence"},
	At: say{"核对于 {time}", "looked at {time}"},
}

// List returns the words of the checklist.
func (t *Text) List() ListWords { return spoken[ListWords](t, listWords) }

// Part says what a part of the checklist is, and what shows that it is done.
func (t *Text) Part(p wizard.Part) (label, shown string) {
	s := parts[p.Name]
	if p.State != wizard.PartOpen || len(p.Args) > 0 {
		shown = t.Fill(s.shown.in(t.Lang), p.Args)
	}
	if p.State == wizard.PartOpen && p.Name != wizard.PartSettings && p.Name != wizard.PartMeter {
		shown = ""
	}
	return s.label.in(t.Lang), shown
}

// PartState returns the words for a part's state.
func (t *Text) PartState(s wizard.PartState) string { return partStates[s].in(t.Lang) }

// Change says what changed since a step was done.
func (t *Text) Change(c wizard.Change) string {
	return t.Fill(changes[c.Kind].in(t.Lang), map[string]string{"name": c.Name, "before": c.Before, "after": c.After})
}

// PartLine is a part in one line.
func (t *Text) PartLine(p wizard.Part) string {
	label, shown := t.Part(p)
	line := label
	if shown != "" {
		line += say{"：", ": "}.in(t.Lang) + shown
	}
	if p.State == wizard.PartDiffers || p.State == wizard.PartUnseen {
		line += say{"（", " ("}.in(t.Lang) + t.PartState(p.State) + say{"）", ")"}.in(t.Lang)
	}
	return line
}

// Changes says what changed since a stale step was done, a line each.
func (t *Text) Changes(s wizard.Checked) []string {
	var lines []string
	for i, c := range s.Since {
		if i == maxChangesShown {
			lines = append(lines, t.Fill(t.List().MoreChanges, map[string]string{"total": strconv.Itoa(s.SinceTotal)}))
			break
		}
		lines = append(lines, t.Change(c))
	}
	return lines
}

const maxChangesShown = 5
