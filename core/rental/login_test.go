package rental

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"gpuwizard/core/problem"
)

func TestParseLogin(t *testing.T) {
	autodl := Login{User: "root", Host: "connect.nmb1.seetacloud.com", Port: 10309}
	secret := autodl
	secret.Password = "aB3+/xYz9012"
	for _, tt := range []struct {
		name, in string
		want     Login
	}{
		{"as in the panel", "ssh -p 10309 root@connect.nmb1.seetacloud.com", autodl},
		{"trailing line end", "ssh -p 10309 root@connect.nmb1.seetacloud.com\r\n", autodl},
		{"port after the host", "ssh root@connect.nmb1.seetacloud.com -p 10309", autodl},
		{"port without a space", "ssh -p10309 root@connect.nmb1.seetacloud.com", autodl},
		{"no-break spaces", "ssh\u00a0-p\u00a010309\u00a0root@connect.nmb1.seetacloud.com", autodl},
		{"full-width spaces", "\u3000ssh\u3000-p\u300010309\u3000root@connect.nmb1.seetacloud.com\u3000", autodl},
		{"zero-width spaces", "\ufeffssh -p 10309 root@\u200bconnect.nmb1.seetacloud.com\u200b", autodl},
		{"full-width letters and a long dash", "ssh –p １０３０９ root＠connect.nmb1.seetacloud.com", autodl},
		{"capital letters", "SSH -p 10309 root@Connect.NMB1.seetacloud.com", autodl},
		{"prompt", "PS C:\\Users\\me> ssh -p 10309 root@connect.nmb1.seetacloud.com", autodl},
		{"label", "登录指令：ssh -p 10309 root@connect.nmb1.seetacloud.com", autodl},
		{"label with ssh in it", "SSH 登录指令 ssh -p 10309 root@connect.nmb1.seetacloud.com", autodl},
		{"password on the next line", "ssh -p 10309 root@connect.nmb1.seetacloud.com\naB3+/xYz9012\n", secret},
		{"password with a label", "ssh -p 10309 root@connect.nmb1.seetacloud.com\r\n密码：aB3+/xYz9012", secret},
		{"label and password on lines of their own", "登录指令\nssh -p 10309 root@connect.nmb1.seetacloud.com\n密码\naB3+/xYz9012\nJupyterLab\n", secret},
		{"password hidden by dots", "ssh -p 10309 root@connect.nmb1.seetacloud.com\n密码\n********\nJupyterLab", autodl},
		{"a word of the panel", "ssh -p 10309 root@connect.nmb1.seetacloud.com\nJupyterLab", autodl},
		{"password on the same line", "ssh -p 10309 root@connect.nmb1.seetacloud.com aB3+/xYz9012", secret},
		{"password on the same line with a label", "ssh -p 10309 root@connect.nmb1.seetacloud.com 密码: aB3+/xYz9012", secret},
		{"password first", "password: aB3+/xYz9012\nssh -p 10309 root@connect.nmb1.seetacloud.com", secret},
		{"password and a web address", "https://a1-b2.nmb1.seetacloud.com:8443/jupyter?token=t\nssh -p 10309 root@connect.nmb1.seetacloud.com\naB3+/xYz9012", secret},
		{"password with an at sign", "ssh -p 22 root@h.example\nP@ss:word", Login{User: "root", Host: "h.example", Port: 22, Password: "P@ss:word"}},
		{"no port", "ssh root@h.example", Login{User: "root", Host: "h.example"}},
		{"no user", "ssh -p 2222 h.example", Login{Host: "h.example", Port: 2222}},
		{"name without dots", "ssh gpu-box", Login{Host: "gpu-box"}},
		{"without ssh", "root@h.example:2222", Login{User: "root", Host: "h.example", Port: 2222}},
		{"without ssh, with an option", "root@h.example -p 2222", Login{User: "root", Host: "h.example", Port: 2222}},
		{"option first, without ssh", "-p 2222 root@h.example", Login{User: "root", Host: "h.example", Port: 2222}},
		{"host and port", "h.example:2222", Login{Host: "h.example", Port: 2222}},
		{"address", "203.0.113.7", Login{Host: "203.0.113.7"}},
		{"scheme", "ssh://root@h.example:2222/", Login{User: "root", Host: "h.example", Port: 2222}},
		{"scheme with a password", "ssh://root:a%2Fb@h.example:2222", Login{User: "root", Host: "h.example", Port: 2222, Password: "a/b"}},
		{"scheme after ssh", "ssh ssh://root@[2001:db8::1]:2222", Login{User: "root", Host: "2001:db8::1", Port: 2222}},
		{"IPv6", "ssh root@2001:db8::1 -p 2222", Login{User: "root", Host: "2001:db8::1", Port: 2222}},
		{"IPv6 in brackets", "root@[2001:db8::1]:2222", Login{User: "root", Host: "2001:db8::1", Port: 2222}},
		{"IPv6 with a zone", "ssh root@fe80::1%eth0", Login{User: "root", Host: "fe80::1%eth0"}},
		{"tunnel", "ssh -CNg -L 6006:127.0.0.1:6006 root@connect.nmb1.seetacloud.com -p 10309", autodl},
		{"vast", "ssh -p 33426 root@ssh5.vast.ai -L 8080:localhost:8080", Login{User: "root", Host: "ssh5.vast.ai", Port: 33426}},
		{"runpod", "ssh root@203.0.113.7 -p 22077 -i ~/.ssh/id_ed25519", Login{User: "root", Host: "203.0.113.7", Port: 22077, Key: "~/.ssh/id_ed25519"}},
		{"featurize", "ssh featurize@workspace.featurize.cn -p 51118", Login{User: "featurize", Host: "workspace.featurize.cn", Port: 51118}},
		{"key with spaces", `ssh -i "C:\Users\my name\id" root@h.example`, Login{User: "root", Host: "h.example", Key: `C:\Users\my name\id`}},
		{"options by name", "ssh -o Port=2222 -o StrictHostKeyChecking=no -l me h.example", Login{User: "me", Host: "h.example", Port: 2222}},
		{"option before host:port", "ssh -p 1 root@h.example:2", Login{User: "root", Host: "h.example", Port: 1}},
		{"name in the SSH configuration", "my-gpu", Login{Host: "my-gpu"}},
		{"its case matters", "ssh My-GPU", Login{Host: "My-GPU"}},
		{"name with a password", "my-gpu\naB3+/xYz9012", Login{Host: "my-gpu", Password: "aB3+/xYz9012"}},
		{"another user at a name", "ssh me@my-gpu", Login{User: "me", Host: "my-gpu"}},
		{"over another host", "ssh -J me@jump.example:2222,second root@h.example", Login{User: "root", Host: "h.example", Jump: "me@jump.example:2222,second"}},
		{"over another host, by name", "ssh -o ProxyJump=[2001:db8::1]:23 root@h.example", Login{User: "root", Host: "h.example", Jump: "[2001:db8::1]:23"}},
		{"over another host, in quotes", `ssh -o "ProxyJump ssh://me@jump.example:2222" root@h.example`, Login{User: "root", Host: "h.example", Jump: "me@jump.example:2222"}},
		{"over no other host", "ssh -J none root@h.example", Login{User: "root", Host: "h.example"}},
		{"scp", "scp -rP 10309 train.zip root@connect.nmb1.seetacloud.com:/root/autodl-tmp/", autodl},
		{"scp the other way", "scp -p -P 10309 root@connect.nmb1.seetacloud.com:/root/best.pt .", autodl},
		{"scp with an IPv6 address", "scp -i ~/k x root@[2001:db8::1]:/x", Login{User: "root", Host: "2001:db8::1", Key: "~/k"}},
		{"sftp", "sftp -P 10309 root@connect.nmb1.seetacloud.com", autodl},
		{"rsync", `rsync -avz -e "ssh -p 10309" ./data root@connect.nmb1.seetacloud.com:/root/autodl-tmp`, autodl},
		{"rsync with a long option", `rsync --rsh='ssh -p 10309' root@connect.nmb1.seetacloud.com:/root/x .`, autodl},
		{"a host called ssh", "ssh -p 3 ssh", Login{Host: "ssh", Port: 3}},
		{"a host called ssh on the way", "ssh -Jssh A", Login{Host: "A", Jump: "ssh"}},
		{"final dot", "ssh root@h.example.", Login{User: "root", Host: "h.example"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseLogin(tt.in, "other", "my-gpu")
			if err != nil || got != tt.want {
				t.Fatalf("got %s with %q, %v; want %s with %q", got, got.Password, err, tt.want, tt.want.Password)
			}
			again, err := ParseLogin(got.Command())
			got.Password = ""
			if err != nil || again != got {
				t.Errorf("%q reads back as %+v, %v", got.Command(), again, err)
			}
		})
	}
}

func TestParseLoginRefuses(t *testing.T) {
	for _, tt := range []struct {
		in   string
		code problem.Code
	}{
		{"", LoginEmpty},
		{" \u3000\r\n\ufeff", LoginEmpty},
		{strings.Repeat("x", maxPaste+1), LoginTooLong},
		{"hello", LoginUnclear},
		{"aB3+/xYz9012", LoginUnclear},
		{"aB3.xYz9012", LoginUnclear},
		{"ssh", LoginUnclear},
		{"ssh -p 22", LoginUnclear},
		{"密码: root@h.example", LoginUnclear},
		{"https://a1-b2.nmb1.seetacloud.com:8443/jupyter/lab?token=secret", LoginIsWeb},
		{"JupyterLab http://user:secret@203.0.113.7:8888/", LoginIsWeb},
		{"ssh -p 0 root@h.example", LoginBadPort},
		{"ssh -p 65536 root@h.example", LoginBadPort},
		{"ssh -p secret root@h.example", LoginBadPort},
		{"ssh -p -1 root@h.example", LoginBadPort},
		{"root@h.example:99999", LoginBadPort},
		{"root@h.example:", LoginBadPort},
		{"ssh root@-oProxyCommand=reboot", LoginBadHost},
		{"ssh root@h_!.example", LoginBadHost},
		{"ssh root@", LoginBadHost},
		{"ssh root@300.1.2.3", LoginBadHost},
		{"ssh root@[2001:db8::1", LoginBadHost},
		{"ssh root@主机", LoginBadHost},
		{"ssh @h.example", LoginBadUser},
		{"ssh ro;ot@h.example", LoginBadUser},
		{"root:secret@h.example", LoginBadUser},
		{"ssh -l -x h.example", LoginBadUser},
		{"ssh -p", LoginBadOption},
		{"ssh root@h.example -i", LoginBadOption},
		{"ssh -Z root@h.example", LoginBadOption},
		{"my-gpu", LoginUnclear},
		{"ssh -o ProxyCommand=nc root@h2.example", LoginJump},
		{"ssh -J -x root@h2.example", LoginBadHost},
		{"ssh -J a,,b root@h2.example", LoginBadHost},
		{"ssh -J ssh://me:secret@jump.example root@h2.example", LoginBadOption},
		{"ssh -J " + strings.Repeat("a,", maxHops) + "a root@h2.example", LoginBadOption},
		{"scp -P x train.zip root@h.example:/x", LoginBadPort},
		{"scp train.zip /root/x", LoginUnclear},
		{"a1-b2.nmb1.seetacloud.com:8443/jupyter/lab?token=secret", LoginIsWeb},
		{"ssh root@h.example\n密码: " + strings.Repeat("x", maxPassword+1), LoginBadPassword},
		{"ssh root@h.example\n密码: a\x07b", LoginBadPassword},
	} {
		got, err := ParseLogin(tt.in)
		if !problem.Has(err, tt.code) {
			t.Errorf("%.60q: got %s, %v; want %s", tt.in, got, err, tt.code)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error quotes it: %v", tt.in, err)
		}
	}
	p, _ := problem.As(func() error { _, err := ParseLogin("http://u:secret@203.0.113.7:8888/"); return err }())
	if p == nil || p.Args["host"] != "203.0.113.7" {
		t.Errorf("got %v", p)
	}
}

func TestLoginKeepsItsPassword(t *testing.T) {
	l, err := ParseLogin("ssh -p 10309 root@h.example hunter2")
	if err != nil || l.Password != "hunter2" {
		t.Fatal(l, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v %+v %#v %s %q %v", l, l, l, l, l, &l)
	slog.New(slog.NewTextHandler(&b, nil)).Info("login", "login", l)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("login", "login", l)
	for _, encode := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		out, err := encode(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(out)
	}
	if strings.Contains(b.String(), "hunter2") {
		t.Errorf("the password leaked: %s", b.String())
	}
	if got, want := l.Command(), "ssh -p 10309 root@h.example"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (Login{Host: "2001:db8::1", Port: 22}).Address(), "[2001:db8::1]:22"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzParseLogin(f *testing.F) {
	for _, seed := range []string{
		"ssh -p 10309 root@connect.nmb1.seetacloud.com\n密码：aB3+/xYz9012",
		"SSH：root＠[2001:db8::1]:22 –p １０",
		`ssh -i "C:\my \"key" -oPort=3 -CNg -L 1:2:3 ssh://u:p%41@h.example:1/x`,
		"https://a.example:8443/?token=x\nroot@h:1",
		"password\nabc\n-p 2 root@h.example -l x",
		"my-gpu\nsecret",
		`ssh -J ssh://a@b:1,[::1]:2,c -o "ProxyJump d" h`,
		`scp -rP 3 x root@[::1]:/y`,
		`rsync -e 'ssh -p 4 -i k' root@h.example:/y .`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, paste string) {
		l, err := ParseLogin(paste, "my-gpu", "-x")
		if err != nil {
			p, ok := problem.As(err)
			if !ok {
				t.Fatal(err)
			}
			if host := p.Args["host"]; len(host) > 253 {
				t.Fatalf("host %q", host)
			}
			return
		}
		if l.Port < 0 || l.Port > 65535 || !validHost(l.Host) || strings.HasPrefix(l.Host, "-") || strings.HasPrefix(l.User, "-") || len(l.Hops()) > maxHops || len(l.Password) > maxPassword {
			t.Fatalf("%s %q", l, l.Password)
		}
		again, err := ParseLogin(l.Command())
		l.Password = ""
		if err != nil || again != l {
			t.Fatalf("%q reads back as %q with %q, %v", l.Command(), again.Command(), again.Password, err)
		}
	})
}
