package text

type questionSay struct{ title, why say }

var questions = map[string]questionSay{
	"platform": {
		say{"平台", "Platform"},
		say{
			"在哪家租显卡。国内常用的是 AutoDL；任何能用 SSH 登录的 Linux 机器选“其他”也行。",
			"Who rents you the GPU. The usual choice here is AutoDL; for any other Linux machine with SSH choose “Any SSH host”.",
		},
	},
	"region": {
		say{"地区", "Region"},
		say{
			"面板上实例名字旁边写着地区。数据盘和实例要在同一个地区。不确定可以留空。",
			"The panel shows it beside the instance. Disk and instance must lie in the same region. Leave it empty if unsure.",
		},
	},
	"price.per_hour": {
		say{"每小时价格", "Price per hour"},
		say{
			"面板上标的单价，用来估算花费。列出的是见过的价格，会变动，以面板为准。0 表示不知道。",
			"As the panel shows it, to forecast the cost. The ones listed were seen on the date beside them and may have changed. 0 means unknown.",
		},
	},
	"price.budget": {
		say{"预算", "Budget"},
		say{
			"最多想花多少钱。向导据此告诉你能租多少小时。0 表示不设。新账号的代金券常见是 10 元。",
			"The most that you want to spend; the wizard says how many hours that is. 0 means none. New accounts often get a voucher of 10 yuan.",
		},
	},
	"price.currency": {
		say{"货币", "Currency"},
		say{"价格用的货币，三个大写字母，如 CNY。", "The currency of the prices, in three capital letters such as CNY."},
	},
	"data": {
		say{"数据文件夹", "Data folder"},
		say{
			"放图片和标注（XML、txt 或 JSON）的文件夹，或它的 zip；里面分不分 train 和 test 都可以。先列出在这里找到的。",
			"The folder with your pictures and their labels (XML, txt or JSON), or its zip; divided into train and test, or not. Those found here come first.",
		},
	},
	"classes": {
		say{"类别名", "Class names"},
		say{
			"要检测的东西，用逗号隔开；顺序就是编号 0、1、2。默认是标注里出现的全部名字。",
			"What is to be detected, with commas between; the order gives the numbers 0, 1, 2. The default is every name found in the labels.",
		},
	},
	"split.val": {
		say{"验证集比例", "Share for validation"},
		say{
			"留多少图片不参加训练、只用来打分。0.2 即五分之一，是常用的值。",
			"How many pictures are kept out of the training to score it. 0.2, one in five, is usual.",
		},
	},
	"split.seed": {
		say{"划分的种子", "Seed of the split"},
		say{"同一个数字，划分结果永远相同。", "The same number always gives the same split."},
	},
	"name": {
		say{"项目名", "Name"},
		say{
			"用来命名数据集 YAML 和实例上的文件夹。默认取第一个类别名，如 person。只用字母、数字、- 和 _。",
			"Names the data set YAML and the folder on the instance. The default is the first class, such as person. Letters, digits, - and _ only.",
		},
	},
	"code.folder": {
		say{"YOLOv5 代码文件夹", "YOLOv5 code folder"},
		say{
			"里面有 train.py 和 models 的那个文件夹。先列出在这里找到的。",
			"The folder that holds train.py and models. Those found here come first.",
		},
	},
	"code.zip": {
		say{"YOLOv5 代码压缩包", "YOLOv5 code as a zip"},
		say{"代码也可以是一个 zip，不用先解压。", "The code may also be a zip; there is no need to unpack it."},
	},
	"code.git": {
		say{"YOLOv5 代码的 Git 地址", "YOLOv5 code from Git"},
		say{"在实例上克隆，# 后面写版本，如 #v7.0。", "Cloned on the instance; a tag follows #, as in #v7.0."},
	},
	"code.remote": {
		say{"实例上的 YOLOv5 代码", "YOLOv5 code on the instance"},
		say{"代码已经在实例上时，写它的完整路径。", "If the code is on the instance already, its full path there."},
	},
	"model": {
		say{"模型大小", "Model size"},
		say{
			"yolov5n 最小最快，几块钱就能练好，适合第一次；字母越往后越准，也越慢越占显存。",
			"yolov5n is the smallest and fastest, done for the price of a coffee, and right for a first time. The further ones are more accurate, slower, and need more GPU memory.",
		},
	},
	"weights": {
		say{"初始权重", "Weights to start from"},
		say{
			"从别人练好的权重接着练，比从零开始快得多、准得多。默认用和模型同名的 .pt。",
			"Going on from weights that somebody trained is much faster and better than starting from nothing. The default is the .pt of the model's name.",
		},
	},
	"train.epochs": {
		say{"训练轮数", "Epochs"},
		say{
			"把全部图片看多少遍。100 遍对几百张图片通常够用；试跑可以先填 3。",
			"How many times the model looks through all pictures. 100 is usually enough for some hundreds of them; try 3 for a first run.",
		},
	},
	"train.batch": {
		say{"每批图片数", "Pictures per batch"},
		say{
			"一次看几张。auto 在训练前按显卡和图片数量来定，图片多时交给 YOLOv5 在显卡上量。自己填时，16 在 8 GB 显存上也放得下；报显存不足（CUDA out of memory）就减半。",
			"How many at once. auto goes by the GPU and the number of pictures, and with many leaves it to YOLOv5, which measures. 16 fits into 8 GB of GPU memory; halve it after “CUDA out of memory”.",
		},
	},
	"train.imgsz": {
		say{"图片边长", "Image size"},
		say{
			"训练时图片缩放到多少像素，必须是 32 的倍数。640 是 YOLOv5 的默认值。",
			"The side that pictures are scaled to, in pixels; a multiple of 32. 640 is YOLOv5's own default.",
		},
	},
	"train.device": {
		say{"训练设备", "Device"},
		say{"auto 有显卡就用显卡；cpu 不用显卡，很慢；0 表示第一块显卡。", "auto uses the GPU if there is one; cpu does without and is slow; 0 is the first GPU."},
	},
	"train.extra": {
		say{"train.py 的其他参数", "Further arguments of train.py"},
		say{"一般留空。用逗号隔开，如 --patience, 50。", "Usually empty. With commas between, as in --patience, 50."},
	},
	"login": {
		say{"登录指令", "Login command"},
		say{
			"在平台的网页（面板）上租一台实例，镜像选带 PyTorch 的；已经有了就开机。再复制它的“登录指令”粘贴到这里，形如 ssh -p 10309 root@…。密码稍后再问，只留在内存里，不写进任何文件。开机就开始计费。",
			"On the platform's web page (its panel) rent an instance with a PyTorch image, or start yours; copy its login command and paste it here: ssh -p 10309 root@... The password is asked for later and stays in memory only. Billing begins when the instance starts.",
		},
	},
	"host_key": {
		say{"主机指纹", "Host key"},
		say{"平台公布的 SHA256: 指纹；填了就必须一致。一般留空。", "The SHA256: fingerprint that the platform published; if given it must match. Usually empty."},
	},
	"remember": {
		say{"以后怎么登录", "Next logins"},
		say{
			"用密码登录成功以后：ask 问一次；key 在实例上放一个密钥，以后不用密码；keyring 把密码存进系统的密码库；no 每次都输入。",
			"After a login with a password: ask asks once; key puts a key on the instance, so that no password is needed again; keyring keeps the password in the system's keyring; no leaves it to be typed each time.",
		},
	},
	"remote.folder": {
		say{"实例上的文件夹", "Folder on the instance"},
		say{"auto 由向导放到平台的数据盘上。", "auto lets the wizard use the platform's data disk."},
	},
	"remote.python": {
		say{"实例上的 Python", "Python on the instance"},
		say{"auto 由向导挑一个装有 PyTorch 的。", "auto lets the wizard pick one that has PyTorch."},
	},
	"mend.look": {
		say{"怎样看图片", "How to look"},
		say{
			"完整查看会解开每张图片，找出损坏的、几乎相同的图片；图片很多时要几分钟。快速查看只读文件头。",
			"A full look decodes every picture and finds damaged ones and look-alikes; with many pictures it takes minutes. A quick look reads their headers only.",
		},
	},
	"mend.pair": {
		say{"标注怎样对应图片", "Pairing of the labels"},
		say{
			"有些标注的尺寸和同名图片不一致，可能重新编过号。可以改按标注里写的 <filename> 来对应。",
			"Some labels do not fit the picture of their name; the files may have been renumbered. They can be paired by the <filename> inside them instead.",
		},
	},
	"mend.merge": {
		say{"合并相似的类别名", "Merge similar names"},
		say{
			"检查发现有的类别名只差大小写或一个字母，多半是写错了。默认不合并，因为只有你知道它们是不是同一类。",
			"Some class names differ by case or a letter, probably by mistake. They are not merged by default, since only you know whether they mean the same.",
		},
	},
	"mend.split": {
		say{"训练/验证划分", "The split"},
		say{
			"训练和验证里有相同或几乎相同的图片，得分会虚高。重新划分会把相似的图片放在同一边。",
			"The same or nearly the same pictures are on both sides, so the score would be too good. A new split keeps look-alikes together.",
		},
	},
	"mend.difficult": {
		say{"标为 difficult 的物体", "Difficult objects"},
		say{
			"默认保留：看不清的物体也是物体。YOLOv5 自己的转换会丢掉它们。",
			"Kept by default: an object that is hard to see is one all the same. YOLOv5's own conversion drops them.",
		},
	},
	"mend.unlabelled": {
		say{"没有标注的图片", "Pictures without labels"},
		say{
			"默认当作背景，教模型“这里什么都没有”。如果只是忘了标，请选跳过，或者先补标。",
			"Taken as background by default, which teaches that nothing is there. If their labels were only forgotten, skip them, or label them first.",
		},
	},
	"mend.turned": {
		say{"横着存的照片上的框", "Boxes on turned photos"},
		say{
			"手机照片可能是横着存的。如果标注软件显示的是转正后的照片（多数如此），选默认。",
			"Phone photos may be stored on their side. If the labelling program showed them upright, as most do, take the default.",
		},
	},
	"mend.offset": {
		say{"坐标偏移", "Pixel offset"},
		say{
			"默认不偏移。只有想和 YOLOv5 自带的 VOC 转换结果完全一致时才改：它会把框向左上移一个像素。",
			"None by default. Change it only to get what YOLOv5's own VOC conversion gives, which moves boxes up and left by one pixel.",
		},
	},
	"finish": {
		say{"取回模型之后", "Once the model is here"},
		say{
			"实例只要开着就在计费。默认先问你，再关机。",
			"The instance is billed as long as it is on. The default asks you before it is stopped.",
		},
	},
}

type choiceSay struct{ label, remark say }

// choices are the labels of values known beforehand.
var choices = map[string]map[string]choiceSay{
	"model": {
		"yolov5n": {say{"yolov5n", "yolov5n"}, say{"最小最快，推荐第一次用", "smallest and fastest, right for a first time"}},
		"yolov5s": {say{"yolov5s", "yolov5s"}, say{"小，稍准一些", "small, somewhat more accurate"}},
		"yolov5m": {say{"yolov5m", "yolov5m"}, say{"中等", "medium"}},
		"yolov5l": {say{"yolov5l", "yolov5l"}, say{"大，需要 16 GB 左右显存", "large, wants some 16 GB of GPU memory"}},
		"yolov5x": {say{"yolov5x", "yolov5x"}, say{"最大最慢", "largest and slowest"}},
	},
	"platform": {
		"autodl":   {say{"{name}", "{name}"}, say{"国内常用，适合第一次", "usual in China, right for a first time"}},
		"any":      {say{"{name}", "{name}"}, say{"别的平台、学校或自己的机器", "other platforms, or a machine of your own"}},
		"practice": {say{"{name}", "{name}"}, say{"练习一遍，不花钱", "to practise, free"}},
	},
	"weights": {
		"auto": {say{"自动", "automatic"}, say{"和模型同名的权重；没有就在实例上下载", "the model's own; fetched on the instance if missing"}},
		"":     {say{"从零开始", "from scratch"}, say{"不用现成权重：更慢，精度通常更低", "no weights: slower, and usually less accurate"}},
	},
	"mend.look": {
		"full":  {say{"完整查看", "full look"}, say{"推荐", "recommended"}},
		"quick": {say{"快速查看", "quick look"}, say{"不找损坏和相似的图片", "finds no damaged pictures and no look-alikes"}},
	},
	"mend.pair": {
		"name":     {say{"按文件名", "by the files' names"}, say{"通常如此", "as usual"}},
		"filename": {say{"按标注里的 <filename>", "by the <filename> in the label"}, say{"", ""}},
	},
	"mend.merge": {
		"no":  {say{"不合并", "do not merge"}, say{"", ""}},
		"yes": {say{"合并到数量多的那个名字", "merge into the more frequent name"}, say{"", ""}},
	},
	"mend.split": {
		"given": {say{"沿用数据自带的划分", "keep the given split"}, say{"", ""}},
		"new":   {say{"重新划分，相似的放在一起", "divide afresh, look-alikes together"}, say{"得分更可信", "a score to be trusted"}},
	},
	"mend.difficult": {
		"keep": {say{"保留", "keep"}, say{"推荐", "recommended"}},
		"skip": {say{"跳过", "skip"}, say{"和 YOLOv5 自带的转换一样", "as YOLOv5's own conversion does"}},
	},
	"mend.unlabelled": {
		"background": {say{"当作背景", "take them as background"}, say{"", ""}},
		"skip":       {say{"跳过这些图片", "skip these pictures"}, say{"", ""}},
	},
	"mend.turned": {
		"seen":   {say{"框画在转正的照片上", "drawn on the upright photo"}, say{"多数如此", "as most are"}},
		"stored": {say{"框画在横着的照片上", "drawn on the photo as it is stored"}, say{"", ""}},
	},
	"finish": {
		"ask":  {say{"先问我", "ask me"}, say{"推荐", "recommended"}},
		"keep": {say{"保持开机", "keep it on"}, say{"继续计费", "goes on being billed"}},
		"stop": {say{"直接关机", "stop it"}, say{"不再询问", "without asking"}},
	},
}

// choiceForms are the labels of values that come with details.
var choiceForms = map[string]choiceSay{
	"platform":       {say{"{name}", "{name}"}, say{"", ""}},
	"region":         {say{"{name}", "{name}"}, say{"{value}[[；和 {with} 共用网盘]]", "{value}[[; shares its disk with {with}]]"}},
	"gpu":            {say{"{value}", "{value}"}, say{"[[每小时 {price:money}]][[，{date} 见过]][[；本次约 {low..high:about}]][[，{cost_low..cost_high:money}]]", "[[{price:money} an hour]][[, seen {date}]][[; this training: {low..high:about}]][[, {cost_low..cost_high:money}]]"}},
	"price.voucher":  {remark: say{"[[新账号常有，{date} 见过]]", "[[new accounts often have it, seen {date}]]"}},
	"price.per_hour": {remark: say{"{gpu}[[，{date} 见过的价格]]", "{gpu}[[, seen {date}]]"}},
	"login":          {say{"{value}", "{value}"}, say{"{where}", "{where}"}},
	"weights":        {say{"{value}", "{value}"}, say{"这里的文件", "the file here"}},
	"code.folder":    {say{"{value}", "{value}"}, say{"[[在数据旁边找到：{beside}]]", "[[found beside the data, in {beside}]]"}},
}
