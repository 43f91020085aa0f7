package text

import (
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// rentalQuestions: the keys of the plan about platform, GPU and money.
var rentalQuestions = map[string]questionSay{
	"instance": {
		say{"实例编号", "Instance"},
		say{
			"平台给实例的编号，例如 pro-76419909953e。只有给了开发者 Token、让向导自己查询和关机时才用得到；留空则由实例自己说明。",
			"The platform's own name of the instance, such as pro-76419909953e. Used only with a developer token, to ask for its state and to stop it; left empty, the instance says it itself.",
		},
	},
}

// rentalNotes: what the steps say of platform, GPU and money.
var rentalNotes = map[wizard.NoteCode]say{}

// panelProblems: the platform's own interface for programs.
var panelProblems = map[problem.Code]trouble{
	"panel-cannot": {
		say{"{platform:platform} 没有给程序提供这项：{what:word}。", "{platform:platform} does not offer this to programs: {what:word}."},
		say{"请到{platform:panel}查看或操作。", "Use {platform:panel} for it."},
	},
	"panel-refused": {
		say{"{platform:platform} 的接口拒绝了请求（{what:word}）[[：{detail}]][[（状态 {status}）]]。", "The interface of {platform:platform} refused the request ({what:word})[[: {detail}]][[ (status {status})]]."},
		say{"请到{platform:panel}操作；没有接口，向导照样能用。", "Use {platform:panel} for it; the wizard works without the interface too."},
	},
	"panel-token": {
		say{"{platform:platform} 不接受这个开发者 Token。", "{platform:platform} does not accept the developer token."},
		say{"在平台的账号设置里重新生成一个，放进环境变量 {variable}；也可以不用 Token。", "Make a new one in the platform's account settings and put it into the variable {variable}, or go on without one."},
	},
	"panel-real-name": {
		say{"{platform:platform} 要求账号先实名认证。", "{platform:platform} asks for the account's owner to be verified first (实名认证)."},
		say{"到{platform:panel}完成实名认证，再重试。", "Do that in {platform:panel}, then try again."},
	},
	"panel-no-stock": {
		say{"{platform:platform} 现在没有空闲的这种显卡。", "{platform:platform} has no such GPU free at the moment."},
		say{"过一会儿再试，或换一种显卡、换一个地区。", "Try again later, or choose another GPU or region."},
	},
	"panel-not-yours": {
		say{"{platform:platform} 的接口不认识实例 {instance}，或这个 Token 管不到它。", "The interface of {platform:platform} does not know the instance {instance}, or the token does not reach it."},
		say{"核对 gpuwizard.yaml 里的 instance；AutoDL 的接口只管 Pro 实例，普通实例请在{platform:panel}操作。", "Compare instance in gpuwizard.yaml; AutoDL's interface reaches Pro instances only, others are handled in {platform:panel}."},
	},
	"panel-silent": {
		say{"{platform:platform} 的接口没有回答。", "The interface of {platform:platform} does not answer."},
		say{"检查网络后重试，或到{platform:panel}操作。", "See to your network and try again, or use {platform:panel}."},
	},
	"panel-unclear": {
		say{"{platform:platform} 的接口的回答看不懂（{what:word}），所以什么也不能断定。", "The interface of {platform:platform} gave an answer that makes no sense here ({what:word}), so nothing follows from it."},
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
	wizard.LoginMoved: {
		{"实例换了地址？", "Has the instance moved?"},
		{
			"{login} 连不上了。重启实例后端口和密码可能会变：到面板复制现在的登录指令，粘贴到这里（连密码一起也行）；没变就直接回车重试。",
			"{login} cannot be reached. Port and password may change when an instance restarts: copy the login as the panel shows it now and paste it here (the password may come along); if it is the same, press Enter to try again.",
		},
	},
}

// NewLogin asks for the login of an instance that was restarted.
func (t *Text) NewLogin(why wizard.LoginReason, login string) (title, text string) {
	words := newLogins[why]
	return words[0].in(t.Lang), t.Fill(words[1].in(t.Lang), map[string]string{"login": login})
}
