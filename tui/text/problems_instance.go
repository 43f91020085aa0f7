package text

import "gpuwizard/core/problem"

// loginProblems: the login line as it was pasted.
var loginProblems = map[problem.Code]trouble{
	"login-empty": {
		say{"没有粘贴登录指令。", "Nothing was pasted."},
		say{"在面板上复制“登录指令”，粘贴到这里。", "Copy the login command from the panel and paste it here."},
	},
	"login-too-long": {
		say{"粘贴的内容太长（超过 {max:size}），不像登录指令。", "What was pasted is too long (over {max:size}) for a login command."},
		say{"只复制 ssh 开头的那一行。", "Copy only the line that begins with ssh."},
	},
	"login-unclear": {
		say{"里面没有找到 ssh 指令，也没有 用户名@主机。", "There is no ssh command and no user@host in it."},
		say{"复制面板上 ssh 开头的那一行，例如 ssh -p 10309 root@connect.nmb1.seetacloud.com。", "Copy the line that begins with ssh, such as ssh -p 10309 root@connect.nmb1.seetacloud.com."},
	},
	"login-is-web": {
		say{"{host} 是网页地址（JupyterLab 或面板），不是 SSH 登录指令。", "{host} is a web address (JupyterLab or the panel), not the SSH login."},
		say{"回到实例列表，复制“登录指令”那一栏。", "Go back to the list of instances and copy the column with the login command."},
	},
	"login-no-port": {
		say{"{host} 的登录指令没有端口。{platform:platform}的每台实例都有自己的端口（写成 -p 10309 这样）；没有它就会连到 22 端口，那不是你的实例。", "The login at {host} has no port. At {platform:platform} every instance has its own, written like -p 10309; without it, the login leads to port 22, which is not your instance."},
		say{"回到面板，把“登录指令”整行重新复制。如果真的要用 22 端口，就写明 -p 22。", "Copy the whole login command from the panel again. If you do mean port 22, write -p 22."},
	},
	"login-bad-host": {
		say{"登录指令里的主机名不对。", "The host in the login command is no name and no address."},
		say{"重新从面板复制整行。", "Copy the whole line from the panel again."},
	},
	"login-bad-user": {
		say{"登录指令里的用户名不对。", "The user in the login command cannot be one."},
		say{"重新从面板复制整行，用户名一般是 root。", "Copy the whole line from the panel again; the user is usually root."},
	},
	"login-bad-port": {
		say{"登录指令里的端口不对，应是 1 到 65535 的数。", "The port in the login command is no number from 1 to 65535."},
		say{"重新从面板复制整行；-p 后面就是端口。", "Copy the whole line from the panel again; the port follows -p."},
	},
	"login-bad-password": {
		say{"密码太长（超过 {max} 个字节）或含有控制字符。", "The password is too long (over {max} bytes) or holds control characters."},
		say{"重新从面板复制密码。", "Copy the password from the panel again."},
	},
	"login-bad-option": {
		say{"登录指令里的 {option} 不认识，或后面缺少值。", "{option} in the login command is unknown, or its value is missing."},
		say{"重新从面板复制整行。", "Copy the whole line from the panel again."},
	},
	"login-jump": {
		say{"这个登录要用另一个程序来连接（{option}），这里不支持。", "This login connects by another program ({option}), which is not supported here."},
		say{"改用 ProxyJump（ssh -J 跳板机），或用环境变量 ALL_PROXY 写出代理。", "Use ProxyJump (ssh -J HOST) instead, or name a proxy in the environment variable ALL_PROXY."},
	},
}

// instanceProblems: the way to the instance and what happens there.
var instanceProblems = map[problem.Code]trouble{
	"connection-lost": {
		say{"与 {host} 的连接断了。", "The connection to {host} was lost."},
		say{"检查网络后重试，会从断点继续；已经启动的训练不受影响。", "See to your network and try again: it goes on where it stopped. A training under way is not affected."},
	},
	"connection-refused": {
		say{"{host}[[ 的端口 {port}]] 拒绝连接[[（经 {via}）]]。", "{host} refuses connections[[ at port {port}]][[ (over {via})]]."},
		say{"多半是实例没有开机。到面板开机，再复制新的登录指令：每次开机端口都可能变。", "The instance is probably off. Start it in the panel and copy the login command anew: the port may change at each start."},
	},
	"host-unknown": {
		say{"找不到主机 {host}[[（经 {via} 查询）]]，~/.ssh/config 里也没有这个名字。", "No host is named {host}[[ (asked over {via})]], and ~/.ssh/config has no such name either."},
		say{"检查网络，再从面板重新复制登录指令。", "See to your network, then copy the login command from the panel again."},
	},
	"host-unreachable": {
		say{"{host}[[ 的端口 {port}]] 没有应答[[（经 {via}）]]。", "{host} does not answer[[ at port {port}]][[ (over {via})]]."},
		say{"检查网络；校园网或公司网可能封了端口，换手机热点试试。", "See to your network. Campus and company networks may block the port: try a phone's hotspot."},
	},
	"server-not-ready": {
		say{"{host}[[ 的端口 {port}]] 有人应答，但还没准备好登录。", "{host} answers[[ at port {port}]] but is not ready for logins yet."},
		say{"实例可能正在开机，等半分钟再重试。", "The instance may be starting: wait half a minute and try again."},
	},
	"not-ssh": {
		say{"{host}[[ 的端口 {port}]] 上不是 SSH 服务。", "What answers at {host}[[ port {port}]] is no SSH server."},
		say{"检查端口，从面板重新复制登录指令。", "See whether the port is right; copy the login command from the panel again."},
	},
	"wrong-password": {
		say{"{host} 不接受用户 {user} 的密码。", "{host} does not take the password of {user}."},
		say{"在面板点“复制密码”，再试一次；密码里的大小写和符号都要一致。", "Copy the password in the panel and try again; case and signs all matter."},
	},
	"key-refused": {
		say{"{host} 不接受用户 {user} 的密钥。", "{host} does not take the key of {user}."},
		say{"把公钥加到平台账号里，或用 --identity 指定另一个密钥。", "Add your public key to your account on the platform, or name another key with --identity."},
	},
	"login-needed": {
		say{"登录 {host}[[（用户 {user}）]] 需要密码或密钥，但没有可用的。", "Logging in to {host}[[ as {user}]] needs a password or a key, and there is none."},
		say{"输入面板上的密码；不用屏幕运行时，把它放进环境变量 GPUWIZARD_PASSWORD。", "Give the password shown in the panel; for a run without a screen put it into the environment variable GPUWIZARD_PASSWORD."},
	},
	"identity-unreadable": {
		say{"密钥文件 {path} 用不了。", "The key file {path} cannot be used."},
		say{"看看路径对不对，口令是否输对；也可以先用 ssh-add 把它加到 ssh-agent。", "See whether the path and the passphrase are right, or add the key to ssh-agent with ssh-add first."},
	},
	"host-key-unknown": {
		say{"第一次连接 {host}，它的指纹是 {got}，还没有人确认过。", "{host} is new here; its fingerprint {got} has not been confirmed."},
		say{"在屏幕上运行一次并确认，或把指纹写进 gpuwizard.yaml 的 host_key。", "Run once with the screen and confirm it, or write the fingerprint into gpuwizard.yaml as host_key."},
	},
	"host-key-changed": {
		say{"{host} 的指纹变了：以前是 {want}，现在是 {got}。", "The fingerprint of {host} changed from {want} to {got}."},
		say{"如果你新建或重装了实例，这是正常的，确认后继续；否则先不要输入密码，到面板核对。", "After a new or reset instance this is as it should be: confirm it. Otherwise give no password and look into the panel first."},
	},
	"host-key-rejected": {
		say{"你没有信任 {host}，所以没有连接。", "You did not trust {host}, so there is no connection."},
		say{"核对指纹后再试一次。", "Compare the fingerprint, then try again."},
	},
	"algorithm-mismatch": {
		say{"{host} 的 SSH 太旧或太特别，没有共同的加密方式。", "{host} and this program have no way of encryption in common."},
		say{"换一个较新的镜像开实例。", "Start an instance with a newer image."},
	},
	"no-shell": {
		say{"{host} 能登录，但不让运行命令。", "{host} lets you in but refuses commands."},
		say{"换用能打开终端的登录指令（有的平台有两条）。", "Use the login that opens a terminal: some platforms show two."},
	},
	"no-tool": {
		say{"实例 {host} 上缺少命令 {tool}。", "The instance {host} lacks the command {tool}."},
		say{"换一个常见的 PyTorch 镜像，或在实例上用 apt-get 安装它。", "Choose a common PyTorch image, or install it there with apt-get."},
	},
	"remote-no-space": {
		say{"实例的 {path} 空间不够[[：需要 {need:size}]][[，只剩 {free:size}]]。", "{path} on the instance has too little room[[: {need:size} wanted]][[, {free:size} free]]."},
		say{"在面板给数据盘扩容，或删掉上面不用的文件。", "Enlarge the data disk in the panel, or delete what is not needed on it."},
	},
	"remote-quota": {
		say{"你的账号在实例的 {path} 上已用完允许的空间或文件数（磁盘配额），盘本身可能还没满。", "Your account may keep no more in {path} on the instance (disk quota); the disk itself may have room."},
		say{"删掉你在上面不用的文件，用 remote.folder 换一块盘，或请平台提高配额，然后再上传：已到的部分不用重发。", "Delete what you no longer need there, name another disk as remote.folder, or ask the platform for more; then upload again: what arrived is kept."},
	},
	"remote-no-inodes": {
		say{"实例的 {path} 文件数已到上限[[：需要 {need:count}]][[，还能放 {free:count}]]。", "{path} on the instance takes no more files[[: {need:count} wanted]][[, {free:count} left]]."},
		say{"删掉上面不用的小文件，或换一块盘。", "Delete small files that are not needed there, or use another disk."},
	},
	"remote-read-only": {
		say{"实例的 {path} 不能写。", "{path} on the instance cannot be written."},
		say{"在 gpuwizard.yaml 里用 remote.folder 换一个文件夹。", "Name another folder as remote.folder in gpuwizard.yaml."},
	},
	"remote-not-folder": {
		say{"实例的 {path} 是一个文件，不是文件夹。", "{path} on the instance is a file, not a folder."},
		say{"把它移走，或用 remote.folder 换一个文件夹。", "Move it away, or name another folder as remote.folder."},
	},
	"remote-missing": {
		say{"实例上没有 {path}。", "{path} is not on the instance."},
		say{"如果换过实例或清过盘，请从“上传”重新做。", "After a new instance or a wiped disk, do the upload again."},
	},
	"remote-failed": {
		say{"实例上的 {what} 失败了（退出码 {exit}）[[：{output}]]。", "{what} failed on the instance (exit code {exit})[[: {output}]]."},
		say{"重试一次；还是不行，就登录实例看看这条信息。", "Try again; if it fails the same way, log in to the instance and look into this message."},
	},
	"remote-silent": {
		say{"{host} 还连着，但上面的程序 {seconds:seconds}没有任何反应。", "{host} is still connected, but the program there has not stirred for {seconds:seconds}."},
		say{"多半是磁盘卡住了。重试，已到的部分不用重发；还是这样，就在面板重启实例。", "Its disk is probably stuck. Try again: what arrived is kept. If it happens again, restart the instance in the panel."},
	},
	"remote-nonsense": {
		say{"{host} 上的程序回答不对：内容不是应有的回答，或与实际的文件不符。", "What a program on {host} answers is wrong: it is no answer at all, or does not match the files."},
		say{"重试一次；还是这样，多半是镜像里的 Python 或命令被改过，换一个常见的 PyTorch 镜像。", "Try again. If it stays so, the image's Python or commands were probably changed: use a common PyTorch image."},
	},
	"remote-contested": {
		say{"还有别的程序在改动实例上的 {path}，所以没有传完。", "Another program goes on changing {path} on the instance, so it was not completed."},
		say{"关掉另一个向导窗口，再重试。", "Close the other window of this program, then try again."},
	},
	"checksum-differs": {
		say{"{path} 传过来后内容不一致，已丢弃。", "{path} arrived with different content and was thrown away."},
		say{"重试；如果反复出现，换一个网络。", "Try again; if it happens again and again, use another network."},
	},
	"remote-file-changed": {
		say{"实例上的 {path} 在读取时变了。", "{path} on the instance changed while it was read."},
		say{"等实例上的程序写完，再重试。", "Wait until the program there is done with it, then try again."},
	},
	"bad-upload-folder": {
		say{"实例上的文件夹 {path} 不能用：要写从 / 开始的完整路径。", "The folder {path} on the instance cannot be used: it must be a full path that begins with /."},
		say{"改一下 gpuwizard.yaml 里的 remote.folder，或写 auto。", "Change remote.folder in gpuwizard.yaml, or write auto."},
	},
	"bad-upload-path": {
		say{"文件 {path} 的名字不能上传：重复、不规范或跑到文件夹外面。", "{path} cannot be sent: its name is there twice, is not plain, or leads out of the folder."},
		say{"改掉这个文件名，再重试。", "Rename the file and try again."},
	},
	"bad-job": {
		say{"训练任务的设置不能用（{folder}）。", "The training cannot be started as it is set ({folder})."},
		say{"检查 remote.folder 和训练参数，再重试。", "See to remote.folder and the settings of the training, then try again."},
	},
	"no-python": {
		say{"{host} 上没有 Python。", "There is no Python on {host}."},
		say{"开实例时选择带 PyTorch 的镜像。", "Choose an image with PyTorch when you create the instance."},
	},
	"no-torch": {
		say{"实例上的 Python（{python}）没有 PyTorch。", "The Python on the instance ({python}) has no PyTorch."},
		say{"开实例时选择带 PyTorch 的镜像；如果装在别处，用 remote.python 写出它的路径。", "Choose an image with PyTorch; if it is elsewhere, name its Python as remote.python."},
	},
	"no-data-folder": {
		say{"实例上没有地方放数据[[（{path}）]]。", "There is nowhere to put the data on the instance[[ ({path})]]."},
		say{"在 gpuwizard.yaml 里用 remote.folder 写一个能写入的文件夹。", "Name a folder that can be written as remote.folder in gpuwizard.yaml."},
	},
	"clone-failed": {
		say{"没能把 YOLOv5 代码从 {url} 放到实例上[[：{output}]]。", "The YOLOv5 code could not be brought from {url} to the instance[[: {output}]]."},
		say{"国内实例常连不上 GitHub：改用本地的代码文件夹，或打开平台的学术加速。", "Instances often cannot reach GitHub: use a code folder on this computer instead."},
	},
	"training-failed": {
		say{"训练出错结束（退出码 {exit}）[[：{line}]]。", "The training ended with an error (exit code {exit})[[: {line}]]."},
		say{"按诊断改好再重试：有完整的检查点就接着练，没有就重新开始。完整日志在 {log}。", "Mend it as the diagnosis says and try again: it goes on from the last whole checkpoint, or anew without one. The whole log is in {log}."},
	},
	"training-cut": {
		say{"训练途中实例重启了：训练随之结束，磁盘上的文件都在。", "The instance was restarted while it trained: the training ended with it, its files are kept."},
		say{"再运行一次这一步：会从最近的检查点接着训练。日志在 {log}。", "Do this step again: it goes on from the last checkpoint. The log is in {log}."},
	},
	"training-lost": {
		say{"训练没有留下结果就停了：可能被终止，或实例重启、关机、欠费。", "The training stopped without leaving an outcome: it was killed, or the instance was restarted, stopped or out of credit."},
		say{"到面板看实例和余额，开机后重试；日志在 {log}。", "Look at the instance and your credit in the panel, start it and try again. The log is in {log}."},
	},
	"training-empty": {
		say{"训练结束了，但没有 {path}。", "The training ended, but there is no {path}."},
		say{"看日志里有没有报错；轮数至少为 1，再训练一次。", "Look for errors in the log, and train again with at least one epoch."},
	},
}
