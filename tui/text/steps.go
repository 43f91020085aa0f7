package text

import "gpuwizard/core/journey"

type stepSay struct{ name, short, gist, why, byHand, does, start say }

var steps = map[journey.Step]stepSay{
	journey.Region: {
		name:  say{"选择地区", "Choose region"},
		short: say{"地区", "Region"},
		gist:  say{"平台、地区和价格；预算够用多久", "platform, region and price; how long your budget lasts"},
		why: say{
			"数据放在哪个地区的网盘，就要在哪个地区租显卡：别的地区的实例看不到它。先把平台、地区和价格定下来，后面就不会传错地方。",
			"A disk is seen only by instances of its own region, so the region comes first: data uploaded to one region cannot be found from another.",
		},
		byHand: say{
			"在平台网站注册，打开算力市场，挑一个有空闲显卡的地区，记下每小时价格；新账号常有一张代金券。",
			"Register on the platform's site, open its market, pick a region with free GPUs and note the price per hour. New accounts often get a voucher.",
		},
		does: say{
			"向导记下你的选择，并算出预算够用多少小时。这一步不花钱，也不联网。",
			"The wizard keeps your choice and works out how many hours the budget lasts. This step costs nothing and connects to nothing.",
		},
		start: say{"记下选择", "Keep this choice"},
	},
	journey.Check: {
		name:  say{"检查数据", "Check data"},
		short: say{"数据", "Data"},
		gist:  say{"付钱之前，先找出会毁掉训练的问题", "finds what would ruin the training, before you pay for it"},
		why: say{
			"标错的框、打不开的图片、混进来的文件会毁掉一次训练，而且往往几小时后才看得出来。现在检查只要几秒，不花钱。",
			"Wrong boxes, unreadable pictures or stray files ruin a training, and often show only hours later. Looking now takes seconds and costs nothing.",
		},
		byHand: say{
			"只留下 train 和 test，删掉 images_label_split 等多余的，再一张张抽查标注。",
			"Keep only train and test, delete the rest, such as images_label_split, and look through the labels one by one.",
		},
		does: say{
			"向导读取每一张图片和它的标注，说出发现的问题。你的文件只读不改。",
			"The wizard reads every picture with its label and says what it finds. Your files are only read, never changed.",
		},
		start: say{"开始检查", "Check now"},
	},
	journey.Convert: {
		name:  say{"转换标签", "Convert labels"},
		short: say{"标签", "Labels"},
		gist:  say{"另写一份 YOLO 标签，原来的文件不动", "writes YOLO labels beside your files, which stay as they are"},
		why: say{
			"YOLOv5 要的是每张图片一个 txt：类别编号和四个 0 到 1 之间的数。XML 和 JSON 标注要转换，已经是 YOLO 格式的会核对后照用。在自己的电脑上做，不占租来的时间。",
			"YOLOv5 wants one txt file per picture, with a class number and four values from 0 to 1. XML and JSON labels are converted to that, YOLO labels taken over. Done here, it costs no rented minutes.",
		},
		byHand: say{
			"在租来的机器上用 vim 改路径，pip install opencv-python，再运行转换脚本。",
			"Edit a path in vim on the rented machine, pip install opencv-python, and run a conversion script there.",
		},
		does: say{
			"向导把转换好的数据写进单独的 prepared 文件夹；原来的图片不动、不移、不改名。",
			"The wizard writes the converted data into a folder of its own, prepared. Your pictures are not moved, renamed or changed.",
		},
		start: say{"开始转换", "Convert now"},
	},
	journey.Classes: {
		name:  say{"修改类别数", "Edit class count"},
		short: say{"类别", "Classes"},
		gist:  say{"写数据集 YAML，改类别数，定训练设置", "writes the data set YAML, sets the class count and the training"},
		why: say{
			"YOLOv5 的模型文件是按 80 类写的，你的数据只有几类：数据集 YAML 和模型 YAML 里要写成你的类别数。训练多久、每次看几张图，也在这里定。",
			"YOLOv5's model files are written for 80 classes and your data has a few: the data set YAML and the model YAML get your number. How long to train and how much at a time is set here too.",
		},
		byHand: say{
			"新建 person.yaml，在 train.py 里改一串参数，再把 models/yolov5n.yaml 里的 nc 改成 1。",
			"Write person.yaml, change a row of parameters in train.py, and set nc to 1 in models/yolov5n.yaml.",
		},
		does: say{
			"向导写好数据集 YAML，并在模型 YAML 的副本里只改 nc 这一个数，其余一个字节都不动。",
			"The wizard writes the data set YAML, and changes the one number nc in a copy of the model YAML; every other byte stays.",
		},
		start: say{"写好这些文件", "Write the files"},
	},
	journey.Upload: {
		name:  say{"上传", "Upload"},
		short: say{"上传", "Upload"},
		gist:  say{"登录实例，只传缺少的文件，个个核对", "logs in, sends what the instance lacks and verifies each file"},
		why: say{
			"训练在租来的机器上进行，所以数据和代码要先到那里，并且一个字节都不能错。",
			"The training runs on the rented machine, so data and code must get there first, with not a byte wrong.",
		},
		byHand: say{
			"把三个文件夹压缩成 zip，在网页里上传到网盘，开机后在终端里一个个 unzip。",
			"Zip three folders, upload them through a web page, start the instance and unzip each in a terminal.",
		},
		does: say{
			"向导用 SSH 登录，看看机器上有什么，只传缺少的文件，并在那边核对每个文件。断线后从断点继续。",
			"The wizard logs in by SSH, sees what the machine has, sends only what is missing and verifies each file there. After a break it goes on where it stopped.",
		},
		start: say{"连接并上传", "Connect and upload"},
	},
	journey.Train: {
		name:  say{"训练", "Train"},
		short: say{"训练", "Train"},
		gist:  say{"断网也继续；看日志、曲线和花费", "goes on without you; shows log, curves and cost"},
		why: say{
			"模型一遍遍地看你的图片，每看完一遍（一轮，epoch）就好一点；表现最好的那一轮存成 best.pt。",
			"The model looks through your pictures again and again, a little better after each pass (an epoch). The best pass is kept as best.pt.",
		},
		byHand: say{
			"pip install -r requirements.txt，解决 tqdm 之类的报错，运行 python train.py，然后不敢关电脑。",
			"Run pip install -r requirements.txt, get past errors such as tqdm's, run python train.py, and do not dare to close the laptop.",
		},
		does: say{
			"向导只安装缺少的模块，在实例上启动训练；断网或关掉电脑，训练都会继续，再打开向导就接着看。",
			"The wizard installs only what is missing and starts the training on the instance. It goes on if your network drops or your computer is off; open the wizard again to watch.",
		},
		start: say{"开始训练", "Start training"},
	},
	journey.Download: {
		name:  say{"下载", "Download"},
		short: say{"下载", "Download"},
		gist:  say{"取回模型和曲线，核对完整，再问关机", "brings model and curves home, verified; then asks about stopping"},
		why: say{
			"模型还在租来的机器上；实例一释放它就没了。先安全取回，再停止计费。",
			"The model still lies on the rented machine and is gone once the instance is released. Bring it home safely, then stop the billing.",
		},
		byHand: say{
			"在 runs 里找到最新一次训练，下载 best.pt，改名为 yolov5n_best.pt，再记得去面板关机。",
			"Find the newest run under runs, download best.pt, rename it yolov5n_best.pt, and remember to stop the instance in the panel.",
		},
		does: say{
			"向导下载模型和曲线，核对大小和校验值，确认文件完整；再让模型看几张没拿来训练的图片，把结果带回来；然后才问要不要关机。",
			"The wizard downloads the model and the curves, verifies size and checksum and makes sure that the file is whole. Then it tries the model on some pictures that it has not learned from, and only after that asks about stopping the instance.",
		},
		start: say{"下载模型", "Download the model"},
	},
}

var states = map[journey.State]say{
	journey.Todo:    {"未做", "to do"},
	journey.Done:    {"完成", "done"},
	journey.Stale:   {"需重做", "to do again"},
	journey.Failed:  {"失败", "failed"},
	journey.Running: {"未做完", "not finished"},
}

var reasons = map[journey.Reason]say{
	journey.AnswersChanged: {"这一步的选择改过了，所以要重做。", "Answers of this step changed, so it has to be done again."},
	journey.DataChanged:    {"图片或标注和上次检查时不一样了，所以要重做。", "The pictures or labels differ from what was checked, so it has to be done again."},
	journey.DataGone:       {"标注数据不在原来的地方，要先找到它。", "The labelled pictures are not where they were: put them back, or say where they are."},
	journey.CodeGone:       {"代码文件夹或权重不在原来的地方，要先找到它。", "The code folder or the weights are not where they were: put them back, or say where they are."},
	journey.CodeChanged:    {"代码文件夹或权重变了，所以要重做。", "The code folder or the weights changed, so it has to be done again."},
	journey.EarlierChanged: {"它依赖的前面一步要先做。", "A step that it builds on has to be done first."},
	journey.FilesChanged:   {"这一步做出的文件少了或变了，所以要重做。", "Files that this step made are missing or changed, so it has to be done again."},
}

var phases = map[string]say{
	"list":      {"列出文件", "listing the files"},
	"scan":      {"读取", "reading"},
	"hash":      {"计算校验值", "computing checksums"},
	"convert":   {"转换", "converting"},
	"unpack":    {"解压", "unpacking"},
	"decode":    {"查看图片", "looking at the pictures"},
	"alike":     {"找相似的图片", "looking for look-alikes"},
	"wait":      {"等那边上一次上传结束", "waiting for an earlier upload to end there"},
	"compare":   {"比较两边的文件", "comparing both sides"},
	"send":      {"上传", "sending"},
	"verify":    {"核对", "verifying"},
	"publish":   {"就位", "putting in place"},
	"fetch":     {"下载", "fetching"},
	"preflight": {"训练前的检查", "looking before the training"},
	"download":  {"下载", "fetching"},
	"resume":    {"从断点继续", "resuming"},
}

type factSay struct {
	label say
	form  string
}

// facts are the pieces of evidence worth showing; those left out, such as
// digests, speak to the program alone.
var facts = map[string]factSay{
	"platform":    {say{"平台", "platform"}, "platform"},
	"region":      {say{"地区", "region"}, ""},
	"price":       {say{"每小时价格", "price per hour"}, "money"},
	"pictures":    {say{"图片", "pictures"}, "count"},
	"boxes":       {say{"标注框", "boxes"}, "count"},
	"class_names": {say{"类别", "classes"}, ""},
	"split":       {say{"训练/验证划分", "split"}, "word"},
	"format":      {say{"标注格式", "label format"}, "word"},
	"findings":    {say{"发现的问题", "findings"}, "count"},
	"train":       {say{"训练图片", "pictures to train on"}, "count"},
	"val":         {say{"验证图片", "pictures to validate on"}, "count"},
	"folder":      {say{"文件夹", "folder"}, ""},
	"classes":     {say{"类别", "classes"}, ""},
	"nc":          {say{"类别数 nc", "class count nc"}, ""},
	"model_yaml":  {say{"模型 YAML", "model YAML"}, ""},
	"release":     {say{"YOLOv5 版本", "YOLOv5 release"}, ""},
	"host":        {say{"实例", "instance"}, "host"},
	"gpu":         {say{"显卡", "GPU"}, "rehearsed"},
	"torch":       {say{"PyTorch", "PyTorch"}, "rehearsed"},
	"epochs":      {say{"完成轮数", "epochs done"}, "count"},
	"best_epoch":  {say{"最好的一轮", "best epoch"}, "next"},
	"map50":       {say{"mAP50（精度，越接近 1 越好）", "mAP50 (accuracy, 1 is perfect)"}, "score"},
	"map":         {say{"mAP50-95（更严格的精度）", "mAP50-95 (stricter)"}, ""},
	"paid":        {say{"带显卡付费时间", "paid for with the GPU"}, "seconds"},
	"cost":        {say{"花费", "cost"}, "money"},
	"report":      {say{"报告（用浏览器打开）", "report (open it in a browser)"}, ""},
	"predictions": {say{"样例检测（按 d 看）", "sample predictions (d shows them)"}, ""},
	"onnx":        {say{"ONNX 格式的模型", "the model as ONNX"}, ""},
	"found":       {say{"样例检测找到的物体", "objects found on the samples"}, "count"},
	"seconds":     {say{"训练用时", "training time"}, "seconds"},
	"log":         {say{"训练日志", "training log"}, "state"},
	"model":       {say{"模型文件", "model file"}, ""},
	"instance":    {say{"下载完时的实例", "instance at the end"}, "word"},
	"rehearsal":   {say{"演练", "rehearsal"}, "yesno"},
}

// valueWords are the words for values that the program gives names to.
var valueWords = map[string]say{
	"doubtful":      {"这一点不确定", "this is not certain"},
	"voc":           {"Pascal VOC（XML）", "Pascal VOC (XML)"},
	"coco":          {"COCO（JSON）", "COCO (JSON)"},
	"labelme":       {"LabelMe（JSON）", "LabelMe (JSON)"},
	"cvat":          {"CVAT（XML）", "CVAT (XML)"},
	"yolo":          {"YOLO（txt）", "YOLO (txt)"},
	"given":         {"数据自带", "as the data have it"},
	"none":          {"没有，由向导划分", "none, the wizard makes one"},
	"on":            {"仍在运行，仍在计费", "still on, still billed"},
	"seen-off":      {"已看到它关机", "seen to be off"},
	"not-confirmed": {"没能确认，请到面板查看", "not confirmed: look into the panel"},
	"balance":       {"余额", "balance"},
	"stock":         {"库存和价格", "stock and prices"},
	"state":         {"实例状态", "the instance's state"},
	"power-on":      {"开机", "starting the instance"},
	"power-off":     {"关机", "stopping the instance"},
	"train":         {"训练", "training"},
	"val":           {"验证", "validation"},
	"dataset":       {"数据集", "data set"},
	"pictures":      {"图片", "pictures"},
	"labels":        {"标签", "labels"},
	"label":         {"标签", "labels"},
	"code":          {"代码", "code"},
	"model-yaml":    {"模型 YAML", "model YAML"},
	"data-yaml":     {"数据集 YAML", "data set YAML"},
	"results":       {"results.csv", "results.csv"},
	"requirements":  {"requirements.txt", "requirements.txt"},
	"weights":       {"权重文件", "weights file"},
	"empty":         {"文件是空的", "the file is empty"},
	"lfs-pointer":   {"只是 Git LFS 的占位文件，不是内容本身", "a Git LFS pointer, not the content itself"},
	"syntax":        {"写法不完整", "it is not well-formed"},
	"root":          {"格式没错，但不是标注", "well-formed, but no annotation"},
	"number":        {"坐标或尺寸不是数字", "a coordinate or size is no number"},
	"too-large":     {"大得不正常", "too large to be real"},
	"encoding":      {"文字编码不认识", "its text encoding is unknown"},
	"unknown":       {"不是认识的格式，或者文件不完整", "of no known format, or cut off"},
	"small":         {"边长不到 10 像素", "a side is under 10 pixels"},
	"large":         {"像素太多，YOLOv5 用的库打不开", "more pixels than YOLOv5's libraries open"},
	"heic":          {"手机的 HEIC 或 AVIF 格式，YOLOv5 不能用，先转成 JPG", "HEIC or AVIF as phones write it, which YOLOv5 cannot use: turn it into JPG first"},
	"animated":      {"动图，OpenCV 打不开", "a moving picture, which OpenCV does not open"},
	"truncated":     {"文件不完整，后面缺了一截", "its end is missing"},
	"damaged":       {"已损坏，解不开", "damaged: it cannot be decoded"},
	"not-zip":       {"不是 zip，或者文件不完整", "no zip, or cut off"},
	"locked":        {"有密码", "it has a password"},
	"method":        {"用了少见的压缩方式", "packed in a way that few programs know"},
	"unsafe-name":   {"里面有会跑到文件夹外面的文件名", "a name in it leads out of the folder"},
	"duplicate":     {"里面有两个同名的文件", "two entries in it have one name"},
	"bomb":          {"解压后大得离谱，不像数据集", "it grows more than any data set would"},
	"scale":         {"数值不是 0 到 1 之间的比例，可能写成了像素", "values that are no shares of the picture's sides, perhaps pixels"},
	"gif":           {"GIF 格式，YOLOv5 不能用", "a GIF, which YOLOv5 cannot use"},
	"closed":        {"没有读取权限", "it may not be read"},
	"legacy-pickle": {"旧的保存格式", "an old way of saving"},
	"text":          {"是文本", "plain text"},
	"auto":          {"自动", "automatic"},
	"cpu":           {"处理器（慢）", "processor (slow)"},
}
