package text

import "gpuwizard/core/wizard"

// StartText are the words of the question whether to start an instance.
type StartText struct{ Title, Why, Yes, No string }

var startWords = struct{ Title, Start, Restart, Cheap, Yes, No say }{
	Title: say{"开机吗？", "Start the instance?"},
	Start: say{
		"{platform:platform}的接口说实例 {host} 关着。要现在开机（带显卡）吗？从开机起就计费[[：每小时 {price:money}]]。",
		"{platform:platform} says that the instance {host} is off. Shall the wizard start it now, with its GPU? It is billed from then on[[: {price:money} an hour]].",
	},
	Restart: say{
		"训练要用显卡，实例 {host} 现在没有。要通过{platform:platform}的接口关机，再带显卡开机吗？从开机起就计费[[：每小时 {price:money}]]。磁盘上的东西都会保留。",
		"The training needs a GPU, and the instance {host} has none now. Shall the wizard ask {platform:platform} to stop it and start it with its GPU? It is billed from then on[[: {price:money} an hour]]. What is on its disks is kept.",
	},
	Cheap: say{
		"这一步用不着显卡：在{platform:panel}用无卡模式开机，每小时只要 {cheap:money}。",
		"This step needs no GPU: started in no-GPU mode, in {platform:panel}, it costs {cheap:money} an hour.",
	},
	Yes: say{"开机，开始计费", "Start it, and the billing"},
	No:  say{"不，我自己去面板", "No, I will use the panel"},
}

// Start returns the words of the question whether to start an instance.
func (t *Text) Start(s wizard.Start) StartText {
	args := map[string]string{"platform": s.Platform, "host": s.Host, "price": "", "cheap": ""}
	if !s.PerHour.IsZero() {
		args["price"] = s.PerHour.String()
	}
	why := startWords.Start
	if s.Restart {
		why = startWords.Restart
	}
	told := t.Fill(why.in(t.Lang), args)
	if !s.Cheap.IsZero() {
		args["cheap"] = s.Cheap.String()
		told += "\n\n" + t.Fill(startWords.Cheap.in(t.Lang), args)
	}
	return StartText{startWords.Title.in(t.Lang), told, startWords.Yes.in(t.Lang), startWords.No.in(t.Lang)}
}

// startNotes: what is told of an instance that is started by the platform's
// interface.
var startNotes = map[wizard.NoteCode]say{
	wizard.NoteStarting: {
		"已让{platform:platform}带显卡开机[[；从开机起每小时 {price:money}]]。",
		"{platform:platform} is asked to start the instance with its GPU[[; from then on it costs {price:money} an hour]].",
	},
	wizard.NoteStarted: {
		"{platform:platform}的接口说实例已开机，从现在起计费[[（每小时 {price:money}）]]；SSH 还要等几秒。",
		"The interface of {platform:platform} says that the instance is on, so it is billed now[[ ({price:money} an hour)]]; SSH takes some seconds more.",
	},
	wizard.NoteNotStarted: {
		"没能确认实例已开机：{platform:platform}的接口说它{state:power}。请到{platform:panel}看看：它可能已经在计费。",
		"The instance was not seen to be on: by the interface of {platform:platform} it is {state:power}. Look into {platform:panel}: it may be billed already.",
	},
	wizard.NoteFoundAt: {
		"{platform:platform}的接口说实例现在的登录指令是 {login}，已改用它。",
		"The interface of {platform:platform} says that the login of the instance is {login} now; that is used from here on.",
	},
}

// powerWords say in which state a platform says that an instance is.
var powerWords = map[string]say{
	"starting": {"正在开机", "starting"},
	"on":       {"开着", "on"},
	"stopping": {"正在关机", "stopping"},
	"off":      {"关着", "off"},
	"gone":     {"已释放", "released"},
	"unknown":  {"状态不明", "in a state that is not known here"},
}
