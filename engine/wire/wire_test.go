package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/engine/fault"
	"github.com/plimsoll-dev/plimsoll/engine/helm"
	"github.com/plimsoll-dev/plimsoll/engine/kustomize"
)

func request(op uint32, blocks ...string) []byte {
	out := binary.LittleEndian.AppendUint32(nil, op)
	for _, text := range blocks {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
		out = append(out, text...)
		out = append(out, make([]byte, padding(len(text)))...)
	}
	return out
}

// parts takes a response apart: status, header, blocks.
func parts(t *testing.T, response []byte) (status uint32, header map[string]any, blocks [][]byte) {
	t.Helper()
	status, rest, ok := integer(response)
	for ok && len(rest) > 0 {
		var content []byte
		content, rest, ok = block(rest)
		blocks = append(blocks, content)
	}
	if !ok || len(blocks) == 0 {
		t.Fatalf("malformed response %q", response)
	}
	if err := json.Unmarshal(blocks[0], &header); err != nil {
		t.Fatal(err)
	}
	return status, header, blocks[1:]
}

func numbers(data []byte) []int32 {
	out := make([]int32, len(data)/4)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return out
}

func TestRequests(t *testing.T) {
	files := []helm.File{{Path: "c/a", Data: []byte("12345")}, {Path: "c/ä", Data: []byte{}}}
	var asked any
	render := func(r helm.Request) (*helm.Result, error) { asked = r; return &helm.Result{}, nil }
	build := func(r kustomize.Request) (*kustomize.Result, error) { asked = r; return &kustomize.Result{}, nil }
	answer(request(opHelm, `{"chart":"c","values":[{"set":"a=1"}],"noTrace":true}`, "c/a", "12345", "c/ä", ""), render, build)
	if want := (helm.Request{Chart: "c", Values: []helm.Layer{{Set: "a=1"}}, NoTrace: true, Files: files}); !reflect.DeepEqual(asked, want) {
		t.Errorf("got %+v, want %+v", asked, want)
	}
	answer(request(opKustomize, `{"root":"c","remotes":{"u":"d"}}`, "c/a", "12345", "c/ä", ""), render, build)
	if want := (kustomize.Request{Root: "c", Remotes: map[string]string{"u": "d"}, Files: files}); !reflect.DeepEqual(asked, want) {
		t.Errorf("got %+v, want %+v", asked, want)
	}
}

func TestMalformedRequests(t *testing.T) {
	valid := request(opHelm, `{"chart":"c"}`, "c/a", "12345678")
	cases := map[string][]byte{
		"empty":                {},
		"unknown operation":    request(3, `{}`),
		"no options":           request(opHelm),
		"options are not JSON": request(opHelm, `{`),
		"a path without bytes": request(opHelm, `{}`, "c/a"),
		"a length beyond":      append(request(opHelm, `{}`), 255, 255, 255, 255),
		"a length of 4 GB - 1": append(request(opKustomize), 255, 255, 255, 255, '{', '}', 0, 0),
	}
	for cut := 4; cut < len(valid); cut += 3 {
		cases["cut at "+string(rune('A'+cut))] = valid[:cut]
	}
	for name, data := range cases {
		status, header, _ := parts(t, answer(data, func(helm.Request) (*helm.Result, error) {
			t.Errorf("%s: rendered", name)
			return &helm.Result{}, nil
		}, nil))
		if status != failed || header["message"] != malformed.Message {
			t.Errorf("%s: %d %v", name, status, header)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		render func(helm.Request) (*helm.Result, error)
		want   map[string]any
	}{
		"a fault": {
			func(helm.Request) (*helm.Result, error) {
				return nil, &fault.Error{Code: fault.Values, Message: "<&>", Needs: [][]string{{"a", "b"}}}
			},
			map[string]any{"code": "values", "message": "<&>", "needs": []any{[]any{"a", "b"}}},
		},
		"a fault with a long message": {
			func(helm.Request) (*helm.Result, error) {
				return nil, fault.New(fault.Template, strings.Repeat("a", 999)+"äbä"+strings.Repeat("c", 999))
			},
			map[string]any{"code": "template", "message": strings.Repeat("a", 999) + " … " + strings.Repeat("c", 999)},
		},
		"another error": {
			func(helm.Request) (*helm.Result, error) { return nil, errors.New("x") },
			map[string]any{"code": "internal", "message": "x"},
		},
		"a panic": {
			func(helm.Request) (*helm.Result, error) { panic("x") },
			map[string]any{"code": "internal", "message": "x"},
		},
	} {
		status, header, blocks := parts(t, answer(request(opHelm, `{}`), test.render, nil))
		if status != failed || !reflect.DeepEqual(header, test.want) || len(blocks) != 0 {
			t.Errorf("%s: %d %v", name, status, header)
		}
	}
}

func TestChart(t *testing.T) {
	status, header, blocks := parts(t, answer(request(opHelm, `{}`), func(helm.Request) (*helm.Result, error) {
		return &helm.Result{
			Name: "c",
			Outputs: []helm.Output{{Name: "c/templates/a.yaml", Source: 2, Data: []byte("abcde"), Segments: []helm.Segment{
				{Off: 1, Kind: helm.Action, Class: helm.Derived, Source: 3, Pos: 4, Frame: -1, Leaf: 6, LeafPos: 7},
			}}},
			Crds:   []helm.Output{{Name: "c/crds/b.yaml", Data: []byte("f")}},
			Frames: []helm.Frame{{Source: 1, Pos: 2, Parent: -1}},
			Leaves: []helm.Leaf{{Layer: -1}},
			Sets:   [][]int32{{4, 5}, {}, {6}},
		}, nil
	}, nil))
	want := map[string]any{
		"name": "c", "sources": []any{}, "read": []any{},
		"outputs": []any{map[string]any{"name": "c/templates/a.yaml", "source": 2.0}},
		"crds":    []any{map[string]any{"name": "c/crds/b.yaml", "source": 0.0}},
		"leaves":  []any{map[string]any{"layer": -1.0, "path": []any{}}},
	}
	if status != answered || !reflect.DeepEqual(header, want) {
		t.Errorf("%d %v", status, header)
	}
	tables := [][]int32{{1, 2, -1}, {2, 4, 5, 0, 1, 6}, nil, {1, 1 | 3<<8, 3, 4, -1, 6, 7}, nil, {}}
	texts := map[int]string{2: "abcde", 4: "f"}
	if len(blocks) != len(tables) {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, data := range blocks {
		if text, ok := texts[i]; ok && string(data) != text || !ok && !reflect.DeepEqual(numbers(data), tables[i]) {
			t.Errorf("block %d: %q %v", i, data, numbers(data))
		}
	}
}

func TestKustomization(t *testing.T) {
	status, header, blocks := parts(t, answer(request(opKustomize, `{}`), nil, func(kustomize.Request) (*kustomize.Result, error) {
		return &kustomize.Result{
			Documents: []kustomize.Document{{YAML: []byte("a: 1\n"), Nodes: []int32{0, 1, -1, -1}, Removed: []kustomize.Removed{{Node: 0, Key: "spec", Origin: 1}}}},
			Origins: []kustomize.Origin{
				{Role: "base", File: "a.yaml", Line: 1, Column: 2, Via: 1, Replaced: -1, Also: 2, Exact: true},
				{Role: "kustomization", File: "k.yaml", Pointer: []string{"patches", "0"}, Op: []string{"0"}, Inner: true, Via: -1, Replaced: 0, Also: -1},
				{Role: "chart", Chart: 3, Output: -4, Op: []string{"0"}, Via: -1, Replaced: -1, Also: -1},
			},
			Left:   []kustomize.Left{{File: "k.yaml", Kind: "remote", Text: "u"}},
			Charts: []*helm.Result{{Name: "c"}},
		}, nil
	}))
	want := map[string]any{
		"texts": []any{"base", "a.yaml", "kustomization", "k.yaml", "chart", ""},
		"paths": []any{[]any{"patches", "0"}, []any{"0"}},
		"left":  []any{map[string]any{"file": "k.yaml", "pointer": []any{}, "kind": "remote", "text": "u"}},
		"read":  []any{}, "missing": []any{}, "documents": 1.0,
		"removed": map[string]any{"0": []any{map[string]any{"node": 0.0, "key": "spec", "origin": 1.0}}},
		"charts": []any{map[string]any{
			"name": "c", "outputs": []any{}, "crds": []any{}, "sources": []any{}, "leaves": []any{}, "read": []any{},
		}},
	}
	if status != answered || !reflect.DeepEqual(header, want) {
		t.Errorf("%d %v", status, header)
	}
	origins := []int32{
		0, 1, 0, 0, -1, -1, 1, 2, 1, -1, 2, exact,
		2, 3, 0, 0, 0, 1, 0, 0, -1, 0, -1, inner,
		4, 5, 3, -4, -1, 1, 0, 0, -1, -1, -1, 0,
	}
	if len(blocks) != 5 || !reflect.DeepEqual(numbers(blocks[0]), origins) ||
		string(blocks[1]) != "a: 1\n" || !reflect.DeepEqual(numbers(blocks[2]), []int32{0, 1, -1, -1}) {
		t.Errorf("%q", blocks)
	}
}

// FuzzHandle feeds the decoder: whatever comes, the answer is well-formed, and files are parts of the request.
func FuzzHandle(f *testing.F) {
	f.Add(request(opHelm, `{"chart":"c","values":[{"file":"c/a"}]}`, "c/a", "12345", "c/b", ""))
	f.Add(request(opKustomize, `{"root":"."}`, "kustomization.yaml", "resources: []"))
	f.Add(append(request(opHelm, `{}`), 254, 255, 255, 255))
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(files []helm.File) {
			size := 0
			for _, file := range files {
				size += 8 + len(file.Path) + len(file.Data)
				if !bytes.Contains(data, file.Data) || cap(file.Data) != len(file.Data) {
					t.Errorf("the bytes of %q are not in the request", file.Path)
				}
			}
			if size > len(data) {
				t.Errorf("%d bytes of files in %d bytes", size, len(data))
			}
		}
		response := answer(data, func(r helm.Request) (*helm.Result, error) {
			check(r.Files)
			return &helm.Result{Name: r.Chart}, nil
		}, func(r kustomize.Request) (*kustomize.Result, error) {
			check(r.Files)
			return &kustomize.Result{Read: []string{r.Root}}, nil
		})
		if len(response)%4 != 0 {
			t.Errorf("%d bytes", len(response))
		}
		parts(t, response)
	})
}
