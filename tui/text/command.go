package text

// Help of the command line.
var commandHelp = map[string]say{
	"gpuwizard": {"从一个标注好的图片文件夹，到租来的 GPU 上训练出的 YOLOv5 模型", "From a folder of labelled pictures to a YOLOv5 model trained on a rented GPU"},
	"practice":  {"用自带的示例数据，在自带的练习实例上走完全程（不花钱）", "Walk the whole journey with built-in data on the built-in practice instance, for nothing"},
	"run":       {"不用界面，按 gpuwizard.yaml 执行各步骤", "Do the steps without a screen, from gpuwizard.yaml"},
	"status":    {"显示七个步骤的清单，并重新核对证据", "Show the checklist of the seven steps, with its evidence looked at again"},
	"classes":   {"写数据集 YAML，修改模型 YAML 里的类别数", "Write the data set YAML and edit the class count in the model YAML"},
	"upload":    {"登录实例，上传数据和代码", "Log in to the instance and upload data and code"},
	"train":     {"在实例上训练，断线也不停", "Train on the instance, whatever happens to the connection"},
	"download":  {"把模型取回本机并校验", "Fetch the model and verify it"},
}

var flagHelp = map[string]say{
	"lang":     {"语言：zh 或 en（默认跟随系统）", "language: zh or en (default: the system's)"},
	"dir":      {"项目文件夹（默认当前文件夹）", "the project's folder (default: this one)"},
	"plain":    {"用一行行的编号问题代替界面，适合读屏软件和管道", "numbered questions instead of screens, for screen readers and pipes"},
	"json":     {"每行一个 JSON 对象，供程序读取", "one JSON object a line, for programs"},
	"practice": {"使用自带的练习实例", "use the built-in practice instance"},
	"identity": {"登录用的私钥文件", "private key file to log in with"},
	"code":     {"练习实例里真正运行这个 YOLOv5 代码文件夹（与 --python 一起用）", "practice: really run this YOLOv5 folder (with --python)"},
	"python":   {"与 --code 一起用：带有 torch 的 Python", "with --code: a Python that has torch"},
	"speed":    {"练习时把录制的训练加快多少倍（默认 60）", "practice: how many times faster the recorded training is played (default 60)"},
	"until":    {"做到哪一步为止：region, check, convert, classes, upload, train, download", "last step to do: region, check, convert, classes, upload, train, download"},
	"yes":      {"不提问，全部用默认值；没有默认值的会报错并说出键名", "ask nothing and take the defaults; what has none is an error that names the key"},
}

// CommandHelp returns the one-line help of a subcommand.
func (t *Text) CommandHelp(name string) string { return commandHelp[name].in(t.Lang) }

// FlagHelp returns the one-line help of a flag.
func (t *Text) FlagHelp(name string) string { return flagHelp[name].in(t.Lang) }
