package plain

import (
	"encoding/json"
	"math"

	"gpuwizard/core/problem"
	"gpuwizard/core/wizard"
	"gpuwizard/core/yolov5"
)

// jsonEvent is one line for a program to read. Text is for people and may
// change; the codes do not.
type jsonEvent struct {
	wizard.Event
	Text    string       `json:"text,omitempty"`
	Metrics *jsonMetrics `json:"metrics,omitempty"`
}

// jsonMetrics are the figures of one epoch; a figure that is not known is null.
type jsonMetrics struct {
	Epoch     int      `json:"epoch"` // from 0
	Epochs    int      `json:"epochs,omitempty"`
	BoxLoss   *float64 `json:"box_loss,omitempty"`
	ObjLoss   *float64 `json:"obj_loss,omitempty"`
	ClsLoss   *float64 `json:"cls_loss,omitempty"`
	Precision *float64 `json:"precision,omitempty"`
	Recall    *float64 `json:"recall,omitempty"`
	MAP50     *float64 `json:"map50,omitempty"`
	MAP       *float64 `json:"map50_95,omitempty"`
}

func (c *Console) tellJSON(e wizard.Event) {
	line := jsonEvent{Event: e}
	switch e.Kind {
	case wizard.KindNote:
		line.Text = c.o.Text.Note(e.Code, e.Args)
	case wizard.KindSurvey:
		return // to be looked into, not told
	case wizard.KindLog:
		if e.Live {
			return
		}
	case wizard.KindMetrics:
		if line.Metrics = metricsOf(e.Metrics); line.Metrics == nil {
			return
		}
	}
	c.object(line)
}

func metricsOf(e yolov5.Event) *jsonMetrics {
	switch e := e.(type) {
	case yolov5.Progress:
		if e.Batch != e.Batches {
			return nil
		}
		return &jsonMetrics{
			Epoch: e.Epoch, Epochs: e.Epochs,
			BoxLoss: number(e.Train.Box), ObjLoss: number(e.Train.Obj), ClsLoss: number(e.Train.Cls),
		}
	case yolov5.Validation:
		if e.Class != "all" || e.Final {
			return nil
		}
		return &jsonMetrics{
			Epoch: e.Epoch, Precision: number(e.Precision), Recall: number(e.Recall), MAP50: number(e.MAP50), MAP: number(e.MAP),
		}
	}
	return nil
}

func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (c *Console) problemJSON(err error) {
	said := c.o.Text.Problem(err)
	line := struct {
		Event string            `json:"event"`
		Code  problem.Code      `json:"code"`
		Args  map[string]string `json:"args,omitempty"`
		What  string            `json:"what"`
		Next  string            `json:"next"`
	}{Event: "error", Code: wizard.StepFailed, What: said.What, Next: said.Next}
	if p, ok := problem.As(err); ok {
		line.Code, line.Args = p.Code, p.Args
	}
	c.object(line)
}

// Finished tells a program, or as its last line a person, where the model is.
func (c *Console) Finished(model string) {
	if c.o.JSON {
		c.object(struct {
			Event string `json:"event"`
			Model string `json:"model"`
		}{"done", model})
		return
	}
	c.line(c.o.Text.Plain().AllDone)
	c.line(model)
}

func (c *Console) object(value any) {
	data, err := json.Marshal(value)
	if err != nil {
		// Every value is made of text and finite numbers.
		panic(err)
	}
	c.line(string(data))
}
