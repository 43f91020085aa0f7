package text

// PlainText holds the words of the line face. Its fields are filled from
// plainWords by name.
type PlainText struct {
	StepOf        string // number, total, name
	AlreadyDone   string // number, total, name
	EnterNumber   string // low, high
	EnterOne      string // low, high
	EnterDefault  string // value
	EnterValue    string
	NotANumber    string // low, high
	Other         string
	TypeOther     string
	AfterFailure  string
	TryAgain      string
	ChangeAnswers string
	StopHere      string
	YesNo         string
	PasswordFor   string // login
	PasswordAgain string // login
	HostKeyNew    string // host, type, fingerprint
	HostKeyOther  string // host, known, fingerprint
	TrustIt       string
	StopInstance  string // host
	AllDone       string
	HowToGoOn     string // command
	StillTraining string // after leaving while a rented instance trains
	StillBilled   string // after leaving while a rented instance may be on
	PictureOf     string // done, total
	LookSkips     string // while all pictures are looked at: how to leave that out
	LookSkipped   string
}

var plainWords = struct {
	StepOf, AlreadyDone, EnterNumber, EnterOne, EnterDefault, EnterValue, NotANumber, Other, TypeOther,
	AfterFailure, TryAgain, ChangeAnswers, StopHere, YesNo, PasswordFor, PasswordAgain, HostKeyNew, HostKeyOther,
	TrustIt, StopInstance, AllDone, HowToGoOn, StillTraining, StillBilled, PictureOf, LookSkips, LookSkipped say
}{
	StepOf:        say{"第 {number} 步，共 {total} 步：{name}", "Step {number} of {total}: {name}"},
	AlreadyDone:   say{"第 {number} 步，共 {total} 步：{name}，已完成，证据仍然成立", "Step {number} of {total}: {name}: done before, and the evidence still holds"},
	EnterNumber:   say{"请输入 {low} 到 {high} 的编号，直接按回车选择 {default}：", "Enter a number from {low} to {high}, or just Enter for {default}: "},
	EnterOne:      say{"请输入 {low} 到 {high} 的编号：", "Enter a number from {low} to {high}: "},
	EnterDefault:  say{"请输入答案，直接按回车使用 [{value}]：", "Type the answer, or just Enter for [{value}]: "},
	EnterValue:    say{"请输入答案：", "Type the answer: "},
	NotANumber:    say{"请输入 {low} 到 {high} 之间的编号。", "Please enter a number from {low} to {high}."},
	Other:         say{"其他，自己输入", "something else, to be typed"},
	TypeOther:     say{"请输入：", "Type it: "},
	AfterFailure:  say{"接下来怎么办？", "What now?"},
	TryAgain:      say{"再试一次", "try again"},
	ChangeAnswers: say{"修改答案后再试", "change the answers and try again"},
	StopHere:      say{"先停在这里，已完成的都会保留", "stop here: what is done stays done"},
	YesNo:         say{"输入 y 表示是，其他表示否：", "Type y for yes, anything else for no: "},
	PasswordFor:   say{"{login} 的密码（输入时不显示，只留在内存里）：", "Password for {login} (not shown while you type, kept in memory only): "},
	PasswordAgain: say{"密码不对。请从网页面板重新复制。{login} 的密码：", "That password was refused. Copy it again from the panel. Password for {login}: "},
	HostKeyNew: say{
		"第一次连接 {host}。它出示的主机密钥（{type}）指纹是：\n  {fingerprint}\n刚租到的机器第一次连接时都会这样问。",
		"This is the first connection to {host}. Its host key ({type}) has the fingerprint:\n  {fingerprint}\nThis is asked once for every newly rented machine.",
	},
	HostKeyOther: say{
		"注意：{host} 的主机密钥和以前不同。\n  以前：{known}\n  现在：{fingerprint}\n换过镜像或换过实例时会这样；如果都没有，可能有人在中间冒充，请不要继续。",
		"Careful: the host key of {host} is not the one known before.\n  before: {known}\n  now:    {fingerprint}\nThis happens after a change of image or of instance. If you changed neither, someone may be in between: do not go on.",
	},
	TrustIt:       say{"信任这个密钥并继续？", "Trust this key and go on?"},
	StopInstance:  say{"模型已经安全下载。现在关闭实例 {host}，停止计费？", "The model is safely here. Stop the instance {host} now, to end the billing?"},
	AllDone:       say{"七个步骤全部完成。", "All seven steps are done."},
	HowToGoOn:     say{"下次从这里继续：{command}", "To continue from here: {command}"},
	StillTraining: say{"训练在实例上继续，计费也继续。", "The training goes on at the instance, and so does the billing."},
	StillBilled:   say{"实例只要开着就在计费；不用了就到面板关机。", "The instance is billed while it is on: stop it in the panel when you are done."},
	PictureOf:     say{"{done} / {total}", "{done} of {total}"},
	LookSkips:     say{"不想等，可以按 Ctrl-C 跳过剩下的图片；没看过的会列出来。", "If you would rather not wait: Ctrl-C skips the rest of the pictures, and those not looked at are named."},
	LookSkipped:   say{"剩下的图片不看了。再按一次 Ctrl-C 会结束程序。", "The rest of the pictures is skipped. Ctrl-C once more ends the program."},
}

// Plain returns the words of the line face.
func (t *Text) Plain() PlainText { return spoken[PlainText](t, plainWords) }
