package text

import (
	"slices"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// ExplainText tells what a beginner wants to know of a step beyond its name.
type ExplainText struct {
	Cost  string   // what the step costs, in a few words
	Costs string   // the same in a sentence or two
	Wrong []string // what can go wrong, and what then
}

type explainSay struct {
	cost, costs say
	wrong       []say
}

// Explain returns what there is to know of a step. The practice instance costs
// nothing.
func (t *Text) Explain(step journey.Step, practice bool) ExplainText {
	e := explains[step]
	x := ExplainText{Cost: e.cost.in(t.Lang), Costs: e.costs.in(t.Lang)}
	if practice {
		x.Cost, x.Costs = practiceCost.in(t.Lang), practiceCosts.in(t.Lang)
	}
	for _, w := range e.wrong {
		x.Wrong = append(x.Wrong, w.in(t.Lang))
	}
	return x
}

var (
	practiceCost  = say{"练习，不花钱", "practice, free"}
	practiceCosts = say{"不花钱：练习实例在这台电脑里。", "Nothing: the practice instance is inside this computer."}
	free          = say{"不花钱，在自己电脑上", "free, on this computer"}
	freeCosts     = say{"不花钱：全在自己的电脑上做，还没有租任何东西。", "Nothing: all of it is done on this computer, and nothing is rented yet."}
)

var explains = map[journey.Step]explainSay{
	journey.Region: {
		cost: free, costs: say{"不花钱：只是记下选择。价格是以前见过的，以平台网页为准。", "Nothing: it only keeps your choice. The prices were seen some time ago; the platform's page shows today's."},
		wrong: []say{
			{"想要的显卡没有空闲：换一个地区或型号，回到这一步改一下就行。", "The GPU you want is not free: take another region or model, and change the choice here."},
			{"网盘和实例不在同一个地区：实例里会看不到网盘上的文件。", "Disk and instance lie in different regions: the files on the disk cannot be seen from the instance."},
			{
				"租了 AutoDL 上标着“潮汐”的便宜实例：那是别人一时不用的显卡，忙时可能不留给你，以它的页面为准；关机后数据只留 7 天，普通实例是 15 天。",
				"You took a cheap AutoDL instance marked 潮汐 (tidal): a GPU idle for now, which may not be kept for you, as its page says. Once off, its data stay 7 days, not 15.",
			},
		},
	},
	journey.Check: {
		cost: free, costs: freeCosts,
		wrong: []say{
			{"图片和标注对不上、打不开、框画到图外：向导会列出是哪个文件，并说能不能自动修好。", "Labels without pictures, files that do not open, boxes beyond the edge: each file is named, with what can be mended by the wizard."},
			{"训练和验证里有同一张图：得分会虚高，向导可以重新划分。", "The same picture on both sides of the split: the score would be too good. The wizard can divide afresh."},
		},
	},
	journey.Convert: {
		cost: free, costs: freeCosts,
		wrong: []say{
			{"硬盘满了：删掉一些东西再试，做到一半的不会算数。", "The disk is full: make room and try again; what is half done does not count."},
			{"检查以后又改了图片或标注：向导会发现，并请你重新检查。", "Pictures or labels changed after the check: the wizard notices, and asks you to check again."},
		},
	},
	journey.Classes: {
		cost: free, costs: freeCosts,
		wrong: []say{
			{"找不到 YOLOv5 代码：把 yolov5_code 文件夹放进项目文件夹。", "The YOLOv5 code is not found: put the folder yolov5_code into the project's folder."},
			{"批太大，显存放不下（CUDA out of memory）：把每批图片数减半。", "The batch is too large for the GPU's memory (CUDA out of memory): halve the pictures per batch."},
		},
	},
	journey.Upload: {
		cost: say{"实例开机就计费", "billed while the instance is on"},
		costs: say{
			"从你在面板上开机的那一刻起计费，直到关机。上传时可以用便宜得多的无卡模式。",
			"The billing begins when you start the instance in the panel, and ends when it is stopped. For the upload the much cheaper no-GPU mode will do.",
		},
		wrong: []say{
			{"连不上：实例可能还没开机；重启后端口和密码会变，请重新复制登录指令。", "No connection: the instance may not be on yet. After a restart its port and password change: copy the login command anew."},
			{"传到一半断网：自动重连，从断点继续，传好的不会重传。", "The network drops half-way: it reconnects and goes on from there; what was sent is not sent again."},
		},
	},
	journey.Train: {
		cost: say{"实例开机就计费", "billed while the instance is on"},
		costs: say{
			"实例按小时计费，训练多久就花多久的钱。下面一直显示已经花了多少、还要多久。",
			"The instance is billed by the hour, for as long as the training takes. What it has cost and how long it will take is shown all the time.",
		},
		wrong: []say{
			{"训练报错停下：向导读日志，说出原因，并给出改法。", "The training stops with an error: the wizard reads the log, says why, and offers the mend."},
			{"断网或合上电脑：训练在实例上继续。再打开向导，就接着看。", "The network drops or the laptop is closed: the training goes on at the instance. Open the wizard again to go on watching."},
			{"忘了关机：训练完也继续计费。请走完最后一步。", "The instance is forgotten: it is billed on after the training. Take the last step too."},
		},
	},
	journey.Download: {
		cost: say{"关机后停止计费", "the billing ends when it is stopped"},
		costs: say{
			"下载期间仍在计费。模型安全到手后，向导问你要不要关机；只有真正看到关了，才说“已关”。",
			"The instance is billed while you download. Once the model is safely here you are asked about stopping it; “off” is said only of what was seen to be off.",
		},
		wrong: []say{
			{"下载中断：再试一次，从断点继续。", "The download breaks off: try again, it goes on from there."},
			{"不能确认已经关机：马上到平台网页看一眼，否则可能一直计费。", "It cannot be confirmed that the instance is off: look into the platform's page at once, or it may go on being billed."},
		},
	},
}

// A Term is a word that a beginner may not know, with a sentence that explains
// it.
type Term struct{ Name, Means string }

// Glossary returns the words, in the order of the language.
func (t *Text) Glossary() []Term {
	terms := make([]Term, 0, len(glossary))
	for _, g := range glossary {
		terms = append(terms, Term{g[0].in(t.Lang), g[1].in(t.Lang)})
	}
	if t.Lang == EN {
		slices.SortFunc(terms, func(a, b Term) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	}
	return terms
}

// glossary is in the order in which a beginner meets the words.
var glossary = [][2]say{
	{{"GPU（显卡）", "GPU"}, {"擅长大量并行计算的芯片。训练模型用它，比普通处理器快几十倍。", "A chip that does very many sums at once. A training on it is tens of times faster than on an ordinary processor."}},
	{{"实例", "instance"}, {"租来的一台远程电脑，通常带一块显卡。开机就计费，关机就停。", "A computer far away that you rent, usually with a GPU. It is billed while it is on."}},
	{{"练习实例", "practice instance"}, {"这台电脑里的一台实例，用起来和租来的一样：不租机器，不花钱。", "An instance inside this computer that is used as a rented one is: nothing is rented, and nothing costs money."}},
	{{"演练", "rehearsal"}, {"练习实例上的训练，是把录好的一次放给你看：没有真正训练，得到的文件也不是模型。", "The training on the practice instance: a recorded one is played back. Nothing is trained, and the file that it leaves is no model."}},
	{{"面板", "panel"}, {"平台网页上管理实例的那一页：租、开机、关机、看登录指令都在那里。", "The platform's web page for your instances: there you rent, start and stop them, and find the login command."}},
	{{"镜像", "image"}, {"实例上预先装好的系统和软件。选带 PyTorch 的。", "The system and programs that come with an instance. Take one with PyTorch."}},
	{{"地区", "region"}, {"机器所在的机房。实例只能看到同一地区的网盘。", "The place where the machines stand. An instance sees only the disks of its own region."}},
	{{"网盘、数据盘", "disk"}, {"平台给你放文件的空间。数据盘跟着实例，网盘跟着地区。", "Room for your files on the platform. The data disk belongs to the instance, the network disk to the region."}},
	{{"代金券", "voucher"}, {"平台送给新账号的钱，够练一次小模型。", "Money that a platform gives to new accounts; enough for a small training."}},
	{{"无卡模式", "no-GPU mode"}, {"不带显卡开机，每小时只要几分到一毛钱。适合上传文件，不能训练。", "The instance started without its GPU, for next to nothing. Good for uploading, not for training."}},
	{{"潮汐实例", "潮汐 (tidal) instance"}, {"AutoDL 用一时闲着的显卡出租的便宜实例，忙时可能不留给你，以它的页面为准。关机后数据只留 7 天，普通实例是 15 天。", "A cheap instance of AutoDL's on a GPU that is idle for a while; it may not be kept for you at busy hours, as its page says. Once off, its data stay for 7 days; those of others for 15."}},
	{{"SSH", "SSH"}, {"加密登录远程电脑的方法。面板上的“登录指令”就是一条 ssh 命令。", "A way to log in to a computer far away, encrypted. The panel's login command is one of it."}},
	{{"端口", "port"}, {"登录地址里的那个数字，实例重启后常会变。", "The number in the login command. It often changes when the instance restarts."}},
	{{"主机密钥、指纹", "host key, fingerprint"}, {"证明对方就是那台主机。第一次连接要你点头，以后变了会提醒你。", "What shows that it is the very same computer. You are asked once; if it changes later, you are warned."}},
	{{"标注", "label"}, {"图片里有什么、在哪里：一个类别名加一个框。", "What is in a picture, and where: a class and a box."}},
	{{"标注框", "bounding box"}, {"围住物体的长方形，用四个数表示。", "The rectangle around an object, written as four numbers."}},
	{{"类别", "class"}, {"要认的东西的种类，例如 person（人）。", "A kind of thing to find, such as person."}},
	{{"训练集、验证集", "training set, validation set"}, {"前者用来学，后者用来考。同一张图不能两边都有。", "One is to learn from, the other to be examined with. No picture may be in both."}},
	{{"YAML", "YAML"}, {"一种写设置的文本文件，人能看懂。", "A text file of settings that people can read."}},
	{{"nc", "nc"}, {"类别数。YOLOv5 的模型文件原来写着 80。", "The number of classes. YOLOv5's model files say 80."}},
	{{"模型、权重", "model, weights"}, {"练出来的东西：几百万个数，存成一个 .pt 文件。", "What a training makes: millions of numbers in one .pt file."}},
	{{"best.pt", "best.pt"}, {"训练中得分最高的那一轮的模型，要的就是它。", "The model of the epoch with the best score: the one you want."}},
	{{"轮（epoch）", "epoch"}, {"把所有训练图片看一遍，叫一轮。", "One pass through all the pictures to train on."}},
	{{"每批图片数（批大小，batch size）", "batch size"}, {"一次同时看几张图。越大越快，也越占显存。", "How many pictures are looked at together. More is faster and takes more GPU memory."}},
	{{"显存", "GPU memory"}, {"显卡自己的内存。不够时报 CUDA out of memory。", "The GPU's own memory. When it runs out: CUDA out of memory."}},
	{{"误差（loss）", "loss"}, {"模型错得多离谱，训练中应当越来越小。", "How wrong the model is. It should fall during the training."}},
	{{"mAP", "mAP"}, {"精度，从 0 到 1。mAP50 要求框重合一半以上，mAP50-95 要求更严。", "Accuracy, from 0 to 1. mAP50 wants boxes that overlap by half, mAP50-95 is stricter."}},
	{{"精确率、召回率", "precision, recall"}, {"画出来的框里有多少是对的；该找到的物体里找到了多少。", "How many of the boxes drawn are right; and how many of the objects there were found."}},
	{{"值守", "guard"}, {"实例上的一个小程序：预算用完、到了时间或训练后没人管，就替你结束训练、关机。", "A small program on the instance. When the budget is spent, the time is up or nobody comes after the training, it ends and stops things for you."}},
	{{"ONNX", "ONNX"}, {"模型的另一种格式，给 OpenCV、手机等别的程序用。", "Another format of a model, for other programs such as OpenCV and those on phones."}},
	{{"PyTorch、CUDA", "PyTorch, CUDA"}, {"YOLOv5 用的软件，让 Python 在显卡上计算。镜像里已装好。", "The software that lets Python use the GPU. It comes with the image."}},
	{{"校验值（SHA-256）", "checksum, SHA-256"}, {"文件的指纹。两边一样，说明一个字节都没错。", "A file's fingerprint. If both sides have the same, not a byte is wrong."}},
}

// actForms say what an act does; the rest of the line is its path or command.
var actForms = map[wizard.ActKind]say{
	wizard.ActRead:    {"读取", "reads"},
	wizard.ActWrite:   {"写入", "writes"},
	wizard.ActChange:  {"修改副本", "changes a copy of"},
	wizard.ActConnect: {"登录", "logs in"},
	wizard.ActSend:    {"上传", "sends"},
	wizard.ActFetch:   {"下载", "fetches"},
	wizard.ActRun:     {"在实例上运行", "runs on the instance"},
}

// blanks are what is not known yet, in the words of a language.
var blanks = []struct {
	name string
	says say
}{
	{"<data>", say{"<数据文件夹>", "<data folder>"}},
	{"<code>", say{"<代码文件夹>", "<code folder>"}},
	{"<name>", say{"<名字>", "<name>"}},
	{"<home>", say{"<主目录>", "<home>"}},
	{"<n>", say{"<类别数>", "<class count>"}},
	{"<run>", say{"<这次训练>", "<this run>"}},
	{"<login>", say{"<登录指令>", "<login command>"}},
	{"<practice>", say{"<练习实例>", "<practice instance>"}},
	{"<what is missing>", say{"<缺少的模块>", "<what is missing>"}},
}

// Act returns what an act does, and the path or command that it does it with.
func (t *Text) Act(a wizard.Act) (does, what string) {
	does = actForms[a.Kind].in(t.Lang)
	switch {
	case a.Command != "":
		what = a.Command
	case a.Kind == wizard.ActChange:
		what = a.Path + ": " + a.From + " → " + a.To
	case a.To != "":
		what = a.Path + " → " + a.To
	default:
		what = a.Path
	}
	for _, b := range blanks {
		what = strings.ReplaceAll(what, b.name, b.says.in(t.Lang))
	}
	return does, clean.Line(what)
}
