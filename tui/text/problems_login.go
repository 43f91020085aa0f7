package text

import "gpuwizard/core/problem"

// routeProblems: the way to an instance by name, over other hosts and proxies,
// and what a server wants.
var routeProblems = map[problem.Code]trouble{
	"login-no-host": {
		say{"这一个词既不是登录指令，也不是 ~/.ssh/config 里的主机名[[（里面有：{hosts}）]]。", "That one word is neither a login command nor a host in ~/.ssh/config[[ (there are: {hosts})]]."},
		say{"从面板复制 ssh 开头的整行。如果它是密码：先给登录指令，密码稍后会单独问。", "Copy the whole line that begins with ssh from the panel. If it is the password: give the login first; the password is asked for afterwards."},
	},
	"ssh-config-broken": {
		say{"SSH 配置 {path} 读不懂：{detail}。", "The SSH configuration {path} cannot be read: {detail}."},
		say{"按提示改好那一行（ssh 自己也会拒绝它），或改用完整的登录指令。", "Put that line right (ssh itself would refuse it too), or give a whole login command instead of a name."},
	},
	"ssh-config-loop": {
		say{"经过跳板机 {host} 的路绕回了自己，或跳得太多。", "The way over {host} leads back to itself, or over too many hosts."},
		say{"检查 ~/.ssh/config 里的 ProxyJump。", "See to ProxyJump in ~/.ssh/config."},
	},
	"more-than-key": {
		say{"{host} 收下了用户 {user} 的第一项凭证，还要另一项[[（{wants}）]]，但没有。", "{host} took the first thing that {user} showed and wants another[[ ({wants})]], which nobody gave."},
		say{"在能输入的屏幕上运行一次，密码或验证码会问你；不用屏幕运行时，密码放进环境变量 GPUWIZARD_PASSWORD。", "Run where you can type: the password or the code is asked for. For a run without a screen, put the password into the environment variable GPUWIZARD_PASSWORD."},
	},
	"proxy-bad": {
		say{"环境变量 {variable} 里的不是代理地址。", "The environment variable {variable} holds no address of a proxy."},
		say{"写成 socks5://主机:端口 或 http://主机:端口；不用代理就删掉它，或把实例的主机写进 NO_PROXY。", "Write socks5://HOST:PORT or http://HOST:PORT. To go without a proxy, unset it or put the instance's host into NO_PROXY."},
	},
	"proxy-unreachable": {
		say{"代理 {proxy}（环境变量 {variable}）没有应答，所以还没连到 {host}。", "The proxy {proxy} (environment variable {variable}) does not answer, so {host} was not even reached."},
		say{"打开代理软件；不用代理就删掉这个变量，或把 {host} 写进 NO_PROXY。", "Start the proxy. To go without, unset the variable or put {host} into NO_PROXY."},
	},
	"proxy-refused": {
		say{"代理 {proxy}（环境变量 {variable}）不肯连接 {host}[[ 的端口 {port}]][[：{detail}]]。", "The proxy {proxy} (environment variable {variable}) does not connect to {host}[[ at port {port}]][[: {detail}]]."},
		say{"在代理里放行这个端口，或把 {host} 写进 NO_PROXY 直接连接。", "Allow the port in the proxy, or put {host} into NO_PROXY to connect without."},
	},
	"proxy-login": {
		say{"代理 {proxy}（环境变量 {variable}）要用户名和密码，或不接受给的。", "The proxy {proxy} (environment variable {variable}) wants a user name and a password, or others than were given."},
		say{"写成 http://用户名:密码@主机:端口（特殊符号用 %XX）；向导不会显示它们。", "Write http://USER:PASSWORD@HOST:PORT, with %XX for special signs; the wizard never shows them."},
	},
	"key-not-taken": {
		say{"{host} 没有接受放上去的密钥，已经撤下。", "{host} did not take the key that was put there, so it was taken away again."},
		say{"照旧用密码；服务器可能在别处找密钥。", "Go on with the password: the server may look for keys elsewhere."},
	},
	"jump-refused": {
		say{"跳板机 {via} 不肯转接到 {host}。", "The jump host {via} passes no connections on to {host}."},
		say{"请它的管理员允许转发（sshd 的 AllowTcpForwarding），或换一台跳板机。", "Ask its administrator to allow it (AllowTcpForwarding of its sshd), or go over another host."},
	},
}

// hopTrouble is said of a problem that a host on the way has: in front of what
// happened, and instead of what to do at the instance.
var hopTrouble = trouble{
	say{"在跳板机 {hop} 这一步：", "At the jump host {hop}: "},
	say{"这是跳板机的问题，不是实例的：在终端里试试能否登录 {hop}，再看登录指令里的 -J 或 ~/.ssh/config 里的 ProxyJump。", "This is about the jump host, not the instance: see in a terminal whether you can log in to {hop}, and look at -J in the login or ProxyJump in ~/.ssh/config."},
}

// ofAnyHost are the problems whose mend is the same at every host.
var ofAnyHost = map[problem.Code]bool{
	"host-key-unknown": true, "host-key-changed": true, "host-key-rejected": true, "identity-unreadable": true, "more-than-key": true,
}
