package platform_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
	"gpuwizard/remote/platform"
	"gpuwizard/remote/sshdtest"
)

const token = "t0ken-that-nobody-may-see"

// served answers one request and says what was asked.
type served struct {
	want   string // method and path, with its query
	auth   string
	body   string // of the request, as JSON
	status int
	answer string
	delay  time.Duration
}

func open(t *testing.T, id string, answers ...served) rental.Panel {
	t.Helper()
	at := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at >= len(answers) {
			t.Errorf("asked once more: %s %s", r.Method, r.URL)
			return
		}
		a := answers[at]
		at++
		if got := r.Method + " " + r.URL.RequestURI(); a.want != "" && got != a.want {
			t.Errorf("asked %q, want %q", got, a.want)
		}
		if got := r.Header.Get("Authorization"); a.auth != "" && got != a.auth {
			t.Errorf("authorization %q, want %q", got, a.auth)
		}
		body, _ := io.ReadAll(r.Body)
		if a.body != "" && !sameJSON(t, string(body), a.body) {
			t.Errorf("sent %s, want %s", body, a.body)
		}
		if a.delay > 0 {
			select {
			case <-r.Context().Done():
			case <-time.After(a.delay):
			}
			return
		}
		if a.status != 0 {
			w.WriteHeader(a.status)
		}
		_, _ = io.WriteString(w, a.answer)
	}))
	t.Cleanup(func() {
		s.Close()
		if at != len(answers) && !t.Failed() {
			t.Errorf("asked %d times, want %d", at, len(answers))
		}
	})
	timeout := time.Minute
	for _, a := range answers {
		if a.delay > 0 {
			timeout = 3 * time.Second // the question comes to the server before it is over
		}
	}
	return platform.Open(platform.Options{Platform: id, Token: token, Base: s.URL, Timeout: timeout})
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestOpen(t *testing.T) {
	for _, o := range []platform.Options{
		{Platform: "autodl"}, {Platform: "any", Token: token}, {Platform: "matpool", Token: token}, {Platform: "practice", Token: token}, {},
	} {
		if p := platform.Open(o); p != nil {
			t.Errorf("%+v opened %v", o, p)
		}
	}
	// Whoever has an interface here tells how its token is named, and the
	// other way round.
	for _, p := range rental.Platforms() {
		if opened := platform.Open(platform.Options{Platform: p.ID, Token: token}) != nil; opened != (p.API != nil) {
			t.Errorf("%s: opened %v, but its data say %v", p.ID, opened, p.API != nil)
		}
	}
}

func TestBalance(t *testing.T) {
	for _, tt := range []struct {
		id      string
		answer  served
		want    string
		voucher string
	}{
		{"autodl", served{want: "POST /api/v1/dev/wallet/balance", auth: token, answer: `{"code":"Success","msg":"","data":{"assets":12345,"accumulate":99,"voucher_balance":10000}}`}, "12.35 CNY", "10.00 CNY"},
		{"autodl", served{answer: `{"code":"Success","data":{"assets":0}}`}, "0.00 CNY", "0.00"},
		{"vast", served{want: "GET /api/v0/users/current/", auth: "Bearer " + token, answer: `{"id":1,"balance":0,"credit":4.375,"email":"a@b"}`}, "4.38 USD", "0.00"},
		{"vast", served{answer: `{"id":1,"balance":7}`}, "7.00 USD", "0.00"},
	} {
		got, err := open(t, tt.id, tt.answer).Balance(t.Context())
		if err != nil || got.Money.String() != tt.want || got.Voucher.String() != tt.voucher {
			t.Errorf("%s: %v, %v, %v", tt.id, got.Money, got.Voucher, err)
		}
	}
}

func TestStock(t *testing.T) {
	for _, tt := range []struct {
		id, region string
		answer     served
		want       string
	}{
		{
			"autodl", "west-X",
			served{
				want: "POST /api/v1/dev/machine/region/gpu_stock", body: `{"region_sign":"westDC2","cuda_v_from":111,"cuda_v_to":130}`,
				answer: `{"code":"Success","data":[{"RTX 4090":{"idle_gpu_num":215,"total_gpu_num":2285}},{"RTX 3090":{"idle_gpu_num":0,"total_gpu_num":9}}]}`,
			},
			"RTX 3090 in west-X: 0 of 9 at 0.00; RTX 4090 in west-X: 215 of 2285 at 0.00",
		},
		{
			"vast", "",
			served{
				want: "POST /api/v0/bundles/", body: `{"rentable":{"eq":true},"num_gpus":{"eq":1},"direct_port_count":{"gte":1},"type":"on-demand","limit":200}`,
				answer: `{"offers":[{"id":1,"gpu_name":"RTX 4090","num_gpus":1,"dph_total":0.40},{"id":2,"gpu_name":"RTX 4090","num_gpus":1,"dph_total":0.3512},
					{"id":3,"gpu_name":"RTX 3090","num_gpus":1,"dph_total":0.2},{"id":4,"gpu_name":"H100","num_gpus":8,"dph_total":9}]}`,
			},
			"RTX 3090 in : 1 of -1 at 0.20 USD; RTX 4090 in : 2 of -1 at 0.36 USD",
		},
		{
			"lambda", "",
			served{
				want: "GET /instance-types", auth: "Bearer " + token,
				answer: `{"data":{"gpu_1x_a10":{"instance_type":{"description":"1x A10 (24 GB PCIe)","gpu_description":"A10 (24 GB PCIe)","price_cents_per_hour":75},"regions_with_capacity_available":[{"name":"us-west-1"}]},
					"gpu_8x_a100":{"instance_type":{"price_cents_per_hour":1432},"regions_with_capacity_available":[{"name":"us-west-1"}]},
					"gpu_1x_h100":{"instance_type":{"gpu_description":"H100","price_cents_per_hour":249},"regions_with_capacity_available":[]}}}`,
			},
			"A10 in us-west-1: -1 of -1 at 0.75 USD",
		},
	} {
		stock, err := open(t, tt.id, tt.answer).Stock(t.Context(), tt.region)
		var said []string
		for _, s := range stock {
			said = append(said, fmt.Sprintf("%s in %s: %d of %d at %s", s.GPU, s.Region, s.Free, s.Total, s.PerHour))
		}
		if got := strings.Join(said, "; "); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v", tt.id, got, err)
		}
	}
	if _, err := open(t, "autodl").Stock(t.Context(), ""); !problem.Has(err, rental.PanelCannot) {
		t.Errorf("AutoDL's stock without a region: %v", err)
	}
	if _, err := open(t, "runpod").Stock(t.Context(), ""); !problem.Has(err, rental.PanelCannot) {
		t.Errorf("RunPod's stock: %v", err)
	}
}

func TestPowerState(t *testing.T) {
	autodl := func(state string) string { return `{"code":"Success","data":"` + state + `"}` }
	vast := func(actual, cur string) string {
		return fmt.Sprintf(`{"instances":{"id":7,"actual_status":%s,"cur_state":%q}}`, actual, cur)
	}
	pod := func(status, ip, ports string) string {
		return fmt.Sprintf(`{"id":"abc","desiredStatus":%q,"publicIp":%q,"portMappings":%s}`, status, ip, ports)
	}
	for _, tt := range []struct {
		id, instance, path, answer string
		want                       rental.PowerState
	}{
		{"autodl", "pro-1", "GET /api/v1/dev/instance/pro/status?instance_uuid=pro-1", autodl("running"), rental.PowerOn},
		{"autodl", "a&b", "GET /api/v1/dev/instance/pro/status?instance_uuid=a%26b", autodl("starting"), rental.PowerStarting},
		{"autodl", "pro-1", "", autodl("shutting_down"), rental.PowerStopping},
		{"autodl", "pro-1", "", autodl("shutdown"), rental.PowerOff},
		{"autodl", "pro-1", "", autodl("dreaming"), rental.PowerUnknown},
		{"vast", "7", "GET /api/v0/instances/7/", vast(`"running"`, "running"), rental.PowerOn},
		{"vast", "7", "", vast(`"frozen"`, "running"), rental.PowerOn},
		{"vast", "7", "", vast(`"running"`, "stopped"), rental.PowerStopping},
		{"vast", "7", "", vast(`"exited"`, "running"), rental.PowerOn}, // exited by itself: still billed
		{"vast", "7", "", vast(`"exited"`, "stopped"), rental.PowerOff},
		{"vast", "7", "", vast(`"stopped"`, "stopped"), rental.PowerOff},
		{"vast", "7", "", vast(`null`, "running"), rental.PowerStarting},
		{"vast", "7", "", vast(`"offline"`, "stopped"), rental.PowerUnknown},
		{"runpod", "abc", "GET /pods/abc", pod("RUNNING", "1.2.3.4", `{"22":10341}`), rental.PowerOn},
		{"runpod", "abc", "", pod("RUNNING", "", `{}`), rental.PowerStarting},
		{"runpod", "abc", "", pod("EXITED", "1.2.3.4", `{"22":10341}`), rental.PowerStopping},
		{"runpod", "abc", "", pod("EXITED", "", `null`), rental.PowerOff},
		{"runpod", "abc", "", pod("TERMINATED", "", `null`), rental.PowerGone},
		{"runpod", "abc", "", pod("NEW WORD", "", `null`), rental.PowerUnknown},
	} {
		s := open(t, tt.id, served{want: tt.path, answer: tt.answer}).Switch(tt.instance)
		if got, err := s.PowerState(t.Context()); err != nil || got != tt.want {
			t.Errorf("%s: %s is %s, %v; want %s", tt.id, tt.answer, got, err, tt.want)
		}
	}
	if s, err := open(t, "lambda").Switch("x").PowerState(t.Context()); s != rental.PowerUnknown || !problem.Has(err, rental.PanelCannot) {
		t.Errorf("Lambda: %s, %v", s, err)
	}
}

func TestPower(t *testing.T) {
	for _, tt := range []struct {
		id, instance string
		on           bool
		answer       served
	}{
		{"autodl", "pro-1", true, served{want: "POST /api/v1/dev/instance/pro/power_on", body: `{"instance_uuid":"pro-1","payload":"gpu","start_command":""}`, answer: `{"code":"Success"}`}},
		{"autodl", "pro-1", false, served{want: "POST /api/v1/dev/instance/pro/power_off", body: `{"instance_uuid":"pro-1"}`, answer: `{"code":"Success","data":null}`}},
		{"vast", "7", true, served{want: "PUT /api/v0/instances/7/", body: `{"state":"running"}`, answer: `{"success":true}`}},
		{"vast", "7", false, served{want: "PUT /api/v0/instances/7/", body: `{"state":"stopped"}`, answer: `{"success":true}`}},
		{"runpod", "abc", true, served{want: "POST /pods/abc/start", answer: `{"id":"abc"}`}},
		{"runpod", "abc", false, served{want: "POST /pods/abc/stop", answer: ``}},
	} {
		s := open(t, tt.id, tt.answer).Switch(tt.instance)
		order := s.PowerOff
		if tt.on {
			order = s.PowerOn
		}
		if err := order(t.Context()); err != nil {
			t.Errorf("%s, on %v: %v", tt.id, tt.on, err)
		}
	}
	if err := open(t, "vast", served{answer: `{"success":false,"msg":"no such state"}`}).Switch("7").PowerOff(t.Context()); !problem.Has(err, rental.PanelRefused) {
		t.Errorf("a refusal that HTTP calls OK: %v", err)
	}
}

// An order that is answered with Success and does nothing is seen by reading
// the state back.
func TestAnOrderIsNoEvidence(t *testing.T) {
	s := open(
		t, "autodl",
		served{answer: `{"code":"Success"}`},
		served{answer: `{"code":"Success","data":"running"}`},
	).Switch("pro-1")
	if err := s.PowerOff(t.Context()); err != nil {
		t.Fatal(err)
	}
	if state, err := s.PowerState(t.Context()); err != nil || state.Ended() {
		t.Errorf("state %s, %v", state, err)
	}
}

func TestRented(t *testing.T) {
	got, err := open(t, "autodl", served{
		want: "GET /api/v1/dev/instance/pro/snapshot?instance_uuid=pro-1",
		answer: `{"code":"Success","data":{"ssh_command":"ssh -p 10309 root@connect.westb.seetacloud.com","proxy_host":"connect.westb.seetacloud.com",
			"ssh_port":10309,"root_password":"aB3+/xYz9012","payg_price":1880,"usage_info":{},"region_sign":"west-B"}}`,
	}).Switch("pro-1").Rented(t.Context())
	if err != nil || got.PerHour.String() != "1.88 CNY" || got.Login.Port != 10309 || got.Login.Password != "aB3+/xYz9012" {
		t.Errorf("%+v, %v", got, err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", got, got, got), "aB3+/xYz9012") {
		t.Error("the password is printed")
	}
	got, err = open(t, "vast", served{answer: `{"instances":{"actual_status":"running","ssh_host":"ssh5.vast.ai","ssh_port":33426,"dph_total":0.4512}}`}).Switch("7").Rented(t.Context())
	if err != nil || got.PerHour.String() != "0.46 USD" || got.Login.Command() != "ssh -p 33426 root@ssh5.vast.ai" {
		t.Errorf("%+v, %v", got, err)
	}
	got, err = open(t, "runpod", served{answer: `{"id":"abc","publicIp":"203.0.113.7","portMappings":{"22":10341},"costPerHr":0.74}`}).Switch("abc").Rented(t.Context())
	if err != nil || got.PerHour.String() != "0.74 USD" || got.Login.Command() != "ssh -p 10341 root@203.0.113.7" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err = open(t, "runpod", served{answer: `{"id":"other","costPerHr":0.74}`}).Switch("abc").Rented(t.Context()); !problem.Has(err, rental.PanelUnclear) {
		t.Errorf("another pod: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, id string
		answer   served
		want     problem.Code
		says     string
	}{
		{"no real name", "autodl", served{answer: `{"code":"TORealName","msg":"请先实名认证"}`}, rental.PanelRealName, ""},
		{"no stock", "autodl", served{answer: `{"code":"InternalError","msg":"当前算力规格暂无库存"}`}, rental.PanelNoStock, ""},
		{"another trouble inside", "autodl", served{answer: `{"code":"InternalError","msg":"数据库繁忙"}`}, rental.PanelRefused, "数据库繁忙"},
		{"not reached", "autodl", served{answer: `{"code":"BadRequest","msg":"无当前资源访问权限"}`}, rental.PanelNotYours, "pro-1"},
		{"wrong parameter", "autodl", served{answer: `{"code":"RequestParameterIsWrong","msg":"参数错误"}`}, rental.PanelRefused, "参数错误"},
		{"wrong token, in words", "autodl", served{answer: `{"code":"AuthorizeFailed","msg":"登录超时"}`}, rental.PanelToken, "GPUWIZARD_TOKEN_AUTODL"},
		{"wrong token", "vast", served{status: 401, answer: `{"success":false,"error":"auth_error","msg":"Invalid user key"}`}, rental.PanelToken, "GPUWIZARD_TOKEN_VAST"},
		{"unknown instance", "vast", served{status: 404, answer: `{"success":false,"error":"no_such_instance"}`}, rental.PanelNotYours, ""},
		{"nothing at all about it", "vast", served{answer: `{"instances":null}`}, rental.PanelNotYours, ""},
		{"forbidden", "runpod", served{status: 403, answer: `{"error":"nope"}`}, rental.PanelNotYours, ""},
		{"server error with words", "runpod", served{status: 500, answer: `{"error":{"message":"out of\u001b[31m cheese"}}`}, rental.PanelRefused, "out of cheese"},
		{"web page instead", "autodl", served{answer: `<!doctype html><html>maintenance</html>`}, rental.PanelUnclear, ""},
		{"web page with an error", "vast", served{status: 502, answer: `<html>bad gateway</html>`}, rental.PanelRefused, ""},
		{"broken JSON", "autodl", served{answer: `{"code":"Success","data":`}, rental.PanelUnclear, ""},
		{"nothing", "vast", served{answer: ``}, rental.PanelUnclear, ""},
		{"another shape", "autodl", served{answer: `{"code":"Success","data":{"state":"shutdown"}}`}, rental.PanelUnclear, ""},
		{"no code", "autodl", served{answer: `{"data":"shutdown"}`}, rental.PanelUnclear, ""},
		{"a list", "runpod", served{answer: `[]`}, rental.PanelUnclear, ""},
		{"too long", "runpod", served{answer: `{"id":"` + strings.Repeat("x", 5<<20) + `"}`}, rental.PanelUnclear, ""},
		{"moved elsewhere", "vast", served{status: 302, answer: ``}, rental.PanelRefused, ""},
		{"late", "autodl", served{delay: time.Minute}, rental.PanelSilent, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			state, err := open(t, tt.id, tt.answer).Switch("pro-1").PowerState(t.Context())
			if !problem.Has(err, tt.want) || state.Ended() {
				t.Errorf("%s, %v; want %s", state, err, tt.want)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), token)) {
				t.Errorf("says %v", err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		nobody := fmt.Sprintf("http://127.0.0.1:%d", sshdtest.DeafPort(t))
		_, err := platform.Open(platform.Options{Platform: "vast", Token: token, Base: nobody}).Balance(t.Context())
		if !problem.Has(err, rental.PanelSilent) || strings.Contains(err.Error(), token) {
			t.Errorf("%v", err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := platform.Open(platform.Options{Platform: "vast", Token: token, Base: "http://127.0.0.1:1"}).Balance(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// The token goes to the platform alone: a redirect is not followed.
func TestTokenStaysWithThePlatform(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the request went elsewhere, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	if _, err := platform.Open(platform.Options{Platform: "autodl", Token: token, Base: s.URL}).Balance(t.Context()); !problem.Has(err, rental.PanelRefused) {
		t.Errorf("%v", err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(`{"code":"Success","data":"running"}`, "autodl")
	f.Add(`{"instances":{"actual_status":"exited","cur_state":"stopped","dph_total":1e400}}`, "vast")
	f.Add(`{"id":"pro-1","desiredStatus":"EXITED"}`, "runpod")
	f.Add(`{"data":{"gpu_1x_a":{"instance_type":{"price_cents_per_hour":-1}}}}`, "lambda")
	var answer string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, told, id string) {
		answer = told
		p := platform.Open(platform.Options{Platform: id, Token: token, Base: s.URL})
		if p == nil {
			return
		}
		if b, err := p.Balance(t.Context()); err == nil && b.Money.Currency() == "" {
			t.Errorf("a balance in no currency: %s", told)
		}
		_, _ = p.Stock(t.Context(), "nm-B1")
		w := p.Switch("pro-1")
		state, err := w.PowerState(t.Context())
		if err != nil && state.Ended() {
			t.Errorf("%s with %v", state, err)
		}
		if r, err := w.Rented(t.Context()); err == nil && r.Login.Host != "" {
			if _, err := rental.ParseLogin(r.Login.Command()); err != nil {
				t.Errorf("login %v: %v", r.Login, err)
			}
		}
	})
}
