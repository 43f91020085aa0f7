package text

// Help of the command line.
var commandHelp = map[string]say{
	"gpuwizard":    {"从一个标注好的图片文件夹，到租来的 GPU 上训练出的 YOLOv5 模型", "From a folder of labelled pictures to a YOLOv5 model trained on a rented GPU"},
	"practice":     {"用自带的示例数据，在自带的练习实例上走完全程（不花钱）", "Walk the whole journey with built-in data on the built-in practice instance, free of charge"},
	"run":          {"不用界面，按 gpuwizard.yaml 执行各步骤", "Do the steps without a screen, from gpuwizard.yaml"},
	"status":       {"显示七个步骤的清单，并重新核对证据", "Show the checklist of the seven steps, with its evidence looked at again"},
	"check":        {"检查一个标注好的图片文件夹或 zip，说出会毁掉训练的问题", "Check a folder or zip of labelled pictures for what would spoil a training"},
	"convert":      {"把标签转换成 YOLO 格式，写进另一个文件夹", "Convert labels to YOLO's into another folder"},
	"preview":      {"在终端里显示图片和上面的框", "Show pictures with their boxes in the terminal"},
	"class":        {"老师用：为全班做好文件夹，收回后汇成一张表", "For teachers: folders for a class, and one table of what comes back"},
	"class new":    {"为名单上的每个学生做一个文件夹：课程、数据、计划", "Make a folder for each student of a list: lesson, data, plan"},
	"class report": {"把学生的进度文件汇成一张表", "Put the students' progress files into one table"},
	"report":       {"把训练的结果写成一个网页文件；或写一份可以贴给老师的求助报告", "Write what came of the training as one HTML file; or a text to paste to whoever helps"},
	"hand":         {"自己动手做一步，由向导核对", "Do a step by hand, and let the wizard verify it"},
	"export":       {"把同一趟训练写成脚本，或写成 SkyPilot、dstack 的任务", "Write the same run as a script, or as a task for SkyPilot or dstack"},
	"classes":      {"写数据集 YAML，修改模型 YAML 里的类别数", "Write the data set YAML and edit the class count in the model YAML"},
	"upload":       {"登录实例，上传数据和代码", "Log in to the instance and upload data and code"},
	"train":        {"在实例上训练，断线也不停", "Train on the instance, whatever happens to the connection"},
	"prices":       {"列出能租的显卡、价格，以及这次训练在上面的时间和花费", "List the GPUs that can be rented, with what this training would take and cost on each"},
	"diagnose":     {"读一份训练日志，说出哪里出了错、怎么办", "Say what went wrong in a training's log, and how to mend it"},
	"download":     {"把模型取回本机并校验", "Fetch the model and verify it"},
}

var flagHelp = map[string]say{
	"help":        {"显示这份说明", "show this help"},
	"version":     {"显示版本", "show the version"},
	"lang":        {"语言：zh 或 en（默认跟随系统）", "language: zh or en (default: the system's)"},
	"dir":         {"项目文件夹（默认当前文件夹）", "the project's folder (default: this one)"},
	"plain":       {"用一行行的编号问题代替界面，适合读屏软件和管道", "numbered questions instead of screens, for screen readers and pipes"},
	"json":        {"每行一个 JSON 对象，供程序读取", "one JSON object a line, for programs"},
	"practice":    {"使用自带的练习实例", "use the built-in practice instance"},
	"identity":    {"登录用的私钥文件", "private key file to log in with"},
	"code":        {"练习实例里真正运行这个 YOLOv5 代码文件夹（与 --python 一起用）", "practice: really run this YOLOv5 folder (with --python)"},
	"python":      {"与 --code 一起用：带有 torch 的 Python", "with --code: a Python that has torch"},
	"speed":       {"练习时把录制的训练加快多少倍（默认大约 10 秒放完）", "practice: how many times faster the recorded training is played (default: some 10 seconds in all)"},
	"connect":     {"连上实例，把那里的证据也重新核对", "connect, and look at the evidence on the instance too"},
	"help-me":     {"版本、进度、错误和日志，私密的都划掉", "versions, steps, error and log, with what is private struck out"},
	"report-html": {"报告写到哪个文件（默认放在模型旁边；不覆盖已有的文件）", "file to write the report to (default: beside the model; no file is overwritten)"},
	"students":    {"学生名单：CSV，列名 name、login（密码不会写进任何文件）", "the list of students: CSV with the columns name and login (passwords go into no file)"},
	"class-data":  {"每个学生的 train_data（课程自己画图片时不用）", "every student's train_data (not needed where the lesson draws its pictures)"},
	"csv":         {"另外写一个表格文件", "also write the table to this CSV file"},
	"class-html":  {"另外写一个网页文件", "also write the table as one HTML file"},
	"lesson":      {"一课：自带的 person、mend、failures，或者一个课程文件", "a lesson: the built-in person, mend or failures, or a lesson's file"},
	"there":       {"在实例上做的（标签、类别数）", "it was done on the instance (labels, class count)"},
	"at":          {"做出来的文件夹或文件（默认到常用的地方找）", "the folder or file that you made (default: looked for in the usual places)"},
	"code-at":     {"YOLOv5 代码在哪里（默认自动找）", "where YOLOv5's code lies (default: looked for)"},
	"once":        {"不提问，马上核对一次", "ask nothing, look once"},
	"watch":       {"一直看着：有变化或按回车时再列一遍", "keep looking: write it again when something changes, or at Enter"},
	"markdown":    {"写成 Markdown", "write it as Markdown"},
	"to":          {"写成什么：", "what to write: "},
	"export-out":  {"写到这个文件（默认显示出来）", "file to write to (default: shown)"},
	"sort":        {"按什么排序：", "what to sort by: "},
	"platform":    {"只列这个平台", "only this platform"},
	"gpu":         {"只列名字里有这些字的显卡", "only GPUs with this in their names"},
	"until":       {"做到哪一步为止：region, check, convert, classes, upload, train, download", "last step to do: region, check, convert, classes, upload, train, download"},
	"quick":       {"只读文件头，不解开图片：不找损坏的和相似的图片", "read headers only: finds no damaged pictures and no look-alikes"},
	"by-filename": {"按标注里的 <filename> 对应图片", "pair labels with pictures by the <filename> in them"},
	"html":        {"另外写一个可以用浏览器打开的报告文件", "also write a report for the browser to this file"},
	"out":         {"写到哪个文件夹（必填，不能在数据里面）", "folder to write into (needed; not inside the data)"},
	"classes":     {"类别的顺序，用逗号分开（默认按名字排序）", "the order of the classes, with commas (default: by name)"},
	"val":         {"没有划分的数据留多少做验证", "share kept for validation where the data have no split"},
	"data":        {"图片所在的数据文件夹（默认自动往上找）", "the data folder of the pictures (default: the nearest above)"},
	"limit":       {"传输速度上限，每秒字节数，如 500K、2M（默认不限）", "most bytes a second of a transfer, such as 500K or 2M (default: no limit)"},
	"reread":      {"在这里和实例上全部重新读一遍核对，不信先前按大小和时间的记录", "read everything again, here and on the instance, whatever was noted by size and time"},
	"yes":         {"不提问，全部用默认值；没有默认值的会报错并说出键名", "ask nothing and take the defaults; what has none is an error that names the key"},
}

// UsageTemplate is how cobra writes the help of a command.
func (t *Text) UsageTemplate() string {
	usage, commands := say{"用法", "Usage"}.in(t.Lang), say{"命令", "Commands"}.in(t.Lang)
	flags, global := say{"选项", "Flags"}.in(t.Lang), say{"通用选项", "Flags of every command"}.in(t.Lang)
	return usage + ":{{if .Runnable}}\n  {{.UseLine}}{{if .HasAvailableFlags}} [" + say{"选项", "flags"}.in(t.Lang) + "]{{end}}{{end}}{{if .HasAvailableSubCommands}}\n  {{.CommandPath}} COMMAND{{end}}\n" +
		"{{if .HasAvailableSubCommands}}\n" + commands + ":{{range .Commands}}{{if .IsAvailableCommand}}\n  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}\n{{end}}" +
		"{{if .HasAvailableLocalFlags}}\n" + flags + ":\n{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}\n{{end}}" +
		"{{if .HasAvailableInheritedFlags}}\n" + global + ":\n{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}\n{{end}}"
}

// CommandHelp returns the one-line help of a subcommand.
func (t *Text) CommandHelp(name string) string {
	if s, ok := guardHelp[name]; ok {
		return s.in(t.Lang)
	}
	return commandHelp[name].in(t.Lang)
}

// FlagHelp returns the one-line help of a flag.
func (t *Text) FlagHelp(name string) string {
	if s, ok := guardHelp[name]; ok {
		return s.in(t.Lang)
	}
	return flagHelp[name].in(t.Lang)
}
