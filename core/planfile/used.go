package planfile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"gpuwizard/core/journey"
)

// Digest is a digest of the answers that a step uses, by name, so that a change
// of any of them makes the step stale. Those under except are left out.
func (p Plan) Digest(step journey.Step, except ...string) string {
	h := sha256.New()
	used := p.Used(step)
	for _, f := range planFields {
		if value, ok := used[f.key]; ok && !slices.Contains(except, f.key) {
			h.Write([]byte(f.key + "=" + value + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Used are the answers that a step uses, by key.
func (p Plan) Used(step journey.Step) map[string]string {
	used := map[string]string{}
	for _, f := range planFields {
		if stepUses(step, f) {
			used[f.key] = f.get(&p)
			if followsLogin(f.key) && !p.Given(f.key) {
				used[f.key] = ""
			}
		}
	}
	return used
}

// followsLogin reports whether a default comes from the login line, which is
// not there yet when the first step is done, or from how many pictures there
// are. Such a default is no answer whose change would undo the step.
func followsLogin(key string) bool {
	switch key {
	case "platform", "region", "gpu", "price.per_hour", "price.currency":
		return true
	}
	return false
}

func stepUses(step journey.Step, f *field) bool {
	switch f.key {
	case "finish", "host_key", "instance", "login", "remember", "price.voucher", "remote.limit":
		// The way in and what comes after do not change what was done. A new
		// port after a restart of the instance is no new instance.
		return false
	case "platform":
		return step == journey.Region || step == journey.Upload
	case "model", "weights", "train.epochs", "train.batch", "train.imgsz", "train.device", "train.extra", "train.workers", "train.cache":
		return step == journey.Classes || step == journey.Train
	}
	switch group, _, _ := strings.Cut(f.key, "."); group {
	case "price":
		return step == journey.Region
	case "result":
		// The model is here all the same.
		return false
	case "guard":
		// What watches a training is no part of it.
		return false
	}
	return f.step == step
}
