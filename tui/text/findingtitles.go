package text

// findingTitles name a finding in a list, by its check or by check and kind:
// what is the matter with it is said beside them.
var findingTitles = map[string]say{
	"foreign-labels":        {"标注与图片不符", "labels of other pictures"},
	"foreign-labels/scaled": {"缩放过的图片", "scaled pictures"},
	"no-labels":             {"没有标注框", "no boxes"},
	"class-names":           {"类别名有问题", "doubtful class names"},
	"leak":                  {"训练和验证有同一张图", "same picture on both sides"},
	"leak/near":             {"训练和验证有相似的图", "look-alikes on both sides"},
	"duplicate-images":      {"重复的图片", "repeated pictures"},
	"duplicate-images/near": {"几乎一样的图片", "look-alikes"},
	"missing-fields":        {"标注缺少字段", "labels with gaps"},
	"bad-box":               {"不合理的框", "impossible boxes"},
	"bad-box/outside":       {"超出图片的框", "boxes beyond the edge"},
	"bad-box/reversed":      {"写反了的框", "boxes with swapped corners"},
	"bad-box/empty":         {"没有面积的框", "boxes without an area"},
	"rotated":               {"横着存的照片", "photos stored sideways"},
	"unlabelled":            {"没有标注的图片", "pictures without labels"},
	"unlabelled/empty":      {"标注里没有物体", "labels without objects"},
	"no-picture":            {"找不到图片的标注", "labels without pictures"},
	"unreadable":            {"读不了的文件", "unreadable files"},
	"unreadable/label":      {"读不了的标注", "unreadable labels"},
	"wrong-extension":       {"扩展名不符的文件", "wrong file endings"},
	"encoding":              {"文字编码", "text encodings"},
	"imbalance":             {"各类别多少不均", "uneven classes"},
	"imbalance/tiny":        {"很小的框", "tiny boxes"},
	"difficult":             {"标为 difficult 的框", "boxes marked difficult"},
	"duplicate-rows":        {"写了两遍的框", "boxes written twice"},
	"not-looked-at":         {"没打开看的图片", "pictures not opened"},
}

// FindingTitle names a finding, given its details.
func (t *Text) FindingTitle(args map[string]string) string {
	title, ok := findingTitles[args["check"]+"/"+args["kind"]]
	if !ok {
		title, ok = findingTitles[args["check"]]
	}
	if !ok {
		return t.value("", args["check"])
	}
	return title.in(t.Lang)
}
