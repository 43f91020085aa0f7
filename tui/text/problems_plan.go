package text

import "gpuwizard/core/problem"

// planProblems: the plan, the answers, the record and the project's folder.
var planProblems = map[problem.Code]trouble{
	"plan-syntax": {
		say{"{path} 第 {line} 行写法有误。", "{path}, line {line}, is not written correctly[[: {detail}]]."},
		say{"用文本编辑器打开它，改好这一行（注意冒号后要有空格，用空格缩进而不是 Tab）。", "Open it in a text editor and put this line right: a space after each colon, and blanks instead of tabs in front."},
	},
	"plan-unknown-key": {
		say{"[[{path} ]][[第 {line} 行]]有不认识的项“{key}”。", "[[{path}, ]][[line {line}: ]]the key “{key}” is unknown."},
		say{"可以用的有：{allowed:allowed}。改掉或删掉这一项。", "Allowed are: {allowed:allowed}. Correct the key or delete it."},
	},
	"plan-key-twice": {
		say{"{path} 第 {line} 行：“{key}”写了两遍。", "{path}, line {line}: “{key}” is there twice."},
		say{"删掉其中一个。", "Delete one of them."},
	},
	"plan-version": {
		say{"{path}[[ 第 {line} 行]]：这个文件是第 {got} 版，本程序认识第 {want} 版。", "{path}[[, line {line}]]: the file is of version {got}; this program knows version {want}."},
		say{"如果它来自更新的 gpuwizard，请升级本程序；如果是手误，把 version 改成 {want}。", "If a newer gpuwizard wrote it, update this program; if it is a slip, set version to {want}."},
	},
	"plan-wrong-value": {
		say{"{path} 第 {line} 行：“{key}”的值不对[[：“{got}”]]。", "{path}, line {line}: the value of “{key}” is wrong[[: “{got}”]]."},
		say{"可以写：{allowed:allowed}。", "Allowed: {allowed:allowed}."},
	},
	"plan-unreadable": {
		say{"打不开 {path}。", "{path} cannot be read."},
		say{"看看这个文件是否被别的程序占用，或没有读取权限。", "See whether another program holds it, or whether you may read it at all."},
	},
	"plan-too-large": {
		say{"{path} 超过了 {max:size}，不像一份计划文件。", "{path} is larger than {max:size}, which no plan is."},
		say{"换一个文件夹，或把这个文件移走，让向导重新写一份。", "Use another folder, or move the file away and let the wizard write a new one."},
	},
	"plan-unwritable": {
		say{"写不了 {path}。", "{path} cannot be written."},
		say{"看看磁盘是否已满、文件夹是否只读，然后重试。", "See whether the disk is full or the folder read-only, then try again."},
	},
	"answer-wrong": {
		say{"{key:question}不能是“{got}”。", "{key:question} cannot be “{got}”."},
		say{"可以填：{allowed:allowed}。", "Allowed: {allowed:allowed}."},
	},
	"answer-missing": {
		say{"还缺一个回答：{key:question}。", "An answer is missing: {key:question}."},
		say{"先填好它。不用屏幕运行时，把 {key} 写进 gpuwizard.yaml。", "Give it first. For a run without a screen, write {key} into gpuwizard.yaml."},
	},
	"answer-has-secret": {
		say{"{key:question}里带着密码，所以没有写进文件。", "{key:question} holds a password, so it was not written to the file."},
		say{"只留登录指令那一行；密码等问到时再输入。", "Keep the login command alone; the password is asked for when it is needed."},
	},
	"record-broken": {
		say{"进度记录 {path} 读不出来。", "The record of your progress, {path}, cannot be read."},
		say{"把这个文件移走再打开：向导会重新核对每一步，已传和已训练的东西不会丢。", "Move the file away and open the wizard again: it looks at every step afresh, and nothing uploaded or trained is lost."},
	},
	"record-version": {
		say{"进度记录 {path} 是第 {got} 版，本程序认识第 {want} 版。", "The record of your progress, {path}, is of version {got}; this program knows version {want}."},
		say{"请升级 gpuwizard，或把这个文件移走重新核对。", "Update gpuwizard, or move the file away to look at every step afresh."},
	},
	"record-not-saved": {
		say{"进度没能写进 {path}。", "Your progress could not be written to {path}."},
		say{"看看磁盘是否已满、文件夹是否只读，然后重试。", "See whether the disk is full or the folder read-only, then try again."},
	},
	"no-project-folder": {
		say{"没有 {path} 这个文件夹。", "There is no folder {path}."},
		say{"检查路径是否写对，或先建好这个文件夹。", "See whether the path is right, or make the folder first."},
	},
	"step-not-ready": {
		say{"还不能做“{step:step}”：要先完成“{need:step}”。", "“{step:step}” has to wait: “{need:step}” comes first."},
		say{"先做“{need:step}”。", "Do “{need:step}” first."},
	},
}

// stepProblems: what ends a step and has to do with this computer.
var stepProblems = map[problem.Code]trouble{
	"cancelled": {
		say{"已停下。做到这里的都保存了。", "Stopped. What was done so far is kept."},
		say{"重试就从停下的地方继续。", "Try again to go on from here."},
	},
	"step-failed": {
		say{"[[“{step:step}”]]出错了[[：{detail}]]。", "[[In “{step:step}”: ]]something went wrong[[: {detail}]]."},
		say{"重试一次；还是不行，就把日志和这句话一起发给会的人看。", "Try again; if it fails the same way, show this sentence and the log to somebody who knows."},
	},
	"local-readonly": {
		say{"不能写 {path}：没有权限，或磁盘是只读的。", "{path} cannot be written: you may not, or the disk is read-only."},
		say{"把项目放到自己有权限的文件夹（例如“文档”）里再试。", "Put the project into a folder of your own, such as Documents, and try again."},
	},
	"local-no-space": {
		say{"这台电脑的磁盘满了，写不下 {path}。", "The disk of this computer is full: no room for {path}."},
		say{"删掉一些不用的文件，再重试；已经做好的不会重来。", "Delete what you do not need and try again; what is done is not done twice."},
	},
	"local-file-exists": {
		say{"{path} 已经存在，没有覆盖它。", "{path} is there already and was not overwritten."},
		say{"把它移走或改名，再重试。", "Move or rename it, then try again."},
	},
	"local-file-changed": {
		say{"{path} 在上传时被改动了。", "{path} changed while it was being sent."},
		say{"等别的程序写完（例如网盘同步），再重试。", "Wait until other programs, such as a sync client, are done with it, and try again."},
	},
	"local-unreadable": {
		say{"读不了 {path}。", "{path} cannot be read."},
		say{"看看它是否还在、是否有权限读取，再重试。", "See whether it is still there and may be read, then try again."},
	},
	"local-unwritable": {
		say{"写不了 {path}。", "{path} cannot be written."},
		say{"看看磁盘空间和权限，再重试。", "See whether there is room and whether you may write there, then try again."},
	},
}

// practiceProblems: the built-in practice instance.
var practiceProblems = map[problem.Code]trouble{
	"practice-folder": {
		say{"练习实例不能用文件夹 {path}。", "The practice instance cannot use the folder {path}."},
		say{"看看磁盘空间和权限，或用 --dir 换一个文件夹。", "See whether there is room and whether you may write there, or name another folder with --dir."},
	},
	"practice-python": {
		say{"没有 {path} 这个 Python，或它不能启动。", "There is no Python at {path}, or it does not start."},
		say{"用 --python 写出一个装有 PyTorch 的 Python；只想演练就不写 --code 和 --python。", "Name a Python that has PyTorch with --python; for a mere rehearsal leave out --code and --python."},
	},
	"practice-port": {
		say{"练习实例在这台电脑上开不了端口。", "The practice instance can open no port on this computer."},
		say{"看看防火墙或安全软件是否拦住了 127.0.0.1，再重试。", "See whether a firewall blocks 127.0.0.1, then try again."},
	},
	"practice-recording": {
		say{"演练要回放的训练记录损坏了。", "The recording that the rehearsal plays back is damaged."},
		say{"重新下载 gpuwizard。", "Download gpuwizard again."},
	},
}

// moneyProblems: platforms, prices and amounts.
var moneyProblems = map[problem.Code]trouble{
	"platforms-broken": {
		say{"平台资料[[ {path} ]]第 {line} 行读不通：{what}。", "The list of platforms[[, {path},]] makes no sense in line {line}: {what}."},
		say{"照着说明改这一行；把文件移走，就用自带的资料。", "Correct that line; without the file the built-in list is used."},
	},
	"platforms-unread": {
		say{"读不了 {path}。", "{path} cannot be read."},
		say{"检查这个文件的权限，或把它移走。", "See to its permissions, or move it away."},
	},
	"money-bad": {
		say{"“{got}”不是金额。", "“{got}” is no amount of money."},
		say{"写一个 0 到 {max} 的数，例如 1.88。", "Write a number from 0 to {max}, such as 1.88."},
	},
	"currency-bad": {
		say{"“{got}”不是货币代码。", "“{got}” is no code of a currency."},
		say{"写三个大写字母，例如 CNY。", "Write three capital letters, such as CNY."},
	},
	"currency-mixed": {
		say{"价格用 {want}，另一个却用 {got}，没法一起算。", "One amount is in {want}, another in {got}: they cannot be added up."},
		say{"把两个金额写成同一种货币。", "Write both in one currency."},
	},
}
