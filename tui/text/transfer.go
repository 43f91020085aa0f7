package text

import (
	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
)

// TransferText is what an upload or a download at work shows.
type TransferText struct {
	Files string // files: how many of how many
}

var transferWords = struct{ Files say }{Files: say{"{files} 个文件", "{files} files"}}

// Transfer returns the words about uploads and downloads.
func (t *Text) Transfer() TransferText { return spoken[TransferText](t, transferWords) }

var transferNotes = map[wizard.NoteCode]say{
	wizard.NoteCutOff: {
		"连接断了，已经传到的都还在；{seconds} 秒后重新连接，从断开的地方继续。",
		"Connection lost. What has arrived stays; trying again in {seconds} s, and going on from there.",
	},
	wizard.NoteCodeLeftOut: {
		"代码里有些东西不上传[[；Git 相关的文件，训练用不到，还会让 YOLOv5 去联网：{history}]][[；以前运行、Python 和编辑器留下的：{leavings}]][[；权重，只传计划里写的那一个：{weights}]][[；链接和不是普通文件的，可能指向别处：{links}]][[；压缩包里路径越出文件夹或重名的，不可信：{names}]]。",
		"Some of the code is not sent[[; what belongs to Git, which no training needs and which makes YOLOv5 reach for the network: {history}]][[; what earlier runs, Python and editors left: {leavings}]][[; weights, of which only the plan's are sent: {weights}]][[; links and what is no plain file, for they may lead anywhere: {links}]][[; entries of the zip that lead out of it or occur twice, which is not to be trusted: {names}]].",
	},
	wizard.NoteReadTwice: {
		"{host} 不让运行命令：{path} 是用 SFTP 取回的，读了两遍，内容一致（没有让实例自己计算校验值）。",
		"{host} runs no commands: {path} was fetched over SFTP and read twice, with one result (the instance itself computed no digest).",
	},
	wizard.NoteReadBack: {
		"{host} 不让运行命令：{folder} 是用 SFTP 传的，并已全部读回来逐个核对（没有让实例自己计算校验值）。",
		"{host} runs no commands: {folder} was sent over SFTP, and verified by reading all of it back (the instance itself computed no digest).",
	},
}

var transferProblems = map[problem.Code]trouble{
	wizard.TransferPaused: {
		say{"与 {host} 的连接断了 {minutes} 分钟，一直没有恢复。", "The connection to {host} dropped and did not come back within {minutes} minutes."},
		say{"看看网络和实例是否开机，再运行一次：已经传到的都保留着，会从断开的地方继续。", "See to the network, and that the instance is on; then run it again: what has arrived is kept, and it goes on from there."},
	},
}

var transferQuestions = map[string]questionSay{
	"remote.limit": {
		title: say{"传输限速", "Limit of transfers"},
		why: say{
			"上传和下载每秒最多多少字节，如 2M；空着就不限。网络要留给别人用时才需要。",
			"The most bytes a second that uploads and downloads take, such as 2M; empty is no limit. Wanted only where others need the network too.",
		},
	},
}
