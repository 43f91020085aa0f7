package text

import "gpuwizard/core/dataset"

// findings by check, or by check and its kind with a slash between. What
// follows in the sentence (how many files, and which) is added by Finding.
var findings = map[string]say{
	"foreign-labels/other":  {"标注里写的图片尺寸和图片本身不一致：标注可能属于别的图片", "the picture size in the label differs from the picture: the label may belong to another one"},
	"foreign-labels/scaled": {"图片缩放过，标注按比例换算即可", "the pictures were scaled since they were labelled; the boxes are scaled with them"},
	"foreign-labels":        {"标注与图片不符", "labels that do not fit their pictures"},
	"no-labels":             {"[[{part:word}部分]]一个框都没有，学不到任何东西（先用 labelImg、Roboflow 等软件画框）", "no boxes at all[[ in the {part:word} part]], so there is nothing to learn from (draw them first, as with labelImg or Roboflow)"},
	"class-names/case":      {"类别名 {class} 和 {other} 只差大小写，会被当成两类", "the class names {class} and {other} differ in upper and lower case only and would count as two"},
	"class-names/typo":      {"类别名 {class}（{boxes} 个框）像是 {other}（{other-boxes} 个框）的笔误，会被当成两类", "the class name {class} ({boxes} box{boxes:es}) looks like a slip for {other} ({other-boxes} box{other-boxes:es}) and would count as a class of its own"},
	"class-names/blank":     {"类别名前后有空格，转换时去掉", "class names with blanks around them, which are taken away"},
	"class-names/only-val":  {"类别 {class} 只出现在验证集里，学不到", "the class {class} occurs in the validation part only and cannot be learnt"},
	"class-names/unnamed":   {"有 {boxes} 个框的类别只有编号、没有名字（例如 {class}）：在标签旁放一个 classes.txt，每行一个名字，从 0 号开始", "{boxes} boxes have a class with a number but no name (such as {class}): put a classes.txt beside the labels, with one name a line, from number 0 on"},
	"class-names/only-train": {
		"类别 {class} 只出现在训练集里，没法打分", "the class {class} occurs in the training part only and cannot be scored",
	},
	"class-names":              {"类别名有问题", "class names that look wrong"},
	"leak/near":                {"训练集和验证集里有几乎一样的图片，分数会虚高", "nearly the same picture to train and to validate on: the scores would look too good"},
	"duplicate-images/near":    {"有几乎一样的图片", "pictures that are nearly the same"},
	"rotated/stored":           {"照片存的时候是横着的，框是按横着的样子画的，转换时一起转正", "photos stored turned, with boxes drawn on the turned picture; both are put upright"},
	"rotated/seen":             {"照片存的时候是横着的，框是按看到的样子画的，转换时把图片转正", "photos stored turned, with boxes drawn on what one sees; the pictures are put upright"},
	"rotated/unclear":          {"照片存的时候是横着的，看不出框是按哪个方向画的，请打开看看", "photos stored turned, and it is unclear which way the boxes were drawn: look at them"},
	"rotated":                  {"照片存的时候是横着的", "photos that are stored turned"},
	"imbalance/rare":           {"类别 {class} 只有 {boxes} 个框，{other} 却有 {other-boxes} 个，少的那一类学得不好", "the class {class} has {boxes} box{boxes:es} and {other} has {other-boxes}: the rare one is learnt badly"},
	"imbalance/few":            {"类别 {class} 只有 {boxes} 个框，太少了，学得不好", "the class {class} has {boxes} box{boxes:es} only, too few to be learnt well"},
	"imbalance/tiny":           {"{of} 个框里有 {boxes} 个很小，按现在的图片尺寸可能学不到，可以把图片边长调大", "{boxes} of {of} boxes are tiny and may be missed at this image size: a larger one helps"},
	"imbalance":                {"各类别多少不均", "classes of very different size"},
	"encoding/name":            {"文件名的文字编码是 {encoding}，转换时处理", "file names in the text encoding {encoding}, which is taken care of"},
	"leak":                     {"同一张图片既用来训练又用来验证，分数会虚高", "the same picture to train and to validate on: the scores would look too good"},
	"duplicate-images":         {"有重复的图片", "the same picture more than once"},
	"missing-fields/size":      {"标注里没有图片尺寸，改用图片本身的尺寸", "labels without a picture size; the picture's own is used"},
	"missing-fields/difficult": {"标注里没有 difficult 一项，当作 0", "labels without the field difficult, taken as 0"},
	"missing-fields/box":       {"有的物体没有框，已跳过", "objects without a box, which are left out"},
	"missing-fields":           {"标注缺少字段", "labels with fields missing"},
	"bad-box/outside":          {"有 {boxes} 个框超出图片，裁到图片边缘", "{boxes} box{boxes:es} reaching beyond the picture, cut at its edge"},
	"bad-box/reversed":         {"有 {boxes} 个框的左右或上下写反了，已调换", "{boxes} box{boxes:es} with corners swapped, put right"},
	"bad-box/empty":            {"有 {boxes} 个框没有面积，已去掉", "{boxes} box{boxes:es} without an area, left out"},
	"bad-box":                  {"有不合理的框", "boxes that cannot be right"},
	"unlabelled/missing":       {"图片没有对应的标注", "pictures without a label"},
	"unlabelled/empty":         {"图片的标注里没有物体（当作背景）", "pictures whose label names no object (taken as background)"},
	"unlabelled":               {"没有标注的图片", "pictures without labels"},
	"no-picture":               {"标注找不到对应的图片，已跳过", "labels whose picture is missing; left out"},
	"unreadable":               {"读不了的文件[[：{reason:word}]]", "files that cannot be read[[: {reason:word}]]"},
	"unreadable/label":         {"标注文件读不了[[：{reason:word}]]；重新导出，或连同图片移走", "label files that cannot be read[[: {reason:word}]]; export them again, or move them away with their pictures"},
	"wrong-extension":          {"扩展名和内容不符[[，其实是 {format}]]", "files whose ending is wrong[[; in truth {format}]]"},
	"encoding":                 {"标注的文字编码是 {encoding}，转换时处理", "labels in the text encoding {encoding}, which is taken care of"},
	"difficult":                {"有 {boxes} 个框标为 difficult（难以辨认），照常使用", "{boxes} box{boxes:es} marked as difficult to see, used like the others"},
	"not-looked-at":            {"跳过了完整查看，{pictures} 张图片里有一些没打开看，其中有没有损坏的、几乎一样的还不知道；再检查一次可以补看", "the full look was skipped, and of {pictures} pictures some were not opened: damaged ones and look-alikes among them are not known; check again to see them"},
	"duplicate-rows":           {"有 {boxes} 个框重复写了两遍，只留一个", "{boxes} box{boxes:es} written twice; one of each is kept"},
}

var severities = map[dataset.Severity]say{
	dataset.Ruins: {"严重", "serious"},
	dataset.Harms: {"影响效果", "harmful"},
	dataset.Minor: {"提示", "note"},
}

var mends = map[dataset.Mend]say{
	dataset.MendAuto: {"转换时自动处理", "mended when the labels are converted"},
	dataset.MendAsk:  {"改不改由你，不改也能继续", "your decision; you can go on as it is"},
	dataset.MendNone: {"需要你在原数据里修改", "only you can mend it, in your data"},
}

// checkName returns the name of a check in a sentence.
func (t *Text) checkName(check string) string {
	if s, ok := findings[check]; ok {
		return t.Fill(s.in(t.Lang), nil)
	}
	return t.value("", check)
}

// Severity returns the word for a severity.
func (t *Text) Severity(s dataset.Severity) string { return severities[s].in(t.Lang) }

// Mend says who puts a finding right, given how bad it is.
func (t *Text) Mend(s dataset.Severity, m dataset.Mend) string {
	if s == dataset.Ruins && m == dataset.MendAsk {
		return mustDecide.in(t.Lang)
	}
	return mends[m].in(t.Lang)
}

var mustDecide = say{"先决定怎样处理，才能继续", "decide what to do about it before you go on"}

// Finding writes a finding as one sentence: its details as a step tells them,
// with check, severity, mend, count and files among them.
func (t *Text) Finding(args map[string]string) string {
	form, ok := findings[args["check"]+"/"+args["kind"]]
	if !ok {
		form, ok = findings[args["check"]]
	}
	if !ok {
		form = say{"{check}", "{check}"}
	}
	body := t.Fill(form.in(t.Lang), args)
	tail := say{"[[（{count:count} 个文件：{files}）]]", "[[ ({count:count} file{count:s}: {files})]]"}
	if args["line"] != "" {
		tail = say{"[[（{count:count} 个文件，冒号后是行号：{files}）]]", "[[ ({count:count} file{count:s}, the line after the colon: {files})]]"}
	}
	severity := ""
	if args["severity"] != "" {
		severity = t.Severity(dataset.Severity(args["severity"])) + say{"：", ": "}.in(t.Lang)
	}
	return severity + body + t.Fill(tail.in(t.Lang), args)
}
