package text

// WelcomeText is the words of the first screen, of choosing a folder, and of
// the overview of a project.
type WelcomeText = welcomeOf[string]

type welcomeOf[T any] struct {
	Title, Promise                   T // what the program is for, and what it holds to
	Here, Practice, New              T // what can be chosen
	PracticeWhy, NewWhy              T
	HereData, HereCode, HereEmpty    T // what is in the folder at hand: {data}
	Recent, NoRecent                 T
	DoneOf, NextStep, AllDone, Model T // {done}, {total}; {step}; of a project
	Opening                          T

	// Choosing a folder.
	Choose, ChooseWhy, Use, Up, Places, Home, NoFolders, Unreadable T
	TypeFolder                                                      T // in place of the key that searches
	Seen, SeenMore, SeenProject, SeenNothing, SeenCode              T // {pictures}, {labels}

	// The overview.
	Overview, OverviewWhy, OtherProjects, GoOn, Folder, NotLooked T
}

var welcomeWords = welcomeOf[say]{
	Title: say{"从标注好的图片，到训练好的模型", "From labelled pictures to a trained model"},
	Promise: say{
		"七个步骤，每步先说明做什么、花不花钱。图片只读不改；随时退出，下次接着做。",
		"Seven steps. Each says first what it does and what it costs. Your pictures are only read; quit at any time, and go on later.",
	},
	Here:        say{"在这个文件夹开始", "Start in this folder"},
	Practice:    say{"先练习一遍", "Practise first"},
	New:         say{"新建项目", "New project"},
	PracticeWhy: say{"用内置图片走完七步；不租机器，不花钱", "all seven steps with built-in pictures, free"},
	NewWhy:      say{"选出放着标注图片的文件夹", "choose the folder of your labelled pictures"},
	HereData:    say{"这里有标注数据：{data}", "labelled pictures are here: {data}"},
	HereCode:    say{"这里有 YOLOv5 代码，还没有标注数据", "YOLOv5's code is here, labelled pictures are not"},
	HereEmpty:   say{"这里还没有标注数据", "no labelled pictures are here yet"},
	Recent:      say{"最近的项目", "Recent projects"},
	NoRecent:    say{"还没有项目", "none yet"},
	DoneOf:      say{"{done}/{total} 步完成", "{done} of {total} done"},
	NextStep:    say{"接下来：{step:step}", "next: {step:step}"},
	AllDone:     say{"全部完成", "all done"},
	Model:       say{"模型", "model"},
	Opening:     say{"正在打开…", "opening ..."},

	Choose:      say{"选择文件夹", "Choose a folder"},
	ChooseWhy:   say{"选放着标注图片的文件夹，或它外面的那一层。向导另建 prepared、result 等文件夹，图片不动。", "Take the folder that holds the labelled pictures, or the one around it. The wizard makes folders of its own (prepared, result); your pictures stay as they are."},
	Use:         say{"就用这个文件夹", "Use this folder"},
	Up:          say{"上一层", "one level up"},
	Places:      say{"磁盘和常用位置", "disks and places"},
	Home:        say{"主目录", "home"},
	NoFolders:   say{"里面没有文件夹", "no folders in it"},
	TypeFolder:  say{"输入路径，或名字里的几个字来查找", "type a path, or some letters of a name to find"},
	Unreadable:  say{"打不开：{detail}", "cannot be opened: {detail}"},
	Seen:        say{"{pictures:count} 张图片，{labels:count} 个标注文件", "{pictures:count} picture{pictures:s}, {labels:count} label file{labels:s}"},
	SeenMore:    say{"至少 {pictures:count} 张图片，{labels:count} 个标注文件", "at least {pictures:count} picture{pictures:s}, {labels:count} label file{labels:s}"},
	SeenProject: say{"已有项目，打开就接着做", "a project is here: go on with it"},
	SeenNothing: say{"没有图片", "no pictures"},
	SeenCode:    say{"有 YOLOv5 代码", "YOLOv5's code"},

	Overview:      say{"总览", "Overview"},
	OverviewWhy:   say{"七个步骤，以及每一步做完的证据；证据刚刚重新核对过。选一步就打开它。", "The seven steps, and what shows that each is done, looked at just now. Choose one to open it."},
	OtherProjects: say{"其他项目…", "Other projects ..."},
	GoOn:          say{"继续", "Go on"},
	Folder:        say{"文件夹", "folder"},
	NotLooked:     say{"按上次的记录", "as recorded last time"},
}

// Welcome returns the words of the first screen.
func (t *Text) Welcome() WelcomeText { return spoken[WelcomeText](t, welcomeWords) }
