package text

import (
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// rentalQuestions: the keys of the plan about platform, GPU and money.
var rentalQuestions = map[string]questionSay{
	"gpu": {
		say{"显卡", "GPU"},
		say{
			"要租的显卡。默认的那种，在价格可靠的里面，按你的图片估算总花费最低；价格会变，以面板为准。",
			"The GPU to rent. The default is the one on which your training should cost least in all, unconfirmed prices left out. Prices change: the panel shows today's.",
		},
	},
	"gpu_count": {
		say{"显卡数量", "Number of GPUs"},
		say{"刚开始用 1 块就够；价格按块算。", "One is right for a start; you pay for each."},
	},
	"price.voucher": {
		say{"代金券", "Voucher"},
		say{
			"账户里的代金券金额，训练会先花它。新账号常有 10 元；没有就填 0。",
			"The amount of a voucher in your account, which is spent first. New accounts often have 10 yuan; 0 if you have none.",
		},
	},
	"instance": {
		say{"实例编号", "Instance"},
		say{
			"平台给实例的编号，例如 pro-76419909953e。只有给了开发者 Token、让向导自己查询和关机时才用得到；留空则由实例自己说明。",
			"The platform's own name of the instance, such as pro-76419909953e. Used only with a developer token, to ask for its state and to stop it; left empty, the instance says it itself.",
		},
	},
}

// rentalNotes: what the steps say of platform, GPU and money.
var rentalNotes = map[wizard.NoteCode]say{
	wizard.NoteGPU: {
		"显卡：{gpu}，{count} 块[[；每小时 {price:money}]][[（{date} 见过的价格，以面板为准）]]。",
		"GPU: {count} x {gpu}[[, {price:money} an hour]][[ (a price seen {date}; the panel shows today's)]].",
	},
	wizard.NoteEstimate: {
		"预计：{pictures:count} 张图片、{epochs:count} 轮，在 {gpu} 上付费时间约 {low..high:about}[[，花费 {cost_low..cost_high:money}]]。这是估算，第一轮跑完就按实测算。",
		"Forecast: {pictures:count} picture{pictures:s} and {epochs:count} epoch{epochs:s} on {gpu} take about {low..high:about} of paid time[[ and cost {cost_low..cost_high:money}]]. After the first epoch it is measured instead.",
	},
	wizard.NoteNoEstimate: {
		"还不能估算在 {gpu} 上要训练多久：没有图片，或没有这种显卡的速度数据。",
		"How long it takes on {gpu} cannot be estimated: there are no pictures yet, or nobody has timed that GPU or model.",
	},
	wizard.NoteLoaderBound: {
		"瓶颈是读图片[[（平均每张 {megapixels} 百万像素）]]而不是显卡：更贵的显卡不会更快，缩小原图会。",
		"The training waits for its pictures[[ ({megapixels} megapixels each on the average)]] and not for the GPU: a dearer GPU would not be faster, smaller pictures would.",
	},
	wizard.NoteVoucherPays: {
		"代金券能付 {voucher:money}，自己大约再付 {own:money}。",
		"The voucher pays {voucher:money} of it; about {own:money} is left to pay.",
	},
	wizard.NoteVoucherHint: {
		"{platform:platform}的新账号常送 {amount:money}代金券（{date} 见过）。如果你有，把金额填进“代金券”，预估会减掉它。",
		"New accounts at {platform:platform} often get a voucher of {amount:money} (seen {date}). If you have one, put its amount into “Voucher” and the forecast counts it.",
	},
	wizard.NoteBudgetTight: {
		"预算 {budget:money} 照最可能的时间够用；如果慢到上限，要花 {cost_high:money}。",
		"The budget of {budget:money} is enough for the most likely time; at the slow end of the range it costs {cost_high:money}.",
	},
	wizard.NoteBudgetShort: {
		"预算 {budget:money} 不够：大约要自己付 {cost:money}，差 {short:money}。可以减少轮数、换小一点的模型，或换一种显卡。",
		"The budget of {budget:money} is too small: you would pay about {cost:money}, {short:money} more. Fewer epochs, a smaller model or another GPU would help.",
	},
	wizard.NoteStorage: {
		"{path} 里的文件只有这些地区的实例能看到：{regions}。在别处开的实例里它是空的。",
		"Only instances in {regions} see what lies in {path}; elsewhere it is empty.",
	},
	wizard.NoteKept: {
		"{note}",
		"{note}",
	},
	wizard.NoteBalance: {
		"{platform:platform}账户余额 {money:money}[[，代金券 {voucher:money}]]。",
		"At {platform:platform} the account holds {money:money}[[ and vouchers of {voucher:money}]].",
	},
	wizard.NoteStock: {
		"平台说（{date}）：{gpu}[[ 在 {region}]][[ 空闲 {free:count}]][[（共 {total:count}）]][[，每小时 {price:money} 起]]。",
		"The platform says ({date}): {gpu}[[ in {region}]][[, {free:count} free]][[ of {total:count}]][[, from {price:money} an hour]].",
	},
	// Told with the sentence of the problem itself.
	wizard.NotePanelTrouble: {"平台的接口：{code}", "The platform's interface: {code}"},
	wizard.NoteNoGPUMode: {
		"现在是无卡模式：每小时只要 {cheap:money}[[（有卡是 {price:money}）]]，正适合上传和准备环境。训练前会请你换成有卡模式。",
		"This is no-GPU mode at {cheap:money} an hour[[ instead of {price:money}]]: right for the upload and for installing what is missing. Before the training you are asked to start it with its GPU.",
	},
	wizard.NoteNoGPUAdvice: {
		"省钱提示：上传时用不着显卡。{platform:platform}的无卡模式每小时 {cheap:money}，现在是 {price:money}；{bytes:size} 按每秒 1 MB 要 {seconds:about}，在无卡模式下约省 {saving:money}。",
		"A saving: uploading needs no GPU. No-GPU mode at {platform:platform} costs {cheap:money} an hour instead of {price:money}; {bytes:size} take {seconds:about} at 1 MB a second, which would cost {saving:money} less there.",
	},
	wizard.NoteUploadPaid: {
		"无卡模式下上传和准备用了 {seconds:seconds}，花 {paid:money}，比开着显卡省 {saved:money}。",
		"Uploading and preparing took {seconds:seconds} in no-GPU mode and cost {paid:money}, {saved:money} less than with the GPU on.",
	},
	wizard.NoteWaitGPU: {
		"这台实例没有显卡，所以训练没有开始。请在{platform:panel}关机，再用有卡模式开机：{how} 向导等着，机器回来就接着做。要在 CPU 上练（很慢），在 gpuwizard.yaml 里写 train: {device: cpu}。",
		"This instance shows no GPU, so the training has not begun. Stop it in {platform:panel} and start it with its GPU: {how} The wizard waits and goes on when it is back. To train on the CPU, which is very slow, write train: {device: cpu} into gpuwizard.yaml.",
	},
	wizard.NoteStillNoGPU: {
		"{host} 连上了，但还看不到显卡：它仍是无卡模式。关机后请选有卡模式开机。",
		"{host} answers, but shows no GPU yet: it is still in no-GPU mode. Stop it, then start it with its GPU.",
	},
	wizard.NoteGPUBack:  {"显卡回来了：{host}，{gpu}。接着训练。", "The GPU is back: {host}, {gpu}. Going on."},
	wizard.NotePrepared: {"训练要用的模块和字体都备好了，没有占用显卡的时间。", "The modules and the font that the training needs are ready, and no GPU was paid for meanwhile."},
	wizard.NotePrepareFail: {
		"训练环境现在没能全备好：开始训练前会再试一次，不行就说明原因。",
		"Not all of what the training needs could be made ready now: it is tried again before the training, with the reason.",
	},
	wizard.NoteOtherPlatform: {
		"这台实例自称属于 {got:platform}，计划里写的是 {want:platform}：价格、磁盘和关机方法都可能不同，请改 platform 或登录指令。",
		"This instance says that it belongs to {got:platform}, the plan says {want:platform}: prices, disks and the way to stop it may differ. Change platform or the login.",
	},
	wizard.NoteOtherRegion: {
		"这台实例在 {got}，计划里是 {want}：{sees:sees}",
		"This instance is in {got}, the plan says {want}: {sees:sees}",
	},
	wizard.NoteOtherGPU: {
		"这台实例的显卡是 {got}，预估按 {want} 算的[[；{got} 见过的价格是每小时 {price:money}]]。请按面板核对单价。",
		"This instance has {got}, the forecast was made for {want}[[; {got} was seen at {price:money} an hour]]. Compare the price with the panel's.",
	},
	wizard.NoteOtherPrice: {
		"{platform:platform}的接口说这台实例每小时 {got:money}[[，计划里按 {want:money} 算]]：预算和小结要准，就把 gpuwizard.yaml 里的 price.per_hour 改成它。",
		"The interface of {platform:platform} says that this instance costs {got:money} an hour[[, the plan says {want:money}]]: for budget and bill to be right, write that into price.per_hour in gpuwizard.yaml.",
	},
	wizard.NoteDisk: {"{path}（空闲 {free:size}）：{note}[[（{doubt:word}）]]", "{path} ({free:size} free): {note}[[ ({doubt:word})]]"},
	wizard.NoteNoStorage: {
		"实例上没有 {paths}：要么还没在{platform:panel}初始化（之后要重启实例），要么它在别的地区。结果只在本地盘上，释放实例就没了，所以训练完请尽快下载。",
		"The instance has no {paths}: either it was not set up yet in {platform:panel} (restart the instance afterwards), or it belongs to another region. Results lie on the local disk only and go when the instance is released, so fetch them soon.",
	},
	wizard.NoteMeasured: {
		"实测：每轮 {epoch:seconds}（含验证），大约还要 {left:about}；照此到训练结束，一共花 {total:money}（向导见到的开机时间）。",
		"Measured: an epoch takes {epoch:seconds} with its validation, some {left:about} are left; at its end the instance will have cost {total:money}, by what the wizard saw of its running.",
	},
	wizard.NoteBudgetNear: {
		"到现在已花 {cost:money}（向导见到的开机时间），是预算 {budget:money} 的 {share}%。",
		"So far the instance has cost {cost:money} by what the wizard saw of its running, {share} % of the budget of {budget:money}.",
	},
	wizard.NoteBudgetOver: {
		"照现在的速度，训练结束时要花 {total:money}，超过预算 {budget:money}。",
		"At this pace it costs {total:money} by the end of the training, which is more than the budget of {budget:money}.",
	},
	wizard.NoteIdleCost: {
		"实例空着也计费：10 分钟 {ten:money}，1 小时 {hour:money}，忘一晚上（8 小时）{night:money}。",
		"An idle instance is billed all the same: {ten:money} for 10 minutes, {hour:money} an hour, {night:money} for a forgotten night of 8 hours.",
	},
	wizard.NoteBill: {
		"小结：带显卡付费 {on:seconds}，其中训练 {trained:seconds}（{share}%），共 {cost:money}，训练以外 {wasted:money}（按你填的单价）。[[之前几次开机，向导见到的部分另花了 {before:money}。]]",
		"In all: {on:seconds} paid for with the GPU, {trained:seconds} of them in training ({share} %); {cost:money} by your price, {wasted:money} of it beside the training.[[ What the wizard saw of earlier starts cost {before:money} besides.]]",
	},
	wizard.NoteNoStock: {
		"平台说[[ {region} ]]现在没有空闲的 {gpu}：换一种显卡、换一个地区，或晚点再试。",
		"The platform says that no {gpu} is free now[[ in {region}]]: choose another GPU or region, or try again later.",
	},
}

// seesWords say whether an instance sees the disk of another region.
var seesWords = map[string]say{
	"together": {"两地共用网盘，放在那里的文件看得到。", "both share their disk, so what lies there is seen."},
	"apart":    {"那边网盘里的文件，这里看不到。", "what lies on the disk there is not seen here."},
	"unknown":  {"是否共用网盘不清楚，请先看看文件在不在。", "whether they share a disk is not known: look whether your files are there."},
}

// gpuProblems: an instance without its GPU.
var gpuProblems = map[problem.Code]trouble{
	"gpu-needed": {
		say{"{host} 没有显卡，训练没有开始。", "{host} shows no GPU, so the training has not begun."},
		say{
			"在{platform:panel}关机，再用有卡模式开机（{how}），登录指令变了就更新 gpuwizard.yaml 里的 login，然后再运行一次。要在 CPU 上练，写 train: {device: cpu}。",
			"Stop it in {platform:panel} and start it with its GPU ({how}); if the login has changed, update login in gpuwizard.yaml, then run this again. To train on the CPU, write train: {device: cpu}.",
		},
	},
}

// panelProblems: the platform's own interface for programs.
var panelProblems = map[problem.Code]trouble{
	"panel-cannot": {
		say{"{platform:platform}没有给程序提供这项：{what:word}。", "{platform:platform} does not offer this to programs: {what:word}."},
		say{"请到{platform:panel}查看或操作。", "Use {platform:panel} for it."},
	},
	"panel-refused": {
		say{"{platform:platform}的接口拒绝了请求（{what:word}）[[：{detail}]][[（状态 {status}）]]。", "The interface of {platform:platform} refused the request ({what:word})[[: {detail}]][[ (status {status})]]."},
		say{"请到{platform:panel}操作；没有接口，向导照样能用。", "Use {platform:panel} for it; the wizard works without the interface too."},
	},
	"panel-token": {
		say{"{platform:platform}不接受这个开发者 Token。", "{platform:platform} does not accept the developer token."},
		say{"在平台的账号设置里重新生成一个，放进环境变量 {variable}；也可以不用 Token。", "Make a new one in the platform's account settings and put it into the variable {variable}, or go on without one."},
	},
	"panel-real-name": {
		say{"{platform:platform}要求账号先实名认证。", "{platform:platform} asks for the account's owner to be verified first (实名认证)."},
		say{"到{platform:panel}完成实名认证，再重试。", "Do that in {platform:panel}, then try again."},
	},
	"panel-no-stock": {
		say{"{platform:platform}现在没有空闲的这种显卡。", "{platform:platform} has no such GPU free at the moment."},
		say{"过一会儿再试，或换一种显卡、换一个地区。", "Try again later, or choose another GPU or region."},
	},
	"panel-not-yours": {
		say{"{platform:platform}的接口不认识实例 {instance}，或这个 Token 管不到它。", "The interface of {platform:platform} does not know the instance {instance}, or the token does not reach it."},
		say{"核对 gpuwizard.yaml 里的 instance；AutoDL 的接口只管 Pro 实例，普通实例请在{platform:panel}操作。", "Check instance in gpuwizard.yaml; AutoDL's interface reaches Pro instances only, others are handled in {platform:panel}."},
	},
	"panel-silent": {
		say{"{platform:platform}的接口没有回答。", "The interface of {platform:platform} does not answer."},
		say{"检查网络后重试，或到{platform:panel}操作。", "See to your network and try again, or use {platform:panel}."},
	},
	"panel-unclear": {
		say{"{platform:platform}的接口的回答看不懂（{what:word}），所以什么也不能断定。", "The interface of {platform:platform} gave an answer that makes no sense here ({what:word}), so nothing follows from it."},
		say{"以{platform:panel}上显示的为准。", "What {platform:panel} shows counts."},
	},
}

// newLogins say why a login is asked for anew: a title and what to do.
var newLogins = map[wizard.LoginReason][2]say{
	wizard.LoginForGPU: {
		{"等显卡回来", "Waiting for the GPU"},
		{
			"训练要用显卡。请到平台面板关机，再用有卡模式开机。机器回来后，如果登录指令变了，把新的粘贴到这里（连密码一起也行）；没变就直接回车。向导也会自己试原来的 {login}。",
			"The training wants the GPU. Stop the instance in the platform's panel, then start it with its GPU. When it is back and its login has changed, paste the new one here (the password may come along); if it is the same, press Enter. The old one, {login}, is tried meanwhile.",
		},
	},
	wizard.LoginFirst: {
		{"连不上实例", "The instance does not answer"},
		{
			"{login} 连不上。到面板看看实例是否已经开机（刚开机要等一两分钟），再把登录指令整行重新复制，粘贴到这里（连密码一起也行）；没变就直接回车重试。",
			"{login} cannot be reached. See in the panel whether the instance is on (after a start it takes a minute or two), copy the whole login command again and paste it here (the password may come along); if it is the same, press Enter to try again.",
		},
	},
	wizard.LoginLacking: {
		{"没有登录指令", "There is no login"},
		{
			"gpuwizard.yaml 里没有登录指令。到面板复制整行登录指令，粘贴到这里（连密码一起也行）。",
			"There is no login in gpuwizard.yaml. Copy the whole login command in the panel and paste it here (the password may come along).",
		},
	},
	wizard.LoginPortless: {
		{"登录指令没有端口", "The login has no port"},
		{
			"{login} 没有端口，而这个平台的每台实例都有自己的端口。到面板复制整行登录指令（里面有 -p 和一个数字），粘贴到这里（连密码一起也行）。如果真的要用 22 端口，就写明 -p 22。",
			"{login} has no port, and every instance of this platform has its own. Copy the whole login command in the panel, which holds -p and a number, and paste it here (the password may come along). If you do mean port 22, write -p 22.",
		},
	},
	wizard.LoginRefused: {
		{"密码不对", "The password is refused"},
		{
			"{login} 有回应，但不接受输入的密码。重启实例后端口和密码可能会变：到面板复制现在的登录指令，粘贴到这里（连密码一起也行）；没变就直接回车，再输入一次密码。",
			"{login} answers, but refuses the password. Port and password may change when an instance restarts: copy the login as the panel shows it now and paste it here (the password may come along); if it is the same, press Enter and type the password again.",
		},
	},
	wizard.LoginMoved: {
		{"实例换了地址？", "Has the instance moved?"},
		{
			"{login} 连不上了。重启实例后端口和密码可能会变：到面板复制现在的登录指令，粘贴到这里（连密码一起也行）；没变就直接回车重试。如果只是网络断了，等它恢复就行：训练在实例上照常进行。",
			"{login} cannot be reached. Port and password may change when an instance restarts: copy the login as the panel shows it now and paste it here (the password may come along); if it is the same, press Enter to try again. If only the network is down, wait for it: a training goes on at the instance meanwhile.",
		},
	},
}

// NewLogin asks for the login of an instance that was restarted.
func (t *Text) NewLogin(why wizard.LoginReason, login string) (title, text string) {
	words := newLogins[why]
	return words[0].in(t.Lang), t.Fill(words[1].in(t.Lang), map[string]string{"login": login})
}

var noVoucher = say{"没有", "none"}
