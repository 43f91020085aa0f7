package planfile

import (
	"strings"

	"gpuwizard/core/journey"
)

// Mends are the answers to what the checks ask. They take effect in the
// prepared folder; the person's files stay as they are.
type Mends struct {
	Merge      string // class names that seem to be one: "no" or "yes"
	Pair       string // labels to pictures by "name", or by the "filename" in them
	Split      string // "given", or "new": divided afresh, with look-alikes together
	Difficult  string // objects marked as difficult: "keep" or "skip"
	Unlabelled string // pictures without labels: "background" or "skip"
	Turned     string // boxes of turned pictures drawn as "seen" or as "stored"
	Offset     string // "none", or "yolov5": one pixel, as its own conversion does
	Look       string // "full" decodes every picture, "quick" reads their headers
}

func defaultMends() Mends {
	return Mends{
		Merge: "no", Pair: "name", Split: "given", Difficult: "keep", Unlabelled: "background",
		Turned: "seen", Offset: "none", Look: "full",
	}
}

// mendFields are the plan's keys for Mends.
func mendFields() []*field {
	choice := func(key string, step journey.Step, at func(*Plan) *string, values ...string) *field {
		return text("mend."+key, step, strings.Join(values, ", "), at, oneOf(values...))
	}
	return []*field{
		choice("look", journey.Check, func(p *Plan) *string { return &p.Mend.Look }, "full", "quick"),
		choice("pair", journey.Check, func(p *Plan) *string { return &p.Mend.Pair }, "name", "filename"),
		choice("merge", journey.Convert, func(p *Plan) *string { return &p.Mend.Merge }, "no", "yes"),
		choice("split", journey.Convert, func(p *Plan) *string { return &p.Mend.Split }, "given", "new"),
		choice("difficult", journey.Convert, func(p *Plan) *string { return &p.Mend.Difficult }, "keep", "skip"),
		choice("unlabelled", journey.Convert, func(p *Plan) *string { return &p.Mend.Unlabelled }, "background", "skip"),
		choice("turned", journey.Convert, func(p *Plan) *string { return &p.Mend.Turned }, "seen", "stored"),
		choice("offset", journey.Convert, func(p *Plan) *string { return &p.Mend.Offset }, "none", "yolov5"),
	}
}
