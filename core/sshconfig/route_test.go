package sshconfig

import (
	"path/filepath"
	"reflect"
	"testing"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

func TestRoute(t *testing.T) {
	home := write(t, map[string]string{"config": `
Host my-gpu
	HostName Connect.nmb1.seetacloud.com
	Port 10309
	User root
	IdentityFile ~/.ssh/id_gpu
	IdentitiesOnly yes
Host nobody
	HostName 10.0.0.1
Host behind
	HostName 10.0.0.7
	User me
	ProxyJump outer,a@inner:2222
Host outer
	HostName outer.example
	User o
	ProxyJump gate
Host inner
	ProxyJump never
	IdentityFile /inner/key
Host gate
	HostName gate.example
	User g
Host circle
	ProxyJump circle
Host command
	ProxyCommand nc %h %p
`})
	c, err := Load(home)
	if err != nil {
		t.Fatal(err)
	}
	gpu := Stop{
		Name: "my-gpu", User: "root", Host: "connect.nmb1.seetacloud.com", Port: 10309,
		Identities: []string{filepath.Join(home, ".ssh", "id_gpu")}, IdentitiesOnly: true,
	}
	other := gpu
	other.User, other.Port, other.Identities = "me", 3, append([]string{filepath.Join(home, "k")}, gpu.Identities...)
	gate := Stop{Name: "gate", User: "g", Host: "gate.example", Port: 22}
	outer := Stop{Name: "outer", User: "o", Host: "outer.example", Port: 22}
	inner := Stop{Name: "inner", User: "a", Host: "inner", Port: 2222, Identities: []string{"/inner/key"}}
	for _, tt := range []struct {
		login string
		want  []Stop
		fails problem.Code
	}{
		{login: "my-gpu", want: []Stop{gpu}},
		{login: "ssh my-gpu", want: []Stop{gpu}},
		{login: "ssh -p 3 -i ~/k me@my-gpu", want: []Stop{other}},
		{login: "nobody", want: []Stop{{Name: "nobody", User: localUser(), Host: "10.0.0.1", Port: 22}}},
		{login: "ssh h.example", want: []Stop{{Name: "h.example", User: "root", Host: "h.example", Port: 22}}},
		{login: "behind", want: []Stop{gate, outer, inner, {Name: "behind", User: "me", Host: "10.0.0.7", Port: 22}}},
		{login: "ssh -J gate behind", want: []Stop{gate, {Name: "behind", User: "me", Host: "10.0.0.7", Port: 22}}},
		{login: "ssh -J x.example,gate root@h.example", want: []Stop{
			{Name: "x.example", User: localUser(), Host: "x.example", Port: 22},
			gate,
			{Name: "h.example", User: "root", Host: "h.example", Port: 22},
		}},
		{login: "circle", fails: Loop},
		{login: "command", fails: rental.LoginJump},
		{login: "ssh -J gate command", want: []Stop{gate, {Name: "command", User: localUser(), Host: "command", Port: 22}}},
	} {
		login, err := rental.ParseLogin(tt.login, c.Hosts()...)
		if err != nil {
			t.Errorf("%s: %v", tt.login, err)
			continue
		}
		got, err := c.Route(login)
		if tt.fails != "" {
			if !problem.Has(err, tt.fails) {
				t.Errorf("%s: got %v, %v", tt.login, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got  %+v, %v\nwant %+v", tt.login, got, err, tt.want)
		}
	}
}
