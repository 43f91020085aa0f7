package text

import "gpuwizard/core/problem"

// dataProblems: the labelled pictures and the prepared folder.
var dataProblems = map[problem.Code]trouble{
	"no-such-folder": {
		say{"没有 {path} 这个文件夹。", "There is no folder {path}."},
		say{"改一下“数据文件夹”，选放图片和标注的那个；也可以填完整路径。", "Change the data folder to the one with your pictures and labels; a full path will do."},
	},
	"not-a-folder": {
		say{"{path} 是一个文件，不是文件夹。", "{path} is a file, not a folder."},
		say{"选择放图片和标注的文件夹；如果是压缩包，先解压。", "Choose the folder with your pictures and labels; if this is an archive, unpack it first."},
	},
	"folder-unreadable": {
		say{"打不开文件夹 {path}。", "The folder {path} cannot be opened."},
		say{"看看自己有没有权限读取它。", "See whether you may read it."},
	},
	"file-unreadable": {
		say{"打不开文件 {path}。", "The file {path} cannot be opened."},
		say{"看看它在不在、名字对不对，是否被别的程序占用，或没有读取权限。", "See whether it is there under this very name, whether another program holds it, and whether you may read it."},
	},
	"no-pictures": {
		say{"{path} 里没有图片[[（有 {annotations:count} 个 XML）]]。", "There are no pictures in {path}[[ ({annotations:count} XML file{annotations:s})]]."},
		say{"选择直接装着图片的文件夹，或者它的上一级。认识 jpg、jpeg、png、bmp、webp、tif 等格式。", "Choose the folder that holds the pictures, or the one above it. Known are jpg, jpeg, png, bmp, webp, tif and others."},
	},
	"broken-annotation": {
		say{"标注文件 {path}[[ 第 {line} 行]][[ {object} ]]读不了：{reason:word}[[。这样的文件共 {count:count} 个]]。", "The label file {path}[[, line {line},]][[ ({object})]] cannot be read: {reason:word}[[. Files of this kind: {count:count}]]."},
		say{"重新导出这个标注，或者连同图片一起移走，再检查一次。", "Export this label again, or move it away together with its picture, and check once more."},
	},
	"archive-refused": {
		say{"压缩包 {path} 不能用：{reason:word}[[（{entry}）]]。", "The archive {path} cannot be used: {reason:word}[[ ({entry})]]."},
		say{"重新下载或重新压缩成普通的 zip；也可以自己解压，再选择那个文件夹。", "Download it again or pack it anew as a plain zip; or unpack it yourself and choose the folder."},
	},
	"unpack-taken": {
		say{"要解压到的文件夹 {path} 里已经有别的东西，没有动它。", "The folder {path} to unpack into holds other things and was left alone."},
		say{"把它移走或改名，再试一次。", "Move or rename it, then try again."},
	},
	"unpack-no-space": {
		say{"磁盘空间不够解压到 {path}[[，需要 {need:size}]]。", "There is too little room to unpack into {path}[[; {need:size} are wanted]]."},
		say{"删掉一些不用的文件，或换到别的磁盘，再试一次。", "Delete what you do not need, or use another disk, and try again."},
	},
	"unpack-failed": {
		say{"解压到 {path} 时出错。", "Unpacking into {path} failed."},
		say{"看看磁盘和权限，再试一次；也可以自己解压，再选择那个文件夹。", "See to the disk and whether you may write there, and try again; or unpack it yourself and choose the folder."},
	},
	"data-spoiled": {
		say{"数据有一个会毁掉训练的问题：{check:check}[[（{count:count} 个文件）]]。", "The data has a fault that would ruin the training: {check:check}[[ ({count:count} file{count:s})]]."},
		say{"按列出的问题改好原数据，或改这一步的回答，再检查一次。", "Mend it in your data, or change the answers of this step; then check again."},
	},
	"data-changed": {
		say{"{path} 在检查之后又变了。", "{path} changed after it was checked."},
		say{"回到“检查数据”再做一次。", "Go back and check the data again."},
	},
	"prepared-inside-data": {
		say{"输出文件夹 {path} 和数据文件夹 {data} 一个在另一个里面。", "The output folder {path} and the data folder {data} lie one within the other."},
		say{"把输出放到数据文件夹以外。", "Choose an output folder outside your data."},
	},
	"prepared-not-ours": {
		say{"{path} 里有别的东西，向导不会动它。", "{path} holds things that are not the wizard's, so it is left alone."},
		say{"把里面的东西移走，或换一个空文件夹。", "Move them away, or choose an empty folder."},
	},
	"prepared-no-space": {
		say{"磁盘满了，写不下 {path}。", "The disk is full: no room for {path}."},
		say{"删掉一些不用的文件，再转换一次。", "Delete what you do not need and convert again."},
	},
	"prepared-read-only": {
		say{"不能写 {path}：没有权限，或磁盘是只读的。", "{path} cannot be written: you may not, or the disk is read-only."},
		say{"把项目放到自己有权限的文件夹里再试。", "Put the project into a folder of your own and try again."},
	},
	"prepared-failed": {
		say{"写 {path} 时出错。", "Writing {path} failed."},
		say{"再转换一次；还不行就检查磁盘。", "Convert again; if it fails the same way, look after the disk."},
	},
	"prepared-manifest": {
		say{"{path} 第 {line} 行被改坏了，没法核对准备好的数据。", "{path}, line {line}, is damaged, so the prepared data cannot be verified."},
		say{"再转换一次，它会重新写好。", "Convert again: it is written anew."},
	},
	"prepared-missing": {
		say{"{path} 里没有准备好的数据，或上次没有做完。", "Nothing was prepared in {path}, or not to the end."},
		say{"再转换一次。", "Convert the labels again."},
	},
	"part-empty": {
		say{"{part:word}部分没有一张能用的图片。", "There is no picture that can be used for {part:word}."},
		say{"往里放一些图片和标注，或去掉 train、test 两个文件夹，让向导来划分。", "Add pictures with labels to it, or do away with the folders train and test and let the wizard make the split."},
	},
	"unknown-class": {
		say{"标注里有类别“{class}”，但类别名里没有它（例如 {path}[[，共 {count:count} 个框]]）。", "The labels name a class “{class}” that is not among the class names (see {path}[[; {count:count} box{count:es}]])."},
		say{"把它加进类别名，或在原标注里改掉。", "Add it to the class names, or correct it in your labels."},
	},
	"bad-classes": {
		say{"类别名“{class}”是空的或者写了两遍。", "The class name “{class}” is empty or there twice."},
		say{"每个类别名写一次，用逗号隔开。", "Give each name once, with commas between."},
	},
}

// codeProblems: the YOLOv5 code, its files and weights.
var codeProblems = map[problem.Code]trouble{
	"code-missing": {
		say{"找不到 YOLOv5 代码：{path}。", "The YOLOv5 code is not there: {path}."},
		say{"把 YOLOv5 的代码文件夹或 zip 放到项目文件夹里，再选它。", "Put the folder or the zip with YOLOv5's code into the project's folder and choose it."},
	},
	"code-not-yolov5": {
		say{"{path} 不是 YOLOv5：没有 train.py 和旁边的 models 文件夹。", "{path} is not YOLOv5: there is no train.py beside a folder models."},
		say{"选择直接装着 train.py 的那个文件夹。", "Choose the very folder that holds train.py."},
	},
	"code-unreadable": {
		say{"读不了代码 {path}。", "The code in {path} cannot be read."},
		say{"看看文件是否完整、有没有权限；zip 可以先解压再选文件夹。", "See whether it is whole and may be read; a zip can be unpacked first."},
	},
	"code-too-large": {
		say{"{path} 太大了（上限 {max:size}），不像只有代码。", "{path} is too large (at most {max:size}) to be code alone."},
		say{"把数据集、runs 和旧模型从代码文件夹里移走。", "Move data sets, runs and old models out of the code folder."},
	},
	"model-missing": {
		say{"{path} 里没有模型 {model}。", "There is no model {model} in {path}."},
		say{"[[可选的有：{allowed}。]]换一个模型大小，或换完整的 YOLOv5 代码。", "[[There are: {allowed}. ]]Choose another model size, or take the complete YOLOv5 code."},
	},
	"weights-missing": {
		say{"找不到权重文件 {path}。", "The weights {path} are not there."},
		say{"把 .pt 文件放到项目文件夹里，或把初始权重改成“自动”或“从零开始”。", "Put the .pt file into the project's folder, or choose automatic or from scratch."},
	},
	"model-yaml-broken": {
		say{"模型 YAML[[ 第 {line} 行]]写法有误。", "The model YAML is not written correctly[[ in line {line}]]."},
		say{"用 YOLOv5 原来的文件换掉它。", "Put YOLOv5's own file back in its place."},
	},
	"model-yaml-no-map": {
		say{"模型 YAML[[ 第 {line} 行]]不是“名字: 值”的样子。", "The model YAML holds no “name: value” pairs[[ (line {line})]]."},
		say{"用 YOLOv5 原来的文件换掉它。", "Put YOLOv5's own file back in its place."},
	},
	"model-nc-missing": {
		say{"模型 YAML 里没有类别数 nc。", "The model YAML has no class count nc."},
		say{"在最上面加一行 nc: 80，再做这一步；或换回原来的文件。", "Add a line nc: 80 at the top and do this step again, or put the original back."},
	},
	"model-nc-twice": {
		say{"模型 YAML 里 nc 写了两遍（第 {first} 行和第 {line} 行）。", "The model YAML has nc twice, in lines {first} and {line}."},
		say{"删掉其中一行。", "Delete one of them."},
	},
	"model-nc-unclear": {
		say{"模型 YAML 第 {line} 行的 nc 是“{got}”，不是一个整数。", "In line {line} of the model YAML nc is “{got}”, which is no whole number."},
		say{"改成一个整数，例如 80。", "Make it a whole number, such as 80."},
	},
	"class-count-bad": {
		say{"类别数不能是 {got}，应在 1 到 {max} 之间。", "The class count cannot be {got}; it goes from 1 to {max}."},
		say{"检查类别名是否填好。", "See whether the class names are right."},
	},
	"data-yaml-broken": {
		say{"数据集 YAML[[ 第 {line} 行]]写法有误。", "The data set YAML is not written correctly[[ in line {line}]]."},
		say{"再做一次“修改类别数”，向导会重新写好它。", "Do “edit class count” again: the wizard writes it anew."},
	},
	"data-yaml-no-map": {
		say{"数据集 YAML[[ 第 {line} 行]]不是“名字: 值”的样子。", "The data set YAML holds no “name: value” pairs[[ (line {line})]]."},
		say{"再做一次“修改类别数”，向导会重新写好它。", "Do “edit class count” again: the wizard writes it anew."},
	},
	"data-yaml-missing": {
		say{"数据集 YAML 里缺少 {key}。", "The data set YAML lacks {key}."},
		say{"再做一次“修改类别数”，向导会重新写好它。", "Do “edit class count” again: the wizard writes it anew."},
	},
	"data-yaml-bad-value": {
		say{"数据集 YAML[[ 第 {line} 行]]的 {key} 不对。", "In the data set YAML {key} is wrong[[ (line {line})]]."},
		say{"再做一次“修改类别数”，向导会重新写好它。", "Do “edit class count” again: the wizard writes it anew."},
	},
	"data-yaml-count": {
		say{"数据集 YAML[[ 第 {line} 行]]写着 {nc} 类，却列了 {names} 个名字。", "The data set YAML says {nc} classes[[ in line {line}]] and lists {names} names."},
		say{"再做一次“修改类别数”，向导会重新写好它。", "Do “edit class count” again: the wizard writes it anew."},
	},
	"yolov5-file-too-large": {
		say{"{what:word}大得不正常（上限 {max:size}）。", "The {what:word} is too large to be real (at most {max:size})."},
		say{"看看是不是选错了文件。", "See whether it is the right file."},
	},
	"not-yolov5": {
		say{"{path} 里没有 YOLOv5 的 train.py。", "There is no train.py of YOLOv5 in {path}."},
		say{"选择直接装着 train.py 的那个文件夹。", "Choose the very folder that holds train.py."},
	},
	"yolov5-release-unknown": {
		say{"{path} 里的 train.py 不是认识的 YOLOv5 版本。", "The train.py in {path} is of no YOLOv5 release known here."},
		say{"建议用 YOLOv5 v7.0 的代码。", "YOLOv5 v7.0 is a good choice."},
	},
	"results-unreadable": {
		say{"results.csv[[ 第 {line} 行]]不是 YOLOv5 写的样子。", "results.csv is not as YOLOv5 writes it[[ (line {line})]]."},
		say{"模型不受影响；曲线可以看 results.png。", "The model is not affected; see results.png for the curves."},
	},
	"weights-empty": {
		say{"模型文件是空的。", "The model file is empty."},
		say{"再下载一次；还是空的，就看训练是否真的完成。", "Download it again; if it is still empty, see whether the training really ended."},
	},
	"weights-html": {
		say{"这是一个网页，只是取了模型文件的名字。", "This is a web page saved under a model's name."},
		say{"重新下载真正的 .pt 文件：在下载页面点“下载”，不要另存网页。", "Fetch the real .pt file: use the download button, do not save the page."},
	},
	"weights-not-archive": {
		say{"这个文件不是 PyTorch 现在的模型格式（{kind:word}）。", "The file is no model as PyTorch saves it now ({kind:word})."},
		say{"重新取得这个文件；Git LFS 的占位文件要用 git lfs pull 换成内容。", "Get the file again; for a Git LFS pointer run git lfs pull."},
	},
	"weights-truncated": {
		say{"模型文件不完整，只有 {got:size}。", "The model file is cut off after {got:size}."},
		say{"再下载一次。", "Download it again."},
	},
	"weights-damaged": {
		say{"模型文件已损坏（{entry}）。", "The model file is damaged ({entry})."},
		say{"再下载一次；还是这样，就从实例上的 last.pt 取。", "Download it again; if it stays so, take last.pt from the instance."},
	},
	"weights-no-model": {
		say{"这个压缩包里没有模型（缺少 data.pkl）。", "The archive holds no model (data.pkl is missing)."},
		say{"确认它是训练得到的 .pt 文件。", "Make sure that it is a .pt file from a training."},
	},
	"not-a-model": {
		say{"{path} 是演练的替身文件，不是真正的模型（或者反过来）。", "{path} is the rehearsal's stand-in and no model, or the other way round."},
		say{"确认连接的是不是练习实例，然后重新训练。", "See whether this is the practice instance, then train again."},
	},
}
