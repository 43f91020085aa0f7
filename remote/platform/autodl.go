package platform

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// autodl is AutoDL's developer interface. It reaches Pro instances only.
type autodl struct{ c *client }

// answer is the envelope of every answer: HTTP says 200 to refusals too.
type autodlAnswer struct {
	Code string          `json:"code"`
	Msg  string          `json:"msg"`
	Data json.RawMessage `json:"data"`
}

func (a autodl) call(ctx context.Context, what, instance, method, path string, body, out any) error {
	var answer autodlAnswer
	if err := a.c.call(ctx, what, method, path, body, &answer); err != nil {
		return err
	}
	switch {
	case answer.Code == "Success":
	case answer.Code == "":
		return a.c.unclear(what, nil)
	case answer.Code == "TORealName":
		return problem.New(rental.PanelRealName, nil, "platform", a.c.platform.ID)
	case answer.Code == "InternalError" && strings.Contains(answer.Msg, "库存"):
		return problem.New(rental.PanelNoStock, nil, "platform", a.c.platform.ID)
	case answer.Code == "BadRequest" && strings.Contains(answer.Msg, "访问权限"):
		return a.c.notYours(instance)
	case strings.HasPrefix(answer.Code, "Authorize"):
		return a.c.badToken()
	default:
		return a.c.refused(what, 0, short(answer.Code+" "+answer.Msg))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Data, out); err != nil {
		return a.c.unclear(what, err)
	}
	return nil
}

func (a autodl) Balance(ctx context.Context) (rental.Balance, error) {
	var told struct {
		Assets  json.Number `json:"assets"`
		Voucher json.Number `json:"voucher_balance"`
	}
	if err := a.call(ctx, askBalance, "", http.MethodPost, "/api/v1/dev/wallet/balance", struct{}{}, &told); err != nil {
		return rental.Balance{}, err
	}
	const thousandths = 1000
	money, ok := a.c.money(told.Assets, thousandths)
	voucher := rental.Money{}
	if told.Voucher != "" {
		var known bool
		voucher, known = a.c.money(told.Voucher, thousandths)
		ok = ok && known
	}
	if !ok {
		return rental.Balance{}, a.c.unclear(askBalance, nil)
	}
	return rental.Balance{Money: money, Voucher: voucher}, nil
}

// Stock returns what is free in a region; the interface knows data centres.
// Prices are not told.
func (a autodl) Stock(ctx context.Context, region string) ([]rental.Stock, error) {
	r, ok := a.c.platform.RegionBySign(region)
	if !ok || r.DataCentre == "" {
		return nil, a.c.cannot(askStock)
	}
	var told []map[string]struct {
		Idle  int `json:"idle_gpu_num"`
		Total int `json:"total_gpu_num"`
	}
	body := map[string]any{"region_sign": r.DataCentre, "cuda_v_from": 111, "cuda_v_to": 130}
	if err := a.call(ctx, askStock, "", http.MethodPost, "/api/v1/dev/machine/region/gpu_stock", body, &told); err != nil {
		return nil, err
	}
	var stock []rental.Stock
	for _, group := range told {
		for gpu, n := range group {
			if n.Idle < 0 || n.Total < 0 {
				return nil, a.c.unclear(askStock, nil)
			}
			stock = append(stock, rental.Stock{Region: r.Sign, GPU: short(gpu), Free: n.Idle, Total: n.Total, Seen: time.Now()})
		}
	}
	slices.SortFunc(stock, func(x, y rental.Stock) int { return strings.Compare(x.GPU, y.GPU) })
	return stock, nil
}

func (a autodl) Switch(instance string) rental.Switch { return autodlSwitch{a, instance} }

type autodlSwitch struct {
	autodl
	instance string
}

func (s autodlSwitch) query(path string) string {
	return path + "?" + url.Values{"instance_uuid": {s.instance}}.Encode()
}

func (s autodlSwitch) PowerState(ctx context.Context) (rental.PowerState, error) {
	var state string
	err := s.call(ctx, askState, s.instance, http.MethodGet, s.query("/api/v1/dev/instance/pro/status"), nil, &state)
	if err != nil {
		return rental.PowerUnknown, err
	}
	switch state {
	case "starting":
		return rental.PowerStarting, nil
	case "running":
		return rental.PowerOn, nil
	case "shutting_down":
		return rental.PowerStopping, nil
	case "shutdown":
		return rental.PowerOff, nil
	case "released":
		return rental.PowerGone, nil
	}
	return rental.PowerUnknown, nil
}

func (s autodlSwitch) PowerOn(ctx context.Context) error {
	body := map[string]string{"instance_uuid": s.instance, "payload": "gpu", "start_command": ""}
	return s.call(ctx, askPowerOn, s.instance, http.MethodPost, "/api/v1/dev/instance/pro/power_on", body, nil)
}

func (s autodlSwitch) PowerOff(ctx context.Context) error {
	body := map[string]string{"instance_uuid": s.instance}
	return s.call(ctx, askPowerOff, s.instance, http.MethodPost, "/api/v1/dev/instance/pro/power_off", body, nil)
}

func (s autodlSwitch) Rented(ctx context.Context) (rental.Rented, error) {
	var told struct {
		Command  string      `json:"ssh_command"`
		Host     string      `json:"proxy_host"`
		Password string      `json:"root_password"`
		Price    json.Number `json:"payg_price"`
	}
	if err := s.call(ctx, askState, s.instance, http.MethodGet, s.query("/api/v1/dev/instance/pro/snapshot"), nil, &told); err != nil {
		return rental.Rented{}, err
	}
	var r rental.Rented
	if told.Price != "" {
		price, ok := s.c.money(told.Price, 1000)
		if !ok {
			return rental.Rented{}, s.c.unclear(askState, nil)
		}
		r.PerHour = price
	}
	if told.Command != "" {
		login, err := rental.ParseLogin(told.Command)
		if err != nil {
			return rental.Rented{}, s.c.unclear(askState, nil)
		}
		login.Password = told.Password
		r.Login = login
	}
	return r, nil
}
