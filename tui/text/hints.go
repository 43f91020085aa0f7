package text

import "gpuwizard/core/journey"

// stepHints are the hints of each step done by hand, from where to look to
// nearly all of it. They are given one at a time, and on demand.
var stepHints = map[journey.Step][]say{
	journey.Region: {
		{"看看网盘页面上写的是哪个地区，实例要选同一个。", "Look at which region the disk's page names: the instance goes there too."},
		{"登录指令里的主机名常常带着地区的代号，例如 connect.nmb1 是内蒙 B 区。", "The host name in the login often has the region's sign in it: connect.nmb1 is region nm-B1."},
		{"还没有登录指令也没关系：先选平台默认的地区，以后在这一步改。", "Without a login yet: take the platform's first region, and change it here later."},
	},
	journey.Check: {
		{"先看最上面的那个问题：它列出了文件名。", "Begin with the finding at the top: it names files."},
		{"用 gpuwizard preview 文件名 看看框是不是画在人身上。", "gpuwizard preview FILE shows whether the boxes lie on what they should."},
		{"用标注工具打开列出的文件，重画或删掉错的框，保存后再看一次。", "Open the files that are named in your labelling program, draw the wrong boxes anew or delete them, save, and look again."},
	},
	journey.Convert: {
		{"比较一个 XML 和它的 txt：框的数目一样吗？数都在 0 到 1 之间吗？", "Compare one XML with its txt: as many boxes? All numbers between 0 and 1?"},
		{"XML 里是左上角和右下角；YOLO 要的是中心和宽高。", "The XML has corners, upper left and lower right; YOLO wants the centre and the size."},
		{"x = (xmin + xmax) / 2 / 图片宽，y 同理用高；w = (xmax - xmin) / 图片宽，h 同理。类别从 0 数起。", "x = (xmin + xmax) / 2 / picture's width, y likewise by its height; w = (xmax - xmin) / width, h likewise. Classes count from 0."},
	},
	journey.Classes: {
		{"要改的数在模型 YAML 的最前面几行里。", "The number to change is within the first lines of the model YAML."},
		{"数据集 YAML 里 names 有几个，nc 就是几；注释不用动。", "nc is how many names the data set YAML has; comments may stay."},
		{"两处都要一致：models 里的 nc，和 data 里的 nc 与 names。缩进用空格，冒号后面空一格。", "Both have to agree: nc below models, and nc with names below data. Indent with blanks, and leave one after a colon."},
	},
	journey.Upload: {
		{"在实例上用 ls 看看解压出了什么，是不是多了一层文件夹。", "Look with ls on the instance what came out of the zip, and whether it is one folder too deep."},
		{"少了文件，多半是 zip 没传完，或者没有解压完：重新上传，再 unzip -o。", "Missing files mostly mean a zip that was not uploaded or unpacked to its end: upload it again and unzip -o."},
		{"images 和 labels 要在同一个文件夹里；data 里的 YAML 要写那个文件夹在实例上的完整路径。", "images and labels belong into one folder, and the YAML below data has to give that folder's full path on the instance."},
	},
	journey.Train: {
		{"看训练输出的最后几行：停在报错，还是还在跑？", "Look at the last lines of the training: did it end with an error, or does it still run?"},
		{"轮数、每批图片数和图片边长要和计划里一样；参数写在 python train.py 后面，或改 train.py 里的默认值。", "Epochs, batch and picture size have to be the plan's: give them after python train.py, or edit the defaults in train.py."},
		{"把上面列出的整条命令复制到实例的终端里运行，等它跑完所有轮。", "Copy the whole command from above into a terminal of the instance, and let it run through all epochs."},
	},
	journey.Download: {
		{"best.pt 在最新一次训练的 weights 文件夹里。", "best.pt lies in the folder weights of the newest run."},
		{"下载后大小和网页上显示的一样吗？不一样就重新下载。", "Is the file as large as the page says? If not, download it again."},
		{"改名为 模型_best.pt，例如 yolov5n_best.pt，放进这里的 result 文件夹。", "Rename it MODEL_best.pt, such as yolov5n_best.pt, and put it into the folder result here."},
	},
}

// StepHints returns the hints of a step, the gentlest first.
func (t *Text) StepHints(step journey.Step) []string {
	var hints []string
	for _, h := range stepHints[step] {
		hints = append(hints, h.in(t.Lang))
	}
	return hints
}

// HandWords are the words around a step done by hand, and around hints.
type HandWords = handOf[string]

type handOf[T any] struct {
	ByHand    T // {name}
	WhatNow   T
	LookAgain T
	Hint      T
	LetWizard T
	Stop      T
	HintOf    T // {number}, {total}, {hint}
	NoHint    T
	HintThere T // offered after every third failure
	DoneSo    T // beside a step that was done by hand
	Mark      T // in the head of a step that is being done by hand
	Differs   T // heading: what the last look saw
	DoThis    T // heading: what to do
	There     T // does it on the instance instead
	Here      T // does it on this computer instead
	Folder    T // where the result lies
	Model     T // where the file of the model lies
	Run       T // where the folder of the run lies
	Code      T // where the code lies
	Place     T // {place}: what was said of it
}

var handWords = handOf[say]{
	ByHand:    say{"亲手做：{name}", "By hand: {name}"},
	WhatNow:   say{"做好了吗？", "Ready?"},
	LookAgain: say{"做好了，核对一下", "Look at what I did"},
	Hint:      say{"给个提示", "Give me a hint"},
	LetWizard: say{"还是让向导来做", "Let the wizard do it after all"},
	Stop:      say{"先停在这里", "Stop here"},
	HintOf:    say{"提示 {number}/{total}：{hint}", "Hint {number} of {total}: {hint}"},
	NoHint:    say{"没有更多提示了：上面列出的就是不对的地方。", "There are no more hints: what differs is told above."},
	HintThere: say{"已经试了几次了，要不要看一个提示？", "You have tried a few times. Would a hint help?"},
	DoneSo:    say{"亲手做的，已核对", "done by hand, and verified"},
	Mark:      say{"亲手做", "by hand"},
	Differs:   say{"核对的结果", "What the wizard saw"},
	DoThis:    say{"要做的事", "What to do"},
	There:     say{"改为在实例上做", "Do it on the instance instead"},
	Here:      say{"改为在这台电脑上做", "Do it on this computer instead"},
	Folder:    say{"数据集放在别处…", "The data set is elsewhere ..."},
	Model:     say{"模型放在别处…", "The model is elsewhere ..."},
	Run:       say{"训练结果放在别处…", "The run is elsewhere ..."},
	Code:      say{"代码放在别处…", "The code is elsewhere ..."},
	Place:     say{"在 {place}", "in {place}"},
}

// Hand returns the words around a step done by hand.
func (t *Text) Hand() HandWords { return spoken[HandWords](t, handWords) }
