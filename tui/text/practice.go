package text

import (
	"maps"

	"gpuwizard/core/journey"
	"gpuwizard/core/wizard"
)

// ForPractice returns the sentences for the practice instance, where nothing
// is rented, nothing costs money, and everything ends with the program.
func (t *Text) ForPractice() *Text {
	p := *t
	p.steps, p.notes = maps.Clone(t.steps), maps.Clone(t.notes)
	for step, other := range practiceSteps {
		s := p.steps[step]
		s.Why, s.Does = other.why.in(t.Lang), other.does.in(t.Lang)
		p.steps[step] = s
	}
	for code, n := range practiceNotes {
		p.notes[code] = n.in(t.Lang)
	}
	p.LeaveTraining, p.GoOnHere = p.LeavePractice, p.GoOnPractice
	p.StopWhy, p.StopYes = practiceStop.why.in(t.Lang), practiceStop.yes.in(t.Lang)
	return &p
}

// practiceSteps replace what would be untrue of the practice instance.
var practiceSteps = map[journey.Step]struct{ why, does say }{
	journey.Region: {
		why: say{
			"这是练习：在这台电脑里的练习实例上把七步走一遍，一分钱也不花。真正租显卡时，在这一步选好平台和地区，因为数据盘和显卡要在同一个地区。",
			"This is practice: all seven steps, on an instance inside this computer, free of charge. For a rented GPU, platform and region are chosen here, since disk and GPU have to lie in the same region.",
		},
		does: say{"练习时没有要选的，按 Enter 继续。", "There is nothing to choose in practice: press Enter to go on."},
	},
	journey.Upload: {
		why: say{
			"真正训练时，数据和代码要先传到租来的机器上，一个字节都不能错。练习实例就在这台电脑里，走的是同样的步骤。",
			"A training runs on a rented machine, so data and code must get there first, with not a byte wrong. The practice instance is inside this computer and takes the same steps.",
		},
		does: say{
			"向导用 SSH 登录练习实例，看看上面有什么，只传缺少的文件，并在那边核对每个文件。",
			"The wizard logs in to the practice instance by SSH, sees what it has, sends only what is missing and verifies each file there.",
		},
	},
	journey.Train: {
		why: steps[journey.Train].why,
		does: say{
			"向导只安装缺少的模块，在练习实例上启动训练并跟着看。练习实例随程序结束；在租来的实例上，断网或关掉电脑，训练都会继续。",
			"The wizard installs only what is missing, starts the training on the practice instance and watches it. The practice instance ends with the program; on a rented one the training goes on even if your computer is off.",
		},
	},
	journey.Download: {
		why: say{
			"训练结果还在实例上，要取回来并核对。租来的实例一释放，上面的东西就没了，所以总是先取回、再关机。",
			"The outcome still lies on the instance and has to be brought home and verified. What lies on a rented one is gone once it is released, so this comes before stopping it.",
		},
		does: say{
			"向导下载结果和曲线，核对大小和校验值，确认文件完整。接着问要不要关机，和租来的实例一样。",
			"The wizard downloads the outcome and the curves, verifies size and checksum and makes sure that the files are whole. Then it asks about stopping the instance, as it does for a rented one.",
		},
	},
}

// practiceStop asks about the practice instance's end.
var practiceStop = struct{ why, yes say }{
	why: say{
		"练习：模型已经在这台电脑上。租来的实例只要开着就在计费，所以这里会问。练习实例不花钱；关机会真的停下它的服务器，再做任何一步它会重新启动。",
		"Practice: the outcome is on this computer. A rented instance is billed as long as it is on, hence this question. The practice instance costs nothing; stopping it really ends its server, which starts again with the next step.",
	},
	yes: say{"关机（练习）", "Stop it (practice)"},
}

var practiceNotes = map[wizard.NoteCode]say{
	wizard.NoteJobStarted:    {"训练已在练习实例上启动。", "The training has started on the practice instance."},
	wizard.NoteJobFound:      {"训练已经在练习实例上运行，接着看。", "The training is running on the practice instance already; watching on."},
	wizard.NoteReconnect:     {"与练习实例的连接断了；{seconds} 秒后重新连接。", "The connection to the practice instance dropped. Trying again in {seconds} s."},
	wizard.NoteGuardArmed:    {"值守已在练习实例上启动，并已读回核对[[；照现在的情况，最早 {seconds:seconds}后动作]]。在租来的实例上，关掉电脑它也在。", "The guard is armed on the practice instance and was read back[[; as things stand it acts in {seconds:seconds} at the earliest]]. On a rented one it stays when your computer is off."},
	wizard.NoteGuardKeep:     {"训练结束后：练习实例保持运行，随程序结束。", "After the training the practice instance stays on and ends with the program."},
	wizard.NoteGuardNotArmed: {"值守没有启动[[：{why:guard}]]。在租来的实例上，这意味着电脑关了以后没有谁会停下它。", "The guard is not armed[[: {why:guard}]]. On a rented instance this would mean that nobody stops it once your computer is off."},
	wizard.NotePredict:       {"detect.py 用训练好的模型看 {count} 张没拿来训练的图片；在租来的实例上，这要多花几秒到几十秒的计费时间。", "detect.py draws what the model finds on {count} picture{count:s} that it has not learned from; on a rented instance this takes some seconds of paid time."},
	wizard.NoteExport:        {"export.py 把模型另存为 ONNX 格式；在租来的实例上，这要多花十几秒到一两分钟的计费时间。", "export.py writes the model as ONNX; on a rented instance this takes some seconds to a minute or two of paid time."},
	wizard.NoteSeenOff:       {"已看到练习实例关机：连接断开，端口一直拒绝连接。", "The practice instance was seen to be off: the connection ended and its port goes on refusing."},
	wizard.NoteNotConfirmed:  {"没能确认练习实例已关机[[：{why:stop}]]。租来的实例这时就要去面板看。", "Could not confirm that the practice instance is off[[: {why:stop}]]. With a rented one it would be time to look into the panel."},
}
