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
}
