package platform

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"gpuwizard/core/rental"
)

// lambda is the interface of Lambda, read only: there an instance can only be
// terminated, which takes its disk along.
type lambda struct{ c *client }

func (l lambda) Balance(context.Context) (rental.Balance, error) {
	return rental.Balance{}, l.c.cannot(askBalance)
}

func (l lambda) Stock(ctx context.Context, region string) ([]rental.Stock, error) {
	var told struct {
		Data map[string]struct {
			Type struct {
				Description string      `json:"description"`
				GPU         string      `json:"gpu_description"`
				Cents       json.Number `json:"price_cents_per_hour"`
			} `json:"instance_type"`
			Regions []struct {
				Name string `json:"name"`
			} `json:"regions_with_capacity_available"`
		} `json:"data"`
	}
	if err := l.c.call(ctx, askStock, http.MethodGet, "/instance-types", nil, &told); err != nil {
		return nil, err
	}
	if told.Data == nil {
		return nil, l.c.unclear(askStock, nil)
	}
	var stock []rental.Stock
	for name, t := range told.Data {
		price, ok := l.c.money(t.Type.Cents, 100)
		// Machines with several GPUs are other offers: gpu_8x_a100 and so on.
		if !ok || !strings.HasPrefix(name, "gpu_1x_") {
			continue
		}
		gpu, _, _ := strings.Cut(t.Type.GPU, " (")
		if gpu == "" {
			gpu = strings.TrimPrefix(name, "gpu_1x_")
		}
		for _, r := range t.Regions {
			if region == "" || r.Name == region {
				stock = append(stock, rental.Stock{Region: short(r.Name), GPU: short(gpu), Free: -1, Total: -1, PerHour: price, Seen: time.Now()})
			}
		}
	}
	slices.SortFunc(stock, func(x, y rental.Stock) int {
		return strings.Compare(x.GPU+"\n"+x.Region, y.GPU+"\n"+y.Region)
	})
	return stock, nil
}

func (l lambda) Switch(string) rental.Switch { return lambdaSwitch{l} }

type lambdaSwitch struct{ l lambda }

func (s lambdaSwitch) PowerState(context.Context) (rental.PowerState, error) {
	return rental.PowerUnknown, s.l.c.cannot(askState)
}
func (s lambdaSwitch) PowerOn(context.Context) error  { return s.l.c.cannot(askPowerOn) }
func (s lambdaSwitch) PowerOff(context.Context) error { return s.l.c.cannot(askPowerOff) }
func (s lambdaSwitch) Rented(context.Context) (rental.Rented, error) {
	return rental.Rented{}, s.l.c.cannot(askState)
}
