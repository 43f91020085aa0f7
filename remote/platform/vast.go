package platform

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gpuwizard/core/rental"
)

// vast is the interface of Vast.ai.
type vast struct{ c *client }

func (v vast) Balance(ctx context.Context) (rental.Balance, error) {
	var told struct {
		Balance json.Number `json:"balance"`
		Credit  json.Number `json:"credit"`
	}
	if err := v.c.call(ctx, askBalance, http.MethodGet, "/api/v0/users/current/", nil, &told); err != nil {
		return rental.Balance{}, err
	}
	// What is paid in beforehand is told as credit by some answers.
	amount := told.Credit
	if amount == "" {
		amount = told.Balance
	}
	money, ok := v.c.money(amount, 1)
	if !ok {
		return rental.Balance{}, v.c.unclear(askBalance, nil)
	}
	return rental.Balance{Money: money}, nil
}

// offersAsked bounds how many offers are looked at.
const offersAsked = 200

// Stock returns the cheapest offer of each kind of GPU and how many there are
// of it among those looked at. There are no regions to ask for.
func (v vast) Stock(ctx context.Context, _ string) ([]rental.Stock, error) {
	var told struct {
		Offers []struct {
			GPU   string      `json:"gpu_name"`
			Count int         `json:"num_gpus"`
			Price json.Number `json:"dph_total"`
		} `json:"offers"`
	}
	is := func(op string, value any) map[string]any { return map[string]any{op: value} }
	body := map[string]any{
		"rentable": is("eq", true), "num_gpus": is("eq", 1), "direct_port_count": is("gte", 1), "type": "on-demand", "limit": offersAsked,
	}
	if err := v.c.call(ctx, askStock, http.MethodPost, "/api/v0/bundles/", body, &told); err != nil {
		return nil, err
	}
	best := map[string]rental.Stock{}
	for _, o := range told.Offers {
		price, ok := v.c.money(o.Price, 1)
		name := short(o.GPU)
		if !ok || name == "" || o.Count != 1 {
			continue
		}
		s, seen := best[name]
		if cheaper, err := price.Compare(s.PerHour); !seen || err == nil && cheaper < 0 {
			s.PerHour = price
		}
		s.GPU, s.Free, s.Total, s.Seen = name, s.Free+1, -1, time.Now()
		best[name] = s
	}
	var stock []rental.Stock
	for _, s := range best {
		stock = append(stock, s)
	}
	slices.SortFunc(stock, func(x, y rental.Stock) int { return strings.Compare(x.GPU, y.GPU) })
	return stock, nil
}

func (v vast) Switch(instance string) rental.Switch { return vastSwitch{v, instance} }

type vastSwitch struct {
	vast
	instance string
}

func (s vastSwitch) path() string { return "/api/v0/instances/" + url.PathEscape(s.instance) + "/" }

type vastInstance struct {
	Actual *string     `json:"actual_status"`
	State  string      `json:"cur_state"`
	Host   string      `json:"ssh_host"`
	Port   int         `json:"ssh_port"`
	Price  json.Number `json:"dph_total"`
}

func (s vastSwitch) look(ctx context.Context) (vastInstance, error) {
	var told struct {
		Instances *vastInstance `json:"instances"`
	}
	err := s.c.call(ctx, askState, http.MethodGet, s.path(), nil, &told)
	if err != nil {
		return vastInstance{}, s.c.known(err, s.instance)
	}
	if told.Instances == nil {
		return vastInstance{}, s.c.notYours(s.instance)
	}
	return *told.Instances, nil
}

// PowerState takes an instance for off only if the container is halted and the
// machine is no longer held for it: a container that merely exited is billed.
func (s vastSwitch) PowerState(ctx context.Context) (rental.PowerState, error) {
	in, err := s.look(ctx)
	if err != nil {
		return rental.PowerUnknown, err
	}
	actual := ""
	if in.Actual != nil {
		actual = *in.Actual
	}
	held := in.State != "stopped"
	switch actual {
	case "running", "frozen":
		if !held {
			return rental.PowerStopping, nil
		}
		return rental.PowerOn, nil
	case "stopped", "exited":
		if held {
			return rental.PowerOn, nil
		}
		return rental.PowerOff, nil
	case "", "created", "loading", "rebooting":
		if held {
			return rental.PowerStarting, nil
		}
	}
	return rental.PowerUnknown, nil
}

func (s vastSwitch) order(ctx context.Context, what, state string) error {
	var told struct {
		Success bool   `json:"success"`
		Msg     string `json:"msg"`
	}
	err := s.c.call(ctx, what, http.MethodPut, s.path(), map[string]string{"state": state}, &told)
	if err != nil {
		return s.c.known(err, s.instance)
	}
	if !told.Success {
		return s.c.refused(what, 0, short(told.Msg))
	}
	return nil
}

func (s vastSwitch) PowerOn(ctx context.Context) error { return s.order(ctx, askPowerOn, "running") }

func (s vastSwitch) PowerOff(ctx context.Context) error {
	return s.order(ctx, askPowerOff, "stopped")
}

func (s vastSwitch) Rented(ctx context.Context) (rental.Rented, error) {
	in, err := s.look(ctx)
	if err != nil {
		return rental.Rented{}, err
	}
	price, ok := s.c.money(in.Price, 1)
	if !ok {
		return rental.Rented{}, s.c.unclear(askState, nil)
	}
	r := rental.Rented{PerHour: price}
	if login, err := rental.ParseLogin("ssh -p " + strconv.Itoa(in.Port) + " root@" + in.Host); err == nil && login.Host == in.Host {
		r.Login = login
	}
	return r, nil
}
