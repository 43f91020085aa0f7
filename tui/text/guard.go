package text

import (
	"gpuwizard/core/instance"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// guardNotes: the guard on the instance. Each rule says what it does and what
// it cannot know.
var guardNotes = map[wizard.NoteCode]say{
	wizard.NoteGuardArmed: {
		"值守（实例上的小程序，到了你定的条件就替你收尾）已在{host:host}上启动，并已读回核对[[；照现在的情况，最早 {seconds:seconds}后动手]]。关掉这台电脑它也在。",
		"The guard, a small program that acts for you when a limit is reached, is armed on {host:host} and was read back[[; as things stand it acts in {seconds:seconds} at the earliest]]. It stays when this computer is off.",
	},
	wizard.NoteGuardNone: {
		"没有设任何值守规则：除了你，没有谁会停下这台实例。",
		"No rule of the guard is set: nobody but you stops this instance.",
	},
	wizard.NoteGuardBudget: {
		"预算：{seconds:seconds}后钱用完，到时{act:guard}。它按你填的单价和实例的开机时间算，不知道账户里别的花费。",
		"Budget: in {seconds:seconds} the money is spent; then it {act:guard}. It goes by your price and by how long the instance has been on, and knows nothing of what else the account pays for.",
	},
	wizard.NoteGuardEnd: {
		"最晚结束：{seconds:seconds}后{act:guard}。它数的是实例自己走过的时间，改时钟不影响；不知道训练是否只差一点。",
		"Latest end: in {seconds:seconds} it {act:guard}. It counts the time that the instance runs, whatever its clock is set to, and cannot know whether the training was nearly done.",
	},
	wizard.NoteGuardIdle: {
		"显卡闲置：训练中显卡连续 {seconds:seconds}没有任何计算，就{act:guard}。只占着显存的卡死进程不算在用；它分不出显卡算的东西有没有用。",
		"Idle GPU: once no GPU has computed anything for {seconds:seconds} during the training, it {act:guard}. A hung process that only holds memory is no use of it; whether what a GPU computes is worth anything it cannot know.",
	},
	wizard.NoteGuardBlind: {
		"显卡闲置：这里看不到显卡是否在用（nvidia-smi 没有回答），所以“闲置 {seconds:seconds}”这条规则暂不起作用。",
		"Idle GPU: whether a GPU is used cannot be seen here, as nvidia-smi gives no answer; the rule of {seconds:seconds} waits until it does.",
	},
	wizard.NoteGuardAfter: {
		"训练结束后：再等 {seconds:seconds}，就{act:guard}；如果模型已取走、有人在看或显卡还在计算，就不动。它不知道你是否还想在实例上做别的。",
		"After the training: {seconds:seconds} later it {act:guard}, unless the model was fetched, somebody is looking or a GPU computes. It cannot know whether you want anything else from the instance.",
	},
	wizard.NoteGuardKeep: {
		"训练结束后：实例保持开机，继续计费，直到你关掉它。",
		"After the training the instance stays on, and billed, until you stop it.",
	},
	wizard.NoteGuardNoPrice: {
		"预算 {budget} 换算不成时间，因为没有填每小时价格：这条规则没有设。",
		"Without the price per hour the budget of {budget} says nothing about time: that rule is not set.",
	},
	wizard.NoteGuardLoses: {
		"在{platform:platform}上停止就是归还，还没取走的模型会丢：所以训练结束后不自动停止。",
		"Stopping at {platform:platform} gives the instance back with its disk, and a model not fetched yet would be lost: so nothing is stopped after the training.",
	},
	wizard.NoteGuardPanel: {
		"这台实例只能到{platform:panel}关机，值守停不了计费：它只能结束训练或提醒。",
		"Only {platform:panel} can stop this instance: the guard can end the training or tell you, not the billing.",
	},
	wizard.NoteGuardNotArmed: {
		"值守没有启动[[：{why:guard}]]。电脑关了以后，没有谁会停下这台实例。",
		"The guard is not armed[[: {why:guard}]]. Once this computer is off, nobody stops this instance.",
	},
	wizard.NoteGuardActed: {
		"值守已动手（{rule:guard}）：{act:guard}[[；关机命令运行了 {tries} 次]][[，上次退出码 {exit}]][[，输出：{output}]]。",
		"The guard has acted ({rule:guard}): it {act:guard}[[; the command to stop was run {tries} time{tries:s}]][[, last with exit code {exit}]][[, saying: {output}]].",
	},
	wizard.NoteGuardExtended: {
		"值守推后了 {seconds:seconds}。",
		"The guard waits {seconds:seconds} longer.",
	},
	wizard.NoteGuardOff: {
		"值守已撤下：除了你，没有谁会停下这台实例。",
		"The guard is gone: nobody but you stops this instance.",
	},
}

// guardWords are what a guard does, why, and why it is not there.
var guardWords = map[string]say{
	string(instance.ActStop):    {"结束训练（保留检查点）并关掉实例", "ends the training, its checkpoint kept, and stops the instance"},
	string(instance.ActEnd):     {"结束训练（保留检查点），实例仍开着", "ends the training, its checkpoint kept; the instance stays on"},
	string(instance.ActTell):    {"只记下来，关机要靠你", "only notes it: stopping is up to you"},
	string(instance.RuleBudget): {"预算", "budget"},
	string(instance.RuleEnd):    {"最晚结束", "latest end"},
	string(instance.RuleIdle):   {"显卡闲置", "idle GPU"},
	string(instance.RuleAfter):  {"训练结束后没人来取", "nobody came after the training"},
	"guard-unread":              {"从实例上读不回它", "it could not be read back from the instance"},
	"guard-gone":                {"它的进程不在了，或实例重启过", "its process is gone, or the instance was restarted"},
}

// stopNotes: how an instance is stopped, and what was seen of it.
var stopNotes = map[wizard.NoteCode]say{
	wizard.NoteStopFailed: {
		"实例上的关机命令没有成功（{command}）[[，退出码 {exit}]][[，它说：{output}]]。",
		"The command to stop failed on the instance ({command})[[, with exit code {exit}]][[, saying: {output}]].",
	},
	wizard.NoteStopEnded: {
		"关机命令已运行完，没有报错；这还不算关机，接着看实例是否真的停了。",
		"The command to stop has run without a complaint. That proves nothing yet: watching whether the instance goes off.",
	},
	wizard.NoteStopCut: {
		"关机命令运行时连接断了；可能是关机，也可能是网络，接着看。",
		"The connection to {host:host} ended while the command to stop ran, by the stop or by the network: still watching.",
	},
	wizard.NoteStopSteps: {
		"这里关不了它：{note}",
		"It cannot be stopped from here: {note}",
	},
	wizard.NotePanelOff: {
		"{platform:platform}的接口说它已停止（{state:stop}）。",
		"The interface of {platform:platform} says that it is stopped ({state:stop}).",
	},
	wizard.NotePanelStrange: {
		"{platform:platform}的接口说的不是这台实例，所以不用它的话作证。",
		"The interface of {platform:platform} does not speak of this instance, so its word is not used.",
	},
	wizard.NoteRehearsed: {
		"这是练习：练习实例的服务器真的停了；再做任何一步，它会重新启动。",
		"This was practice: the practice instance's server did end; it starts again with the next step.",
	},
}

// stopWords say why a stop is not confirmed.
var stopWords = map[string]say{
	"stop-command":        {"关机命令没有成功", "the command to stop did not work"},
	"stop-unseen":         {"没有等到结果就停下了", "the watching was cut short"},
	"stop-unreached":      {"它没有应答；也许已经关了，也许只是网络不通", "it does not answer; it may be off already, or the network may be down"},
	"stop-answers":        {"它还在应答", "it still answers"},
	"stop-other":          {"那个端口上现在是另一台机器", "another machine answers at its port"},
	"stop-closed":         {"端口接受连接，马上又断开", "its port takes connections and ends them at once"},
	"stop-refuses":        {"端口拒绝连接的时间还不够长", "its port has not refused for long enough"},
	"stop-silent":         {"没有应答，也可能只是这里的网络不通", "nothing answers, which may be the network here"},
	"stop-panel-silent":   {"平台的接口没有回答", "the platform's interface gives no answer"},
	"stop-panel-wrong":    {"平台的接口说已停止，实例却还在应答", "the platform's interface calls it stopped, and yet it answers"},
	"stop-panel-starting": {"平台的接口说它正在启动", "the platform's interface says that it is starting"},
	"stop-panel-on":       {"平台的接口说它还开着", "the platform's interface says that it is on"},
	"stop-panel-stopping": {"平台的接口说它正在停止", "the platform's interface says that it is stopping"},
	"stop-panel-unknown":  {"平台的接口的回答看不懂", "the platform's interface gave an answer that makes no sense here"},
	"off":                 {"已停止", "off"},
	"gone":                {"已释放", "released"},
}

// guardProblems: the guard, and stopping the instance.
var guardProblems = map[problem.Code]trouble{
	"bad-guard": {
		say{"值守的设置不能用（{folder}）。", "The guard cannot be armed as it is set ({folder})."},
		say{"检查 gpuwizard.yaml 里的 guard 和 remote.folder，再重试。", "See to guard and remote.folder in gpuwizard.yaml, then try again."},
	},
	"guard-not-armed": {
		say{"{host:host}上的值守没有启动：从实例上读不回它。", "The guard is not armed on {host:host}: nothing could be read back from it."},
		say{"再试一次；在它启动之前，请自己看着时间和面板。", "Try again. Until it is armed, keep an eye on the time and the panel yourself."},
	},
	"guard-ended": {
		say{"值守结束了训练（{rule:guard}）：{act:guard}。", "The guard ended the training ({rule:guard}): it {act:guard}."},
		say{"检查点还在实例上。改好预算、时间或原因后重新开始，就从检查点接着练。", "Its checkpoint is on the instance. Raise the budget, move the end or mend the cause, then start again to go on from there."},
	},
	"budget-spent": {
		say{"实例到现在一共开机 {seconds:seconds}（向导见到的），约 {cost:money}，预算 {budget:money} 已经用完。", "The instance has been on for {seconds:seconds} in all, as far as the wizard saw it, which costs some {cost:money}: the budget of {budget:money} is spent."},
		say{"不想再花，就到面板关机。要继续，到第 1 步提高预算（填 0 就是不设），也可以在 gpuwizard.yaml 里写 guard.budget: off。", "To spend no more, stop the instance in the panel. To go on, raise the budget in step 1 (0 means none), or write guard.budget: off into gpuwizard.yaml."},
	},
	"end-passed": {
		say{"最晚结束时间 {got} 已经过了。", "The latest end, {got}, has passed."},
		say{"在 gpuwizard.yaml 里改 guard.until，例如 22:30 或 8h。", "Change guard.until in gpuwizard.yaml, to 22:30 or 8h for instance."},
	},
	"model-not-here": {
		say{"模型还没有安全取回，所以没有关机[[（{host:host}）]]。", "The model is not safely here yet, so nothing was stopped[[ ({host:host})]]."},
		say{"先运行 gpuwizard download；确实不要模型就用 gpuwizard stop --anyway。", "Run gpuwizard download first, or gpuwizard stop --anyway if you can do without it."},
	},
	"stop-not-confirmed": {
		say{"没能确认{host:host}已关机：{why:stop}。", "Could not confirm that {host:host} is off: {why:stop}."},
		say{"现在就到{platform:panel}看一眼；还开着就在那里关。", "Look into {platform:panel} now, and stop it there if it is on."},
	},
	"panel-only": {
		say{"{host:host}不能从这里关，只能到{platform:panel}关。", "{host:host} cannot be stopped from here, only at {platform:panel}."},
		say{"{note}", "{note}"},
	},
}

// guardQuestions: the guard's keys of the plan.
var guardQuestions = map[string]questionSay{
	"guard.after": {
		say{"训练结束后", "After the training"},
		say{
			"训练结束、又没人来取模型时，实例继续开着只会花钱。默认：等一刻钟，没人看也没取走就关机（硬盘保留）。归还就丢数据的平台默认不关。",
			"Once the training has ended and nobody comes for the model, the instance only costs money. The default waits a quarter of an hour and then stops it, its disk kept; where stopping would lose the disk it stays on.",
		},
	},
	"guard.budget": {
		say{"预算值守", "Guard: budget"},
		say{
			"auto：按 price 的预算和单价算出能开多久，到时结束训练并关机；off 不管；也可写小时数，如 6h。",
			"auto works out from the price how long the budget lasts, then ends the training and stops the instance; off does not; or paid hours, such as 6h.",
		},
	},
	"guard.until": {
		say{"最晚结束", "Guard: latest end"},
		say{
			"到这个时间就结束训练并关机：22:30、2026-11-26 08:00，或从训练开始算起的 8h。留空就不设。",
			"The training is ended and the instance stopped then: 22:30, 2026-11-26 08:00, or 8h from the start of the training. Empty is none.",
		},
	},
	"guard.idle": {
		say{"显卡闲置值守", "Guard: idle GPU"},
		say{
			"训练卡死时显卡不再计算却照样计费。30m 比验证、读盘都长得多；off 不设。",
			"A training that hangs computes nothing and costs as much. 30m is much longer than validation or reading from a disk takes; off is none.",
		},
	},
	"guard.grace": {
		say{"训练结束后的等待", "Guard: grace after the training"},
		say{"训练结束后等多久才关机，够你回来看一眼、取走模型。", "How long it waits after the training before it stops the instance: time to come back and fetch the model."},
	},
}

// guardChoices are the labels of the guard's choices.
var guardChoices = map[string]map[string]choiceSay{
	"guard.after": {
		"stop": {say{"没人看着就关机", "stop it if nobody is watching"}, say{"不白花钱", "an idle instance costs nothing then"}},
		"keep": {say{"保持开机", "keep it on"}, say{"一直计费，直到你关", "billed until you stop it"}},
	},
}

// guardHelp is the help of the commands that look after the instance, and of
// their flags.
var guardHelp = map[string]say{
	"logs":      {"显示训练日志，-f 一直跟到结束", "Show the log of the training; -f follows it to the end"},
	"guard":     {"读回实例上的值守：在不在、何时动作；可以推后或撤下", "Read back the guard on the instance: whether it is armed, and when it acts; extend it or send it away"},
	"stop":      {"关掉实例，并看它是否真的关了；模型没取回就不关", "Stop the instance and see whether it is off; never before the model is here"},
	"follow":    {"一直跟到训练结束", "follow until the training has ended"},
	"extend":    {"把值守推后这么久，如 1h", "let the guard wait longer, by 1h for instance"},
	"guard-off": {"撤下值守", "send the guard away"},
	"guard-arm": {"按 gpuwizard.yaml 重新启动值守", "arm the guard anew, by gpuwizard.yaml"},
	"anyway":    {"模型没取回也关（训练先结束，检查点留在实例上）", "stop even without the model here (a training is ended first, its checkpoint stays on the instance)"},
}
