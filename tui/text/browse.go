package text

// BrowseText is the words of looking through the labelled pictures.
type BrowseText = browseOf[string]

type browseOf[T any] struct {
	Findings, Pictures, Numbers  T // the pages
	Nothing, NothingYet, Opening T
	FileOf, ItemOf               T // {file}, {of}
	Facts                        T // {width}, {height}, {boxes}
	NoPicture                    T // {detail}
	ReadSoFar                    T // {done}, {total}
	ClassBoxes, Split, Sizes     T
	SizesWhy                     T
	Pixels                       T // {from}, {to}
	Undivided                    T
	NoData                       T
	MoreFindings                 T // {count}
	SoFar                        T // heading, while they are read
}

var browseWords = browseOf[say]{
	Findings: say{"问题", "Findings"}, Pictures: say{"图片", "Pictures"}, Numbers: say{"数字", "Numbers"},
	Nothing:      say{"没有发现问题", "no faults found"},
	NothingYet:   say{"还没有发现问题，正在读…", "Nothing found yet; reading ..."},
	Opening:      say{"正在打开图片…", "opening the picture ..."},
	FileOf:       say{"第 {file}/{of} 个", "{file} of {of}"},
	ItemOf:       say{"第 {file}/{of} 张", "{file} of {of}"},
	Facts:        say{"{width} × {height}，{boxes:count} 个框", "{width} x {height}, {boxes:count} box{boxes:es}"},
	NoPicture:    say{"看不到图片：{detail}", "no picture to see: {detail}"},
	ReadSoFar:    say{"已读 {done:count} / {total:count}", "{done:count} of {total:count} read"},
	ClassBoxes:   say{"每个类别的标注框", "boxes of each class"},
	Split:        say{"划分", "split"},
	Sizes:        say{"框的大小", "sizes of the boxes"},
	SizesWhy:     say{"按训练时 640 像素算；小于 16 像素很难学会", "at 640 pixels, as in training; below 16 is hard to learn"},
	Pixels:       say{"{from}-{to} 像素", "{from}-{to} pixels"},
	Undivided:    say{"未划分", "not divided"},
	MoreFindings: say{"还有 {count} 个问题，按 d 查看", "and {count} more: press d"},
	SoFar:        say{"目前发现", "Found so far"},
	NoData:       say{"还没有可看的数据：先回答“数据文件夹”。", "No data to look at yet: answer “Data folder” first."},
}

// Browse returns the words of looking through the labelled pictures.
func (t *Text) Browse() BrowseText { return spoken[BrowseText](t, browseWords) }
