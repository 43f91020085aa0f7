package text

// Words are the fixed words and sentences of the screens.
type Words = wordsOf[string]

type wordsOf[T any] struct {
	Yes, No, Colon T

	// The frame.
	Rehearsal      T // the mark in the header of every screen
	RehearsalShort T // what it means
	Practice       T // the practice instance, but a real training
	NoInstance     T // in the header before one is known
	TooSmall       T // the window is too small: {width}, {height}
	StepOf         T // {number}, {total}
	BusyWith       T // {step}: another step is at work
	Looking        T // the evidence is being looked at
	PerHour        T // {price}

	// Buttons.
	ButtonNext, ButtonAgain, ButtonEdit, ButtonRetry, ButtonBack, ButtonQuit, ButtonSettings, ButtonLogin T

	// The form of a step.
	Default      T // beside an answer that the person did not give
	Empty        T // in place of an empty answer
	TypeOther    T // the last choice: an answer of one's own
	TypeHere     T // the prompt of the last row
	Required     T // beside a question without an answer
	Saved        T
	ByHand       T // heading: how it is done by hand
	Evidence     T // heading: the evidence of a step that is done
	DoneAt       T // {time}
	NotYet       T // a step whose turn has not come: {step}
	Changed      T // files that changed: {files}
	GoOnHere     T // a step that was begun and not ended
	GoOnPractice T // likewise, on the practice instance
	GoOnWatching T // likewise, of a training that may be running on the instance
	WatchOn      T // what starts a step that only watches on
	PasteKept    T // a password was pasted with the login and is kept in memory
	NotHeard     T // a key was pressed before what it would have answered could be read

	// A step at work.
	Working, Finished, LogTitle, LogEmpty, Following, Paused,
	Rate, Left, FileInHand, Command, DiagnosisTitle,
	// What a failure's two parts are called.
	What, Next T

	// The training.
	Epoch, Loss, Accuracy, Best, CurveEmpty, CostSoFar, GPUMemory T

	// What is known of the platform.
	PlatformWeb, PlatformVoucher, VoucherSeen, BudgetLasts, BudgetHours, PriceUnknown, NoBudget, DiskAt, StopHow,
	LoginHow, LoginExample, NoGPUMode, NoGPUWhy T

	// Dialogs.
	PasswordTitle, PasswordWhy, PasswordAgain,
	HostNewTitle, HostNewWhy, HostNewAsk,
	HostChangedTitle, HostChangedWhy, HostChangedAsk,
	HostName, HostNow, HostBefore,
	StopTitle, StopWhy, StopYes, StopNo,
	LeaveTitle, LeaveWhy, LeaveTraining, LeavePractice, LeaveYes, LeaveNo, LeaveQuit, LeaveWatch, LeaveWatchQuit,
	Trust, DoNotTrust T

	// The end.
	AllDone, AllDoneRehearsal, NextSteps, Picture, RealNext, MoreSaved, PanicLine, QuitLine T

	// A folder without anything to work on: {folder}
	PutSoon, PutData, PutCode T
	// The connection of a step at work came back.
	BackAgain T
	// Below TooSmall, while a step is at work.
	SmallGoesOn T
	// A step was asked to stop and has not yet.
	StoppingStep T
	// Ctrl-Z where no shell could continue the program.
	NoSuspend T

	// The log pane: what is searched for is {text}, {count} lines hold it; what
	// was let go is in the file {path}; {count} lines were copied, also to {path}.
	SearchFor, FoundInLog, NotInLog, NoMoreInLog, OlderInFile, Copied, CopiedToFile T

	// Headings of what explains a step.
	WhyTitle, DoesTitle, ByHandTitle, WrongTitle, CostsTitle T

	// The help: its tabs, a heading, and lines above what they show.
	HelpStep, HelpJourney, HelpActs, HelpWords, HelpKeys, HelpBack, HelpActsWhy, HelpWordsWhy, HelpKeysWhy T
}

var words = wordsOf[say]{
	Yes: say{"是", "yes"}, No: say{"否", "no"}, Colon: say{"：", ": "},

	Rehearsal:      say{"演练", "REHEARSAL"},
	RehearsalShort: say{"不花钱，也不会真正训练", "costs nothing, trains nothing"},
	Practice:       say{"练习实例", "practice instance"},
	NoInstance:     say{"还没有实例", "no instance yet"},
	TooSmall:       say{"请放大窗口：需要至少 80 × 24，现在是 {width} × {height}", "Please enlarge the window: 80 x 24 is needed, this is {width} x {height}"},
	StepOf:         say{"第 {number} 步，共 {total} 步", "step {number} of {total}"},
	Looking:        say{"正在核对文件…", "looking at your files ..."},
	BusyWith:       say{"“{step:step}”正在进行，等它结束或先停下它。", "“{step:step}” is at work: wait for its end, or stop it first."},
	PerHour:        say{"{price}/时", "{price}/h"},

	ButtonNext: say{"下一步", "Next"}, ButtonAgain: say{"重做这一步", "Do it again"}, ButtonEdit: say{"改回答", "Change the answers"},
	ButtonRetry: say{"重试", "Try again"}, ButtonBack: say{"上一步", "Back"}, ButtonQuit: say{"退出向导", "Quit the wizard"},
	ButtonLogin:    say{"改登录指令", "Change the login"},
	ButtonSettings: say{"改训练设置", "Change the settings of the training"},

	Default:      say{"默认", "default"},
	Empty:        say{"未填", "not set"},
	TypeOther:    say{"自己输入…", "type another ..."},
	TypeHere:     say{"输入", "type"},
	Required:     say{"必填", "needed"},
	Saved:        say{"已保存", "saved"},
	ByHand:       say{"手工做法", "by hand"},
	Evidence:     say{"结果", "outcome"},
	DoneAt:       say{"{time} 完成", "done at {time}"},
	NotYet:       say{"还轮不到这一步：先完成“{step:step}”。", "Not yet: “{step:step}” comes first."},
	Changed:      say{"变了的文件：{files}", "Changed: {files}"},
	GoOnHere:     say{"上次没有做完。开始后从停下的地方继续，做好的不会重来。", "This was begun and not finished. Start it to go on from there; what is done is not done twice."},
	GoOnPractice: say{"上次没有做完。前面做好的不会重来；训练在练习实例上重新开始。", "This was begun and not finished. Earlier steps are not done again; a training begins anew on the practice instance."},
	GoOnWatching: say{"训练已经在实例上启动，可能还在运行（也在计费）。按 Enter 去看它到哪里了，不会再启动第二个。", "A training was started on the instance and may still be running (and billed). Enter looks where it stands; no second one is started."},
	WatchOn:      say{"去看训练", "Watch the training"},
	NotHeard:     say{"这里的内容刚刚才出现，刚才的按键不算数。看一眼，再按一次。", "This came up just now; that key did not count. Look, then press again."},
	PasteKept:    say{"粘贴里的密码已取出，只留在内存里，用来登录。", "The password was taken out; it stays in memory for the login."},

	Working: say{"正在进行", "at work"}, Finished: say{"完成", "done"},
	LogTitle: say{"日志", "log"}, LogEmpty: say{"还没有输出", "no output yet"},
	Following: say{"跟随最新", "following"}, Paused: say{"已暂停跟随，按 f 回到最新", "paused: f follows the newest line"},
	Rate: say{"{rate}/秒", "{rate}/s"}, Left: say{"还需约 {time}", "about {time} left"},
	FileInHand: say{"文件", "file"}, Command: say{"命令", "command"}, DiagnosisTitle: say{"诊断", "diagnosis"},
	What: say{"发生了什么", "What happened"}, Next: say{"接下来", "What to do"},

	Epoch: say{"第 {epoch}/{epochs} 轮", "epoch {epoch} of {epochs}"},
	Loss:  say{"误差（越小越好）", "loss (less is better)"}, Accuracy: say{"精度 mAP50（1 为满分）", "accuracy mAP50 (1 is perfect)"},
	Best:       say{"最好：第 {epoch} 轮，{value}", "best: epoch {epoch}, {value}"},
	CurveEmpty: say{"第一轮结束后，这里会画出精度曲线", "the curve begins after the first epoch"},
	CostSoFar:  say{"这次约 {cost}", "about {cost} so far"}, GPUMemory: say{"显存 {size}", "GPU {size}"},

	PlatformWeb: say{"网站", "site"}, PlatformVoucher: say{"代金券", "voucher"},
	VoucherSeen: say{"新账号见过 {amount}（{seen}），以网站为准", "{amount} seen for new accounts ({seen}); see the site"},
	BudgetLasts: say{"预算", "budget"}, BudgetHours: say{"{budget} 大约够用 {hours} 小时", "{budget} lasts about {hours} hours"},
	PriceUnknown: say{"不知道", "unknown"}, NoBudget: say{"不设", "none"},
	DiskAt: say{"网盘", "disk"}, StopHow: say{"停止计费", "to stop billing"},
	LoginHow: say{"在哪里找", "where it is"}, LoginExample: say{"格式", "looks like"},
	NoGPUMode: say{"省钱", "cheaper"},
	NoGPUWhy:  say{"上传时可用无卡模式开机，每小时约 {price}；训练前再换成有卡模式", "start it without its GPU for the upload, at about {price} an hour; with it for the training"},

	PasswordTitle: say{"登录密码", "Password"},
	PasswordWhy:   say{"在面板的“密码”一栏复制，粘贴到这里。只留在内存里，不会写进文件。", "Copy it from the panel and paste it here. It stays in memory and is written nowhere."},
	PasswordAgain: say{"密码不对，再试一次（第 {attempt} 次）。", "That password was refused; try again (attempt {attempt})."},

	HostNewTitle: say{"第一次连接这台主机", "First time at this host"},
	HostNewWhy:   say{"SSH 用指纹认出主机。平台一般不公布指纹，新实例第一次连接都会问；以后指纹变了会提醒你。", "SSH knows a host by its fingerprint. Platforms rarely publish it and a new instance always asks once; you will be warned if it changes."},
	HostNewAsk:   say{"信任它并继续？", "Trust it and go on?"},

	HostChangedTitle: say{"主机的指纹变了", "The host's fingerprint changed"},
	HostChangedWhy:   say{"如果你新建、重装或换了实例，这是正常的。如果什么都没做，可能有人冒充它：不要继续，先到面板核对。", "If you made a new instance, or reset or moved this one, that is normal. If not, somebody may be posing as it: do not go on, look into the panel first."},
	HostChangedAsk:   say{"确实换过实例，信任新的指纹？", "Did you change the instance, and do you trust the new fingerprint?"},

	HostName: say{"主机", "host"}, HostNow: say{"现在", "now"}, HostBefore: say{"以前", "before"},

	StopTitle: say{"关掉实例吗？", "Stop the instance?"},
	StopWhy:   say{"模型已安全保存在这台电脑上。{host} 只要开着就在计费；关机后数据盘一般会保留一段时间。", "The model is safe on this computer. {host} is billed as long as it is on. Once it is stopped, its data disk is usually kept for a while."},
	StopYes:   say{"关机，停止计费", "Stop it, and the billing"},
	StopNo:    say{"保持开机", "Keep it on"},

	LeaveTitle:     say{"停下这一步？", "Stop this step?"},
	LeaveWhy:       say{"已经做好的会保留，下次从这里继续。", "What is done is kept, and the next start goes on from here."},
	LeaveTraining:  say{"训练在实例上继续，也继续计费；再打开向导就接着看。想连训练和计费一起停，退出后运行 gpuwizard stop --anyway。", "The training goes on at the instance, and so does the billing; open the wizard again to go on watching. To end the training and the billing as well, quit and run: gpuwizard stop --anyway"},
	LeavePractice:  say{"停止观看不影响训练，再开始就接着看。但练习实例随程序结束：退出后再打开，训练要重新来过。", "Watching can be stopped and taken up again. But the practice instance ends with the program: after quitting, the training begins anew."},
	LeaveYes:       say{"停下这一步", "Stop this step"},
	LeaveNo:        say{"不停，继续", "No, go on"},
	LeaveQuit:      say{"停下并退出向导", "Stop and quit the wizard"},
	LeaveWatch:     say{"停止观看", "Stop watching"},
	LeaveWatchQuit: say{"停止观看并退出向导", "Stop watching and quit the wizard"},

	Trust: say{"信任，继续", "Trust it, go on"}, DoNotTrust: say{"不信任，不连接", "Do not trust it"},

	AllDone:          say{"全部完成！模型在这里：", "All done! Your model is here:"},
	AllDoneRehearsal: say{"练习完成。真正的训练也是这七步；这个文件是演练的，不是模型：", "Practice is over; the real thing takes the same seven steps. The file is a rehearsal's, no model:"},
	NextSteps:        say{"用它检测图片，在 {code} 文件夹里运行：", "To detect with it, run this in the folder {code}:"},
	Picture:          say{"图片", "PICTURE"},
	RealNext:         say{"换成你自己的数据：新建一个文件夹，放进标注好的图片，在那里运行 gpuwizard；还缺什么、从哪里下载，它会说。", "With data of your own: make a folder, put your labelled pictures into it, and run gpuwizard there; it says what else it needs and where to get it."},
	MoreSaved:        say{"同一文件夹里还有 {count} 个文件：曲线、日志和设置，都核对过。", "Beside it in the same folder: curves, records and settings, {count} file{count:s}, all verified."},
	QuitLine:         say{"收到退出信号（SIGQUIT）。程序当时在做什么，写在 {path}。", "Told to quit (SIGQUIT). What the program was doing is in {path}."},
	PanicLine:        say{"程序出了意外，终端已恢复；细节在 {path}。", "The program ran into an error of its own; the terminal is restored. Details: {path}."},

	PutSoon: say{"{folder} 里还没有标注好的数据；第 2 步会说要放什么。", "There are no labelled pictures in {folder} yet; step 2 says what to put there."},
	PutData: say{
		"{folder} 里还没有标注好的数据。把放图片和标注的文件夹（或它的 zip）复制到那里：标注可以是 VOC 的 XML、YOLO 的 txt、COCO 或 LabelMe 的 JSON，分不分 train 和 test 都行。放好后会自动列在下面；也可以填别处的完整路径。只想先试一试：退出，运行 gpuwizard practice。",
		"There are no labelled pictures in {folder} yet. Copy the folder with your pictures and labels there, or its zip: VOC XML, YOLO txt, COCO or LabelMe JSON, divided into train and test or not. It is listed below as soon as it is there; or give the full path of another folder. To try it all first, quit and run: gpuwizard practice",
	},
	PutCode: say{
		"{folder} 里没有 YOLOv5 代码。请把 yolov5_code 文件夹（里面有 train.py 和 models）或它的 zip 复制到那里，放好后会自动列在下面；也可以填别处的完整路径。没有的话，下载 https://github.com/ultralytics/yolov5/archive/refs/tags/v7.0.zip 放进去，不用解压。",
		"There is no YOLOv5 code in {folder}. Copy the folder yolov5_code (with train.py and models in it) or its zip there, and it is listed below; or give the full path of another folder. If you have none, put this zip there as it is: https://github.com/ultralytics/yolov5/archive/refs/tags/v7.0.zip",
	},
	BackAgain:    say{"连接已恢复。", "The connection is back."},
	NoSuspend:    say{"这个窗口里没有可以回去的命令行；按 q 退出，进度都在。", "There is no shell to go to in this window; q quits, and your progress is kept."},
	StoppingStep: say{"正在停下…", "stopping ..."},

	SearchFor: say{"查找", "search for"}, FoundInLog: say{"“{text}”：{count} 行", "“{text}”: {count} line{count:s}"},
	NotInLog:     say{"日志里没有“{text}”。", "“{text}” is not in the log."},
	NoMoreInLog:  say{"这个方向没有更多了。", "No more in this direction."},
	OlderInFile:  say{"更早的行读不出来，它们在文件里：{path}", "Older lines could not be read; they are in the file: {path}"},
	Copied:       say{"已把 {count} 行交给终端的剪贴板（有的终端不接受），并存到 {path}。", "Handed {count} line{count:s} to the terminal's clipboard (not every terminal takes them), and saved in {path}."},
	CopiedToFile: say{"{count} 行太长，剪贴板放不下；已存到 {path}。", "{count} line{count:s}: too long for a terminal's clipboard; saved in {path}."},

	WrongTitle: say{"可能出什么问题", "What can go wrong"}, CostsTitle: say{"花多少钱", "What it costs"},

	HelpStep: say{"这一步", "This step"}, HelpJourney: say{"七个步骤", "The seven steps"}, HelpActs: say{"运行什么", "What runs"}, HelpWords: say{"词语", "Words"}, HelpKeys: say{"按键", "Keys"},
	HelpBack:     say{"随时按 b 回到上一步，按 q 退出：进度都已保存，再运行 gpuwizard 就接着做。", "b goes to the previous step and q quits, at any time: your progress is kept, and gpuwizard goes on from there."},
	HelpActsWhy:  say{"这一步实际做的事，按顺序。按 c 复制。", "Exactly what this step does, in order. c copies it."},
	HelpWordsWhy: say{"不认识的词，这里用一句话说明。", "Words that may be new, a sentence each."},
	HelpKeysWhy:  say{"底部一行总是显示现在可用的键。", "The line at the bottom always shows the keys that work at hand."},

	WhyTitle: say{"为什么有这一步", "Why this step"}, DoesTitle: say{"向导会做什么", "What the wizard does"}, ByHandTitle: say{"不用向导怎么做", "How it is done by hand"},

	SmallGoesOn: say{"正在进行的步骤不受影响。按两次 Ctrl-C 退出。", "What is at work goes on. Ctrl-C twice quits."},
}
