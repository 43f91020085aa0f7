package text

// KeyText is what the keys do, for the footer and the help.
type KeyText = keysOf[string]

type keysOf[T any] struct {
	// Headings of the help.
	Everywhere, AtWork, InHelp, InLog, InFolders, InData, InLesson T

	Move, Choose, Close, Back, Next, Jump, Overview, Help, Suspend, Quit,
	PrevTab, NextTab, ParentFolder,
	Data, Page, Picture, Zoom, Finding,
	Stop, Skip, Log, Retry, Mend,
	ByHand, Hint, Task,
	PageUp, PageDown, Top, Follow, Left, Right, Search, NextMatch, PrevMatch, Copy,
	// In the footer, what a key means at hand.
	Start, Open, Accept, Scroll, Sideways, Newest, Cancel, Again, StepBack, StepNext, Steps T
}

var keyWords = keysOf[say]{
	Everywhere: say{"到处可用", "Everywhere"}, AtWork: say{"步骤进行中、失败时", "While a step is at work, or failed"}, InHelp: say{"说明", "The help"}, InLog: say{"日志", "The log"}, InData: say{"看数据", "Looking at the data"}, InFolders: say{"选文件夹", "Choosing a folder"},

	Move: say{"移动", "move"}, Choose: say{"选择", "choose"}, Close: say{"返回", "go back"},
	Back: say{"上一步", "previous step"}, Next: say{"下一步", "next step"}, Jump: say{"直接到某一步", "straight to a step"},
	Overview: say{"总览", "overview"}, Help: say{"说明", "help"}, Suspend: say{"暂时回到命令行（fg 回来）", "to the shell for a while (fg comes back)"},
	Quit: say{"退出", "quit"},

	PrevTab: say{"上一页", "previous page"}, NextTab: say{"下一页", "next page"}, ParentFolder: say{"上一层", "level up"},
	Data: say{"看图片", "pictures"}, Page: say{"换页", "next page"}, Picture: say{"换图片", "picture"}, Zoom: say{"放大缩小", "zoom"}, Finding: say{"换问题", "finding"},

	Stop: say{"停下", "stop"}, Skip: say{"跳过剩下的图片", "skip the rest"}, Log: say{"看日志", "log"}, Retry: say{"重试", "retry"}, Mend: say{"按诊断修改并重试", "apply the mend and retry"},

	ByHand: say{"亲手做", "by hand"}, Hint: say{"提示", "hint"}, Task: say{"课程", "lesson"}, InLesson: say{"亲手做、上课", "By hand, and in a lesson"},

	PageUp: say{"往上翻页", "page up"}, PageDown: say{"往下翻页", "page down"}, Top: say{"到开头", "to the beginning"},
	Follow: say{"跟随最新", "follow the newest"}, Left: say{"往左看", "look to the left"}, Right: say{"往右看", "look to the right"},
	Search: say{"查找", "search"}, NextMatch: say{"下一处", "next match"}, PrevMatch: say{"上一处", "previous match"}, Copy: say{"复制", "copy"},

	Open: say{"打开", "open"}, Start: say{"开始", "start"}, Accept: say{"确定", "accept"}, Scroll: say{"翻看", "scroll"}, Sideways: say{"左右看", "sideways"},
	Newest: say{"到最新", "newest"}, Cancel: say{"取消", "cancel"}, Again: say{"再核对一次", "look again"},
	StepBack: say{"上一步", "back"}, StepNext: say{"下一步", "next"}, Steps: say{"去看步骤", "to the steps"},
}

// Keys returns what the keys do.
func (t *Text) Keys() KeyText { return spoken[KeyText](t, keyWords) }
