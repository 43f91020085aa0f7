package main

import (
	"os"
	"testing"
)

// A token goes to its own platform only, and to no process started later.
func TestTokens(t *testing.T) {
	t.Setenv("GPUWIZARD_TOKEN_AUTODL", "a-token")
	taken := takeTokens()
	if got, there := os.LookupEnv("GPUWIZARD_TOKEN_AUTODL"); there {
		t.Errorf("the token is still in the environment: %q", got)
	}
	for _, id := range []string{"autodl", "vast", "runpod", "any", ""} {
		if open := taken.panel(id) != nil; open != (id == "autodl") {
			t.Errorf("%q: open %v", id, open)
		}
	}
}
