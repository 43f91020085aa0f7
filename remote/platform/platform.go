// Package platform reaches the interfaces that platforms have for programs,
// with the user's developer token: what is left in the account, what can be
// rented at which price, and the power switch of an instance.
//
// It speaks what the platforms document, to their own hosts and nowhere else:
// redirects are not followed. An answer that it does not understand is a
// problem and no news: nothing is concluded from it. The token is sent in a
// header and is in no error.
package platform

import (
	"net/http"
	"time"

	"gpuwizard/core/rental"
)

// Options say how to reach a platform.
type Options struct {
	Platform string // its ID, as in the plan
	Token    string
	// Base is another address than the platform's own: for tests.
	Base string
	// Timeout bounds one request; 0 is 20 s.
	Timeout time.Duration
}

// Open returns a platform's interface, or nil if the platform has none that is
// known, or there is no token. It asks nothing yet.
func Open(o Options) rental.Panel {
	if o.Token == "" {
		return nil
	}
	open := panels[o.Platform]
	if open == nil {
		return nil
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = 20 * time.Second
	}
	p, _ := rental.PlatformByID(o.Platform)
	c := &client{
		platform: p, base: open.base, authorization: open.scheme + o.Token,
		http: &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if o.Base != "" {
		c.base = o.Base
	}
	return open.panel(c)
}

// panels are the interfaces that are known, by platform.
var panels = map[string]*struct {
	base   string
	scheme string // before the token
	panel  func(*client) rental.Panel
}{
	"autodl": {"https://api.autodl.com", "", func(c *client) rental.Panel { return autodl{c} }},
	"vast":   {"https://console.vast.ai", "Bearer ", func(c *client) rental.Panel { return vast{c} }},
	"runpod": {"https://rest.runpod.io/v1", "Bearer ", func(c *client) rental.Panel { return runpod{c} }},
	"lambda": {"https://cloud.lambda.ai/api/v1", "Bearer ", func(c *client) rental.Panel { return lambda{c} }},
}
