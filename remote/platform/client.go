package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/problem"
	"gpuwizard/core/rental"
)

// What was asked of a platform, as problems name it.
const (
	askBalance  = "balance"
	askStock    = "stock"
	askState    = "state"
	askPowerOn  = "power-on"
	askPowerOff = "power-off"
)

// maxAnswer bounds an answer: a list of offers takes some KB.
const maxAnswer = 4 << 20

// client sends requests to one platform.
type client struct {
	platform      rental.Platform
	base          string
	authorization string
	http          *http.Client
}

// call sends a request and reads the answer, which has to be JSON, into out.
// The answer's status is checked by the caller's look at it, through fail.
func (c *client) call(ctx context.Context, what, method, path string, body, out any) error {
	var payload io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return c.unclear(what, err)
		}
		payload = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, payload)
	if err != nil {
		return c.unclear(what, err)
	}
	r.Header.Set("Authorization", c.authorization)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return problem.New(rental.PanelSilent, err, "platform", c.platform.ID)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return problem.New(rental.PanelSilent, err, "platform", c.platform.ID)
	}
	if len(data) > maxAnswer {
		return c.unclear(what, errors.New("the answer is too long"))
	}
	switch code := response.StatusCode; {
	case code == http.StatusUnauthorized:
		return c.badToken()
	case code < 200 || code > 299:
		return c.refused(what, code, words(data))
	case out == nil:
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(out); err != nil {
		return c.unclear(what, err)
	}
	return nil
}

func (c *client) badToken() error {
	variable := ""
	if c.platform.API != nil {
		variable = c.platform.API.Variable
	}
	return problem.New(rental.PanelToken, nil, "platform", c.platform.ID, "variable", variable)
}

func (c *client) unclear(what string, cause error) error {
	return problem.New(rental.PanelUnclear, cause, "platform", c.platform.ID, "what", what)
}

// refused is a refusal with the platform's own words, if it used any.
func (c *client) refused(what string, status int, detail string) error {
	code := ""
	if status != 0 {
		code = strconv.Itoa(status)
	}
	return problem.New(rental.PanelRefused, nil, "platform", c.platform.ID, "what", what, "status", code, "detail", detail)
}

func (c *client) cannot(what string) error {
	return problem.New(rental.PanelCannot, nil, "platform", c.platform.ID, "what", what)
}

func (c *client) notYours(instance string) error {
	return problem.New(rental.PanelNotYours, nil, "platform", c.platform.ID, "instance", instance)
}

// known turns the refusal of an instance that is not there into what it is.
func (c *client) known(err error, instance string) error {
	p, ok := problem.As(err)
	if ok && p.Code == rental.PanelRefused && (p.Args["status"] == "404" || p.Args["status"] == "403") {
		return c.notYours(instance)
	}
	return err
}

// words finds the message in the JSON of a refusal. A web page says nothing
// that is worth repeating.
func words(data []byte) string {
	var told struct {
		Msg     string `json:"msg"`
		Message string `json:"message"`
		Error   any    `json:"error"`
	}
	if json.Unmarshal(data, &told) != nil {
		return ""
	}
	for _, s := range []string{told.Msg, told.Message} {
		if s != "" {
			return short(s)
		}
	}
	switch e := told.Error.(type) {
	case string:
		return short(e)
	case map[string]any:
		if s, ok := e["message"].(string); ok {
			return short(s)
		}
	}
	return ""
}

func short(s string) string {
	const most = 200
	s = strings.TrimSpace(clean.Line(s))
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// money reads an amount of an answer, in parts of a unit of the platform's
// currency: thousandths for AutoDL, cents for Lambda. More digits than money
// has are rounded up.
func (c *client) money(n json.Number, perUnit float64) (rental.Money, bool) {
	amount, err := n.Float64()
	if err != nil || amount < 0 || math.IsInf(amount, 0) {
		return rental.Money{}, false
	}
	amount = max(0, math.Ceil(amount/perUnit*1e6-1e-3)/1e6)
	m, err := rental.ParseMoney(strconv.FormatFloat(amount, 'f', -1, 64), c.platform.Currency)
	return m, err == nil
}
