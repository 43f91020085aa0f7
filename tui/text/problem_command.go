package text

import "gpuwizard/core/problem"

// commandProblems are those of the command line itself.
var commandProblems = map[problem.Code]trouble{
	"not-a-practice-folder": {
		what: say{"{path} 里是一个真实项目的计划，练习不会动它。", "{path} holds the plan of a real project; practice leaves it alone."},
		next: say{"请用 --dir 指定一个新的文件夹来练习。", "Give a new folder for practice with --dir."},
	},
	"practice-not-made": {
		what: say{"无法在 {path} 里准备练习用的文件。", "The files for practice could not be put into {path}."},
		next: say{"请检查这个文件夹能否写入、磁盘是否还有空间，或用 --dir 换一个文件夹。", "Check that the folder can be written to and that the disk has room, or take another folder with --dir."},
	},
	"practice-needs-both": {
		what: say{"--code 和 --python 要一起使用。", "--code and --python belong together."},
		next: say{"例如：gpuwizard practice --code yolov5 --python python3", "For example: gpuwizard practice --code yolov5 --python python3"},
	},
	"no-such-command": {
		what: say{"没有“{word}”这个命令。", "There is no command “{word}”."},
		next: say{"[[是不是想用：{like}？]]运行 gpuwizard --help 查看所有命令。", "[[Perhaps {like} is meant. ]]gpuwizard --help lists the commands."},
	},
	"no-such-flag": {
		what: say{"{command} 没有 {flag} 这个选项。", "{command} has no option {flag}."},
		next: say{"运行 {command} --help 查看它的选项。", "{command} --help lists those it has."},
	},
	"wrong-arguments": {
		what: say{"{command} 不是这样用的。", "{command} is not used like that."},
		next: say{"写成：{usage}（{command} --help 有说明）", "Write: {usage} ({command} --help says more)"},
	},
	"nothing-trained": {
		what: say{"这个文件夹里还没有启动过训练，所以没有日志。", "No training was started in this folder yet, so there is no log."},
		next: say{"运行 gpuwizard，从没做完的那一步继续。", "Run gpuwizard: it goes on at the first step that is not done."},
	},
	"no-model-yet": {
		what: say{"训练好的模型还没有取回来，没有可写进报告的结果。", "No trained model is here yet, so there is nothing to report."},
		next: say{"先训练并运行 gpuwizard download；要请人帮忙看问题，用 gpuwizard report --help-me。", "Train first, then run gpuwizard download; to ask somebody for help there is gpuwizard report --help-me."},
	},
	"wrong-command": {
		what: say{"这条命令看不懂：{detail}", "This command line makes no sense: {detail}"},
		next: say{"运行 gpuwizard --help 查看可用的命令和选项。", "See the commands and flags with gpuwizard --help."},
	},
	"out-unwritable": {
		what: say{"无法写入 {path}。", "{path} cannot be written."},
		next: say{"请检查文件夹是否存在、能否写入、磁盘是否已满，或换一个位置。", "Check that its folder is there, can be written to and has room, or take another place."},
	},
	"not-in-data": {
		what: say{"{path} 不在数据文件夹 {data} 里，或者那里没有它的标注。", "{path} is not among the pictures of the data folder {data}."},
		next: say{"请用 --data 指定放图片和标注的文件夹。", "Give the folder of pictures and labels with --data."},
	},
}
