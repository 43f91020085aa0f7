package text

import "gpuwizard/core/wizard"

// guardNotes: the guard on the instance. Each rule says what it does and what
// it cannot know.
var guardNotes = map[wizard.NoteCode]say{
	wizard.NoteGuardArmed: {
		"值守已在 {host:host} 上启动，并已读回核对[[；照现在的情况，最早 {seconds:seconds}后动作]]。关掉这台电脑它也在。",
		"The guard is armed on {host:host} and was read back[[; as things stand it acts in {seconds:seconds} at the earliest]]. It stays when this computer is off.",
	},
	wizard.NoteGuardNone: {
		"没有设任何值守规则：除了你，没有谁会停下这台实例。",
		"No rule of the guard is set: nobody but you stops this instance.",
	},
	wizard.NoteGuardBudget: {
		"预算：{seconds:seconds}后钱用完，到时{act:guard}。它按你填的单价和实例的开机时间算，不知道账户里别的花费。",
		"Budget: in {seconds:seconds} the money is spent; then it {act:guard}. It reckons with your price and with how long the instance has been on, and knows nothing of what else the account pays for.",
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
		"在 {platform:platform} 上停止就是归还，还没取走的模型会丢：所以训练结束后不自动停止。",
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
		"值守已动作（{rule:guard}）：{act:guard}[[；关机命令运行了 {tries} 次]][[，上次退出码 {exit}]][[，输出：{output}]]。",
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
	string(wizard.ActStop):    {"结束训练（保留检查点）并关掉实例", "ends the training, its checkpoint kept, and stops the instance"},
	string(wizard.ActEnd):     {"结束训练（保留检查点），实例仍开着", "ends the training, its checkpoint kept; the instance stays on"},
	string(wizard.ActTell):    {"只记下来，关机要靠你", "only notes it: stopping is up to you"},
	string(wizard.RuleBudget): {"预算", "budget"},
	string(wizard.RuleEnd):    {"最晚结束", "latest end"},
	string(wizard.RuleIdle):   {"显卡闲置", "idle GPU"},
	string(wizard.RuleAfter):  {"训练结束", "end of the training"},
	"guard-unread":            {"从实例上读不回它", "it could not be read back from the instance"},
	"guard-gone":              {"它的进程不在了，或实例重启过", "its process is gone, or the instance was restarted"},
}
