package text

import (
	"gpuwizard/core/export"
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

var exportProblems = map[problem.Code]trouble{
	export.NoLogin:       {say{"还没有登录指令，脚本不知道往哪里去。", "No login is known, so the script would not know where to go."}, say{"先在计划里填 login，例如 gpuwizard upload；或者导出 skypilot、dstack，它们自己租机器。", "Give the plan its login first, as with gpuwizard upload; or export for skypilot or dstack, which rent the machine themselves."}},
	wizard.CodeElsewhere: {say{"代码只在实例上（{path}），没有向导就改不了它。", "The code is on the instance alone ({path}), and nothing but the wizard edits it there."}, say{"把代码放到这台电脑上，用 code.folder、code.zip 或 code.git。", "Have the code here, with code.folder, code.zip or code.git."}},
}

// exportOf are the sentences of export.Say.
type exportOf[T any] struct {
	NoData, LogIn, OtherKey, NoLogin, Gather, NoCode, NoModel,
	Send, NotSent, Train, NoTorch, Failed, Fetch, NotFetched, Done, StillOn T
}

var exportWords = exportOf[say]{
	NoData:     say{"没有转换好的数据，先运行 gpuwizard run --until classes。", "The converted data are not here: run gpuwizard run --until classes first."},
	LogIn:      say{"登录", "log in"},
	OtherKey:   say{"主机密钥不是计划里的那一个，或者连不上主机，不再往下做。", "The host has another key than the plan has, or does not answer: it goes no further."},
	NoLogin:    say{"登录失败。", "The login failed."},
	Gather:     say{"准备代码", "gather the code"},
	NoCode:     say{"没有找到 YOLOv5 代码（train.py）。", "YOLOv5's code (train.py) was not found."},
	NoModel:    say{"代码里没有这个模型的 YAML。", "The code has no YAML of this model."},
	Send:       say{"上传缺少的或不一样的文件", "send what is missing or differs"},
	NotSent:    say{"传过去的和这里的不一样：", "What arrived is not what is here:"},
	Train:      say{"训练（断线后再运行一次这个脚本就接着看）", "train (after a cut connection run this script again to go on watching)"},
	NoTorch:    say{"实例上没有带 torch 的 Python。", "The instance has no Python with torch."},
	Failed:     say{"训练没有成功，原因在上面的最后几行。用 gpuwizard diagnose 读日志能看到怎么办。", "The training did not end well: the last lines above say why. gpuwizard diagnose reads such a log and tells the mend."},
	Fetch:      say{"取回模型", "fetch the model"},
	NotFetched: say{"取回的文件和实例上的不一样，再运行一次。", "What was fetched is not what is there: run it again."},
	Done:       say{"模型：", "The model:"},
	StillOn:    say{"实例还开着，还在计费：在平台的网页上把它关机。", "The instance is still on and costs money: stop it on the platform's page."},
}

// above is what stands above each form.
var exportAbove = struct{ about, sky, dstack []say }{
	about: []say{
		{"{name}：登录、上传并核对、训练、取回并核对模型，用 ssh 和 tar 就行。", "{name}: log in, send and verify, train, fetch and verify the model, with ssh and tar alone."},
		{"用法：sh 这个文件 [ssh 的选项，例如 -i 密钥文件]。断了就再运行一次，会接着做。", "Usage: sh THIS-FILE [options of ssh, such as -i KEY]. Run it again after a break, and it goes on."},
		{"里面没有密码；ssh 会问。在 Linux、macOS 和 WSL 上可用。", "It holds no password: ssh asks. For Linux, macOS and WSL."},
	},
	sky: []say{
		{"{name}：由 SkyPilot 租机器来训练。", "{name}: a training on a machine that SkyPilot rents."},
		{"  sky launch -c {name} 这个文件", "  sky launch -c {name} THIS-FILE"},
		{"  scp {name}:{best} {model}", "  scp {name}:{best} {model}"},
		{"  sky down {name}    （不关就一直计费）", "  sky down {name}    (it costs money until then)"},
	},
	dstack: []say{
		{"{name}：由 dstack 租机器来训练。文件名要以 .dstack.yml 结尾。", "{name}: a training on a machine that dstack rents. The file's name has to end with .dstack.yml."},
		{"  dstack apply -f 这个文件", "  dstack apply -f THIS-FILE"},
		{"它在等数据。另开一个终端传过去：", "It waits for the data. Send them from another terminal:"},
		{"{send}", "{send}"},
		{"训练完它在等你取模型，取走才结束（最多 24 小时，期间计费）：", "After the training it waits until the model is fetched, for 24 hours at most, and costs money until then:"},
		{"  scp {name}:{best} {model} && ssh {name} touch /tmp/gpuwizard/fetched", "  scp {name}:{best} {model} && ssh {name} touch /tmp/gpuwizard/fetched"},
	},
}

// Export returns what an exported journey says.
func (t *Text) Export() export.Say {
	var s export.Say
	t.speak(exportWords, &s)
	for _, part := range []struct {
		to   *[]string
		from []say
	}{{&s.About, exportAbove.about}, {&s.Sky, exportAbove.sky}, {&s.Dstack, exportAbove.dstack}} {
		for _, line := range part.from {
			*part.to = append(*part.to, line.in(t.Lang))
		}
	}
	return s
}
