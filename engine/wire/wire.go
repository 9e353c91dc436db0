// Package wire is the binary form of requests and responses, and the function that answers them.
//
// Integers are little-endian and have 32 bits. A block is a length, that many bytes, and zeros up to a multiple of four.
//
//	request:  op (1 Helm, 2 Kustomize), a block of JSON options, for each file a block of its path and one of its bytes
//	response: status (0 answered, 1 fault), a block of JSON, then blocks in the order in which the JSON names what
//	          they belong to
//
// Blocks of a chart: frames, sets (each with its length before it), then for each output and each CRD its bytes and its
// segments. Blocks of a build: origins, for each document its bytes and its nodes, then those of each chart.
package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"github.com/plimsoll-dev/plimsoll/engine/kustomize"
)

const (
	opHelm      = 1
	opKustomize = 2

	answered = 0
	failed   = 1
)

// Handle answers a request. Files are not copied: the request must not change while it is answered.
func Handle(request []byte) []byte {
	return answer(request, helm.Render, func(r kustomize.Request) (*kustomize.Result, error) {
		return kustomize.Build(r, helm.Render)
	})
}

func answer(
	request []byte,
	render func(helm.Request) (*helm.Result, error),
	build func(kustomize.Request) (*kustomize.Result, error),
) (response []byte) {
	defer func() {
		if r := recover(); r != nil {
			response = refuse(fault.New(fault.Internal, fmt.Sprint(r)))
		}
	}()
	op, rest, ok := integer(request)
	if !ok {
		return refuse(malformed)
	}
	var answer writer
	var header any
	switch op {
	case opHelm:
		var options helm.Request
		if err := read(rest, &options, &options.Files); err != nil {
			return refuse(err)
		}
		result, err := render(options)
		if err != nil {
			return refuse(err)
		}
		header = answer.chart(result)
	case opKustomize:
		var options kustomize.Request
		if err := read(rest, &options, &options.Files); err != nil {
			return refuse(err)
		}
		result, err := build(options)
		if err != nil {
			return refuse(err)
		}
		header = answer.kustomization(result)
	default:
		return refuse(malformed)
	}
	return answer.join(answered, header)
}

var malformed = fault.New(fault.Internal, "The request is malformed.")

func refuse(err error) []byte {
	var known *fault.Error
	if !errors.As(err, &known) {
		known = fault.New(fault.Internal, err.Error())
	}
	short := *known
	short.Message = shorten(known.Message)
	return new(writer).join(failed, &short)
}

const maxMessage = 2000

// shorten leaves out the middle of a long message: what was going on and what went wrong stand at its ends.
func shorten(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	head, tail := message[:maxMessage/2], message[len(message)-maxMessage/2:]
	return strings.ToValidUTF8(head, "") + " … " + strings.ToValidUTF8(tail, "")
}

func read(data []byte, options any, files *[]helm.File) error {
	text, data, ok := block(data)
	if !ok || json.Unmarshal(text, options) != nil {
		return malformed
	}
	for len(data) > 0 {
		var path, content []byte
		if path, data, ok = block(data); !ok {
			return malformed
		}
		if content, data, ok = block(data); !ok {
			return malformed
		}
		*files = append(*files, helm.File{Path: string(path), Data: content})
	}
	return nil
}

func integer(data []byte) (value uint32, rest []byte, ok bool) {
	if len(data) < 4 {
		return 0, nil, false
	}
	return binary.LittleEndian.Uint32(data), data[4:], true
}

func block(data []byte) (content, rest []byte, ok bool) {
	size, data, ok := integer(data)
	if !ok || uint64(size)+uint64(padding(int(size))) > uint64(len(data)) {
		return nil, nil, false
	}
	return data[:size:size], data[int(size)+padding(int(size)):], true
}

func padding(size int) int { return -size & 3 }

// A writer collects the blocks of a response.
type writer struct{ blocks [][]byte }

func (w *writer) add(data []byte) { w.blocks = append(w.blocks, data) }

func (w *writer) join(status uint32, header any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(header); err != nil {
		panic(err)
	}
	blocks := append([][]byte{text.Bytes()}, w.blocks...)
	size := 4
	for _, one := range blocks {
		size += 4 + len(one) + padding(len(one))
	}
	out := binary.LittleEndian.AppendUint32(make([]byte, 0, size+3), status)
	for _, one := range blocks {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(one)))
		out = append(out, one...)
		out = append(out, 0, 0, 0)[:len(out)+padding(len(one))]
	}
	return out
}

type chartHeader struct {
	Name    string         `json:"name"`
	Outputs []outputHeader `json:"outputs"`
	Crds    []outputHeader `json:"crds"`
	Sources []helm.Source  `json:"sources"`
	Leaves  []helm.Leaf    `json:"leaves"`
	Read    []string       `json:"read"`
}

type outputHeader struct {
	Name   string `json:"name"`
	Source int32  `json:"source"`
}

func (w *writer) chart(result *helm.Result) chartHeader {
	frames := make([]byte, 0, 12*len(result.Frames))
	for _, frame := range result.Frames {
		frames = integers(frames, frame.Source, frame.Pos, frame.Parent)
	}
	w.add(frames)
	var sets []byte
	for _, set := range result.Sets {
		sets = integers(integers(sets, int32(len(set))), set...)
	}
	w.add(sets)
	leaves := list(result.Leaves)
	for i := range leaves {
		leaves[i].Path = list(leaves[i].Path)
	}
	return chartHeader{
		Name:    result.Name,
		Outputs: w.outputs(result.Outputs),
		Crds:    w.outputs(result.Crds),
		Sources: list(result.Sources),
		Leaves:  leaves,
		Read:    list(result.Read),
	}
}

func (w *writer) outputs(outputs []helm.Output) []outputHeader {
	headers := make([]outputHeader, len(outputs))
	for i, output := range outputs {
		headers[i] = outputHeader{output.Name, output.Source}
		segments := make([]byte, 0, 28*len(output.Segments))
		for _, s := range output.Segments {
			kind := int32(s.Kind) | int32(s.Class)<<8
			segments = integers(segments, int32(s.Off), kind, s.Source, s.Pos, s.Frame, s.Leaf, s.LeafPos)
		}
		w.add(output.Data)
		w.add(segments)
	}
	return headers
}

type kustomizationHeader struct {
	// Texts and Paths are what the integers of origins refer to.
	Texts     []string   `json:"texts"`
	Paths     [][]string `json:"paths"`
	Documents int        `json:"documents"`
	// Removed are the keys that documents lost, for each document that lost any.
	Removed map[int][]kustomize.Removed `json:"removed"`
	Left    []kustomize.Left            `json:"left"`
	Read    []string                    `json:"read"`
	Missing []string                    `json:"missing"`
	Charts  []chartHeader               `json:"charts"`
}

// The flags of an origin.
const (
	inner = 1
	exact = 2
)

func (w *writer) kustomization(result *kustomize.Result) kustomizationHeader {
	header := kustomizationHeader{
		Texts:     []string{},
		Paths:     [][]string{},
		Documents: len(result.Documents),
		Removed:   map[int][]kustomize.Removed{},
		Left:      list(result.Left),
		Read:      list(result.Read),
		Missing:   list(result.Missing),
		Charts:    []chartHeader{},
	}
	known := map[string]int32{}
	text := func(s string) int32 {
		if _, ok := known[s]; !ok {
			known[s] = int32(len(header.Texts))
			header.Texts = append(header.Texts, s)
		}
		return known[s]
	}
	knownPaths := map[string]int32{}
	path := func(p []string) int32 {
		if len(p) == 0 {
			return -1
		}
		key := strings.Join(p, "\x00")
		if _, ok := knownPaths[key]; !ok {
			knownPaths[key] = int32(len(header.Paths))
			header.Paths = append(header.Paths, p)
		}
		return knownPaths[key]
	}
	origins := make([]byte, 0, 48*len(result.Origins))
	for _, o := range result.Origins {
		var flags int32
		if o.Inner {
			flags |= inner
		}
		if o.Exact {
			flags |= exact
		}
		origins = integers(origins, text(o.Role), text(o.File), o.Chart, o.Output, path(o.Pointer), path(o.Op),
			o.Line, o.Column, o.Via, o.Replaced, o.Also, flags)
	}
	w.add(origins)
	for i, document := range result.Documents {
		if len(document.Removed) > 0 {
			header.Removed[i] = document.Removed
		}
		w.add(document.YAML)
		w.add(integers(make([]byte, 0, 4*len(document.Nodes)), document.Nodes...))
	}
	for i := range header.Left {
		header.Left[i].Pointer = list(header.Left[i].Pointer)
	}
	for _, chart := range result.Charts {
		header.Charts = append(header.Charts, w.chart(chart))
	}
	return header
}

func integers(out []byte, values ...int32) []byte {
	for _, value := range values {
		out = binary.LittleEndian.AppendUint32(out, uint32(value))
	}
	return out
}

// list makes JSON write [] for a list that was never made.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
