package main

import (
	"os"

	"gpuwizard/core/rental"
	"gpuwizard/remote/platform"
)

// tokens are the developer tokens of platforms, by platform, from variables of
// the environment. Each platform has a variable of its own, so that no token
// is ever sent to another. They are read once and taken out of the environment,
// so that no process started later inherits them, and stay in memory.
type tokens map[string]string

func takeTokens() tokens {
	t := tokens{}
	for _, p := range rental.Platforms() {
		if p.API == nil {
			continue
		}
		if token := os.Getenv(p.API.Variable); token != "" {
			t[p.ID] = token
			os.Unsetenv(p.API.Variable)
		}
	}
	return t
}

// panel is a wizard.PanelOpener.
func (t tokens) panel(id string) rental.Panel {
	return platform.Open(platform.Options{Platform: id, Token: t[id]})
}
