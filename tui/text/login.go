package text

import "gpuwizard/core/wizard"

// LoginText holds the words of the questions on the way to an instance, for
// all faces. Its fields are filled from loginWords by name.
type LoginText struct {
	PhraseTitle     string
	PhraseWhy       string
	LoginLabel      string // beside the login, the key and the server's words
	KeyLabel        string
	AsksLabel       string
	PhraseAgain     string // attempt
	PhraseFor       string // path
	ChallengeTitle  string
	ChallengeWhy    string // login
	ChallengeAbout  string
	RememberTitle   string
	RememberWhy     string
	RememberKey     string
	RememberKeyring string
	RememberNo      string
	RememberEach    string // what each choice means, for the line face and the dialog
	PasteSecret     string // a word alone was pasted where the login belongs
	PasteFirst      string // count: of the lines of a paste only one is a secret
	PasteUnused     string
}

var loginWords = struct {
	PhraseTitle, PhraseWhy, LoginLabel, KeyLabel, AsksLabel, PhraseAgain, PhraseFor, ChallengeTitle, ChallengeWhy, ChallengeAbout, RememberTitle, RememberWhy,
	RememberKey, RememberKeyring, RememberNo, RememberEach, PasteSecret, PasteFirst, PasteUnused say
}{
	PhraseTitle: say{"密钥的口令", "Passphrase of a key"},
	PhraseWhy: say{
		"服务器接受这个密钥，它有口令保护。输入口令（只留在内存里）；直接回车就不用这个密钥。",
		"The server would take this key, which is locked with a passphrase. Type it (it stays in memory), or press Enter to leave this key out.",
	},
	PhraseAgain:    say{"口令不对，再试一次（第 {attempt} 次）。", "That passphrase was wrong; try again (attempt {attempt})."},
	PhraseFor:      say{"密钥 {path} 的口令（输入时不显示；直接回车跳过这个密钥）：", "Passphrase of the key {path} (not shown while you type; Enter alone leaves the key out): "},
	ChallengeTitle: say{"服务器的问题", "The server asks"},
	ChallengeWhy:   say{"登录 {login} 时，服务器问：", "While you log in with {login}, the server asks:"},
	ChallengeAbout: say{
		"这是服务器自己的问题，例如手机上的验证码。回答只发给它，不会保存。",
		"This is the server's own question, such as a code from your phone. The answer goes to it alone and is not kept.",
	},
	LoginLabel: say{"登录", "login"}, KeyLabel: say{"密钥", "key"}, AsksLabel: say{"服务器问", "it asks"},
	RememberTitle: say{"以后不再输密码？", "No more passwords?"},
	RememberWhy: say{
		"密码登录成功。断线重连和下次打开还会用到它。",
		"The password worked. The next connections need it again.",
	},
	RememberKey:     say{"在实例上放一个密钥（推荐）", "Put a key on the instance (recommended)"},
	RememberKeyring: say{"把密码存进系统的密码库", "Keep the password in the system's keyring"},
	RememberNo:      say{"不，每次都问", "No, ask every time"},
	RememberEach: say{
		"推荐放密钥：这是你自己租的账号，密钥猜不出来，也没有密码留在这台电脑上。如果这个账号由多人共用，选“不”。",
		"A key is recommended: the account is your own, a key cannot be guessed, and no password is left on this computer. If others share the account, say no.",
	},
	PasteFirst:  say{"粘贴的内容有 {count} 行，只用了第一行。", "The paste had {count} lines; only the first is used."},
	PasteUnused: say{"粘贴的内容没有用上：先移到要填的那一项。", "Nothing here takes what was pasted: move to what it is for first."},
	PasteSecret: say{
		"像是密码：只留在内存里。请再粘贴登录指令。",
		"Looks like the password: kept in memory. Now paste the login command.",
	},
}

// Login returns the words of the questions on the way to an instance.
func (t *Text) Login() LoginText { return spoken[LoginText](t, loginWords) }

// loginNotes: what is told on the way to an instance.
var loginNotes = map[wizard.NoteCode]say{
	wizard.NoteProxy:         {"经过代理 {proxy}（环境变量 {variable}）；不想走代理，就把主机写进 NO_PROXY。", "Going through the proxy {proxy}, which the environment variable {variable} names; to go without, put the host into NO_PROXY."},
	wizard.NoteJump:          {"经过跳板机 {host} 到 {next}。", "Going over {host} to {next}."},
	wizard.NoteNotReady:      {"{host} 还没准备好登录，稍后自动再试（第 {attempt} 次）…", "{host} takes no logins yet; trying again by itself (number {attempt}) ..."},
	wizard.NoteKeyInstalled:  {"密钥已放到实例上，并用它登录验证过，以后不用密码[[；新密钥在 {made}]][[；用的是 {path}]]。", "The key is on the instance, and a login with it worked: no more passwords[[; the new key is {made}]][[; it is {path}]]."},
	wizard.NoteKeyNotTaken:   {"{host:host}没有接受放上去的密钥，已经撤下；它可能在别处找密钥。照旧用密码。", "{host:host} did not take the key that was put there, so it was taken away again: it may look for keys elsewhere. The password goes on being used."},
	wizard.NoteKeyFailed:     {"没能放好密钥[[：{detail}]]。照旧用密码。", "The key could not be put in place[[: {detail}]]. The password goes on being used."},
	wizard.NoteKeyringKept:   {"密码已存进系统的密码库（{login}）；把 gpuwizard.yaml 里的 remember 改成 no 就会删掉它。", "The password is in the system's keyring ({login}); with remember: no in gpuwizard.yaml it is taken out again."},
	wizard.NoteTokenKept:     {"{platform:platform}的 Token 也存进了系统的密码库：以后不用再给。", "The token of {platform:platform} is in the system's keyring too: it need not be given again."},
	wizard.NoteKeyringFailed: {"这台电脑存不了密码：没有可用的系统密码库[[（{detail}）]]。以后照旧问密码。", "This computer cannot keep the password: there is no keyring service[[ ({detail})]]. It is asked for as before."},
}
