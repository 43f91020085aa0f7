package text

import (
	"maps"

	"gpuwizard/core/preflight"
)

// optionNames are the names of a training's options.
var optionNames = map[string]say{
	"weights": {"初始权重", "weights"},
	"cfg":     {"模型结构", "model YAML"},
	"data":    {"数据集 YAML", "data set YAML"},
	"epochs":  {"训练轮数", "epochs"},
	"imgsz":   {"图片边长", "image size"},
	"device":  {"训练设备", "device"},
	"batch":   {"每批图片数", "batch"},
	"workers": {"读图片的进程数", "workers"},
	"cache":   {"图片缓存", "cache"},
}

// otherwise is the price of choosing otherwise.
var otherwise = map[string]say{
	"weights": {"从零开始要多练几倍的轮数，精度通常还更低", "from scratch it takes several times the epochs, and is usually less accurate"},
	"cfg":     {"大一号的模型更准，时间和显存约为两倍", "the next larger model is more accurate, for about twice the time and memory"},
	"data":    {"指向别的文件就会训练别的数据", "another file would train on other data"},
	"epochs":  {"轮数减半，时间和花费减半，精度可能不够；加倍则相反", "half of them halve time and cost and may be too few; twice as many do the opposite"},
	"imgsz":   {"大一倍，小物体看得更清，时间和显存约为四倍", "twice the size shows small objects better, for about four times the time and memory"},
	"device":  {"改用处理器要慢几十倍", "the processor takes tens of times longer"},
	"batch":   {"更大可能显存不足，更小则慢一些、结果不稳", "a larger one may run out of memory, a smaller one is slower and less steady"},
	"workers": {"太多会耗尽内存或共享内存，太少则显卡等图片", "too many exhaust the memory, too few keep the GPU waiting"},
	"cache":   {"放不下时系统会终止训练；不缓存则每轮重新解开图片", "where it does not fit the training is killed; without it pictures are decoded anew each epoch"},
}

// whys are the reasons for a setting.
var whys = map[preflight.Choosing]say{
	preflight.ChooseGiven:       {"你在计划里写的", "as your plan says"},
	preflight.ChooseUsual:       {"向导的默认值", "the wizard's default"},
	preflight.ChooseLocal:       {"随代码一起上传的权重", "weights sent along with the code"},
	preflight.ChooseFetched:     {"本机没有，由 YOLOv5 在实例上下载", "not here, so YOLOv5 fetches them on the instance"},
	preflight.ChooseScratch:     {"没有选权重", "no weights were chosen"},
	preflight.ChooseAutoBatch:   {"由 YOLOv5 在显卡上量出放得下的最大值", "YOLOv5 measures on the GPU what fits"},
	preflight.ChooseMemory:      {"按显存 {bytes:size} 估计", "by the GPU's memory of {bytes:size}"},
	preflight.ChooseFewPictures: {"训练图片只有 {pictures:count} 张，再大每轮就没几步可学", "with {pictures:count} pictures to train on, more would leave too few steps an epoch"},
	preflight.ChooseOnCPU:       {"没有显卡要填满，用常见值", "no GPU to fill, so the usual value"},
	preflight.ChooseMultiple:    {"要是显卡数 {gpus} 的倍数", "a multiple of the {gpus} GPUs"},
	preflight.ChooseProcessors:  {"实例分到 {cpus} 个处理器，留一个给训练本身", "the instance has {cpus} processors, and one is left to the training itself"},
	preflight.ChooseShm:         {"共享内存只有 {bytes:size}", "the shared memory has {bytes:size} only"},
	preflight.ChooseCacheFits:   {"全部图片约 {bytes:size}，内存放得下", "all pictures take about {bytes:size}, which fits into memory"},
	preflight.ChooseCacheOff:    {"全部图片约 {bytes:size}，放进内存不稳妥或没有用处", "all pictures take about {bytes:size}, which memory may not hold or would not gain by"},
	preflight.ChooseOneGPU:      {"torch 看到一块显卡", "torch sees one GPU"},
	preflight.ChooseAllGPUs:     {"torch 看到 {gpus} 块显卡，一起用", "torch sees {gpus} GPUs, and all are used"},
	preflight.ChooseCPU:         {"torch 看不到显卡", "torch sees no GPU"},
	preflight.ChooseLauncherOld: {"有 {gpus} 块显卡，但这个版本的代码配这个 torch 只能用一块", "of {gpus} GPUs this code can use one with this torch"},
}

var settingForms = struct{ line, otherwise, none, noCache, autoBatch say }{
	line:      say{"{name}：{value}（{why}）。{otherwise}", "{name}: {value} ({why}). {otherwise}"},
	otherwise: say{"另选的代价：{price}。", "Otherwise: {price}."},
	none:      say{"无，从零开始", "none, from scratch"},
	noCache:   say{"不用", "off"},
	autoBatch: say{"自动", "automatic"},
}

// SettingText is one option of a training in words.
type SettingText struct{ Name, Value, Why, Otherwise string }

// Decision says what an option is, why, and the price of choosing otherwise.
func (t *Text) Decision(d preflight.Decision) SettingText {
	s := SettingText{Name: optionNames[d.Option].in(t.Lang), Value: t.value("", d.Value)}
	if s.Name == "" {
		s.Name = t.value("", d.Option)
	}
	switch {
	case d.Option == "weights" && d.Value == "":
		s.Value = settingForms.none.in(t.Lang)
	case d.Option == "cache" && d.Value == "":
		s.Value = settingForms.noCache.in(t.Lang)
	case d.Option == "batch" && d.Value == "-1":
		s.Value = settingForms.autoBatch.in(t.Lang) + " (-1)"
	}
	s.Why = t.Fill(whys[d.Why].in(t.Lang), d.Args)
	s.Otherwise = otherwise[d.Option].in(t.Lang)
	return s
}

// setting writes an option as one sentence, of the details that NoteSetting
// tells.
func (t *Text) setting(args map[string]string) string {
	rest := maps.Clone(args)
	d := t.Decision(preflight.Decision{Option: args["option"], Value: args["value"], Why: preflight.Choosing(args["why"]), Args: rest})
	price := ""
	if d.Otherwise != "" {
		price = t.Fill(settingForms.otherwise.in(t.Lang), map[string]string{"price": d.Otherwise})
	}
	return t.Fill(settingForms.line.in(t.Lang), map[string]string{"name": d.Name, "value": d.Value, "why": d.Why, "otherwise": price})
}
