package text

import (
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// handNotes tell of steps that the person does by hand: first what to do, then
// what was seen of it.
var handNotes = map[wizard.NoteCode]say{
	wizard.NoteDoRegion: {
		"在{platform:panel}注册，打开算力市场，挑一个有空闲显卡的地区；网盘和实例要在同一个地区。然后把选择填进来。",
		"Register at {platform:panel}, open its market and pick a region with free GPUs; the disk and the instance have to lie in one region. Then fill in what you chose.",
	},
	wizard.NoteDoCheck: {
		"在 {folder} 里只留下 train 和 test 两个文件夹，一张张抽查标注，把有错的改好。",
		"In {folder} keep only the folders train and test, look through the labels one by one, and put right what is wrong.",
	},
	wizard.NoteDoConvert: {
		"新建文件夹 {folder}，里面是 images/train、images/val、labels/train、labels/val：图片原样复制，每张图片在 labels 里有一个同名的 txt，由你自己的脚本写出。",
		"Make a folder {folder} with images/train, images/val, labels/train and labels/val in it: copy the pictures as they are, and let a script of your own write one txt file per picture, of the same name, into labels.",
	},
	wizard.NoteDoConvertThere: {
		"在实例的终端里：把转换脚本的路径改成 {folder}，再运行它；做完后 {folder} 里多了 images 和 labels 两个文件夹。",
		"In a terminal of the instance: set the path in the conversion script to {folder} and run it; afterwards {folder} has two more folders, images and labels.",
	},
	wizard.NoteDoRows: {
		"txt 里一个框一行：类别编号（第一类 {class} 是 0）、中心 x、中心 y、宽、高；后四个数要除以图片的宽或高，都在 0 到 1 之间。",
		"A txt file has one row per box: the class's number ({class}, the first, is 0), centre x, centre y, width, height; the four are divided by the picture's width or height, so they lie between 0 and 1.",
	},
	wizard.NoteDoClasses:  {"打开 {path}，找到 nc 开头的那一行，把数字改成 {nc}，其余不动。", "Open {path}, find the line that begins with nc and set its number to {nc}; leave the rest."},
	wizard.NoteDoDataYAML: {"新建 {path}，内容如下：", "Make a new file {path} with this in it:"},
	wizard.NoteDoVim:      {"在 vim 里：按 i 开始修改，改完按 Esc，再输入 :wq 回车保存。", "In vim: press i to edit, Esc when done, then type :wq and Enter to save."},
	wizard.NoteDoUpload: {
		"把 {dataset} 压缩成 dataset.zip[[，把 {code} 压缩成 yolov5_code.zip]]，到{platform:panel}里的网盘页面上传[[（{zip} 也原样传上去）]]，再打开实例的终端解压：",
		"Zip {dataset} as dataset.zip[[ and {code} as yolov5_code.zip]], upload them[[, with {zip} as it is,]] on the disk's page of {platform:panel}, then unpack them in a terminal of the instance:",
	},
	wizard.NoteDoTrain:    {"在实例的终端里：", "In a terminal of the instance:"},
	wizard.NoteDoDownload: {"从实例下载 {run}，改名为 {model}，放进这里的 {folder} 文件夹。", "Download {run} from the instance, rename it {model}, and put it into the folder {folder} here."},
	wizard.NoteDoCurves: {
		"想要曲线，就把 {run} 里的 results.csv 和图片也下载到 {folder}，会一起核对。报告由向导来写。用模型试几张图片不在亲手做的范围里：想要的话，让向导来做这一步。",
		"For the curves download results.csv and the pictures of {run} into {folder} too: they are verified as well. The wizard writes the report. Trying the model on some pictures is no part of this: for that, let the wizard do the step.",
	},
	wizard.NoteDoThenLook: {"做完后回到这里，向导来核对。", "When it is done, come back here: the wizard looks at it."},

	wizard.NoteHandLooked:      {"看了 {path}。", "Looked at {path}."},
	wizard.NoteHandHolds:       {"你亲手做的“{step:step}”没有问题。", "What you did by hand holds: {step:step}."},
	wizard.NoteHandNoFolder:    {"没有找到放{what:word}的文件夹：看过 {path}。", "No folder with the {what:word} was found; looked in {path}."},
	wizard.NoteHandDeeper:      {"多了一层文件夹：要的东西在 {found} 里，不在 {path} 里。", "One folder too deep: what is wanted lies in {found}, not in {path}."},
	wizard.NoteHandMissing:     {"{what:word}缺少 {count:count} 个文件：{files}", "{count:count} file{count:s} of the {what:word} missing: {files}"},
	wizard.NoteHandDiffers:     {"{what:word}有 {count:count} 个文件的内容不一样：{files}", "{count:count} file{count:s} of the {what:word} with another content: {files}"},
	wizard.NoteHandExtra:       {"{what:word}里多了 {count:count} 个不属于这份数据的文件：{files}", "{count:count} file{count:s} among the {what:word} that do not belong to these data: {files}"},
	wizard.NoteHandPart:        {"{count:count} 张图片本来属于{part:word}，却放在别处：{files}", "{count:count} picture{count:s} for {part:word} lie elsewhere: {files}"},
	wizard.NoteHandNoLabel:     {"{count:count} 张图片有框却没有标签文件：{files}", "{count:count} picture{count:s} with boxes but without a label file: {files}"},
	wizard.NoteHandRow:         {"{path} 第 {line} 行不是“类别 x y 宽 高”五个数：{got}", "{path}, line {line} is not five numbers, class x y width height: {got}"},
	wizard.NoteHandRowCount:    {"{path} 有 {got} 行，应有 {want} 行（一个框一行）。", "{path} has {got} row{got:s}, and {want} are wanted: one per box."},
	wizard.NoteHandClass:       {"{path} 第 {line} 行的类别编号是 {got}，应为 {want}（编号从 0 开始）。", "{path}, line {line}: the class's number is {got} and should be {want}; numbers begin at 0."},
	wizard.NoteHandScale:       {"{path} 第 {line} 行有大于 1 的数，看来是像素，没有除以图片的宽和高：{got}", "{path}, line {line} has numbers above 1: pixels, it seems, not divided by the picture's width and height: {got}"},
	wizard.NoteHandCorners:     {"{path} 第 {line} 行写的是左上角和右下角，应是中心和宽高：现在 {got}，应为 {want}", "{path}, line {line} holds corners in place of centre and size: {got}, should be {want}"},
	wizard.NoteHandBox:         {"{path} 第 {line} 行的框位置不对：现在 {got}，应为 {want}", "{path}, line {line}: the box lies elsewhere: {got}, should be {want}"},
	wizard.NoteHandMore:        {"还有 {count:count} 个标签文件也不对。", "{count:count} more label file{count:s} differ."},
	wizard.NoteHandYAML:        {"{path} 第 {line} 行起读不懂：检查缩进、冒号和引号。", "{path} cannot be read from line {line} on: look at its indents, colons and quotes."},
	wizard.NoteHandNC:          {"{path} 第 {line} 行：nc 是 {got}，应为 {want}。", "{path}, line {line}: nc is {got} and should be {want}."},
	wizard.NoteHandNames:       {"{path} 里的类别是 {got}，应为 {want}（顺序也要一样）。", "{path} names the classes {got}; they should be {want}, in this order."},
	wizard.NoteHandPath:        {"{path} 里的 {key} 指向 {got}，那里不是要用的文件夹[[；应为 {want}]]。", "{path}: {key} leads to {got}, which is not the folder to use[[; it should be {want}]]."},
	wizard.NoteHandSetting:     {"{path} 里的 {key} 是“{got}”，计划里是“{want}”。", "{path} has {key} “{got}”, and the plan “{want}”."},
	wizard.NoteHandNoRun:       {"没有找到训练的结果：看过 {path}。训练开始后那里会有 opt.yaml。", "No run of a training was found; looked in {path}. Once begun, a run has an opt.yaml there."},
	wizard.NoteHandOldRun:      {"{path} 比数据集 YAML 还旧：它不是用现在的数据训练的。", "{path} is older than the data set YAML: it was not trained with the present data."},
	wizard.NoteHandNotFinished: {"{run} 还没有训练完：{epochs} / {of} 轮。", "{run} has not ended: {epochs} of {of} epochs."},
	wizard.NoteHandNoModel:     {"没有 {path}，或者它是空的。", "There is no {path}, or it is empty."},
	wizard.NoteHandName:        {"{path} 还没有改名：应叫 {want}。", "{path} is not renamed yet: it should be called {want}."},
	wizard.NoteHandSum:         {"{path} 和实例上的 best.pt 不一样（校验值 {got:short}，那边是 {want:short}）：可能没有下载完，或者是另一次训练的。", "{path} is not the best.pt on the instance (checksum {got:short}, there {want:short}): cut off on the way, or of another run."},
	wizard.NoteHandCurves:      {"训练的曲线和图片：{count:count} 个文件在 {folder} 里，和实例上的一样。要更多，从 {run} 下载，再看一次。", "Curves and pictures of the training: {count:count} file{count:s} in {folder}, the same as on the instance. For more, download them from {run} and look again."},
	wizard.NoteHandOther:       {"{count:count} 个文件和这次训练的不一样，没有算进来：{files}", "{count:count} file{count:s} not of this training, and not counted: {files}"},
	wizard.NoteHandUnknown:     {"代码只在实例上，没有可以对照的：只看了要改的文件。", "The code is on the instance alone, with nothing to compare: only the files to be edited were looked at."},
}

var handProblems = map[problem.Code]trouble{
	wizard.ByHandDiffers: {
		say{"亲手做的“{step:step}”还有 {count:count} 处不对，见上面。", "“{step:step}”, done by hand, does not hold yet: {count:count} thing{count:s}, listed above."},
		say{"照着改好，再让向导看一次；也可以让向导来做这一步。", "Put them right and let the wizard look again; or let the wizard do the step."},
	},
}
