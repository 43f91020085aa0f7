package text

// DataText holds the words of reports and previews of labelled pictures. Its
// fields are filled from dataWords by name.
type DataText struct {
	Title, Pictures, Boxes, Classes, Train, Val, Undivided string
	Findings, NoFindings, Files, MoreFiles, Sound, Ruined  string
	Samples, SamplesNote, Pairs, PairsNote, PairsUnknown   string
	ClassBoxes, Sizes, SizesNote, Width, Height            string
	Places, PlacesNote, Damaged                            string
	PreviewTitle                                           string // path, width, height, boxes
}

var dataWords = struct {
	Title, Pictures, Boxes, Classes, Train, Val, Undivided,
	Findings, NoFindings, Files, MoreFiles, Sound, Ruined,
	Samples, SamplesNote, Pairs, PairsNote, PairsUnknown,
	ClassBoxes, Sizes, SizesNote, Width, Height,
	Places, PlacesNote, Damaged, PreviewTitle say
}{
	Title:        say{"数据检查报告", "Data report"},
	Pictures:     say{"图片", "pictures"},
	Boxes:        say{"标注框", "boxes"},
	Classes:      say{"类别", "classes"},
	Train:        say{"训练", "training"},
	Val:          say{"验证", "validation"},
	Undivided:    say{"未划分", "not divided"},
	Findings:     say{"发现的问题", "Findings"},
	NoFindings:   say{"没有发现问题。", "Nothing was found."},
	Sound:        say{"没有会毁掉训练的问题，可以用来训练。", "Nothing that would ruin a training: it can be trained on."},
	Ruined:       say{"这样训练不出有用的模型：先改好标着“严重”的，再检查一次。", "No useful model would come of this: mend what is called serious, then check again."},
	Files:        say{"文件", "files"},
	MoreFiles:    say{"还有", "and more:"},
	Samples:      say{"带框的图片", "Pictures with their boxes"},
	SamplesNote:  say{"最值得看的在前。框画歪了、标错了，一眼就能看出来。", "Those most worth a look come first. Boxes that are off, or have the wrong name, show at a glance."},
	Pairs:        say{"相似的图片", "Look-alikes"},
	PairsNote:    say{"几乎相同的图片。如果一张在训练、一张在验证，得分会虚高。", "Pictures that are nearly the same. With one in training and one in validation, the score is too good."},
	PairsUnknown: say{"没有比较图片。", "The pictures were not compared."},
	ClassBoxes:   say{"每个类别的框数", "Boxes of each class"},
	Sizes:        say{"框的大小", "Sizes of the boxes"},
	SizesNote:    say{"图片长边缩到 640 像素时框的宽和高。太小的框很难学会。", "Width and height when the picture's longer side is 640 pixels. Very small boxes are hard to learn."},
	Width:        say{"宽", "width"},
	Height:       say{"高", "height"},
	Places:       say{"框的位置", "Where the boxes are"},
	PlacesNote:   say{"框的中心在图片里的分布。", "Where in the picture the centres of the boxes lie."},
	Damaged:      say{"无法显示", "cannot be shown"},
	PreviewTitle: say{"{path}（{width} × {height}，{boxes} 个框）", "{path} ({width} x {height}, boxes: {boxes})"},
}

// Data returns the words of reports and previews.
func (t *Text) Data() DataText { return spoken[DataText](t, dataWords) }
