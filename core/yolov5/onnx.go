package yolov5

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gpuwizard/core/clean"
	"gpuwizard/core/problem"
)

// ONNXInfo is what an intact .onnx file is seen to hold.
type ONNXInfo struct {
	IRVersion int64
	Opset     int64 // of ONNX's own operators
	Producer  string
	Nodes     int // operations
	Inputs    []string
	Outputs   []string // each as name and shape: images 1x3x640x640
	// Rehearsal is whether the file is no model but what the practice instance
	// hands out in its place (see WriteRehearsalONNX).
	Rehearsal bool
}

const (
	maxONNXFields = 1 << 20 // of a file: the largest YOLOv5 has some thousands
	maxONNXText   = 1 << 10
	maxONNXValue  = 16 << 10 // bytes of an input or output with its shape
	maxONNXValues = 64
	maxONNXDims   = 16
	rehearsed     = "gpuwizard-rehearsal"
)

// Fields of the messages of onnx.proto (ONNX 1.12; their numbers never change).
const (
	modelIR, modelProducer, modelGraph, modelOpset                  = 1, 2, 7, 8
	graphNode, graphInitializer, graphInput, graphOutput            = 1, 5, 11, 12
	nodeOp                                                          = 4
	tensorDims, tensorType, tensorRaw                               = 1, 2, 9
	opsetDomain, opsetVersion                                       = 1, 2
	valueName, valueType, typeTensor, tensorShape, shapeDim, dimLen = 1, 2, 1, 2, 1, 1
	dimName                                                         = 2
)

// tensorBytes are the sizes of the elements of a tensor by its type.
var tensorBytes = map[uint64]uint64{1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}

// CheckONNX checks that a file is an ONNX model and whole: that it is made of
// fields, one after the other from its first byte to its last, among them a
// plausible version, ONNX's own operators, and a graph with operations, an
// input and an output; and that each tensor has as many bytes as its shape
// needs. The file is not run, and that the model works is not said.
func CheckONNX(r io.ReaderAt, size int64) (ONNXInfo, error) {
	if size > maxWeights {
		return ONNXInfo{}, problem.New(FileTooLarge, nil, "what", "onnx", "max", strconv.FormatInt(maxWeights, 10))
	}
	if size <= 0 {
		return ONNXInfo{}, problem.New(WeightsEmpty, nil)
	}
	c := &onnxCheck{r: r}
	err := c.model(0, size)
	if err == nil {
		err = c.plausible()
	}
	if err != nil {
		return ONNXInfo{}, problem.New(ONNXBroken, err, "detail", err.Error())
	}
	c.info.Rehearsal = c.info.Producer == rehearsed
	return c.info, nil
}

type onnxCheck struct {
	r      io.ReaderAt
	fields int
	graphs int
	info   ONNXInfo
}

// A protoField is one field of a protocol buffer's message.
type protoField struct {
	number   uint64
	bytes    bool   // it has a content, from..to
	value    uint64 // else; of a float its bits
	from, to int64
}

var errCutShort = errors.New("it is cut short")

// each calls f for each field of a message from..to.
func (c *onnxCheck) each(from, to int64, f func(protoField) error) error {
	for from < to {
		if c.fields++; c.fields > maxONNXFields {
			return errors.New("it has too many fields")
		}
		var head [2 * binary.MaxVarintLen64]byte
		n, err := c.r.ReadAt(head[:min(int64(len(head)), to-from)], from)
		if err != nil && !(errors.Is(err, io.EOF) && n > 0) {
			return err
		}
		key, used := binary.Uvarint(head[:n])
		if used <= 0 {
			return errCutShort
		}
		field := protoField{number: key >> 3}
		from += int64(used)
		rest := head[used:n]
		next := from
		switch kind := key & 7; {
		case field.number == 0 || kind == 3 || kind == 4 || kind > 5:
			return errors.New("it is no protocol buffer")
		case kind == 1:
			next += 8
		case kind == 5:
			next += 4
		default:
			n, used := binary.Uvarint(rest)
			if used <= 0 {
				return errCutShort
			}
			next += int64(used)
			if field.value = n; kind == 2 {
				if n > uint64(to-next) {
					return errCutShort
				}
				field.bytes, field.from, field.to = true, next, next+int64(n)
				next = field.to
			}
		}
		if next > to {
			return errCutShort
		}
		if err := f(field); err != nil {
			return err
		}
		from = next
	}
	return nil
}

// text returns the content of a field, cleaned and cut to what is shown.
func (c *onnxCheck) text(f protoField) (string, error) {
	data := make([]byte, min(f.to-f.from, maxONNXText))
	if _, err := c.r.ReadAt(data, f.from); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return clean.Line(string(data)), nil
}

func (c *onnxCheck) model(from, to int64) error {
	return c.each(from, to, func(f protoField) (err error) {
		switch {
		case f.number == modelIR && !f.bytes:
			c.info.IRVersion = int64(f.value)
		case f.number == modelProducer && f.bytes:
			c.info.Producer, err = c.text(f)
		case f.number == modelOpset && f.bytes:
			err = c.opset(f)
		case f.number == modelGraph && f.bytes:
			c.graphs++
			err = c.graph(f)
		}
		return err
	})
}

func (c *onnxCheck) opset(message protoField) error {
	domain, version := "", int64(0)
	err := c.each(message.from, message.to, func(f protoField) (err error) {
		switch {
		case f.number == opsetDomain && f.bytes:
			domain, err = c.text(f)
		case f.number == opsetVersion && !f.bytes:
			version = int64(f.value)
		}
		return err
	})
	if domain == "" || domain == "ai.onnx" {
		c.info.Opset = version
	}
	return err
}

func (c *onnxCheck) graph(message protoField) error {
	return c.each(message.from, message.to, func(f protoField) error {
		if !f.bytes {
			return nil
		}
		switch f.number {
		case graphNode:
			c.info.Nodes++
			return c.node(f)
		case graphInitializer:
			return c.tensor(f)
		case graphInput:
			return c.value(f, &c.info.Inputs)
		case graphOutput:
			return c.value(f, &c.info.Outputs)
		}
		return nil
	})
}

func (c *onnxCheck) node(message protoField) error {
	op := false
	err := c.each(message.from, message.to, func(f protoField) error {
		op = op || f.number == nodeOp && f.bytes && f.to > f.from
		return nil
	})
	if err == nil && !op {
		return errors.New("an operation has no name")
	}
	return err
}

// tensor compares the bytes of a tensor with its shape, where they lie in the
// file as they are.
func (c *onnxCheck) tensor(message protoField) error {
	var raw *protoField
	kind, count := uint64(0), uint64(1)
	// No tensor of a file has more elements than the file has bits.
	const most = 8 * maxWeights
	dim := func(n uint64) error {
		if n > most || n > 0 && count > most/n {
			return errors.New("a tensor is larger than any")
		}
		count *= n
		return nil
	}
	err := c.each(message.from, message.to, func(f protoField) error {
		switch {
		case f.number == tensorDims && !f.bytes:
			return dim(f.value)
		case f.number == tensorDims:
			return c.packed(f, dim)
		case f.number == tensorType && !f.bytes:
			kind = f.value
		case f.number == tensorRaw && f.bytes:
			raw = &f
		}
		return nil
	})
	if err != nil || raw == nil {
		return err
	}
	if each, ok := tensorBytes[kind]; ok && count*each != uint64(raw.to-raw.from) {
		return fmt.Errorf("a tensor has %d bytes in the place of %d", raw.to-raw.from, count*each)
	}
	return nil
}

// packed reads numbers that stand in one field.
func (c *onnxCheck) packed(f protoField, each func(uint64) error) error {
	if f.to-f.from > maxONNXText {
		return errors.New("a tensor has too many dimensions")
	}
	data := make([]byte, f.to-f.from)
	if _, err := c.r.ReadAt(data, f.from); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for len(data) > 0 {
		n, used := binary.Uvarint(data)
		if used <= 0 {
			return errCutShort
		}
		if err := each(n); err != nil {
			return err
		}
		data = data[used:]
	}
	return nil
}

// value reads the name and the shape of an input or an output.
func (c *onnxCheck) value(message protoField, list *[]string) error {
	if message.to-message.from > maxONNXValue || len(*list) >= maxONNXValues {
		return errors.New("it has too many inputs or outputs")
	}
	name, shape := "", []string{}
	within := func(number uint64, f func(protoField) error) func(protoField) error {
		return func(field protoField) error {
			if field.number != number || !field.bytes {
				return nil
			}
			return c.each(field.from, field.to, f)
		}
	}
	size := func(f protoField) (err error) {
		said := ""
		switch {
		case f.number == dimLen && !f.bytes:
			said = strconv.FormatUint(f.value, 10)
		case f.number == dimName && f.bytes:
			said, err = c.text(f)
		default:
			return nil
		}
		if len(shape) < maxONNXDims {
			shape = append(shape, said)
		}
		return err
	}
	dims := within(valueType, within(typeTensor, within(tensorShape, within(shapeDim, size))))
	err := c.each(message.from, message.to, func(f protoField) (err error) {
		if f.number == valueName && f.bytes {
			name, err = c.text(f)
			return err
		}
		return dims(f)
	})
	*list = append(*list, strings.TrimSpace(name+" "+strings.Join(shape, "x")))
	return err
}

// plausible says what a model lacks that is made of fields.
func (c *onnxCheck) plausible() error {
	i := c.info
	switch {
	case i.IRVersion < 1 || i.IRVersion > 1000:
		return errors.New("it names no version of ONNX")
	case i.Opset < 1 || i.Opset > 1000:
		return errors.New("it names no version of the operators")
	case c.graphs != 1 || i.Nodes == 0:
		return errors.New("it holds no graph of operations")
	case len(i.Inputs) == 0 || len(i.Outputs) == 0:
		return errors.New("its graph has no input or no output")
	}
	return nil
}

// WriteRehearsalONNX writes the file that a rehearsal on the practice instance
// yields in place of an exported model: one operation that passes its input
// on. It passes CheckONNX, and says in its text what it is.
func WriteRehearsalONNX(w io.Writer, text string) error {
	number := func(b []byte, field, value uint64) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(b, field<<3), value)
	}
	content := func(b []byte, field uint64, data []byte) []byte {
		b = binary.AppendUvarint(binary.AppendUvarint(b, field<<3|2), uint64(len(data)))
		return append(b, data...)
	}
	var dims []byte
	for _, n := range []uint64{1, 3, 64, 64} {
		dims = content(dims, shapeDim, number(nil, dimLen, n))
	}
	value := func(name string) []byte {
		tensor := content(number(nil, 1, 1), tensorShape, dims)
		return content(content(nil, valueName, []byte(name)), valueType, content(nil, typeTensor, tensor))
	}
	node := content(content(content(nil, 1, []byte("images")), 2, []byte("output0")), nodeOp, []byte("Identity"))
	graph := content(content(nil, graphNode, node), 2, []byte("rehearsal"))
	graph = content(content(graph, graphInput, value("images")), graphOutput, value("output0"))
	const docString = 6
	model := content(number(nil, modelIR, 8), modelProducer, []byte(rehearsed))
	model = content(content(model, docString, []byte(text)), modelGraph, graph)
	model = content(model, modelOpset, number(content(nil, opsetDomain, nil), opsetVersion, 12))
	_, err := w.Write(model)
	return err
}

// ExportedOf reports whether the output of export.py says that it wrote ONNX,
// and if it says that it failed, the line that says so.
func ExportedOf(log string) (ok bool, failure string) {
	for line := range strings.Lines(log) {
		line = clean.Line(strings.TrimSpace(line))
		switch {
		case !strings.HasPrefix(line, "ONNX"):
		case strings.Contains(line, "export failure"):
			return false, line
		case strings.Contains(line, "export success"):
			ok = true
		}
	}
	return ok, ""
}
