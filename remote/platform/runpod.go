package platform

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"

	"gpuwizard/core/rental"
)

// runpod is the REST interface of RunPod. It knows pods, and nothing of the
// account or of what else there is to rent.
type runpod struct{ c *client }

func (r runpod) Balance(context.Context) (rental.Balance, error) {
	return rental.Balance{}, r.c.cannot(askBalance)
}

func (r runpod) Stock(context.Context, string) ([]rental.Stock, error) {
	return nil, r.c.cannot(askStock)
}

func (r runpod) Switch(instance string) rental.Switch { return runpodSwitch{r, instance} }

type runpodSwitch struct {
	runpod
	instance string
}

func (s runpodSwitch) path() string { return "/pods/" + url.PathEscape(s.instance) }

type pod struct {
	ID     string         `json:"id"`
	Status string         `json:"desiredStatus"`
	IP     string         `json:"publicIp"`
	Ports  map[string]int `json:"portMappings"`
	Price  json.Number    `json:"costPerHr"`
}

func (s runpodSwitch) look(ctx context.Context) (pod, error) {
	var p pod
	if err := s.c.call(ctx, askState, http.MethodGet, s.path(), nil, &p); err != nil {
		return pod{}, s.c.known(err, s.instance)
	}
	if p.ID != s.instance {
		return pod{}, s.c.unclear(askState, nil)
	}
	return p, nil
}

func (s runpodSwitch) PowerState(ctx context.Context) (rental.PowerState, error) {
	p, err := s.look(ctx)
	if err != nil {
		return rental.PowerUnknown, err
	}
	reached := p.IP != "" && len(p.Ports) > 0
	switch p.Status {
	case "RUNNING":
		if !reached {
			return rental.PowerStarting, nil
		}
		return rental.PowerOn, nil
	case "EXITED":
		// The status is the wanted one: as long as the pod has its address,
		// it is on its way.
		if reached {
			return rental.PowerStopping, nil
		}
		return rental.PowerOff, nil
	case "TERMINATED":
		return rental.PowerGone, nil
	}
	return rental.PowerUnknown, nil
}

func (s runpodSwitch) PowerOn(ctx context.Context) error {
	return s.c.known(s.c.call(ctx, askPowerOn, http.MethodPost, s.path()+"/start", nil, nil), s.instance)
}

func (s runpodSwitch) PowerOff(ctx context.Context) error {
	return s.c.known(s.c.call(ctx, askPowerOff, http.MethodPost, s.path()+"/stop", nil, nil), s.instance)
}

func (s runpodSwitch) Rented(ctx context.Context) (rental.Rented, error) {
	p, err := s.look(ctx)
	if err != nil {
		return rental.Rented{}, err
	}
	price, ok := s.c.money(p.Price, 1)
	if !ok {
		return rental.Rented{}, s.c.unclear(askState, nil)
	}
	r := rental.Rented{PerHour: price}
	if _, err := netip.ParseAddr(p.IP); err == nil && p.Ports["22"] > 0 && p.Ports["22"] < 1<<16 {
		r.Login = rental.Login{User: "root", Host: p.IP, Port: p.Ports["22"]}
	}
	return r, nil
}
