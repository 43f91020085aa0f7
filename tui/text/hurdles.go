package text

import (
	"strings"

	"gpuwizard/core/dataset"
	"gpuwizard/core/preflight"
)

// hurdle is what stands in a training's way: what it is, why it would hurt,
// and its mend.
type hurdle struct{ what, why, mend say }

var hurdles = map[preflight.Check]hurdle{
	preflight.HurdleModules: {
		say{"缺少 Python 模块：{modules}", "Python modules are missing: {modules}"},
		say{"训练一启动就会停下。", "The training would stop as it starts."},
		say{"安装缺少的这几个，不动镜像自带的 torch", "install these alone, and leave the image's torch as it is"},
	},
	preflight.HurdleOldModule: {
		say{"有的 Python 模块比代码要求的旧：{modules}", "Python modules older than the code asks for: {modules}"},
		say{"多半也能训练；v5.0 会自己去下载新版，连不上网就停下。", "It mostly trains all the same; v5.0 fetches newer ones by itself, and stops without a network."},
		say{"安装要求的版本，不动 torch", "install the versions asked for, and leave torch as it is"},
	},
	preflight.HurdleFont: {
		say{"没有字体 {file}", "The font {file} is missing"},
		say{"YOLOv5 会去下载它，连不上那个网站就停下。", "YOLOv5 would fetch it, and stop where that site cannot be reached."},
		say{"放一个字体在那里", "put a font there"},
	},
	preflight.HurdleClasses: {
		say{"{file} 里的类别数是 {got}，数据有 {want} 类", "{file} has {got} classes, the data have {want}"},
		say{"训练会停下，或者学错东西。", "The training would stop, or learn the wrong thing."},
		say{"重新上传改好的文件", "send the right file again"},
	},
	preflight.HurdleYAML: {
		say{"数据集 YAML {file} 不见了、写坏了，或者指向别处", "The data set YAML {file} is missing, broken, or leads elsewhere"},
		say{"训练会找不到图片。", "The training would not find the pictures."},
		say{"重新上传它", "send it again"},
	},
	preflight.HurdleData: {
		say{"{path} 里没有图片", "There are no pictures in {path}"},
		say{"训练一启动就会停下。", "The training would stop as it starts."},
		say{"重新上传数据", "send the data again"},
	},
	preflight.HurdleLabels: {
		say{"{path} 里没有标签（{pictures:count} 张图片）", "There are no labels in {path}, for {pictures:count} pictures"},
		say{"YOLOv5 只在那里找标签，找不到就什么也学不到。", "YOLOv5 looks for labels there alone, and learns nothing without."},
		say{"重新上传数据", "send the data again"},
	},
	preflight.HurdleEmpty: {
		say{"{path} 里的标签文件都是空的", "The label files in {path} are all empty"},
		say{"没有框可学，训练会停下。", "There is no box to learn from: the training would stop."},
		say{"重新上传数据", "send the data again"},
	},
	preflight.HurdleTopClass: {
		say{"{file} 里有编号 {class}，可是只有 {nc} 类", "{file} has the class number {class}, with {nc} classes in all"},
		say{"编号从 0 数起，超出的会让训练停下。", "Numbers count from 0; one beyond them stops the training."},
		say{"重新上传数据", "send the data again"},
	},
	preflight.HurdleNoWeights: {
		say{"实例上没有权重 {file}", "The weights {file} are not on the instance"},
		say{"YOLOv5 会去下载，国内的实例常常连不上那个网站。", "YOLOv5 is going to fetch them; from many instances that site cannot be reached."},
		say{"从零开始训练（更慢，精度通常更低）", "train from scratch (slower, and usually less accurate)"},
	},
	preflight.HurdleWeights: {
		say{"权重 {file} 不完整或不是模型（{bytes:size}）", "The weights {file} are incomplete or no model ({bytes:size})"},
		say{"训练读到它就会停下。", "The training would stop as it reads them."},
		say{"换成完整的", "replace them by whole ones"},
	},
	preflight.HurdleForeign: {
		say{"权重 {file} 属于别的版本：代码里没有 {names}", "The weights {file} are another release's: the code has no {names}"},
		say{"训练读到它就会停下。", "The training would stop as it reads them."},
		say{"从零开始训练；更好的办法是换成同一版本的权重", "train from scratch; weights of the same release would be better"},
	},
	preflight.HurdleDisk: {
		say{"{path} 只剩 {free:size}，训练大约要 {need:size}", "{path} has {free:size} left, and the training takes about {need:size}"},
		say{"写检查点写到一半磁盘满了，模型就坏了。", "A disk that fills up while a checkpoint is written leaves a broken model."},
		say{"请清理那里，或在面板里扩容", "make room there, or enlarge the disk in the panel"},
	},
	preflight.HurdleInodes: {
		say{"{path} 只还能放 {free:count} 个文件", "{path} has room for {free:count} more files"},
		say{"文件数用完时会报磁盘已满，哪怕还有空间。", "With no files left it says that the disk is full, whatever space there is."},
		say{"请删掉那里不用的小文件", "delete small files there that you do not need"},
	},
	preflight.HurdleReadOnly: {
		say{"{path} 不能写入", "{path} cannot be written to"},
		say{"训练没有地方放模型。", "The training has nowhere to put its model."},
		say{"请换一个文件夹（计划里的 remote.folder）", "choose another folder (remote.folder in the plan)"},
	},
	preflight.HurdleShm: {
		say{"共享内存 /dev/shm 只有 {free:size}", "The shared memory /dev/shm has only {free:size}"},
		say{"读图片的进程太多会被系统终止（Bus error）。", "Too many processes that load pictures would be killed by the system (Bus error)."},
		say{"按它的大小决定进程数", "start only as many as fit"},
	},
	preflight.HurdleGit: {
		say{"代码里有 .git：{path}", "The code brings a .git along: {path}"},
		say{"YOLOv5 会用它联网检查更新，遇到所有者不同或没有远程地址时会停下。", "YOLOv5 looks for updates with it, and stumbles over another owner or a missing remote."},
		say{"从实例上的副本里删掉它", "remove it from the copy on the instance"},
	},
	preflight.HurdleWatchers: {
		say{"装有跟踪训练的服务：{names}", "Services that follow trainings are installed: {names}"},
		say{"它们会要账号或网络，让训练停下来等。", "They want an account or a network, and let the training wait."},
		say{"训练时不用它们", "train without them"},
	},
	preflight.HurdleCache: {
		say{"有别的版本留下的缓存：{files}", "Caches of another version are there: {files}"},
		say{"旧缓存会让训练停下，或用旧标签训练。", "An old cache stops the training, or brings old labels back."},
		say{"删掉它们，会重新生成", "delete them; they are made again"},
	},
	preflight.HurdleNoGPU: {
		say{"这台实例没有显卡", "This instance has no GPU"},
		say{"训练会慢几十倍；如果付的是有卡的钱，就白花了。", "The training takes tens of times longer; money for a GPU would be wasted."},
		say{"想用显卡，就到面板里以有卡模式开机再来", "for a GPU, start the instance with it in the panel and come back"},
	},
	preflight.HurdleUnseen: {
		say{"实例有显卡 {gpu}，可是 torch {torch} 看不到它", "The instance has the GPU {gpu}, but torch {torch} does not see it"},
		say{"训练会用处理器，慢几十倍，显卡的钱照付。", "The training would run on the processor, tens of times slower, while the GPU is paid for."},
		say{"换一个带 GPU 版 torch 的镜像；实在要用，也可以改用处理器", "choose an image whose torch is for GPUs, or train on the processor after all"},
	},
	preflight.HurdleArch: {
		say{"torch {torch} 不支持显卡 {gpu}（sm_{sm}）", "torch {torch} has no code for the GPU {gpu} (sm_{sm})"},
		say{"训练一用到显卡就会停下。", "The training would stop at its first use of the GPU."},
		say{"换一个适合这块显卡的镜像（50 系要 CUDA 12.8）；也可以改用处理器", "choose an image for this GPU (50-series cards need CUDA 12.8), or train on the processor"},
	},
	preflight.HurdleBroken: {
		say{"显卡 {gpu} 试算失败：{why}", "The GPU {gpu} failed at a first calculation: {why}"},
		say{"训练一用到显卡就会停下。", "The training would stop at its first use of the GPU."},
		say{"重启实例或换一个镜像；也可以改用处理器", "restart the instance or choose another image, or train on the processor"},
	},
	preflight.HurdleBusy: {
		say{"显卡 {gpu} 的显存已被占用，只剩 {free:size}（共 {of:size}）", "Others hold memory of the GPU {gpu}: {free:size} of {of:size} are left"},
		say{"显存不够时训练会停下。", "Without enough memory the training stops."},
		say{"用 nvidia-smi 看看有没有上次残留的进程", "see with nvidia-smi whether a process was left over"},
	},
	preflight.HurdleNMS: {
		say{"torch {torch} 和 torchvision {torchvision} 的版本不匹配", "torch {torch} and torchvision {torchvision} do not belong together"},
		say{"第一轮验证时训练会停下。", "The training would stop in its first validation."},
		say{"换一个镜像，或重装成匹配的版本", "choose another image, or reinstall them as a pair"},
	},
	preflight.HurdleOldCode: {
		say{"代码比实例上的库旧（{names}；numpy {numpy}，torch {torch}，Pillow {pillow}）", "The code is older than the instance's libraries ({names}; numpy {numpy}, torch {torch}, Pillow {pillow})"},
		say{"训练会停在已经被去掉的函数上。", "The training would stop at functions that were dropped since."},
		say{"改实例上的副本，你的代码不动", "adapt the copy on the instance; your own code stays as it is"},
	},
	preflight.HurdleOwnPip: {
		say{"这一版 YOLOv5 按包名查依赖，会以为缺少 {modules}", "This release of YOLOv5 looks for packages by name, and is going to think that some are missing: {modules}"},
		say{"它会在计费时自己运行 pip，可能弄坏环境；v5.0 装不上就停下。", "It would run pip by itself in paid time, which may break what works; v5.0 stops where pip fails."},
		say{"在实例上的副本里去掉这项检查，你的代码不动", "take that out of the copy on the instance; your own code stays as it is"},
	},
	preflight.HurdleTorch26: {
		say{"torch {torch} 默认不读旧版 YOLOv5 的模型", "torch {torch} refuses by default to read models of this YOLOv5"},
		say{"训练会停在读权重或最后瘦身的时候。", "The training would stop as it reads weights, or at its very end."},
		say{"启动时允许读取（只读自己的文件）", "allow it when the training is started, for files of your own"},
	},
	preflight.HurdleNumPy: {
		say{"numpy {numpy} 和 torch {torch} 不匹配", "numpy {numpy} does not fit torch {torch}"},
		say{"训练读第一批图片时就会停下。", "The training would stop at its first pictures."},
		say{"安装 numpy 1.x", "install numpy 1.x"},
	},
	preflight.HurdleOptions: {
		say{"这份 train.py 不认识参数 {names}", "This train.py does not take {names}"},
		say{"训练一启动就会停下。", "The training would stop as it starts."},
		say{"去掉这些额外参数", "leave these further arguments out"},
	},
	preflight.HurdleLoads: {
		say{"train.py 启动不了：{quote}[[。{meaning}]]", "train.py does not start: {quote}[[. {meaning}]]"},
		say{"训练一启动就会停下。", "The training would stop as it starts."},
		say{"按上面说的原因处理", "mend what is said above"},
	},
}

var hurdleStates = struct{ own, ask, mended, stays, later say }{
	own:    say{"自动处理：{mend}。", "The wizard is going to {mend}."},
	ask:    say{"怎么办：{mend}。", "To mend it: {mend}."},
	mended: say{"已处理：{what}", "taken care of: {what}"},
	stays:  say{"没能解决，照样训练：{what}", "the training goes on with it: {what}"},
	later:  say{"。训练中不能处理；下次开始训练时会再问。", ". It cannot be mended while it trains; the next start asks again."},
}

// HurdleText are the sentences of a hurdle.
type HurdleText struct{ What, Why, Mend string }

// Hurdle says what stands in the training's way, why it would hurt and what
// mends it.
func (t *Text) Hurdle(check preflight.Check, args map[string]string) HurdleText {
	h, ok := hurdles[check]
	if !ok {
		return HurdleText{What: t.value("", string(check))}
	}
	return HurdleText{What: t.Fill(h.what.in(t.Lang), args), Why: t.Fill(h.why.in(t.Lang), args), Mend: t.Fill(h.mend.in(t.Lang), args)}
}

// HurdleName is a hurdle without its details.
func (t *Text) HurdleName(check preflight.Check) string {
	return t.Fill(hurdleNames[check].in(t.Lang), nil)
}

// HurdleLine tells a hurdle, or what became of it, in one line.
func (t *Text) HurdleLine(h preflight.Hurdle) string {
	said := t.Hurdle(h.Check, h.Args)
	switch h.State {
	case preflight.Mended:
		return t.Fill(hurdleStates.mended.in(t.Lang), map[string]string{"what": t.HurdleName(h.Check)})
	case preflight.Stays:
		line := t.Fill(hurdleStates.stays.in(t.Lang), map[string]string{"what": said.What})
		if h.Asks() {
			line += hurdleStates.later.in(t.Lang)
		}
		return line
	}
	form := hurdleStates.ask
	if h.By == dataset.MendAuto {
		form = hurdleStates.own
	}
	stop := say{"。", ". "}.in(t.Lang)
	return strings.TrimSpace(t.Severity(h.Severity) + say{"：", ": "}.in(t.Lang) + said.What + stop +
		t.Join(said.Why, t.Fill(form.in(t.Lang), map[string]string{"mend": said.Mend})))
}

var hurdleNames = map[preflight.Check]say{
	preflight.HurdleModules:   {"缺少的 Python 模块", "missing Python modules"},
	preflight.HurdleOldModule: {"太旧的 Python 模块", "old Python modules"},
	preflight.HurdleFont:      {"字体", "the font"},
	preflight.HurdleClasses:   {"类别数", "the class count"},
	preflight.HurdleYAML:      {"数据集 YAML", "the data set YAML"},
	preflight.HurdleData:      {"图片", "the pictures"},
	preflight.HurdleLabels:    {"标签", "the labels"},
	preflight.HurdleEmpty:     {"空标签", "empty labels"},
	preflight.HurdleTopClass:  {"标签里的类别编号", "class numbers in the labels"},
	preflight.HurdleNoWeights: {"权重", "the weights"},
	preflight.HurdleWeights:   {"权重文件", "the weights file"},
	preflight.HurdleForeign:   {"权重的版本", "the weights' release"},
	preflight.HurdleDisk:      {"磁盘空间", "disk space"},
	preflight.HurdleInodes:    {"文件数", "the number of files"},
	preflight.HurdleReadOnly:  {"不能写入的文件夹", "the folder that cannot be written to"},
	preflight.HurdleShm:       {"共享内存", "shared memory"},
	preflight.HurdleGit:       {"代码里的 .git", "the code's .git"},
	preflight.HurdleWatchers:  {"跟踪训练的服务", "services that follow trainings"},
	preflight.HurdleCache:     {"旧缓存", "old caches"},
	preflight.HurdleNoGPU:     {"没有显卡", "no GPU"},
	preflight.HurdleUnseen:    {"torch 看不到显卡", "a GPU that torch does not see"},
	preflight.HurdleArch:      {"torch 不支持的显卡", "a GPU that torch has no code for"},
	preflight.HurdleBroken:    {"显卡试算", "the GPU's first sum"},
	preflight.HurdleBusy:      {"被占用的显存", "GPU memory held by others"},
	preflight.HurdleNMS:       {"torch 和 torchvision", "torch and torchvision"},
	preflight.HurdleOldCode:   {"比库旧的代码", "code older than its libraries"},
	preflight.HurdleOwnPip:    {"YOLOv5 自己的 pip", "YOLOv5's own pip"},
	preflight.HurdleTorch26:   {"torch 2.6 的读取限制", "torch 2.6 and what it refuses to read"},
	preflight.HurdleNumPy:     {"numpy 的版本", "the version of numpy"},
	preflight.HurdleOptions:   {"不认识的参数", "unknown arguments"},
	preflight.HurdleLoads:     {"train.py 启动不了", "train.py that does not start"},
}
